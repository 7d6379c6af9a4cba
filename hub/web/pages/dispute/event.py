"""One event as it is stored: its place in the log and in its chain, every field decoded, and its bytes.

Guarantee: an event of a dispute outside the visitor's scope and a position that is not in the log are answered alike
(``dispute.unknown``). What is shown is decoded from the stored bytes shown below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from hub import words as w
from hub.access import sees
from hub.contract import Contract, Schema, leaf_hash
from hub.contract.jsonform import instant
from hub.contract.schema import Field
from hub.projections.sheet import has_custody, is_book, is_policy
from hub.words import ZERO_HASH, Stored

from ...drawings import tongue
from ...relapses import shown
from .. import when
from ..messages import say
from ..render import label
from ..visitors import Visitor
from . import case
from .marking import marked, markup
from .sentences import money
from .teller import Teller, Told
from .view import Names

MOST: Final = (1 << 63) - 1
CODES: Final = {
    "category": "categories", "source": "sources", "kind": "kinds", "channel": "channels", "outcome": "outcomes",
    "form": "agreement_forms", "obligation": "obligations", "ordinal": "grades", "reason_code": "return_reasons",
    "level": "agency_levels",
}  # fmt: skip
OWN_CODES: Final = {
    "referral.withdrawn": {"cause": "withdrawal_causes"}, "referral.concluded": {"cause": "conclusion_causes"},
    "referral.settled": {"outcome": "settlements"}, "referral.assigned": {"basis": "assignment_bases"},
    "screening.filed": {"kind": "screening_kinds"},
    "lead.reported": {"source": "lead_sources"}, "lead.settled": {"outcome": "lead_outcomes"},
    "agency.registered": {"kind": "agency_kinds"},
    "agency.amended": {"kind": "agency_kinds"},
    "attempt.held": {"result": "attempt_results", "mode": "attempt_modes", "why_not": "attempt_not_counted"},
    "parties.informed": {"subject": "notices", "answer": "consents"},
    "dispute.particulars": {"triggers": "risk_triggers"},
    "procedure.stepped": {"machine": "procedures"},
    "relapse.suspected": {"grounds": "relapse_grounds"},
    "followup.visited": {"performance": "performances", "satisfaction": "satisfaction"},
    "obligation.extended": {"cause": "extension_causes"},
    "ladder.stood": {
        "level": "ladder_levels", "entry": "ladder_levels", "next_level": "ladder_levels", "skipped": "ladder_levels",
        "state": "ladder_states", "next": "ladder_nexts", "exemption": "exemptions",
    },
}  # fmt: skip
OWN_WORDS: Final = frozenset({  # fields that mean something else than their name says elsewhere
    ("ladder.stood", "scheme"), ("ladder.stood", "counted"), ("ladder.stood", "reason"),
    ("parties.informed", "subject"), ("parties.informed", "answer"),
})  # fmt: skip
MONEY: Final = frozenset({"amount", "claimed"})
AGENCIES: Final = frozenset({
    "agency", "custodian", "sender", "receiver", "suggested", "settler", "recipient", "supervised", "supervisor",
    "debtor", "closing", "successor", "superior", "recipients", "approver", "subject",
})  # fmt: skip
OF_BOOKS: Final = {"subject": "case.f_book", "demand": "case.f_to_rectify", "due_at": "case.f_due"}
WIDTH: Final = 16  # bytes of a line


class Found(NamedTuple):
    """An event with its neighbours in its stream."""

    stored: Stored
    before: Stored | None
    after: Stored | None
    case: case.Case | None  # None: of no dispute (registry, books, rules)


class Shown(NamedTuple):
    """A field: its name, the people's word for it, its value, and the word behind a code."""

    name: str
    label: str
    value: Markup
    words: Markup


