"""Where a dispute stands on its ladder, and how each happening moves it.

Guarantee: pure; ``after`` never raises and trusts what happened: a happening that has no meaning in a standing leaves
it as it is. Equal standings are one object (``shared``), so that thousands of cached disputes hold one reference each.
Along ``after`` no organ ever has more counted tries than ``scheme.tries`` and no dispute more than
``scheme.max_total``.

States: ``climbing``; ``resolved`` (agreed on everything); ``terminated`` (a party will not go on); ``exhausted`` (tries
used up: the last organ keeps the dispute until an exit takes it); ``suspended`` (R1); ``off`` (another procedure's
clock).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, overload

from .ladder_scheme import Scheme

CLIMBING, RESOLVED, TERMINATED, EXHAUSTED = "climbing", "resolved", "terminated", "exhausted"
SUSPENDED, OFF = "suspended", "off"
STATES = (CLIMBING, RESOLVED, TERMINATED, EXHAUSTED, SUSPENDED, OFF)

# What a result of a session does (code list attempt_results says the same). "" = recorded before results were.
RESULTS = {
    "agreed_all": "resolved", "agreed_part": "failed", "no_deal": "failed", "no_show": "failed", "refused": "ended",
    "withdrawn": "ended", "broken_off": "suspended", "not_held": "none", "": "failed",
}  # fmt: skip
FIRST_NO_SHOW, LAST_NO_SHOW = "first_no_show", "no_show_refusal"


class Standing(NamedTuple):
    """Where a dispute stands. ``counted``: tries as (branch, level, number), in the order the levels were first tried.

    ``entry``: where the present branch was begun; ``direct``: begun above the lowest organ because the parties came
    there; ``joint``: city joint mediation after a change of branch; ``no_shows``: times a duly notified party stayed
    away; ``returned``: the escalation now due was sent back; ``skipped``: levels left by an exemption.
    """

    scheme: str
    branch: str
    level: str
    entry: str
    direct: bool = False
    joint: bool = False
    state: str = CLIMBING
    counted: tuple[tuple[str, str, int], ...] = ()
    total: int = 0
    no_shows: int = 0
    returned: bool = False
    skipped: tuple[str, ...] = ()

    @property
    def tries(self) -> int:
        """Counted tries of the organ that has the dispute, on every branch."""
        return self.of(self.level)

    def of(self, level: str) -> int:
        """Counted tries of a level's organ, on every branch."""
        return sum(n for _, where, n in self.counted if where == level)


@lru_cache(maxsize=16_384)
def shared(standing: Standing) -> Standing:
    """The one object for all equal standings."""
    return standing


class Entered(NamedTuple):
    """The ladder was begun on this branch and level."""

    branch: str
    level: str
    direct: bool = False


class Held(NamedTuple):
    """调解一次: a session, with what ``counts`` said of it."""

    result: str
    counted: bool
    why_not: str = ""


class Agreed(NamedTuple):
    """An agreement on everything was recorded."""


class Moved(NamedTuple):
    """Custody came to an organ of this level: an escalation accepted, an assignment."""

    level: str


class SentBack(NamedTuple):
    """The receiver returned the escalation."""


class Branched(NamedTuple):
    """The branch was changed."""

    branch: str
    level: str
    joint: bool = False


class Exempted(NamedTuple):
    """A listed exemption was approved; ``level`` "" = suspended or off."""

    code: str
    level: str = ""


class MovedDown(NamedTuple):
    """下派 at intake, with the parties' consent."""

    level: str


class Ended(NamedTuple):
    """A party will not go on, said outside a session."""


class Resumed(NamedTuple):
    """The reason for a suspension is gone, or both parties consented afresh."""


Happening = Entered | Held | Agreed | Moved | SentBack | Branched | Exempted | MovedDown | Ended | Resumed


@overload
def after(scheme: Scheme, standing: Standing, what: Happening) -> Standing: ...
@overload
def after(scheme: Scheme, standing: Standing | None, what: Happening) -> Standing | None: ...
def after(scheme: Scheme, standing: Standing | None, what: Happening) -> Standing | None:
    """The standing after one more happening; None before the ladder was begun, and begun it is only once."""
    if standing is not None:
        return _after(scheme, standing, what)
    if isinstance(what, Entered):
        return shared(Standing(scheme.id, what.branch, what.level, what.level, what.direct))
    return None


@lru_cache(maxsize=65_536, typed=True)
def _after(scheme: Scheme, standing: Standing, what: Happening) -> Standing:
    """Remembered: a log repeats few steps many times. By type, too: equal tuples may be different happenings."""
    new = HANDLERS[type(what)](scheme, standing, what)
    return standing if new is standing else shared(new)


def used_up(scheme: Scheme, standing: Standing) -> bool:
    """Whether the organ that has the dispute may count no more tries."""
    return standing.tries >= scheme.tries or standing.total >= scheme.max_total


def above(scheme: Scheme, standing: Standing) -> tuple[str, ...]:
    """The levels above the present one, nearest first."""
    path = scheme.branches[standing.branch].path
    return path[path.index(standing.level) + 1 :]


def required(scheme: Scheme, standing: Standing) -> int:
    """Counted tries at which the dispute, if it stays unresolved, is exhausted: least and most in one.

    At the beginning tries × path length from entry: 8, 6, 4, 2 on the four levels of Chuxiong, 4 for industry.
    """
    levels = (standing.level, *above(scheme, standing))
    return min(scheme.max_total, standing.total + sum(scheme.tries - standing.of(level) for level in levels))


