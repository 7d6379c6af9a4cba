"""期限 of the ladder besides a level's own: the whole dispute's, and one committee's share of it.

Guarantee: pure. Both run from when the hub recorded what starts them, until the ladder ends; while it is suspended they
run on (hub default). Nobody owes them: they are shown, and said to end soon or to be over. The amounts are the
scheme's: 60 days in all (hub default), one month per accepting committee (人民调解工作若干规定 §33); a last calendar
day that is a day off moves to the next working day (民法典 §203).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from .calendar import Calendar
from .ladder_scheme import Scheme, Span
from .ladder_standing import CLIMBING, SUSPENDED
from .limits import DAYS, MONTHS, due
from .pack import simple
from .shown import Running

CEILING, COMMITTEE = "ladder_ceiling", "ladder_committee"
CLOCKS: Final = (CEILING, COMMITTEE)
COMMITTEES: Final = frozenset({"committee", "industry_committee", "department_committee"})  # a group is none
SOON: Final = 5  # the last fifth of a clock is soon (hub default)


class Past(NamedTuple):
    """One event of a dispute: when it was recorded, its type, who is custodian after it, the ladder's state it says."""

    at: int
    topic: str
    custodian: bytes
    state: str = ""


def ladder_clocks(
    scheme: Scheme, past: Iterable[Past], kind: str, calendar: Calendar, region: str = ""
) -> tuple[Running, ...]:
    """Those that run after all events of an open dispute. ``kind``: what its custodian is; ``region``: its county."""
    begun: Past | None = None
    held: Past | None = None
    state = ""
    for event in past:
        if held is None or event.custodian != held.custodian:
            held = event
        if event.state:
            begun, state = begun or event, event.state
    if begun is None or held is None or state not in (CLIMBING, SUSPENDED):
        return ()
    found = [_clock(CEILING, scheme.ceiling, begun, calendar, region)]
    if kind in COMMITTEES:
        found.append(_clock(COMMITTEE, scheme.committee, held, calendar, region))
    return tuple(found)


def soon(clock: Running, now: int) -> bool:
    """Whether a clock is in its last fifth."""
    return clock.due_at - (clock.due_at - clock.since) // SOON <= now < clock.due_at


def _clock(code: str, span: Span, start: Past, calendar: Calendar, region: str) -> Running:
    limit = simple(code.replace("_", "."), span.amount, span.unit, 0, span.basis)
    limit = limit._replace(roll=span.unit in (DAYS, MONTHS))
    end = due(limit, start.at, calendar, region)
    return Running(code, start.at, end.at, end.rule, start.topic, span.basis, end.provisional)
