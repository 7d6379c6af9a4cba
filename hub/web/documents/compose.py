"""A form filled from a record: plain words in order, before any file is made of them.

Guarantee: what is not known is a line to be filled in by hand, never invented; what the addressee may not be told is
not there (``packets.toml``), and where something was left out the document says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from hub.aggregates.dispute.events import Party

from ..exports.ledger import words
from . import text as t
from .form import Block, Form, Packet, Start, forms, holds, number_of, packets
from .record import Happened, Record
from .values import VALUES, agreement_state, facts

BLANK: Final = "＿"
SHORT: Final = BLANK * 6
DATE: Final = f"{BLANK * 4}年{BLANK * 2}月{BLANK * 2}日"
SIDES: Final = ("applicant", "respondent")  # both have a place in a form, whoever is in the log
# What stands beside a party's name in 申请书 and 协议书 of the official dossier, line by line.
PERSON: Final = (("性别", "民族", "年龄"), ("职业或职务", "联系方式"), ("单位或住址",))
BODY: Final = (("法定代表人（负责人）",), ("联系方式", "住所"))  # hub default

GROUP: Final = "group"


class Item(NamedTuple):
    """One field as it is printed: its label, its paragraphs, and how many empty lines stand after them. ``apart``: the
    paragraphs begin below the label.
    """

    key: str
    label: str
    paragraphs: tuple[str, ...]
    lines: int
    apart: bool = False


class Paper(NamedTuple):
    """A document in words. ``at``: the instant it is dated by; ``seal``: whose, "" = none."""

    form: Form
    title: str
    number: str
    to: str
    opening: str
    items: tuple[Item, ...]
    closing: str
    notes: tuple[str, ...]
    signs: tuple[str, ...]
    seal: str
    dated: str
    at: int


class Offer(NamedTuple):
    """A document a dispute has: its form, the event it is about, what it is called."""

    form: str
    version: int
    zh: str
    en: str
    number: str
    at: int
    referral: bytes | None


def offered(entries: Sequence[Happened], record: Record) -> list[Offer]:
    """Every document a dispute has now, in the order of its events. ``record``: for its agencies, as they are now."""
    found = []
    for n, entry in enumerate(entries, 1):
        known = record._replace(entries=entries[:n])
        for key, form in forms().items():
            start = start_of(form, known) if any(s.topic == entry.topic for s in form.starts) else None
            if start is not None:
                number = number_of(key, known.first["number"], entry.version)
                at, referral = entry.fields["recorded_at"], entry.fields.get("referral")
                found.append(Offer(key, entry.version, start.zh, start.en, number, at, referral))
    return found


def start_of(form: Form, record: Record) -> Start | None:
    """How the record's last event begins this document; None: it does not."""
    known = dict(facts(record))
    return next((s for s in form.starts if s.topic == record.event.topic and holds(s.where, known)), None)


def compose(form: Form, start: Start, record: Record) -> Paper:
    """The document about the record's last event."""
    known = dict(facts(record))
    packet = packet_for(form, record)
    holding = [block for block in form.blocks if holds(block.where, known)]
    blocks = [b for n, b in enumerate(holding) if b.label not in {earlier.label for earlier in holding[:n]}]
    carried = [block for block in blocks if packet is None or block.part in packet.parts]
    typed = packet is None or packet.typed
    items = tuple(_item(block, record, typed) for block in carried)
    silent = not typed and any(block.value and VALUES[block.value].typed for block in carried)
    notes = [note.text for note in form.notes if holds(note.where, known)]
    if packet is not None and (silent or len(carried) < len(blocks)):
        notes.append(packet.note)
    at = record.fields["recorded_at"]
    agency = _sealing(record, form.sign.agency) if form.sign.committee else _agency(record, form.sign.agency)
    to = form.greeting or (_agency(record, form.to) if form.to else "")
    return Paper(
        form, start.zh, number_of(form.key, record.first["number"], record.event.version), to, start.opening, items,
        form.closing, tuple(notes), form.sign.lines, agency if form.sign.seal else "",
        t.day(at) if form.sign.dated else DATE, at,
    )  # fmt: skip


def packet_for(form: Form, record: Record) -> Packet | None:
    """What limits a document by who gets it; None: nothing does."""
    if not form.to:
        return None
    to = record.agency(record.leg.get(form.to))
    kind, state = to.kind if to is not None else "", agreement_state(record)
    return next((p for p in packets() if kind in p.to and state not in p.unless), None)


def _agency(record: Record, field: str) -> str:
    return record.name(record.fields.get(field) or record.leg.get(field)) or SHORT


def _sealing(record: Record, field: str) -> str:
    """Who seals what a committee must: a group 小组 is none and has no seal, the committee above it seals."""
    agency = record.agency(record.fields.get(field) or record.leg.get(field))
    if agency is None or agency.kind != GROUP:
        return _agency(record, field)
    return record.name(agency.superior) or SHORT


def _item(block: Block, record: Record, typed: bool) -> Item:
    if block.parties:
        return Item(block.key, block.label, _parties(block, record), 0, apart=True)
    if block.text:
        return Item(block.key, block.label, (block.text,), 0)
    if block.choice:
        return Item(block.key, block.label, (_choice(block, record),), 0)
    value = VALUES[block.value] if block.value else None
    said = value.of(record) if value is not None and (typed or not value.typed) else None
    return Item(block.key, block.label, tuple(said.splitlines()), 0) if said else Item(
        block.key, block.label, (), max(block.lines, 1)
    )  # fmt: skip


def _choice(block: Block, record: Record) -> str:
    source = record.fields if block.ticked in record.fields else record.first
    ticked = source.get(block.ticked)
    return "　".join(f"{'■' if code == ticked else '□'}{zh}" for code, zh in words(block.choice).items())


def _parties(block: Block, record: Record) -> tuple[str, ...]:
    """Some lines for each side: its name as far as it may be shown, and places for what is never in the log."""
    parties: Sequence[Party] = record.first["parties"]
    roles, shown, masked = words("party_roles"), [], False
    listed: list[tuple[str, str, str | None]] = [(p.role, p.kind, record.masked.get(n)) for n, p in enumerate(parties)]
    listed += [(role, "person", None) for role in SIDES if role not in {p.role for p in parties}]
    for role, kind, name in sorted(listed, key=lambda side: _order(roles, side[0])):
        known = t.text(name or "").replace("\n", " ")
        masked = masked or bool(known)
        first, *rest = PERSON if kind == "person" else BODY
        side = f"{roles.get(role, role)}：{known or SHORT}"
        shown.append("　".join((side, *(f"{what}{BLANK * 2}" for what in first))))
        shown += ["　".join(f"{what}{SHORT}" for what in line) for line in rest]
    return (*shown, f"（{block.hint}）") if masked and block.hint else tuple(shown)


def _order(roles: Mapping[str, Any], role: str) -> int:
    return list(roles).index(role) if role in roles else len(roles)
