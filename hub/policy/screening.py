"""排查: which rounds an agency owes, for which periods, and until when each must be filed.

Guarantee: pure. Periods of one schedule follow each other without a gap and never overlap: weeks are Monday to Sunday,
half months the 1st to 15th and the 16th to the month's end, months, quarters and half-years those of the calendar.
Days are ordinals of local dates (Asia/Shanghai); a due time is a UTC instant, the first that is too late.
``ScreeningRefused`` names entry and field.

A pack's entries; an overlay's list takes the place of the earlier one's::

    [[screening]]
    key = "village_week"
    zh = "村（社区）每周排查"
    en = "weekly, by the village"
    kind = "regular"                                   # a code of ``screening_kinds``
    owes = { level = "village", kinds = ["committee"] }  # every living agency of that level and one of those kinds
    every = "week"                                     # week, half_month, month, quarter, half_year
    by = "superior"                                    # ? filed by an inspection; left out = by the agency itself
    within = { amount = 2, unit = "workday", basis = "hub default", basis_kind = "default" }  # ? after the period's end
    basis = "绵司法发〔2023〕79号 二（一）"
    basis_kind = "seed"

``by = "superior"`` belongs to the schedule ``supervision``, every half-year: two rounds a year (督导), and to no other.
``within`` left out: the period's own end. ``[rectify]`` is the limit for rectifying a finding, written as in
``limit_tables``; a pack without it has ``RECTIFY``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple, Protocol

from hub.words import ACTIVE

from .calendar import Calendar, midnight
from .limit_tables import BASIS_KINDS, NAME, read_limit
from .limits import Due, Limit, due

WEEK: Final = "week"
HALF_MONTH: Final = "half_month"
MONTH: Final = "month"
QUARTER: Final = "quarter"
HALF_YEAR: Final = "half_year"
EVERY: Final = (WEEK, HALF_MONTH, MONTH, QUARTER, HALF_YEAR)
MONTHS: Final = {MONTH: 1, QUARTER: 3, HALF_YEAR: 6}

ITSELF: Final = ""
SUPERIOR: Final = "superior"
BY: Final = (ITSELF, SUPERIOR)
SUPERVISION: Final = "supervision"  # 督导: the one schedule that inspections file

ENDED: Final = "period.ended"  # what ``within`` runs from
NEEDED: Final = ("key", "zh", "en", "kind", "owes", "every", "basis", "basis_kind")
LEFT_OUT: Final = ("by", "within")
OF_OWES: Final = ("level", "kinds")
DEFAULTS: Final = {"start": ENDED, "warn_hours": 0}

RECTIFY: Final = read_limit("rectify", {
    "amount": 30, "unit": "day", "start": "finding.raised", "warn_hours": 72,
    "basis": "hub default: thirty days, no rule of law or of the seeds sets a figure", "basis_kind": "default",
})  # fmt: skip


class ScreeningRefused(ValueError):
    """A schedule cannot be what its text says; ``str()`` says where. ``field`` "" = the whole entry."""

    def __init__(self, key: str, field: str, why: str) -> None:
        """``why`` says what is expected."""
        super().__init__(f"{key}: {field}: {why}" if field else f"{key}: {why}")
        self.key, self.field, self.why = key, field, why


class Agency(Protocol):
    """What is read of an agency."""

    @property
    def kind(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def state(self) -> str: ...


class Schedule(NamedTuple):
    """One row: who owes a round how often. ``by``: ``ITSELF``, or ``SUPERIOR`` (督导: an inspection files it)."""

    key: str
    zh: str
    en: str
    kind: str
    level: str
    kinds: frozenset[str]
    every: str
    by: str
    within: Limit
    basis: str
    basis_kind: str


class Period(NamedTuple):
    """First and last local day, both in it."""

    first: int
    last: int


class Screens(Protocol):
    """What of a pack decides who owes rounds."""

    @property
    def screening(self) -> tuple[Schedule, ...]: ...


def owed_by(pack: Screens, agency: Agency) -> tuple[Schedule, ...]:
    """What an agency owes, in the pack's order; nothing when it is closing or dissolved."""
    if agency.state != ACTIVE:
        return ()
    return tuple(s for s in pack.screening if s.level == agency.level and agency.kind in s.kinds)


def named(pack: Screens, key: str) -> Schedule | None:
    """The schedule with this key; None where the pack has none."""
    return next((schedule for schedule in pack.screening if schedule.key == key), None)


def period_of(schedule: Schedule, day: int) -> Period:
    """The period a day lies in."""
    every = schedule.every
    if every == WEEK:
        monday = day - (day - 1) % 7
        return Period(monday, monday + 6)
    at = date.fromordinal(day)
    if every == HALF_MONTH:
        first, middle, following = date(at.year, at.month, 1).toordinal(), 15, _month(at.year, at.month)
        return Period(first, first + middle - 1) if at.day <= middle else Period(first + middle, following - 1)
    months = MONTHS[every]
    start = (at.month - 1) // months * months + 1
    return Period(date(at.year, start, 1).toordinal(), _month(at.year, start + months - 1) - 1)


def number_of(schedule: Schedule, day: int) -> int:
    """The number of the period a day lies in, counted from year 1 on: the next period has the next number."""
    every = schedule.every
    if every == WEEK:
        return (day - 1) // 7
    at = date.fromordinal(day)
    months = at.year * 12 + at.month - 1
    return months * 2 + (at.day > 15) if every == HALF_MONTH else months // MONTHS[every]


def many(schedule: Schedule, since: int, until: int) -> int:
    """How many periods begin on ``since`` or later and on ``until`` at the latest: the length of ``periods``."""
    before = period_of(schedule, since).first < since
    return max(0, number_of(schedule, until) - number_of(schedule, since) + 1 - before)


