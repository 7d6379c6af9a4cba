"""A date that rests on days not announced yet is asked for again when they are, and not before."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub import words as w
from hub.aggregates.command import Command
from hub.aggregates.dispute import commands as c
from hub.policy import Pack, shipped_policy
from hub.policy.calendar import midnight
from hub.projections import Item
from hub.steward import steward
from tests.parts.days_off import YI_NEW_YEAR, days_off
from tests.steward.desk import Desk
from tests.steward.test_silence_becomes_events import offer

WEDNESDAY = 1_795_573_800 * w.SECOND  # 2026-11-25 10:30 in China: the Yi New Year may fall in these weeks


def rules(*by_hand: str) -> Pack:
    return shipped_policy("532301", (), by_hand).at(WEDNESDAY)


def asked(desk: Desk) -> list[c.Recompute]:
    """What the steward asks for at this instant, until it is at rest."""
    seen: list[Command] = []
    real = desk.writer.ask

    def ask(commands: list[Command]) -> list[object]:
        seen.extend(commands)
        return real(commands)  # type: ignore[return-value]

    desk.writer.ask = ask  # type: ignore[method-assign,assignment]
    desk.steps()
    desk.writer.ask = real  # type: ignore[method-assign]
    return [command.body for command in seen if isinstance(command.body, c.Recompute)]


def again(desk: Desk, pack: Pack) -> None:
    """The hub is started with other rules."""
    desk.shut()
    desk.rules = pack
    desk.open()


def test_nothing_is_asked_while_the_days_are_awaited_and_once_when_they_are_set(tmp_path: Path) -> None:
    desk = Desk(tmp_path, rules=rules(), start=WEDNESDAY).city()
    dispute = offer(desk)
    leg = desk.legs(dispute)[0]
    assert leg["accept_due_at"] == midnight(ordinal(2026, 12, 1)), "three working days: Thursday, Friday, Monday"
    provisional = desk.views.steward.provisional((w.ACCEPT,), 10)
    assert [row["rule"] for row in provisional] == ["accept.3w@532301~"]
    assert asked(desk) == []
    again(desk, rules(days_off("2026-11-26", "2026-11-27", zh="校庆", region="3301")))
    assert desk.rules.calendar.version != rules().calendar.version
    assert asked(desk) == [], "another version in which the date is the same"
    again(desk, rules(YI_NEW_YEAR))
    names = {body.obligation for body in asked(desk)}
    assert w.ACCEPT in names and w.SIGN not in names
    assert desk.topics(dispute).count("obligation.recomputed") == len(names)
    assert desk.legs(dispute)[0]["accept_due_at"] == midnight(ordinal(2026, 12, 3)), "two days later"
    again(desk, desk.rules)
    assert asked(desk) == []
    desk.close()


def ordinal(year: int, month: int, day: int) -> int:
    return date(year, month, day).toordinal()


def test_it_looks_through_all_such_dates_once_and_not_before_the_view_has_come_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, rules=rules(), start=WEDNESDAY).city()
    offer(desk)
    looks: list[object] = []
    lists = desk.views.steward
    real = lists.provisional

    def look(names: tuple[str, ...], limit: int, after: Any = None) -> list[Item]:
        looks.append(names)
        return real(names, limit, after)

    monkeypatch.setattr(lists, "provisional", look)
    reached = desk.views.position
    monkeypatch.setattr(desk.views, "position", lambda name: reached(name) - 1_000)  # far behind
    desk.steps()
    looks.clear()
    desk.steps()
    assert looks, "dates that are not in the view yet may be to do"
    monkeypatch.setattr(desk.views, "position", reached)
    desk.steps()
    looks.clear()
    offer(desk)
    desk.steps()
    assert looks == []
    desk.close()


def test_they_are_looked_through_some_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steward, "LOOKED", 2)
    desk = Desk(tmp_path, rules=rules(), start=WEDNESDAY).city()
    for _ in range(3):
        offer(desk)
    desk.settle()
    again(desk, rules(days_off("2026-11-26", "2026-11-27", zh="校庆", region="3301")))
    n = len(desk.views.steward.provisional(steward.RECOMPUTED, 500))
    assert n >= 6
    for _ in range(n // 2 + 1):  # two in each step, and one that finds the end
        assert desk.steward._settled is None
        assert list(desk.steward._recomputations()) == []
    assert desk.steward._settled is desk.writer.policy
    again(desk, rules(YI_NEW_YEAR))
    before = {row["dispute"]: row["accept_due_at"] for row in legs(desk)}
    for _ in range(2 * n):
        desk.steps()
    assert desk.steward._settled is desk.writer.policy
    assert all(row["accept_due_at"] > before[row["dispute"]] for row in legs(desk))
    desk.close()


def legs(desk: Desk) -> list[Item]:
    return [leg for one in desk.views.custody.disputes(limit=50).items for leg in desk.legs(one["dispute"])]
