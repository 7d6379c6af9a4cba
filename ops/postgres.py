"""A real PostgreSQL for tests and benchmarks: the system's own programs, a folder of its own, a free port, fsync on.

The server refuses to run as root; then it runs as the system's `postgres` user, or `nobody`.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Self, TypedDict

import psycopg
from psycopg import sql

from ops.ports import free_port

OLDEST = 15
HOST = "127.0.0.1"
_INSTALLED = Path("/usr/lib/postgresql")


class PostgresMissing(RuntimeError):
    """This machine has no PostgreSQL that is new enough. The message says what to install."""


class PostgresFailed(RuntimeError):
    """The server is there but did not start. The message carries the end of its log."""


def programs() -> Path:
    """The folder of `initdb` and `postgres`, the newest first. Raises PostgresMissing."""
    folders = [found.parent for found in _INSTALLED.glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    versions = {folder: _major(folder / "postgres") for folder in folders}
    if not versions:
        raise PostgresMissing("no initdb here (Debian: apt-get install -y postgresql)")
    newest = max(versions, key=lambda folder: versions[folder])
    if versions[newest] < OLDEST:
        raise PostgresMissing(f"PostgreSQL {versions[newest]} is too old, {OLDEST} is needed")
    return newest


def _major(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)", said)
    return int(found[1]) if found else 0


class _Identity(TypedDict, total=False):
    user: str
    group: int
    extra_groups: list[int]


def _unprivileged() -> _Identity:
    """What `subprocess` needs to run the server as; nothing when we are not root ourselves."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}
        except KeyError:
            continue
    raise PostgresMissing("PostgreSQL refuses to run as root and there is no user postgres or nobody")


class PostgresServer:
    """One server with its own folder and port; a context manager that removes both in the end."""

    def __init__(self) -> None:
        self._programs = programs()
        self._identity = _unprivileged()
        # Not below pytest's own temporary folder: another user could not reach it.
        self.folder = Path(tempfile.mkdtemp(prefix="hub-postgres-"))
        self.port = free_port()
        self.log_file = self.folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Makes the cluster the first time, starts the server and returns when it takes connections."""
        if self._process is not None:
            return self
        if not (self.folder / "data").exists():
            self._make()
        settings = {
            "port": self.port,
            "listen_addresses": HOST,
            "unix_socket_directories": self.folder,
            "max_connections": 200,
            "fsync": "on",
        }
        command: list[str | Path] = [self._programs / "postgres", "-D", self.folder / "data"]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._identity
            )
        self._wait_until_it_answers()
        return self

    def stop(self) -> None:
        """Fast shutdown (SIGINT): sessions are ended, everything is written."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Immediate shutdown (SIGQUIT): as after a crash, the next start recovers from the log."""
        self._end(signal.SIGQUIT)

    def restart(self) -> Self:
        """Starts again on the same folder and port."""
        self.stop()
        return self.start()

    def database(self) -> str:
        """The URL of a new empty database."""
        name = f"hub_{uuid.uuid4().hex}"
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://postgres@{HOST}:{self.port}/{name}"

    def drop(self, url: str) -> None:
        """Removes a database made by `database`, whoever is still connected."""
        name = url.rsplit("/", 1)[1]
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def _make(self) -> None:
        if self._identity:
            shutil.chown(self.folder, self._identity["user"], self._identity["group"])
        command: list[str | Path] = [self._programs / "initdb", "-D", self.folder / "data", "-U", "postgres"]
        # Only this machine reaches the server and it holds nothing but test data.
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        said = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, check=False, **self._identity)
        if said.returncode != 0:
            raise PostgresFailed(f"initdb failed: {said.stderr.strip()[-400:]}")

    def _wait_until_it_answers(self, within: float = 30.0) -> None:
        assert self._process is not None
        end = time.monotonic() + within
        while True:
            try:
                self._connect().close()
                return
            except psycopg.OperationalError as error:
                ended = self._process.poll() is not None
                if ended or time.monotonic() > end:
                    self.stop()
                    log = self.log_file.read_text(errors="replace")[-800:].strip()
                    raise PostgresFailed(f"PostgreSQL did not start: {log}") from error
            time.sleep(0.05)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=HOST, port=self.port, user="postgres", dbname="postgres", autocommit=True)

    def _run(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
