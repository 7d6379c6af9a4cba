"""The checker fails on every kind of damage it is there to see: else its silence in the other tests means nothing."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub.words import agency_id

from . import facts as outside
from .checker import check, check_custody, check_log
from .clerks import office, over_http
from .facts import Acknowledged, Event, Facts
from .process import serving
from .town import SYSTEMS, check_all, found, settings_of
from .views import check_views


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Acknowledged], Facts]:
    """The databases of a hub that worked for a while, and its clients' notes."""
    home = tmp_path_factory.mktemp("worked")
    settings = settings_of(home)
    keys = found(settings)
    with serving(settings) as hub, office(dict.fromkeys(SYSTEMS, over_http(hub.url, keys)), 1) as clerks:
        clerks.wait_for(60)
        acknowledged = clerks.close()
        hub.stop()
    facts, _ = check_all(settings, acknowledged, home)
    return home, acknowledged, facts


IN_STORE = {
    "an answer is gone": ("DELETE FROM answers WHERE position = (SELECT max(position) FROM answers)", "answer"),
    "an answer says something else": ("UPDATE answers SET version = version + 1 WHERE version = 2", "told"),
    "a refusal became an effect": ("UPDATE answers SET outcome = 'done' WHERE outcome = 'refused'", "0 events"),
    "an event is gone": ("DELETE FROM stored_events WHERE notification_id = 10", "gap"),
    "the last event is gone": ("DELETE FROM stored_events WHERE notification_id = (SELECT position FROM head)", "gap"),
    "two events changed places": (
        "UPDATE stored_events SET notification_id = CASE notification_id WHEN 12 THEN -13 ELSE -12 END"
        " WHERE notification_id IN (12, 13); UPDATE stored_events SET notification_id = -notification_id"
        " WHERE notification_id < 0",
        "position 1[23]|events to 1[23]",
    ),
    "a message is gone": ("DELETE FROM deliveries WHERE system = 's1' AND n = 5", "counted"),
    "a message came twice": (
        "UPDATE deliveries SET (position, body) = (SELECT position, body FROM deliveries"
        " WHERE system = 's1' AND n = 11) WHERE system = 's1' AND n = 12",
        "after",
    ),
}
IN_VIEWS = {
    "a dispute in other hands": "UPDATE {custody} SET custodian = zeroblob(16)"
    " WHERE dispute = (SELECT min(dispute) FROM {custody})",
    "a dispute is missing": "DELETE FROM {custody} WHERE dispute = (SELECT min(dispute) FROM {custody})",
    "an obligation came twice": "CREATE TEMP TABLE twin AS SELECT * FROM {obligations} WHERE name = 'progress' LIMIT 1;"
    " UPDATE twin SET k = k + 9; INSERT INTO {obligations} SELECT * FROM twin",
    "a limit has another date": "UPDATE {obligations} SET due_at = due_at + 1 WHERE name = 'sign'",
}


def damaged(home: Path, tmp_path: Path, database: str, sql: str) -> None:
    for name in ("hub.db", "views.db"):
        with closing(sqlite3.connect(home / name)) as whole, closing(sqlite3.connect(tmp_path / name)) as copy:
            whole.backup(copy)
    with closing(sqlite3.connect(tmp_path / database)) as db:
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        wanted = re.findall(r"{(\w+)}", sql)
        names = {n: next(t for t in sorted(tables) if re.fullmatch(rf"{n}[_v0-9g]*", t)) for n in wanted}
        before = db.total_changes
        db.executescript(sql.format(**names))
        assert db.total_changes > before, "the damage hit nothing"
        db.commit()


def judge(tmp_path: Path, acknowledged: list[Acknowledged]) -> None:
    """As ``check_all``, but without settling: the hub itself might refuse the damaged store."""
    facts, world = check(f"sqlite:///{tmp_path / 'hub.db'}", acknowledged)
    check_views(f"sqlite:///{tmp_path / 'views.db'}", facts, world, tmp_path)


@pytest.mark.parametrize("what", IN_STORE)
def test_damage_to_the_store(what: str, worked: tuple[Path, list[Acknowledged], Facts], tmp_path: Path) -> None:
    home, acknowledged, _ = worked
    sql, says = IN_STORE[what]
    damaged(home, tmp_path, "hub.db", sql)
    with pytest.raises(AssertionError, match=says):
        judge(tmp_path, acknowledged)


@pytest.mark.parametrize("what", IN_VIEWS)
def test_damage_to_the_views(what: str, worked: tuple[Path, list[Acknowledged], Facts], tmp_path: Path) -> None:
    home, acknowledged, _ = worked
    damaged(home, tmp_path, "views.db", IN_VIEWS[what])
    with pytest.raises(AssertionError):
        judge(tmp_path, acknowledged)


def test_a_baton_that_moves_by_itself(worked: tuple[Path, list[Acknowledged], Facts]) -> None:
    """Every event whose custodian is replaced by another living agency, one at a time."""
    _, _, facts = worked
    other = agency_id("centre")
    for n, event in enumerate(facts.events):
        if "custodian" in event.says:
            changed = event._replace(says=event.says | {"custodian": other})
            with pytest.raises(AssertionError, match=f"position {n + 1}"):
                check_custody([*facts.events[:n], changed])


def test_a_chain_with_other_bytes(worked: tuple[Path, list[Acknowledged], Facts]) -> None:
    """A changed event is seen by its successor, whichever it is."""
    _, _, facts = worked
    streams = [e.stream for e in facts.events]
    at = next(n for n, s in enumerate(streams) if streams.count(s) > 2)
    changed: Event = facts.events[at]._replace(body=facts.events[at].body + b"\0")
    with pytest.raises(AssertionError, match="does not name its predecessor"):
        check_log([*facts.events[:at], changed, *facts.events[at + 1 :]], facts.head)


def test_the_rule_of_a_reader() -> None:
    held = [outside.Held(n, None, b"") for n in (1, 2, 4, 5, 3, 2, 4)]
    assert outside.by_the_rule(held) == [1, 2, 3, 4]
    assert outside.on_kafka(b"\xc3\x01" + b"\x01\x00\x00\x80" + b"\xff" * 4 + b"xy") == b"\0\0\0\0\x01xy"
