"""Many callers at once: each gets its own answer, the log is one gapless chain, and transactions are shared."""

import asyncio
import threading
import time
from typing import Any

from hub.store import Batch, Store
from hub.words import Answer
from tests.writer.parts import Author, check_log, dispute_of, found, one, outcomes, running

CALLERS = 32


def count_batches(store: Store, sizes: list[int]) -> None:
    """From now on notes how many answers each transaction holds."""
    lease: Any = store._lease
    real = lease.append

    def append(batch: Batch) -> None:
        real(batch)
        sizes.append(len(batch.answers))

    lease.append = append


def test_threads(store: Store) -> None:
    with running(store) as writer:
        found(writer)
        sizes: list[int] = []
        count_batches(store, sizes)
        problems: list[str] = []

        def caller(number: int) -> None:
            author = Author(f"system-{number}")
            for _ in range(10):
                new = author.register()
                dispute = dispute_of(new)
                said = [one(writer, command) for command in (new, author.attempt(dispute), author.refer(dispute))]
                if [(a.outcome, a.version, a.dispute) for a in said] != [("done", v, dispute) for v in (1, 2, 3)]:
                    problems.append(str(said))
                if not said[0].position < said[1].position < said[2].position:
                    problems.append(str([a.position for a in said]))

        threads = [threading.Thread(target=caller, args=(n,)) for n in range(CALLERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not problems
        assert sum(sizes) == CALLERS * 30
        assert len(sizes) < sum(sizes) / 3, "the callers did not share transactions"
        assert max(sizes) <= 64
    assert check_log(store) == 3 + CALLERS * 30
    assert store.answers.count() == 3 + CALLERS * 30


def test_coroutines(store: Store) -> None:
    with running(store) as writer:
        found(writer)

        async def caller(number: int) -> list[Answer]:
            author = Author(f"system-{number}")
            new = author.register()
            said: list[Any] = []
            for command in (new, author.attempt(dispute_of(new)), author.attempt(dispute_of(new))):
                said += await writer.ask_async([command])
            return said

        async def all_callers() -> list[list[Answer]]:
            return await asyncio.gather(*[caller(n) for n in range(100)])

        for said in asyncio.run(all_callers()):
            assert [(a.outcome, a.version) for a in said] == [("done", 1), ("done", 2), ("done", 3)]
    assert check_log(store) == 303


def test_a_later_command_of_a_batch_sees_the_earlier_ones(store: Store) -> None:
    with running(store) as writer:
        found(writer)
        author = Author()
        new = author.register()
        dispute = dispute_of(new)
        said = writer.ask([new, author.refer(dispute), author.refer(dispute), author.attempt(dispute)])
        assert outcomes(said) == ["done", "done", "dispute.handover_open", "done"]
        assert [a.version for a in said if isinstance(a, Answer)] == [1, 2, 2, 3]
    assert check_log(store) == 6


def test_a_lone_caller_never_waits_for_company(store: Store) -> None:
    """A batch that waits for more, be it 5 ms, makes 200 commands of one caller last a second and more."""
    with running(store) as writer:
        found(writer)
        author = Author()
        new = author.register()
        one(writer, new)
        sizes: list[int] = []
        count_batches(store, sizes)
        began = time.perf_counter()
        handed: list[float] = []
        for _ in range(50):
            started = time.perf_counter()
            one(writer, author.attempt(dispute_of(new)))
            handed.append(time.perf_counter() - started)
        assert sizes == [1] * 50
        assert min(handed) < 0.005, f"{(time.perf_counter() - began) / 50:.4f} s per command"


def test_a_cold_dispute_is_read_once_for_the_whole_batch(store: Store) -> None:
    author = Author()
    news = [author.register() for _ in range(20)]
    with running(store) as writer:
        found(writer)
        writer.ask(news)
    with running(store) as writer:
        lease: Any = store._lease
        asked: list[int] = []
        real = lease.load

        def load(streams: Any) -> Any:
            asked.append(len(streams))
            return real(streams)

        lease.load = load
        said = writer.ask([author.attempt(dispute_of(n)) for n in news])
        assert outcomes(said) == ["done"] * 20
        assert outcomes(writer.ask([author.attempt(dispute_of(n)) for n in news])) == ["done"] * 20
        assert asked == [20]
    check_log(store)


def test_the_cache_is_bounded_and_what_fell_out_is_read_again(store: Store) -> None:
    author = Author()
    with running(store, cache=5) as writer:
        found(writer)
        news = [author.register() for _ in range(12)]
        writer.ask(news)
        assert 1 <= writer.cached <= 5
        assert [one(writer, author.attempt(dispute_of(n))).version for n in news] == [2] * 12
        assert [one(writer, author.attempt(dispute_of(n))).version for n in reversed(news)] == [3] * 12
        # More disputes in one batch than the cache holds: none may be lost on the way to its decision.
        mixed = [command for n in news for command in (author.attempt(dispute_of(n)), author.attempt(dispute_of(n)))]
        assert outcomes(writer.ask(mixed)) == ["done"] * 24
        assert 1 <= writer.cached <= 5
    check_log(store)
