"""From what was typed to the fields of a command record: names to ids, yuan to fen, local times to instants.

Guarantee: what cannot be read is ``Mistyped`` with a stable code and the field at fault, as the contract would refuse
it; nothing typed is guessed. Texts go on as they were written, line ends and outer blanks apart.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from hub.aggregates.agency.registry import Registry
from hub.contract.jsonform import instant
from hub.words import OBLIGATIONS, ident, text

from . import forms as f
from .forms_agency import meant
from .places import places
from .when import CHINA

Typed = Mapping[str, Sequence[str]]
PARTIES: Final = 4  # rows of the form; a dispute with more parties comes through a system
DOUBLE: Final = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "夏侯")
_AMOUNT: Final = re.compile(r"[0-9]{1,3}(,?[0-9]{3})*(\.[0-9]{1,2})?")
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Mistyped(ValueError):
    """A field cannot be read. ``candidates``: what may have been meant; ``others``: what else of the form cannot be."""

    def __init__(self, code: str, field: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.candidates = list(candidates)
        self.others: list[Mistyped] = []


class Reading(NamedTuple):
    """What reading needs besides the form. ``dispute``: the id behind a number; ``seed``: what salts are made from."""

    registry: Registry
    dispute: Callable[[str], bytes | None]
    seed: str


def one(typed: Typed, name: str) -> str:
    """The last value of a field, without outer blanks; "" where there is none."""
    values = typed.get(name) or ("",)
    return values[-1].replace("\r\n", "\n").strip()


def read(form: f.Form, typed: Typed, reading: Reading) -> dict[str, Any]:
    """The record's own fields in their JSON form. Mistyped: the first that cannot be read, with all others."""
    made: dict[str, Any] = dict(form.fixed)
    wrong: list[Mistyped] = []
    for field in form.inputs:
        try:
            made |= READERS[field.kind](field, typed, reading)
        except Mistyped as why:
            wrong.append(why)
    if wrong:
        wrong[0].others = wrong[1:]
        raise wrong[0]
    return made


