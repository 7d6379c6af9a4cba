"""Apache Kafka's jars: found in the cache, or fetched once with Maven and checked against their checksums.

The versions stand in `pom.xml` beside this module. The cache is `~/.cache/referral-hub/kafka-<version>`;
`HUB_KAFKA_LIBS` names another folder, used as it is when it already holds the jars (closed networks).
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
POM = HERE / "pom.xml"

Progress = Callable[[str, str], None]
"""Called with a step (`fetch`, `format`, `start`, `ready`) and a short text for people."""


class KafkaMissing(RuntimeError):
    """Something this machine lacks to run a broker. The message says what to install; it is one line."""


def silent(step: str, text: str) -> None:
    """The progress callback that says nothing."""


def kafka_version() -> str:
    """The pinned version of Apache Kafka."""
    found = re.search(r"<kafka\.version>([^<]+)</kafka\.version>", POM.read_text(encoding="utf-8"))
    if found is None:
        raise KafkaMissing(f"{POM.name} names no kafka.version")
    return found[1]


def cache_folder() -> Path:
    """Where the jars are kept, whether or not they are there yet."""
    chosen = os.environ.get("HUB_KAFKA_LIBS")
    if chosen:
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "referral-hub" / f"kafka-{kafka_version()}"


def java() -> str:
    """The path of a Java runtime of version 17 or newer. Raises KafkaMissing."""
    remedy = "Apache Kafka needs Java 17 or newer (Debian: apt-get install -y openjdk-17-jre-headless)"
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    found = found or shutil.which("java")
    if found is None:
        raise KafkaMissing(f"no java here: {remedy}")
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    if version is None or int(version[1]) < 17:
        raise KafkaMissing(f"{found} is Java {version[1] if version else 'of unknown version'}: {remedy}")
    return found


def libs(on_progress: Progress = silent) -> Path:
    """The folder that holds the broker's jars, fetched if need be. Raises KafkaMissing."""
    folder = cache_folder()
    if _complete(folder):
        return folder
    if os.environ.get("HUB_KAFKA_LIBS") and any(folder.glob("*.jar")):
        raise KafkaMissing(f"HUB_KAFKA_LIBS={folder} holds other jars than Apache Kafka {kafka_version()}")
    mvn = shutil.which("mvn")
    if mvn is None:
        raise KafkaMissing(
            f"no mvn here: Maven fetches Apache Kafka (Debian: apt-get install -y maven), or put the jars into {folder}"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(folder.with_name(folder.name + ".lock")):
        if not _complete(folder):
            _fetch(mvn, folder, on_progress)
    return folder


def _complete(folder: Path) -> bool:
    names = ("kafka_2.13", "kafka-clients")
    return all((folder / f"{name}-{kafka_version()}.jar").is_file() for name in names)


def _fetch(mvn: str, folder: Path, on_progress: Progress) -> None:
    on_progress("fetch", f"Apache Kafka {kafka_version()} and what it needs, about 43 MB")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as scratch:
        # A copy of the pom: where the package is installed its own folder may not be writable.
        shutil.copy(POM, scratch)
        target = Path(scratch) / "libs"
        command = [mvn, "-B", "-C", "-f", f"{scratch}/pom.xml", "dependency:copy-dependencies"]
        command.append(f"-DoutputDirectory={target}")
        said: list[str] = []
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as maven:
            assert maven.stdout is not None
            fetched = 0
            for line in maven.stdout:
                if line.startswith("[ERROR]"):
                    said.append(line.removeprefix("[ERROR]").strip())
                if "Downloaded from" in line and ".jar" in line:
                    fetched += 1
                    on_progress("fetch", f"{fetched} jars")
        if maven.returncode != 0 or not _complete(target):
            raise KafkaMissing(f"Maven could not fetch Apache Kafka: {said[0] if said else 'no jars came'}")
        # The name appears only when every jar is there: an interrupted fetch leaves no half folder behind.
        if folder.exists():
            shutil.rmtree(folder)
        target.rename(folder)


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Two processes that find the cache empty at the same time: the second waits and then finds it full."""
    try:
        import fcntl
    except ImportError:  # Windows: the rename decides
        yield
        return
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
