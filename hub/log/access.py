"""How the hub reaches its broker, and what to say when it does not: unreachable, or reached and not let in.

kafka-python reports both as a time-out, and a consumer without rights is silent for ever; therefore the questions are
asked here, once, before anything is built on the answers.
"""

from __future__ import annotations

import socket
import ssl
import struct
import uuid
from contextlib import suppress
from typing import Any, Final, NamedTuple

from kafka import KafkaAdminClient
from kafka.errors import (
    AuthorizationError,
    KafkaError,
    LogTruncationError,
    OffsetOutOfRangeError,
    RetriableError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)

from .port import TOPIC_MISSING, UNAUTHORIZED, UNREACHABLE, LogUnavailable, Problem
from .topics import Topics

CONNECT_MS: Final = 5_000
REQUEST_MS: Final = 10_000
_NOT_ALLOWED: Final = 29  # TOPIC_AUTHORIZATION_FAILED
_UNKNOWN: Final = 3  # UNKNOWN_TOPIC_OR_PARTITION
_NO_ID: Final = 0


class Access(NamedTuple):
    """Where the broker is and who we are there. ``user`` "" = no login; ``ca`` = file of the authority (TLS)."""

    bootstrap: str
    user: str = ""
    password: str = ""
    mechanism: str = "SCRAM-SHA-512"
    ca: str = ""
    tls: bool = False
    prefix: str = ""
    replication: int = -1  # -1 = the broker's default

    def __repr__(self) -> str:  # a password never reaches a log line
        return f"Access({self.bootstrap!r}, user={self.user!r}, prefix={self.prefix!r})"

    @property
    def topics(self) -> Topics:
        """The hub's topic names at this broker."""
        return Topics(self.prefix)

    def client(self, **more: Any) -> dict[str, Any]:
        """The arguments every client is made with."""
        protocol = ("SASL_" if self.user else "") + ("SSL" if self.tls or self.ca else "PLAINTEXT")
        made: dict[str, Any] = {
            "bootstrap_servers": [part.strip() for part in self.bootstrap.split(",")],
            "bootstrap_timeout_ms": CONNECT_MS,
            "security_protocol": protocol,
            "reconnect_backoff_max_ms": 1_000,
        }
        if self.ca:
            made["ssl_cafile"] = self.ca
        if self.user:
            made["sasl_mechanism"] = self.mechanism
            made["sasl_plain_username"] = self.user
            made["sasl_plain_password"] = self.password
        return made | more


def problem_of(access: Access, why: BaseException) -> Problem:
    """What an exception of the client means for the hub."""
    if isinstance(why, LogUnavailable):
        return why.problem
    if isinstance(why, (AuthorizationError, SaslAuthenticationFailedError, UnsupportedSaslMechanismError)):
        return Problem(UNAUTHORIZED, f"{type(why).__name__} as {access.user or 'anonymous'}")
    if isinstance(why, RetriableError) and access.user and _answers(access):
        return Problem(
            UNAUTHORIZED,
            f"{access.bootstrap} answers but does not let {access.user} in: check user, password and mechanism",
        )
    return Problem(UNREACHABLE, f"{access.bootstrap}: {type(why).__name__}")


def partitions_of(why: OffsetOutOfRangeError | LogTruncationError) -> list[Any]:
    """The partitions whose next offset the broker does not know (any more)."""
    return list(why.divergent_offsets if isinstance(why, LogTruncationError) else why.args[0])


