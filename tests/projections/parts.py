"""What tests of views share."""

from __future__ import annotations

from functools import cache

from hub.policy import Pack, shipped_policy


@cache
def pack() -> Pack:
    """The pack shipped with the hub."""
    return shipped_policy().packs[-1]
