"""A hub that was brought up to date finds views of its earlier version: they are rebuilt beside, the others go on."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from hub.projections import Views
from hub.words import Stored
from tests.parts.waiting import eventually
from tests.projections.comparing import content, expected
from tests.projections.histories import History, ListLog

NAMES = ("obligations", "timeline")


def test_it_is_rebuilt_beside_and_switched_to(views: Views, history: Callable[..., History], tmp_path: Path) -> None:
    log = history(seed=3, commands=200).log
    half = len(log) // 2
    crew = views.crew(ListLog(log[:half]), NAMES)
    crew.catch_up(half)
    crew.close()
    _age(views, "obligations")
    assert views.position("obligations") == 0  # the old form is not readable
    crew = views.crew(ListLog(log), NAMES, again=lambda: ListLog(log))
    crew.start()
    try:
        eventually(lambda: views.wait_until(NAMES, len(log), 0.1), what="every view at the end")
    finally:
        crew.stop()
    for name in NAMES:
        assert content(views, name) == expected(tmp_path, log, name)


def test_without_another_reader_it_is_left_alone_and_the_others_go_on(
    views: Views, history: Callable[..., History]
) -> None:
    log = history(seed=3, commands=60).log
    _age(views, "obligations")
    crew = views.crew(ListLog(log), NAMES)
    crew.catch_up(len(log))
    crew.close()
    assert {name: views.position(name) for name in NAMES} == {"obligations": 0, "timeline": len(log)}


def test_a_view_that_is_new_does_not_hold_up_the_others(
    views: Views, history: Callable[..., History], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.projections.crew.FAR", 10)
    log = history(seed=3, commands=200).log
    half = len(log) // 2
    crew = views.crew(ListLog(log[:half]), ["timeline"])
    crew.catch_up(half)
    crew.close()
    held, gate = threading.Event(), threading.Event()

    class Slow(ListLog):
        """The log as the rebuild reads it: not before it may."""

        def read(self, after: int, limit: int, timeout: float) -> list[Stored]:
            held.set()
            assert gate.wait(20)
            return super().read(after, limit, timeout)

    crew = views.crew(ListLog(log), NAMES, again=lambda: Slow(log))
    crew.start()
    try:
        assert held.wait(20)
        eventually(lambda: views.position("timeline") == len(log), what="the other one goes on")
        assert views.position("obligations") == 0
        gate.set()
        eventually(lambda: views.position("obligations") == len(log), what="the new one is there")
    finally:
        gate.set()
        crew.stop()
    for name in NAMES:
        assert content(views, name) == expected(tmp_path, log, name)


def _age(views: Views, name: str) -> None:
    """What readers have is a version that this hub does not know."""
    current, tracking = views.database.shared.current, views.database.shared.tracking
    with views.database.layout() as db:
        for table in (current, tracking):
            db.execute(update(table).where(table.c.view == name).values(version=99))