class Admin:
    """Metadata and topics. Every method raises LogUnavailable instead of the client's errors. One thread at a time."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._client: Any = None

    def ids(self, names: list[str]) -> dict[str, bytes]:
        """The 16-byte id of each topic that exists. LogUnavailable ``log.unauthorized`` when one may not be seen."""
        found: dict[str, bytes] = {}
        for topic in self._run("describe_topics", names) if names else ():
            code = topic["error_code"]
            if code == _NOT_ALLOWED:
                who = self.access.user or "anonymous"
                raise LogUnavailable(Problem(UNAUTHORIZED, f"{who} may not see {topic['name']}"))
            if code == _NO_ID and topic["topic_id"] is not None:
                found[topic["name"]] = uuid.UUID(topic["topic_id"]).bytes
        return found

    def existing(self, names: list[str]) -> dict[str, bytes]:
        """As ``ids``, but a topic that may not be seen counts as missing."""
        described = self._run("describe_topics", names) if names else ()
        there = [t for t in described if t["error_code"] == _NO_ID and t["topic_id"]]
        return {t["name"]: uuid.UUID(t["topic_id"]).bytes for t in there}

    def ensure(self, wanted: dict[str, dict[str, str]]) -> list[str]:
        """Makes the topics that are missing; the names made. Existing ones are left as they are."""
        there = self.ids(list(wanted))
        missing = {name: configs for name, configs in wanted.items() if name not in there}
        if not missing:
            return []
        spec = {
            name: {"num_partitions": 1, "replication_factor": self.access.replication, "configs": configs}
            for name, configs in missing.items()
        }
        made = self._run("create_topics", spec, raise_errors=False)
        for topic in made["topics"]:
            if topic["error_code"] not in (0, 36):  # 36: somebody else made it meanwhile
                code = UNAUTHORIZED if topic["error_code"] in (_NOT_ALLOWED, 31) else TOPIC_MISSING
                detail = f"{topic['name']} cannot be made: {topic.get('error_message') or topic['error_code']}"
                raise LogUnavailable(Problem(code, detail))
        self._run("wait_for_topics", list(missing))
        return sorted(missing)

    def run(self, method: str, *args: Any, **more: Any) -> Any:
        """Any other method of the admin client, with the same translation of errors."""
        return self._run(method, *args, **more)

    def close(self) -> None:
        """Give up the connection; the next call opens another."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):
                client.close()

    def _run(self, method: str, *args: Any, **more: Any) -> Any:
        try:
            if self._client is None:
                if _nobody_listens(self.access):
                    raise LogUnavailable(Problem(UNREACHABLE, f"{self.access.bootstrap}: connection refused"))
                self._client = KafkaAdminClient(**self.access.client(request_timeout_ms=REQUEST_MS))
            return getattr(self._client, method)(*args, **more)
        except KafkaError as why:
            self.close()
            raise LogUnavailable(problem_of(self.access, why)) from why
        except Exception:
            self.close()  # whatever it was, the next call starts with a new client
            raise


def check_access(access: Access) -> Problem | None:
    """Whether a broker answers and lets us in: None, ``log.unreachable`` or ``log.unauthorized``, within 10 s."""
    admin = Admin(access)
    try:
        admin.existing([access.topics.events])
    except LogUnavailable as why:
        return why.problem
    finally:
        admin.close()
    return None


def _nobody_listens(access: Access) -> bool:
    """True when every address refuses a connection at once: the client would go on trying for ``CONNECT_MS``.

    Anything else (no route, a name that is not known yet, silence) is for the client to find out.
    """
    for address in access.bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), timeout=1.0):
                return False
        except ConnectionRefusedError:
            continue
        except (OSError, ValueError):
            return False
    return True


def _answers(access: Access) -> bool:
    """True when a broker answers ApiVersions, the one request allowed before login: then it is alive and refuses *us*.

    A TCP connection alone proves nothing: the kernel accepts it for a frozen process too.
    """
    for address in access.bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        with suppress(OSError, ValueError, struct.error):
            if _api_versions(host, int(port), access):
                return True
    return False


def _api_versions(host: str, port: int, access: Access) -> bool:
    with socket.create_connection((host, port), timeout=2.0) as plain:
        tls = ssl.create_default_context(cafile=access.ca or None) if access.tls or access.ca else None
        wire = tls.wrap_socket(plain, server_hostname=host) if tls else plain
        with wire:
            request = struct.pack(">hhih", 18, 0, 7, -1)
            wire.sendall(struct.pack(">i", len(request)) + request)
            answer = b""
            while len(answer) < 8:
                part = wire.recv(64)
                if not part:
                    return False
                answer += part
            return bool(struct.unpack_from(">i", answer, 4)[0] == 7)
