"""When limits end: the articles' own cases, the calendar's traps, and laws that hold for any limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.policy.calendar import shipped_calendar
from hub.policy.explain import explain
from hub.policy.limit_tables import LimitRefused, read_limit, read_limits
from hub.policy.limits import Due, Limit, Pause, due, same_day
from hub.policy.pack import too_long
from hub.words import DAY, HOUR

CALENDAR = shipped_calendar()
CHUXIONG = "532301"
BASE = {
    "start": "referral.offered",
    "warn_hours": 24,
    "basis": "hub default",
    "basis_kind": "default",
    "pauses": ["appraisal"],
}


def at(text: str) -> int:
    """The instant of a local date, or of date and time."""
    moment = datetime.fromisoformat(text if "T" in text else text + "T10:30")
    return (moment.replace(tzinfo=UTC) - timedelta(hours=8) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )


def limit(amount: int, unit: str, **more: Any) -> Limit:
    return read_limit("x", BASE | {"amount": amount, "unit": unit} | more)


def last_day(due: Due) -> str:
    """The local day that ends at the due instant."""
    return date.fromordinal((due.at - 1 + 8 * HOUR) // DAY + date(1970, 1, 1).toordinal()).isoformat()


@pytest.mark.parametrize(
    ("start", "amount", "unit", "region", "last"),
    [
        # Working days: nationally and where 火把节 is a day off
        ("2024-07-26", 3, "workday", "", "2024-07-31"),
        ("2024-07-26", 3, "workday", CHUXIONG, "2024-08-05"),
        ("2024-07-26", 3, "workday", "510703", "2024-07-31"),
        ("2026-02-12", 5, "workday", "", "2026-02-26"),  # over the Spring Festival, with the make-up Saturday 02-14
        ("2026-01-02", 1, "workday", "", "2026-01-04"),  # Sunday, made up
        ("2026-02-13", 1, "workday", "", "2026-02-14"),
        ("2026-02-27", 1, "workday", "", "2026-02-28"),
        ("2026-05-08", 1, "workday", "", "2026-05-09"),
        ("2026-09-18", 1, "workday", "", "2026-09-20"),
        ("2026-10-09", 1, "workday", "", "2026-10-10"),
        ("2026-02-14", 1, "workday", "", "2026-02-24"),  # off from 02-15 to 02-23
        # The last day rolls, days off in between count (民法典 §203, 民事诉讼法 §85)
        ("2026-01-16", 30, "day", "", "2026-02-24"),  # 02-15 is the Spring Festival
        ("2026-09-10", 30, "day", "", "2026-10-10"),  # a Saturday that is worked does not roll
        ("2026-11-12", 15, "day", "", "2026-11-27"),
        ("2026-11-13", 15, "day", "", "2026-11-30"),  # a Saturday
        ("2024-07-15", 15, "day", "", "2024-07-30"),
        ("2024-07-15", 15, "day", CHUXIONG, "2024-08-01"),  # 火把节 is a day off there
        ("2026-02-10", 15, "day", "", "2026-02-25"),  # nine days off in between
        # The first day does not count, whatever the hour (民法典 §201)
        ("2026-11-23T00:00", 1, "day", "", "2026-11-24"),
        ("2026-11-23T23:59", 1, "day", "", "2026-11-24"),
        ("2026-11-24T00:00", 1, "day", "", "2026-11-25"),
        # Months: same-numbered day, else the last (民法典 §202)
        ("2025-01-31", 1, "month", "", "2025-02-28"),
        ("2024-01-31", 1, "month", "", "2024-02-29"),
        ("2024-01-30", 1, "month", "", "2024-02-29"),
        ("2024-02-29", 12, "month", "", "2025-02-28"),
        ("2023-12-31", 2, "month", "", "2024-02-29"),
        ("2026-03-31", 1, "month", "", "2026-04-30"),
        ("2026-10-26", 1, "month", "", "2026-11-26"),
        ("2026-10-22", 1, "month", "", "2026-11-23"),  # 11-22 is a Sunday
        ("2026-08-31", 6, "month", "", "2027-03-01"),  # 2027-02-28 is a Sunday
    ],
)
def test_the_last_day(start: str, amount: int, unit: str, region: str, last: str) -> None:
    rule = limit(amount, unit)
    assert last_day(due(rule, at(start), CALENDAR, region)) == last
    assert due(rule, at(start), CALENDAR, region).at == at(last + "T00:00") + DAY


@pytest.mark.parametrize(
    ("start", "last"), [("2026-01-16", "2026-02-15"), ("2026-09-10", "2026-10-10"), ("2026-11-13", "2026-11-28")]
)
def test_where_the_rule_does_not_roll_a_day_off_is_the_last(start: str, last: str) -> None:
    rule = limit(30 if start < "2026-11" else 15, "day", roll=False)
    assert last_day(due(rule, at(start), CALENDAR)) == last


def test_hours_run_from_the_moment_or_from_the_next_full_hour() -> None:
    start = at("2026-11-25T08:12") + 36_000_001
    assert due(limit(24, "hour"), start, CALENDAR).at == start + DAY
    court = limit(24, "hour", first="next")
    assert due(court, start, CALENDAR).at == at("2026-11-26T09:00")
    assert due(court, at("2026-11-25T09:00"), CALENDAR).at == at("2026-11-26T10:00"), "that hour is not counted either"
    assert due(limit(48, "hour"), at("2026-02-14T12:00"), CALENDAR).at == at("2026-02-16T12:00"), "hours never roll"


def test_the_last_day_ends_with_business() -> None:
    rule = limit(3, "workday", cut_off="17:30")
    assert due(rule, at("2026-11-26"), CALENDAR).at == at("2026-12-01T17:30")
    assert due(limit(15, "day", cut_off="17:30"), at("2026-11-13"), CALENDAR).at == at("2026-11-30T17:30")


def extension(amount: int, unit: str, times: int = 1) -> dict[str, Any]:
    return {"amount": amount, "unit": unit, "max_times": times, "approver": "", "both_parties_consent": True}


@pytest.mark.parametrize(
    ("amount", "unit", "added", "extended", "start", "last", "rule"),
    [
        (15, "day", extension(30, "day"), 30, "2026-03-02", "2026-04-16", "x.15d+30d"),
        (15, "day", extension(30, "day"), 30, "2026-11-12", "2026-12-28", "x.15d+30d"),  # 12-27 is a Sunday
        (30, "day", extension(30, "day", 2), 60, "2026-01-05", "2026-04-07", "x.30d+60d"),  # 04-05 is 清明
        (1, "month", extension(15, "day"), 15, "2025-01-31", "2025-03-17", "x.1m+15d"),  # 02-28, then 03-15, Saturday
        (6, "month", extension(6, "month"), 6, "2025-08-31", "2026-08-31", "x.6m+6m"),  # not by way of 02-28
        (3, "month", extension(1, "month"), 1, "2025-11-30", "2026-03-30", "x.3m+1m"),
        (5, "workday", extension(3, "workday"), 3, "2026-11-23", "2026-12-03", "x.5w+3w"),
        (5, "workday", extension(5, "day"), 5, "2026-11-23", "2026-12-07", "x.5w+5d"),  # 11-30, then 12-05, Saturday
    ],
)
def test_an_extension_makes_one_longer_limit(
    amount: int, unit: str, added: dict[str, Any], extended: int, start: str, last: str, rule: str
) -> None:
    found = due(limit(amount, unit, extension=added), at(start), CALENDAR, extended=extended)
    assert (last_day(found), found.rule) == (last, rule)


def test_hours_are_extended_by_hours() -> None:
    rule = limit(24, "hour", extension=extension(48, "hour"))
    found = due(rule, at("2026-11-25T08:00"), CALENDAR, extended=48)
    assert (found.at, found.rule) == (at("2026-11-28T08:00"), "x.24h+48h")


def test_what_may_be_granted() -> None:
    def refused(rule: Limit, days: int) -> bool:
        end = due(rule, at("2026-03-02"), CALENDAR).at
        return too_long(rule, end, days, CALENDAR, "")

    days = limit(15, "day", extension=extension(30, "day"))
    assert not refused(days, 30) and refused(days, 31)
    hours = limit(24, "hour", extension=extension(48, "hour"))
    assert not refused(hours, 2) and refused(hours, 3)
    month = limit(1, "month", extension=extension(1, "month"))  # from 04-02 to 05-06, behind the days off of May
    assert not refused(month, 34) and refused(month, 35)
    workdays = limit(5, "workday", extension=extension(3, "workday"))  # from Monday to Thursday
    assert not refused(workdays, 3) and refused(workdays, 4)
    assert not refused(limit(15, "day", extension=extension(0, "day", 0)), 365), "no amount: as agreed"
    assert not refused(limit(15, "day"), 365), "no bound where the limit says nothing"


@pytest.mark.parametrize(
    ("amount", "unit", "pauses", "last"),
    [
        # Every day on which it stood still is left out, begun ones too: 11-25 to 11-27
        (5, "day", [("2026-11-25T16:00", "2026-11-27T09:00")], "2026-12-01"),
        (3, "workday", [("2026-11-25T16:00", "2026-11-27T09:00")], "2026-12-01"),
        # One that ends at midnight does not touch the next day
        (3, "workday", [("2026-11-25T00:00", "2026-11-26T00:00")], "2026-11-27"),
        # Pauses that overlap or touch are one
        (
            3,
            "workday",
            [("2026-11-25T16:00", "2026-11-27T09:00"), ("2026-11-26T08:00", "2026-11-30T09:00")],
            "2026-12-02",
        ),
        (
            3,
            "workday",
            [("2026-11-25T16:00", "2026-11-27T09:00"), ("2026-11-25T18:00", "2026-11-26T09:00")],
            "2026-12-01",
        ),
        # On the last day: it is still to come
        (2, "workday", [("2026-11-25T16:00", "2026-12-02T09:00")], "2026-12-03"),
        # After its end, before its start, over its start
        (2, "workday", [("2026-11-26T00:00", "2026-12-02T09:00")], "2026-11-25"),
        (2, "workday", [("2026-11-01T00:00", "2026-11-23T09:00")], "2026-11-25"),
        (2, "workday", [("2026-11-01T00:00", "2026-11-24T09:00")], "2026-11-26"),
        # The last day rolls on to a day that is neither off nor paused
        (5, "day", [("2026-11-29T08:00", "2026-12-02T09:00")], "2026-12-03"),
        (1, "month", [("2026-12-01T08:00", "2026-12-10T09:00")], "2027-01-04"),  # 12-23 and ten days: 01-02, a Saturday
    ],
)
def test_paused_time_does_not_count(amount: int, unit: str, pauses: list[tuple[str, str]], last: str) -> None:
    paused = [Pause(at(since), at(until), "appraisal") for since, until in pauses]
    assert last_day(due(limit(amount, unit), at("2026-11-23"), CALENDAR, paused=paused)) == last


def test_of_hours_the_exact_time_is_left_out() -> None:
    paused = [Pause(at("2026-11-23T12:00"), at("2026-11-23T12:45"), "appraisal")]
    assert due(limit(24, "hour"), at("2026-11-23T10:00"), CALENDAR, paused=paused).at == at("2026-11-24T10:45")
    late = [Pause(at("2026-11-24T10:00"), at("2026-11-25T10:00"), "appraisal")]
    assert due(limit(24, "hour"), at("2026-11-23T10:00"), CALENDAR, paused=late).at == at("2026-11-24T10:00")


def test_only_reasons_that_the_limit_names_stop_it() -> None:
    paused = [Pause(at("2026-11-24"), at("2026-11-26"), "hearing")]
    assert last_day(due(limit(2, "workday"), at("2026-11-23"), CALENDAR, paused=paused)) == "2026-11-25"


@pytest.mark.parametrize(
    ("amount", "unit", "start", "since", "until", "provisional"),
    [
        (5, "workday", "2024-12-27", "2024-12-31T08:00", "2025-01-03T09:00", True),  # 12-30 counts and is not certain
        (5, "workday", "2024-10-31", "2024-11-01T00:00", "2025-01-01T00:00", False),  # all that is not, is paused
        (5, "day", "2024-12-23", "2024-12-29T08:00", "2025-01-01T09:00", True),  # moves from 12-28, a Saturday
        (5, "day", "2024-10-22", "2024-10-28T08:00", "2025-01-01T09:00", False),  # moves from 10-27 to 01-02
    ],
)
def test_days_that_were_paused_need_no_announcement(
    amount: int, unit: str, start: str, since: str, until: str, provisional: bool
) -> None:
    """In Chuxiong, where 彝族年 of 2024 is not dated: from 11-01 to 12-31 nothing is certain."""
    paused = [Pause(at(since), at(until), "appraisal")]
    found = due(limit(amount, unit), at(start), CALENDAR, CHUXIONG, paused)
    assert found.provisional is provisional
    assert found == explain(limit(amount, unit), at(start), CALENDAR, CHUXIONG, paused).due


@pytest.mark.parametrize(
    ("amount", "unit", "start", "region", "more", "rule"),
    [
        (24, "hour", "2026-11-25", CHUXIONG, {}, "x.24h"),
        (3, "workday", "2024-07-26", CHUXIONG, {}, "x.3w@532301"),
        (3, "workday", "2024-07-26", "", {}, "x.3w"),
        (30, "day", "2026-03-02", "510703", {}, "x.30d@510703"),
        (30, "day", "2026-03-02", "510703", {"roll": False}, "x.30d"),
        (1, "month", "2026-03-02", "", {}, "x.1m"),
        (3, "workday", "2026-12-29", "510703", {}, "x.3w@510703~"),
        (3, "workday", "2026-12-28", "510703", {}, "x.3w@510703"),
        (3, "workday", "2026-11-25", CHUXIONG, {}, "x.3w@532301~"),  # 彝族年 of 2026 is not dated
        (30, "day", "2026-12-25", "", {}, "x.30d~"),
        (30, "day", "2026-12-25", "", {"roll": False}, "x.30d"),  # no day off can move it
        (30, "day", "2003-11-01", "", {}, "x.30d~"),
    ],
)
def test_the_rule_says_where_and_whether_it_is_provisional(
    amount: int, unit: str, start: str, region: str, more: dict[str, Any], rule: str
) -> None:
    found = due(limit(amount, unit, **more), at(start), CALENDAR, region)
    assert found.rule == rule and found.provisional is rule.endswith("~")


def test_a_year_without_data_is_monday_to_friday() -> None:
    found = due(limit(5, "workday"), at("2027-09-29"), CALENDAR)
    assert (last_day(found), found.provisional) == ("2027-10-06", True)
    own = 'version = "o.1"\nsource = "x"\n[years.2027]\nholidays = [{zh = "国庆", en = "National Day", '
    loaded = shipped_calendar([own + "first = 2027-10-01, last = 2027-10-07, worked = [2027-10-09]}]"])
    found = due(limit(5, "workday"), at("2027-09-29"), loaded)
    assert (last_day(found), found.provisional) == ("2027-10-12", False)


def test_a_limit_is_chosen_by_the_day_its_clock_starts() -> None:
    rule = limit(30, "day", valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31))
    starts = ["2024-12-31T23:59", "2025-01-01T00:00", "2025-12-31T23:59", "2026-01-01T00:00"]
    assert [rule.valid(at(start)) for start in starts] == [False, True, True, False]
    assert limit(1, "day").valid(at("1949-10-01"))


# --- for any limit ----------------------------------------------------------------------------------------------------

FIRST, LAST = at("2003-06-01"), at("2029-01-01")
starts = st.integers(FIRST, LAST)
regions = st.sampled_from(["", CHUXIONG, "532301101", "510703", "510726"])
units = st.sampled_from(["hour", "day", "workday", "month"])


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    unit = draw(units)
    more: dict[str, Any] = {"pauses": ["appraisal", "hearing"]}
    if unit == "hour":
        more["first"] = draw(st.sampled_from(["next", "moment"]))
        more["extension"] = extension(0, "hour", 0)
    else:
        more["roll"] = draw(st.booleans())
        more["cut_off"] = draw(st.sampled_from(["24:00", "17:30", "00:01"]))
        more["extension"] = extension(0, draw(st.sampled_from(["day", "workday", "month"])), 0)
    return limit(draw(st.integers(1, 14 if unit == "month" else 70)), unit, **more)


@dataclass
class Case:
    """A start and pauses around and after it."""

    start: int
    paused: list[Pause]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    start = draw(starts)
    paused = []
    for _ in range(draw(st.integers(0, 3))):
        since = start + draw(st.integers(-3 * DAY, 60 * DAY))
        reason = draw(st.sampled_from(["appraisal", "hearing", "illness"]))
        paused.append(Pause(since, since + draw(st.integers(-HOUR, 20 * DAY)), reason))
    return Case(start, paused)


extensions = st.integers(0, 40)


@given(limits(), cases(), regions, extensions)
def test_the_explanation_recomputes_the_date(rule: Limit, case: Case, region: str, extended: int) -> None:
    found = due(rule, case.start, CALENDAR, region, case.paused, extended)
    told = explain(rule, case.start, CALENDAR, region, case.paused, extended)
    assert told.due == found
    assert found.at > case.start
    if not case.paused and not extended:
        assert due(rule, case.start, CALENDAR, region, [Pause(FIRST, FIRST, "appraisal")]) == found, "both ways agree"


@given(limits(), cases(), regions, extensions)
def test_the_days_of_the_explanation_are_whole(rule: Limit, case: Case, region: str, extended: int) -> None:
    told = explain(rule, case.start, CALENDAR, region, case.paused, extended)
    assert [line.day for line in told.lines] == list(range(told.lines[0].day, told.last + 1))
    counted = [line.counted for line in told.lines if line.counted]
    assert counted == list(range(1, len(counted) + 1))
    if rule.unit == "hour":
        assert sum(line.ran for line in told.lines) == (rule.amount + extended) * HOUR
    elif rule.unit == "workday" and not extended:
        assert len(counted) == rule.amount
        assert all(CALENDAR.working(line.day, region) for line in told.lines if line.counted)
    assert all(bool(line.why) is not bool(line.counted or line.ran) for line in told.lines if not line.rolled)


@given(limits(), cases(), regions, extensions, st.integers(1, 5))
def test_more_is_never_earlier(rule: Limit, case: Case, region: str, extended: int, more: int) -> None:
    longer = rule._replace(amount=rule.amount + more)
    found = due(rule, case.start, CALENDAR, region, case.paused, extended)
    assert due(longer, case.start, CALENDAR, region, case.paused, extended).at >= found.at
    assert due(rule, case.start, CALENDAR, region, case.paused, extended + more).at >= found.at


@given(limits(), cases(), regions, extensions, st.integers(0, 70 * DAY))
@example(limit(1, "month"), Case(at("2025-01-29"), []), "", 0, DAY)
def test_a_later_start_never_ends_earlier(rule: Limit, case: Case, region: str, extended: int, later: int) -> None:
    """Pauses begin after both starts: one that was over, or began, before the start is another limit's."""
    paused = [p._replace(since=p.since + later + 4 * DAY, until=p.until + later + 4 * DAY) for p in case.paused]
    found = due(rule, case.start, CALENDAR, region, paused, extended)
    assert due(rule, case.start + later, CALENDAR, region, paused, extended).at >= found.at


