"""A transaction that fails leaves nothing behind: not in the cache, not in the registry, not in the counters."""

from typing import Any

import pytest
from sqlalchemy import text

from hub.aggregates.agency import names
from hub.store import Batch, Conflict, Store
from hub.words import HUB_AGENCY, HUB_SYSTEM
from hub.writer import Writer
from tests.writer.parts import POLICE, Author, breaks_on, check_log, dispute_of, found, one, outcomes, running


def fail_next(store: Store, times: int, error: Exception) -> None:
    """The next transactions run to their end and are then rolled back."""
    lease: Any = store._lease
    real = lease.append
    left = [times]

    def append(batch: Batch) -> None:
        if left[0]:
            left[0] -= 1
            raise error
        real(batch)

    lease.append = append


def test_a_rolled_back_batch_with_a_warm_cache(store: Store) -> None:
    author = Author()
    with running(store) as writer:
        found(writer)
        new = author.register()
        dispute = dispute_of(new)
        one(writer, new)
        # All three fail together, then the first of them again by itself; the others must not see its events.
        fail_next(store, 2, Conflict("test"))
        offer = author.refer(dispute)
        said = writer.ask([offer, author.attempt(dispute), author.refer(dispute)])
        assert outcomes(said) == ["hub.store_failed", "done", "done"]
        assert [getattr(a, "version", None) for a in said] == [None, 2, 3]
        # Not an answer: the same id may be sent again and is decided on what is true now.
        assert one(writer, offer).code == "dispute.handover_open"
    assert check_log(store) == 6


def test_a_lost_register_uses_up_no_case_number(store: Store) -> None:
    author = Author()
    with running(store) as writer:
        found(writer)
        fail_next(store, 2, Conflict("test"))
        said = writer.ask([author.register(), author.register()])
        assert outcomes(said) == ["hub.store_failed", "done"]
        assert outcomes(writer.ask([author.register()])) == ["done"]
    assert numbers(store) == ["532301-2026-00001", "532301-2026-00002"]


def test_a_rolled_back_registry_event(store: Store) -> None:
    operator = Author(HUB_SYSTEM)
    with running(store) as writer:
        found(writer)
        before = writer.registry
        fail_next(store, 2, Conflict("test"))
        said = writer.ask([operator(names.CloseIntake(POLICE, "搬迁"), HUB_AGENCY)])
        assert outcomes(said) == ["hub.store_failed"]
        assert writer.registry is before
        said = writer.ask([operator(names.CloseIntake(POLICE, "搬迁"), HUB_AGENCY)])
        assert outcomes(said) == ["done"]
        police = writer.registry.agency(POLICE)
        assert police is not None
        assert not police.intake_open
        assert before is not writer.registry
    assert check_log(store) == 4


def test_a_real_conflict_in_the_database(store: Store) -> None:
    """An answer that somebody else stored meanwhile, behind the writer's back."""
    author = Author()
    with running(store) as writer:
        found(writer)
        new = author.register()
        one(writer, new)
        spoilt, fine = author.attempt(dispute_of(new)), author.attempt(dispute_of(new))
        answer = one(writer, author.attempt(dispute_of(new)))
        store.answers.restore([answer._replace(command_id=spoilt.command_id, digest=spoilt.digest, version=77)])
        said = writer.ask([fine, spoilt])
        assert [getattr(a, "version", None) for a in said] == [3, 77]
        assert one(writer, author.attempt(dispute_of(new))).version == 4
    check_log(store)


def test_a_mistake_of_ours_hits_one_command_only(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    author = Author()
    with running(store) as writer:
        found(writer)
        bad = author.register(duty="bad")
        breaks_on(monkeypatch, lambda c: c.duty == "bad", RuntimeError("张三 13800000000"))
        good = [author.register() for _ in range(3)]
        said = writer.ask([good[0], bad, good[1], author.attempt(dispute_of(good[0])), good[2]])
        assert outcomes(said) == ["done", "hub.incident", "done", "done", "done"]
        logged = capsys.readouterr().out
        assert getattr(said[1], "incident", "?") in logged
        assert "RuntimeError" in logged
        assert "张三" not in logged, "an exception's message may quote personal data"
        assert store.answers.get(bad.system, bad.command_id) is None
        monkeypatch.undo()
        assert one(writer, bad).outcome == "done", "the same id may be sent again"
    assert check_log(store) == 3 + 4 + 1
    assert numbers(store) == [f"532301-2026-0000{i}" for i in range(1, 5)]


def test_a_stored_dispute_that_cannot_be_folded_fails_alone(store: Store) -> None:
    author = Author()
    news = [author.register() for _ in range(3)]
    with running(store) as writer:
        found(writer)
        writer.ask(news)
    spoil(store, dispute_of(news[1]))
    with running(store) as writer:
        said = writer.ask([author.attempt(dispute_of(n)) for n in news])
        assert outcomes(said) == ["done", "dispute.unreadable", "done"]
        # What was answered before is answered still.
        assert one(writer, news[1]).outcome == "done"
        assert outcomes(writer.ask([author.attempt(dispute_of(n)) for n in news])) == [
            "done", "dispute.unreadable", "done",
        ]  # fmt: skip


def spoil(store: Store, stream: bytes) -> None:
    """Damages the stored events of a stream."""
    key = stream.hex()
    with store.writing() as connection:
        connection.execute(
            text("UPDATE stored_events SET state = :state WHERE originator_id = :id"),
            {"state": b"\xc3\x01x", "id": key},
        )


def numbers(store: Store) -> list[str]:
    """All case numbers in the log."""
    from tests.writer.parts import CONTRACT

    decoded = [CONTRACT.decode(e.body) for e in store.read(0, 1_000) if e.topic == "dispute.registered"]
    return [values[schema.fields.index("number")] for schema, values in decoded]


def test_case_numbers_go_on_over_restarts_and_start_anew_each_local_year(store: Store) -> None:
    from hub.writer import SimulatedClock
    from tests.writer.parts import START

    author = Author()
    refused = author.register(author.register().agency, occurred_at=0)
    with running(store) as writer:
        found(writer)
        writer.ask([author.register(), author.register()])
    new_year = SimulatedClock(1_798_732_799_000_000)  # 2026-12-31T15:59:59Z, one second before midnight in China

    def register(writer: Writer) -> None:
        assert one(writer, Author(now=new_year.now()).register()).outcome == "done"

    with running(store, new_year) as writer:
        register(writer)
        assert outcomes(writer.ask([refused._replace(occurred_at=START * 2)])) == ["time.future"]
        new_year.advance(2_000_000)
        register(writer)
        register(writer)
    assert numbers(store) == [
        "532301-2026-00001", "532301-2026-00002", "532301-2026-00003", "532301-2027-00001", "532301-2027-00002",
    ]  # fmt: skip
