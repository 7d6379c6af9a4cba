"""Docking procedures (对接程序) as data: which step may follow which, who records it, which document it needs.

Their names are the code lists procedures and steps. A procedure moves no custody: it tells how far a court's, the
police's, the procuratorate's or the petition office's own procedure around a dispute has come. Pure; ProcedureRefused
when a procedure names a step it does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

PARTIES = ("custodian", "sender", "receiver", "any")


class Step(NamedTuple):
    """A step: after which it may come ("" = none yet), who records it, whether its document's number is needed,
    whether it may be repeated, and its basis.
    """

    code: str
    after: tuple[str, ...]
    by: str
    document: bool
    again: bool
    ends: bool
    basis: str


class Procedure(NamedTuple):
    """A docking procedure and its steps by code. ``guard``: what people must heed, (zh, en): no machine can."""

    code: str
    channel: str
    basis: str
    steps: dict[str, Step]
    guard: tuple[str, str] = ("", "")


class ProcedureRefused(ValueError):
    """A procedure lacks something or names an unknown step; ``str()`` says where."""


def read_procedure(code: str, raw: Mapping[str, Any]) -> Procedure:
    """One procedure from its TOML table. ProcedureRefused names the key at fault."""
    try:
        steps = {name: _step(f"{code}.{name}", name, item) for name, item in raw["steps"].items()}
        guard = raw.get("guard", {"zh": "", "en": ""})
        made = Procedure(code, raw["channel"], raw["basis"], steps, (guard["zh"], guard["en"]))
    except KeyError as missing:
        raise ProcedureRefused(f"procedure {code} lacks {missing}") from missing
    for step in steps.values():
        unknown = [name for name in step.after if name and name not in steps]
        if unknown:
            raise ProcedureRefused(f"{code}.{step.code}: after unknown {unknown[0]}")
    return made


def _step(where: str, name: str, raw: Mapping[str, Any]) -> Step:
    if raw.get("by", "custodian") not in PARTIES:
        raise ProcedureRefused(f"{where}: by {raw['by']!r} is none of {PARTIES}")
    if not raw["basis"]:
        raise ProcedureRefused(f"{where}: its basis is missing")
    return Step(
        name, tuple(raw.get("after", [""])), raw.get("by", "custodian"),
        raw.get("document", False), raw.get("again", False), raw.get("ends", False), raw["basis"],
    )  # fmt: skip
