"""A batch is stored wholly or not at all, and the three ways of failing are told apart."""

import pytest

from hub.store import Batch, Conflict, Fenced, Move, Quarantined, SealedRow, Store
from tests.store.rows import answer, batch, delivery, events


def everything(last: int) -> Batch:
    """A batch with a row for every table."""
    made = batch(last, 3)
    first = made.events[0].stream
    return made._replace(
        deliveries=[delivery("court", 1), delivery("police", 2), delivery("court", 3)],
        moves=[Move("court", "", 0, "topic-1", 7)],
        quarantine=[Quarantined("court", "topic-1", 5, "submission.unreadable", "", "", b"\x00raw\xff")],
        numbers=[("532301-2026", 4)],
        sealed=[
            SealedRow(first, 0, "张某", b"s" * 32),
            SealedRow(first, 1, None, None),
        ],
    )


def test_all_parts_are_stored_together(store: Store) -> None:
    lease = store.acquire(0)
    given = everything(0)
    store.append(given)
    assert store.read(0, 10) == given.events
    assert store.head()[1:] == (3, 1_000)
    stored = given.answers[0]
    assert store.answers.get(stored.system, stored.command_id) == stored
    assert lease.answers([(stored.system, stored.command_id)]) == {(stored.system, stored.command_id): stored}
    assert [n for n, _, _ in store.deliveries.read("court", 0, 10)] == [1, 2]
    assert store.deliveries.read("court", 1, 10) == [(2, 3, given.deliveries[2].body)]
    assert store.offset("court") == ("topic-1", 7)
    assert store.quarantine.list()[0].raw == b"\x00raw\xff"
    assert lease.numbers() == {"532301-2026": 4}
    assert [p.masked for p in store.sealed.read(given.events[0].stream)] == ["张某", None]
    bodies = [e.body for e in given.events]
    assert lease.load([given.events[0].stream, bytes(16)]) == {given.events[0].stream: bodies}
    assert store.load([given.events[0].stream]) == {given.events[0].stream: bodies}


@pytest.mark.parametrize("broken", ["answer", "version", "outbox", "first outbox", "sealed"])
def test_a_conflict_leaves_nothing(store: Store, broken: str) -> None:
    lease = store.acquire(0)
    first = everything(0)
    store.append(first)
    second = everything(3)._replace(moves=[Move("court", "topic-1", 7, "topic-1", 9)])
    if broken == "answer":
        second = second._replace(answers=[answer(), first.answers[0]])
    elif broken == "version":
        second = second._replace(events=events(3, 2, first.events[0].stream, 1))
    elif broken == "outbox":
        second = second._replace(moves=[Move("court", "topic-1", 6, "topic-1", 9)])
    elif broken == "first outbox":
        second = second._replace(moves=[Move("court", "", 0, "topic-1", 9)])
    else:
        second = second._replace(sealed=first.sealed)
    with pytest.raises(Conflict) as failure:
        store.append(second)
    assert (failure.value.what == "outbox") == ("outbox" in broken)
    assert store.head().position == lease.head.position == 3
    assert len(store.read(0, 100)) == 3
    assert store.answers.count() == 1
    assert store.deliveries.lasts() == {"court": 2, "police": 1}
    assert store.offset("court") == ("topic-1", 7)
    assert len(store.quarantine.list()) == 1
    # What the conflict left untouched takes the next batch, and inbox numbers go on without a gap.
    store.append(batch(3, 1, deliveries=[delivery("court")]))
    assert store.deliveries.last("court") == 3


def test_a_commit_repeated_by_mistake_is_refused(store: Store) -> None:
    store.acquire(0)
    only_events = Batch(0, 1_000, events(0, 1))
    store.append(only_events)
    with pytest.raises(Fenced):
        store.append(only_events)
    assert store.position() == 1


def test_an_outbox_moves_to_a_recreated_topic(store: Store) -> None:
    store.acquire(0)
    store.append(Batch(0, 1, moves=[Move("court", "", 0, "topic-1", 7)]))
    store.append(Batch(0, 2, moves=[Move("court", "topic-1", 7, "topic-2", 2)]))
    assert store.offset("court") == ("topic-2", 2)
    with pytest.raises(Conflict):
        store.append(Batch(0, 3, moves=[Move("court", "topic-1", 7, "topic-1", 9)]))


def test_the_recorded_instant_never_goes_back(store: Store) -> None:
    store.acquire(0)
    store.append(Batch(0, 5_000, events(0, 1)))
    store.append(Batch(1, 4_000, events(1, 1)))
    assert store.head().recorded_at == 5_000


def test_a_large_batch_of_every_shape_comes_back_unchanged(store: Store) -> None:
    store.acquire(0)
    many = []
    for i in range(40):
        dispute = bytes([i]) * 16
        base = answer(f"system-{i % 7}")._replace(dispute=dispute)
        refused = answer("court")._replace(
            outcome="refused", position=0, code="access.denied", field="agency", detail="详情 ✓", dispute=None
        )
        nothing = answer("police")._replace(outcome="nothing", dispute=None, position=0)
        many += [base, refused, nothing, refused._replace(command_id=answer().command_id, dispute=dispute)]
    store.append(Batch(0, 1_000, events(0, 60), many))
    assert all(store.answers.get(a.system, a.command_id) == a for a in many)