def _words(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    value = _given(field, typed)
    if _SURROGATE.search(value) or "\x00" in value:
        raise Mistyped("field.text", field.name)
    if field.most and len(value) > field.most:
        raise Mistyped("field.too_long", field.name)
    return {field.name: value}


def _code(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    value = _given(field, typed)
    if field.only and value not in field.only:
        raise Mistyped("field.unknown_code", field.name)
    return {field.name: value}  # the contract knows the lists


def _codes(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    given = [value.strip() for value in typed.get(field.name, ()) if value.strip()]
    return {field.name: list(dict.fromkeys(given))}  # the contract knows the lists


def _count(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    value = _given(field, typed).replace("，", "").replace(",", "") or "0"
    if not _WHOLE.fullmatch(value):
        raise Mistyped("field.type", field.name)
    return {field.name: int(value)}


def _ordinal(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    value = _given(field, typed)
    if value not in ("1", "2", "3", "4"):
        raise Mistyped("field.range", field.name)
    return {field.name: int(value)}


def _agency(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    value = _given(field, typed)
    return {field.name: _meant(field, value, reading)} if value else {}


def _agencies(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    values = [value.strip() for value in typed.get(field.name, ()) if value.strip()]
    if not values:
        raise Mistyped("field.missing", field.name)
    return {field.name: list(dict.fromkeys(_meant(field, value, reading) for value in values))}


def _meant(field: f.Input, value: str, reading: Reading) -> str:
    agency, candidates = meant(reading.registry, value)
    if agency is None:
        raise Mistyped("agency.unknown", field.name, candidates)
    return text(agency.id)


def _place(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    value = _words(field, typed, reading)[field.name]
    codes = [code for code, name in places(reading.registry) if name == value]
    return {field.name: codes[0] if len(codes) == 1 else value}


def _date(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    value = _given(field, typed)
    return {field.name: value} if value else {}  # the contract knows what a date is


def _instant(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    value = _given(field, typed)
    try:
        when = datetime.fromisoformat(value)
        if when.tzinfo is not None or not 1900 < when.year < 2200:
            raise ValueError
    except ValueError:
        raise Mistyped("field.type", field.name) from None
    micros = round(when.replace(tzinfo=CHINA).timestamp()) * 1_000_000
    return {field.name: instant(micros)}


def _money(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    value = _given(field, typed).replace("，", ",").removesuffix("元").strip()
    if not value:
        return {}
    try:
        if not _AMOUNT.fullmatch(value) or len(value) > 24:
            raise InvalidOperation
        return {field.name: int(Decimal(value.replace(",", "")) * 100)}
    except InvalidOperation:
        raise Mistyped("field.type", field.name) from None


def _flag(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    return {field.name: one(typed, field.name) == "yes"}


def _choice(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    value = _given(field, typed)
    if value not in ("yes", "no"):
        raise Mistyped("field.type", field.name)
    return {field.name: value == "yes"}


def _counted(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    """Where nobody was asked, the ladder says it: unless its author gave a reason why the session does not count."""
    value = one(typed, field.name)
    if value not in ("yes", "no", ""):
        raise Mistyped("field.type", field.name)
    return {field.name: value == "yes" or (not value and not one(typed, "why_not"))}


def _step(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    """``machine|step|referral``, as the options say it."""
    machine, _, rest = _given(field, typed).partition("|")
    step, _, referral = rest.partition("|")
    made: dict[str, Any] = {"machine": machine, "step": step}
    return made | ({"referral": _id(referral, field.name)} if referral else {})


def _number(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    value = _given(field, typed)
    if not value:
        return {}
    found = reading.dispute(value)
    if found is None:
        raise Mistyped("dispute.unknown", field.name)
    return {field.name: text(found)}


def _earlier(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    return {field.name: _id(_given(field, typed), field.name)}


def _owing(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    value = _given(field, typed)
    return {field.name: _id(value, field.name)}


def _owed(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    """``name|referral|debtor``, as the options say it."""
    name, _, rest = _given(field, typed).partition("|")
    referral, _, debtor = rest.partition("|")
    if name not in OBLIGATIONS:
        raise Mistyped("field.unknown_code", field.name)
    made: dict[str, Any] = {field.name: name}
    if referral:
        made["referral"] = _id(referral, field.name)
    if debtor:
        made["debtor"] = _id(debtor, field.name)
    return made


def _parties(field: f.Input, typed: Typed, reading: Reading) -> dict[str, Any]:
    """Parties by name. Of a name only its mask and a salted commitment go on; the salt comes from the form's secret
    number, so that sending the same form again is the same command.
    """
    made = []
    for n in range(PARTIES):
        name = "".join(unicodedata.normalize("NFKC", one(typed, f"party_name_{n}")).split())
        if not name:
            continue
        if len(name) > 60 or _SURROGATE.search(name) or "\x00" in name:
            raise Mistyped("field.too_long" if len(name) > 60 else "field.text", f"party_name_{n}")
        role, kind = one(typed, f"party_role_{n}"), one(typed, f"party_kind_{n}")
        salt = hashlib.sha256(f"hub/salt/v1/{reading.seed}/{n}".encode()).digest()
        commitment = hashlib.sha256(b"pii/v1" + salt + name.encode()).hexdigest()
        made.append(
            {"role": role, "kind": kind, "commitment": commitment, "masked": masked(name, kind), "salt": salt.hex()}
        )
    return {field.name: made}


def masked(name: str, kind: str) -> str:
    """张某某 for 张三, 鑫某公司 for 鑫源公司; what is masked already stays."""
    if "某" in name:
        return name
    if kind == "person":
        return (name[:2] if name.startswith(DOUBLE) else name[:1]) + "某某"
    return f"{name[:1]}某{name[-2:]}" if len(name) > 3 else f"{name[:1]}某"


def _given(field: f.Input, typed: Typed) -> str:
    value = one(typed, field.name)
    other, spares = field.unless
    if field.required and not value and not (other and one(typed, other) == spares):
        raise Mistyped("field.missing", field.name)
    return value


def _id(value: str, field: str) -> str:
    try:
        return text(ident(value))
    except ValueError:
        raise Mistyped("field.type", field) from None


READERS: Final[Mapping[str, Callable[[f.Input, Typed, Reading], dict[str, Any]]]] = {
    f.LINE: _words, f.AREA: _words, f.CODE: _code, f.ORDINAL: _ordinal, f.AGENCY: _agency, f.AGENCIES: _agencies,
    f.PLACE: _place, f.DATE: _date, f.INSTANT: _instant, f.MONEY: _money, f.FLAG: _flag, f.CHOICE: _choice,
    f.NUMBER: _number, f.OWING: _owing, f.OWED: _owed, f.RUNNING: _owed,
    f.PARTIES: _parties, f.CODES: _codes, f.COUNT: _count, f.STEP: _step, f.LEVEL: _code, f.BRANCH: _code,
    f.COUNTED: _counted, f.WHY_NOT: _words, f.EARLIER: _earlier,
}  # fmt: skip
