"""Clocks: injected by wiring, never by an endpoint. Instants are UTC microseconds."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> int:
        """The present instant."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """The present instant."""
        return time.time_ns() // 1_000


class ShiftedClock:
    """The machine's clock, moved by a fixed length: a demonstration whose month lies in the past goes on from there."""

    def __init__(self, shift: int) -> None:
        self._shift = shift

    def now(self) -> int:
        """The present instant, moved."""
        return time.time_ns() // 1_000 + self._shift


class SimulatedClock:
    """A clock that stands still until it is moved: the sandbox city and tests."""

    def __init__(self, start: int) -> None:
        self._now = start

    def now(self) -> int:
        """The instant last set."""
        return self._now

    def set(self, instant: int) -> None:
        """Jumps to an instant; also backwards, as real clocks do."""
        self._now = instant

    def advance(self, micros: int) -> int:
        """Moves forward and says where to."""
        self._now += micros
        return self._now