def periods(schedule: Schedule, since: int, until: int) -> Iterator[Period]:
    """Every period that begins on ``since`` or later and on ``until`` at the latest, in order."""
    found = period_of(schedule, since)
    if found.first < since:
        found = period_of(schedule, found.last + 1)
    while found.first <= until:
        yield found
        found = period_of(schedule, found.last + 1)


def is_period(schedule: Schedule, first: int, last: int) -> bool:
    """Whether these days are a period of the schedule."""
    return period_of(schedule, first) == (first, last)


def due_of(schedule: Schedule, last: int, calendar: Calendar, region: str = "") -> Due:
    """Until when the round of the period that ends on ``last`` is filed in time, by the days of a region."""
    return due(schedule.within, midnight(last + 1) - 1, calendar, region[:6])


def round_of(day: int) -> str:
    """The supervision round (督导轮次) a day lies in: two a year, e.g. ``2026-H1`` (楚雄市司法局 2023-10-19 七)."""
    at = date.fromordinal(day)
    return f"{at.year:04}-H{1 if at.month <= 6 else 2}"


def round_days(name: str) -> Period:
    """First and last day of a supervision round; ValueError for another text."""
    year, half = int(name[:4]), name[4:]
    if half not in ("-H1", "-H2"):
        raise ValueError(name)
    start = 1 if half == "-H1" else 7
    return Period(date(year, start, 1).toordinal(), _month(year, start + 5) - 1)


def _month(year: int, month: int) -> int:
    """The first day of the month after this one."""
    return date(year + month // 12, month % 12 + 1, 1).toordinal()


# --- as a pack writes them ------------------------------------------------------------------------------------------


def read_screening(raw: Any) -> tuple[Schedule, ...]:
    """All of a pack's schedules. ScreeningRefused at the first fault, LimitRefused for a ``within``."""
    for key, field, why in faults(raw):
        raise ScreeningRefused(key, field, why)
    return tuple(_schedule(own) for own in raw)


def read_rectify(raw: Any) -> Limit:
    """The limit for rectifying a finding. LimitRefused."""
    return RECTIFY if raw is None else read_limit("rectify", raw)


def within_of(own: Mapping[str, Any]) -> Any:
    """An entry's ``within`` as a limit is written."""
    raw = own["within"]
    return {**DEFAULTS, **raw} if isinstance(raw, Mapping) else raw


def limit_key(own: Mapping[str, Any]) -> str:
    """What the limit of an entry is called."""
    return f"screening.{own.get('key')}"


def faults(raw: Any) -> Iterator[tuple[str, str, str]]:
    """(entry, field, what is expected) of everything at fault but what is inside ``within``."""
    if not isinstance(raw, list):
        yield "screening", "", "[[screening]] entries are expected"
        return
    seen: set[str] = set()
    for n, own in enumerate(raw, 1):
        if not isinstance(own, Mapping):
            yield f"screening {n}", "", "a table is expected"
            continue
        key = own.get("key")
        where = f"screening {n} {key}" if isinstance(key, str) else f"screening {n}"
        for field, why in _fields(own):
            yield where, field, why
        if isinstance(key, str) and key in seen:
            yield where, "key", "the same is there twice"
        seen.add(str(key))


def _fields(own: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field in sorted(own.keys() - {*NEEDED, *LEFT_OUT}):
        yield field, "unknown"
    for field in NEEDED:
        if field not in own:
            yield field, "missing"
        elif field == "owes":
            yield from _owes(own[field])
        elif not isinstance(own[field], str) or not own[field].strip():
            yield field, "a text is expected"
    key = own.get("key")
    if isinstance(key, str) and key.strip() and (not NAME.fullmatch(key) or "." in key):
        yield "key", "words of a-z, 0-9 and _ are expected"
    for field, known in (("every", EVERY), ("basis_kind", BASIS_KINDS), ("by", BY[1:])):
        if isinstance(own.get(field), str) and own[field].strip() and own[field] not in known:
            yield field, f"one of {', '.join(known)} is expected"
    whole = (key, own.get("by"), own.get("every"))
    if (key == SUPERVISION or own.get("by") == SUPERIOR) and whole != (SUPERVISION, SUPERIOR, HALF_YEAR):
        yield "by", f"{SUPERVISION}, by a superior and every half-year belong together"
    if "by" in own and not isinstance(own["by"], str):
        yield "by", f"one of {', '.join(BY[1:])} is expected"


def _owes(raw: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(raw, Mapping) or sorted(raw) != sorted(OF_OWES):
        yield "owes", "a table of level and kinds is expected"
        return
    if not isinstance(raw["level"], str) or not raw["level"]:
        yield "owes", "level: a text is expected"
    kinds = raw["kinds"]
    if not isinstance(kinds, list) or not kinds or not all(isinstance(kind, str) and kind for kind in kinds):
        yield "owes", "kinds: a list of kinds of agencies is expected"


def _schedule(own: Mapping[str, Any]) -> Schedule:
    owes = own["owes"]
    return Schedule(
        own["key"], own["zh"], own["en"], own["kind"], owes["level"], frozenset(owes["kinds"]), own["every"],
        own.get("by", ITSELF), read_limit(limit_key(own), within_of(own)) if "within" in own else _at_the_end(own),
        own["basis"], own["basis_kind"],
    )  # fmt: skip


def _at_the_end(own: Mapping[str, Any]) -> Limit:
    """No day more than the period has."""
    key = limit_key(own)
    fields = {"amount": 1, "unit": "day", "roll": False, "basis": own["basis"], "basis_kind": "default"}
    return read_limit(key, DEFAULTS | fields)._replace(amount=0, text=f"{key}.0d")
