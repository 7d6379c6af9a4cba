"""Schemes of the ladder from TOML, checked.

Guarantee: ``read_scheme`` gives a scheme in which every name used is defined and every rule states its basis, or raises
``SchemeRefused`` whose text names the key at fault. Tables of ``common`` hold where the scheme has none of that name.
Pure but for ``read_ladders``, which reads the package's own data.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from importlib.resources import files
from typing import Any, TypeVar

from .ladder_scheme import Branch, Exemption, Exit, Level, Place, Scheme, SchemeRefused, Span

UNITS = ("hour", "day", "workday", "month")
EFFECTS = ("suspend", "off", "skip", "choose")  # of an exemption
ABSENCES = ("not_counted", "counted", "refusal")
ONWARD = ("escalation", "assignment", "delegation")  # 上转, 指派, 委托
KEYS = {
    "tries": {"per_level", "max_total"},
    "gap": {"amount", "unit"},
    "notice": {"amount", "unit"},
    "ceiling": {"amount", "unit"},
    "committee": {"amount", "unit"},
    "no_show": {"times"},
    "uncounted": {"modes"},
    "onward": {"consent", "amount", "unit"},
    "return": {"times", "reasons"},
    "alarm": {"grade", "tell"},
    "joint": {"below", "level"},
    "broken": {"exits"},
}
MANY = {
    "levels": {"zh", "en", "sealed_by", "amount", "unit", "organs", "competent"},
    "branches": {"zh", "en", "path", "onward", "categories"},
    "exemptions": {"effect"},
    "exits": {"zh", "en", "categories"},
}
Made = TypeVar("Made")
TEXTS = ("id", "zh", "en", "basis")


def read_ladders() -> dict[str, Scheme]:
    """The shipped schemes by id."""
    folder = files("hub.policy").joinpath("ladders")
    texts = {p.name: p.read_text(encoding="utf-8") for p in folder.iterdir() if p.name.endswith(".toml")}
    common = texts.pop("common.toml")
    schemes = [read_scheme(text, common) for _, text in sorted(texts.items())]
    return {scheme.id: scheme for scheme in schemes}


def own_scheme(text: str) -> Scheme:
    """An operator's own scheme, over what the shipped ones share. SchemeRefused."""
    return read_scheme(text, files("hub.policy").joinpath("ladders", "common.toml").read_text(encoding="utf-8"))


def read_scheme(text: str, common: str = "") -> Scheme:
    """A scheme from TOML. SchemeRefused names the missing, unknown or wrong key."""
    try:
        raw = {**tomllib.loads(common), **tomllib.loads(text)}
    except tomllib.TOMLDecodeError as error:
        raise SchemeRefused(f"not TOML: {error}") from error
    _keys(raw)
    levels = _each(raw, "levels", _level)
    branches = _each(raw, "branches", _branch)
    exemptions = _each(raw, "exemptions", _exemption)
    exits = tuple(_each(raw, "exits", _exit).values())
    joint = raw.get("joint")
    made = Scheme(
        id=_text(raw, "id", "id"),
        zh=_text(raw, "zh", "zh"),
        en=_text(raw, "en", "en"),
        basis=_text(raw, "basis", "basis"),
        tries=_number(raw["tries"], "tries", "per_level"),
        max_total=_number(raw["tries"], "tries", "max_total"),
        levels=levels,
        branches=branches,
        default_branch=_default(branches),
        gap=_micros(raw["gap"], "gap"),
        notice=_micros(raw["notice"], "notice"),
        ceiling=_span(raw["ceiling"], "ceiling"),
        committee=_span(raw["committee"], "committee"),
        no_show=_words(raw["no_show"], "no_show", "times", among=ABSENCES),
        uncounted_modes=frozenset(_words(raw["uncounted"], "uncounted", "modes", empty=True)),
        consent_forms=frozenset(_words(raw["onward"], "onward", "consent", among=ONWARD, empty=True)),
        accept=_span(raw["onward"], "onward"),
        returns=_number(raw["return"], "return", "times", least=0),
        return_reasons=frozenset(_words(raw["return"], "return", "reasons")),
        alarm_grade=_number(raw["alarm"], "alarm", "grade"),
        alarm_tell=_words(raw["alarm"], "alarm", "tell"),
        joint_below=_number(joint, "joint", "below") if joint else 0,
        joint_level=_one_of(joint, "joint", "level", levels) if joint else "",
        exemptions=exemptions,
        exits=exits,
        broken_exits=_words(raw["broken"], "broken", "exits", among=[e.code for e in exits]),
        bases={name: _text(raw[name], f"{name}.basis", "basis") for name in KEYS if name in raw},
    )
    _fit(made)
    return made


def _fit(scheme: Scheme) -> None:
    """What holds between tables."""
    used: set[str] = set()
    for branch in scheme.branches.values():
        where = f"branches.{branch.key}.path"
        for key in branch.path:
            if key not in scheme.levels:
                raise SchemeRefused(f"{where}: level {key!r} is not in levels")
        if len(branch.path) * scheme.tries > scheme.max_total:
            need = len(branch.path) * scheme.tries
            raise SchemeRefused(f"tries.max_total: {scheme.max_total} is smaller than the {need} tries of {where}")
        if len(scheme.branches) > 1 and (not scheme.joint_level or scheme.joint_level != branch.path[-1]):
            raise SchemeRefused(f"joint.level: {scheme.joint_level!r} is not where {where} ends")
        used.update(branch.path)
    for level in scheme.levels.values():
        if level.key not in used:
            raise SchemeRefused(f"levels.{level.key}: no branch leads there")
        if level.sealed_by not in scheme.levels:
            raise SchemeRefused(f"levels.{level.key}.sealed_by: level {level.sealed_by!r} is not in levels")
    if "too_hard" in scheme.return_reasons:
        raise SchemeRefused("return.reasons: too_hard is no reason for a return")
    if scheme.joint_below > scheme.max_total:
        raise SchemeRefused(f"joint.below: {scheme.joint_below} is more than tries.max_total")


