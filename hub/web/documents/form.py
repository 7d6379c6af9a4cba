"""Forms as data: ``forms/<key>.toml`` says what a document is called, which events give one, and what stands in it.

Guarantee: a file with a key that is not known here does not load (``FormRefused``). Numbers are functions of the
dispute's number and of the event's place in the dispute: the same event gives the same number for ever, no two events
of a city share one within a form, and there is no counter that could leave a gap.

Keys of a form:
``zh``, ``en`` its name; ``style`` "letter" or "table"; ``number`` a template with ``{year}``, ``{place}``, ``{n}``;
``basis`` the law it rests on, printed only where a block says so; ``source`` where its fields are from; ``to`` whose
agency it goes to (a field of the event or of its referral: what that one may be told is then decided by
``packets.toml``), ``greeting`` where it goes to nobody's agency; ``opening`` and ``closing`` sentences; ``[[start]]``
the events that give one, with ``where`` conditions, another name or opening if need be, the first that fits counts;
``[[block]]`` the fields in order, of several with one label the first whose ``where`` holds; ``[[note]]`` what stands
below; ``[sign]`` who signs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, NamedTuple

LETTER: Final = "letter"
TABLE: Final = "table"
STYLES: Final = (LETTER, TABLE)
# What a block holds, for packets that may carry certain things only.
PARTS: Final = (
    "envelope", "basic_facts", "failure_reasons", "cost_raising_conduct", "tips", "undisputed_facts", "claims", "other",
)  # fmt: skip
Where = Mapping[str, tuple[Any, ...]]


class FormRefused(ValueError):
    """A form's file says something that is not understood."""


class Start(NamedTuple):
    """An event that gives the document; ``zh`` and ``en``: what it is called then; ``opening``: its first sentence."""

    topic: str
    where: Where
    zh: str
    en: str
    opening: str


class Block(NamedTuple):
    """One field: its label, what fills it, and how many lines stand there to be filled in by hand.

    ``value``: a name of ``values.VALUES``; ``text``: words that always stand there; ``choice``: a code list whose
    words are printed with boxes, the one in the event's field ``ticked`` marked; ``parties``: the parties, each with
    lines for what is not in the log.
    """

    key: str
    label: str
    part: str = "other"
    value: str = ""
    text: str = ""
    choice: str = ""
    ticked: str = ""
    parties: bool = False
    lines: int = 0
    where: Where = MappingProxyType({})
    hint: str = ""


class Sign(NamedTuple):
    """Who signs. ``agency``: the field with the agency whose seal stands there; "" = none. ``lines``: what people fill
    in before it. ``dated``: the day of the event is printed, else a line. ``committee``: only a committee's
    seal will do: a group's own superior seals for it (人民调解法 §8, §29).
    """

    agency: str = ""
    lines: tuple[str, ...] = ()
    seal: bool = True
    dated: bool = True
    committee: bool = False


class Form(NamedTuple):
    """One template."""

    key: str
    zh: str
    en: str
    style: str
    number: str
    basis: str
    source: str
    to: str
    greeting: str
    closing: str
    starts: tuple[Start, ...]
    blocks: tuple[Block, ...]
    sign: Sign
    notes: tuple[Block, ...]


class Packet(NamedTuple):
    """What a document may carry to agencies of certain kinds unless an agreement stands. ``parts``: those and no
    others; ``typed``: whether free text typed elsewhere may be printed; ``note``: printed where something was left out.
    """

    key: str
    to: tuple[str, ...]
    unless: tuple[str, ...]
    parts: tuple[str, ...]
    typed: bool
    note: str
    basis: str


def read(key: str, source: str) -> Form:
    """A form from its file. FormRefused."""
    try:
        raw = tomllib.loads(source)
        zh, en = raw.pop("zh"), raw.pop("en")
        usual = {"zh": zh, "en": en, "opening": raw.pop("opening", "")}
        starts = tuple(Start(**usual | item | {"where": _where(item)}) for item in raw.pop("start"))
        blocks = tuple(_block(item) for item in raw.pop("block"))
        notes = tuple(_block({"key": "note", "label": ""} | item) for item in raw.pop("note", []))
        sign = raw.pop("sign", {})
        form = Form(
            key, zh, en, raw.pop("style"), raw.pop("number"), raw.pop("basis"), raw.pop("source"), raw.pop("to", ""),
            raw.pop("greeting", ""), raw.pop("closing", ""), starts, blocks,
            Sign(**sign | {"lines": tuple(sign.get("lines", ()))}), notes,
        )  # fmt: skip
        form.number.format(year="", place="", n="")
    except (KeyError, TypeError, IndexError, ValueError) as why:
        raise FormRefused(f"{key}: {why}") from why
    keys = [block.key for block in blocks]
    if raw or form.style not in STYLES or len(set(keys)) != len(keys) or not starts:
        raise FormRefused(f"{key}: {sorted(raw)} {form.style} {keys}")
    return form


@cache
def forms() -> Mapping[str, Form]:
    """All forms by key, in the order of a dossier. FormRefused."""
    folder = files(__package__).joinpath("forms")
    order: list[str] = _toml("packets.toml")["order"]
    return {key: read(key, folder.joinpath(f"{key}.toml").read_text(encoding="utf-8")) for key in order}


@cache
def packets() -> tuple[Packet, ...]:
    """What certain agencies may be told."""
    made = []
    for key, item in _toml("packets.toml")["packet"].items():
        known: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in item.items()}
        packet = Packet(key, **known)
        if not set(packet.parts) <= set(PARTS):
            raise FormRefused(f"{key}: {packet.parts}")
        made.append(packet)
    return tuple(made)


def number_of(form: str, dispute_number: str, version: int) -> str:
    """（2026）楚雄人调字第1-3号: the third event of the dispute 532301-2026-00001."""
    region, year, sequence = dispute_number.split("-")
    place = _toml("places.toml")["places"].get(region, region)
    return forms()[form].number.format(year=year, place=place, n=f"{int(sequence)}-{version}")


def holds(where: Where, facts: Mapping[str, Any]) -> bool:
    """Whether conditions hold."""
    return all(facts.get(name) in wanted for name, wanted in where.items())


def _block(raw: dict[str, Any]) -> Block:
    block = Block(**raw | {"where": _where(raw)})
    if block.part not in PARTS:
        raise ValueError(block.part)
    return block


def _where(raw: dict[str, Any]) -> Where:
    return {name: tuple(wanted) for name, wanted in raw.get("where", {}).items()}


@cache
def _toml(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
