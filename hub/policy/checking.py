"""Every fault of a pack's text, not only the first: by the key and the field at fault, before it is loaded.

Guarantee: pure. What is found here is what reading would refuse one by one, and besides every code that is named and
stands in no code list: reasons of pauses, procedures and steps, events that start or restart a limit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple

from hub.words import OBLIGATIONS

from .ladder_checking import ladder_faults
from .ladder_reading import read_ladders
from .layers import CalendarRefused, read_layer
from .laying import DAYS_OFF, LADDER, load, what
from .limit_tables import LimitRefused, read_limit, special_key
from .pack import CHANNELS, EMERGENCY, SIGNED, PackRefused
from .pack_reading import KEYS, KINDS, RETURNS
from .procedures import ProcedureRefused, read_procedure
from .screening import ENDED, limit_key, within_of
from .screening import faults as screening_faults

# What a limit may run from besides a recorded event: instants the machine knows by these names.
MOMENTS: Final = frozenset({"custodian.acted", "agreement.due", ENDED})


class Fault(NamedTuple):
    """Where something is wrong: ``key`` the entry, ``field`` what of it ("" = the whole), ``why`` what is expected."""

    key: str
    field: str
    why: str


class Codes(NamedTuple):
    """What a pack may name: codes by list, and the types of events."""

    lists: Mapping[str, Collection[str]]
    events: Collection[str]


def faults(text: str, codes: Codes) -> list[Fault]:
    """All faults of one file, in its own order; none = it can be laid over what comes with the hub, or stand alone."""
    try:
        if what(text) == DAYS_OFF:
            read_layer(text)
            return []
        if what(text) == LADDER:
            return [Fault(*said) for said in ladder_faults(text, codes.lists)]
        raw = load(text)
    except (PackRefused, CalendarRefused) as why:
        return [_split(str(why))]
    return [
        *_keys(raw),
        *_limits(raw, codes),
        *_special(raw, codes),
        *_channels(raw),
        *_procedures(raw, codes),
        *_screening(raw, codes),
        *_rest(raw),
    ]


def overlaps(text: str, shipped: Collection[tuple[str, Any]]) -> list[Fault]:
    """Whether a pack bears the id or begins on the day of another; ``shipped``: (id, since) of those there are."""
    try:
        raw = load(text)
    except PackRefused:
        return []
    found = [Fault("id", "", f"{raw['id']} is there already") for ident, _ in shipped if raw.get("id") == ident]
    since = raw.get("since")
    return found + [
        Fault("since", "", f"{ident} begins on that day") for ident, day in shipped if since and day == since
    ]


def _keys(raw: Mapping[str, Any]) -> Iterator[Fault]:
    for key in sorted(raw.keys() - KEYS):
        yield Fault(key, "", "unknown")
    if not isinstance(raw.get("id"), str) or not raw.get("id"):
        yield Fault("id", "", "a name is expected: events are marked with it")


def _limits(raw: Mapping[str, Any], codes: Codes) -> Iterator[Fault]:
    table = raw.get("limits", {})
    if not isinstance(table, Mapping):
        yield Fault("limits", "", "a table of limits is expected")
        return
    for name, own in table.items():
        where = f"limits.{name}"
        if name not in OBLIGATIONS:
            yield Fault(where, "", f"one of {', '.join(OBLIGATIONS)} is expected")
        else:
            yield from _limit(where, name, own, codes)


def _special(raw: Mapping[str, Any], codes: Codes) -> Iterator[Fault]:
    entries = raw.get("special", [])
    if not isinstance(entries, list):
        yield Fault("special", "", "[[special]] entries are expected")
        return
    seen: set[tuple[str, str, str]] = set()
    for n, own in enumerate(entries, 1):
        if not isinstance(own, Mapping):
            yield Fault(f"special {n}", "", "a table is expected")
            continue
        obligation, channel, kind = (str(own.get(key, "")) for key in ("obligation", "channel", "kind"))
        where = " ".join(filter(None, (f"special {n}", obligation, channel, kind)))
        if obligation not in (*OBLIGATIONS, SIGNED):
            yield Fault(where, "obligation", f"one of {', '.join((*OBLIGATIONS, SIGNED))} is expected")
        if channel and channel not in CHANNELS:
            yield Fault(where, "channel", f"one of {', '.join(CHANNELS)} is expected")
        if "/" in kind and obligation == SIGNED:
            if kind not in codes.lists["steps"]:
                yield Fault(where, "kind", "it is in no code list (schemas/codes/steps.json)")
        elif kind and kind not in (*KINDS, EMERGENCY) and obligation != "acknowledge":
            yield Fault(where, "kind", f"one of {', '.join((*KINDS, EMERGENCY))} is expected")
        if not channel and not kind:
            yield Fault(where, "channel", "a channel or a kind is expected: it holds for one of them")
        if (obligation, channel, kind) in seen:
            yield Fault(where, "", "the same is there twice")
        seen.add((obligation, channel, kind))
        rest = {key: value for key, value in own.items() if key not in ("obligation", "channel", "kind")}
        yield from _limit(where, special_key(obligation, channel, kind), rest, codes)


def _limit(where: str, key: str, own: Any, codes: Codes) -> Iterator[Fault]:
    """A limit's faults: once a field is refused it is left out or mended, so that the others are looked at too."""
    try:
        limit = read_limit(key or "limit", own)
    except LimitRefused as why:
        yield Fault(where, why.field, str(why).rpartition(": ")[2])
        rest = _without(own, why.field)
        if rest is not None:
            yield from (fault for fault in _limit(where, key, rest, codes) if fault.field != why.field)
        return
    for reason in sorted(limit.pauses):
        if reason not in codes.lists["pause_reasons"]:
            yield Fault(where, "pauses", f"unknown reason {reason}")
    for field, names in (("start", (limit.start,)), ("restart", limit.restart)):
        for name in names:
            if name not in codes.events and name not in MOMENTS:
                yield Fault(where, field, f"no event is called {name}")


