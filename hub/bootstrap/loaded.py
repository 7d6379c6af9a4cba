"""规则装载: before anything else under a lease, the log says which rules decide from here on.

Guarantee: one event when they are others than the last such event says, none when they are the same; a start that
changes nothing writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import structlog

from hub.aggregates.command import Command
from hub.aggregates.loading import Loaded, LoadPolicy
from hub.contract import Contract
from hub.policy import Policy
from hub.policy.fingerprint import fingerprint
from hub.store import Store
from hub.words import DONE, HUB_AGENCY, HUB_SYSTEM, POLICY_STREAM, Answer, derived_id
from hub.writer import Writer

log = structlog.get_logger(__name__)


class Loading(NamedTuple):
    """One loading of rules, as the log holds it; ``at`` is when it was recorded."""

    position: int
    at: int
    rules: Loaded


def loadings(store: Store, contract: Contract) -> list[Loading]:
    """Every loading of rules, oldest first."""
    pick = contract.picker({"policy.loaded": ("recorded_at", *Loaded._fields)})
    found = []
    for row in store.events([POLICY_STREAM]):
        picked = pick(row.body)
        assert picked is not None
        at, *fields = picked[1]
        found.append(Loading(row.position, at, Loaded(*fields)))
    return found


def last_of(found: Sequence[Loading]) -> str | None:
    """The fingerprint of the rules loaded last; None when the log names none."""
    return found[-1].rules.fingerprint if found else None


def loading_of(policy: Policy) -> LoadPolicy:
    """What is recorded when these rules are loaded."""
    return LoadPolicy(tuple(pack.id for pack in policy.packs), policy.packs[-1].calendar.version, fingerprint(policy))


def record(writer: Writer, store: Store, contract: Contract, policy: Policy, now: int) -> None:
    """Record the rules of this process, unless they are those the log names. Raises Refuses; logs what else fails."""
    body, before = loading_of(policy), loadings(store, contract)
    if last_of(before) == body.fingerprint:
        return
    ident = derived_id(f"policy/{body.fingerprint}/{len(before)}")
    digest = hashlib.sha256("\n".join((*body.packs, body.calendar, body.fingerprint)).encode()).digest()
    (outcome,) = writer.ask([Command(HUB_SYSTEM, ident, digest, HUB_AGENCY, "", now, None, None, body)])
    if not isinstance(outcome, Answer) or outcome.outcome != DONE:
        log.warning("policy.not_recorded", outcome=outcome)
