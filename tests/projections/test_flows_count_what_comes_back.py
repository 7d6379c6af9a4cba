"""Flows between agencies: pairs, pick-up times and months against a recount; what was redirected, what bounced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from statistics import median
from typing import Any

import pytest

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.projections import Views
from hub.projections.completeness import Sent
from hub.projections.flows import BANDS, Flowing
from hub.words import ReferralId
from tests.projections.comparing import content
from tests.projections.histories import History, ListLog

NAMES = ("dispute", "referral", "day", "kind", "channel", "sender", "receiver", "at", "took", "returned")


def fill(views: Views, history: History) -> Views:
    crew = views.crew(ListLog(history.log))
    crew.catch_up(len(history.log))
    crew.close()
    return views


def refer(history: History, dispute: bytes, sender: str, receiver: str, kind: str = w.TRANSFER) -> ReferralId:
    assert history.do(sender, c.Refer(kind, "mediation", w.agency_id(receiver), None, ""), dispute)
    return history.states[dispute].referrals[-1].id


def test_a_to_b_to_a_is_a_bounce_and_a_return_is_none(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=0)
    first = past.do("village", c.Register("02", "p", "visit", ()))
    assert first is not None
    there = refer(past, first, "village", "court")
    past.do("court", c.Accept(there, ""), first)
    heard = refer(past, first, "court", "village", w.NOTICE)  # word goes back, the dispute does not
    back = refer(past, first, "court", "village")  # back to whom it came from
    past.do("village", c.Accept(back, ""), first)
    second = past.do("village", c.Register("02", "p", "visit", ()))
    assert second is not None
    returned = refer(past, second, "village", "court")
    past.do("court", c.Return(returned, "not_competent", "", None), second)
    told = refer(past, second, "village", "station", w.NOTICE)
    offered = refer(past, second, "village", "petition")
    past.do("village", c.Refer(w.TRANSFER, "police", w.agency_id("station"), offered, ""), second)  # redirected
    last = past.states[second].referrals[-1].id
    assert past.do("village", c.Withdraw(last, ""), second)  # taken back, not redirected
    fill(views, past)
    rows = {row[1]: row[-4:] for row in content(views, "flows")[""]}  # returned, redirected, lapsed, back
    assert rows[there] == (0, 0, 0, 0) and rows[back] == (0, 0, 0, 1)
    assert rows[last] == rows[heard] == (0, 0, 0, 0)
    assert rows[returned] == (1, 0, 0, 0) and rows[told] == (0, 0, 0, 0) and rows[offered] == (0, 1, 0, 0)
    totals = views.flows.totals(Flowing()).items[0]
    assert {k: totals[k] for k in ("sent", "returned", "redirected", "back", "pairs")} == {
        "sent": 7, "returned": 1, "redirected": 1, "back": 1, "pairs": 4,
    }  # fmt: skip
    assert (totals["senders"], totals["receivers"]) == (2, 4)


def test_an_assignment_back_is_no_bounce(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=0)
    dispute = past.do("village", c.Register("02", "p", "visit", ()))
    assert dispute is not None
    there = refer(past, dispute, "village", "committee")
    past.do("committee", c.Accept(there, ""), dispute)
    assert past.do("centre", c.Assign("mediation", w.agency_id("village"), ""), dispute)
    fill(views, past)
    assert views.flows.totals(Flowing()).items[0]["back"] == 0


@pytest.mark.parametrize("scope", [None, ("village", "court"), ("heir",), ()])
def test_pairs_and_pickups_equal_a_recount(
    views: Views, history: Callable[..., History], scope: tuple[str, ...] | None
) -> None:
    past = history(seed=8, commands=700)
    fill(views, past)
    inside = None if scope is None else frozenset(w.agency_id(code) for code in scope)
    rows: list[dict[str, Any]] = [dict(zip(NAMES, row, strict=False)) for row in content(views, "flows")[""]]
    mine = [r for r in rows if inside is None or {r["sender"], r["receiver"]} & inside]
    wanted = Flowing(scope=inside)
    pairs = {(p["sender"], p["receiver"]): p for p in views.flows.pairs(wanted, 1_000).items}
    assert {k: p["sent"] for k, p in pairs.items()} == Counter((r["sender"], r["receiver"]) for r in mine)
    assert sum(p["returned"] for p in pairs.values()) == sum(r["returned"] for r in mine)
    assert views.flows.totals(wanted).items[0]["sent"] == len(mine)
    first = date.fromordinal(date(1970, 1, 1).toordinal() + sorted(r["day"] for r in rows)[len(rows) // 2])
    later = [r for r in mine if r["day"] >= first.toordinal() - date(1970, 1, 1).toordinal()]
    assert views.flows.totals(wanted._replace(first=first)).items[0]["sent"] == len(later)
    _, picked = views.flows.pickups(wanted)
    assert {p.agency for p in picked} == {r["receiver"] for r in rows if inside is None or r["receiver"] in inside}
    for p in picked:
        got = [r for r in rows if r["receiver"] == p.agency]
        took = sorted(r["took"] for r in got if r["took"] is not None)
        assert (p.received, p.signed, sum(p.bands)) == (len(got), len(took), len(took))
        assert (p.returned, p.returnable) == (
            sum(r["returned"] for r in got), sum(r["kind"] != w.ASSIGNMENT for r in got),
        )  # fmt: skip
        assert p.median == (int(median(took)) if took else None)
        assert p.bands[0] == sum(t <= BANDS[0] for t in took) and p.bands[-1] == sum(t > BANDS[-1] for t in took)
        if took:
            low, high = p.low, p.high
            assert low is not None and high is not None and low in took and high in took and took[0] <= low <= high


def test_partners_and_months_of_one_agency(views: Views, history: Callable[..., History]) -> None:
    past = history(seed=8, commands=700)
    fill(views, past)
    court = w.agency_id("court")
    rows = content(views, "flows")[""]
    _, senders, receivers = views.flows.partners(court, Flowing(), 100)
    assert {p["agency"]: p["sent"] for p in senders} == Counter(row[5] for row in rows if row[6] == court)
    assert {p["agency"]: p["sent"] for p in receivers} == Counter(row[6] for row in rows if row[5] == court)
    assert senders[0]["agency_name"]
    _, months = views.flows.months(court, Flowing())
    assert [m["month"] for m in months] == sorted({m["month"] for m in months}, reverse=True)
    assert sum(m["received"] for m in months) == sum(row[6] == court for row in rows)
    assert sum(m["sent"] for m in months) == sum(row[5] == court for row in rows)
    assert sum(m["signed"] for m in months) == sum(row[6] == court and row[8] is not None for row in rows)


def test_lists_behind_the_equation_have_as_many_as_it_says(views: Views, history: Callable[..., History]) -> None:
    past = history(seed=8, commands=700)
    fill(views, past)
    village = frozenset({w.agency_id("village")})
    for senders, channel in ((None, ""), (None, "court"), (village, ""), (frozenset[bytes](), "")):
        with views.completeness.sight() as s:
            (sums,) = views.completeness.sums(s, channel=channel or None, senders=senders)
        for outcome in ("", "signed", "returned", "withdrawn", "lapsed", "pending"):
            wanted = Sent(outcome=outcome, channel=channel, senders=senders)
            page, total = views.sent.referrals(wanted, limit=500)
            assert total == len(page.items) == sums[outcome or "sent"]
            with views.sent.everything(wanted, 1_000) as (position, of, items):
                assert (position, of) == (len(past.log), total)
                assert [i["referral"] for i in items] == [i["referral"] for i in page.items]
    paged, cursor = [], None
    while True:
        page, total = views.sent.referrals(Sent(), cursor=cursor, limit=9)
        paged += page.items
        cursor = page.next
        if cursor is None:
            break
    assert len({i["referral"] for i in paged}) == len(paged) == total
    assert [i["sent_at"] for i in paged] == sorted((i["sent_at"] for i in paged), reverse=True)
    assert all(i["number"] and i["sender_name"] for i in paged)
    pending = views.sent.referrals(Sent(outcome="pending"), limit=500)[0].items
    assert [i["sent_at"] for i in pending] == sorted(i["sent_at"] for i in pending)


def test_what_comes_to_a_receiver_is_shown_of_visible_disputes_only(
    views: Views, history: Callable[..., History]
) -> None:  # fmt: skip
    past = history(seed=8, commands=700)
    fill(views, past)
    shown = 0
    for code in ("court", "station", "committee"):
        for seer in ("village", "heir", "centre"):
            receiver, scope = w.agency_id(code), frozenset({w.agency_id(seer)})
            page, total = views.sent.referrals(Sent(receiver=receiver, visible_to=scope), limit=500)
            allowed = {d for d, s in past.states.items() if scope.intersection(s.roles)}
            expected = {row[1] for row in content(views, "flows")[""] if row[6] == receiver and row[0] in allowed}
            assert {i["referral"] for i in page.items} == expected and total == len(expected)
            shown += total
    assert shown