def _climb(scheme: Scheme, standing: Standing) -> Standing:
    """Climbing, or exhausted when the last organ or the whole ladder has no try left."""
    end = used_up(scheme, standing) and (standing.total >= scheme.max_total or not above(scheme, standing))
    return standing._replace(state=EXHAUSTED if end else CLIMBING)


def _try(scheme: Scheme, standing: Standing) -> Standing:
    if used_up(scheme, standing):
        return standing
    here = (standing.branch, standing.level)
    number = next((n for branch, level, n in standing.counted if (branch, level) == here), 0)
    if number:
        counted = tuple((b, v, n + 1) if (b, v) == here else (b, v, n) for b, v, n in standing.counted)
    else:
        counted = (*standing.counted, (*here, 1))
    return standing._replace(counted=counted, total=standing.total + 1)


def _held(scheme: Scheme, standing: Standing, what: Held) -> Standing:
    effect = RESULTS.get(what.result, "none")
    if standing.state not in HEARD[effect]:
        return standing
    if what.result == "no_show":
        if what.counted or what.why_not == FIRST_NO_SHOW:
            standing = standing._replace(no_shows=standing.no_shows + 1)
        elif what.why_not == LAST_NO_SHOW:
            return standing._replace(no_shows=standing.no_shows + 1, state=TERMINATED)
    if what.counted:
        standing = _try(scheme, standing)
    if effect == "resolved":
        return standing._replace(state=RESOLVED)
    if effect == "ended":
        return standing._replace(state=TERMINATED)
    if effect == "suspended":
        return standing._replace(state=SUSPENDED)
    return _climb(scheme, standing) if what.counted else standing


def _agreed(scheme: Scheme, standing: Standing, what: Agreed) -> Standing:
    return standing if standing.state in (OFF, RESOLVED) else standing._replace(state=RESOLVED)


def _moved(scheme: Scheme, standing: Standing, what: Moved) -> Standing:
    """Upward only: that custody went elsewhere moves nothing on the ladder."""
    if standing.state not in (CLIMBING, SUSPENDED, TERMINATED) or what.level not in above(scheme, standing):
        return standing
    new = standing._replace(level=what.level, returned=False)
    return _climb(scheme, new) if new.state == CLIMBING else new


def _sent_back(scheme: Scheme, standing: Standing, what: SentBack) -> Standing:
    due = standing.state == CLIMBING and used_up(scheme, standing) and not standing.returned
    return standing._replace(returned=True) if due else standing


def _branched(scheme: Scheme, standing: Standing, what: Branched) -> Standing:
    branch = scheme.branches.get(what.branch)
    if standing.state != CLIMBING or branch is None or what.level not in branch.path or what.branch == standing.branch:
        return standing
    new = standing._replace(
        branch=what.branch, level=what.level, entry=what.level, direct=False, joint=what.joint, returned=False
    )
    return _climb(scheme, new)


def _exempted(scheme: Scheme, standing: Standing, what: Exempted) -> Standing:
    exemption = scheme.exemptions.get(what.code)
    if exemption is None or standing.state not in STOPPABLE:
        return standing
    if what.level:
        if standing.state != CLIMBING or what.level not in above(scheme, standing):
            return standing
        path = scheme.branches[standing.branch].path
        left = path[path.index(standing.level) : path.index(what.level)]
        new = standing._replace(level=what.level, returned=False, skipped=(*standing.skipped, *left))
        return _climb(scheme, new)
    if exemption.effect == "suspend":
        return standing._replace(state=SUSPENDED)
    if standing.state == EXHAUSTED or exemption.effect == "skip":
        return standing
    return standing._replace(state=OFF)


def _moved_down(scheme: Scheme, standing: Standing, what: MovedDown) -> Standing:
    path = scheme.branches[standing.branch].path
    below = path[: path.index(standing.level)]
    if standing.state != CLIMBING or standing.total or standing.skipped or what.level not in below:
        return standing
    return standing._replace(level=what.level, entry=what.level, direct=False)


def _ended(scheme: Scheme, standing: Standing, what: Ended) -> Standing:
    return standing._replace(state=TERMINATED) if standing.state in (CLIMBING, SUSPENDED) else standing


def _resumed(scheme: Scheme, standing: Standing, what: Resumed) -> Standing:
    """Tries stay used; after fresh consent absences begin anew."""
    if standing.state == TERMINATED:
        return _climb(scheme, standing._replace(no_shows=0))
    return _climb(scheme, standing) if standing.state == SUSPENDED else standing


# In which states the effect of a session is heard: an agreement until there is one, a refusal while the ladder runs.
HEARD = {
    "resolved": (CLIMBING, SUSPENDED, TERMINATED, EXHAUSTED), "ended": (CLIMBING, SUSPENDED), "failed": (CLIMBING,),
    "suspended": (CLIMBING,), "none": (),
}  # fmt: skip
STOPPABLE = (CLIMBING, SUSPENDED, EXHAUSTED)
HANDLERS: dict[type[Any], Callable[[Scheme, Standing, Any], Standing]] = {
    Entered: lambda scheme, standing, what: standing,
    Held: _held,
    Agreed: _agreed,
    Moved: _moved,
    SentBack: _sent_back,
    Branched: _branched,
    Exempted: _exempted,
    MovedDown: _moved_down,
    Ended: _ended,
    Resumed: _resumed,
}
