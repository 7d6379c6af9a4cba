"""A round writes all views together; whatever happens to it, the rows are those of the log."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub.contract import Contract
from hub.projections import Views
from hub.projections.crew import Crew
from tests.projections.comparing import content, expected
from tests.projections.histories import History, ListLog

NAMES = ("custody", "completeness", "statistics", "flows")


def equal_the_log(views: Views, log: list[Any], folder: Path) -> None:
    for name in NAMES:
        assert content(views, name) == expected(folder / name, log, name), name


@pytest.fixture(autouse=True)
def folders(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).mkdir()


def commits(crew: Crew) -> list[list[int]]:
    """How many views each commit of a crew writes, noted from now on, one list for each channel that commits."""
    noted: list[list[int]] = []
    for runner in crew._ready():
        channel: Any = runner._channel
        mine: list[int] = []
        noted.append(mine)

        def noting(writings: Any, mine: list[int] = mine, commit: Any = channel.commit) -> None:
            mine.append(len(writings))
            commit(writings)

        channel.commit = noting
    return noted


def test_a_batch_is_one_commit_of_all_views(views: Views, history: Callable[..., History], tmp_path: Path) -> None:
    log = history(commands=150).log
    crew = views.crew(ListLog(log), NAMES)
    crew._limit = 20
    noted = commits(crew)
    assert crew.step()
    assert sorted(noted) == [[], [], [], [len(NAMES)]]
    assert set(crew.positions.values()) == {20}
    crew.catch_up(len(log))
    crew.close()
    equal_the_log(views, log, tmp_path)


@pytest.mark.parametrize("committed", [False, True], ids=["not-committed", "answer-lost"])
def test_a_shared_commit_that_fails_or_whose_answer_is_lost(
    views: Views, history: Callable[..., History], tmp_path: Path, committed: bool
) -> None:
    log = history(seed=3, commands=200).log
    crew = views.crew(ListLog(log), NAMES)
    crew._limit = 10
    first: Any = crew._ready()[0]._channel
    commit, failing = first.commit, [9, 4]

    class Broken(Exception):
        pass

    def unlucky(writings: Any) -> None:
        if failing and len(writings) > 1 and writings[0].step.position // 10 == failing[-1]:
            failing.pop()
            if committed:
                commit(writings)
            raise Broken
        commit(writings)

    first.commit = unlucky
    while views.position("completeness") < len(log):
        crew._limit = 10
        crew.step()
    assert not failing
    crew.close()
    equal_the_log(views, log, tmp_path)


def test_a_session_that_is_ended_is_opened_again(
    pg_url: Callable[[], str], contract: Contract, history: Callable[..., History], tmp_path: Path
) -> None:
    views = Views(pg_url(), contract)
    log = history(seed=4, commands=150).log
    crew = views.crew(ListLog(log), NAMES)
    crew._limit = 10
    crew.step()
    channel: Any = crew._ready()[0]._channel
    with psycopg.connect(views.database.dsn, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", (channel._line.db.info.backend_pid,))
    crew._limit = 10
    assert crew.step()
    crew.catch_up(len(log))
    crew.close()
    equal_the_log(views, log, tmp_path)
    views.close()


def test_two_crews_in_turn(views: Views, history: Callable[..., History], tmp_path: Path) -> None:
    log = history(seed=6, commands=200).log
    dice = random.Random(6)
    crews = [views.crew(ListLog(log), NAMES) for _ in range(2)]
    while views.position("custody") < len(log):
        crew = dice.choice(crews)
        crew._limit = dice.randint(1, 25)
        crew.step()
    for crew in crews:
        crew.catch_up(len(log))
        crew.close()
    equal_the_log(views, log, tmp_path)
