"""One command on one dispute: the checks that come before every guard, then the command's own function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub.words import DisputeId, ReferralId, Refusal

from ..command import Command
from . import commands as c
from . import events as e
from . import facts, handover, ladder, oversight, relapse, work
from .state import Dispute
from .turn import Context, Refused, Turn

ON_REFERRAL: dict[type[Any], Callable[..., None]] = {
    c.Deliver: handover.deliver,
    c.Sign: handover.sign,
    c.Accept: handover.accept,
    c.Return: handover.return_,
    c.Withdraw: handover.withdraw,
    c.Consent: handover.consent,
    c.Decline: handover.decline,
    c.Contest: handover.contest,
    c.Settle: handover.settle,
    c.Lapse: handover.lapse,
    c.Feedback: work.feedback,
    c.Recall: work.recall,
}
NAMING = c.Urge | c.Breach | c.Warn | c.Recompute | c.Step | c.Extend  # may name a referral
ON_DISPUTE: dict[type[Any], Callable[..., None]] = {
    c.Refer: handover.refer,
    c.Assign: handover.assign,
    c.Attempt: work.attempt,
    c.ReachAgreement: work.reach,
    c.PerformAgreement: work.perform,
    c.BreakAgreement: work.break_,
    c.Grade: work.grade,
    c.Close: work.close,
    c.Reopen: work.reopen,
    c.Voiding: work.void,
    c.Succeed: work.succeed,
    c.Report: oversight.report,
    c.Acknowledge: oversight.acknowledge,
    c.Supervise: oversight.supervise,
    c.AnswerSupervision: oversight.answer,
    c.Urge: oversight.urge,
    c.Breach: oversight.breach,
    c.Warn: oversight.warn,
    c.Recompute: oversight.recompute,
    c.Extend: oversight.extend,
    c.Inform: facts.inform,
    c.Particulars: facts.particulars,
    c.Step: facts.step,
    c.Visit: facts.visit,
    c.Ladder: ladder.act,
    c.DecideRelapse: relapse.decide,
    c.SuspectRelapse: relapse.suspect,
}


def decide(
    command: Command, stream: DisputeId, state: Dispute | None, context: Context
) -> tuple[tuple[e.Event, ...], Dispute | None] | Refusal:
    """The events of a command (none for nothing) and the state after them, or why it is refused.

    Total: every command in every state has one of these.
    """
    body: Any = command.body
    turn = Turn(command, stream, state, context)
    try:
        if isinstance(body, c.Register):
            if state is None:  # its id is its command's: the same command again is nothing
                work.register(turn, body)
                ladder.follow(turn)
            return tuple(turn.events), turn.state
        _known(turn, state)
        kind = type(body)
        referral = None
        if kind in ON_REFERRAL:
            referral = _referral(turn, body.referral, "referral")
        elif isinstance(body, c.Refer) and body.in_place_of is not None:
            _referral(turn, body.in_place_of, "in_place_of")
        elif isinstance(body, NAMING) and body.referral is not None:
            _referral(turn, body.referral, "referral")
        if command.based_on is not None:
            _based_on(turn, command.based_on)
        if referral is not None:
            ON_REFERRAL[kind](turn, body, referral)
        else:
            ON_DISPUTE[kind](turn, body)
        if turn.events:
            ladder.follow(turn)
    except Refused as refused:
        return refused.refusal
    return tuple(turn.events), turn.state


def _known(turn: Turn, state: Dispute | None) -> None:
    """The dispute is there for those who have or had a role in it or stand above one that has; for nobody else."""
    if state is None:
        raise Refused("dispute.unknown", "dispute")
    if turn.by_hub or turn.author in state.roles:
        return
    if not any(turn.is_superior_of(role) for role in state.roles):
        raise Refused("dispute.unknown", "dispute")


def _referral(turn: Turn, ident: ReferralId, field: str) -> Any:
    referral = turn.state.referral(ident)
    if referral is None:
        raise Refused("referral.unknown", field)
    return referral


def _based_on(turn: Turn, version: int) -> None:
    """The author saw ``version``: refused when custody or the open hand-over is another one now."""
    state = turn.state
    if version > state.version:
        raise Refused("dispute.ahead", "based_on", f"the dispute is at version {state.version}")
    seen = state.at(version)
    if seen != (state.custodian, state.moves[-1]):
        raise Refused("dispute.moved", "based_on", f"the dispute is at version {state.version}")