def find(visitor: Visitor, position: int) -> Found:
    """The event at a position, when the visitor may see it. Problem ``dispute.unknown``."""
    store = visitor.parts.store
    rows = store.read(position - 1, 1) if 0 < position <= MOST else []
    if not rows or rows[0].position != position:
        raise case.unknown()
    row, stream = rows[0], store.events([rows[0].stream])
    n = next(i for i, other in enumerate(stream) if other.position == position)
    neighbours = stream[n - 1] if n else None, stream[n + 1] if n + 1 < len(stream) else None
    found = case.seen(visitor, stream) if has_custody(row.topic) else None
    if is_book(row.topic) and not _sees_book(visitor, row):
        raise case.unknown()
    if found is not None:
        earlier = found.entries[n].fields.get("earlier")
        if not shown(visitor.parts.views, visitor.scope(), row.topic, earlier):
            raise case.unknown()
    return Found(row, *neighbours, found)


def _sees_book(visitor: Visitor, row: Stored) -> bool:
    """Whose scope holds the book's agency or what took its place, or whom a lead was passed to. The registry and the
    rules are everybody's; a dispute's event is seen by whoever sees the dispute.
    """
    schema, values = visitor.parts.contract.decode(row.body)
    fields = dict(zip(schema.fields, values, strict=True))
    known = visitor.registry.agency(fields["subject"])
    named = (fields["subject"], known.successor if known is not None else None, fields.get("receiver"))
    return sees(visitor.scope(), [agency for agency in named if agency is not None])


def view(visitor: Visitor, found: Found, lang: str) -> dict[str, Any]:
    """The template's context."""
    contract, row = visitor.parts.contract, found.stored
    schema, values = contract.decode(row.body)
    fields = dict(zip(schema.fields, values, strict=True))
    names = Names(visitor, tongue(lang))
    leaf = leaf_hash(row.body)
    before = leaf_hash(found.before.body) if found.before is not None else ZERO_HASH
    fits = fields["predecessor"] == before and (found.after is None or _names(contract, found.after) == leaf)
    return {
        "row": row,
        "schema": schema,
        "fields": fields,
        "leaf": leaf,
        "before": found.before,
        "after": found.after,
        "case": found.case,
        "of": _of(row, fields, names, lang),
        "fits": fits,
        "hub": fields["agency"] == w.HUB_AGENCY,
        "told": _told(found, names, lang),
        "shown": list(_shown(visitor, schema, values, names, lang)),
        "lines": list(_lines(row.body)),
        "schema_link": Markup('<a class="mono" href="{0}">{0}</a>').format(f"/registry/schemas/ids/{schema.id}"),
        "called": names.called,
        "utc": instant,
        "tm": partial(markup, lang),
    }


def _of(row: Stored, fields: dict[str, Any], names: Names, lang: str) -> Markup:
    """Whose stream it is, when no dispute's."""
    if is_policy(row.topic):
        return Markup(say(lang, "case.event_of_rules", version=row.version))
    word, agency = ("book", fields["subject"]) if is_book(row.topic) else ("agency", row.stream)
    return markup(lang, f"case.event_of_{word}", agency=names.called(agency), version=row.version)


def _names(contract: Contract, row: Stored) -> bytes:
    """The predecessor an event names."""
    schema, values = contract.decode(row.body)
    named: bytes = values[schema.fields.index("predecessor")]
    return named


def _told(found: Found, names: Names, lang: str) -> Told:
    """The event's sentence; an agency's events have a word only."""
    if found.case is None:
        return Told("note", Markup(say(lang, f"case.type.{found.stored.topic}")), Markup(), "", False)
    teller = Teller(lang, partial(label, lang), names.called)
    earlier = found.case.entries[: found.stored.version - 1]
    for entry in earlier:
        teller.hear(entry)
    return teller.tell(found.case.entries[len(earlier)])


