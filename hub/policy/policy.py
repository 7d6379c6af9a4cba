"""The rules in force: several packs, each for clocks that start from its day on.

Guarantee: which pack a clock runs under depends on when it starts and on nothing else; a running clock keeps its pack
(hub default: no transition rule of the laws in the packs says otherwise).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple, Protocol

from .calendar import day_of, midnight
from .ladder_scheme import Scheme
from .limits import Limit
from .pack import Pack, PackRefused
from .screening import Schedule, named


class Dated(Protocol):
    """One pack, or several by date."""

    def at(self, start: int) -> Pack:
        """The pack of a clock that starts at this instant."""
        ...

    def named(self, ident: str) -> Pack | None:
        """The pack an event names; None when it is not here."""
        ...

    def ruled(self, text: str) -> Limit | None:
        """The limit behind a running clock, by the rule its event names; None when it is not here."""
        ...

    def scheme(self, ident: str) -> Scheme | None:
        """The ladder an event names; None when it is not here."""
        ...


def schedule_at(rules: Dated, key: str, first: int, now: int) -> tuple[Schedule, Pack] | None:
    """A schedule of screening by the pack of a period's first day, else by that of now; None where neither has it."""
    for pack in (rules.at(midnight(first)), rules.at(now)):
        found = named(pack, key)
        if found is not None:
            return found, pack
    return None


class Policy(NamedTuple):
    """``packs`` in the order of their days; ``known``: those and earlier ones that events may name."""

    packs: tuple[Pack, ...]
    known: Mapping[str, Pack]

    @classmethod
    def of(cls, packs: Sequence[Pack], earlier: Sequence[Pack] = ()) -> Policy:
        """PackRefused when two begin on one day or bear one id, or none is given."""
        ordered = sorted(packs, key=lambda pack: pack.since or 0)
        if not ordered:
            raise PackRefused("no pack")
        for one, other in pairwise(ordered):
            if (one.since or 0) == (other.since or 0):
                raise PackRefused(f"{one.id} and {other.id} begin on one day")
        known = {pack.id: pack for pack in (*earlier, *ordered)}
        if len(known) != len(ordered) + len(earlier):
            raise PackRefused("two packs bear one id")
        return cls(tuple(ordered), MappingProxyType(known))

    def at(self, start: int) -> Pack:
        """The last pack whose day has come; before all of them the first."""
        day = day_of(start)
        found = self.packs[0]
        for pack in self.packs:
            if (pack.since or 0) <= day:
                found = pack
        return found

    def named(self, ident: str) -> Pack | None:
        """The pack an event names; None when it is not here."""
        return self.known.get(ident)

    def ruled(self, text: str) -> Limit | None:
        """The limit behind a running clock, by the rule its event names: the latest pack's that has one."""
        found = (pack.ruled(text) for pack in tuple(self.known.values())[::-1])
        return next((limit for limit in found if limit is not None), None)

    def scheme(self, ident: str) -> Scheme | None:
        """The ladder an event names; None when it is not here."""
        found = (pack.scheme(ident) for pack in self.known.values())
        return next((scheme for scheme in found if scheme is not None), None)
