"""A real Apache Kafka node for trials and tests, as a child process.

    with start_broker(Path("var/kafka"), port=9092) as broker:
        print(broker.bootstrap)

Guarantees: `start` returns when the node answers metadata, or raises with what its log says; the same
folder started again is the same cluster with the same records; `restart` keeps the ports, so that clients
find it again; a folder is never given to two nodes. The node listens on the loopback interface only.

With `sasl` a second listener takes users by SCRAM-SHA-512 and refuses whatever no access rule allows; the
user given there is made with a new folder and is a super user. The plain listener then is the operator's
door: whoever reaches it is a super user too.

Raises KafkaMissing when Java or Maven is absent, BrokerFailed when the node does not come up.
"""

import atexit
import base64
import fcntl
import signal
import subprocess
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from ops.kafka.artifacts import HERE, Progress, java, libs, silent
from ops.kafka.config import server_properties
from ops.ports import free_port, listens

HOST = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 20.0


class BrokerFailed(RuntimeError):
    """The node did not start, or ended by itself. The message carries the end of its log."""


@dataclass(frozen=True)
class Sasl:
    """The super user of the second listener."""

    user: str = "hub"
    password: str = field(default="hub-secret", repr=False)


@dataclass(frozen=True)
class Ports:
    """Where the node listens: `plain` for clients, `controller` for itself, `sasl` for users who log in."""

    plain: int
    controller: int
    sasl: int


