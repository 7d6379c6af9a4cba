"""Clocks of another procedure (程序时限), shown and owed by nobody here: the petition's 60 days, the penalty's 30.

A table of a limit, and what starts and ends it::

    [shown.petition_handle]
    amount = 60 …                       # as in ``limit_tables``
    from = ["petition/accepted"]        # an event's type, or a step as "procedure/step"; the latest counts
    until = ["petition/replied"]        # what comes after the start and ends it

Guarantee: pure. They run from when the thing happened as its author says (``occurred_at``), for these are the law's
clocks, not the hub's. ShownRefused names the entry at fault.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from .calendar import Calendar
from .limit_tables import read_limit
from .limits import Limit, due


class ShownRefused(ValueError):
    """A shown clock lacks something or names an unknown step; ``str()`` says where."""


class Shown(NamedTuple):
    """One clock and what starts and ends it."""

    limit: Limit
    start: frozenset[str]
    until: frozenset[str]


class Running(NamedTuple):
    """A clock that runs: since and until when (UTC microseconds), what started it; ``provisional``: no calendar yet."""

    code: str
    since: int
    due_at: int
    rule: str
    by: str
    basis: str
    provisional: bool


def read_shown(raw: Mapping[str, Mapping[str, Any]], steps: Collection[str]) -> dict[str, Shown]:
    """All of a pack's. ``steps``: every step of its procedures. ShownRefused, LimitRefused."""
    found = {}
    for code, table in raw.items():
        own = {key: value for key, value in table.items() if key not in ("from", "until")}
        for key in ("from", "until"):
            for name in table.get(key, ()):
                if "/" in name and name not in steps:
                    raise ShownRefused(f"shown.{code}.{key}: unknown step {name}")
        if not table.get("from"):
            raise ShownRefused(f"shown.{code}: from is missing")
        limit = read_limit(f"shown.{code}", {"warn_hours": 0, **own})
        found[code] = Shown(limit, frozenset(table["from"]), frozenset(table.get("until", ())))
    return found


def running(
    clocks: Mapping[str, Shown], happened: Iterable[tuple[str, int]], calendar: Calendar, region: str = ""
) -> tuple[Running, ...]:
    """Those that run after ``happened``: (event type, or "procedure/step"; instant it occurred at), in order."""
    past = tuple(happened)
    found = []
    for code, clock in clocks.items():
        since, by = None, ""
        for name, at in past:
            if name in clock.start:
                since, by = at, name
            elif name in clock.until:
                since = None
        if since is not None:
            end = due(clock.limit, since, calendar, region)
            found.append(Running(code, since, end.at, end.rule, by, clock.limit.basis, end.provisional))
    return tuple(found)
