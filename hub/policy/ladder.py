"""The ladder of first responsibility (首调责任制): what counts, what comes next, and who may leave a level early.

Guarantee: pure; every decision either gives the happening to record (``after`` then gives the standing) or raises
``LadderRefused`` with one of ``REFUSALS``. The ladder binds agencies, never parties: whoever refuses or withdraws ends
it, and nothing here stands before a court's door (人民调解法 §3, §17, §23, §26).

``counts`` is asked when a session is recorded, ``what_next`` whenever a list of what is due is made. Instants are
microseconds UTC; limits are lengths, the calendar that turns them into dates is another module's.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from .ladder_next import Next, exits, once_more, what_next
from .ladder_places import Organ, classify, organs, slot
from .ladder_reading import read_ladders, read_scheme
from .ladder_scheme import REFUSALS, LadderRefused, Scheme, SchemeRefused, Span
from .ladder_standing import (
    CLIMBING,
    EXHAUSTED,
    FIRST_NO_SHOW,
    LAST_NO_SHOW,
    OFF,
    RESOLVED,
    RESULTS,
    SUSPENDED,
    TERMINATED,
    Agreed,
    Branched,
    Ended,
    Entered,
    Exempted,
    Happening,
    Held,
    Moved,
    MovedDown,
    Resumed,
    SentBack,
    Standing,
    above,
    after,
    required,
    used_up,
)

__all__ = [
    "REFUSALS", "Agreed", "Branched", "Ended", "Entered", "Exempted", "Happening", "Held", "LadderRefused", "Moved",
    "MovedDown", "Next", "Organ", "Outcome", "Resumed", "Scheme", "SchemeRefused", "SentBack", "Session", "Span",
    "Standing", "after", "alarming", "change_branch", "classify", "counts", "end", "enter", "escalate", "exempt",
    "exits", "hold", "may_return", "move_down", "once_more", "organs", "read_ladders", "read_scheme", "required",
    "resume", "slot", "what_next",
]  # fmt: skip

# What an author says of a session that the hub cannot know; the other codes of attempt_not_counted are the hub's own.
CLAIMS = ("postponed", "short_notice", "mediator_recused", "fact_finding")
TOO_SOON, TRIES_USED, PHONE, SHORT_NOTICE, NOT_HELD, OTHER_ORGAN = (
    "too_soon", "tries_used", "phone_only", "short_notice", "not_held", "other_organ",
)  # fmt: skip


class Session(NamedTuple):
    """A session as its author records it: result and mode as in the code lists, when, how long before the parties were
    notified (None = duly, says the author), the author's own reason why it does not count, and the ladder level of the
    organ that held it ("" = the one the dispute stands on; a joint session is the host's and counts once).
    """

    result: str
    at: int
    mode: str = ""
    notice: int | None = None
    claim: str = ""
    level: str = ""


class Outcome(NamedTuple):
    """What a session did: the standing after it, what is due, whether it counted and if not, why."""

    standing: Standing
    next: Next
    counted: bool
    why_not: str


def enter(scheme: Scheme, branch: str, present: Collection[str], at: str = "") -> Entered:
    """Begin the ladder: on the lowest level that has an organ for the place, or ``at`` a higher one.

    ``at``: the level of the organ where the parties came (首接); above the lowest one it is ``direct``, and it may
    offer to move the dispute down. LadderRefused ``no_organ`` when the branch has no organ at all.
    """
    path = scheme.path(branch)
    there = [level for level in path if level in present or level == at]
    if not there:
        raise LadderRefused("no_organ", "place")
    level = at if at in path else there[0]
    return Entered(branch, level, level != there[0])


def counts(scheme: Scheme, standing: Standing | None, session: Session, last_at: int | None = None) -> tuple[bool, str]:
    """Whether a session counts as a try, and if not, why (codes of attempt_not_counted).

    ``last_at``: when the last session was that counted (or was a no-show). Without a ladder, or with it off, only the
    session itself is looked at. An agreement on everything always counts while a try is left: the guards keep tries
    from being used up for show, which a success is not.
    """
    effect = RESULTS.get(session.result)
    if effect is None or not session.result:
        raise LadderRefused("result_unknown", "result")
    if effect == "none":
        return False, session.claim or NOT_HELD
    on = standing if standing is not None and standing.state != OFF else None
    left = on is None or not used_up(scheme, on)
    if effect == "resolved" and (on is None or on.state != RESOLVED):
        return (True, "") if left else (False, TRIES_USED)
    if on is not None and on.state != CLIMBING:
        return False, on.state
    if on is not None and session.level not in ("", on.level):
        return False, OTHER_ORGAN
    if session.claim in CLAIMS:
        return False, session.claim
    if session.notice is not None and session.notice < scheme.notice:
        return False, SHORT_NOTICE
    if not left:
        return False, TRIES_USED
    if last_at is not None and abs(session.at - last_at) < scheme.gap:
        return False, TOO_SOON
    if session.result == "no_show":
        before = on.no_shows if on is not None else 0
        meaning = scheme.no_show[min(before, len(scheme.no_show) - 1)]
        return {"not_counted": (False, FIRST_NO_SHOW), "counted": (True, ""), "refusal": (False, LAST_NO_SHOW)}[meaning]
    if session.mode in scheme.uncounted_modes:
        return False, PHONE
    return True, ""


def hold(
    scheme: Scheme, standing: Standing, session: Session, last_at: int | None = None, alarm: bool = False
) -> Outcome:
    """Record a session (``Held``), and R1 (``Exempted``) behind it when it ends in ``alarm``: red, violence, crime."""
    counted, why_not = counts(scheme, standing, session, last_at)
    new = after(scheme, standing, Held(session.result, counted, why_not))
    if alarm and new.state in (CLIMBING, EXHAUSTED):
        new = after(scheme, new, Exempted("R1"))
    return Outcome(new, what_next(scheme, new, session.at if counted else None), counted, why_not)


def alarming(scheme: Scheme, grade: int | None, crime: bool) -> bool:
    """Whether a grade (1 = red) or violence, crime stop the ladder."""
    return crime or (grade is not None and grade <= scheme.alarm_grade)


def escalate(scheme: Scheme, standing: Standing, to: str) -> Moved:
    """The next level, once the tries here are used up; refused early, and for any other level."""
    if standing.state != CLIMBING:
        raise LadderRefused("not_climbing", "dispute")
    if not used_up(scheme, standing):
        raise LadderRefused("tries_left", "dispute")
    if to != above(scheme, standing)[0]:
        raise LadderRefused("not_next", "receiver")
    return Moved(to)


def may_return(scheme: Scheme, reason: str, times: int) -> tuple[bool, str]:
    """Whether the receiver of an escalation may return it that it (or nobody) returned ``times`` before; why not."""
    if reason not in scheme.return_reasons:
        return False, "return_reason"
    return (True, "") if times < scheme.returns else (False, "returned_once")


def change_branch(scheme: Scheme, standing: Standing, branch: str, present: Collection[str]) -> Branched:
    """Change the branch midway: history is kept, the new branch begins at its lowest organ that still has a try, never
    below one it was tried at before; with too few tries left in all, city joint mediation at once.

    A new organ begins at 0; one that both branches share (the city) keeps its tries: none has more than its share.
    """
    if standing.state != CLIMBING:
        raise LadderRefused("not_climbing", "dispute")
    path = scheme.path(branch)
    if branch == standing.branch:
        return Branched(branch, standing.level, standing.joint)
    if scheme.max_total - standing.total < scheme.joint_below:
        return Branched(branch, scheme.joint_level, True)
    tried = [path.index(level) for b, level, _ in standing.counted if b == branch]
    for level in path[max(tried, default=0) :]:
        if level in present and level not in standing.skipped and standing.of(level) < scheme.tries:
            return Branched(branch, level)
    raise LadderRefused("no_organ", "place")


def exempt(scheme: Scheme, standing: Standing, code: str, reason: str, approver: str, to: str = "") -> Exempted:
    """Leave a level early by a listed exemption (R1–R7), with its reason and who approved it, both on record.

    ``to``: the level skipped to, by default the next; R4 without one leads to an organ outside the ladder.
    """
    exemption = scheme.exemptions.get(code)
    if exemption is None:
        raise LadderRefused("exemption_unknown", "exemption")
    if not reason.strip():
        raise LadderRefused("no_reason", "reason")
    if not approver.strip():
        raise LadderRefused("no_approver", "approver")
    if exemption.effect == "suspend":
        if standing.state not in (CLIMBING, EXHAUSTED):
            raise LadderRefused("not_climbing", "dispute")
        return Exempted(code)
    if exemption.effect == "off" or (exemption.effect == "choose" and not to):
        if standing.state not in (CLIMBING, SUSPENDED):
            raise LadderRefused("not_climbing", "dispute")
        return Exempted(code)
    if standing.state != CLIMBING:
        raise LadderRefused("not_climbing", "dispute")
    higher = above(scheme, standing)
    if not higher:
        raise LadderRefused("no_level_above", "dispute")
    if to and to not in scheme.levels:
        raise LadderRefused("level_unknown", "level")
    if to and to not in higher:
        raise LadderRefused("not_above", "level")
    return Exempted(code, to or higher[0])


def move_down(scheme: Scheme, standing: Standing, to: str, consent: bool) -> MovedDown:
    """下派: at intake only, before any try or exemption, with the parties' consent, to a level below."""
    if standing.state != CLIMBING:
        raise LadderRefused("not_climbing", "dispute")
    if standing.total or standing.no_shows or standing.skipped or standing.level != standing.entry:
        raise LadderRefused("not_at_intake", "dispute")
    if not consent:
        raise LadderRefused("no_consent", "consent")
    path = scheme.branches[standing.branch].path
    if to not in path[: path.index(standing.level)]:
        raise LadderRefused("not_below", "level")
    return MovedDown(to)


def end(scheme: Scheme, standing: Standing) -> Ended:
    """A party will not go on, or does not consent to the escalation: always allowed while the ladder runs."""
    if standing.state not in (CLIMBING, SUSPENDED):
        raise LadderRefused("not_climbing", "dispute")
    return Ended()


def resume(scheme: Scheme, standing: Standing, consent: bool) -> Resumed:
    """Climb on after a suspension; after a refusal or withdrawal only with the fresh consent of both."""
    if standing.state not in (SUSPENDED, TERMINATED):
        raise LadderRefused("not_stopped", "dispute")
    if standing.state == TERMINATED and not consent:
        raise LadderRefused("no_consent", "consent")
    return Resumed()
