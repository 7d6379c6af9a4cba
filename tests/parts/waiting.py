"""Waiting in tests: bounded, and only for what another process or thread does."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], *, what: str, within: float = 15.0, every: float = 0.02) -> T:
    """The first truthy answer of `look`. Raises AssertionError naming `what` after `within` seconds."""
    end = time.monotonic() + within
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"after {within:g} s still not: {what} (last seen: {answer!r})")
        time.sleep(every)
