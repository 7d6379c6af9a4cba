"""From records of an outbox to one ticket for the writer: commands, what could not be read, and how far it was read.

Guarantee: any bytes end as a command or as a refusal with a stable code and the field at fault; nothing is raised for
what a system wrote. Sizes are checked before anything is decoded.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from hub.aggregates.command import Command
from hub.aggregates.wire import to_command
from hub.contract import Contract, Unreadable
from hub.log.outboxes import Submitted
from hub.log.port import where
from hub.log.wire import Headers
from hub.store import Move, Quarantined
from hub.words import Answer, text
from hub.writer import Incident, Origin, Outcome, Poll
from hub.writer.outcome import FAILED, STORE_FAILED

TURN: Final = 64  # records of one outbox in one ticket
MOST_BYTES: Final = 65_536  # of one record; larger ones are not even decoded
ID_HEADERS: Final = frozenset({"ce_id", "command-id"})

log = structlog.get_logger(__name__)


def read(contract: Contract, system: str, record: Submitted) -> Command:
    """The command in one record of this system's outbox. Unreadable with a stable code and the field at fault."""
    value = record.value
    if value is None:
        raise Unreadable("submission.unreadable", "", "the record has no value")
    if len(value) > MOST_BYTES:
        raise Unreadable("submission.too_large", "", f"{len(value)} bytes, at most {MOST_BYTES}")
    schema, values = contract.decode_exact(contract.from_kafka(value))
    command = to_command(contract, system, schema, values, reply=True)
    _same_id(record.headers, command)
    return command


def _same_id(headers: Headers, command: Command) -> None:
    own = text(command.command_id).encode()
    for name, value in headers:
        if name in ID_HEADERS and value != own:
            raise Unreadable("command.id_differs", name, "the header names another command than the body")


class Ticket:
    """One outbox's share of a turn. ``done`` is called by the writer; ``finished`` is set when it was."""

    def __init__(self, system: str, poll: Poll, commands: Sequence[Command], on_done: Callable[[], None]) -> None:
        self.system = system
        self.poll = poll
        self.commands = commands
        self.finished = threading.Event()
        self.outcomes: list[Outcome] = []
        self._on_done = on_done

    def done(self, outcomes: list[Outcome]) -> None:
        """The writer's answer, from its thread."""
        self.outcomes = outcomes
        self.finished.set()
        self._on_done()

    @property
    def end(self) -> tuple[str, int]:
        """Where the outbox stands once this is stored: (topic id, offset)."""
        return self.poll.move.topic, self.poll.move.offset

    @property
    def surely_stored(self) -> bool:
        """The offset is stored with the last command; without an answer to that one only the store knows."""
        return bool(self.outcomes) and isinstance(self.outcomes[-1], Answer)

    @property
    def poison(self) -> int | None:
        """The offset of a command that cannot be stored (its place in the outbox therefore neither)."""
        last = self.outcomes[-1] if self.outcomes else None
        failed = isinstance(last, Incident) and last.code == STORE_FAILED
        return self.poll.origins[-1].offset if failed else None


def make_ticket(
    contract: Contract,
    system: str,
    records: Sequence[Submitted],
    old: tuple[str, int],
    topic: str,
    poison: set[int],
    on_done: Callable[[], None],
) -> Ticket:
    """Read ``records`` (at least one). ``old``: (topic id, offset) before them; ``poison``: offsets to refuse."""
    commands: list[Command] = []
    origins: list[Origin] = []
    unreadable: list[Quarantined] = []
    for record in records:
        raw = record.value or b""
        try:
            if record.offset in poison:
                raise Unreadable(STORE_FAILED, "", "its command cannot be stored")
            commands.append(read(contract, system, record))
            origins.append(Origin(record.offset, raw))
        except Unreadable as why:
            unreadable.append(Quarantined(system, topic, record.offset, why.code, why.field, why.detail, raw))
        except Exception as why:
            # Ours, not the sender's: kept and answered like the rest, so that the next record is unharmed.
            ident = uuid.uuid4().hex
            log.error("intake.incident", incident=ident, system=system, error=type(why).__name__, where=where(why))
            unreadable.append(Quarantined(system, topic, record.offset, FAILED, "", ident, raw))
    move = Move(system, *old, topic, records[-1].offset + 1)
    return Ticket(system, Poll(move, tuple(origins), tuple(unreadable)), commands, on_done)
