"""The timeline (事件): the events of a dispute by day, newest first or oldest first, the newest sixty unless asked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

from hub.words import DAY, HOUR

from .. import when
from .case import Entry
from .teller import Teller, Told

SHOWN: Final = 60  # events of one page


class Line(NamedTuple):
    """One event with its sentence."""

    entry: Entry
    told: Told

    @property
    def clock(self) -> str:
        """Its local hour and minute."""
        minutes = (self.entry.at + 8 * HOUR) % DAY // when.MINUTE
        return f"{minutes // 60:02d}:{minutes % 60:02d}"


class Feed(NamedTuple):
    """Some of the events in the order asked for. ``earlier`` and ``later``: how many are left out on either side;
    ``first`` and ``last``: the lowest and the highest version shown.
    """

    days: tuple[tuple[int, tuple[Line, ...]], ...]
    oldest_first: bool
    earlier: int
    later: int
    first: int
    last: int


def feed(entries: Sequence[Entry], teller: Teller, *, oldest_first: bool = False, start: int = 0) -> Feed:
    """The events before version ``start`` (after it when the oldest come first), 0 = from the end (the beginning)."""
    if oldest_first:
        low = min(max(start, 0), len(entries))
        high = min(low + SHOWN, len(entries))
    else:
        high = min(start - 1, len(entries)) if start > 0 else len(entries)
        low = max(0, high - SHOWN)
    for entry in entries[:low]:
        teller.hear(entry)
    chosen = [Line(entry, teller.tell(entry)) for entry in entries[low:high]]
    shown = chosen if oldest_first else chosen[::-1]
    days = tuple(
        (day, tuple(lines)) for day, lines in groupby(shown, lambda line: when.start_of_day(line.entry.at))
    )  # fmt: skip
    return Feed(days, oldest_first, low, len(entries) - high, low + 1, high)
