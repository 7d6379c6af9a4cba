"""What comes back from the hub: answers to commands, and the messages of an inbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from .framing import Fields, Record, Schemas


class Receipt(NamedTuple):
    """The hub's answer to one command, kept by the hub for ever under (system, command id).

    ``outcome``: ``done``, ``nothing`` (accepted, there was nothing to do) or ``refused`` (with ``code`` and ``field``).
    ``dispute`` is the dispute, or for registry commands the agency; ``referral`` the id a refer or assign gave.
    """

    command_id: str
    outcome: str
    code: str = ""
    field: str = ""
    detail: str = ""
    dispute: str | None = None
    version: int = 0
    position: int = 0
    recorded_at: int = 0
    referral: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether the hub took the command (done, or nothing to do)."""
        return self.outcome != "refused"


class Event(NamedTuple):
    """An event the hub recorded. ``fields`` is None where a release profile withholds the content."""

    position: int
    type: str
    stream: str
    version: int
    recorded_at: int
    leaf: str
    fields: Fields | None


class Unreadable(NamedTuple):
    """A record of this system's outbox that the hub could not read: it had no effect."""

    offset: int
    code: str
    field: str
    detail: str
    recorded_at: int


class Message(NamedTuple):
    """One message of an inbox; ``n`` is its gapless number there."""

    n: int
    content: Event | Receipt | Unreadable


class Sent(NamedTuple):
    """A command on its way: the ids it will give, known before the answer. ``receipt`` is there if the answer is."""

    command_id: str
    dispute: str | None
    referral: str | None
    receipt: Receipt | None


class Transport(Protocol):
    """What a way to the hub must do. One thread at a time."""

    @property
    def system(self) -> str:
        """The name of the system this transport speaks for."""

    def check(self) -> None:
        """Raise Unreachable, WrongPassword or NoRights unless this system may write and read."""

    def send(self, record: Record, fields: Mapping[str, Any]) -> Receipt | None:
        """Hand one command over durably; its answer, when this transport gets one at once."""

    def send_raw(self, raw: bytes) -> None:
        """Hand over bytes as they are (for conformance tests and simulations)."""

    def answer(self, command_id: str, timeout: float) -> Receipt:
        """Wait for the answer to a command sent. NoAnswer after ``timeout`` seconds."""

    def inbox(self, after: int, limit: int, timeout: float) -> list[Message]:
        """Messages n = after + 1 … in order, without a gap; empty when none came within ``timeout`` seconds."""

    def catch_up(self, timeout: float) -> None:
        """Fetch what the inbox has by now, so that ``inbox`` gives it without waiting. NoAnswer after ``timeout``."""

    def close(self) -> None:
        """Release connections."""


def receipt(fields: Mapping[str, Any]) -> Receipt:
    """A receipt from the plain fields of an ``answer`` record."""
    return Receipt(**{name: fields[name] for name in Receipt._fields if name in fields})


def message(n: int, record: Record, fields: Fields, schemas: Schemas) -> Message:
    """One inbox record as a message. ValueError for a type of record that this package does not know."""
    if record.name == "answer":
        return Message(n, receipt(fields))
    if record.name == "unreadable":
        return Message(n, Unreadable(**fields))
    if record.name != "event":
        raise ValueError(f"an inbox does not carry {record.name}")
    inner = schemas.read_kafka(fields["event"])[1] if fields["event"] is not None else None
    return Message(n, Event(fields=inner, **{name: fields[name] for name in Event._fields if name != "fields"}))
