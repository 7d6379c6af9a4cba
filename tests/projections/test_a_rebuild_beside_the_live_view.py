"""Readers see the old view, whole, until the switch, and the new one after it, while events keep coming."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.projections import Busy, Cancelled, Stopped, Views
from hub.words import Stored
from tests.projections.comparing import content, expected
from tests.projections.histories import History, ListLog
from tests.projections.test_a_bad_event_parks_its_dispute import spoiled
from tests.projections.test_a_repeated_batch_changes_nothing import runner

NAMES = (
    "custody", "obligations", "completeness", "agencies", "timeline", "roles", "flows", "statistics", "relapse",
)  # fmt: skip


def tables(views: Views) -> set[str]:
    query = (
        "select name from sqlite_master where type = 'table'"
        if views.database.sqlite
        else "select tablename from pg_tables where schemaname = 'views'"
    )
    with views.database.engine.connect() as db:
        return set(db.execute(text(query)).scalars())


def test_while_events_keep_coming(views: Views, history: Callable[..., History], tmp_path: Path) -> None:
    past = history(seed=4, commands=400)
    whole = past.log
    visible = list(whole[:100])  # what the log holds by now
    crew = views.crew(ListLog(visible))
    crew.catch_up(100)
    done = threading.Event()
    wrong: list[object] = []

    def city() -> None:
        try:
            for event in whole[100:]:
                visible.append(event)
                crew.step()
        finally:
            done.set()

    def reader() -> None:
        seen = 0
        while not done.is_set():
            page = views.completeness.equation()
            figures = views.custody.figures()
            held = views.custody.held().items
            if page.position < seen or page.items[0]["difference"] != 0 or figures["unowned"] != 0:
                wrong.append((page.position, seen, page.items[0], figures))
            if sum(item["open"] for item in held) > figures["disputes"] + len(whole):
                wrong.append(held)
            seen = page.position

    threads = [threading.Thread(target=city), threading.Thread(target=reader)]
    for t in threads:
        t.start()
    rounds = 0
    while threads[0].is_alive() or rounds == 0:
        for name in ("completeness", "custody"):
            views.rebuild(name, ListLog(visible), batch=50, grace=0.2)
        rounds += 1
    for t in threads:
        t.join()
    assert wrong == []
    crew.catch_up(len(whole))
    crew.close()
    for name in NAMES:
        assert content(views, name) == expected(tmp_path, whole, name), name
    generations = {s.view: s.generation for s in views.status()}
    assert generations["custody"] > 1 and generations["timeline"] == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_rebuild_equals_the_live_view(
    views: Views, history: Callable[..., History], tmp_path: Path, name: str
) -> None:
    log = history(seed=6, commands=400).log
    before = tables(views)
    assert views.rebuild(name, ListLog(log), batch=17, grace=0.0) == len(log)
    assert content(views, name) == expected(tmp_path, log, name)
    assert len(tables(views)) == len(before)  # the replaced generation is gone
    views.rebuild(name, ListLog(log), grace=0.0)
    assert content(views, name) == expected(tmp_path, log, name)
    (status,) = [s for s in views.status() if s.view == name]
    assert (status.generation, status.position) == (3, len(log))


def test_figures_never_go_back(views: Views, history: Callable[..., History]) -> None:
    log = history(commands=600).log
    assert len(log) > 100
    crew = views.crew(ListLog(log), ["custody"])
    crew.catch_up(len(log))
    behind = log[:100]  # a log that has not got as far as the live view (a lagging topic)

    class Grows(ListLog):
        def end(self) -> int:
            if len(self.log) < len(log):
                self.log = log[: len(self.log) + 30]
                return len(self.log) - 30
            return len(log)

    assert views.rebuild("custody", Grows(behind), grace=0.0) == len(log)
    assert views.position("custody") == len(log)
    crew.close()


def test_a_cancelled_or_failed_rebuild_leaves_the_live_view(
    views: Views, history: Callable[..., History], tmp_path: Path
) -> None:
    log = history(commands=300).log
    crew = views.crew(ListLog(log))
    crew.catch_up(len(log))
    before, rows = tables(views), content(views, "custody")
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        views.rebuild("custody", ListLog(log), cancel=stop)
    position = next(s.position for s in log if not s.topic.startswith("agency."))
    with pytest.raises(Stopped, match=f"event {position} "):  # a rebuild parks nothing
        views.rebuild("custody", ListLog(spoiled(log, position)), batch=7, grace=0.0)
    assert tables(views) == before
    assert content(views, "custody") == rows
    assert views.parked("custody") == []
    crew.step()
    crew.close()


def test_what_a_killed_rebuild_left_is_cleared_away(views: Views, history: Callable[..., History]) -> None:
    log = history(commands=100).log
    before = tables(views)
    views.database.make(views.all["custody"], current=False, indexes=False)  # as far as a killed one got
    assert len(tables(views)) > len(before)
    views.rebuild("custody", ListLog(log), grace=0.0)
    assert len(tables(views)) == len(before)


def test_one_rebuild_at_a_time(views: Views, history: Callable[..., History]) -> None:
    log = history(commands=50).log
    with views.database.rebuilding(views.all["custody"]):
        with pytest.raises(Busy):
            views.rebuild("custody", ListLog(log), grace=0.0)
        views.rebuild("timeline", ListLog(log), grace=0.0)
    views.rebuild("custody", ListLog(log), grace=0.0)


def test_a_runner_whose_generation_was_replaced_stops_writing(views: Views, history: Callable[..., History]) -> None:
    log = history(commands=600).log
    assert len(log) > 100
    crew = views.crew(ListLog(log[:100]), ["custody"])
    crew.catch_up(100)
    views.rebuild("custody", ListLog(log), grace=0.0)
    old = crew._runners["custody"]
    crew._source = ListLog(log)
    for _ in range(5):
        crew.step()
    assert crew._runners["custody"] is not old
    assert views.position("custody") == len(log)
    crew.close()


def test_a_gap_in_the_log_ends_the_rebuild(views: Views, history: Callable[..., History]) -> None:
    log: list[Stored] = list(history(commands=100).log)
    del log[50]
    with pytest.raises(Stopped, match="does not go on"):
        views.rebuild("custody", ListLog(log), grace=0.0)


_ = runner
