"""What may happen to an agency (``custody`` rules §5). Pure: returns the events, () for nothing, or a Refusal."""

from __future__ import annotations

from collections.abc import Callable

from hub.words import ACTIVE, CLOSING, DISSOLVED, HUB_AGENCY, AgencyId, Refusal, agency_id

from . import names
from .registry import Agency, Registry

Decided = tuple[AgencyId, tuple[names.Event, ...]]


def decide(
    body: names.Command, author: AgencyId, registry: Registry, accountable: Callable[[AgencyId], bool]
) -> Decided | Refusal:
    """The stream and its new events. ``accountable`` tells whether an agency may still have a role in some dispute."""
    own_intake = isinstance(body, names.OpenIntake | names.CloseIntake) and body.subject == author
    if author != HUB_AGENCY and not own_intake:
        return Refusal("access.denied", "agency", "agencies are registered and changed by the operator")
    if isinstance(body, names.RegisterAgency):
        return _register(body, registry)
    agency = registry.agency(body.subject)
    if agency is None:
        return Refusal("agency.unknown", "subject")
    if isinstance(body, names.DissolveAgency):
        return _dissolve(body, agency, accountable)
    if isinstance(body, names.OpenIntake | names.CloseIntake):
        return _intake(body, agency)
    if isinstance(body, names.CloseAgency):
        return _close(body, agency, registry)
    return _amend(body, agency, registry)


def _register(body: names.RegisterAgency, registry: Registry) -> Decided | Refusal:
    ident = agency_id(body.code)
    known = registry.agency(ident)
    if known is not None:
        same = tuple(known[1 : 1 + len(body)]) == tuple(body)
        return (ident, ()) if same else Refusal("agency.exists", "code")
    bad = _superior(body.superior, ident, registry)
    return bad or (ident, (names.Registered(*body),))


def _amend(body: names.AmendAgency, agency: Agency, registry: Registry) -> Decided | Refusal:
    if agency.state == DISSOLVED:
        return Refusal("agency.dissolved", "subject")
    if tuple(agency[2 : 1 + len(body)]) == tuple(body[1:]):
        return agency.id, ()
    bad = _superior(body.superior, agency.id, registry) if body.superior != agency.superior else None
    return bad or (agency.id, (names.Amended(*body[1:]),))


def _superior(superior: AgencyId | None, ident: AgencyId, registry: Registry) -> Refusal | None:
    if superior is None:
        return None
    if superior == ident:
        return Refusal("agency.cycle", "superior")
    known = registry.agency(superior)
    if known is None:
        return Refusal("agency.unknown", "superior")
    above = known
    while above.superior is not None:
        if above.superior == ident:
            return Refusal("agency.cycle", "superior")
        above = registry.agencies[above.superior]
    return None if known.state == ACTIVE else Refusal(f"agency.{known.state}", "superior", _names(known, registry))


def _intake(body: names.OpenIntake | names.CloseIntake, agency: Agency) -> Decided | Refusal:
    if agency.state == DISSOLVED:
        return Refusal("agency.dissolved", "subject")
    opens = isinstance(body, names.OpenIntake)
    if agency.intake_open == opens:
        return agency.id, ()
    return agency.id, (names.IntakeOpened(body.reason) if opens else names.IntakeClosed(body.reason),)


def _close(body: names.CloseAgency, agency: Agency, registry: Registry) -> Decided | Refusal:
    if agency.state == CLOSING and agency.successor == body.successor:
        return agency.id, ()
    if agency.state != ACTIVE:
        return Refusal(f"agency.{agency.state}", "subject")
    successor = registry.agency(body.successor)
    if successor is None:
        return Refusal("agency.unknown", "successor")
    if successor.state != ACTIVE:
        return Refusal(f"agency.{successor.state}", "successor", _names(successor, registry))
    if successor.id == agency.id:
        return Refusal("agency.own_successor", "successor")
    if any(a.successor == agency.id for a in registry.agencies.values()):
        return Refusal("agency.is_successor", "subject")
    if registry.subordinates(agency.id):
        return Refusal("agency.has_subordinates", "subject")
    return agency.id, (names.Closing(body.successor, body.reason),)


def _dissolve(body: names.DissolveAgency, agency: Agency, accountable: Callable[[AgencyId], bool]) -> Decided | Refusal:
    if agency.state != CLOSING:
        return Refusal("agency.not_closing", "subject")
    if accountable(agency.id):
        return Refusal("agency.still_accountable", "subject")
    return agency.id, (names.Dissolved(body.reason),)


def _names(agency: Agency, registry: Registry) -> str:
    """For people: who takes over from an agency that is closing or dissolved."""
    successor = registry.agency(agency.successor) if agency.successor else None
    return f"successor {successor.code} {successor.name}" if successor else ""
