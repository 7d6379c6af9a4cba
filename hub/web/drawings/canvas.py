"""The geometry one drawing shares: lanes to y, instants to x, what is taken, what is drawn over the baton."""

from __future__ import annotations

from collections.abc import Callable

from hub.words import DAY, HOUR

from .labels import Board, Box, line
from .model import Hold, Picture
from .scale import Scale
from .tongues import ZH, Tongue
from .words import Marked

HEAD = 50.0  # px above the first lane: ticks, holidays, the now flag
LEFT = 164.0  # px for the lanes' names
TALL, PRESENT, LOW = 60.0, 66.0, 48.0  # heights: a custodian's lane, the present one's, any other


class Canvas:
    """One drawing in the making."""

    def __init__(self, shown: Picture, name: Callable[[bytes], str], width: float, words: Tongue = ZH) -> None:
        self.shown = shown
        self.name = name
        self.words = words
        self.marked = Marked([name(lane.agency) for lane in shown.lanes], words)
        held = {hold.agency for hold in shown.holds}
        self.present = shown.holds[-1].agency if shown.open else None
        self.tops: dict[bytes, tuple[float, float]] = {}
        y = HEAD
        for lane in shown.lanes:
            tall = PRESENT if lane.agency == self.present else TALL if lane.agency in held else LOW
            self.tops[lane.agency] = (y, tall)
            y += tall
        self.bottom = y
        first = shown.holds[0].since - 4 * HOUR
        self.scale = Scale(first, self._last(), shown.now, LEFT, width - LEFT - 8, shown.days)
        self.width = self.scale.right + 8
        self.height = self.bottom + 4
        self.board = Board(Box(LEFT + 2, HEAD + 1, self.scale.right, self.bottom))
        self.front: list[str] = []
        self.now_x = self.scale.x(shown.now)
        self._taken_on: dict[bytes, list[tuple[float, float]]] = {}

    def _last(self) -> int:
        shown = self.shown
        if not shown.open:
            return max(mark.at for mark in shown.marks) + 2 * DAY
        near = [due.at + DAY for due in shown.dues if due.at < shown.now + 20 * DAY]
        return max([shown.now + 5 * DAY, *near])

    def y(self, agency: bytes) -> float:
        """The middle of an agency's lane: where its baton runs."""
        top, tall = self.tops[agency]
        return top + tall * 0.52

    def top(self, agency: bytes) -> float:
        """The upper edge of a lane."""
        return self.tops[agency][0]

    def foot(self, agency: bytes) -> float:
        """The lower edge of a lane."""
        top, tall = self.tops[agency]
        return top + tall

    def end(self) -> int:
        """The instant the baton ends: now, or the closing."""
        return self.shown.now if self.shown.open else self._closed()

    def _closed(self) -> int:
        return max(mark.at for mark in self.shown.marks if mark.kind in ("closed", "voided"))

    def until(self, hold: Hold) -> int:
        """When a stretch of custody ends on the picture."""
        return hold.until if hold.until is not None else max(self.end(), hold.since)

    def rings(self) -> list[Hold]:
        """The stretches of custody that an acceptance brought."""
        legs = {leg.number: leg for leg in self.shown.legs}
        return [
            hold
            for hold in self.shown.holds[1:]
            if (leg := legs.get(hold.moved_by)) and leg.kind != "assignment" and leg.accepted == hold.since
        ]

    def holder(self, at: int) -> bytes:
        """Who holds the dispute just before an instant."""
        found = self.shown.holds[0].agency
        for hold in self.shown.holds:
            if hold.since < at:
                found = hold.agency
        return found

    def put(self, made: tuple[str, Box]) -> None:
        """Draw a mark over the baton and take its place."""
        self.front.append(made[0])
        self.board.mark(made[1])

    def room(self, agency: bytes, x: float, half: float) -> float:
        """An x near ``x`` on a lane where a mark of this half width overlaps no other: a little later, else a little
        earlier; its own x when there is no room near.
        """
        taken = self._taken_on.setdefault(agency, [])
        blocked = [(other - half - its - 1, other + half + its + 1) for other, its in taken]
        for side, reach in ((1, half * 6), (-1, half * 3)):
            place = x
            while (over := [span for span in blocked if span[0] < place < span[1]]) and abs(place - x) <= reach:
                place = max(span[1] for span in over) if side > 0 else min(span[0] for span in over)
            if not over and abs(place - x) <= reach:
                x = place
                break
        taken.append((x, half))
        return x

    def take(self, agency: bytes, x: float, half: float) -> None:
        """Keep marks of this lane off ``x`` (a ring, a dot) and this much around it."""
        self._taken_on.setdefault(agency, []).append((x, half))

    def reserve_baton(self) -> None:
        """The baton is a mark: no label runs into it."""
        shown, x, board = self.shown, self.scale.x, self.board
        for before, hold in zip((None, *shown.holds), shown.holds, strict=False):
            y = self.y(hold.agency)
            board.mark(line(x(hold.since), y, x(self.until(hold)), y, 10))
            if before is not None:
                board.mark(line(x(hold.since), self.y(before.agency), x(hold.since), y, 10))
        if shown.open:
            y = self.y(shown.holds[-1].agency)
            board.mark(line(self.now_x, y, self.scale.right, y, 10), line(self.now_x, 0, self.now_x, self.bottom, 2))
