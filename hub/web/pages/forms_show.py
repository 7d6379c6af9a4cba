"""A form's fields as the template draws them: label, options, what was typed or is proposed, and which one is at fault.

Guarantee: what was typed comes back as it was typed, escaped by the template; a proposal is only a proposal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final, NamedTuple

from hub import words as w
from hub.aggregates.dispute import events as e
from hub.aggregates.dispute.obligations import running
from hub.words import AgencyId, ident, text

from ..api.codes import in_force, lists
from . import forms as f
from .acts_about import About
from .acts_available import scheme_of
from .forms_agency import directory, shown_name, suggested
from .forms_choices import choices, heeded, limits
from .forms_proposed import first_choices
from .forms_read import PARTIES, Typed
from .messages import say
from .places import place_name, places
from .visitors import Visitor
from .when import local

CHANNEL_OF: Final = {"police": "police", "court": "court", "procuratorate": "procuratorate", "petition": "petition"}
RECIPIENTS: Final = 3  # fields for those a report goes to


class Fault(NamedTuple):
    """What is wrong with a field, in words."""

    field: str
    why: str
    detail: str = ""


class Field(NamedTuple):
    """One field. ``values``: of a field that takes several. ``fault``: what is wrong with it, None for nothing."""

    name: str
    kind: str
    label: str
    required: bool
    value: str
    values: Sequence[str] = ()
    options: Sequence[tuple[str, str]] = ()
    hint: str = ""
    most: int = 0
    often: Sequence[str] = ()
    fault: Fault | None = None
    first: Sequence[tuple[str, str]] = ()  # whom the rules propose: name, why

    @property
    def wide(self) -> bool:
        """Whether it takes a whole line."""
        return self.kind in (f.AREA, f.PARTIES)


def fields(
    visitor: Visitor, lang: str, form: f.Form, about: About, typed: Typed, now: int, faults: Sequence[Fault] = ()
) -> list[Field]:
    """All fields of a form."""
    return [_field(visitor, lang, form, about, each, typed, now, faults) for each in form.inputs]


def _field(
    visitor: Visitor, lang: str, form: f.Form, about: About, field: f.Input, typed: Typed, now: int,
    faults: Sequence[Fault],
) -> Field:  # fmt: skip
    given = list(typed.get(field.name) or ())
    value = given[-1] if given else proposed(visitor, form, about, field, now)
    registry, own = visitor.registry, visitor.person.agency
    kind = field.kind
    options: list[tuple[str, str]] = []
    often: list[str] = []
    first: list[tuple[str, str]] = []
    values: list[str] = []
    if kind in (f.CODE, f.ORDINAL):
        options = _codes(lang, field, local(visitor.parts.clock.now()).date())
    elif kind in (f.AGENCY, f.AGENCIES):
        place = about.first.place if about.first else ""
        often = suggested(registry, AgencyId(own), place, [a for a in (about.receiver, about.custodian) if a])
        first = first_choices(visitor, lang, form, field, about)
        often = [name for name in often if name not in dict(first)]
        if field.name == "approver":
            often = [shown_name(registry, above) for above in registry.above(AgencyId(own))]
        value = named(visitor, value)
        values = [*map(partial(named, visitor), given), *[""] * RECIPIENTS][: max(RECIPIENTS, len(given))]
    elif kind == f.OWED:
        options = _owed(visitor, lang, about)
        value = _chosen_owed(value, typed, options)
    elif kind == f.OWING:
        options = _owing(visitor, about)
        value = value or (options[0][0] if len(options) == 1 else "")
        if value and value not in dict(options):  # it owes nothing any more; what was chosen stays to be seen
            options.append((value, named(visitor, value)))
    elif kind in (f.RUNNING, f.STEP, f.LEVEL, f.BRANCH, f.EARLIER):
        options = choices(visitor, lang, kind, about)
        value = _chosen_owed(value, typed, options) if kind == f.RUNNING else value
        value = value or (options[0][0] if len(options) == 1 and field.required else "")
        if kind == f.EARLIER and value and value not in dict(options):  # what was typed stays to be seen
            options.append((value, value))
    elif kind == f.CODES:
        options, values = _codes(lang, field, local(now).date()), given or _standing(about, field, typed)
    elif kind == f.FLAG:
        value = value or next(iter(_standing(about, field, typed)), "")
    elif kind in (f.COUNTED, f.WHY_NOT):
        kind, options = _counting(visitor, lang, field, about, local(now).date())
    elif kind == f.CHOICE:
        options = [(v, say(lang, f"act.{v}_{field.name}")) for v in ("no", "yes")]
        if about.referral is not None and about.referral.kind not in (w.DELEGATION, w.ASSISTANCE):
            kind = "hidden"  # the final word of the others is the closing
    elif kind == f.PARTIES:
        values = [typed[n][-1] if typed.get(n) else d for n, d in _party_defaults()]
    parties = kind == f.PARTIES
    own_faults = (x for x in faults if x.field == field.name or (parties and x.field.startswith(("party_", "parties"))))
    hint = _hint(lang, field._replace(kind=kind))
    if kind == f.STEP or field.name == "channel":
        hint = say(lang, "act.stop").join(filter(None, (hint, *heeded(visitor, lang, about))))
    return Field(
        field.name, kind, say(lang, form.label(field.name)), field.required, value, values, options,
        hint, field.most, often, next(own_faults, None), first,
    )  # fmt: skip


def proposed(visitor: Visitor, form: f.Form, about: About, field: f.Input, now: int) -> str:
    """What a field holds before anything is typed; "" for nothing."""
    if field.duty:
        return visitor.person.duty
    if field.kind == f.INSTANT:
        return local(now).strftime("%Y-%m-%dT%H:%M")
    if field.kind in (f.CHOICE, f.COUNTED):
        return "yes" if field.kind == f.COUNTED else "no"
    if form.act == "particulars" and field.kind in (f.COUNT, f.MONEY):
        return next(iter(_standing(about, field, {})), "")
    if field.name == "approver":
        return next((text(above) for above in visitor.registry.above(AgencyId(visitor.person.agency))), "")
    if form.act == "redirect" and about.referral is not None and field.name in ("kind", "channel"):
        return about.referral.kind if field.name == "kind" else about.referral.channel
    if field.name == "kind":
        return w.TRANSFER
    if field.name == "channel":
        agency = visitor.registry.agency(AgencyId(visitor.person.agency))
        return CHANNEL_OF.get(agency.kind if agency else "", "mediation")
    if field.kind == f.PLACE:
        return _own_place(visitor)
    return ""


def _standing(about: About, field: f.Input, typed: Typed) -> list[str]:
    """What the particulars on record say, before anything was sent: the latest count, so they stand in the form."""
    if about.seen is None or "nonce" in typed:
        return []
    bodies = (event.body for _, event in reversed(about.seen.history))
    last = next((body for body in bodies if isinstance(body, e.ParticularsNoted)), None)
    value = getattr(last, field.name, None)
    if value is None or value is False or value == "":
        return []
    if field.kind == f.MONEY:
        return [f"{value // 100:,}.{value % 100:02}"]
    return ["yes"] if value is True else [str(each) for each in value] if isinstance(value, tuple) else [str(value)]


def _counting(
    visitor: Visitor, lang: str, field: f.Input, about: About, today: date
) -> tuple[str, list[tuple[str, str]]]:
    """How a session is counted: by the ladder where there is one, else by its author."""
    if about.state is not None and scheme_of(visitor, about.state) is not None:
        return ("none", []) if field.kind == f.COUNTED else (f.CODE, _codes(lang, field, today))
    if field.kind == f.WHY_NOT:
        return f.AREA, []
    return f.CHOICE, [(v, say(lang, f"act.{v}_counted")) for v in ("yes", "no")]


def named(visitor: Visitor, value: str) -> str:
    """The name a field shows for an agency a link names by its id; what was typed stays."""
    try:
        return shown_name(visitor.registry, AgencyId(ident(value))) or value
    except ValueError:
        return value


def agency_options(visitor: Visitor, lang: str) -> list[tuple[str, str]]:
    """(what a field takes, what else it is called) for every active agency but one's own."""
    own = visitor.person.agency
    found = []
    for name, agency in directory(visitor.registry).shown.items():
        if agency.id != own:
            also = "" if agency.intake_open else f" ({say(lang, 'act.paused')})"
            found.append((name, agency.name + also))
    return found