@given(starts, st.integers(1, 30))
def test_months_agree_with_their_definition(start: int, months: int) -> None:
    day = date.fromordinal((start + 8 * HOUR) // DAY + date(1970, 1, 1).toordinal())
    found = date.fromordinal(same_day(day.toordinal(), months))
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)


# --- what is refused --------------------------------------------------------------------------------------------------

WHOLE: dict[str, Any] = {
    **BASE,
    "amount": 15,
    "unit": "day",
    "basis": "特邀调解规定 §27",
    "basis_kind": "law",
    "extension": extension(30, "day"),
    "restart": ["attempt.failed"],
    "region": "5323",
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", 0), ("amount", True), ("amount", "15"), ("amount", 10_000), ("amount", 1.5), ("unit", "week"),
        ("start", ""), ("start", "On Signing"), ("first", "now"), ("first", "moment"), ("roll", 1),
        ("cut_off", "25:00"), ("cut_off", "00:00"), ("cut_off", 17), ("pauses", "appraisal"), ("pauses", ["Appraisal"]),
        ("restart", [1]),
        ("region", "楚雄"), ("region", 5323), ("warn_hours", -1), ("warn_hours", None), ("basis", " "),
        ("basis", "特邀调解规定"), ("basis_kind", "habit"), ("valid_from", "2025-01-01"), ("extension", 30),
        ("warn", 24),
    ],
)  # fmt: skip
def test_a_limit_that_cannot_be_is_refused_by_key_and_field(field: str, value: Any) -> None:
    assert read_limit("court.entrust", WHOLE).text == "court.entrust.15d"
    with pytest.raises(LimitRefused) as said:
        read_limit("court.entrust", WHOLE | {field: value})
    assert (said.value.key, said.value.field) == ("court.entrust", field)
    assert str(said.value).startswith(f"limit court.entrust: {field}: ")


