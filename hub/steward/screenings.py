"""排查: who owes which rounds from now on, which were missed, which findings are overdue.

Guarantee: nothing is missed before its time is up and the outboxes of whoever would have filed it were read to their
end since; what is asked for follows from registry, rules and book alone. It looks again when the registry or the rules
change, when a round or finding runs out, and once a day: no period is shorter than a week.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

from hub.aggregates.agency.registry import Registry
from hub.policy import Dated
from hub.policy.screening import ITSELF, owed_by
from hub.projections import Views
from hub.projections.screening import Owed
from hub.words import DAY, AgencyId

from . import acts
from .acts import Ask

PAGE: Final = 500
Heard = Callable[[Collection[bytes], int], bool]  # whether these agencies could have been heard since then


class Screenings:
    """Remembers under which registry and rules nothing was left to be scheduled, and when something runs out next."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._settled: tuple[Registry, Dated] | None = None
        self._next = 0

    def asks(self, now: int, registry: Registry, rules: Dated, heard: Heard) -> Iterator[Ask]:
        """What is to be scheduled, then what was missed, then findings whose time is up."""
        if self._settled is None or self._settled[0] is not registry or self._settled[1] is not rules:
            self._next = 0
            quiet = True
            for ask in self._schedules(now, registry, rules):
                quiet = False
                yield ask
            self._settled = (registry, rules) if quiet else None
        if now >= self._next:
            _, owed = self._views.screening.owed(now, rules)
            late = [round_ for round_ in owed if round_.late]
            self._next = now if late else min([now + DAY, *(round_.due_at for round_ in owed)])
            for round_ in late:
                if heard(_filers(round_, registry), round_.due_at):
                    yield acts.miss(round_)
        yield from self._breaches(now, heard)

    def _schedules(self, now: int, registry: Registry, rules: Dated) -> Iterator[Ask]:
        pack, known = rules.at(now), self._views.screening.told()
        for agency in sorted(registry.agencies.values(), key=lambda a: a.code):
            owed = tuple(schedule.key for schedule in owed_by(pack, agency))
            before, position = known.get(agency.id, ((), 0))
            if owed != before:
                yield acts.schedule(agency.id, agency.version, pack.id, position, owed, now)

    def _breaches(self, now: int, heard: Heard) -> Iterator[Ask]:
        behind: tuple[int, bytes] | None = None
        while rows := self._views.screening.overdue_findings(now, PAGE, behind):
            for row in rows:
                if heard((row["subject"],), row["due_at"]):
                    yield acts.breach_finding(row)
            if len(rows) < PAGE:
                return
            behind = rows[-1]["due_at"], rows[-1]["finding"]


def _filers(owed: Owed, registry: Registry) -> Collection[bytes]:
    """Who would have recorded a round: the agency itself, or for an inspection those above it."""
    subject = owed.subject.agency
    return (subject,) if owed.schedule.by == ITSELF else registry.above(AgencyId(subject))