def _keys(raw: Mapping[str, Any]) -> None:
    """Every table there, none unknown, every key of each table there, none unknown."""
    for name in (*TEXTS, *(k for k in KEYS if k != "joint"), *MANY):
        if name not in raw:
            raise SchemeRefused(f"{name}: is missing")
    for name in raw:
        if name not in {*TEXTS, *KEYS, *MANY}:
            raise SchemeRefused(f"{name}: is unknown")
    for name, wanted in KEYS.items():
        if name in raw:
            _table(raw[name], name, wanted)
    for name, wanted in MANY.items():
        if not isinstance(raw[name], dict) or not raw[name]:
            raise SchemeRefused(f"{name}: at least one is needed")
        for key, table in raw[name].items():
            _table(table, f"{name}.{key}", wanted)


def _table(table: object, where: str, wanted: set[str]) -> None:
    if not isinstance(table, dict):
        raise SchemeRefused(f"{where}: a table is expected")
    for key in sorted({*wanted, "basis"} - {"competent"} - set(table)):
        raise SchemeRefused(f"{where}.{key}: is missing")
    for key in sorted(set(table) - wanted - {"basis"}):
        raise SchemeRefused(f"{where}.{key}: is unknown")
    _text(table, f"{where}.basis", "basis")


def _each(raw: Mapping[str, Any], name: str, make: Callable[[str, str, dict[str, Any]], Made]) -> dict[str, Made]:
    return {key: make(f"{name}.{key}", key, table) for key, table in raw[name].items()}


def _level(where: str, key: str, table: dict[str, Any]) -> Level:
    organs = table["organs"]
    if not isinstance(organs, list) or not organs:
        raise SchemeRefused(f"{where}.organs: at least one is needed")
    for organ in organs:
        if not isinstance(organ, dict) or set(organ) != {"kind", "level"}:
            raise SchemeRefused(f"{where}.organs: kind and level are expected")
    competent = table.get("competent", False)
    if not isinstance(competent, bool):
        raise SchemeRefused(f"{where}.competent: true or false is expected")
    places = tuple(Place(_text(o, f"{where}.organs", "kind"), _text(o, f"{where}.organs", "level")) for o in organs)
    sealed = _text(table, f"{where}.sealed_by", "sealed_by")
    return Level(key, *_names(table, where), sealed, _span(table, where), places, competent)


def _branch(where: str, key: str, table: dict[str, Any]) -> Branch:
    path = _words(table, where, "path")
    if len(set(path)) != len(path):
        raise SchemeRefused(f"{where}.path: a level stands there twice")
    onward = _words(table, where, "onward", among=ONWARD)
    categories = _words(table, where, "categories", empty=True)
    return Branch(key, *_names(table, where), path, onward, categories, table["basis"])


def _default(branches: Mapping[str, Branch]) -> str:
    """The one branch without categories takes all that no other names."""
    names = [b.key for b in branches.values() if not b.categories]
    if len(names) != 1:
        raise SchemeRefused("branches.categories: exactly one branch has none and takes all others")
    taken: dict[str, str] = {}
    for branch in branches.values():
        for category in branch.categories:
            if taken.setdefault(category, branch.key) != branch.key:
                raise SchemeRefused(f"branches.{branch.key}.categories: {category!r} is of {taken[category]} too")
    return names[0]


def _exemption(where: str, key: str, table: dict[str, Any]) -> Exemption:
    return Exemption(key, _one_of(table, where, "effect", EFFECTS), table["basis"])


def _exit(where: str, key: str, table: dict[str, Any]) -> Exit:
    return Exit(key, *_names(table, where), _words(table, where, "categories", empty=True), table["basis"])


def _names(table: Mapping[str, Any], where: str) -> tuple[str, str]:
    return _text(table, f"{where}.zh", "zh"), _text(table, f"{where}.en", "en")


def _text(table: Mapping[str, Any], where: str, key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise SchemeRefused(f"{where}: a text is expected")
    return value


def _number(table: Mapping[str, Any], where: str, key: str, least: int = 1) -> int:
    value = table[key]
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise SchemeRefused(f"{where}.{key}: a whole number of at least {least} is expected")
    return value


def _one_of(table: Mapping[str, Any], where: str, key: str, among: Collection[str]) -> str:
    value = _text(table, f"{where}.{key}", key)
    if value not in among:
        raise SchemeRefused(f"{where}.{key}: {value!r} is none of {', '.join(among)}")
    return value


def _words(
    table: Mapping[str, Any], where: str, key: str, *, among: Collection[str] | None = None, empty: bool = False
) -> tuple[str, ...]:
    value = table[key]
    if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value) or not (value or empty):
        raise SchemeRefused(f"{where}.{key}: a list of texts is expected")
    for word in value:
        if among is not None and word not in among:
            raise SchemeRefused(f"{where}.{key}: {word!r} is none of {', '.join(among)}")
    return tuple(value)


def _span(table: Mapping[str, Any], where: str) -> Span:
    unit = _one_of(table, where, "unit", UNITS)
    return Span(_number(table, where, "amount"), unit, table["basis"])


def _micros(table: Mapping[str, Any], where: str) -> int:
    """Elapsed time: the engine that has no calendar can tell hours apart, not days."""
    span = _span(table, where)
    if span.unit != "hour":
        raise SchemeRefused(f"{where}.unit: hour is expected")
    return span.amount * 3_600_000_000
