"""Limits as a pack writes them: read, checked, and refused with the key and the field at fault.

A limit is a table; ``?`` marks what may be left out::

    amount = 15              # at least 1
    unit = "day"             # hour, day (calendar), workday, month
    start = "referral.signed"
    first = "next"           # ? next (default): from the next day or full hour; moment (default for hours): at once
    roll = true              # ? last day off moves to the next working day; default true, for hours false
    cut_off = "24:00"        # ? or the end of business (民法典 §203¶2)
    extension = { amount = 30, unit = "day", max_times = 1, approver = "", both_parties_consent = true }   # ?
    pauses = ["appraisal"]   # ? reasons for which it stands still
    restart = []             # ? events from which it runs anew
    region = ""              # ? prefix of the places it holds in
    warn_hours = 24          # before its end
    basis = "特邀调解规定 §27"
    basis_kind = "law"       # law (with its article), seed, default
    valid_from = 2025-01-01  # ? first and last day on which it may start
    valid_to = 2025-12-31    # ?

In an extension ``amount`` 0 = as agreed, ``max_times`` 0 = no bound; its unit is the limit's unless it says another;
``approver`` is creditor (whom the limit is owed to), superior (one above who owes it) or "" (nobody in particular).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NoReturn

from hub.words import HOUR

from .limits import HOURS, LETTERS, MOMENT, NEXT, Extension, Limit

KEY: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
NAME: Final = re.compile(r"[a-z][a-z0-9_.]*")
CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
ARTICLE: Final = re.compile(r"§ ?\d|第.+条")
BASIS_KINDS: Final = ("law", "seed", "default")
LARGEST: Final = 9_999
NEEDED: Final = frozenset({"amount", "unit", "start", "warn_hours", "basis", "basis_kind"})
LEFT_OUT: Final = frozenset(
    {"first", "roll", "cut_off", "extension", "pauses", "restart", "region", "valid_from", "valid_to"}
)
APPROVERS: Final = ("", "creditor", "superior")
OF_EXTENSION: Final = frozenset({"amount", "unit", "max_times", "approver", "both_parties_consent"})


class LimitRefused(ValueError):
    """A limit cannot be what its text says. ``key`` names it, ``field`` what is at fault ("" = the whole)."""

    def __init__(self, key: str, field: str, why: str) -> None:
        """``why`` says what is expected."""
        super().__init__(f"limit {key}: {field}: {why}" if field else f"limit {key}: {why}")
        self.key, self.field = key, field


def read_limits(raw: Mapping[str, Any]) -> dict[str, Limit]:
    """Every limit of a table of tables. LimitRefused at the first that is at fault."""
    return {key: read_limit(key, table) for key, table in raw.items()}


def read_limit(key: str, raw: Any) -> Limit:
    """One limit. LimitRefused names key and field."""
    if not KEY.fullmatch(key):
        raise LimitRefused(key, "", "its key is words of a-z, 0-9 and _, joined by dots")
    if not isinstance(raw, Mapping):
        raise LimitRefused(key, "", "a table is expected")
    for field in sorted(raw.keys() - NEEDED - LEFT_OUT):
        raise LimitRefused(key, field, "unknown")
    for field in sorted(NEEDED - raw.keys()):
        raise LimitRefused(key, field, "missing")
    read = _Fields(key, raw)
    unit, amount = read.one_of("unit", tuple(LETTERS), ""), read.number("amount", 1)
    first = read.one_of("first", (NEXT, MOMENT), MOMENT if unit == HOURS else NEXT)
    if first == MOMENT and unit != HOURS:
        read.refuse("first", "only hours run from the moment")
    roll = read.truth("roll", unit != HOURS)
    if roll and unit == HOURS:
        read.refuse("roll", "a limit of hours has no last day that could move")
    if unit == HOURS and "cut_off" in raw:
        read.refuse("cut_off", "a limit of hours ends at its hour")
    basis, kind = read.text("basis"), read.one_of("basis_kind", BASIS_KINDS, "")
    if kind == "law" and not ARTICLE.search(basis):
        read.refuse("basis", "a law is cited with its article")
    valid_from, valid_to = read.day("valid_from"), read.day("valid_to")
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        read.refuse("valid_to", "it ends before it begins")
    region = raw.get("region", "")
    if not isinstance(region, str) or (region and not (region.isascii() and region.isdigit())):
        read.refuse("region", "a prefix of a region code is expected")
    return Limit(
        key=key,
        amount=amount,
        unit=unit,
        start=read.name("start"),
        first=first,
        roll=roll,
        cut_off=read.cut_off(),
        extension=_extension(key, unit, raw["extension"]) if "extension" in raw else None,
        pauses=frozenset(read.names("pauses")),
        restart=read.names("restart"),
        region=region,
        warn=read.number("warn_hours", 0) * HOUR,
        basis=basis,
        basis_kind=kind,
        valid_from=valid_from,
        valid_to=valid_to,
        text=f"{key}.{amount}{LETTERS[unit]}",
    )


def special_key(obligation: str, channel: str, kind: str) -> str:
    """What the limit of one channel or kind is called; of a step of a procedure, "entrust.entrusted"."""
    return ".".join(filter(None, (obligation, channel, kind.replace("/", "."))))


def _extension(key: str, unit: str, raw: Any) -> Extension:
    if not isinstance(raw, Mapping):
        raise LimitRefused(key, "extension", "a table is expected")
    for field in sorted((raw.keys() | {"unit"}) ^ OF_EXTENSION):
        raise LimitRefused(key, f"extension.{field}", "missing" if field in OF_EXTENSION else "unknown")
    read = _Fields(key, raw, "extension.")
    own = read.one_of("unit", tuple(LETTERS), unit)
    if (own == HOURS) is not (unit == HOURS):
        read.refuse("unit", "hours are extended by hours, days by days")
    approver = read.one_of("approver", APPROVERS, "")
    consent = read.truth("both_parties_consent", False)
    return Extension(read.number("amount", 0), own, read.number("max_times", 0), approver, consent)


class _Fields:
    """The fields of one table, each checked as it is read."""

    def __init__(self, key: str, raw: Mapping[str, Any], prefix: str = "") -> None:
        self.key, self.raw, self.prefix = key, raw, prefix

    def refuse(self, field: str, why: str) -> NoReturn:
        raise LimitRefused(self.key, self.prefix + field, why)

    def number(self, field: str, least: int) -> int:
        found = self.raw[field]
        if type(found) is not int or not least <= found <= LARGEST:
            self.refuse(field, f"a whole number from {least} to {LARGEST} is expected")
        return found

    def one_of(self, field: str, known: tuple[str, ...], default: str) -> str:
        found = self.raw.get(field, default)
        if found not in known:
            self.refuse(field, f"one of {', '.join(known)} is expected")
        return str(found)

    def truth(self, field: str, default: bool) -> bool:
        found = self.raw.get(field, default)
        if not isinstance(found, bool):
            self.refuse(field, "true or false is expected")
        return found

    def text(self, field: str) -> str:
        found = self.raw[field]
        if not isinstance(found, str) or not found.strip():
            self.refuse(field, "a text is expected")
        return found

    def name(self, field: str) -> str:
        found = self.text(field)
        if not NAME.fullmatch(found):
            self.refuse(field, "the name of an event is expected")
        return found

    def names(self, field: str) -> tuple[str, ...]:
        found = self.raw.get(field, [])
        if not isinstance(found, list) or not all(isinstance(name, str) and NAME.fullmatch(name) for name in found):
            self.refuse(field, "a list of names is expected")
        return tuple(found)

    def cut_off(self) -> int:
        found = self.raw.get("cut_off", "24:00")
        if not isinstance(found, str) or not CLOCK.fullmatch(found) or found == "00:00":
            self.refuse("cut_off", 'a time of day such as "17:30", or "24:00", is expected')
        return (int(found[:2]) * 60 + int(found[3:])) * (HOUR // 60)

    def day(self, field: str) -> int | None:
        found = self.raw.get(field)
        if found is None:
            return None
        if type(found) is not date:
            self.refuse(field, "a date is expected")
        return found.toordinal()