class Broker:
    """One node. `data` holds its configuration, its log (`broker.log`) and its topics.

    `port` and `sasl_port` 0 mean any free one. `settings` are broker properties that win over the template.
    """

    def __init__(
        self,
        data: Path,
        *,
        port: int = 0,
        sasl: Sasl | None = None,
        sasl_port: int = 0,
        heap_mb: int = 256,
        settings: Mapping[str, str] | None = None,
        on_progress: Progress = silent,
    ) -> None:
        self.data = data.resolve()
        self.sasl = sasl
        self.ports = Ports(port or free_port(), free_port(), sasl_port or free_port())
        self.log_file = self.data / "broker.log"
        self._heap_mb = heap_mb
        self._settings = dict(settings or {})
        self._on_progress = on_progress
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """Address of the plain listener."""
        return f"{HOST}:{self.ports.plain}"

    @property
    def sasl_bootstrap(self) -> str:
        """Address of the listener with users. Raises ValueError when the broker was made without `sasl`."""
        if self.sasl is None:
            raise ValueError("this broker has no listener with users: give it sasl=Sasl()")
        return f"{HOST}:{self.ports.sasl}"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Process id of the running node."""
        return self._alive().pid

    def start(self) -> Self:
        """Fetches what is missing, formats a new folder, starts the node and waits until it answers."""
        if self.running:
            return self
        jars, runtime = libs(self._on_progress), java()
        if listens(HOST, self.ports.plain):
            # Asked before: later somebody else's answer would be taken for ours.
            raise BrokerFailed(f"something else listens on {self.bootstrap}")
        self.data.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log, (self.data / "lock").open("w") as lock:
            self._claim(lock)
            self._configure()
            if not (self.data / "topics" / "meta.properties").exists():
                self._on_progress("format", str(self.data))
                self._format(runtime, jars)
            self._on_progress("start", self.bootstrap)
            self._process = subprocess.Popen(
                [*self._java(runtime, jars), "kafka.Kafka", str(self.data / "server.properties")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.data,
                # Ctrl-C goes to the whole foreground group; who started the node decides when it ends.
                start_new_session=True,
                # The node holds the claim as long as it lives, whatever becomes of us.
                pass_fds=[lock.fileno()],
            )
        atexit.register(self.kill)
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.kill()
            raise
        self._on_progress("ready", self.bootstrap)
        return self

    def stop(self) -> None:
        """Ends the node in order (SIGTERM). A node that does not end in 20 s is killed."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGCONT)
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._gone()

    def kill(self) -> None:
        """Ends the node at once (SIGKILL), as a power cut would."""
        if self._process is None:
            return
        self._process.kill()
        self._gone()

    def freeze(self) -> None:
        """Stops the node without ending it (SIGSTOP): connections stay open and nothing answers."""
        self._alive().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets a frozen node go on (SIGCONT)."""
        self._alive().send_signal(signal.SIGCONT)

    def restart(self) -> Self:
        """Starts the node again on the same folder and ports; a running one is stopped in order first."""
        self.stop()
        return self.start()

    def wait(self) -> int:
        """Blocks until the node ends; its exit status."""
        return self._alive().wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _alive(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise BrokerFailed("the broker is not running")
        return self._process

    def _gone(self) -> None:
        if self._process is not None:
            self._process.wait()
        self._process = None
        atexit.unregister(self.kill)

    def _claim(self, lock: IO[str]) -> None:
        """One folder serves one node. Kafka's own lock comes late: a second one first writes to the metadata."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise BrokerFailed(f"another broker runs on {self.data}") from taken

    def _configure(self) -> None:
        doors = [f"PLAINTEXT://{self.bootstrap}"]
        if self.sasl is not None:
            doors.append(f"SASL_PLAINTEXT://{self.sasl_bootstrap}")
        controller = f"{HOST}:{self.ports.controller}"
        text = server_properties(
            listeners=[*doors, f"CONTROLLER://{controller}"],
            advertised=doors,
            controller=controller,
            topics=str(self.data / "topics"),
            admin=self.sasl.user if self.sasl else None,
            settings=self._settings,
        )
        (self.data / "server.properties").write_text(text, encoding="utf-8")

    def _java(self, runtime: str, jars: Path) -> list[str]:
        # For one small node the serial collector and the first compiler tier start fastest and take least.
        memory = ["-Xms64m", f"-Xmx{self._heap_mb}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        return [runtime, *memory, f"-Dlog4j2.configurationFile={HERE / 'log4j2.xml'}", "-cp", f"{jars}/*"]

    def _format(self, runtime: str, jars: Path) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        command = [*self._java(runtime, jars), "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}"]
        command += ["--config", str(self.data / "server.properties")]
        if self.sasl is not None:
            command += ["--add-scram", f"SCRAM-SHA-512=[name={self.sasl.user},password={self.sasl.password}]"]
        said = subprocess.run(command, capture_output=True, text=True, cwd=self.data, check=False)
        if said.returncode != 0:
            raise BrokerFailed(f"formatting {self.data} failed: {_gist(said.stderr or said.stdout)}")

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise BrokerFailed(f"the broker ended, status {self._process.returncode}: {self._log_end()}")
            if answers(self.bootstrap, within=5):
                return
            time.sleep(0.1)
        raise BrokerFailed(f"the broker did not answer within {START_SECONDS:.0f} s: {self._log_end()}")

    def _log_end(self) -> str:
        text = self.log_file.read_text(encoding="utf-8", errors="replace")
        return _gist(text) or "its log is empty"


def _gist(text: str) -> str:
    """The last lines of a Java program's words, without the places in its code."""
    return "\n".join([line for line in text.splitlines() if not line.startswith("\tat ")][-8:]).strip()


def answers(bootstrap: str, within: float = 10) -> bool:
    """True when a broker at `bootstrap` answers metadata within so many seconds."""
    host, _, port = bootstrap.split(",")[0].rpartition(":")
    # Asked first, because the client does not take a refused connection for an answer and waits the time out.
    if not listens(host, int(port)):
        return False
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, bootstrap_timeout_ms=int(within * 1000))
    except KafkaError:
        return False
    try:
        admin.list_topics()
    except KafkaError:
        return False
    finally:
        admin.close()
    return True


def start_broker(
    data: Path,
    port: int = 0,
    *,
    sasl: Sasl | None = None,
    sasl_port: int = 0,
    heap_mb: int = 256,
    settings: Mapping[str, str] | None = None,
    on_progress: Progress = silent,
) -> Broker:
    """Fetch, format and start in one call: the broker answers when this returns; `with` stops it."""
    return Broker(
        data,
        port=port,
        sasl=sasl,
        sasl_port=sasl_port,
        heap_mb=heap_mb,
        settings=settings,
        on_progress=on_progress,
    ).start()
