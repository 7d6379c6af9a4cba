"""A store that is empty, or was restored from an older copy, gets everything back from the topics, byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from hub.log import TableLog
from hub.log.access import Access
from hub.log.port import AHEAD
from hub.log.recover import RecoverRefused, Report, recover
from hub.log.relay import Relay
from hub.log.wire import Wire
from hub.projections.deliveries import NAME, Deliveries
from hub.store import Store, open_store
from hub.store import tables as t
from hub.words import AgencyId, CommandId, lead_id, screening_id
from hub.writer import SystemClock
from tests.intake.hub_parts import (
    ADDED,
    CONTRACT,
    COURT,
    POLICE,
    Parts,
    command_id,
    make_topics,
    register,
    running,
    stored_command,
    taking_in,
)

from .kafka_parts import access_to, raw_producer


class City(NamedTuple):
    access: Access
    older: Path  # folder of a copy made half way
    newest: Path
    first: bytes  # the value of the first command


def systems(store: Store) -> list[str]:
    return sorted(store.credentials.systems())


def send(access: Access, *values: tuple[str, bytes]) -> None:
    with raw_producer(access) as producer:
        for system, value in values:
            producer.send(access.topics.outbox(system), value, partition=0)
        producer.flush(20)


def deliver(store: Store, position: int) -> None:
    follower = Deliveries(store, CONTRACT, TableLog(store))
    follower.catch_up(position)
    follower.stop()


def publish(store: Store, access: Access) -> None:
    relay = Relay(store, CONTRACT, access, lambda: systems(store))
    assert relay.check() is None
    relay.start()
    assert relay.wait_published(store.position(), 30) and relay.wait_delivered(30)
    relay.stop()


def lead_reported(ident: str) -> bytes:
    """A lead in the court's book of screenings."""
    return CONTRACT.to_kafka(stored_command("report_lead", ident, COURT, source="other", summary="线索"))


def lead_assessed(ident: str) -> bytes:
    lead = lead_id("court", CommandId(command_id(ident)))
    return CONTRACT.to_kafka(stored_command("assess_lead", f"{ident} assessed", COURT, lead=lead, ordinal=2))


def lead_settled(ident: str) -> bytes:
    lead = lead_id("court", CommandId(command_id(ident)))
    return CONTRACT.to_kafka(stored_command("settle_lead", f"{ident} settled", COURT, lead=lead, outcome="unfounded"))


@pytest.fixture
def city(kafka: str, tmp_path: Path) -> City:
    """Two hundred commands through outboxes, everything published; a copy of the store from half way."""
    access = access_to(kafka)
    newest, older = tmp_path / "newest", tmp_path / "older"
    newest.mkdir()
    make_topics(access, ["court", "police"])
    first = register("c0")
    for half in (0, 1):
        with running(newest) as parts, taking_in(parts, access) as intake:
            every = []
            for k in range(half * 50, half * 50 + 50):
                every += [("court", register(f"c{k}") if k else first), ("police", register(f"p{k}", POLICE))]
            every += [("police", register(f"not ours {half}", COURT)), ("court", b"garbage"), ("court", first)]
            every += [("court", lead_reported(f"l{half}")), ("court", lead_assessed(f"l{half}"))]
            send(access, *every)
            assert intake.barrier(30)
            deliver(parts.store, parts.store.position())
            publish(parts.store, access)
        if half == 0:
            shutil.copytree(newest, older)
    return City(access, older, newest, first)


def restored(store: Store, access: Access, **more: Any) -> Report:
    return recover(store, CONTRACT, access, SystemClock().now(), **more)


def content(store: Store) -> dict[str, Any]:
    """What must be the same: log, inboxes, counters; answers without their hashes."""
    with store.engine.connect() as connection:
        answers = {
            (row.system, row.command_id): tuple(row)[3:]
            for row in connection.execute(select(t.answers))
            if row.system != "hub"
        }
        numbers = {row.series: row.last for row in connection.execute(select(t.numbers))}
    return {
        "events": store.read(0, 10_000),
        "inboxes": {s: store.deliveries.read(s, 0, 10_000) for s in ("court", "police")},
        "lasts": store.deliveries.lasts(),
        "answers": answers,
        "numbers": numbers,
    }


def opened(folder: Path) -> Store:
    folder.mkdir(exist_ok=True)
    return open_store(f"sqlite:///{folder / 'hub.db'}")