def place_options(visitor: Visitor) -> list[tuple[str, str]]:
    """The villages and communities below one's own region."""
    agency = visitor.registry.agency(AgencyId(visitor.person.agency))
    return places(visitor.registry, agency.region if agency else "")


def _own_place(visitor: Visitor) -> str:
    agency = visitor.registry.agency(AgencyId(visitor.person.agency))
    village = agency is not None and len(agency.region) == 12
    return place_name(visitor.registry, agency.region) if agency is not None and village else ""


def _codes(lang: str, field: f.Input, today: date) -> list[tuple[str, str]]:
    """What may be chosen today: the entries in force, without those that only the hub itself says."""
    offered = in_force(lists()[field.codes], today)
    found = [(item["code"], item[lang]) for item in offered if not item.get("by_hub")]
    return [pair for pair in found if not field.only or pair[0] in field.only]


def _hint(lang: str, field: f.Input) -> str:
    said = [say(lang, f"act.hint_{field.hint}")] if field.hint else []
    if field.kind == f.AGENCY and not field.hint:
        said.append(say(lang, "act.hint_agency"))
    if field.most:
        said.append(say(lang, "act.hint_most" if field.kind == f.AREA else "act.hint_most_short", n=f"{field.most:,}"))
    return " · ".join(said) if lang == "en" else "；".join(said)


