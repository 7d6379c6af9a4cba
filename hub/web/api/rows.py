"""Rows of the views in their JSON form: the same names, ids as UUID text, instants RFC 3339, agencies as id,
code and name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from hub.contract.jsonform import instant
from hub.words import text

Row = Mapping[str, Any]
Json = dict[str, Any]

PLAIN: Final = "plain"
ID: Final = "id"
AT: Final = "at"
FLAG: Final = "flag"
AGENCY: Final = "agency"

SHAPES: Final[dict[str, Callable[[Row, str], Any]]] = {
    PLAIN: lambda row, name: row[name],
    ID: lambda row, name: None if row[name] is None else text(row[name]),
    AT: lambda row, name: None if row[name] is None else instant(row[name]),
    FLAG: lambda row, name: bool(row[name]),
    AGENCY: lambda row, name: agency(row, name),
}


def agency(row: Row, name: str) -> Json | None:
    """An agency's id with the code and name that were joined to the row."""
    if row[name] is None:
        return None
    return {"id": text(row[name]), "code": row[f"{name}_code"] or "", "name": row[f"{name}_name"] or ""}


def shaper(**fields: str) -> Callable[[Row], Json]:
    """A function that writes these fields of a row, each in its shape; what is not named is left out."""
    made = [(name.rstrip("_"), SHAPES[shape]) for name, shape in fields.items()]
    return lambda row: {name: shape(row, name) for name, shape in made}


dispute: Final = shaper(
    dispute=ID, number=PLAIN, status=PLAIN, outcome=PLAIN, category=PLAIN, place=PLAIN, source=PLAIN,
    custodian=AGENCY, since_at=AT, since_position=PLAIN, registered_at=AT, ended_at=AT, channel=PLAIN, handover=ID,
    agreement=PLAIN, perform_due_at=AT, grade=PLAIN, grade_raw=PLAIN, attempts=PLAIN, version=PLAIN, position=PLAIN,
    last_at=AT, last_topic=PLAIN,
)  # fmt: skip
segment: Final = shaper(
    n=PLAIN, custodian=AGENCY, from_at=AT, from_position=PLAIN, from_topic=PLAIN, from_referral=ID, to_at=AT,
    to_position=PLAIN,
)  # fmt: skip
leg: Final = shaper(
    n=PLAIN, referral=ID, kind=PLAIN, channel=PLAIN, sender=AGENCY, receiver=AGENCY, in_place_of=ID, state=PLAIN,
    proposal=PLAIN, contested=FLAG, settler=AGENCY, result=PLAIN, reason=PLAIN, offered_at=AT, offered_position=PLAIN,
    delivered_at=AT, signed_at=AT, accepted_at=AT, ended_at=AT, ended_position=PLAIN, sign_due_at=AT,
    accept_due_at=AT, feedback_due_at=AT, feedbacks=PLAIN,
)  # fmt: skip
debt: Final = shaper(name=PLAIN, debtor=AGENCY, creditor=AGENCY, position=PLAIN, issued_at=AT, due_at=AT, done_at=AT)
_obligation: Final = shaper(
    dispute=ID, number=PLAIN, category=PLAIN, place=PLAIN, custodian=AGENCY, referral=ID, kind=PLAIN, channel=PLAIN,
    debtor=AGENCY, creditor=AGENCY, due_at=AT, rule=PLAIN, since_at=AT, since_position=PLAIN, signed_at=AT,
    warned_at=AT, breached_at=AT, urged_at=AT, urges=PLAIN, supervised_at=AT, version=PLAIN,
)  # fmt: skip
registered: Final = shaper(
    code=PLAIN, name=PLAIN, kind=PLAIN, level=PLAIN, region=PLAIN, superior=AGENCY, competences=PLAIN,
    mediators=PLAIN, seal=FLAG, state=PLAIN, intake_open=FLAG, successor=AGENCY, version=PLAIN,
)  # fmt: skip
_answering: Final = shaper(
    received=PLAIN, signed=PLAIN, returnable=PLAIN, returned=PLAIN, unsigned=PLAIN, oldest_unsigned_at=AT,
)  # fmt: skip
referral: Final = shaper(
    dispute=ID, referral=ID, day=PLAIN, kind=PLAIN, channel=PLAIN, sender=AGENCY, receiver=AGENCY, outcome=PLAIN,
    sent_at=AT, at=AT,
)  # fmt: skip

relapse: Final = shaper(
    earlier=ID, number=PLAIN, status=PLAIN, outcome=PLAIN, category=PLAIN, place=PLAIN, source=PLAIN,
    custodian=AGENCY, registered_at=AT, ended_at=AT, broken=FLAG, exhausted=FLAG, state=PLAIN, suspected_at=AT,
    decided_at=AT, note=PLAIN,
)  # fmt: skip


def obligation(row: Row) -> Json:
    """A running limit: `obligation` names it, `rule` says why that date."""
    return {"obligation": row["name"], **_obligation(row)}


def listed_agency(row: Row) -> Json:
    """An agency of the directory."""
    return {"id": text(row["agency"]), **registered(row)}


def answering(row: Row) -> Json:
    """How an agency answers what it is sent: whole seconds, the rate as text with four decimals, null = no figure."""
    rate = row["return_rate"]
    return {
        "agency": agency(row, "agency"),
        **_answering(row),
        "median_seconds": _seconds(row["median_us"]),
        "mean_seconds": _seconds(row["mean_us"]),
        "return_rate": None if rate is None else str(rate),
    }


def _seconds(micros: int | None) -> int | None:
    return None if micros is None else micros // 1_000_000
