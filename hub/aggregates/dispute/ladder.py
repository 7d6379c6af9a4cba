"""首调责任制 in the machine: what each command does to a dispute's place on its ladder, and what the ladder forbids.

The ladder binds agencies and moves no custody: it decides which session counts, stops a dispute from being passed up
early, and writes down where it stands (``ladder.stood``) whenever that changed. Which scheme holds is the pack's; a
dispute keeps the scheme it began under. Source: 楚雄市司法局 2023-10-19, section 4; where it is silent hub defaults,
each with its basis in the scheme.
"""

from __future__ import annotations

from hub import words as w
from hub.policy import Dated, Pack
from hub.policy.ladder import (
    CLAIMS,
    Agreed,
    Exempted,
    Happening,
    Held,
    LadderRefused,
    Moved,
    Scheme,
    SentBack,
    Session,
    Standing,
    after,
    alarming,
    change_branch,
    classify,
    counts,
    end,
    enter,
    escalate,
    exempt,
    may_return,
    required,
    resume,
    slot,
    what_next,
)
from hub.policy.ladder_standing import CLIMBING, EXHAUSTED, OFF, SUSPENDED, TERMINATED, above
from hub.policy.limits import due
from hub.policy.pack import simple
from hub.words import AgencyId

from . import commands as c
from . import events as e
from .state import Dispute, Referral
from .turn import Refused, Turn

BESIDE = "beside"  # no level of any scheme
Noted = tuple[str, str, AgencyId | None]  # exemption, its reason, who approved it
NOTHING_NOTED: Noted = ("", "", None)


def scheme_of(state: Dispute, rules: Dated, pack: Pack) -> Scheme | None:
    """The scheme a dispute stands under; of one that stands under none, that of the pack in force."""
    return rules.scheme(state.standing.scheme) if state.standing is not None else pack.ladder


def _scheme(turn: Turn) -> Scheme | None:
    return scheme_of(turn.state, turn.context.rules, turn.context.pack)


def refused(why: LadderRefused) -> Refused:
    """The refusal in the hub's words."""
    return Refused(f"ladder.{why.code}", why.field)


def session(turn: Turn, body: c.Attempt) -> tuple[bool, str]:
    """Whether a session counts and if not, why: the ladder's answer where a result is said, else the author's own."""
    scheme = _scheme(turn)
    if not body.result or scheme is None:
        return body.counted, body.why_not
    claim = "" if body.counted else (body.why_not if body.why_not in CLAIMS else "")
    try:
        counted, why = counts(
            scheme, turn.state.standing, Session(body.result, body.at, body.mode, None, claim, _organ(turn, scheme)),
            turn.state.rung.last_at or None,
        )  # fmt: skip
    except LadderRefused as why_not:
        raise refused(why_not) from why_not
    return (counted, why or body.why_not) if counted else (False, why)


def _organ(turn: Turn, scheme: Scheme) -> str:
    """The level whose organ holds a session; what stands beside the ladder uses up nobody's tries."""
    return BESIDE if _entrusted(turn) else _level(turn, scheme, turn.author) or BESIDE


def _entrusted(turn: Turn) -> bool:
    """Whether a court, procuratorate or petition office has entrusted it: its own clock runs, no ladder (R5)."""
    delegation = turn.state.delegation
    return delegation is not None and delegation.channel != "mediation"


def _level(turn: Turn, scheme: Scheme, ident: AgencyId) -> str:
    """The level an agency stands at on the dispute's branch; "" beside the ladder."""
    standing, agency = turn.state.standing, turn.registry.agency(ident)
    if standing is None or agency is None:
        return ""
    return slot(scheme, standing.branch, agency.kind, agency.level)


def may_pass_on(turn: Turn, body: c.Refer) -> None:
    """A dispute goes up only when the tries here are used up, and then to the next level; aside it may always go, and
    back to the level where it stands. Where mediation has ended nothing is escalated: a transfer goes to an exit.
    """
    standing, scheme = turn.state.standing, _scheme(turn)
    if standing is None or scheme is None or standing.state in (SUSPENDED, OFF):
        return
    level = _level(turn, scheme, body.receiver)
    here = _level(turn, scheme, turn.state.custodian) == standing.level
    if body.kind == w.TRANSFER:
        if standing.state != CLIMBING or not here or level not in above(scheme, standing):
            return
    elif body.kind != w.ESCALATION or (standing.state == CLIMBING and level == standing.level and not here):
        return
    try:
        escalate(scheme, standing, level)
    except LadderRefused as why:
        raise refused(why) from why


def may_come_back(turn: Turn, body: c.Return, referral: Referral) -> None:
    """An escalation is returned once at most, and never for being too hard."""
    standing, scheme = turn.state.standing, _scheme(turn)
    if referral.kind != w.ESCALATION or standing is None or scheme is None:
        return
    allowed, why = may_return(scheme, body.reason_code, int(standing.returned))
    if not allowed:
        raise Refused(f"ladder.{why}", "reason_code")


