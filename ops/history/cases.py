"""Invented cases with these counts, always the same ones for a seed. Pure: what happens in each, not yet when exactly.

How cases fall to categories, sources and committees, how many climb the ladder and how long they take are hub defaults.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from connectors.city.agency import Agency

from .counts import Counts, Part

CIVIL: Final = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "18")
INDUSTRY: Final = ("10", "11", "12", "13", "14", "15", "16", "17")
DEADLY: Final = ("06", "15", "16")  # damages, medical, traffic
SOURCES: Final = {
    "proactive": 30, "application": 45, "court": 6, "procuratorate": 1, "police": 12, "petition": 3, "department": 3,
}  # fmt: skip
CLIMBS: Final = 12  # one in so many goes up a level before it ends


class Case(NamedTuple):
    """One case. ``organ``: where it ends, ``below``: the committee that tried twice before, "" = none. ``tries``:
    counted sessions at the last. ``amount``: fen, None = the agreement names none. ``dead``: persons.
    """

    number: int
    opened: date
    organ: str
    below: str
    category: str
    source: str
    place: str
    tries: int
    agreed: bool
    performed: bool
    written: bool
    amount: int | None
    dead: int
    people: int
    satisfaction: str


def cases(counts: Counts, city: Sequence[Agency]) -> list[Case]:
    """All cases of a history, by the day they are accepted."""
    dice = random.Random(counts.seed)
    made: list[Case] = []
    for part in counts.apart():
        made += _of(part, city, dice, len(made))
    return sorted(made, key=lambda case: (case.opened, case.number))


def split(total: int, weights: Sequence[int]) -> list[int]:
    """A total in whole shares, by weight; what is left over goes to the first."""
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    for n in range(total - sum(shares)):
        shares[n % len(shares)] += 1
    return shares


def _of(part: Part, city: Sequence[Agency], dice: random.Random, before: int) -> list[Case]:
    """The cases of one part: exactly its counts."""
    agreed, deadly = _chosen(part.accepted, part.agreed, dice), _chosen(part.accepted, part.deaths, dice)
    performed = set(sorted(agreed)[: part.performed])
    paid = [n for n in sorted(agreed) if n in deadly or dice.random() < 0.7] if part.amount else []
    amounts = dict(
        zip(paid, split(part.amount, [_weight(n in deadly, dice) for n in paid]), strict=True) if paid else ()
    )
    days = (part.last - part.first).days + 1
    made = []
    for n in range(part.accepted):
        organ, below = _where(part, city, n, n in deadly, dice)
        end = next(agency for agency in city if agency.code == (below or organ))
        industry = organ == f"{part.organ}" and part.organ != "" and not below
        category = dice.choice(DEADLY if n in deadly else (*CIVIL, *INDUSTRY) if industry else CIVIL)
        (source,) = dice.choices(tuple(SOURCES), tuple(SOURCES.values()))
        place = end.region if len(end.region) > 6 else dice.choice(_towns(city)).region
        made.append(
            Case(
                before + n, part.first + timedelta(days=n * days // part.accepted), organ, below, category, source,
                place, dice.choice((1, 1, 1, 2)) if n in agreed else 2, n in agreed, n in performed,
                dice.random() < 0.8 or n in amounts, amounts.get(n), dice.choice((1, 1, 1, 1, 2)) if n in deadly else 0,
                dice.choice((2, 2, 2, 3, 4, 6)), dice.choice(("satisfied", "satisfied", "mostly_satisfied")),
            )
        )  # fmt: skip
    return made


def _chosen(of: int, many: int, dice: random.Random) -> set[int]:
    return set(dice.sample(range(of), many))


def _weight(deadly: bool, dice: random.Random) -> int:
    return dice.randrange(200, 1_000) if deadly else dice.randrange(2, 120)


def _towns(city: Sequence[Agency]) -> list[Agency]:
    return [a for a in city if a.kind == "committee" and a.level == "township"]


def _where(part: Part, city: Sequence[Agency], n: int, deadly: bool, dice: random.Random) -> tuple[str, str]:
    """(the committee where it ends, the one below it that tried first)."""
    climbs = n % CLIMBS == 5 and not deadly
    if part.organ:
        return part.organ, dice.choice(_towns(city)).code if climbs else ""
    villages = [a for a in city if a.kind == "committee" and a.level == "village"]
    first = dice.choice(villages)
    if climbs:
        return first.superior, first.code
    return (first.code if dice.random() < 0.8 else first.superior), ""
