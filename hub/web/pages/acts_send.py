"""Sending one act of a person as a command: built as the interface builds it, in the name of the person's agency.

Guarantee: the policy table and ``may_speak`` are asked before anything is queued, because the writer trusts the system
``hub``; the hub's own commands cannot be made here. A command's id is made from the user name and a number of the form,
so a form sent twice is one command with one answer, and nobody can take the ids of another person or of the hub. Who
stood behind a command is noted before it is sent, and its ``occurred_at`` is the instant it was first noted.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from hub.access import may_speak
from hub.aggregates.command import Command
from hub.aggregates.wire import to_command
from hub.contract.jsonform import instant
from hub.words import HUB_SYSTEM, Answer, CommandId, derived_id, text
from hub.writer import Outcome
from hub.writer.outcome import Refuses

from ..problems import Problem
from . import forms as f
from .visitors import Visitor

NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
AT_ONCE: Final = 64  # commands of one turn of the writer
WAIT_SECONDS: Final = 1.0  # for the views
VIEWS: Final = ("custody", "obligations")


class Act(NamedTuple):
    """One act to send. ``number``: the form's, with the item behind it where a form is about many."""

    form: f.Form
    number: str
    fields: Mapping[str, Any]
    dispute: bytes | None = None
    based_on: int | None = None


def new_number() -> str:
    """A form's number: nobody can guess it."""
    return secrets.token_urlsafe(24)


def number_of(given: str) -> str:
    """The number a form carries. Problem ``field.missing`` when it is not one."""
    if not NONCE.fullmatch(given):
        raise Problem("field.missing", "nonce", status=422)
    return given


def command_id(visitor: Visitor, number: str) -> CommandId:
    """The command's id. A user name has no slash and a form's number neither: two names never make one id."""
    return derived_id(f"person/{visitor.person.user}/{number}")


def send(visitor: Visitor, acts: Sequence[Act]) -> list[Outcome]:
    """The outcomes, in order, after the commit. Problem ``access.denied``, ``hub.busy``, ``hub.not_writer``;
    Unreadable names the field at fault. Nothing is sent unless all of them can be read and may be said.
    """
    ids = [command_id(visitor, act.number) for act in acts]
    now = visitor.parts.clock.now()
    for act in acts:  # read before it is noted: what cannot be read leaves nothing behind
        _command(visitor, act, ids[0], now)
    first = visitor.parts.store.people.note_all(ids, visitor.person.user, now)
    commands = [_command(visitor, act, ident, first[ident]) for act, ident in zip(acts, ids, strict=True)]
    outcomes: list[Outcome] = []
    try:
        for at in range(0, len(commands), AT_ONCE):
            outcomes += visitor.parts.writer.ask(commands[at : at + AT_ONCE])
    except Refuses as why:
        if not outcomes:
            raise Problem(why.code) from why
        # Some are stored: what follows is told as not sent, and sending the form again is safe.
    return outcomes


def await_views(visitor: Visitor, outcomes: Sequence[Outcome]) -> None:
    """Let the views reach what was just recorded, so that the page one comes back to shows it."""
    reached = max((each.position for each in outcomes if isinstance(each, Answer)), default=0)
    if reached:
        visitor.parts.views.wait_until(VIEWS, reached, WAIT_SECONDS)


def command_of(visitor: Visitor, act: Act) -> Command:
    """The command an act would be now, for asking beforehand what would become of it. Problem, Unreadable."""
    return _command(visitor, act, command_id(visitor, act.number), visitor.parts.clock.now())


def _command(visitor: Visitor, act: Act, ident: CommandId, occurred_at: int) -> Command:
    agency = visitor.person.agency
    record = {
        "command_id": text(ident), "occurred_at": instant(occurred_at), "agency": text(agency),
        "duty": visitor.person.duty, "dispute": None if act.dispute is None else text(act.dispute),
        "based_on": act.based_on, **act.fields,
    }  # fmt: skip
    subject = agency if act.form.about == f.OWN else None
    denied = may_speak(visitor.system, act.form.command, agency, subject)
    if denied:
        raise Problem("access.denied", denied)
    contract = visitor.parts.contract
    return to_command(contract, HUB_SYSTEM, *contract.from_json("command", act.form.command, record))
