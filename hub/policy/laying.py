"""Which packs there are once an operator's own texts are loaded: what each is, and what it is laid over.

- A whole pack (every limit and channel) without ``since`` takes the place of all that come with the hub.
- A whole pack with ``since`` stands beside them and holds for clocks that start from that day on.
- A part with ``since`` is laid over the pack of its day and holds from then on.
- A part without ``since`` is an overlay (本地规定): laid over every pack. So is a ladder (首调责任制) by itself: that
  of every pack.

Guarantee: pure, over texts. PackRefused for a text that is no TOML.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from hub.words import OBLIGATIONS

from .pack import CHANNELS, PackRefused

WHOLE, PART, OVERLAY, LADDER, DAYS_OFF = "whole", "part", "overlay", "ladder", "days_off"
RUNGS: Final = frozenset({"levels", "branches"})  # what only a ladder has
CALENDAR: Final = frozenset({"version", "years", "local", "days"})  # what only a file of days off has

HEAD: Final = frozenset({"id", "since", "title"})

Layers = list[str]


def load(text: str) -> dict[str, Any]:
    """A text's tables. PackRefused."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        raise PackRefused(f"not TOML: {why}") from why


def what(text: str) -> str:
    """What a text is: ``WHOLE``, ``PART``, ``OVERLAY``, ``LADDER`` or ``DAYS_OFF``. PackRefused."""
    raw = load(text)
    if raw.keys() & CALENDAR:
        return DAYS_OFF
    if raw.keys() & RUNGS:
        return LADDER
    limits, channels = raw.get("limits"), raw.get("channels")
    if _has(limits, OBLIGATIONS) and _has(channels, CHANNELS):
        return WHOLE
    return PART if "since" in raw else OVERLAY


def laid(shipped: Sequence[Layers], own: Sequence[str]) -> list[Layers]:
    """The layers of every pack, with an operator's own texts. PackRefused, also for one without id or content."""
    for raw in map(load, own):
        if not raw.get("id"):
            raise PackRefused("the pack lacks 'id'")
        if not raw.keys() - HEAD:
            raise PackRefused(f"{raw['id']}: it holds nothing")
    kinds = [(what(text), text) for text in own]
    instead = [[text] for kind, text in kinds if kind == WHOLE and "since" not in load(text)]
    made = instead or [list(layers) for layers in shipped]
    made += [[text] for kind, text in kinds if kind == WHOLE and "since" in load(text)]
    for kind, text in kinds:
        if kind == PART:
            made.append([*_of_day(made, load(text)["since"]), text])
    over = [text for kind, text in kinds if kind in (OVERLAY, LADDER)]
    return [[*layers, *over] for layers in made]


def since(layers: Layers) -> Any:
    """The day from which a pack of these layers holds; None = from ever."""
    return next((found["since"] for found in map(load, reversed(layers)) if "since" in found), None)


def _of_day(made: Sequence[Layers], day: Any) -> Layers:
    """The layers that hold on the day before a new pack begins."""
    if type(day) is not date:
        return made[-1]
    earlier = [layers for layers in made if (since(layers) or date.min) < day]
    return max(earlier, key=lambda layers: since(layers) or date.min) if earlier else made[0]


def _has(table: Any, names: Sequence[str]) -> bool:
    return isinstance(table, dict) and all(name in table for name in names)
