"""One agency of a city as it is written down: by codes, not ids.

Agency codes are stable ASCII: letters, digits, dot, hyphen and underscore, at most 64. The rule here is
``<region code>.<what>[.<which>]``, where the region code is the national statistical one (统计用区划代码, 6, 9 or 12
digits) and ``what`` is one of

    centre         矛盾纠纷多元化解中心           pmc            人民调解委员会 of the region
    pmc.<trade>    行业性专业性人民调解委员会      dept.<name>    部门人民调解委员会
    group          小组 slot of a village unit     court, procuratorate, police, petition, justice

so ``532301101201.pmc`` is the mediation committee of village unit 532301101201 and ``532301101.police`` the police
station of township 532301101. The id of an agency is the uuid5 of its code: a code never changes, a name may.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from connectors.ids import agency_id

CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")  # what the hub takes; the rule above is the city's own


DIGITS = {"prefecture": (4, 6), "city": (6,), "township": (9,), "village": (12,), "group": (12,)}  # of a region


def within(region: str) -> str:
    """What every region inside a region begins with: a 6-digit code ending in 00 stands for a whole prefecture."""
    return region if len(region) != 6 else region.removesuffix("00").removesuffix("00")


class Agency(NamedTuple):
    """One agency. ``superior`` is a code ("" = none in the tree); ``mediators`` counts full-time ones (专职调解员)."""

    code: str
    name: str
    kind: str
    level: str
    region: str
    superior: str = ""
    competences: tuple[str, ...] = ()
    mediators: int = 0
    seal: bool = False

    @property
    def id(self) -> str:
        """The agency's id in the contract."""
        return agency_id(self.code)

    def content(self) -> dict[str, Any]:
        """The fields that ``register_agency`` and ``amend_agency`` share."""
        return {
            "name": self.name,
            "kind": self.kind,
            "level": self.level,
            "region": self.region,
            "superior": agency_id(self.superior) if self.superior else None,
            "competences": list(self.competences),
            "mediators": self.mediators,
            "seal": self.seal,
        }
