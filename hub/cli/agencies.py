"""Agencies as an operator names them: by code, with similar codes where none has it."""

from __future__ import annotations

import difflib

import click

from hub.aggregates.agency.registry import Registry
from hub.words import DISSOLVED, AgencyId, agency_id


def living(registry: Registry, code: str) -> AgencyId:
    """The id of a living agency. BadParameter naming similar codes, or the successor of a dissolved one."""
    known = registry.agency(agency_id(code))
    if known is None:
        codes = [a.code for a in registry.agencies.values() if a.state != DISSOLVED]
        near = difflib.get_close_matches(code, codes, 3, 0.6)
        advice = f"；相近 · similar: {', '.join(near)}" if near else "；hub city show --csv"
        raise click.BadParameter(f"没有单位 {code} · no agency {code}{advice}", param_hint="--agency")
    if known.state == DISSOLVED:
        heir = registry.heir(known.id)
        to = f"；由 {heir.code} 承接 · its successor: {heir.code}" if heir is not None else ""
        raise click.BadParameter(f"单位 {code} 已撤销 · agency {code} is dissolved{to}", param_hint="--agency")
    return known.id
