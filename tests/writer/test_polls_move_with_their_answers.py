"""A poll of an outbox: answers, refusals, quarantine and the offset in one transaction, and never twice."""

import pytest

from hub.store import Move, Quarantined, Store
from hub.writer import Incident, Origin, Poll
from tests.writer.parts import CONTRACT, Author, breaks_on, check_log, dispute_of, found, outcomes, running


def inbox(store: Store, system: str) -> list[tuple[str, tuple[object, ...]]]:
    """(record type, values) of each message."""
    decoded = [CONTRACT.decode(body) for _, _, body in store.deliveries.read(system, 0, 1_000)]
    return [(schema.name, values) for schema, values in decoded]


def garbage(offset: int) -> Quarantined:
    return Quarantined("court", "topic", offset, "submission.unreadable", "reason", "at byte 7", b"\xff\x00 junk")


def test_answers_offset_and_quarantine_together(store: Store) -> None:
    author = Author("court")
    new = author.register(reply=True)
    with running(store) as writer:
        found(writer)
        poll = Poll(Move("court", "", 0, "topic", 3), (Origin(0, b"a"), Origin(2, b"c")), (garbage(1),))
        refused = author.attempt(b"x" * 16, reply=True)
        assert outcomes(writer.ask([new, refused], poll)) == ["done", "dispute.unknown"]
        assert store.offset("court") == ("topic", 3)
        said = inbox(store, "court")
        assert [(kind, values[1]) for kind, values in said] == [
            ("answer", "done"), ("answer", "refused"), ("unreadable", "submission.unreadable"),
        ]  # fmt: skip
        assert said[2][1][:4] == (1, "submission.unreadable", "reason", "at byte 7")
        assert store.quarantine.list("court")[0].raw == b"\xff\x00 junk"


def test_a_poll_of_garbage_alone_moves_on(store: Store) -> None:
    with running(store) as writer:
        assert writer.ask([], Poll(Move("court", "", 0, "topic", 1), (), (garbage(0),))) == []
    assert store.offset("court") == ("topic", 1)
    assert [kind for kind, _ in inbox(store, "court")] == ["unreadable"]


def test_a_poll_stored_before_changes_nothing(store: Store) -> None:
    author = Author("court")
    with running(store) as writer:
        found(writer)
        first = author.register(reply=True)
        poll = Poll(Move("court", "", 0, "topic", 1), (Origin(0, b"a"),))
        assert outcomes(writer.ask([first], poll)) == ["done"]
        again = author.register(reply=True)
        said = writer.ask([again], poll)
        assert outcomes(said) == ["hub.outbox_moved"]
        assert store.answers.get("court", again.command_id) is None
        assert outcomes(writer.ask([author.attempt(dispute_of(first))])) == ["done"]
    assert len(inbox(store, "court")) == 1
    assert check_log(store) == 5


def test_a_mistake_of_ours_sends_the_record_to_quarantine(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    author = Author("court")
    good, bad = author.register(reply=True), author.register(reply=True, duty="bad")
    with running(store) as writer:
        found(writer)
        breaks_on(monkeypatch, lambda c: c.duty == "bad", RuntimeError("x"))
        poll = Poll(Move("court", "", 0, "topic", 2), (Origin(0, b"good"), Origin(1, b"bad bytes")))
        said = writer.ask([good, bad], poll)
        assert outcomes(said) == ["done", "hub.incident"]
    (kept,) = store.quarantine.list("court")
    assert isinstance(said[1], Incident)
    assert (kept.offset, kept.raw, kept.code, kept.detail) == (1, b"bad bytes", "hub.incident", said[1].incident)
    kinds = inbox(store, "court")
    assert [kind for kind, _ in kinds] == ["answer", "unreadable"]
    assert kinds[1][1][:4] == (1, "hub.incident", "", said[1].incident)
    assert store.offset("court") == ("topic", 2)


def test_several_polls_of_several_systems_share_a_transaction(store: Store) -> None:
    with running(store) as writer:
        found(writer)
        done: list[list[str]] = []
        tickets = []
        for system in ("court", "police", "town"):
            commands = [Author(system).register(reply=True) for _ in range(5)]
            origins = tuple(Origin(i, b"") for i in range(5))
            tickets.append((commands, Poll(Move(system, "", 0, "topic", 5), origins)))
        for commands, poll in tickets:
            writer.submit(commands, lambda said: done.append(outcomes(said)), poll)
        writer.ask([Author().register()])
        assert done == [["done"] * 5] * 3
    assert {s: store.deliveries.last(s) for s in ("court", "police", "town")} == {"court": 5, "police": 5, "town": 5}
