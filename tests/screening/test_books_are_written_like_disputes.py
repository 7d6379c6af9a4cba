"""Through the writer, on both databases: books beside disputes in one batch, in memory, read from the log again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hub import words as w
from hub.aggregates.agency.names import CloseAgency, DissolveAgency, RegisterAgency
from hub.aggregates.command import Command
from hub.aggregates.dispute import commands as c
from hub.aggregates.screening.state import Book
from hub.store import Store
from hub.writer import SimulatedClock, Writer
from tests.writer.parts import CONTRACT, Author, anyone, check_log, dispute_of, one, outcomes

from . import books as b

VILLAGE, TOWN, HAMLET = (w.agency_id(code) for code in ("village", "town", "hamlet"))


@contextmanager
def writing(store: Store, wall: str = "2026-06-01 09:00", **options: Any) -> Iterator[Writer]:
    writer = Writer(store, CONTRACT, b.PACK, SimulatedClock(b.at(wall)), anyone, city="532301", **options)
    writer.start()
    yield writer
    writer.stop()


def founded(writer: Writer) -> Author:
    hub = Author(w.HUB_SYSTEM, b.at("2026-06-01 09:00"))
    for code, kind, level, region, up in b.CITY:
        body = RegisterAgency(code, code, kind, level, region, b.ident(up), (), 1, True)
        assert one(writer, hub(body, w.HUB_AGENCY)).outcome == "done"
    return hub


def said(author: Author, code: str, body: Any, label: str = "") -> Command:
    command = author(body, w.agency_id(code) if code != "hub" else w.HUB_AGENCY)
    return command._replace(command_id=w.derived_id(label)) if label else command


def kept(writer: Writer, code: str) -> Book:
    """The book in the writer's memory."""
    held = writer._hands.world.states.get(w.screening_id(w.agency_id(code)))
    assert held is not None and isinstance(held[0], Book)
    return held[0]


def read_again(writer: Writer, store: Store, code: str) -> Book:
    """The fold of what the store holds."""
    stream = w.screening_id(w.agency_id(code))
    state, _ = writer._hands.world.fold(stream, [row.body for row in store.events([stream])])
    assert isinstance(state, Book)
    return state


def test_books_and_disputes_share_batches_and_a_book_goes_on_after_a_restart(store: Store) -> None:
    author = Author("desk", b.at("2026-06-01 09:00"))
    lead = w.lead_id("desk", w.derived_id("l"))
    with writing(store) as writer:
        hub = founded(writer)
        new = author.register(VILLAGE)
        answers = writer.ask([
            said(hub, "hub", b.schedule("village")),
            new,
            said(author, "village", b.report(), "l"),
            said(author, "village", b.assess("l")._replace(lead=lead)),
            author.attempt(dispute_of(new), VILLAGE),
            said(author, "town", b.inspect("village", "甲", "乙"), "i"),
            said(author, "village", b.file("village_month", "2026-06-01", "2026-06-30")),
        ])  # fmt: skip
        assert outcomes(answers) == ["done"] * 6 + ["screening.period"]
        stream = w.screening_id(VILLAGE)
        told: list[Any] = list(answers)
        assert [a.dispute for a in told] == [stream, dispute_of(new), stream, stream, dispute_of(new), stream, stream]
        assert [a.version for a in told] == [1, told[1].version, 2, 3, told[4].version, 6, 6]
        assert kept(writer, "village") == read_again(writer, store, "village")
        assert kept(writer, "village").version == 6
    with writing(store, "2026-07-01 09:00") as writer:
        author.now = hub.now = b.at("2026-07-01 09:00")
        june = b.file("village_month", "2026-06-01", "2026-06-30", found=1)
        finding = w.finding_id("desk", w.derived_id("i"), 2)
        answers = writer.ask([
            said(author, "village", june),
            said(author, "village", june),
            said(author, "village", b.settle("l", "registered", registered=dispute_of(new))._replace(lead=lead)),
            said(author, "village", b.settle("l")._replace(lead=lead)),
            said(author, "village", b.rectify("i")._replace(finding=finding)),
            said(author, "town", b.review("village", "i", True)._replace(finding=finding)),
            said(hub, "hub", b.miss("village", "village_month", "2026-06-01", "2026-06-30")),
        ])  # fmt: skip
        assert outcomes(answers) == [
            "done", "screening.filed_before", "done", "lead.settled", "done", "done", "nothing",
        ]  # fmt: skip
        assert kept(writer, "village") == read_again(writer, store, "village")
    check_log(store)


