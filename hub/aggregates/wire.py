"""From a record on the wire to a Command: every text, code and number checked before anything is queued.

Guarantee: what leaves here can be decided and stored. Errors: Unreadable with code ``field.*`` or ``schema.*`` and the
field at fault. Masked names and salts are taken out of the record; only commitments go on.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from hub.contract import Contract, Schema, Unreadable
from hub.words import HUB_AGENCY, OBLIGATIONS, AgencyId, CommandId

from .agency import names
from .command import Command, Sealed
from .dispute import commands
from .dispute.events import Party
from .screening import names as screening

HEAD = 6  # command_id, occurred_at, agency, duty, dispute, based_on
TEXT = 4_000  # characters in any free text
SHORT = 200  # characters in names, places, duty roles, schemes
LISTED = 50  # items in any list
LONG_TEXTS = frozenset(
    {"reason", "content", "note", "grounds", "demand", "instruction", "summary", "why_not", "measures", "done"}
)
CODE_LISTS = {
    ("register", "category"): "categories",
    ("register", "source"): "sources",
    ("refer", "kind"): "kinds",
    ("refer", "channel"): "channels",
    ("assign", "channel"): "channels",
    ("assign", "basis"): "assignment_bases",
    ("return", "reason_code"): "return_reasons",
    ("close", "outcome"): "outcomes",
    ("reach_agreement", "form"): "agreement_forms",
    ("attempt", "result"): "attempt_results",
    ("attempt", "mode"): "attempt_modes",
    ("inform", "subject"): "notices",
    ("inform", "answer"): "consents",
    ("visit", "performance"): "performances",
    ("visit", "satisfaction"): "satisfaction",
    ("extend", "cause"): "extension_causes",
    ("ladder", "act"): "ladder_acts",
    ("ladder", "exemption"): "exemptions",
    ("file_screening", "kind"): "screening_kinds",
    ("report_lead", "source"): "lead_sources",
    ("report_lead", "category"): "categories",
    ("settle_lead", "outcome"): "lead_outcomes",
    ("register_agency", "kind"): "agency_kinds",
    ("amend_agency", "kind"): "agency_kinds",
    ("register_agency", "level"): "agency_levels",
    ("amend_agency", "level"): "agency_levels",
}
# Codes that may be left out.
OPEN = frozenset(
    {
        ("assign", "basis"),
        ("attempt", "result"),
        ("attempt", "mode"),
        ("inform", "answer"),
        ("visit", "satisfaction"),
        ("ladder", "exemption"),
        ("file_screening", "kind"),
        ("report_lead", "category"),
    }
)
AGENCY_CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
MASKS = frozenset("某*＊×")  # one of them stands in every masked name: a whole name is not taken for one (hub default)
REGION = re.compile(r"^\d{4}(\d{2}(\d{3}(\d{3})?)?)?$")


@cache
def code_list(name: str) -> frozenset[str]:
    """The codes of one published list (``schemas/codes``)."""
    raw = json.loads(files("schemas").joinpath("codes", f"{name}.json").read_text(encoding="utf-8"))
    return frozenset(item["code"] for item in raw)


def to_command(
    contract: Contract, system: str, schema: Schema, values: tuple[Any, ...], reply: bool = False
) -> Command:
    """The command in a decoded command record of ``system``. Unreadable names the field at fault."""
    if schema.role != "command":
        raise Unreadable("schema.not_a_command", "", schema.name)
    fields = dict(zip(schema.fields, values, strict=True))
    for name, value in fields.items():
        _check(schema.name, name, value)
    digest = hashlib.sha256(contract.encode(schema, values)).digest()
    schema, values = contract.upcast(schema, values)
    own = values[HEAD:]
    sealed: tuple[Sealed, ...] = ()
    if schema.name == "register":
        parties = enumerate(fields["parties"])
        sealed = tuple(Sealed(i, p[3] or "", p[4]) for i, p in parties if p[3] is not None or p[4] is not None)
        own = (*own[:-1], tuple(Party(*p[:3]) for p in fields["parties"]))
    cls: Any = CLASSES[schema.name]
    if schema.name in commands.CLASSES and schema.name != "register" and fields["dispute"] is None:
        raise Unreadable("field.missing", "dispute")
    if schema.name in screening.COMMANDS:
        for name in ("dispute", "based_on"):
            if fields[name] is not None:
                raise Unreadable("field.range", name, "null is expected: a book is no dispute's")
    if fields["agency"] == HUB_AGENCY and schema.name not in names.COMMANDS:
        raise Unreadable("access.denied", "agency", "only the hub acts in its own name")
    return Command(
        system, CommandId(fields["command_id"]), digest, AgencyId(fields["agency"]), fields["duty"],
        fields["occurred_at"], fields["dispute"], fields["based_on"], cls(*own), reply, sealed,
    )  # fmt: skip


def _check(command: str, name: str, value: Any) -> None:
    if isinstance(value, str):
        _text(name, value, TEXT if name in LONG_TEXTS else SHORT)
    codes = CODE_LISTS.get((command, name))
    if codes is not None and value not in code_list(codes) and not (value == "" and (command, name) in OPEN):
        raise Unreadable("field.unknown_code", name, f"{value[:64]!r} is not in the list {codes}")
    rule = OWN_RULES.get((command, name)) or RULES.get(name)
    if rule is not None and value is not None:
        rule(name, value)


def _text(name: str, value: str, most: int) -> None:
    if "\x00" in value:
        raise Unreadable("field.text", name, "NUL is not a character")
    if any("\ud800" <= ch <= "\udfff" for ch in value):
        raise Unreadable("field.text", name, "a lone surrogate is not a character")
    if len(value) > most:
        raise Unreadable("field.too_long", name, f"at most {most} characters")


def _between(low: int, high: int) -> Callable[[str, Any], None]:
    def check(name: str, value: int) -> None:
        if not low <= value <= high:
            raise Unreadable("field.range", name, f"{low} to {high}")

    return check


def _matches(pattern: re.Pattern[str], what: str) -> Callable[[str, Any], None]:
    def check(name: str, value: str) -> None:
        if not pattern.match(value):
            raise Unreadable("field.type", name, what)

    return check


def _parties(name: str, value: tuple[tuple[Any, ...], ...]) -> None:
    if len(value) > LISTED:
        raise Unreadable("field.too_long", name, f"at most {LISTED}")
    for i, (role, kind, _commitment, masked, _salt) in enumerate(value):
        for field, text, codes in (("role", role, "party_roles"), ("kind", kind, "party_kinds")):
            if text not in code_list(codes):
                raise Unreadable("field.unknown_code", f"{name}[{i}].{field}", f"not in the list {codes}")
        if masked is not None:
            _text(f"{name}[{i}].masked", masked, SHORT)
            if masked and MASKS.isdisjoint(masked):
                raise Unreadable("field.range", f"{name}[{i}].masked", "a masked name holds 某 or *")


def _recipients(name: str, value: tuple[bytes, ...]) -> None:
    if not value:
        raise Unreadable("field.missing", name, "at least one recipient")
    if len(value) > LISTED:
        raise Unreadable("field.too_long", name, f"at most {LISTED}")


def _competences(name: str, value: tuple[str, ...]) -> None:
    if len(value) > LISTED:
        raise Unreadable("field.too_long", name, f"at most {LISTED}")
    for i, code in enumerate(value):
        if code not in code_list("categories"):
            raise Unreadable("field.unknown_code", f"{name}[{i}]", "not in the list categories")


def _triggers(name: str, value: tuple[str, ...]) -> None:
    for i, code in enumerate(value):
        if code not in code_list("risk_triggers"):
            raise Unreadable("field.unknown_code", f"{name}[{i}]", "not in the list risk_triggers")
    if len(set(value)) != len(value):
        raise Unreadable("field.range", name, "each of them once")


def _local_date(name: str, value: str) -> None:
    try:
        day = date.fromisoformat(value)
    except ValueError as why:
        raise Unreadable("field.type", name, "a date YYYY-MM-DD is expected") from why
    if day.isoformat() != value or not 1949 <= day.year <= 2199:
        raise Unreadable("field.range", name, "a date between 1949 and 2199 is expected")


def _obligation(name: str, value: str) -> None:
    if value not in OBLIGATIONS:
        raise Unreadable("field.unknown_code", name, "not an obligation")


def _demands(name: str, value: tuple[str, ...]) -> None:
    if len(value) > LISTED:
        raise Unreadable("field.too_long", name, f"at most {LISTED}")
    for i, demand in enumerate(value):
        if not demand.strip():
            raise Unreadable("field.missing", f"{name}[{i}]", "what is to be rectified")
        _text(f"{name}[{i}]", demand, TEXT)


def _said(name: str, value: str) -> None:
    if not value.strip():
        raise Unreadable("field.missing", name, "words are expected")


RULES: dict[str, Callable[[str, Any], None]] = {
    "based_on": _between(1, 1 << 53),
    "amount": _between(0, 10**15),
    "mediators": _between(0, 100_000),
    "ordinal": _between(1, 4),
    "people": _between(0, 1_000_000),
    "deaths": _between(0, 1_000_000),
    "claimed": _between(0, 10**15),
    "found": _between(0, 1_000_000),
    "settled": _between(0, 1_000_000),
    "first": _local_date,
    "last": _local_date,
    "demands": _demands,
    "days": _between(1, 365),
    "triggers": _triggers,
    "due_on": _local_date,
    "parties": _parties,
    "recipients": _recipients,
    "competences": _competences,
    "obligation": _obligation,
    "code": _matches(AGENCY_CODE, "letters, digits, dot, hyphen and underscore, at most 64"),
    "region": _matches(REGION, "a statistical region code of 4, 6, 9 or 12 digits is expected"),
}
# Where a field of one command means something else than the same name elsewhere.
OWN_RULES: dict[tuple[str, str], Callable[[str, Any], None]] = {
    ("report_lead", "ordinal"): _between(0, 4),  # 0 = not graded
    ("assess_lead", "ordinal"): _between(0, 4),
    ("rectify", "done"): _said,
}
CLASSES: dict[str, Any] = {**commands.CLASSES, **names.COMMANDS, **screening.COMMANDS}
