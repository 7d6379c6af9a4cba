"""A desk's groups part what an agency owes, on both databases and in any history; its offers stand beside them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hub import words as w
from hub.projections import Views
from hub.projections.obligations.desk import GROUPS, SENT, Narrow
from tests.projections.histories import History, ListLog


@pytest.fixture
def told(views: Views, history: Callable[..., History]) -> tuple[Views, History]:
    past = history(seed=12, commands=600)
    crew = views.crew(ListLog(past.log))
    crew.catch_up(len(past.log))
    crew.close()
    return views, past


def test_every_limit_stands_in_one_group(told: tuple[Views, History]) -> None:
    views, past = told
    running = views.obligations.running(limit=500).items
    unsigned = {o["referral"] for o in running if o["name"] == w.SIGN}
    shown = [o for o in running if not (o["name"] == w.ACCEPT and o["referral"] in unsigned)]
    assert len(shown) > 20 and {o["kind"] for o in shown} >= {w.TRANSFER, w.ASSISTANCE}
    for agency in {o["debtor"] for o in running} | {o["creditor"] for o in running if o["creditor"]}:
        owed = {(o["born"], o["k"]) for o in shown if o["debtor"] == agency}
        whole = views.desk.whole(agency, past.now, (*GROUPS, SENT), limit=500)
        found = {group: whole.rows[group].items for group in GROUPS}
        assert sum(map(len, found.values())) == len(owed)
        assert {(o["born"], o["k"]) for rows in found.values() for o in rows} == owed
        assert all(o["group"] == group for group, rows in found.items() for o in rows)
        sizes = views.desk.sizes(agency, past.now)
        assert whole.desk == sizes
        assert {group: sizes.sizes[group].total for group in GROUPS} == {g: len(rows) for g, rows in found.items()}
        late = sum(o["due_at"] <= past.now for rows in found.values() for o in rows)
        assert sizes.owed == (len(owed), late) and sizes.position == len(past.log)
        sent = whole.rows[SENT].items
        assert {o["born"] for o in sent} == {
            o["born"] for o in running if o["name"] == w.SIGN and o["creditor"] == agency
        }
        assert sizes.sizes[SENT].total == len(sent)


def test_rows_come_in_order_and_in_pages_with_the_disputes_version(told: tuple[Views, History]) -> None:
    views, past = told
    agency = max({o["debtor"] for o in views.obligations.running(limit=500).items})
    whole = views.desk.whole(agency, past.now, ["act"], limit=500).rows["act"].items
    seen, cursor = [], None
    while True:
        page = views.desk.whole(agency, past.now, ["act"], cursor=cursor, limit=2).rows["act"]
        seen += [(o["born"], o["k"]) for o in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [(o["born"], o["k"]) for o in whole]
    assert [o["due_at"] for o in whole] == sorted(o["due_at"] for o in whole)
    for row in whole:
        state = past.states[row["dispute"]]
        assert row["dispute_version"] == state.version and row["custodian"] == state.custodian
        handover = state.handover
        assert row["handover"] == (None if handover is None else handover.id)


def test_it_is_narrowed_by_what_the_dispute_is(told: tuple[Views, History]) -> None:
    views, past = told
    agency = next(o["debtor"] for o in views.obligations.running(limit=500).items if o["channel"])
    everything = views.desk.whole(agency, past.now, GROUPS, limit=500)
    rows = [o for page in everything.rows.values() for o in page.items]
    one = rows[0]
    for narrow, fits in (
        (Narrow(channel="police"), lambda o: (o["channel"] or o["last_channel"]) == "police"),
        (Narrow(place=one["place"]), lambda o: o["place"].startswith(one["place"])),
        (Narrow(number=one["number"][-4:]), lambda o: one["number"][-4:] in o["number"]),
        (Narrow(number="%"), lambda o: False),
    ):
        narrowed = views.desk.whole(agency, past.now, GROUPS, narrow, limit=500)
        found = [o for page in narrowed.rows.values() for o in page.items]
        assert [o["born"] for o in found] == [o["born"] for o in rows if fits(o)]
        assert views.desk.sizes(agency, past.now, narrow).owed.total == len(found)
        assert narrowed.places == everything.places
    assert set(everything.places) == {o["place"] for o in rows}
    heads = views.desk.heads([one["dispute"]])
    assert heads[one["dispute"]]["number"] == one["number"]
    assert {o["born"] for o in views.desk.of_dispute(agency, one["dispute"]) if o["group"] != SENT} == {
        o["born"] for o in rows if o["dispute"] == one["dispute"]
    }