def may_close(turn: Turn, body: c.Close) -> None:
    """Where mediation ended without agreement the parties are told of the exits (人民调解法 §26)."""
    standing = turn.state.standing
    if standing is not None and standing.state in (EXHAUSTED, TERMINATED) and not body.rights_notice:
        raise Refused("ladder.exits_untold", "rights_notice")


def act(turn: Turn, body: c.Ladder) -> None:
    """An exemption, a change of branch, the parties' refusal, climbing on: by the custodian."""
    turn.need_open()
    turn.need_custodian()
    standing, scheme = turn.state.standing, _scheme(turn)
    if standing is None or scheme is None:
        raise Refused("ladder.none", "dispute")
    try:
        what = _what(turn, body, scheme, standing)
    except LadderRefused as why:
        raise refused(why) from why
    step(turn, scheme, what, noted=(body.exemption, body.reason, body.approver))


def _what(turn: Turn, body: c.Ladder, scheme: Scheme, standing: Standing) -> Happening:
    if body.act == "exempt":
        if body.approver is not None and body.approver not in turn.registry.above(turn.author):
            raise Refused("assignment.not_superior", "approver")
        approver = w.text(body.approver) if body.approver is not None else ""
        return exempt(scheme, standing, body.exemption, body.reason, approver, body.level)
    if body.act == "branch":
        return change_branch(scheme, standing, body.branch, scheme.path(body.branch))
    if body.act == "end":
        return end(scheme, standing)
    if body.act == "resume":
        return resume(scheme, standing, body.consent)
    raise Refused("field.unknown_code", "act")


def follow(turn: Turn) -> None:
    """What the command's events do to the ladder, behind them; a dispute that is over stays where it stood."""
    if turn.state.status != w.OPEN:
        return
    if turn.context.pack.ladder is None and turn.state.standing is None:
        return
    before = turn.custodian_before
    for event in tuple(turn.events):
        body = event.body
        moved = event.custody.custodian != before
        before = event.custody.custodian
        scheme = _scheme(turn)
        if scheme is None:
            continue
        what, at = _happening(turn, scheme, body, moved)
        if what is not None:
            step(turn, scheme, what, at)


def _happening(turn: Turn, scheme: Scheme, body: e.Body, moved: bool) -> tuple[Happening | None, int | None]:
    """What an event means to the ladder, and when the session was held that counted."""
    if turn.state.standing is None:
        begins = isinstance(body, e.Registered) or (moved and not isinstance(body, e.Concluded))
        return (_entered(turn, scheme) if begins else None), None
    if isinstance(body, e.AttemptHeld):
        return Held(body.result, body.counted, body.why_not), body.at if body.counted else None
    if isinstance(body, e.AgreementReached):
        return Agreed(), None
    if isinstance(body, e.Graded) and alarming(scheme, body.ordinal, False):
        return Exempted("R1"), None
    if isinstance(body, e.Returned):
        referral = turn.state.referral(body.referral)
        return (SentBack() if referral is not None and referral.kind == w.ESCALATION else None), None
    if moved and not _entrusted(turn):
        level = _level(turn, scheme, turn.state.custodian)
        return (Moved(level) if level else None), None
    return None, None


def _entered(turn: Turn, scheme: Scheme) -> Happening | None:
    """The ladder begins where the custodian stands on the branch of the dispute's category; beside it, not at all."""
    agency = turn.registry.agency(turn.state.custodian)
    if agency is None or _entrusted(turn):
        return None
    branch = classify(scheme, turn.state.rung.category)
    level = slot(scheme, branch, agency.kind, agency.level)
    return enter(scheme, branch, [level], level) if level else None


def step(turn: Turn, scheme: Scheme, what: Happening, at: int | None = None, noted: Noted = NOTHING_NOTED) -> None:
    """Write down where the dispute stands after a happening, if that is another place."""
    held, old = turn.state.rung, turn.state.standing
    new = after(scheme, old, what)
    last = at or held.last_at or None
    if new is None or (new is old and last == (held.last_at or None)):
        return
    following = what_next(scheme, new, last, held.category)
    starts = old is None or (old.level, old.branch) != (new.level, new.branch)
    limit = scheme.levels[new.level].limit if starts and new.state == CLIMBING else None
    ends: tuple[int | None, str] = (None, "")
    if limit is not None:
        rule = simple(f"ladder.{new.level}", limit.amount, limit.unit, 0, limit.basis)
        ends = due(rule, turn.context.now, turn.context.pack.calendar, turn.on(turn.state.custodian).region)[:2]
    turn.emit(
        e.LadderStood(
            new.scheme, new.branch, new.level, new.entry, new.direct, new.joint, new.state, new.tries, new.total,
            required(scheme, new), new.no_shows, new.returned, tuple(e.Tries(*t) for t in new.counted), new.skipped,
            last, *noted, following.act,
            following.level if following.act == "escalate" else "", *ends,
        ),
        dated=limit is not None,
    )  # fmt: skip