@pytest.mark.parametrize("field", ["amount", "unit", "start", "warn_hours", "basis", "basis_kind"])
def test_a_limit_that_lacks_a_field_is_refused(field: str) -> None:
    with pytest.raises(LimitRefused, match=f"limit x: {field}: missing"):
        read_limits({"x": {name: value for name, value in WHOLE.items() if name != field}})


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", -1), ("unit", "hour"), ("max_times", "1"), ("approver", None), ("both_parties_consent", 1), ("by", 1)],
)
def test_an_extension_that_cannot_be_is_refused(field: str, value: Any) -> None:
    with pytest.raises(LimitRefused) as said:
        read_limit("x", WHOLE | {"extension": WHOLE["extension"] | {field: value}})
    assert said.value.field == f"extension.{field}"


def test_an_extension_is_of_the_limits_unit_unless_it_says_another() -> None:
    bare = {name: value for name, value in WHOLE["extension"].items() if name != "unit"}
    read = read_limit("x", WHOLE | {"extension": bare}).extension
    assert read is not None and read.unit == "day"
    with pytest.raises(LimitRefused, match=r"extension\.approver: missing"):
        read_limit("x", WHOLE | {"extension": {k: v for k, v in bare.items() if k != "approver"}})


def test_hours_have_no_last_day() -> None:
    hours = BASE | {"amount": 24, "unit": "hour"}
    for field, value in (("roll", True), ("cut_off", "17:30")):
        with pytest.raises(LimitRefused, match=f"limit x: {field}"):
            read_limit("x", hours | {field: value})
    with pytest.raises(LimitRefused, match="valid_to"):
        read_limit("x", hours | {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)})
    with pytest.raises(LimitRefused, match="its key"):
        read_limit("X 1", hours)
    with pytest.raises(LimitRefused, match="a table"):
        read_limit("x", 24)
