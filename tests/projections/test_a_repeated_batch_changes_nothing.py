"""Repeats, overlaps, gaps, two runners of one view, a commit whose answer is lost: the rows are those of the log."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.projections import TryLater, Views
from hub.projections.runner import Runner
from tests.projections.comparing import content, expected
from tests.projections.histories import History

NAMES = (
    "custody", "obligations", "completeness", "agencies", "timeline", "roles", "flows", "statistics", "relapse",
)  # fmt: skip


def runner(views: Views, name: str) -> Runner:
    view = views.all[name]
    book = views.database.make(view, current=True)
    return Runner(book, views.database.channel(book), views.contract)


@pytest.mark.parametrize("name", NAMES)
def test_repeats_overlaps_and_gaps(views: Views, history: Callable[..., History], name: str, tmp_path: Path) -> None:
    log = history(seed=5, commands=300).log
    dice = random.Random(5)
    one, other = runner(views, name), runner(views, name)
    while views.position(name) < len(log):
        at = dice.randrange(0, len(log))
        batch = log[max(0, at - dice.randint(0, 20)) : at + dice.randint(1, 40)]
        if dice.random() < 0.2:  # a hole in the middle: what lies behind it waits
            del batch[len(batch) // 2]
        if dice.random() < 0.5:
            start = views.position(name)
            batch = log[start : start + dice.randint(1, 30)] + batch
        before = views.position(name)
        dice.choice((one, other)).take(batch)
        after = views.position(name)
        positions = {e.position for e in batch}
        assert set(range(before + 1, after + 1)) <= positions
    assert content(views, name) == expected(tmp_path, log, name)
    for r in (one, other):
        r.take(log)
        r.close()
    assert content(views, name) == expected(tmp_path, log, name)


def test_the_second_of_two_runners_loses_cleanly(views: Views, history: Callable[..., History], tmp_path: Path) -> None:
    log = history(commands=200).log
    one, other = runner(views, "completeness"), runner(views, "completeness")
    assert one.refresh() == other.refresh() == 0
    assert one.take(log[:20]) == 20
    assert other.take(log[:30]) == 20  # it found the row moved, applied nothing, and knows now where the view is
    assert other.take(log[:30]) == 30
    assert one.take(log) == 30
    assert one.take(log) == len(log)
    assert content(views, "completeness") == expected(tmp_path, log, "completeness")
    one.close()
    other.close()


@pytest.mark.parametrize("committed", [False, True], ids=["not-committed", "answer-lost"])
def test_a_commit_that_fails_or_whose_answer_is_lost(
    views: Views, history: Callable[..., History], tmp_path: Path, committed: bool
) -> None:
    log = history(commands=200).log
    # Counters are only ever added to: applied twice they would show it.
    r = runner(views, "completeness")
    channel: Any = r._channel
    commit, failing = channel.commit, [7, 3]

    class Broken(Exception):
        pass

    def unlucky(*args: Any) -> None:
        if failing and views.position("completeness") // 10 == failing[-1]:
            failing.pop()
            if committed:
                commit(*args)
            raise Broken
        commit(*args)

    channel.commit = unlucky
    channel.transient = lambda why: isinstance(why, Broken)
    refused = 0
    while r.position < len(log):
        at = views.position("completeness")
        try:
            r.take(log[at : at + 10])
        except TryLater:
            refused += 1
    assert refused == 2
    assert content(views, "completeness") == expected(tmp_path, log, "completeness")
    r.close()