def test_a_repeated_command_has_its_answer_in_this_process_and_the_next(store: Store) -> None:
    author = Author("desk", b.at("2026-06-01 09:00"))
    with writing(store) as writer:
        founded(writer)
        again = [said(author, "village", b.report()), said(author, "town", b.inspect("village"), "i")]
        again.append(said(author, "village", b.file("", "2026-06-01", "2026-06-01", kind="special")))
        first = writer.ask(again)
        assert outcomes(first) == ["done"] * 3 and writer.ask(again) == first
        end = writer.position
        assert one(writer, again[0]._replace(digest=os.urandom(32))).code == "command.reused"
    with writing(store) as writer:
        assert writer.ask(again) == first and writer.position == end
        one_more = said(author, "village", b.report())
        assert outcomes(writer.ask([again[2], one_more, one_more])) == ["done"] * 3
        assert writer.position == end + 1
    check_log(store)


def test_books_that_are_not_in_memory_are_read_with_the_disputes(store: Store) -> None:
    author = Author("desk", b.at("2026-06-01 09:00"))
    with writing(store, cache=2) as writer:
        founded(writer)
        codes = ["village", "hamlet", "town", "group"]
        for i in range(3):
            for code in codes:
                new = author.register(w.agency_id(code))
                answers = writer.ask([said(author, code, b.report(), f"{code}{i}"), new])
                assert outcomes(answers) == ["done", "done"]
        loads: list[int] = []
        lease = writer._hands._held
        load = lease.load

        def counted(streams: Any) -> Any:
            loads.append(len(list(streams)))
            return load(streams)

        lease.load = counted  # type: ignore[method-assign]
        first = dispute_of(new)
        leads = [w.lead_id("desk", w.derived_id(f"{code}1")) for code in codes]
        commands = [
            said(author, code, b.settle("")._replace(lead=lead)) for code, lead in zip(codes, leads, strict=True)
        ]
        assert outcomes(writer.ask([*commands, author.attempt(first, w.agency_id("group"))])) == ["done"] * 5
        assert len(loads) == 1 and loads[0] >= 3, "one query for everything that is not in memory"
        for code in codes:
            assert len(read_again(writer, store, code).leads) == 2
    check_log(store)


def test_a_book_is_no_dispute_whoever_names_it(store: Store) -> None:
    author = Author("desk", b.at("2026-06-01 09:00"))
    with writing(store) as writer:
        founded(writer)
        assert one(writer, said(author, "village", b.report())).outcome == "done"
        book, end = w.screening_id(VILLAGE), writer.position
        for _ in range(2):
            for body in (c.Close("performed", "", True), c.Refer("transfer", "police", TOWN, None, "")):
                denied = one(writer, author(body, VILLAGE, book))
                assert (denied.code, denied.version) == ("dispute.unknown", 0)
        assert writer.position == end
    with writing(store) as writer:  # and not from the log either
        denied = one(writer, author(c.Close("performed", "", True), VILLAGE, book))
        assert (denied.code, denied.version) == ("dispute.unknown", 0)
        assert one(writer, said(author, "village", b.report())).version == 2


def test_the_book_of_an_agency_merged_away_is_its_successors(store: Store) -> None:
    author = Author("desk", b.at("2026-06-01 09:00"))
    with writing(store, roles=lambda _: (1 << 40, ())) as writer:
        hub = founded(writer)
        answers = writer.ask([
            said(author, "hamlet", b.report(), "l"),
            said(author, "village", b.assess("", subject="hamlet")._replace(lead=w.lead_id("desk", w.derived_id("l")))),
            said(hub, "hub", CloseAgency(HAMLET, VILLAGE, "合并")),
            said(author, "village", b.assess("", subject="hamlet")._replace(lead=w.lead_id("desk", w.derived_id("l")))),
            said(hub, "hub", DissolveAgency(HAMLET, "完成")),
            said(author, "hamlet", b.report()),
            said(author, "village", b.report("hamlet")),
        ])  # fmt: skip
        assert outcomes(answers) == [
            "done", "access.denied", "done", "done", "done", "agency.dissolved", "done",
        ]  # fmt: skip
        assert len(kept(writer, "hamlet").leads) == 2
        assert writer._hands.world.states.get(w.screening_id(VILLAGE)) is None
    check_log(store)
