"""A policy pack: how long each obligation runs, when to warn, which channels return only by consent.

Guarantee: ``due`` is a pure function of (obligation, start); a pack that lacks a limit or a channel is
refused when read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from hub.words import DAY, HOUR, OBLIGATIONS

from .procedures import Procedure, read_procedure

EPOCH_DAY = date(1970, 1, 1).toordinal()
CHANNELS = ("court", "police", "procuratorate", "petition", "mediation", "exit")


class PackRefused(ValueError):
    """The pack's text lacks something or holds something unknown; ``str()`` names it."""


class Limit(NamedTuple):
    """时限: amount of hours or calendar days, when to warn before it ends (microseconds), and its basis."""

    rule: str
    amount: int
    unit: str
    warn: int
    basis: str


class Pack(NamedTuple):
    """One version of the rules; ``id`` and ``calendar`` are written into every event that carries a due time."""

    id: str
    calendar: str
    offset: int  # local time minus UTC, microseconds
    limits: dict[str, Limit]
    consent_channels: frozenset[str]
    agreement_days: int
    supervise_after: int  # microseconds after a breach
    procedures: Mapping[str, Procedure] = MappingProxyType({})  # docking procedures by code

    def due(self, obligation: str, start: int) -> tuple[int, str]:
        """(due instant, rule) of a limit that starts at ``start`` (UTC microseconds).

        Calendar days: the first day is not counted, the last ends at 24:00 local time (民法典 §201, §203).
        """
        limit = self.limits[obligation]
        if limit.unit == "hours":
            return start + limit.amount * HOUR, limit.rule
        local = start + self.offset
        return local - local % DAY + (limit.amount + 1) * DAY - self.offset, limit.rule

    def extended(self, obligation: str, due_at: int, days: int) -> tuple[int, str]:
        """(due instant, rule) of a running limit that gets ``days`` more."""
        return due_at + days * DAY, f"{self.limits[obligation].rule}+{days}d"

    def perform_start(self, reached_at: int, due_on: str | None) -> int:
        """When the check of an agreement's performance starts: the last instant of its due date (or default date)."""
        if due_on is not None:
            return (date.fromisoformat(due_on).toordinal() - EPOCH_DAY + 1) * DAY - 1 - self.offset
        local = reached_at + self.offset
        return local - local % DAY + (self.agreement_days + 1) * DAY - 1 - self.offset

    def warn_from(self, obligation: str, due_at: int) -> int:
        """The instant from which an obligation with this due time may be warned of."""
        return due_at - self.limits[obligation].warn

    def by_consent(self, channel: str) -> bool:
        """Whether a return on this channel needs the sender's consent."""
        return channel in self.consent_channels

    def local_year(self, instant: int) -> int:
        """The calendar year of an instant in the pack's local time: for case numbers."""
        return date.fromordinal((instant + self.offset) // DAY + EPOCH_DAY).year


def read_pack(text: str) -> Pack:
    """Read a pack from TOML. PackRefused names the missing or unknown entry."""
    raw = tomllib.loads(text)
    try:
        limits = {name: _limit(name, raw["limits"][name]) for name in OBLIGATIONS}
        channels = {name: raw["channels"][name]["return"] for name in CHANNELS}
        pack = Pack(
            id=raw["id"],
            calendar=raw["calendar"],
            offset=raw["utc_offset_minutes"] * HOUR // 60,
            limits=limits,
            consent_channels=frozenset(name for name, policy in channels.items() if policy == "consent"),
            agreement_days=raw["agreement"]["default_days"],
            supervise_after=raw["supervision"]["after_breach_hours"] * HOUR,
            procedures={code: read_procedure(code, item) for code, item in raw.get("procedures", {}).items()},
        )
    except KeyError as missing:
        raise PackRefused(f"the pack lacks {missing}") from missing
    unknown = set(raw["limits"]) - set(OBLIGATIONS) | set(raw["channels"]) - set(CHANNELS)
    if unknown or not set(channels.values()) <= {"free", "consent"}:
        raise PackRefused(f"the pack holds something unknown: {sorted(unknown) or sorted(channels.values())}")
    return pack


def _limit(name: str, raw: dict[str, Any]) -> Limit:
    if raw["unit"] not in ("hours", "days") or not isinstance(raw["amount"], int) or raw["amount"] < 1:
        raise PackRefused(f"limit {name}: amount in hours or days is expected")
    if not raw["basis"]:
        raise PackRefused(f"limit {name}: its basis is missing")
    return Limit(
        f"{name}.{raw['amount']}{raw['unit'][0]}", raw["amount"], raw["unit"], raw["warn_hours"] * HOUR, raw["basis"]
    )
