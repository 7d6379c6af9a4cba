"""The shipped ladders, and short ways to drive them."""

from __future__ import annotations

from hub.policy import ladder
from hub.policy.ladder import Happening, Scheme, Session, Standing
from hub.words import HOUR

LADDERS = ladder.read_ladders()
CHUXIONG = LADDERS["chuxiong.1"]
FOUR = LADDERS["four_levels_seven_days.1"]
THREE = LADDERS["three_by_three.1"]
CIVIL, INDUSTRY = "civil", "industry"
DAY_AFTER_DAY = 48 * HOUR


def begin(scheme: Scheme, branch: str = CIVIL, lowest: str = "", at: str = "") -> Standing:
    """A dispute that has just begun, at a place whose lowest organ is ``lowest`` (default: all are there)."""
    path = scheme.branches[branch].path
    present = path[path.index(lowest) :] if lowest else path
    return start(scheme, ladder.enter(scheme, branch, present, at))


def start(scheme: Scheme, what: Happening) -> Standing:
    standing = ladder.after(scheme, None, what)
    assert standing is not None
    return standing


def hold(scheme: Scheme, standing: Standing, result: str = "no_deal", times: int = 1) -> Standing:
    """So many sessions with this result, days apart."""
    for n in range(times):
        standing = ladder.hold(scheme, standing, Session(result, n * DAY_AFTER_DAY)).standing
    return standing


def climb(scheme: Scheme, standing: Standing) -> Standing:
    """Use up the tries here; go up when that is due."""
    standing = hold(scheme, standing, times=scheme.tries - standing.tries)
    due = ladder.what_next(scheme, standing)
    if due.act == "escalate":
        standing = ladder.after(scheme, standing, ladder.escalate(scheme, standing, due.level))
    return standing


def to_the_end(scheme: Scheme, standing: Standing) -> Standing:
    """Without any success, until the ladder says that it is over."""
    for _ in range(2 * scheme.max_total):
        if standing.state != "climbing":
            return standing
        standing = climb(scheme, standing)
    raise AssertionError(f"never over: {standing}")
