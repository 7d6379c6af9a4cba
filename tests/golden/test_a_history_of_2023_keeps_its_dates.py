"""A stored history under the pack P2023 gives today the deadlines it gave then: folded, counted again, played again.

The events were written down once (``tests.golden.history``); this reads their bytes with today's code, counts every
date again by hand from rule and start, and gives today's hub the same submissions at the same instants.
"""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import structlog

from hub import words as w
from hub.aggregates.decide import Dispute, Interner, evolve, restore
from hub.aggregates.dispute import events as e
from hub.contract import load
from hub.policy import shipped_policy
from tests.golden import by_hand, history

CONTRACT = load()
NOTES, EVENTS = history.stored()
POLICY = shipped_policy(history.TOP)


class Row(dict[str, Any]):
    """The fields of a stored event, by name; ``type`` beside them."""


def rows(events: list[tuple[str, bytes]]) -> list[Row]:
    found = []
    for type_, body in events:
        schema, values = CONTRACT.decode(body)
        found.append(Row(zip(schema.fields, values, strict=True)) | {"type": type_})
    return [Row(row) for row in found]


def dates(row: Row) -> list[tuple[str, int, str]]:
    """(field, due instant, rule) of every limit the event set."""
    found = []
    for field, due in row.items():
        if field == "due_at" and row["type"] in ("ladder.stood", "obligation.extended") and due is not None:
            found.append((field, due, row["rule"]))
        elif field.endswith("_due_at") and due is not None:
            rule = row.get(field.removesuffix("_due_at") + "_rule")
            if rule:
                found.append((field, due, rule))
    return found


def started(row: Row, field: str, rule: str, signed: dict[bytes, int]) -> int:
    """When a clock began: with its event, but for the legal one, which began at sign-for, and the check of an
    agreement, which begins when its date (30 days on, where none is named) is over.
    """
    if rule.startswith("legal."):
        return signed.get(row["referral"], int(row["recorded_at"]))
    if field == "perform_due_at":
        agreed = row["due_on"]
        return history.instant(agreed) if agreed is not None else int(row["recorded_at"]) + 30 * w.DAY
    return int(row["recorded_at"])


ROWS = rows(EVENTS)


def test_the_history_is_one_of_2023_and_has_every_kind_of_limit() -> None:
    packs = {row["pack"] for row in ROWS if row.get("pack")}
    assert packs == {"P2023.1+chuxiong.1", "P2025.1+chuxiong.1"}
    set_by_2023 = {rule.split(".")[0] for r in ROWS if r.get("pack", "").startswith("P2023") for _, _, rule in dates(r)}
    assert set_by_2023 >= {*w.OBLIGATIONS, "legal", "ladder"}
    assert not [rule for row in ROWS for _, _, rule in dates(row) if rule.endswith("~")], "none of them provisional"


def test_every_date_is_what_the_rule_says_by_hand() -> None:
    signed: dict[bytes, int] = {}
    counted: Counter[str] = Counter()
    for row in ROWS:
        if row["type"] == "referral.signed":
            signed[row["referral"]] = row["recorded_at"]
        for field, due, rule in dates(row):
            assert by_hand.due(rule, started(row, field, rule, signed)) == due, (row["type"], field, rule)
            counted[rule.partition("@")[0]] += 1
    assert sum(counted.values()) > 400 and len(counted) > 12, counted


def test_todays_pack_of_that_name_says_the_same_of_every_rule() -> None:
    for row in ROWS:
        pack = POLICY.named(row["pack"]) if row.get("pack") else None
        for _, _, rule in dates(row):
            assert pack is not None
            if not rule.startswith("ladder.") and "+" not in rule:
                assert pack.rule(rule) is not None, rule


def test_folded_by_todays_code_the_states_hold_the_recorded_dates() -> None:
    intern, checked = Interner(), 0
    states: dict[bytes, Dispute] = {}
    for type_, body in EVENTS:
        if type_.startswith("agency."):
            continue
        envelope, event = restore(CONTRACT, body, intern)
        assert isinstance(event, e.Event)
        state = states[envelope.stream] = evolve(states.get(envelope.stream), event, envelope.stream)
        checked += _holds(state, event)
    assert checked > 400
    assert {state.status for state in states.values()} == {w.CLOSED}


def _holds(state: Dispute, event: e.Event) -> int:
    """How many dates of the event its dispute's state now holds, each equal to the event's."""
    pairs: list[tuple[int | None, int]] = []
    body: Any = event.body
    referral = state.referral(getattr(body, "referral", None))
    if event.custody.progress_due_at is not None:
        pairs.append((event.custody.progress_due_at, state.progress.due))
    if referral is not None:
        if isinstance(body, e.Offered):
            pairs += [(body.sign_due_at, referral.sign_due), (body.accept_due_at, referral.accept_due)]
        elif isinstance(body, e.Assigned):
            pairs.append((body.sign_due_at, referral.sign_due))
        elif isinstance(body, e.Signed):
            pairs.append((body.feedback_due_at or body.legal_due_at, referral.feedback_due))
        elif isinstance(body, e.Accepted | e.FeedbackGiven):
            pairs.append((body.feedback_due_at, referral.feedback_due))
        elif isinstance(body, e.Proposed):
            pairs.append((body.consent_due_at, referral.consent_due))
        elif isinstance(body, e.Contested):
            pairs.append((body.settle_due_at, referral.settle_due))
    if isinstance(body, e.AgreementReached) and state.perform is not None:
        pairs.append((body.perform_due_at, state.perform.due))
    for owed, asked in ((e.Reported, "ack_due_at"), (e.SupervisionIssued, "answer_due_at")):
        if isinstance(body, owed):
            debts = state.reports if isinstance(body, e.Reported) else state.supervisions
            pairs.append((getattr(body, asked), debts[-1].due))
    given = [(said, held) for said, held in pairs if said is not None]
    assert all(said == held for said, held in given), (type(body).__name__, given)
    return len(given)


@pytest.mark.slow
def test_played_again_today_every_deadline_is_the_same(tmp_path: Path) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    again = rows(history.replay(tmp_path, NOTES))

    def story(found: list[Row]) -> dict[bytes, list[tuple[Any, ...]]]:
        told: dict[bytes, list[tuple[Any, ...]]] = {}
        for row in found:
            if dates(row):
                said = (row["type"], row["recorded_at"], row["pack"], row["calendar"], *dates(row))
                told.setdefault(row["stream"], []).append(said)
        return told

    assert story(again) == story(ROWS)
