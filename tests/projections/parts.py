"""What tests of views share."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from hub.policy import Pack
from hub.policy.pack import read_pack


@cache
def pack() -> Pack:
    """The pack shipped with the hub."""
    return read_pack((files("hub.policy") / "packs" / "p2026.toml").read_text(encoding="utf-8"))
