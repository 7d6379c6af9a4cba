"""The board's figures against a recount of the same rows in plain Python, for filters and scopes of every kind."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

import pytest
from sqlalchemy import BigInteger, select

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.projections import Views
from hub.projections.obligations import Filter, Moment
from hub.projections.obligations.filter import AGES, BUCKETS, LIGHTS, OVER, STEPS
from hub.projections.obligations.tallies import grid, matrix, worst_first
from hub.words import DAY, HOUR
from tests.projections.histories import CHANNELS, CITY, History, ListLog
from tests.projections.parts import pack

PLACES = ("532301001201", "532301001202", "532301002201", "532301", "河边")


class Town(NamedTuple):
    """A history, its views, and all rows as they are."""

    past: History
    views: Views
    limits: list[dict[str, Any]]
    disputes: dict[bytes, dict[str, Any]]
    sent: list[dict[str, Any]]
    moment: Moment

    def involved(self, dispute: bytes) -> frozenset[bytes]:
        """Whoever has or had a role, by the machine's own count."""
        return self.views.roles.involved(dispute)

    def meant(self, f: Filter) -> list[dict[str, Any]]:
        """The limits a filter means, one by one."""
        return [o for o in self.limits if self._is_meant(o, f)]

    def _is_meant(self, o: dict[str, Any], f: Filter) -> bool:
        d = self.disputes[o["dispute"]]
        ids = [w.agency_id(code) for code in f.agencies]
        without = [w.agency_id(code) for code in f.without]
        return (
            (not f.channel or (o["channel"] or d["channel"]) == f.channel)
            and d["place"].startswith(f.township)
            and (not ids or o["debtor"] in ids)
            and o["debtor"] not in without
            and (not f.kind or o["kind"] == f.kind)
            and (not f.names or o["name"] in f.names)
            and (not f.light or self.light(o) == f.light or (f.light == OVER and self.light(o) in ("crit", "late")))
            and (not f.bucket or self.bucket(o) == f.bucket)
            and (not f.age or (o["name"] == w.SIGN and self.age(o) == f.age))
            and (f.scope is None or not f.scope.isdisjoint(self.involved(o["dispute"])))
        )

    def light(self, o: dict[str, Any]) -> str:
        now = self.moment.now
        if now >= o["due_at"]:
            return "crit" if now - o["due_at"] > (o["due_at"] - o["since_at"]) / 2 else "late"
        return "soon" if o["due_at"] - now <= pack().limits[o["name"]].warn else "ok"

    def bucket(self, o: dict[str, Any]) -> str:
        over = self.moment.now - o["due_at"]
        if over >= 0:
            return next(n for n, days in (("over7", 7), ("over3", 3), ("over1", 1), ("over0", 0)) if over >= days * DAY)
        ends = (o["due_at"] - 1 + 8 * HOUR) // DAY - (self.moment.now + 8 * HOUR) // DAY  # local days ahead
        return "today" if ends == 0 else "in3" if ends <= 3 else "in10" if ends <= 10 else "later"

    def age(self, o: dict[str, Any]) -> str:
        hours = (self.moment.now - o["since_at"]) / HOUR
        return next(a for a, bound in zip(AGES, (4, 12, 24, 36, 10**9), strict=True) if hours < bound)


def rows(views: Views, view: str, part: str = "") -> list[dict[str, Any]]:
    with views.database.snapshot() as db:
        book = views.database.current(views.all[view], db)
        assert book is not None
        return [dict(row._mapping) for row in db.execute(select(book.tables[part]))]


def build(views: Views, history: Callable[..., History], seed: int, commands: int = 350) -> Town:
    past = history(seed=seed, commands=commands)
    dice = random.Random(seed)
    for n in range(28):  # open offers of the last days in known places, some of them far too late
        past.now += dice.choice((HOUR, 2 * HOUR, 5 * HOUR))
        code = dice.choice(("village", "court", "petition", "committee"))
        dispute = past.do(code, c.Register("neighbour", PLACES[n % len(PLACES)], "visit", ()))
        receiver = w.agency_id(dice.choice([other for other, *_ in CITY if other != code]))
        kind = dice.choice((w.TRANSFER, w.NOTICE, w.ASSISTANCE))
        past.do(code, c.Refer(kind, dice.choice(CHANNELS), receiver, None, ""), dispute)
    crew = views.crew(ListLog(past.log))
    crew.catch_up(len(past.log))
    crew.close()
    moment = Moment.of(past.now + dice.choice((0, HOUR, 20 * HOUR)), pack())
    heads = {d["dispute"]: d for d in rows(views, "custody")}
    return Town(past, views, rows(views, "obligations"), heads, rows(views, "completeness", "outcomes"), moment)


@pytest.fixture(params=[3, 8, 21])
def town(request: pytest.FixtureRequest, views: Views, history: Callable[..., History]) -> Town:
    return build(views, history, request.param)


