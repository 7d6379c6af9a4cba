"""For whom a system speaks: the first guard of every command, before the dispute is even looked up."""

from __future__ import annotations

from typing import Final, NamedTuple

from hub.words import HUB_SYSTEM

from .policy import may

REGISTRY_COMMANDS: Final = frozenset({"register_agency", "amend_agency", "close_agency", "dissolve_agency"})
INTAKE_COMMANDS: Final = frozenset({"open_intake", "close_intake"})
SCREENING_COMMANDS: Final = frozenset(
    {"file_screening", "report_lead", "assess_lead", "settle_lead", "inspect", "rectify", "review_finding"}
)
HUB_COMMANDS: Final = frozenset(
    {
        "deliver", "lapse", "breach", "warn", "recompute", "succeed", "suspect_relapse",
        "schedule", "miss_screening", "breach_finding", "load_policy",
    }
)  # fmt: skip


class System(NamedTuple):
    """接入系统: its name, the agencies it serves and its roles. Credentials are not part of it."""

    name: str
    agencies: frozenset[bytes]
    roles: frozenset[str]


def may_speak(system: System, command: str, agency: bytes, subject: bytes | None = None) -> str:
    """ "" when the system may send this command in this agency's name, else the field at fault (``access.denied``).

    ``subject`` is the agency a registry command is about; on whose book (排查台账) an agency may act is for the
    decision. The hub's own commands are the hub's alone; an operator keeps the registry whatever agency it names as
    acting; intake is opened and closed by the agency itself too.
    A person acts through the system ``hub`` too, but with a role: that is what keeps them from speaking as the hub.
    """
    if system.name == HUB_SYSTEM and not system.roles:
        return ""
    if command in HUB_COMMANDS:
        return "type"
    if command in REGISTRY_COMMANDS:
        return "" if may(system.roles, "act.registry") else "type"
    if command in INTAKE_COMMANDS:
        if may(system.roles, "act.registry"):
            return ""
        if not may(system.roles, "act.intake"):
            return "type"
        if agency not in system.agencies:
            return "agency"
        return "" if subject == agency else "subject"
    if not may(system.roles, "act.screening" if command in SCREENING_COMMANDS else "act.dispute"):
        return "type"
    return "" if agency in system.agencies else "agency"
