"""COMMIT was sent, its answer is lost: stored or not? The stored answers tell, and nothing is doubled."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import make_url

from hub.store import Batch, Store, Unknown, open_store
from tests.writer.parts import Author, check_log, dispute_of, found, one, outcomes, running
from tests.writer.proxy import LosingProxy


@pytest.fixture
def proxied(pg_url: Callable[[], str]) -> Iterator[tuple[Store, LosingProxy]]:
    url = make_url(pg_url())
    assert url.host is not None and url.port is not None
    proxy = LosingProxy(url.host, url.port)
    store = open_store(url.set(port=proxy.port).render_as_string(hide_password=False))
    yield store, proxy
    store.close()
    proxy.close()


@pytest.mark.postgres
def test_the_server_stored_it_and_its_answer_never_came(proxied: tuple[Store, LosingProxy]) -> None:
    store, proxy = proxied
    author = Author()
    with running(store) as writer:
        found(writer)
        epoch = store.head().epoch
        new = author.register()
        commands = [new, author.attempt(dispute_of(new)), author.attempt(b"x" * 16), author.refer(dispute_of(new))]
        proxy.lose_next_answer()
        said = writer.ask(commands)
        assert proxy.lost.is_set()
        assert outcomes(said) == ["done", "done", "dispute.unknown", "done"]
        assert store.head().epoch == epoch + 1
        assert [a for a in said] == [store.answers.get(c.system, c.command_id) for c in commands]
        assert one(writer, author.attempt(dispute_of(new))).version == 4
    assert check_log(store) == 3 + 4


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "not stored"])
def test_both_fates_on_both_databases(store: Store, stored: bool) -> None:
    author = Author()
    with running(store) as writer:
        found(writer)
        new = author.register()
        commands = [new, author.attempt(dispute_of(new))]
        lose(store, stored)
        assert outcomes(writer.ask(commands)) == ["done", "done"]
        assert one(writer, author.attempt(dispute_of(new))).version == 3
        assert one(writer, commands[1]).version == 2
    assert check_log(store) == 6
    assert store.answers.count() == 6


def test_a_store_that_fails_again_and_again_gives_incidents_not_answers(store: Store) -> None:
    author = Author()
    with running(store) as writer:
        found(writer)
        new = author.register()
        real = store.acquire

        def acquire(now: int, take_over: bool = False) -> Any:
            lease: Any = real(now, take_over)
            lease.append = always_unknown
            return lease

        store.acquire = acquire  # type: ignore[method-assign]
        lose(store, False)
        assert outcomes(writer.ask([new])) == ["hub.store_failed"]
        store.acquire = real  # type: ignore[method-assign]
        lose(store, False)
        assert outcomes(writer.ask([new])) == ["done"]
    assert check_log(store) == 4


def always_unknown(batch: Batch) -> None:
    raise Unknown("test")


def lose(store: Store, stored: bool) -> None:
    """The next transaction's fate stays unknown."""
    lease: Any = store._lease
    real = type(lease).append.__get__(lease)

    def append(batch: Batch) -> None:
        if stored:
            real(batch)
        lease._connection.close()
        raise Unknown("test")

    lease.append = append