STAND_IN: Final[Mapping[str, Any]] = {
    "amount": 1, "unit": "day", "start": "custodian.acted", "warn_hours": 0, "basis": "hub default",
    "basis_kind": "default",
}  # fmt: skip


def _without(own: Any, field: str) -> dict[str, Any] | None:
    """The table with something that fits in place of a field at fault; None where that leads nowhere."""
    top = field.partition(".")[0]
    if not isinstance(own, Mapping) or not top:
        return None
    rest = {key: value for key, value in own.items() if key != top}
    for name in ("basis", "basis_kind") if top == "basis" else (top,):  # a law's basis is refused by its kind
        if name in STAND_IN:
            rest[name] = STAND_IN[name]
    return rest if rest != dict(own) else None


def _channels(raw: Mapping[str, Any]) -> Iterator[Fault]:
    for name, own in _table(raw, "channels").items():
        where = f"channels.{name}"
        if name not in CHANNELS:
            yield Fault(where, "", f"one of {', '.join(CHANNELS)} is expected")
        elif not isinstance(own, Mapping):
            yield Fault(where, "", "a table is expected")
        else:
            if own.get("return") not in RETURNS:
                yield Fault(where, "return", f"one of {', '.join(RETURNS)} is expected")
            if not own.get("basis"):
                yield Fault(where, "basis", "missing")


def _procedures(raw: Mapping[str, Any], codes: Codes) -> Iterator[Fault]:
    for name, own in _table(raw, "procedures").items():
        where = f"procedures.{name}"
        if name not in codes.lists["procedures"]:
            yield Fault(where, "", "it is in no code list (schemas/codes/procedures.json)")
        try:
            found = read_procedure(name, own)
        except (ProcedureRefused, KeyError, TypeError, AttributeError) as why:
            yield Fault(where, "", str(why))
            continue
        if found.channel not in CHANNELS:
            yield Fault(where, "channel", f"one of {', '.join(CHANNELS)} is expected")
        for step in found.steps:
            if f"{name}/{step}" not in codes.lists["steps"]:
                yield Fault(where, f"steps.{step}", "it is in no code list (schemas/codes/steps.json)")
        if not any("" in step.after for step in found.steps.values()):
            yield Fault(where, "steps", 'no step may come first (after = [""])')


def _screening(raw: Mapping[str, Any], codes: Codes) -> Iterator[Fault]:
    rows = raw.get("screening", [])
    yield from (Fault(*found) for found in screening_faults(rows))
    for n, own in enumerate(rows if isinstance(rows, list) else (), 1):
        if not isinstance(own, Mapping):
            continue
        where = " ".join(filter(None, (f"screening {n}", str(own.get("key", "")))))
        if "within" in own:
            for fault in _limit(where, limit_key(own), within_of(own), codes):
                yield fault._replace(field=f"within.{fault.field}" if fault.field else "within")
        owes = own.get("owes")
        named = owes if isinstance(owes, Mapping) else {}
        kinds = named.get("kinds")
        used = [("kind", "screening_kinds", own.get("kind")), ("owes", "agency_levels", named.get("level"))]
        used += [("owes", "agency_kinds", kind) for kind in (kinds if isinstance(kinds, list) else ())]
        for field, listed, code in used:
            if isinstance(code, str) and code and code not in codes.lists[listed]:
                yield Fault(where, field, f"{code} is in no code list (schemas/codes/{listed}.json)")
    if "rectify" in raw:
        yield from _limit("rectify", "rectify", raw["rectify"], codes)


def _rest(raw: Mapping[str, Any]) -> Iterator[Fault]:
    ladder = raw.get("ladder", "")
    if ladder and ladder not in read_ladders():
        yield Fault("ladder", "", f"one of {', '.join(read_ladders())} is expected")
    for key, field in (("agreement", "default_days"), ("supervision", "after_breach_hours")):
        if key in raw:
            own = _table(raw, key)
            if type(own.get(field)) is not int:
                yield Fault(key, field, "a whole number is expected")
            if not own.get("basis"):
                yield Fault(key, "basis", "missing")


def _table(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = raw.get(key, {})
    return found if isinstance(found, Mapping) else {}


def _split(said: str) -> Fault:
    key, _, why = said.partition(": ")
    return Fault(key, "", why) if why else Fault("", "", key)
