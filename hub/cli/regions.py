"""Whether the agencies lie in the city whose code begins every case number (``HUB_CITY``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from connectors.city.agency import within
from hub.settings import Settings


def city_of(regions: Iterable[str]) -> str:
    """The county-level region code (6 digits) that most of these regions lie in; "" where none is that fine.

    Of a prefecture's own agencies and those of several of its counties it is the prefecture's: 绵阳市, 涪城区 and
    北川县 → 510700.
    """
    known = list(regions)
    above = {region[:4] for region in known}
    count = Counter(region[:6] for region in known if len(within(region)) >= 6)
    if len(above) == 1 and len(count) > 1 and any(len(within(region)) == 4 for region in known):
        return f"{above.pop()}00"
    return min(count, key=lambda code: (-count[code], code)) if count else ""


def elsewhere(settings: Settings, regions: Iterable[str]) -> str:
    """The city that most of these regions lie in, where it is another than ``HUB_CITY``'s; else ""."""
    found = city_of(regions)
    here = found.startswith(within(settings.city)) or settings.city.startswith(within(found))
    return "" if not found or here else found
