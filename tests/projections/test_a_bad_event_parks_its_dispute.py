"""What a view cannot apply for good is put aside with everything behind it in its dispute; the others go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.projections import Stopped, Views
from hub.projections.runner import MAX_PARKED
from hub.store import open_store
from hub.words import Stored
from tests.projections.comparing import content, expected
from tests.projections.histories import History, ListLog
from tests.projections.test_a_repeated_batch_changes_nothing import runner


def spoiled(log: list[Stored], position: int) -> list[Stored]:
    """The same log with one event cut short."""
    bad = list(log)
    bad[position - 1] = bad[position - 1]._replace(body=bad[position - 1].body[:-3])
    return bad


def busiest(log: list[Stored]) -> Stored:
    """The third event of the dispute with the most events."""
    streams = [s.stream for s in log if not s.topic.startswith("agency.")]
    stream = max(set(streams), key=lambda s: (streams.count(s), s))
    return [s for s in log if s.stream == stream][2]


@pytest.mark.parametrize("name", ["custody", "obligations", "timeline"])
@pytest.mark.parametrize("size", [1, 13, 1000])
def test_the_rest_goes_on_and_a_retry_makes_it_whole(
    views: Views, history: Callable[..., History], tmp_path: Path, name: str, size: int
) -> None:
    log = history(seed=2, commands=300).log
    bad = busiest(log)
    r = runner(views, name)
    damaged = spoiled(log, bad.position)
    while r.position < len(log):
        r.take(damaged[r.position : r.position + size])
    behind = [s.position for s in log if s.stream == bad.stream and s.position >= bad.position]
    parked = views.parked(name)
    assert [p.position for p in parked] == behind
    assert "Error" in parked[0].error and not any(p.error for p in parked[1:])
    (status,) = [s for s in views.status() if s.view == name]
    assert (status.position, status.parked, status.stopped) == (len(log), 1, "")
    # Everybody else's rows are right, and the dispute's stand where they stood before the bad event.
    without = [s for s in log if s.stream != bad.stream or s.position < bad.position]
    others = expected(tmp_path, log, name)
    for part, rows in content(views, name).items():
        if part in {tally.part for tally in views.all[name].tallies}:
            continue  # counters are of all disputes, this one's as it stands
        assert [row for row in rows if bad.stream not in row] == [row for row in others[part] if bad.stream not in row]
    assert len(without) + len(behind) == len(log)
    # Retried while it is still bad: nothing changes. Made whole: everything is applied, in order.
    assert views.retry(name, bad.stream) == len(behind)
    with views.database.layout() as db:
        p = views.database.shared.parked
        db.execute(p.update().where(p.c.position == bad.position).values(body=bad.body))
    assert views.retry(name, bad.stream) == 0
    assert views.parked(name) == []
    assert content(views, name) == others
    r.take(log[-5:])  # the live runner learns of it and goes on
    r.close()


def test_the_live_runner_goes_on_after_somebody_else_retried(views: Views, history: Callable[..., History]) -> None:
    past = history(seed=2, commands=200)
    log = past.log
    bad = busiest(log)
    r = runner(views, "custody")
    r.take(spoiled(log, bad.position))
    with views.database.layout() as db:
        p = views.database.shared.parked
        db.execute(p.update().where(p.c.position == bad.position).values(body=bad.body))
    assert views.retry("custody", bad.stream) == 0
    at = len(log)
    assert past.do("hub", c.Urge(w.PROGRESS, None, None, ""), bad.stream) or past.do(
        past.states[bad.stream].custodian, c.Reopen("", False), bad.stream
    )
    while r.position < len(log):  # it still believes the dispute is parked: its first try is refused
        r.take(log[at:])
    assert views.parked("custody") == []
    assert views.custody.dispute(bad.stream).items[0]["version"] == past.states[bad.stream].version
    r.close()


def test_skipping_leaves_the_first_one_out(views: Views, history: Callable[..., History]) -> None:
    past = history(seed=2, commands=10)
    dispute = past.do("village", c.Register("neighbour", "p", "visit", ()))
    assert dispute is not None
    past.do("village", c.Attempt(True, "", past.now, "", ""), dispute)
    bad = len(past.log)
    past.do("village", c.Grade("four", "red", 1), dispute)
    r = runner(views, "custody")
    r.take(spoiled(past.log, bad))
    assert views.retry("custody", dispute, skip=True) == 0
    (row,) = views.custody.dispute(dispute).items
    assert (row["attempts"], row["grade"], row["version"]) == (0, 1, 3)
    r.close()


def test_roles_are_unknown_while_anything_is_parked(views: Views, history: Callable[..., History]) -> None:
    log = history(seed=2, commands=200).log
    bad = busiest(log)
    r = runner(views, "custody")
    r.take(spoiled(log, bad.position))
    assert views.custody.roles_of(w.agency_id("village")) is None
    assert views.custody.disputes().parked == 1
    assert views.custody.figures()["parked"] == 1
    r.close()


def test_too_many_parked_disputes_stop_the_view_where_it_is(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=0)
    firsts = []
    for _ in range(MAX_PARKED + 1):
        past.do("village", c.Register("neighbour", "p", "visit", ()))
        firsts.append(len(past.log))
    log = past.log
    for position in firsts:
        log = spoiled(log, position)
    crew = views.crew(ListLog(log), ["custody", "timeline"])
    for _ in range(5):
        crew.step()
    status = {s.view: s for s in views.status()}
    assert status["custody"].position < firsts[-1]
    assert f"more than {MAX_PARKED}" in status["custody"].stopped
    assert status["timeline"].stopped  # it parks at the same event
    crew.close()


def test_registry_events_never_park(views: Views, history: Callable[..., History]) -> None:
    log = history(commands=20).log
    r = runner(views, "agencies")
    with pytest.raises(Stopped, match="event 3 "):
        r.take(spoiled(log, 3))
    assert views.position("agencies") == 0  # the batch was not applied in part
    assert views.parked("agencies") == []
    with pytest.raises(Stopped):  # it does not begin to guess
        r.take(log)
    r.close()


def test_one_stopped_view_does_not_hold_up_the_others(views: Views, history: Callable[..., History]) -> None:
    log = spoiled(history(commands=100).log, 3)
    crew = views.crew(ListLog(log), ["agencies", "custody"])
    while crew.step():
        pass
    status = {s.view: s for s in views.status()}
    assert "event 3" in status["agencies"].stopped and status["agencies"].position == 0
    assert status["custody"].position == len(log) and not status["custody"].stopped
    crew.close()


def test_what_the_database_refuses_parks_its_dispute_only(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=0)
    good = past.do("village", c.Register("neighbour", "p", "visit", ()))
    past._numbers -= 1  # two disputes with one number: the view's unique index refuses the second
    twin = past.do("village", c.Register("neighbour", "p", "visit", ()))
    past.do("village", c.Attempt(True, "", past.now, "", ""), good)
    r = runner(views, "custody")
    r.take(past.log)
    assert [(p.stream, "Error" in p.error or "Violation" in p.error) for p in views.parked("custody")] == [(twin, True)]
    assert views.custody.dispute(good or b"").items[0]["attempts"] == 1
    assert r.position == len(past.log)
    r.close()


def test_an_unknown_event_type_parks(views: Views, history: Callable[..., History]) -> None:
    log = list(history(seed=2, commands=100).log)
    bad = busiest(log)
    log[bad.position - 1] = bad._replace(body=bad.body[:2] + bytes(8) + bad.body[10:], topic="dispute.merged")
    r = runner(views, "custody")
    r.take(log)
    assert views.parked("custody")[0].position == bad.position
    r.close()


def test_the_command_lists_and_retries(
    tmp_path: Path, history: Callable[..., History], monkeypatch: Any, contract: Any
) -> None:
    from hub.cli import cli

    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    open_store(f"sqlite:///{tmp_path / 'hub.db'}").close()  # a home that is in use
    views = Views(f"sqlite:///{tmp_path / 'views.db'}", contract)
    log = history(seed=2, commands=150).log
    bad = busiest(log)
    r = runner(views, "custody")
    r.take(spoiled(log, bad.position))
    r.close()
    said = CliRunner().invoke(cli, ["views", "parked", "list"])
    assert said.exit_code == 0 and w.text(bad.stream) in said.output, said.output
    again = CliRunner().invoke(cli, ["views", "parked", "retry", "custody", w.text(bad.stream)])
    assert again.exit_code == 1 and "parked" in again.output
    status = CliRunner().invoke(cli, ["views", "status"])
    assert status.exit_code == 0 and "parked 1" in status.output, status.output
    views.close()