def filters(dice: random.Random) -> Iterator[Filter]:
    """Each single filter, then mixtures."""
    codes = [code for code, *_ in CITY]
    scopes = [None, None, frozenset({w.agency_id("village")}), frozenset(map(w.agency_id, ("court", "petition")))]
    yield Filter()
    singles: list[dict[str, Any]] = [{"scope": scope} for scope in scopes]
    singles += [{"scope": frozenset()}, {"scope": frozenset(map(w.agency_id, codes))}]
    singles += [{"channel": channel} for channel in CHANNELS]
    singles += [{"township": t} for t in ("532301001", "532301002", "532301", "5323019")]
    singles += [{"agencies": (codes[0],)}, {"agencies": tuple(codes[:4])}, {"without": tuple(codes[:3])}]
    singles += [{"kind": kind} for kind in w.KINDS]
    singles += [{"names": names} for names in STEPS.values()]
    singles += [{"light": light} for light in (*LIGHTS, OVER)] + [{"bucket": b} for b in BUCKETS]
    singles += [{"age": age} for age in AGES]
    for single in singles:
        yield Filter(**single)
    for _ in range(25):
        mixed: dict[str, Any] = {}
        for single in dice.sample(singles, 3):
            mixed |= single
        yield Filter(**mixed)


def test_every_figure_equals_a_recount(town: Town) -> None:
    seen = Counter[str]()
    for f in filters(random.Random(5)):
        figures = town.views.board.figures(f, town.moment, today=500, over=500)
        meant = town.meant(f)
        total = len(meant)
        assert sum(sum(t.buckets) for t in figures.tallies) == total, f
        for tally in figures.tallies:
            own = [o for o in meant if (o["debtor"], o["name"]) == (tally.debtor, tally.name)]
            assert tally.buckets == tuple(sum(town.bucket(o) == b for o in own) for b in BUCKETS)
            assert tally.lights == tuple(
                sum(town.light(o) == light for light in [name] for o in own) for name in LIGHTS
            )
        unsigned = [o for o in meant if o["name"] == w.SIGN]
        assert figures.unsigned.count == len(unsigned)
        assert figures.unsigned.ages == tuple(sum(town.age(o) == age for o in unsigned) for age in AGES)
        assert figures.unsigned.crit == sum(town.light(o) == "crit" for o in unsigned)
        oldest = figures.unsigned.oldest
        assert (oldest is None) == (not unsigned)
        assert oldest is None or oldest["since_at"] == min(o["since_at"] for o in unsigned)
        assert {key(o) for o in figures.today} == {key(o) for o in meant if town.bucket(o) == "today"}
        assert {key(o) for o in figures.over} == {key(o) for o in meant if o["due_at"] <= town.moment.now}
        assert figures.position == len(town.past.log)
        seen.update({"limits": total, "unsigned": len(unsigned), "over": len(figures.over)})
    assert min(seen["limits"], seen["unsigned"], seen["over"]) > 100  # the histories are not empty ones


def test_totals_agree_and_rest_rows_hold_what_is_left_out(town: Town) -> None:
    for f in filters(random.Random(6)):
        figures = town.views.board.figures(f, town.moment)
        steps, total = matrix(figures.tallies)
        assert total.total == sum(step.total for step in steps) == sum(total.lights)
        for most, apart in ((2, True), (2, False), (100, True)):
            made = grid(figures.tallies, most, today_apart=apart)
            rest = [r for r in (made.today, made.rest) if r is not None]
            counts = [row.buckets for row in made.rows] + [row.buckets for row in rest]
            assert made.total == total.total == sum(map(sum, counts))
            assert made.total == sum(row.total for row in made.rows) + sum(row.total for row in rest)
            assert made.buckets == tuple(sum(row[n] for row in counts) for n in range(len(BUCKETS)))
            debtors = [row.debtor for row in made.rows]
            debtors += [debtor for row in rest for debtor in row.debtors]
            assert len(debtors) == len(set(debtors)) == len({t.debtor for t in figures.tallies})
        overdue = total.lights[0] + total.lights[1]
        assert overdue == sum(made.buckets[:4])


def test_the_list_behind_a_figure_has_as_many(town: Town) -> None:
    for f in filters(random.Random(7)):
        page, total = town.views.board.limits(f, town.moment, limit=500)
        assert [key(o) for o in page.items] == sorted(map(key, town.meant(f))) and total == len(page.items), f
        assert page.position == len(town.past.log)


def test_lists_are_the_worst_first(town: Town) -> None:
    figures = town.views.board.figures(Filter(), town.moment, today=5, over=12)
    everything = town.views.board.figures(Filter(), town.moment, today=500, over=500)
    assert figures.over == everything.over[:12] and figures.today == everything.today[:5]
    order = [(town.light(o) != "crit", o["due_at"]) for o in everything.over]
    assert order == sorted(order) and len(order) > 12
    bad = [(-sum(n * k for n, k in zip((8, 4, 2, 1), row.buckets, strict=False)), -row.overdue) for row in
           worst_first(everything.tallies)]  # fmt: skip
    assert bad == sorted(bad)


