"""What of the running limits is meant: one filter for the board's figures and for the lists behind them.

Guarantee: a figure and the list its link leads to use the same ``Filter`` and the same conditions, so they hold the
same limits at the same position and instant. The filter is its query string: ``from_query(query())`` gives it back,
the scope apart, which never comes from outside. Lights and buckets: hub default (the picture's README).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlencode

from sqlalchemy import and_, case, not_

from hub import words as w
from hub.policy import Pack
from hub.policy.limits import HOURS
from hub.policy.pack import CHANNELS
from hub.words import DAY, HOUR

CRIT, LATE, SOON, OK = "crit", "late", "soon", "ok"  # over by more than half the limit; over; within the warning; else
LIGHTS: Final = (CRIT, LATE, SOON, OK)
OVER: Final = "over"  # crit and late together
TODAY: Final = "today"
BUCKETS: Final = ("over7", "over3", "over1", "over0", TODAY, "in3", "in10", "later")
OVERDUE: Final = BUCKETS[:4]
AGES: Final = ("age0", "age1", "age2", "age3", "age4")  # of an unsigned referral, by parts of the sign limit's length
STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    w.SIGN: (w.SIGN,),
    w.ACCEPT: (w.ACCEPT,),
    w.FEEDBACK: (w.FEEDBACK,),
    w.PROGRESS: (w.PROGRESS, w.PERFORM),
    w.ANSWER: (w.CONSENT, w.SETTLE, w.ANSWER, w.ACKNOWLEDGE),
}
"""The steps of a dispute a limit belongs to: every limit to exactly one."""
MOST: Final = 60  # agencies named in one filter


class BadFilter(ValueError):
    """The query names something unknown; ``field`` is the query's name."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Moment(NamedTuple):
    """The instant figures are true for, with the pack's spans. All of one page are made with the same one."""

    now: int
    midnight: int  # the end of the local day: what is due up to it is due today
    today: date  # the local day
    warn: tuple[tuple[str, int], ...]  # per limit: how long before its end it is soon due
    sign: int  # length of the sign limit

    @classmethod
    def of(cls, now: int, pack: Pack) -> Self:
        """The moment at ``now`` under a pack."""
        midnight = now - (now + pack.offset) % DAY + DAY
        sign = pack.limits[w.SIGN]
        length = sign.amount * (HOUR if sign.unit == HOURS else DAY)
        today = date.fromordinal(date(1970, 1, 1).toordinal() + (now + pack.offset) // DAY)
        return cls(now, midnight, today, tuple((name, limit.warn) for name, limit in pack.limits.items()), length)

    def ages(self) -> tuple[int, ...]:
        """Where the ages of unsigned referrals part: a sixth, a half, the whole, one and a half of the sign limit
        (4, 12, 24 and 36 hours with the shipped pack): behind the third late, behind the last far too late.
        """
        return self.sign // 6, self.sign // 2, self.sign, self.sign * 3 // 2

    def bucket(self, due_at: int) -> str:
        """The bucket of a due date: days over by the clock, days ahead by the local calendar."""
        for name, (low, high) in zip(BUCKETS, self.edges(), strict=True):
            if (low is None or due_at > low) and (high is None or due_at <= high):
                return name
        raise AssertionError("the buckets leave a gap")

    def edges(self) -> tuple[tuple[int | None, int | None], ...]:
        """Per bucket: due after the first and at or before the second instant."""
        at = (
            self.now - 7 * DAY, self.now - 3 * DAY, self.now - DAY, self.now, self.midnight, self.midnight + 3 * DAY,
            self.midnight + 10 * DAY,
        )  # fmt: skip
        return tuple(zip((None, *at), (*at, None), strict=True))


@dataclass(frozen=True)
class Filter:
    """Which running limits. "" and () = any. ``agencies``, ``without``: codes of debtors. ``channel``: the referral's,
    of a limit without referral the dispute's. ``township``: the first digits of the place's region code. ``names``:
    limits (``STEPS`` groups them). ``light``: one of ``LIGHTS`` or ``OVER``. ``age``: of unsigned referrals.
    ``scope``: only disputes in which one of these agencies has or had a role; None = all.
    """

    channel: str = ""
    township: str = ""
    agencies: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kind: str = ""
    names: tuple[str, ...] = ()
    light: str = ""
    bucket: str = ""
    age: str = ""
    scope: frozenset[bytes] | None = None

    def but(self, **changes: Any) -> Filter:
        """The same with changes."""
        return replace(self, **changes)

    def query(self, **changes: Any) -> str:
        """The filter as a query string, ``?`` apart; ``changes`` as in ``but``."""
        f = self.but(**changes) if changes else self
        single = (
            ("channel", f.channel), ("township", f.township), ("kind", f.kind), ("light", f.light),
            ("bucket", f.bucket), ("age", f.age),
        )  # fmt: skip
        many = (("agency", f.agencies), ("name", f.names))
        pairs = [(name, value) for name, value in single if value]
        pairs += [(name, value) for name, values in many for value in values]
        if f.without:
            pairs.append(("without", ",".join(f.without)))
        return urlencode(pairs, safe=",")

    @classmethod
    def from_query(cls, pairs: Iterable[tuple[str, str]], scope: frozenset[bytes] | None = None) -> Filter:
        """The filter of a query's pairs; names that are not a filter's are left alone. BadFilter."""
        got: dict[str, list[str]] = {}
        for name, value in pairs:
            if value:
                got.setdefault(name, []).append(value)

        def one(name: str, known: Sequence[str]) -> str:
            value = got.get(name, [""])[-1]
            if value and value not in known:
                raise BadFilter(name)
            return value

        township = got.get("township", [""])[-1]
        names = tuple(dict.fromkeys(got.get("name", [])))
        agencies = tuple(dict.fromkeys(got.get("agency", [])))
        without = tuple(dict.fromkeys(c for v in got.get("without", []) for c in v.split(",") if c))
        if township and not (township.isascii() and township.isdigit() and len(township) <= 12):
            raise BadFilter("township")
        if not set(names) <= set(w.OBLIGATIONS):
            raise BadFilter("name")
        for field, codes in (("agency", agencies), ("without", without)):
            if len(codes) > MOST or any(len(c) > 64 or not c.isprintable() for c in codes):
                raise BadFilter(field)
        return cls(
            one("channel", CHANNELS), township, agencies, without, one("kind", w.KINDS), names,
            one("light", (*LIGHTS, OVER)), one("bucket", BUCKETS), one("age", AGES), scope,
        )  # fmt: skip

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Filter()

    # --- conditions on the obligations table --------------------------------------------------------------------------

    def conditions(self, o: Any, moment: Moment) -> list[Any]:
        """What holds of the limits' own columns; township and scope are joined by the reads."""
        found: list[Any] = []
        if self.channel:
            found.append(o.c.through == self.channel)
        if self.agencies:
            found.append(o.c.debtor.in_([w.agency_id(code) for code in self.agencies]))
        if self.without:
            found.append(o.c.debtor.not_in([w.agency_id(code) for code in self.without]))
        if self.kind:
            found.append(o.c.kind == self.kind)
        if self.names:
            found.append(o.c.name.in_(self.names))
        if self.light:
            found.append(lit(o, moment, self.light))
        if self.bucket:
            found.append(due_in(o, moment, self.bucket))
        if self.age:
            found += [o.c.name == w.SIGN, aged(o, moment, self.age)]
        return found


def far_over(o: Any, moment: Moment) -> Any:
    """Of an overdue limit: whether by more than half its length."""
    return 2 * (moment.now - o.c.due_at) > o.c.due_at - o.c.since_at


def lit(o: Any, moment: Moment, light: str) -> Any:
    """Whether a limit has this light."""
    over = o.c.due_at <= moment.now
    if light == OVER:
        return over
    if light == CRIT:
        return and_(over, far_over(o, moment))
    if light == LATE:
        return and_(over, not_(far_over(o, moment)))
    warned = o.c.due_at <= warned_until(o, moment)
    return and_(o.c.due_at > moment.now, warned if light == SOON else not_(warned))


def warned_until(o: Any, moment: Moment) -> Any:
    """Up to when a limit that ends is soon due, by its name."""
    by_span: dict[int, list[str]] = {}
    for name, span in moment.warn:
        by_span.setdefault(span, []).append(name)
    whens = [(o.c.name.in_(names), moment.now + span) for span, names in by_span.items()]
    return case(*whens, else_=moment.now)


def due_in(o: Any, moment: Moment, bucket: str) -> Any:
    """Whether a limit's end lies in this bucket."""
    low, high = moment.edges()[BUCKETS.index(bucket)]
    return and_(*([o.c.due_at > low] if low is not None else []), *([o.c.due_at <= high] if high is not None else []))


def aged(o: Any, moment: Moment, age: str) -> Any:
    """Whether a limit has run this long: from the lower bound on, up to but without the upper one."""
    at = moment.ages()
    n = AGES.index(age)
    found = [o.c.since_at <= moment.now - at[n - 1]] if n else []
    return and_(*found, *([o.c.since_at > moment.now - at[n]] if n < len(at) else []))