def _shown(visitor: Visitor, schema: Schema, values: tuple[Any, ...], names: Names, lang: str) -> Iterator[Shown]:
    given = dict(zip(schema.fields, values, strict=True))
    for field, value in zip(schema.record.fields, values, strict=True):
        code = OWN_CODES.get(schema.name, {}).get(field.name) or CODES.get(field.name)
        words = _words(lang, code, value) if code and value not in (None, "", ()) else ""
        if field.name == "proposal":
            words = say(lang, f"case.proposal_{value}")
        elif field.name == "competences":
            words = " · ".join(label(lang, "categories", item) for item in value)
        elif field.name == "step" and schema.name == "procedure.stepped":
            words = label(lang, "steps", f"{given['machine']}/{value}")
        elif schema.name == "ladder.stood" and field.name in ("scheme", "branch", "counted"):
            words = _of_scheme(visitor, lang, field.name, given)
        meaning = marked(lang, words if words != str(value) else "")
        own = (schema.name, field.name) in OWN_WORDS
        called = say(lang, f"ladder.f_{field.name}" if own else f"case.f_{field.name}")
        if is_book(schema.name) and field.name in OF_BOOKS:
            called = say(lang, OF_BOOKS[field.name])
        yield Shown(field.name, called, _value(field, value, names, lang), meaning)


def _words(lang: str, code: str, value: Any) -> str:
    """The word behind a code, or the words behind several."""
    if isinstance(value, tuple):
        return " · ".join(label(lang, code, item) for item in value)
    return label(lang, code, str(value))


def _of_scheme(visitor: Visitor, lang: str, name: str, given: dict[str, Any]) -> str:
    """What the ladder's scheme calls its own codes; "" where the scheme is not here."""
    scheme = visitor.parts.policy.scheme(given["scheme"])
    if scheme is None:
        return ""
    if name == "scheme":
        return scheme.en if lang == "en" else scheme.zh
    branches = {key: b.en if lang == "en" else b.zh for key, b in scheme.branches.items()}
    if name == "branch":
        return branches.get(given["branch"], "")
    told = (
        say(lang, "ladder.counted_at", branch=branches.get(b, b), level=label(lang, "ladder_levels", level), n=n)
        for b, level, n in given["counted"]
    )
    return " · ".join(told)


def _value(field: Field, value: Any, names: Names, lang: str) -> Markup:
    if value is None or value == "" or value == ():
        return Markup("—")
    if isinstance(value, tuple):
        return Markup("<br>").join(_item(field, item, names, lang) for item in value)
    return _item(field, value, names, lang)


def _item(field: Field, value: Any, names: Names, lang: str) -> Markup:
    kind = field.kind.item if field.kind.name in ("nullable", "array") and field.kind.item else field.kind
    if isinstance(value, tuple) and field.name == "counted":
        return marked(lang, " · ".join(str(part) for part in value))
    if isinstance(value, tuple):  # a party
        role, party_kind, commitment = value
        parts = label(lang, "party_roles", role), label(lang, "party_kinds", party_kind), commitment.hex()
        return marked(lang, " · ".join(parts))
    if isinstance(value, bytes):
        if len(value) != len(w.HUB_AGENCY):
            return Markup('<span class="mono">{}</span>').format(value.hex())
        name = names.called(value) + " " if field.name in AGENCIES and value != w.HUB_AGENCY else Markup()
        return Markup('{}<span class="mono dim">{}</span>').format(name, w.text(value))
    if kind.instant:
        said = when.until(lang, value) if field.name.endswith("due_at") else when.exact(lang, value)
        return Markup('{} <span class="mono dim">{}</span>').format(said, instant(value))
    if field.name in MONEY:
        return Markup('{} <span class="mono dim">{}</span>').format(money(lang, value), value)
    if isinstance(value, bool):
        return Markup(say(lang, "case.yes" if value else "case.no"))
    return marked(lang, str(value))


def _lines(body: bytes) -> Iterator[tuple[str, str]]:
    """(offset, bytes) by lines of sixteen."""
    for at in range(0, len(body), WIDTH):
        yield f"{at:04x}", body[at : at + WIDTH].hex(" ")
