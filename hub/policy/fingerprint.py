"""A fingerprint of loaded rules: the same text gives the same, anything else in packs or calendar another one.

Guarantee: pure; independent of the order of sets and of mappings, and of what packs remember of earlier counts (memo).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Set
from typing import Any

from .calendar import Calendar
from .policy import Policy

FORGOTTEN = frozenset({"memo"})  # a cache, no rule


def fingerprint(policy: Policy) -> str:
    """SHA-256 in hex over all packs in the order of their days."""
    text = json.dumps([_plain(pack) for pack in policy.packs], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Lists, texts and numbers only. TypeError for what has no fixed form: a rule must not be left out silently."""
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, Calendar):
        return ["calendar", value.version]
    names = _names(value)
    if names:
        return [
            type(value).__name__,
            *([name, _plain(getattr(value, name))] for name in names if name not in FORGOTTEN),
        ]
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return ["map", *sorted(([_plain(k), _plain(v)] for k, v in value.items()), key=json.dumps)]
    if isinstance(value, Set):
        return ["set", *sorted((_plain(item) for item in value), key=json.dumps)]
    raise TypeError(f"no fixed form: {type(value).__name__}")


def _names(value: Any) -> tuple[str, ...]:
    """The fields of a named tuple or a dataclass; none of anything else."""
    if isinstance(value, tuple):
        names: tuple[str, ...] = getattr(value, "_fields", ())
        return names
    return tuple(f.name for f in dataclasses.fields(value)) if dataclasses.is_dataclass(value) else ()
