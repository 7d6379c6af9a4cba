"""What people do on books (排查台账), as data: act → command, what is filled in; and reading what was typed.

Guarantee: the fields bear the names of ``schemas/commands``; what cannot be read is ``Mistyped`` with code and field.
A grade is one choice of a scheme's own word and becomes ordinal, scheme and word; demands are one per line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from hub.aggregates.wire import TEXT
from hub.policy.codes import read_codes
from hub.words import text

from ..api.codes import lists
from . import forms as f
from .forms import Form, Input
from .forms_read import Mistyped, Reading, Typed, one, read
from .forms_show import Fault, Field, agency_options, options_of, place_options
from .messages import say
from .visitors import Visitor

BOOK: Final = "book"  # what these acts are about
OWN, ABOVE = "own", "above"  # who does them: the agency itself (or its successor), a superior
SCHEME: Final = "four_colours"  # the scheme a page offers

GRADE: Final = Input("grade", f.CODE)
MEASURES: Final = Input("measures")
LINES: Final = "demands"  # one per line: the contract checks each
DEMANDS: Final = 20  # findings of one inspection

_ALL: Final = (
    Form("file", "file_screening", BOOK, (
        Input("found", f.COUNT, True), Input("settled", f.COUNT), Input("summary"),
    )),
    Form("file_other", "file_screening", BOOK, (
        Input("kind", f.CODE, True, "screening_kinds"), Input("first", f.DATE, True), Input("last", f.DATE, True),
        Input("found", f.COUNT, True), Input("settled", f.COUNT), Input("summary"),
    )),
    Form("lead", "report_lead", BOOK, (
        Input("source", f.CODE, True, "lead_sources"), Input("category", f.CODE, True, "categories"),
        Input("place", f.PLACE), Input("people", f.COUNT), GRADE, MEASURES, Input("summary", required=True),
    )),
    Form("assess", "assess_lead", BOOK, (GRADE._replace(required=True), MEASURES)),
    Form("settle", "settle_lead", BOOK, (
        Input("outcome", f.CODE, True, "lead_outcomes"), Input("registered", f.NUMBER), Input("receiver", f.AGENCY),
        Input("note"),
    )),
    Form("inspect", "inspect", BOOK, (Input("summary"), Input("demands"))),
    Form("rectify", "rectify", BOOK, (Input("done", required=True),)),
    Form("review", "review_finding", BOOK, (Input("passed", f.CHOICE, True), Input("note"))),
)  # fmt: skip
FORMS: Final[Mapping[str, Form]] = MappingProxyType({form.act: form for form in _ALL})
BY: Final = MappingProxyType({act: ABOVE if act in ("inspect", "review") else OWN for act in FORMS})
ON: Final = MappingProxyType({"assess": "lead", "settle": "lead", "rectify": "finding", "review": "finding"})


def typed_fields(form: Form, typed: Typed, reading: Reading, subject: bytes, own: bool) -> dict[str, Any]:
    """The record's own fields in their JSON form. Mistyped."""
    made = read(form._replace(inputs=tuple(each for each in form.inputs if each.name != LINES)), typed, reading)
    made["subject"] = None if own and BY[form.act] == OWN else text(subject)
    on = ON.get(form.act)
    if on is not None:
        made[on] = one(typed, on)
    if form.act in ("file", "file_other"):
        made |= {"schedule": one(typed, "schedule")}
        if form.act == "file":
            made |= {"kind": "", "first": one(typed, "first"), "last": one(typed, "last")}
    if "grade" in made:
        made |= _grade(made.pop("grade"))
    if form.act == "inspect":
        made[LINES] = [line.strip() for line in one(typed, LINES).split("\n") if line.strip()]
        if len(made[LINES]) > DEMANDS:
            raise Mistyped("field.too_long", LINES)
    return made


def _grade(value: str) -> dict[str, Any]:
    if not value:
        return {"ordinal": 0, "scheme": "", "raw": ""}
    found = next((grade for grade in _grades() if grade["raw"] == value), None)
    if found is None:
        raise Mistyped("field.unknown_code", "grade")
    return {"ordinal": found["ordinal"], "scheme": SCHEME, "raw": value}


def _grades() -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = read_codes("risk_schemes").entries[SCHEME].more["grades"]
    return found


def fields(visitor: Visitor, lang: str, form: Form, typed: Typed, faults: Sequence[Fault]) -> list[Field]:
    """A form's fields as the template draws them; what was typed comes back as it was."""
    return [_field(visitor, lang, form, each, typed, faults) for each in form.inputs]


def _field(visitor: Visitor, lang: str, form: Form, field: Input, typed: Typed, faults: Sequence[Fault]) -> Field:
    options: list[tuple[str, str]] = []
    if field.name == "grade":
        names = {item["code"]: item[lang] for item in lists()["grades"]}
        options = [(str(grade["raw"]), names[str(grade["ordinal"])]) for grade in _grades()]
    elif field.kind == f.CODE:
        options = options_of(lang, field.codes)
    elif field.kind == f.CHOICE:
        options = [("yes", say(lang, "screening.yes_passed")), ("no", say(lang, "screening.no_passed"))]
    value = one(typed, field.name)
    hints = [say(lang, f"screening.hint_{field.name}")] if field.name in HINTS.get(form.act, ()) else []
    if field.most and field.name != LINES:
        hints.append(say(lang, "act.hint_most" if field.kind == f.AREA else "act.hint_most_short", n=f"{field.most:,}"))
    own = next((fault for fault in faults if fault.field == field.name), None)
    return Field(
        field.name, field.kind, say(lang, f"screening.field_{field.name}"), field.required, value, (), options,
        (" · " if lang == "en" else "；").join(hints), field.most if field.name != LINES else TEXT, fault=own,
    )  # fmt: skip


HINTS: Final = MappingProxyType({
    "file": ("found",), "file_other": ("found",), "settle": ("registered", "receiver"), "inspect": ("demands",),
    "lead": ("grade",),
})  # fmt: skip


def lists_of(visitor: Visitor, lang: str, form: Form) -> dict[str, Any]:
    """The names fields are chosen from."""
    kinds = {field.kind for field in form.inputs}
    return {
        "agencies": agency_options(visitor, lang) if f.AGENCY in kinds else [],
        "places": place_options(visitor) if f.PLACE in kinds else [],
    }  # fmt: skip
