"""Who waits for the log to grow: relay, runners, deliveries. Nobody is woken for what is not beyond its position."""

from __future__ import annotations

import _thread
import threading
from collections.abc import Callable


class Waiters:
    """Waiting threads. ``position`` says how far the log has come; ``wake`` is called after it has moved."""

    def __init__(self, position: Callable[[], int]) -> None:
        self._position = position
        self._mutex = threading.Lock()
        self._waiting: list[tuple[int, _thread.LockType]] = []
        self._ended = False

    def wait(self, position: int, timeout: float) -> int:
        """Returns the log's position when it is beyond ``position``, after ``timeout`` seconds, or at the end."""
        if self._position() > position or timeout <= 0:
            return self._position()
        lock = _thread.allocate_lock()
        lock.acquire()
        entry = (position, lock)
        with self._mutex:
            self._waiting.append(entry)
        # Noted first, looked second: the writer moves the position first and looks at the notes second, so that one of
        # the two sees the other.
        if self._position() <= position and not self._ended:
            lock.acquire(timeout=timeout)
        with self._mutex:
            if entry in self._waiting:
                self._waiting.remove(entry)
        return self._position()

    def wake(self) -> None:
        """The position has moved: wakes those for whom it is far enough."""
        if self._waiting:
            position = self._position()
            self._release(lambda waits_for: waits_for < position)

    def end(self) -> None:
        """It will not move any more: wakes all, and nobody waits from now on."""
        self._ended = True
        self._release(lambda _: True)

    def _release(self, ready: Callable[[int], bool]) -> None:
        with self._mutex:
            woken = [entry for entry in self._waiting if ready(entry[0])]
            self._waiting = [entry for entry in self._waiting if entry not in woken]
        for _, lock in woken:
            lock.release()
