"""Where tests find a broker: an address given, else a container, else a node from its published artifacts."""

import os
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from kafka import KafkaAdminClient

from ops.kafka.artifacts import kafka_version
from ops.kafka.broker import HOST, answers, start_broker
from ops.kafka.config import server_properties
from ops.ports import free_port
from tests.parts.waiting import eventually

PULL_SECONDS = 20.0
IMAGE = "apache/kafka"
OURS = ("hub.", "agency.")


@contextmanager
def any_broker(data: Path, environ: Mapping[str, str] = os.environ) -> Iterator[str]:
    """The address of a broker, in the order above. Raises KafkaMissing when there is none to be had."""
    with ExitStack() as stack:
        yield (_given(environ) or _in_container(stack, data) or stack.enter_context(start_broker(data)).bootstrap)


def _given(environ: Mapping[str, str]) -> str | None:
    address = environ.get("HUB_TEST_KAFKA")
    if address and not answers(address):
        raise RuntimeError(f"HUB_TEST_KAFKA names {address}, but no broker answers there")
    return address


def _in_container(stack: ExitStack, data: Path) -> str | None:
    image = f"{IMAGE}:{kafka_version()}"
    if not _image_is_here(image):
        return None
    try:
        return stack.enter_context(_container(image, data))
    except Exception as why:
        # An engine on another host, or one that cannot mount our folder: the node of our own is as good.
        warnings.warn(f"the broker in {image} did not start: {why}", stacklevel=2)
        return None


def remove_our_topics(bootstrap: str) -> None:
    """Deletes every topic of the hub and its systems, so that the next test starts on an empty log."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        ours = [name for name in admin.list_topics() if name.startswith(OURS)]
        if ours:
            admin.delete_topics(ours)
            eventually(lambda: not set(ours) & set(admin.list_topics()), what=f"topics deleted: {', '.join(ours)}")
    finally:
        admin.close()


def _image_is_here(image: str) -> bool:
    """True when a container engine answers and has the image, or gets it soon enough."""
    import docker
    from docker.errors import DockerException, ImageNotFound

    try:
        engine = docker.from_env(timeout=5)
    except DockerException:
        return False
    try:
        engine.ping()
        with suppress(ImageNotFound):
            engine.images.get(image)
            return True
        # A pull cannot be cut short from outside; it goes on in the engine and helps the next run.
        pulled = threading.Event()

        def pull() -> None:
            with suppress(DockerException, OSError):
                docker.from_env().images.pull(image)
                pulled.set()

        threading.Thread(target=pull, daemon=True).start()
        return pulled.wait(PULL_SECONDS)
    except (DockerException, OSError):
        return False


@contextmanager
def _container(image: str, data: Path) -> Iterator[str]:
    """The same node in a container. The port is chosen before: it is part of the address the node tells."""
    # The container is removed below; testcontainers' own remover is another image to fetch.
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    from testcontainers.core.container import DockerContainer

    port = free_port()
    text = server_properties(
        listeners=[f"PLAINTEXT://0.0.0.0:{port}", "CONTROLLER://127.0.0.1:19093"],
        advertised=[f"PLAINTEXT://{HOST}:{port}"],
        controller="127.0.0.1:19093",
        topics="/tmp/topics",
    )
    config = data / "config"
    config.mkdir(parents=True)
    data.chmod(0o755)  # the container's own user reads it
    (config / "server.properties").write_text(text, encoding="utf-8")
    container = (
        DockerContainer(image).with_bind_ports(port, port).with_volume_mapping(str(config), "/mnt/shared/config", "ro")
    )
    with container:
        address = f"{HOST}:{port}"
        eventually(lambda: answers(address, within=2), what=f"the broker in {image} answers", within=60)
        yield address
