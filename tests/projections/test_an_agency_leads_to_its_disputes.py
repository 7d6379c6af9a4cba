"""From an agency to its disputes through the roles view: exact where both stand alike, never ahead of either."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from hub import words as w
from hub.projections import Views
from tests.projections.histories import CITY, History, ListLog


def fill(views: Views, log: History, *names: str) -> None:
    crew = views.crew(ListLog(log.log), names or None)
    crew.catch_up(len(log.log))
    crew.close()


def test_custodians_find_what_they_hold(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=1_500)
    fill(views, past)
    shown = 0
    for code, *_ in CITY:
        agency = w.agency_id(code)
        mine = {d: s for d, s in past.states.items() if s.custodian == agency}
        assert {i["dispute"] for i in views.custody.disputes(custodian=agency, limit=500).items} == set(mine)
        running = sum(s.status == w.OPEN for s in mine.values())
        assert [i["open"] for i in views.custody.held(agency).items] == ([running] if running else [])
        shown += len(mine)
    assert shown == len(past.states) > 15


def test_where_roles_are_behind_nothing_is_promised_beyond(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=300)
    fill(views, past, "custody")
    agency = next(s.custodian for s in past.states.values() if s.status == w.OPEN)
    early = views.custody.roles_of(agency)
    assert early is not None and early[0] == 0
    assert views.custody.disputes(custodian=agency).position == views.custody.held(agency).position == 0
    fill(views, past, "roles")
    found = views.custody.roles_of(agency)
    assert found is not None and found[0] == len(past.log) and found[1]
    assert [d for d, _ in views.custody.to_move(agency, 500)] == found[1]


def test_what_the_roles_view_has_parked_may_hide_a_role(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=50)
    fill(views, past)
    agency = w.agency_id("village")
    assert views.custody.roles_of(agency) is not None
    with views.database.layout() as db:
        book = views.database.current(views.all["roles"], db)
        assert book is not None
        event = past.log[-1]
        row = (*book.key, event.position, event.stream, event.version, event.topic, event.body, "an error")
        db.execute(views.database.shared.parked.insert().values(row))
    assert views.custody.roles_of(agency) is None


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_rebuild_loads_cases_by_an_index(views: Views) -> None:
    for view in views.all.values():
        made = views.database.make(view, current=False, indexes=False)  # as a rebuild begins
        for sheet in view.loaded:
            table = made.tables[sheet.part]
            where = f"select * from {table.name} where {sheet.within} in (x'00', x'01')"
            with views.database.snapshot() as db:
                plan = db.execute(text(f"explain query plan {where}")).all()
            assert plan and all("SEARCH" in step[3] for step in plan), (view.name, sheet.part)
