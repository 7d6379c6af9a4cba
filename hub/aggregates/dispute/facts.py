"""What is recorded about a dispute and moves nothing: what parties were told, particulars, steps of a docking, visits.

Custody never moves here and no hand-over begins or ends: these are facts that the rules of the pack and the forms read.
Guards in the order they are asked. Source: domain practice (multi-channel docking, follow-up visits); who may record
what is a hub default.
"""

from __future__ import annotations

from hub import words as w

from . import commands as c
from . import events as e
from .state import Referral
from .turn import Refused, Turn


def inform(turn: Turn, body: c.Inform) -> None:
    """告知当事人, by the custodian: rights, options, exits; with what they answered."""
    turn.need_open()
    turn.need_custodian()
    turn.emit(e.Informed(*body))


def particulars(turn: Turn, body: c.Particulars) -> None:
    """登记要素, by the custodian; the latest counts."""
    turn.need_open()
    turn.need_custodian()
    turn.emit(e.ParticularsNoted(*body))


def visit(turn: Turn, body: c.Visit) -> None:
    """回访, by the custodian or a superior of it, of a closed dispute too (人民调解法 §31: the duty to follow up)."""
    if turn.state.status == w.VOID:
        raise Refused("dispute.void", "dispute")
    if turn.author != turn.state.custodian and not turn.is_superior_of(turn.state.custodian):
        raise Refused("dispute.not_custodian", "agency")
    turn.emit(e.Visited(*body))


def step(turn: Turn, body: c.Step) -> None:
    """对接环节: a step that the pack's procedure allows now, by the party it is for; the same step again is nothing."""
    if turn.state.status == w.VOID:
        raise Refused("dispute.void", "dispute")
    procedure = turn.context.pack.procedures.get(body.machine)
    if procedure is None:
        raise Refused("procedure.unknown", "machine")
    wanted = procedure.steps.get(body.step)
    if wanted is None:
        raise Refused("procedure.unknown_step", "step")
    referral = turn.state.referral(body.referral)
    if turn.author not in _parties(turn, wanted.by, referral):
        raise Refused("procedure.not_party", "agency", wanted.by)
    now = next((s.partition("/")[2] for s in turn.state.marks if s.startswith(f"{body.machine}/")), "")
    if now == body.step and not wanted.again:
        return
    if now not in wanted.after:
        raise Refused("procedure.not_now", "step", now)
    begins = not now or (now in procedure.steps and procedure.steps[now].ends)
    if begins and not _may_begin(turn, body.machine, referral):
        raise Refused("procedure.switched_off", "machine")
    if wanted.document and not body.document:
        raise Refused("field.missing", "document")
    turn.emit(e.Stepped(*body))


def _may_begin(turn: Turn, machine: str, referral: Referral | None) -> bool:
    """The court the pack's switch asks about: who sent the referral, else who speaks."""
    sender = turn.registry.agency(referral.sender if referral is not None else turn.author)
    return turn.context.pack.may_begin(machine, sender.code if sender is not None else "")


def _parties(turn: Turn, by: str, referral: Referral | None) -> tuple[w.AgencyId, ...]:
    if by == "sender":
        return (referral.sender,) if referral is not None else ()
    if by == "receiver":
        return (referral.receiver,) if referral is not None else ()
    if by == "any":
        return turn.state.roles
    return (turn.state.custodian,)
