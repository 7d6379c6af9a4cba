"""Whether the agencies lie in the city whose code begins every case number (``HUB_CITY``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from connectors.city.agency import within
from hub.settings import Settings


def city_of(regions: Iterable[str]) -> str:
    """The county-level region code (6 digits) that most of these regions lie in; "" where none is that fine."""
    count = Counter(region[:6] for region in regions if len(region) >= 6)
    return min(count, key=lambda code: (-count[code], code)) if count else ""


def elsewhere(settings: Settings, regions: Iterable[str]) -> str:
    """The city that most of these regions lie in, where it is another than ``HUB_CITY``'s; else ""."""
    found = city_of(regions)
    return "" if not found or found.startswith(within(settings.city)) else found
