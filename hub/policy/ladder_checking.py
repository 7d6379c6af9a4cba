"""Every fault of a ladder's text, not only the first: by the key and the field at fault, before it is loaded.

Guarantee: pure but for the package's own data. What is found here is what reading would refuse one by one, and besides
every code that is named and stands in no code list: kinds and levels of organs, categories, reasons, modes, causes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

from .ladder_reading import (
    ABSENCES,
    KEYS,
    MANY,
    ONWARD,
    TEXTS,
    _branch,
    _exemption,
    _exit,
    _level,
    _micros,
    _number,
    _span,
    _table,
    _text,
    _words,
    own_scheme,
    read_ladders,
)
from .ladder_scheme import SchemeRefused

Said = tuple[str, str, str]  # key, field, why
MAKERS: Final[Mapping[str, Callable[[str, str, dict[str, Any]], Any]]] = {
    "levels": _level, "branches": _branch, "exemptions": _exemption, "exits": _exit,
}  # fmt: skip
# Of every table with fixed keys: what reads one of its fields.
FIELDS: Final[Mapping[str, tuple[Callable[[Mapping[str, Any], str], Any], ...]]] = {
    "tries": (lambda t, n: _number(t, n, "per_level"), lambda t, n: _number(t, n, "max_total")),
    "gap": (_micros,),
    "notice": (_micros,),
    "ceiling": (_span,),
    "committee": (_span,),
    "no_show": (lambda t, n: _words(t, n, "times", among=ABSENCES),),
    "uncounted": (lambda t, n: _words(t, n, "modes", empty=True),),
    "onward": (lambda t, n: _words(t, n, "consent", among=ONWARD, empty=True), _span),
    "return": (lambda t, n: _number(t, n, "times", least=0), lambda t, n: _words(t, n, "reasons")),
    "alarm": (lambda t, n: _number(t, n, "grade"), lambda t, n: _words(t, n, "tell")),
    "joint": (lambda t, n: _number(t, n, "below"), lambda t, n: _text(t, f"{n}.level", "level")),
    "broken": (lambda t, n: _words(t, n, "exits"),),
}


def ladder_faults(text: str, codes: Mapping[str, Collection[str]]) -> list[Said]:
    """All of them, in the file's order; none = it can be loaded. ``codes``: the code lists by name."""
    try:
        own = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        return [("", "", f"not TOML: {why}")]
    common = files("hub.policy").joinpath("ladders", "common.toml").read_text(encoding="utf-8")
    raw = {**tomllib.loads(common), **own}
    found = [*_tables(raw), *_unlisted(raw, codes)]
    if raw.get("id") in read_ladders():
        found.append(("id", "", f"{raw['id']} comes with the hub: another text, another id"))
    if not found:  # what holds between tables, and anything that was not asked above
        found = [*_tried(lambda: own_scheme(text))]
    return list(dict.fromkeys(found))


def _tables(raw: Mapping[str, Any]) -> Iterator[Said]:
    for name in TEXTS:
        yield from _tried(lambda name=name: _text(raw, name, name))  # type: ignore[misc]
    for name in raw:
        if name not in {*TEXTS, *KEYS, *MANY}:
            yield name, "", "is unknown"
    for name in (*(key for key in KEYS if key != "joint"), *MANY):
        if name not in raw:
            yield name, "", "is missing"
    for name, wanted in KEYS.items():
        if name in raw:
            yield from _of(raw[name], name, wanted, FIELDS[name])
    for name, wanted in MANY.items():
        own = raw.get(name)
        if name in raw and (not isinstance(own, dict) or not own):
            yield name, "", "at least one is needed"
        for key, table in own.items() if isinstance(own, dict) else ():
            make = MAKERS[name]
            yield from _of(table, f"{name}.{key}", wanted, (lambda t, n, make=make, key=key: make(n, key, t),))  # type: ignore[misc]


def _of(table: Any, where: str, wanted: set[str], readers: tuple[Callable[[Any, str], Any], ...]) -> Iterator[Said]:
    """One table: missing and unknown keys, then each of its fields."""
    shape = list(_tried(lambda: _table(table, where, wanted)))
    yield from shape
    if not shape:
        for read in readers:
            yield from _tried(lambda read=read: read(table, where))  # type: ignore[misc]


def _tried(read: Callable[[], Any]) -> Iterator[Said]:
    try:
        read()
    except SchemeRefused as why:
        key, _, said = str(why).partition(": ")
        table, _, field = key.rpartition(".")
        yield (table, field, said) if table else (key, "", said)


def _unlisted(raw: Mapping[str, Any], codes: Mapping[str, Collection[str]]) -> Iterator[Said]:
    """Codes that stand in no list."""
    used: list[tuple[str, str, str, Any]] = [
        ("alarm", "tell", "agency_kinds", _got(raw, "alarm", "tell")),
        ("return", "reasons", "return_reasons", _got(raw, "return", "reasons")),
        ("uncounted", "modes", "attempt_modes", _got(raw, "uncounted", "modes")),
        ("exemptions", "", "exemptions", list(_several(raw, "exemptions"))),
    ]
    for key, level in _several(raw, "levels").items():
        organs = level.get("organs") if isinstance(level, dict) else None
        for organ in organs if isinstance(organs, list) else ():
            if isinstance(organ, dict):
                used.append((f"levels.{key}", "organs", "agency_kinds", [organ.get("kind")]))
                used.append((f"levels.{key}", "organs", "agency_levels", [organ.get("level")]))
    for name in ("branches", "exits"):
        used += [
            (f"{name}.{key}", "categories", "categories", table.get("categories"))
            for key, table in _several(raw, name).items() if isinstance(table, dict)
        ]  # fmt: skip
    for key, field, listed, values in used:
        for value in values if isinstance(values, list) else ():
            if isinstance(value, str) and value not in codes[listed]:
                yield key, field, f"{value} is in no code list (schemas/codes/{listed}.json)"


def _got(raw: Mapping[str, Any], table: str, field: str) -> Any:
    own = raw.get(table)
    return own.get(field) if isinstance(own, dict) else None


def _several(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    own = raw.get(name)
    return own if isinstance(own, dict) else {}
