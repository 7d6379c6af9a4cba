"""Searching disputes: every filter against the machine's own states, whatever the scope and however lists are read."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from hub import words as w
from hub.aggregates.decide import Interner, restore
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute.events import Event, Registered
from hub.aggregates.dispute.obligations import running
from hub.aggregates.dispute.state import Dispute
from hub.contract import Contract
from hub.projections import Views, among
from hub.projections.search import Wanted, Words
from tests.projections.histories import CITY, History, ListLog
from tests.projections.parts import pack

PLACES = ("532301001", "532301001002", "532301002", "532302001")
CATEGORIES = ("01", "02", "07")


class Known:
    """A dispute as it was registered."""

    def __init__(self, history: History, number: int, category: str, place: str) -> None:
        self.number, self.category, self.place = f"532301-2026-{number:07d}", category, place
        self.serial, self.at = number, history.now


@pytest.fixture
def played(views: Views, contract: Contract) -> tuple[History, dict[bytes, Known]]:
    """Two months of a small city, 60 disputes of several places and categories; the views up to date."""
    dice = random.Random(3)
    history = History(contract, pack(), dice)
    known: dict[bytes, Known] = {}
    for n in range(60):
        history.now += w.DAY
        category, place = dice.choice(CATEGORIES), dice.choice(PLACES)
        made = history.do(dice.choice(CITY)[0], c.Register(category, place, "visit", ()))
        if made is not None:
            known[made] = Known(history, history._numbers, category, place)
        history.play(9 if n % 3 else 0)
    for ident in history.states.keys() - known.keys():  # those the play registered by itself
        first = next(e.position for e in history.log if e.stream == ident)
        known[ident] = registered(history, first)
    crew = views.crew(ListLog(history.log))
    crew.catch_up(len(history.log))
    crew.close()
    return history, known


def registered(history: History, position: int) -> Known:
    """A dispute that the play registered by itself, as its event says."""
    envelope, event = restore(history.contract, history.log[position - 1].body, Interner())
    assert isinstance(event, Event) and isinstance(event.body, Registered)
    made = Known(history, int(event.body.number[-7:]), event.body.category, event.body.place)
    made.at = envelope.recorded_at
    return made


def scopes(history: History) -> Iterator[frozenset[bytes] | None]:
    yield None
    yield frozenset()
    for code in ("village", "court", "heir", "centre"):
        yield frozenset({w.agency_id(code)})
    yield frozenset(w.agency_id(code) for code in ("village", "court"))
    yield frozenset(history.registry.agencies)


def found(views: Views, wanted: Wanted, scope: frozenset[bytes] | None) -> list[bytes]:
    """The whole list, page by page; every page must say the same total."""
    ids: list[bytes] = []
    cursor = None
    totals = set()
    while True:
        answer = views.search.find(wanted, visible_to=scope, cursor=cursor, limit=7)
        ids += [i["dispute"] for i in answer.page.items]
        totals.add((answer.total, answer.more))
        cursor = answer.page.next
        if cursor is None:
            assert totals == {(len(ids), False)}
            return ids


Test = Callable[[Dispute, Known], bool]


def filters(history: History) -> list[tuple[Wanted, Test]]:
    court, village = w.agency_id("court"), w.agency_id("village")
    at = history.now - 30 * w.DAY
    late = history.now

    def overdue(state: Dispute) -> bool:
        return any(o.due_at <= late for o in running(state))

    return [
        (Wanted(), lambda s, k: True),
        (Wanted(status=w.OPEN), lambda s, k: s.status == w.OPEN),
        (Wanted(status=w.CLOSED), lambda s, k: s.status == w.CLOSED),
        (Wanted(channel="court"), lambda s, k: bool(s.referrals) and s.referrals[-1].channel == "court"),
        (Wanted(category="07"), lambda s, k: k.category == "07"),
        (Wanted(place="532301"), lambda s, k: k.place.startswith("532301")),
        (Wanted(place="532301001"), lambda s, k: k.place.startswith("532301001")),
        (Wanted(custodian=village), lambda s, k: s.custodian == village),
        (Wanted(agency=court), lambda s, k: court in s.roles),
        (Wanted(since=at), lambda s, k: k.at >= at),
        (Wanted(until=at), lambda s, k: k.at < at),
        (Wanted(late_at=late), lambda s, k: overdue(s)),
        (
            Wanted(status=w.OPEN, category="02", late_at=late),
            lambda s, k: s.status == w.OPEN and k.category == "02" and overdue(s),
        ),
        (Wanted(words=Words(serial=7, number="%-2026-%")), lambda s, k: k.serial == 7),
        (Wanted(words=Words(serial=7, number="%-2025-%")), lambda s, k: False),
        (
            Wanted(words=Words(places=("532302",), categories=("07",))),
            lambda s, k: k.place.startswith("532302") or k.category == "07",
        ),
        (Wanted(words=Words(agencies=(court, village))), lambda s, k: court in s.roles or village in s.roles),
        (Wanted(words=Words()), lambda s, k: False),
    ]  # fmt: skip


@pytest.mark.parametrize("bounds", [(4_000, 40_000), (5, 40_000), (5, 20)], ids=["few", "a set", "one by one"])
def test_every_filter_in_every_scope(
    views: Views, played: tuple[History, dict[bytes, Known]], bounds: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(among, "FEW", bounds[0])
    monkeypatch.setattr(among, "MANY", bounds[1])
    history, known = played
    newest = sorted(history.states, key=lambda d: -known[d].serial)
    assert len(newest) > 50
    seen = 0
    for wanted, fits in filters(history):
        for scope in scopes(history):
            expected = [
                d for d in newest
                if fits(history.states[d], known[d]) and (scope is None or scope.intersection(history.states[d].roles))
            ]  # fmt: skip
            assert found(views, wanted, scope) == expected, (wanted, scope)
            seen += len(expected)
    assert seen > 500


def test_the_old_list_is_narrowed_alike(
    views: Views, played: tuple[History, dict[bytes, Known]], monkeypatch: pytest.MonkeyPatch
) -> None:
    history, _ = played
    for bounds in ((4_000, 40_000), (5, 40_000), (5, 20)):
        monkeypatch.setattr(among, "FEW", bounds[0])
        monkeypatch.setattr(among, "MANY", bounds[1])
        for scope in scopes(history):
            listed = views.custody.disputes(visible_to=scope, limit=500).items
            expected = {d for d, s in history.states.items() if scope is None or scope.intersection(s.roles)}
            assert {i["dispute"] for i in listed} == expected


def test_rows_say_what_ends_first(views: Views, played: tuple[History, dict[bytes, Known]]) -> None:
    history, known = played
    for item in views.search.find(Wanted(), limit=500).page.items:
        state = history.states[item["dispute"]]
        dues = sorted(o.due_at for o in running(state))
        assert item["limits"] == len(dues)
        assert (item["due"]["due_at"] if item["due"] else None) == (dues[0] if dues else None)
        assert (item["number"], item["status"]) == (known[item["dispute"]].number, state.status)


def test_a_scope_of_hundreds_of_agencies(views: Views, played: tuple[History, dict[bytes, Known]]) -> None:
    history, _ = played
    many = frozenset(w.agency_id(f"other-{n}") for n in range(3_000)) | {w.agency_id("court")}
    expected = [d for d, s in history.states.items() if w.agency_id("court") in s.roles]
    assert sorted(found(views, Wanted(), many)) == sorted(expected)
    assert len(views.custody.disputes(visible_to=many, limit=500).items) == len(expected)
    assert views.obligations.running(visible_to=many, limit=5).items


def test_a_page_stands_still_while_disputes_come_and_go(
    views: Views, history: Callable[..., History]
) -> None:  # fmt: skip
    past = history(commands=0)
    made = [past.do("village", c.Register("02", "p", "visit", ())) for _ in range(20)]
    fill(views, past)
    first = views.search.find(Wanted(status=w.OPEN), limit=8)
    past.do("village", c.Close("settled", "", True), made[5])  # behind the cursor: it leaves the filter
    for _ in range(2):  # before it: on top of the first page
        past.do("village", c.Register("02", "p", "visit", ()))
    fill(views, past)
    second = views.search.find(Wanted(status=w.OPEN), cursor=first.page.next, limit=50)
    shown = [i["dispute"] for i in (*first.page.items, *second.page.items)]
    assert shown == [d for d in reversed(made) if d != made[5]]
    assert (first.total, second.total) == (20, 21) and second.page.next is None


def test_counts_that_are_too_wide_say_so(
    views: Views, played: tuple[History, dict[bytes, Known]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.projections.search.COUNTED", 10)
    monkeypatch.setattr(among, "FEW", 2)
    monkeypatch.setattr(among, "MANY", 5)
    history, _ = played
    everybody = frozenset(history.registry.agencies)
    answer = views.search.find(Wanted(), visible_to=everybody, limit=5)
    assert (answer.total, answer.more, len(answer.page.items)) == (10, True, 5)
    assert views.search.find(Wanted(), limit=5).more is False  # without a scope everything is counted


def test_views_that_stand_at_different_positions(
    views: Views, contract: Contract, history: Callable[..., History]
) -> None:  # fmt: skip
    past = history(commands=0)
    village, court = w.agency_id("village"), w.agency_id("court")
    old = past.do("village", c.Register("02", "p", "visit", ()))
    fill(views, past)
    before = len(past.log)
    past.do("village", c.Refer(w.TRANSFER, "court", court, None, ""), old)
    new = past.do("village", c.Register("02", "p", "visit", ()))
    for ahead in (["custody", "obligations"], ["roles"]):
        fill(views, past, ahead)
        for scope in (frozenset({court}), frozenset({village})):
            answer = views.search.find(Wanted(), visible_to=scope)
            listed = views.custody.disputes(visible_to=scope)
            allowed = {d for d, s in past.states.items() if scope.intersection(s.roles)}
            for page in (answer.page, listed):
                assert {i["dispute"] for i in page.items} <= allowed
            assert answer.page.position == listed.position == (before if ahead != ["roles"] else len(past.log))
    assert {i["dispute"] for i in views.search.find(Wanted(), visible_to=frozenset({village})).page.items} == {old, new}
    assert [i["dispute"] for i in views.search.find(Wanted(), visible_to=frozenset({court})).page.items] == [old]


def test_a_dispute_the_custody_view_does_not_know_yet_comes_later(
    views: Views, history: Callable[..., History]
) -> None:  # fmt: skip
    past = history(commands=0)
    old = past.do("village", c.Register("02", "p", "visit", ()))
    fill(views, past)
    before = len(past.log)
    past.do("village", c.Register("02", "p", "visit", ()))
    fill(views, past, ["roles"])
    answer = views.search.find(Wanted(), visible_to=frozenset({w.agency_id("village")}))
    assert [i["dispute"] for i in answer.page.items] == [old] and answer.page.position == before
    with views.search.everything(Wanted(), most=10) as listed:
        assert [i["dispute"] for i in listed.items] == [old]


def test_all_of_it_in_one_snapshot(views: Views, played: tuple[History, dict[bytes, Known]]) -> None:
    history, known = played
    village = frozenset({w.agency_id("village")})
    with views.search.everything(Wanted(), visible_to=village, most=1_000) as listed:
        items = [i["dispute"] for i in listed.items]
        assert (listed.position, listed.total) == (len(history.log), len(items))
    assert items == found(views, Wanted(), village)
    with views.search.everything(Wanted(), most=10) as listed:
        assert [i["dispute"] for i in listed.items] == sorted(known, key=lambda d: -known[d].serial)[:10]
        assert listed.total == len(known)


def fill(views: Views, history: History, names: list[str] | None = None) -> None:
    crew = views.crew(ListLog(history.log), names)
    crew.catch_up(len(history.log))
    crew.close()