@pytest.mark.parametrize(
    "which", ["older copy", "empty store", pytest.param("empty PostgreSQL", marks=pytest.mark.postgres)]
)
def test_everything_published_comes_back(
    city: City, which: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    expected = opened(city.newest)
    if which == "empty PostgreSQL":
        store = open_store(request.getfixturevalue("pg_url")())
    else:
        store = opened(city.older if which == "older copy" else tmp_path / "empty")
    relay = Relay(store, CONTRACT, city.access, lambda: ["court", "police"])
    problem = relay.check()
    assert problem is not None and problem.code == AHEAD
    seen: list[tuple[int, int]] = []
    report = restored(store, city.access, on_progress=lambda done, all_: seen.append((done, all_)))
    assert content(store) == content(expected)
    assert store.head().recorded_at == expected.head().recorded_at
    assert report.position == expected.position() and report.lost == 0
    assert report.events == expected.position() - (store.position() - report.events) > 0
    assert seen and seen[-1][0] == seen[-1][1] > 200
    assert relay.check() is None
    again = restored(store, city.access)
    assert (again.events, again.messages, again.answers) == (0, 0, 0)
    assert content(store) == content(expected)
    expected.close()
    store.close()


def test_the_recovered_hub_goes_on(city: City, tmp_path: Path) -> None:
    """Repeats are answered from the recovered answers, numbers and inboxes go on, nothing is delivered twice."""
    empty = tmp_path / "empty"
    store = opened(empty)
    restored(store, city.access)
    store.close()
    expected = opened(city.newest)
    with running(empty) as parts:
        before = {s: parts.inbox(s) for s in ("court", "police")}
        deliver(parts.store, parts.store.position())
        assert {s: parts.inbox(s) for s in ("court", "police")} == before, "no inbox is filled twice"
        position = parts.store.position()
        with taking_in(parts, city.access) as intake:
            send(city.access, ("court", city.first), ("court", register("new")), ("court", lead_settled("l0")))
            assert intake.barrier(30)
        answers = [m for kind, m in parts.inbox("court")[len(before["court"]) :] if kind == "answer"]
        # The offsets are not in the topics: the whole outbox is read again, and answered from the stored answers.
        settled = answers.pop()  # in a book that came back too
        assert (settled["dispute"], settled["version"], settled["outcome"]) == (
            screening_id(AgencyId(COURT)),
            5,
            "done",
        )
        assert [a["command_id"] for a in answers[-2:]] == [command_id("c0"), command_id("new")]
        old = expected.answers.get("court", command_id("c0"))
        assert old is not None and (answers[-2]["position"], answers[-2]["outcome"]) == (old.position, "done")
        assert parts.store.position() == position + 2
        number = CONTRACT.picker({"dispute.registered": ("number",)})(parts.store.read(position, 1)[0].body)
        assert number is not None and number[1][0].endswith("-00201")
        deliver(parts.store, parts.store.position())
        publish(parts.store, city.access)
    expected.close()


def test_an_inbox_that_was_behind_is_filled_to_its_end(city: City, tmp_path: Path) -> None:
    """The court's messages were published to the end, the police's only half: each is filled from its own end."""
    access = access_to(city.access.bootstrap)
    expected = opened(city.newest)
    whole = {s: expected.deliveries.read(s, 0, 10_000) for s in ("court", "police")}
    make_topics(access, ["court", "police"])
    wire = Wire(CONTRACT)
    with raw_producer(access) as producer:
        for row in expected.read(0, 10_000):
            r = wire.event(row)
            producer.send(access.topics.events, r.value, r.key, r.headers, 0)
        for system, part in (("court", 1.0), ("police", 0.5)):
            rows = whole[system]
            for n, _, body in rows[: int(len(rows) * part)]:
                r = wire.delivery(system, n, body)
                producer.send(access.topics.inbox(system), r.value, r.key, r.headers, 0)
        producer.flush(20)
    store = opened(tmp_path / "empty")
    store.credentials.add("court", [COURT], ["agency"], ADDED)
    store.credentials.add("police", [POLICE], ["agency"], ADDED)
    restored(store, access)
    deliver(store, store.position())
    assert store.deliveries.read("court", 0, 10_000) == whole["court"]
    found = store.deliveries.read("police", 0, 10_000)
    assert [row[1:] for row in found if row[1]] == [row[1:] for row in whole["police"] if row[1]]
    assert store.deliveries.position(NAME) == store.position()
    store.close()
    expected.close()


def test_it_refuses_while_a_hub_holds_the_lease(city: City) -> None:
    with running(city.older) as parts:
        other = opened(city.older)
        with pytest.raises(RecoverRefused, match=r"recover.running"):
            restored(other, city.access)
        other.close()
        assert parts.store.position() > 0


def test_another_history_is_refused_and_left_as_it_is(city: City) -> None:
    with running(city.older) as parts:
        parts.writer.ask([_command(parts, "meanwhile")])
    store = opened(city.older)
    before = content(store)
    with pytest.raises(RecoverRefused, match=r"recover.differs"):
        restored(store, city.access)
    assert content(store) == before
    store.close()


def _command(parts: Parts, name: str) -> Any:
    from hub.aggregates.wire import to_command

    schema, values = CONTRACT.decode(CONTRACT.from_kafka(register(name)))
    return to_command(CONTRACT, "court", schema, values)


def test_interrupted_anywhere_it_ends_the_same_when_repeated(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken off in the middle of every kind of step, then repeated."""
    import hub.log.recover as module

    monkeypatch.setattr(module, "CHUNK", 40)
    expected = content(opened(city.newest))
    store = opened(tmp_path / "empty")

    def breaking(target: Any, name: str, after: int) -> Callable[[], None]:
        real, calls = getattr(target, name), iter(range(10_000))

        def broken(*args: Any, **more: Any) -> Any:
            if next(calls) >= after:
                raise InterruptedError
            return real(*args, **more)

        monkeypatch.setattr(target, name, broken)
        return lambda: monkeypatch.setattr(target, name, real)

    for target, name in ((store.answers, "restore"), (store.deliveries, "restore")):
        for after in (0, 1, 3):
            mend = breaking(target, name, after)
            with pytest.raises(InterruptedError):
                restored(store, city.access)
            mend()
    restored(store, city.access)
    assert content(store) == expected
    store.close()


def test_a_broken_chain_is_refused(city: City, tmp_path: Path) -> None:
    access = access_to(city.access.bootstrap)
    make_topics(access, [])
    wire = Wire(CONTRACT)
    source = opened(city.newest)
    rows = source.read(0, 20)
    with raw_producer(access) as producer:
        for k, row in enumerate(rows):
            if k == 10:
                row = row._replace(body=rows[9].body)
            r = wire.event(row)
            producer.send(access.topics.events, r.value, r.key, r.headers, 0)
        producer.flush(10)
    store = opened(tmp_path / "empty")
    with pytest.raises(RecoverRefused, match=r"recover.chain: position 11"):
        restored(store, access)
    store.close()
    source.close()


def test_events_behind_a_gap_are_given_up_only_when_told_so(city: City, tmp_path: Path) -> None:
    """11 to 13 were never written and the store that had them is lost: no reader ever applied 14 and 15."""
    access = access_to(city.access.bootstrap)
    make_topics(access, [])
    wire = Wire(CONTRACT)
    source = opened(city.newest)
    rows = source.read(0, 15)
    with raw_producer(access) as producer:
        for row in (*rows[:10], *rows[13:]):
            r = wire.event(row)
            producer.send(access.topics.events, r.value, r.key, r.headers, 0)
        producer.flush(10)
    store = opened(tmp_path / "empty")
    with pytest.raises(RecoverRefused, match=r"recover.gap"):
        restored(store, access)
    relay = Relay(store, CONTRACT, access, lambda: [])
    problem = relay.check()
    assert problem is not None and problem.code == AHEAD
    assert restored(store, access, abandon_after_gap=True).position == 10
    for row in rows[:10]:  # no inbox carries these answers: the events themselves do
        system, command = CONTRACT.decode(row.body)[1][6], CONTRACT.decode(row.body)[1][8]
        answer = store.answers.get(system, command)
        assert answer is not None and (answer.position, answer.dispute) == (row.position, row.stream)
    assert relay.check() is None
    store.close()
    source.close()


def test_an_answer_about_events_that_are_nowhere_is_not_put_back(city: City, tmp_path: Path) -> None:
    access = access_to(city.access.bootstrap)
    make_topics(access, ["court"])
    wire = Wire(CONTRACT)
    source = opened(city.newest)
    with raw_producer(access) as producer:
        for row in source.read(0, 5):
            r = wire.event(row)
            producer.send(access.topics.events, r.value, r.key, r.headers, 0)
        for n, _, body in source.deliveries.read("court", 0, 10_000):
            r = wire.delivery("court", n, body)
            producer.send(access.topics.inbox("court"), r.value, r.key, r.headers, 0)
        producer.flush(10)
    store = opened(tmp_path / "empty")
    report = restored(store, access)
    assert report.lost > 0
    assert store.deliveries.last("court") == source.deliveries.last("court"), "what was sent stays sent"
    assert store.answers.get("court", command_id("c49")) is None, "its sender may send it again"
    store.close()
    source.close()
