"""A store that was restored from an older copy is recognised by the topic before anything is accepted."""

from __future__ import annotations

import pytest

from hub.log.access import Access
from hub.log.port import AHEAD

from .kafka_parts import access_to, relay_of, running
from .rows import ListStore, answer, events


@pytest.fixture
def published(kafka: str) -> tuple[Access, ListStore]:
    """A topic with 200 events and an inbox with 5 messages, and the store they came from."""
    access = access_to(kafka)
    store = ListStore(events(200))
    store.deliveries.append("court", *[answer(k) for k in range(5)])
    with running(store, access, ["court"]) as relay:
        assert relay.wait_published(200, 20) and relay.wait_delivered(10)
    return access, store


def restored(store: ListStore, position: int, n: int = 5) -> ListStore:
    """An older copy: fewer rows, and the hints it had then."""
    copy = ListStore(store.rows[:position])
    copy.deliveries.append("court", *[body for _, _, body in store.deliveries.rows["court"][:n]])
    return copy


def test_the_same_store_is_not_ahead(published: tuple[Access, ListStore]) -> None:
    access, store = published
    assert relay_of(store, access, ["court"]).check() is None


@pytest.mark.parametrize("position", [0, 1, 150, 199])
def test_a_topic_with_more_events_is_ahead(published: tuple[Access, ListStore], position: int) -> None:
    access, store = published
    relay = relay_of(restored(store, position), access, ["court"])
    problem = relay.check()
    assert problem is not None and problem.code == AHEAD
    with pytest.raises(RuntimeError):
        relay.start()


def test_an_inbox_with_more_messages_is_ahead(published: tuple[Access, ListStore]) -> None:
    access, store = published
    problem = relay_of(restored(store, 200, n=4), access, ["court"]).check()
    assert problem is not None and problem.code == AHEAD and "court.inbox" in problem.detail


def test_other_bytes_at_the_same_position_are_ahead(published: tuple[Access, ListStore]) -> None:
    """A restored copy that went on without the broker: as many events, but others."""
    access, store = published
    copy = restored(store, 150)
    copy.rows += events(50, first=151, salt="another history")
    problem = relay_of(copy, access, ["court"]).check()
    assert problem is not None and problem.code == AHEAD and "number 151" in problem.detail


def test_other_bytes_beyond_the_hint_are_seen_though_reading_starts_there(
    published: tuple[Access, ListStore],
) -> None:
    access, store = published
    copy = restored(store, 150)
    hint = store.hints.kept[access.topics.events]
    copy.hints.kept = {access.topics.events: hint._replace(number=140, offset=140)}
    assert relay_of(restored(store, 200), access, ["court"]).check() is None
    copy.rows += events(60, first=151, salt="another history")
    problem = relay_of(copy, access, ["court"]).check()
    assert problem is not None and problem.code == AHEAD


def test_a_hint_beyond_the_store_is_not_trusted(published: tuple[Access, ListStore]) -> None:
    access, store = published
    copy = restored(store, 100)
    copy.hints.kept = dict(store.hints.kept)  # says 200
    problem = relay_of(copy, access, ["court"]).check()
    assert problem is not None and problem.code == AHEAD
