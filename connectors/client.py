"""The SDK: one class, two transports, one contract.

    with Client(HttpTransport("http://127.0.0.1:8080", "town", key)) as hub:
        case = hub.submit("register", agency=agency_id("532301101201.pmc"), category="02", source="application")
        hub.submit("refer", agency=…, dispute=case.dispute, kind="transfer", channel="police", receiver=…)

Guarantees: a command is sent again under the same command id after a lost connection, a time-out or a 503, and takes
effect at most once; ``inbox`` yields every message exactly once in order (rule: apply n only if it is last + 1); at the
start ``check`` says in plain words when the hub is not there, the password is wrong or rights are missing.
Ids are UUID texts, instants integer microseconds UTC (an aware ``datetime`` is taken too), money integer fen.
Not for several threads at once: make one client per thread.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, Self

from .errors import BadField, ConnectorError, HubFailed, NoAnswer, NoRights, Unreachable, WrongPassword
from .framing import Schemas
from .ids import IdSource, agency_id, dispute_id, finding_id, lead_id, random_ids, referral_id, screening_id
from .messages import Event, Message, Receipt, Sent, Transport, Unreadable
from .over_http import HttpTransport
from .over_kafka import KafkaTransport

__all__ = [
    "BadField", "Client", "ConnectorError", "Event", "HttpTransport", "HubFailed", "KafkaTransport", "Message",
    "NoAnswer", "NoRights", "Receipt", "Sent", "Transport", "Unreachable", "Unreadable", "WrongPassword", "agency_id",
    "dispute_id", "finding_id", "lead_id", "referral_id", "screening_id",
]  # fmt: skip

ANSWER_SECONDS = 30.0
REMEMBERED = 10_000  # command ids whose instant is kept
REFERRING = frozenset({"refer", "assign"})


def _now() -> int:
    return time.time_ns() // 1000


class Client:
    """A system's connection to the hub.

    ``ids`` makes command ids (default UUIDv7), ``clock`` gives ``occurred_at`` where a command names none; both can be
    injected for repeatable runs. ``check`` (default True) tests rights before the first use.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        ids: IdSource = random_ids,
        clock: Callable[[], int] = _now,
        schemas: Schemas | None = None,
        check: bool = True,
    ) -> None:
        self.transport = transport
        self.schemas = schemas or Schemas.packaged()
        self.position = 0  # n of the last message taken from the inbox; keep it to go on after a restart
        self._ids = ids
        self._clock = clock
        self._said: OrderedDict[str, int] = OrderedDict()  # when a command sent before occurred
        if check:
            transport.check()

    @property
    def system(self) -> str:
        """The name of this system."""
        return self.transport.system

    def submit(self, type: str, *, command_id: str = "", timeout: float = ANSWER_SECONDS, **fields: Any) -> Receipt:
        """Send one command and wait for its answer. A refusal is an answer, not an exception.

        BadField: it does not fit the schema, nothing was sent. NoAnswer: fate unknown, send again with the same id
        (and, from another process, the same ``occurred_at``: this client remembers it).
        """
        sent = self.send(type, command_id=command_id, **fields)
        found = sent.receipt or self.answer(sent.command_id, timeout)
        return found if found.referral or not found.accepted else found._replace(referral=sent.referral)

    def send(self, type: str, *, command_id: str = "", **fields: Any) -> Sent:
        """Hand one command over durably, without waiting for an answer that travels by itself (Kafka)."""
        record = self.schemas.get("command", type)
        chosen = command_id or self._ids()
        whole = {"command_id": chosen, "occurred_at": self._occurred_at(chosen), **fields}
        found = self.transport.send(record, record.plain(whole))
        dispute = dispute_id(self.system, chosen) if type == "register" else fields.get("dispute")
        referral = referral_id(self.system, chosen) if type in REFERRING else None
        return Sent(chosen, dispute, referral, found)

    def _occurred_at(self, command_id: str) -> int:
        """The same instant each time an id is sent: with another one it is another command (``command.reused``)."""
        instant = self._said.setdefault(command_id, self._clock())
        while len(self._said) > REMEMBERED:
            self._said.popitem(last=False)
        return instant

    def answer(self, command_id: str, timeout: float = ANSWER_SECONDS) -> Receipt:
        """Wait for the answer to a command sent before. NoAnswer after ``timeout`` seconds."""
        return self.transport.answer(command_id, timeout)

    def inbox(self, after: int | None = None, limit: int = 500, timeout: float = 0.0) -> list[Message]:
        """The messages after ``after`` (default: after the last one given), at most ``limit``, without a gap.

        Empty when none came within ``timeout`` seconds. A message counts as taken once this method has returned it.
        """
        found = self.transport.inbox(self.position if after is None else after, limit, timeout)
        if found:
            self.position = found[-1].n
        return found

    def catch_up(self, timeout: float = ANSWER_SECONDS) -> None:
        """Fetch what the inbox has by now; after it, ``inbox`` until empty gives everything up to here."""
        self.transport.catch_up(timeout)

    def follow(self, timeout: float = 1.0) -> Iterator[Message]:
        """Every message from ``position`` on, for ever; waits ``timeout`` seconds at a time for new ones."""
        while True:
            yield from self.inbox(timeout=timeout)

    def close(self) -> None:
        """Release connections. Safe to call twice."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
