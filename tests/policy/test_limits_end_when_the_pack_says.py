"""The pack of the first versions, which events still name: hours from the instant, calendar days to local midnight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from hub.policy import PackRefused, read_pack
from hub.words import OBLIGATIONS, SECOND

TEXT = files("hub.policy").joinpath("packs", "p2026_1.toml").read_text(encoding="utf-8")
PACK = read_pack(TEXT)


def micros(text: str) -> int:
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("obligation", "start", "due"),
    [
        ("sign", "2026-11-25T08:12:36+08:00", "2026-11-26T08:12:36+08:00"),
        ("accept", "2026-11-25T08:12:36+08:00", "2026-12-01T00:00:00+08:00"),
        ("accept", "2026-11-25T23:59:59+08:00", "2026-12-01T00:00:00+08:00"),
        ("accept", "2026-11-26T00:00:00+08:00", "2026-12-02T00:00:00+08:00"),
        ("accept", "2026-12-29T10:00:00+08:00", "2027-01-04T00:00:00+08:00"),
        ("feedback", "2026-02-20T10:00:00+08:00", "2026-03-07T00:00:00+08:00"),
    ],
)
def test_due(obligation: str, start: str, due: str) -> None:
    assert PACK.due(obligation, micros(start))[0] == micros(due)


def test_performance_is_checked_after_the_agreed_date() -> None:
    start = PACK.perform_start(micros("2026-11-01T09:00:00+08:00"), "2026-11-30")
    assert PACK.due("perform", start)[0] == micros("2026-12-16T00:00:00+08:00")
    unnamed = PACK.perform_start(micros("2026-11-01T09:00:00+08:00"), None)
    assert unnamed == micros("2026-12-02T00:00:00+08:00") - 1


def test_every_obligation_has_a_limit_with_its_basis_and_only_petition_returns_by_consent() -> None:
    assert set(PACK.limits) == set(OBLIGATIONS)
    assert all(limit.basis for limit in PACK.limits.values())
    assert PACK.consent_channels == {"petition"}
    assert PACK.by_consent("petition") and not PACK.by_consent("court")


def test_warning_comes_before_the_due_time() -> None:
    assert PACK.limit("sign").warn == 6 * 3600 * SECOND


def test_local_year_turns_at_local_midnight() -> None:
    assert PACK.local_year(micros("2026-12-31T15:59:59+00:00")) == 2026
    assert PACK.local_year(micros("2026-12-31T16:00:00+00:00")) == 2027


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[limits.settle]", "[limits.settling]", "lacks 'settle'"),
        ("[channels.exit]", "[channels.outlet]", "lacks 'exit'"),
        ('return = "consent"', 'return = "maybe"', "channels.petition.return"),
        ("amount = 24\nunit = \"hour\"", "amount = 0\nunit = \"hour\"", "limit"),
        ('basis = "hub default (hand-over practice: answer within 24 h)"', 'basis = ""', "basis"),
    ],
)  # fmt: skip
def test_an_incomplete_pack_is_refused(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(PackRefused, match=says):
        read_pack(TEXT.replace(old, new))