def _owed(visitor: Visitor, lang: str, about: About) -> list[tuple[str, str]]:
    """The limits one may urge here: those owed to one's agency, and those of agencies below it."""
    if about.state is None:
        return []
    own, registry = visitor.person.agency, visitor.registry
    found = sorted(running(about.state), key=lambda o: o.due_at)
    return limits(
        visitor, lang,
        [o for o in found if o.debtor != own and (o.creditor == own or own in registry.above(o.debtor))],
    )  # fmt: skip


def _chosen_owed(value: str, typed: Typed, options: Sequence[tuple[str, str]]) -> str:
    """The option meant: as typed, or by the names in a link (``obligation``, ``referral``, ``debtor``)."""
    if "|" in value:
        return value
    referral, debtor = (typed[n][-1] if typed.get(n) else "" for n in ("referral", "debtor"))
    for key, _ in options:
        name, its_referral, its_debtor = key.split("|")
        if (not value or name == value) and referral in ("", its_referral) and debtor in ("", its_debtor):
            return key
    return options[0][0] if options else ""


def _owing(visitor: Visitor, about: About) -> list[tuple[str, str]]:
    """Agencies below one's own that owe something here and are not supervised yet."""
    if about.state is None:
        return []
    own, registry = visitor.person.agency, visitor.registry
    supervised = {debt.debtor for debt in about.state.supervisions}
    debtors = dict.fromkeys(o.debtor for o in running(about.state))
    return [
        (text(debtor), shown_name(registry, debtor))
        for debtor in debtors
        if own in registry.above(debtor) and debtor not in supervised
    ]


def _party_defaults() -> list[tuple[str, str]]:
    made = []
    for n in range(PARTIES):
        role = "applicant" if n == 0 else "respondent" if n == 1 else "third"
        made += [(f"party_name_{n}", ""), (f"party_role_{n}", role), (f"party_kind_{n}", "person")]
    return made


def options_of(lang: str, listed: str) -> list[tuple[str, str]]:
    """A whole code list, for the parties' rows."""
    return [(item["code"], item[lang]) for item in lists()[listed]]


def preset(query: Mapping[str, Sequence[str]], form: f.Form) -> dict[str, list[str]]:
    """Of a link's query what presets fields."""
    known = {each.name for each in form.inputs} | {"referral", "debtor", "obligation"}
    return {name: list(values) for name, values in query.items() if name in known}
