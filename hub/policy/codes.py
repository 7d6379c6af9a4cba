"""Code lists as rules read them: what an entry is called, from when to when it holds, what it rolls up to.

Guarantee: a list that is read has no code twice, every entry both languages, no period that ends before it begins, and
every successor is in it. ``from`` and ``to`` are local dates, both included; an entry without them has always held.

Dates say what to *offer* on a day and how to count, not what to accept: what happened on an earlier day may be told
late, in that day's codes. Nothing is converted silently: a roll-up is asked for by the name of the form it leads to,
and a raw grade keeps its scheme.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any, NamedTuple


class CodesRefused(ValueError):
    """A code list lacks something or contradicts itself; ``str()`` names the code."""


class Entry(NamedTuple):
    """One code (代码). ``since`` and ``until`` are local dates, both included; ``more`` is all else its line holds."""

    code: str
    zh: str
    en: str
    since: date | None
    until: date | None
    more: Mapping[str, Any]

    def holds(self, day: date) -> bool:
        """Whether the code is in force on a local date."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    @property
    def successors(self) -> tuple[str, ...]:
        """The codes that came in its place, if it has ended."""
        return tuple(self.more.get("successors", ()))


class CodeList(NamedTuple):
    """代码表: its entries by code, in the list's order."""

    name: str
    entries: Mapping[str, Entry]

    def on(self, day: date) -> tuple[Entry, ...]:
        """The entries in force on a local date, in the list's order."""
        return tuple(entry for entry in self.entries.values() if entry.holds(day))

    def roll_up(self, code: str, form: str) -> str | None:
        """What a code counts as on another form (``form`` is that form's list); None when the list does not say.

        KeyError for a code that is not in the list.
        """
        found: str | None = self.entries[code].more.get("rollup", {}).get(form)
        return found

    def current(self, code: str, day: date) -> tuple[str, ...]:
        """The codes that stand for this one on a day: itself while it is in force, then its successors.

        () when it has ended without any, or is not yet in force. KeyError for a code that is not in the list.
        """
        entry = self.entries[code]
        if entry.holds(day):
            return (code,)
        if entry.until is None or day <= entry.until:
            return ()
        return tuple(dict.fromkeys(last for next_ in entry.successors for last in self.current(next_, day)))


def parse_codes(name: str, text: str) -> CodeList:
    """A list from the text of its file. CodesRefused names the code at fault."""
    entries: dict[str, Entry] = {}
    for line in json.loads(text):
        entry = _entry(name, line)
        if entry.code in entries:
            raise CodesRefused(f"{name}: {entry.code} is there twice")
        entries[entry.code] = entry
    for entry in entries.values():
        for after in entry.successors:
            # A successor that began before its forerunner ended is a merger; one that ended before it is a mistake.
            until = entries[after].until if after in entries else date.min
            if entry.until is None or (until is not None and until <= entry.until):
                raise CodesRefused(f"{name}: {after} cannot come after {entry.code}")
    return CodeList(name, entries)


def read_codes(name: str) -> CodeList:
    """The published list of this name (``schemas/codes``). FileNotFoundError when there is none."""
    return parse_codes(name, files("schemas").joinpath("codes", f"{name}.json").read_text(encoding="utf-8"))


def _entry(name: str, line: dict[str, Any]) -> Entry:
    code = line.get("code", "")
    try:
        entry = Entry(
            line["code"], line["zh"], line["en"], _day(line.get("from")), _day(line.get("to")),
            {key: value for key, value in line.items() if key not in ("code", "zh", "en", "from", "to")},
        )  # fmt: skip
    except (KeyError, ValueError) as why:
        raise CodesRefused(f"{name}: {code or line}: {why}") from why
    if not (entry.code and entry.zh and entry.en):
        raise CodesRefused(f"{name}: {code or line}: empty")
    if entry.since is not None and entry.until is not None and entry.until < entry.since:
        raise CodesRefused(f"{name}: {code} ends before it begins")
    return entry


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
