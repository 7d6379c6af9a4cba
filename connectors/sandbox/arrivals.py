"""New disputes of the city: where, of what category, at whose door.

The shares of doors are hub defaults shaped after the source's docking mechanisms (诉调、公调、检调、访调) and the
ladder's first level; places are real village units of the city.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from connectors.city.agency import Agency

from .acts import Act
from .nature import Nature

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
CIVIL = ("01", "02", "03", "04", "05", "06", "07", "08", "18")
DOORS = (
    (0.30, "group"), (0.17, "village"), (0.06, "township"), (0.09, "industry"), (0.05, "department"),
    (0.16, "station"), (0.07, "court"), (0.03, "procuratorate"), (0.05, "petition"), (0.02, "office"),
)  # fmt: skip
SOURCES = {"station": "police", "court": "court", "procuratorate": "procuratorate", "petition": "petition",
           "department": "department"}  # fmt: skip


class Arrival(NamedTuple):
    """A dispute about to be registered: which agency's code registers it, and the command."""

    code: str
    act: Act


class Arrivals:
    """The doors of one city."""

    def __init__(self, nature: Nature, city: Sequence[Agency]) -> None:
        self.nature = nature
        self.by_code = {a.code: a for a in city}
        self.villages = sorted(a.region for a in city if a.level == "village" and a.kind == "committee")
        self.trades = sorted(a.code for a in city if a.kind == "industry_committee")
        self.departments = sorted(a.code for a in city if a.kind == "department_committee")
        self.centre = next(a.region for a in city if a.kind == "centre")

    def come(self, number: int) -> Arrival:
        """Dispute ``number`` of the month."""
        door = self.nature.weighted(DOORS, "door", number)
        place = self.nature.pick(self.villages, "place", number)
        code = self._door(door, place, number)
        if code not in self.by_code:
            code = f"{place}.pmc"
        known = self.by_code[code]
        category = self.nature.pick(known.competences or CIVIL, "category", number)
        proactive = self.nature.happens(0.35, "proactive", number)
        fields = {
            "category": category,
            "place": place,
            "source": SOURCES.get(door, "proactive" if proactive else "application"),
            "parties": [self._party(number, i) for i in range(2 + self.nature.happens(0.12, "third", number))],
        }
        return Arrival(code, Act("register", known.id, None, fields, str(number)))

    def _door(self, door: str, place: str, number: int) -> str:
        town = place[:9]
        return {
            "group": f"{place}.group",
            "village": f"{place}.pmc",
            "township": f"{town}.pmc",
            "industry": self.nature.pick(self.trades, "trade in", number),
            "department": self.nature.pick(self.departments, "department in", number),
            "station": f"{town}.police",
            "office": f"{town}.justice",
        }.get(door, f"{self.centre}.{door}")

    def _party(self, number: int, index: int) -> dict[str, Any]:
        """A synthetic party: a masked name and a commitment to an identity that never existed."""
        salt = self.nature.bytes("salt", number, index)
        nobody = f"synthetic/{self.nature.seed}/{number}/{index}".encode()
        surname = self.nature.pick(SURNAMES, "surname", number, index)
        company = index > 0 and self.nature.happens(0.15, "company", number, index)
        return {
            "role": ("applicant", "respondent", "third")[index],
            "kind": "legal_person" if company else "person",
            "commitment": hashlib.sha256(b"pii/v1" + salt + nobody).hexdigest(),
            "masked": f"{surname}某公司" if company else f"{surname}某某",
            "salt": salt.hex(),
        }