def test_a_scope_counts_nothing_of_other_disputes(town: Town) -> None:
    whole = town.views.board.figures(Filter(), town.moment)
    for code, *_ in CITY:
        scope = frozenset({bytes(w.agency_id(code))})
        figures = town.views.board.figures(Filter(scope=scope), town.moment, today=500, over=500)
        for item in (*figures.today, *figures.over, *([figures.unsigned.oldest] if figures.unsigned.oldest else [])):
            assert not scope.isdisjoint(town.involved(item["dispute"]))
        open_ones = [d for d in town.disputes.values() if d["status"] == w.OPEN]
        mine = [d for d in open_ones if not scope.isdisjoint(town.involved(d["dispute"]))]
        assert figures.custody.open == len(mine) <= whole.custody.open == len(open_ones)
        sent = [r for r in town.sent if r["sender"] in scope]
        assert figures.equation.sums["sent"] == len(sent)
        assert figures.equation.sums["pending"] == sum(r["outcome"] == "pending" for r in sent)
        assert figures.equation.sums["difference"] == 0
        history = town.views.board.history(Filter(scope=scope), town.moment)
        visible = {r["dispute"] for r in town.sent if not scope.isdisjoint(town.involved(r["dispute"]))}
        assert [n for _, n in history] == [unsigned_at(town, at, visible.__contains__) for at, _ in history]


def test_the_equation_is_of_this_year_and_of_the_filter(town: Town) -> None:
    for channel in ("", *CHANNELS):
        for kind in ("", w.TRANSFER, w.NOTICE):
            figures = town.views.board.figures(Filter(channel=channel, kind=kind), town.moment)
            sent = [r for r in town.sent if channel in ("", r["channel"]) and kind in ("", r["kind"])]
            assert figures.equation.sums["sent"] == len(sent) and figures.equation.sums["difference"] == 0
    assert figures.equation.since == date(2026, 1, 1)
    later = Moment.of(town.moment.now + 400 * DAY, pack())
    assert town.views.board.figures(Filter(), later).equation.sums["sent"] == 0
    inside = town.views.board.figures(Filter(township="532301001"), town.moment).equation.sums["sent"]
    ids = {a.id for a in town.past.registry.agencies.values() if a.region.startswith("532301001")}
    assert inside == sum(r["sender"] in ids for r in town.sent)


def test_the_history_equals_a_recount(town: Town) -> None:
    found = town.views.board.history(Filter(), town.moment)
    assert len(found) == 30 and all((at + 8 * HOUR) % DAY == 8 * HOUR for at, _ in found)
    assert found[-1][0] <= town.moment.now < found[-1][0] + DAY
    assert [n for _, n in found] == [unsigned_at(town, at) for at, _ in found]
    assert len({n for _, n in found}) > 1
    ids = [w.agency_id("station"), w.agency_id("court")]
    through = town.views.board.history(Filter(channel="court", agencies=("station", "court")), town.moment)
    meant = [r for r in town.sent if r["channel"] == "court" and r["receiver"] in ids]
    assert [n for _, n in through] == [unsigned_at(town._replace(sent=meant), at) for at, _ in through]


def test_an_owner_who_is_no_more_is_counted(views: Views, history: Callable[..., History]) -> None:
    past = history(commands=0)
    past.do("village", c.Register("neighbour", "p", "visit", ()))
    crew = views.crew(ListLog(past.log))
    crew.catch_up(len(past.log))
    crew.close()
    moment = Moment.of(past.now, pack())
    before = views.board.figures(Filter(), moment).custody
    with views.database.layout() as db:
        book = views.database.current(views.all["agencies"], db)
        assert book is not None
        agencies = book.tables[""]
        db.execute(agencies.update().where(agencies.c.code == "village").values(state=w.DISSOLVED))
    after = views.board.figures(Filter(), moment).custody
    assert (before.open, before.unowned, after.open, after.unowned) == (1, 0, 1, 1)


def key(o: Any) -> tuple[int, bytes, int, int]:
    return o["due_at"], o["dispute"], o["born"], o["k"]


def unsigned_at(town: Town, at: int, visible: Callable[[bytes], bool] = lambda dispute: True) -> int:
    return sum(r["sent_at"] <= at and (r["at"] is None or r["at"] > at) and visible(r["dispute"]) for r in town.sent)


def test_who_waits_on_a_ladder_is_counted_by_channel(town: Town) -> None:
    """Each dispute waits in turn: it counts on the whole board, on its channel's, and on no other's."""
    database = town.views.database
    table = database.book(town.views.all["ladder"], 1).tables[""]
    given = {c.name: 0 if isinstance(c.type, BigInteger) else None if c.nullable else "" for c in table.columns}
    seen = set()
    for dispute in list(town.disputes.values())[:40]:
        row = given | {k: dispute[k] for k in ("dispute", "custodian")} | {"state": "exhausted", "open": 1}
        with database.layout() as db:
            db.execute(table.delete())
            db.execute(table.insert().values(row))
        assert town.views.board.figures(Filter(), town.moment).climbing == 1
        for channel in CHANNELS:
            found = town.views.board.figures(Filter(channel=channel), town.moment).climbing
            assert found == (dispute["channel"] == channel), (channel, dispute)
        seen.add(dispute["channel"])
    assert len(seen) > 2
    with database.layout() as db:
        db.execute(table.delete())
