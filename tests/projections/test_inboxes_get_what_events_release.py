"""Every event reaches the systems it concerns, once, in order, without a gap, and no others; whatever restarts."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from hub import words as w
from hub.aggregates.decide import Interner, evolve, restore
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute.events import Event
from hub.aggregates.dispute.state import Dispute
from hub.contract import leaf_hash, load
from hub.log import TableLog
from hub.projections.deliveries import Deliveries
from hub.store import Batch, Store, open_store
from hub.words import Stored
from tests.projections.histories import CITY, History

from .parts import pack

CONTRACT = load()
MESSAGES = 1_000_000


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = f"sqlite:///{tmp_path / 'hub.db'}" if request.param == "sqlite" else request.getfixturevalue("pg_url")()
    opened = open_store(url)
    opened.acquire(1)
    for code, *_ in CITY:
        opened.credentials.add(f"{code}-system", [w.agency_id(code)], ["system"], 1)
    opened.credentials.add("auditor", [], ["system"], 1)
    yield opened
    opened.close()


def put(store: Store, events: list[Stored]) -> None:
    last = events[0].position - 1
    store.append(Batch(last, last + 1, events))


def inbox(store: Store, system: str) -> list[tuple[int, int, tuple[Any, ...]]]:
    found = []
    for n, position, body in store.deliveries.read(system, 0, MESSAGES):
        schema, values = CONTRACT.decode(body)
        assert schema.name == "event"
        found.append((n, position, values))
    return found


def states(log: list[Stored]) -> dict[int, tuple[Dispute | None, Dispute, Event]]:
    """Per position of a dispute event: state before, after, the event."""
    found: dict[int, tuple[Dispute | None, Dispute, Event]] = {}
    now: dict[bytes, Dispute] = {}
    for stored in log:
        _, event = restore(CONTRACT, stored.body, Interner())
        if isinstance(event, Event):
            before = now.get(stored.stream)
            now[stored.stream] = evolve(before, event, stored.stream)
            found[stored.position] = (before, now[stored.stream], event)
    return found


def concerned(before: Dispute | None, after: Dispute, event: Event) -> tuple[set[bytes], set[bytes]]:
    """(who must get it, who may): from the machine's own states, not from the follower's fold."""
    must: set[bytes] = {after.custodian} | ({before.custodian} if before else set())
    body: Any = event.body
    settlers: set[bytes] = set()
    for state in filter(None, (before, after)):
        referral = state.referral(getattr(body, "referral", None))
        if referral is not None:
            must |= {referral.sender, referral.receiver}
            settlers |= {referral.settler} if referral.settler is not None else set()
        for name in ("supervisions", "reports"):
            settlers |= {a for d in getattr(state, name) for a in (d.debtor, d.creditor)}
    must |= set(getattr(body, "recipients", ()))
    for field in ("supervised", "supervisor", "recipient", "debtor", "successor", "settler"):
        if getattr(body, field, None) is not None:
            must.add(getattr(body, field))
    return must, must | settlers | ({body.closing} if hasattr(body, "closing") else set())


@pytest.mark.parametrize("seed", range(4))
def test_each_event_reaches_exactly_those_it_concerns(store: Store, seed: int) -> None:
    history = History(CONTRACT, pack(), random.Random(seed)).play(500)
    log = history.log
    put(store, log)
    dice = random.Random(seed)
    follower = Deliveries(store, CONTRACT, TableLog(store))
    while follower.position < len(log):
        follower.step(limit=dice.randint(1, 30))
        if dice.random() < 0.3:  # killed and started again: nothing is in memory
            follower = Deliveries(store, CONTRACT, TableLog(store))
    got: dict[int, set[bytes]] = {}
    for code, *_ in CITY:
        messages = inbox(store, f"{code}-system")
        assert [n for n, *_ in messages] == list(range(1, len(messages) + 1))
        positions = [position for _, position, _ in messages]
        assert positions == sorted(set(positions))
        for _, position, values in messages:
            stored = log[position - 1]
            assert values[:5] == (position, leaf_hash(stored.body), stored.topic, stored.stream, stored.version)
            assert CONTRACT.from_kafka(values[6]) == stored.body
            got.setdefault(position, set()).add(w.agency_id(code))
    known = {w.agency_id(code) for code, *_ in CITY}
    by_position = states(log)
    for stored in log:
        received = got.get(stored.position, set())
        if stored.position not in by_position:
            assert received == known, stored.topic  # the registry is for all
            continue
        must, may = concerned(*by_position[stored.position])
        assert must & known <= received <= may, (stored.position, stored.topic)
        # Whoever receives it has or had a part in the dispute.
        _, after, event = by_position[stored.position]
        assert (
            received
            <= set(after.roles) | {getattr(event.body, "settler", None)} | {r.settler for r in after.referrals} | may
        )
    auditor = [log[position - 1].topic for _, position, _ in inbox(store, "auditor")]
    assert auditor == [s.topic for s in log if s.topic.startswith("agency.")]


def test_a_repeated_batch_and_a_second_follower_deliver_nothing_twice(store: Store) -> None:
    history = History(CONTRACT, pack(), random.Random(3)).play(200)
    put(store, history.log)
    first = Deliveries(store, CONTRACT, TableLog(store))
    second = Deliveries(store, CONTRACT, TableLog(store))
    assert first.position == second.position == 0  # both believe they are next
    first.step(limit=50)
    second.step(limit=30)  # overlaps what the first one stored: refused, and it goes on from there
    assert second.position == 50
    while first.position < len(history.log):
        first.step(limit=7)
        second.step(limit=7)
    positions = [position for _, position, _ in inbox(store, "auditor")]
    assert positions == [s.position for s in history.log if s.topic.startswith("agency.")]
    assert positions == sorted(set(positions))


def test_a_system_added_later_gets_what_comes_later(store: Store) -> None:
    history = History(CONTRACT, pack(), random.Random(3))
    dispute = history.do("village", c.Register("neighbour", "p", "visit", ()))
    assert dispute is not None
    put(store, history.log)
    follower = Deliveries(store, CONTRACT, TableLog(store))
    follower.catch_up(len(history.log))
    store.credentials.add("late", [w.agency_id("village")], ["system"], 1)
    before = len(history.log)
    history.do("village", c.Attempt(True, "", history.now, "", ""), dispute)
    put(store, history.log[before:])
    follower.catch_up(len(history.log))
    assert [values[2] for *_, values in inbox(store, "late")] == ["attempt.held"]
    store.credentials.disable("late", 2)
    history.do("village", c.Attempt(True, "", history.now, "", ""), dispute)
    put(store, history.log[-1:])
    follower.catch_up(len(history.log))
    assert len(inbox(store, "late")) == 1
