"""The board's figures as they are shown: labels, links to the lists behind them, steps of colour, who may urge.

Guarantee: every figure but a sum of a whole column is a link with the filter it was counted with; a figure 0 is no
link. Nothing here belongs to one person: what depends on who looks is their agency and whether they may act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from markupsafe import Markup, escape

from hub import words as w
from hub.aggregates.agency.registry import Registry
from hub.projections.obligations.board import Figures
from hub.projections.obligations.filter import AGES, BUCKETS, LIGHTS, OVER, OVERDUE, STEPS, TODAY, Filter, Moment
from hub.projections.obligations.tallies import Grid, Rest, Step, grid, matrix
from hub.projections.reading import Item
from hub.words import DAY, HOUR, AgencyId

from ..drawings.spark import spark
from . import items, when
from .messages import say
from .places import place_name

LIMITS: Final = "/limits"
SENT: Final = "/referrals"
ROWS, ROWS_WALL = 18, 12  # of the grid
OVER_ROWS, OVER_WALL = 40, 10
TODAY_ROWS, TODAY_WALL = 13, 10
TERMS: Final = ("sent", "signed", "returned", "withdrawn", "lapsed", "pending")
FAMILIES: Final = ("l", "l", "l", "l", "s", "r", "r", "r")  # of the buckets' colours: late, soon, rest
STEPS_OF_COLOUR: Final = {"l": (1 / 3, 2 / 3), "s": (0.2, 0.5), "r": (0.2, 0.5)}  # of the family's greatest figure
LEAST_GREATEST: Final = {"l": 3, "s": 5, "r": 10}  # so that a single one does not glow on a quiet day


class Figure(NamedTuple):
    """A number, where its list is ("" = none), how it looks, and what it is in words."""

    n: int
    href: str
    look: str = ""
    says: str = ""

    @property
    def link(self) -> Markup:
        """The number, leading to its list. Here and not in the template: a board has hundreds."""
        if not self.href:
            return Markup(f"{self.n:,}")
        title = f' title="{escape(self.says)}"' if self.says else ""
        return Markup(f'<a href="{escape(self.href)}"{title}>{self.n:,}</a>')


class Row(NamedTuple):
    """A row of figures. ``agency``: of a row about one; ``label``: of any other."""

    agency: bytes | None
    label: str
    cells: tuple[Figure, ...]
    total: Figure

    @property
    def heat(self) -> Markup:
        """The cells of the grid; those without a figure are empty."""
        made = [
            f'<td class="{escape(f.look)}">{f.link}</td>' if f.look else f"<td>{f.link if f.n else ''}</td>"
            for f in self.cells
        ]
        return Markup("".join(made))


class Age(NamedTuple):
    """One bar of the unsigned: its length in hundredths of the longest."""

    label: str
    figure: Figure
    length: int


class Owed(NamedTuple):
    """One running limit in a list. ``urge``, ``supervise``: "" = may, else the key of why not; None = not offered."""

    item: Item
    key: str
    due: when.Due
    span: str
    step: str
    about: str
    token: str
    urge: str
    supervise: str | None


@dataclass(frozen=True)
class Shown:
    """One board for one agency's people in one language."""

    figures: Figures
    past: Sequence[tuple[int, int]]
    registry: Registry
    lang: str
    agency: bytes
    acts: bool
    wall: bool = False

    def say(self, key: str, **values: Any) -> str:
        """A text of the board."""
        return say(self.lang, f"board.{key}", **values)

    def link(self, n: int, look: str = "", says: str = "", **changes: Any) -> Figure:
        """A figure and the list it counts."""
        if not n or self.wall:
            return Figure(n, "", look, says)
        wanted = self.figures.filter
        if wanted.agencies and "agencies" in changes:
            query = wanted.query(**changes)
        else:  # what a board's own filter leaves open: told behind it, as the filter itself would
            more = [self._pairs(name, values) for name, values in changes.items() if values]
            query = "&".join(part for part in (self._own, *more) if part)
        return Figure(n, f"{LIMITS}?{query}" if query else LIMITS, look, says)

    @cached_property
    def _own(self) -> str:
        return self.figures.filter.query()

    def _pairs(self, name: str, values: Any) -> str:
        return Filter(**{name: values}).query() if name == "without" else _query(name, values)

    # --- tiles --------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """The instant all of it is true for."""
        return self.figures.moment.now

    @property
    def here(self) -> str:
        """This board's own address, to come back to, as a query's value."""
        query = self.figures.filter.query()
        return quote(f"/board?{query}" if query else "/board", safe="")

    @cached_property
    def unsigned(self) -> Figure:
        """How many nobody has signed."""
        return self.link(self.figures.unsigned.count, names=(w.SIGN,))

    @cached_property
    def unsigned_lights(self) -> list[Figure]:
        """Of them the far overdue and the overdue."""
        u = self.figures.unsigned
        return [self.link(n, light, names=(w.SIGN,), light=light) for light, n in (("crit", u.crit), ("late", u.late))]

    @cached_property
    def ages(self) -> list[Age]:
        """How long they have been waiting."""
        bounds = self.figures.moment.ages()
        counts = self.figures.unsigned.ages
        longest = max(counts)
        unit, size = ("n_hours", HOUR) if not any(b % HOUR for b in bounds) else ("n_days", DAY)
        texts = [self.say(unit, n=f"{b / size:g}") for b in bounds]
        labels = [self.say("age_first", b=texts[0])]
        labels += [
            self.say("age_between", a=f"{a / size:g}", b=b) for a, b in zip(bounds, texts[1:], strict=False)
        ]  # fmt: skip
        labels.append(self.say("age_last", a=texts[-1]))
        looks = ("", "", "", "late", "crit")
        return [
            Age(
                label,
                self.link(n, look if n else "", names=(w.SIGN,), age=age),
                round(100 * n / longest) if longest else 0,
            )
            for label, n, look, age in zip(labels, counts, looks, AGES, strict=True)
        ]

    @cached_property
    def spark(self) -> str:
        """The last 30 days as a line, with what is unsigned now as its end. Markup of our own."""
        points = [*self.past, (self.now, self.figures.unsigned.count)]
        return spark(points, self.say("history_label", low=self.low, high=self.high, now=self.figures.unsigned.count))

    @cached_property
    def low(self) -> int:
        """The least of the last 30 days."""
        return min((n for _, n in self.past), default=0)

    @cached_property
    def high(self) -> int:
        """The most of the last 30 days."""
        return max((n for _, n in self.past), default=0)

    @cached_property
    def steps(self) -> tuple[list[Row], Row]:
        """The matrix and its total."""
        rows, total = matrix(self.figures.tallies)
        return [self._step(row, STEPS[row.step]) for row in rows], self._step(total, ())

    def _step(self, row: Step, names: tuple[str, ...]) -> Row:
        narrowed: dict[str, Any] = {"names": names} if names else {}
        cells = tuple(
            self.link(n, f"is-{light}" if n else "", light=light, **narrowed)
            for light, n in zip(LIGHTS, row.lights, strict=True)
        )
        label = self.say(f"step_{row.step}") if row.step else self.say("total_limits")
        return Row(None, label, cells, self.link(row.total, **narrowed))

    @cached_property
    def equation(self) -> list[tuple[str, Figure]]:
        """sent = signed + …, each with its word."""
        f = self.figures
        found = []
        for term in TERMS:
            n = int(f.equation.sums[term])
            query = f.filter.but(names=(), light="", bucket="", age="", without=()).query()
            outcome = "" if term == "sent" else f"outcome={term}"
            href = SENT + "?" * bool(query or outcome) + "&".join(part for part in (outcome, query) if part)
            found.append((self.say(term), Figure(n, href if n and not self.wall else "")))
        return found

    @cached_property
    def climbing(self) -> Figure:
        """Disputes whose ladder waits for a superior, or is exhausted. No link where their list cannot be asked for."""
        f, n = self.figures.filter, self.figures.climbing
        if not n or self.wall or f.kind or len(f.agencies) > 1 or f.without:
            return Figure(n, "")
        more = {"township": f.township, "custodian": "".join(f.agencies), "channel": f.channel}
        query = "".join(f"&{name}={quote(value, safe='')}" for name, value in more.items() if value)
        return Figure(n, f"/disputes?status=open&ladder=due{query}")

    @property
    def narrowed(self) -> bool:
        """Whether the equation is of some senders only."""
        f = self.figures.filter
        return f.scope is not None or bool(f.township or f.agencies)

    # --- the grid -----------------------------------------------------------------------------------------------------

    @cached_property
    def counted(self) -> Grid:
        """The grid's figures."""
        return grid(self.figures.tallies, ROWS_WALL if self.wall else ROWS, today_apart=not self.wall)

    @cached_property
    def heat(self) -> list[Row]:
        """The worst agencies."""
        return [
            self._heat(row.debtor, "", row.buckets, row.total, agencies=(self._code(row.debtor),))
            for row in self.counted.rows
        ]

    @cached_property
    def rest(self) -> list[Row]:
        """The others, in one or two rows."""
        found = []
        g = self.counted
        shown = tuple(self._code(row.debtor) for row in g.rows)
        if g.today is not None:
            codes = tuple(self._code(ident) for ident in g.today.debtors)
            label = self.say("rest_today", n=len(codes))
            found.append(self._rest(label, g.today, agencies=codes))
            shown += codes
        if g.rest is not None:
            others = 0 if self.figures.filter.scope is not None else self.agencies - len(shown)
            label = self.say("rest", n=max(len(g.rest.debtors), others))
            found.append(self._rest(label, g.rest, without=shown))
        return found

    def _rest(self, label: str, rest: Rest, **narrowed: Any) -> Row:
        # Many agencies together: their sum is no worse than the worst one alone, and never the darkest of the grid.
        return self._heat(None, label, rest.buckets, rest.total, most=1, **narrowed)

    @cached_property
    def heat_total(self) -> Row:
        """The grid's sums."""
        cells = [self.link(n, bucket=bucket) for n, bucket in zip(self.counted.buckets, BUCKETS, strict=True)]
        return Row(None, self.say("total"), tuple(cells), self.link(self.counted.total))

    @cached_property
    def _greatest(self) -> dict[str, int]:
        found = dict(LEAST_GREATEST)
        for row in self.counted.rows:
            for family, n in zip(FAMILIES, row.buckets, strict=True):
                found[family] = max(found[family], n)
        return found

    def _heat(
        self, agency: bytes | None, label: str, counts: Sequence[int], total: int, most: int = 3, **narrowed: Any
    ) -> Row:
        cells = []
        for bucket, family, n in zip(BUCKETS, FAMILIES, counts, strict=True):
            says = self.say(f"bucket_{bucket}")
            look = f"{family}{min(most, self._colour(family, n))}" if n else ""
            cells.append(self.link(n, look, says, bucket=bucket, **narrowed))
        return Row(agency, label, tuple(cells), self.link(total, **narrowed))

    def _colour(self, family: str, n: int) -> int:
        part = n / self._greatest[family]
        first, second = STEPS_OF_COLOUR[family]
        return 1 + (part > first) + (part > second)

    @cached_property
    def agencies(self) -> int:
        """Living agencies in the scope."""
        scope = self.figures.filter.scope
        known = self.registry.agencies.values()
        return sum(1 for a in known if a.state != w.DISSOLVED and (scope is None or a.id in scope))

    def _code(self, agency: bytes) -> str:
        known = self.registry.agency(AgencyId(agency))
        return known.code if known is not None else w.text(agency)

    # --- lists --------------------------------------------------------------------------------------------------------

    @cached_property
    def today(self) -> list[Owed]:
        """What ends today, the most urgent first."""
        return [self._owed(item) for item in self.figures.today]

    @cached_property
    def today_total(self) -> Figure:
        """All of it."""
        return self.link(self.counted.buckets[BUCKETS.index(TODAY)], bucket=TODAY)

    @cached_property
    def over(self) -> list[Owed]:
        """What is overdue, the worst first."""
        return [self._owed(item) for item in self.figures.over]

    @cached_property
    def over_total(self) -> Figure:
        """All of it."""
        return self.link(sum(self.counted.buckets[: len(OVERDUE)]), light=OVER)

    def _owed(self, item: Item) -> Owed:
        return owed(self.registry, self.lang, self.agency, self.figures.moment, item)


@lru_cache(4_096)
def _query(name: str, values: Any) -> str:
    return Filter(**{name: values}).query()


def owed(registry: Registry, lang: str, agency: bytes, moment: Moment, item: Item) -> Owed:
    """A running limit as lists show it to the people of an agency."""
    warn = dict(moment.warn)[item["name"]]
    due = when.due(lang, moment.now, item["since_at"], item["due_at"], warn)
    span = when.length(lang, abs(item["due_at"] - moment.now))
    superior = AgencyId(agency) in registry.above(AgencyId(item["debtor"]))
    urge = "" if superior or item["creditor"] == agency else "not_yours"
    supervise = None
    if due.light == when.CRIT and not item["supervised_at"]:
        supervise = "" if superior else "not_superior"
    about = say_about(registry, lang, item)
    key = f"{item['dispute'].hex()}-{item['born']}-{item['k']}"
    step = say(lang, f"board.owes_{item['name']}")
    return Owed(item, key, due, span, step, about, items.token(item), urge, supervise)


def say_about(registry: Registry, lang: str, item: Item) -> str:
    """合同·学桥街社区: a dispute's category and place."""
    from .render import label  # the page's code lists

    category = label(lang, "categories", item["category"] or "")
    place = place_name(registry, item["place"] or "")
    joint = " · " if lang == "en" else "·"
    return joint.join(part for part in (category, place) if part)


def filter_words(registry: Registry, lang: str, wanted: Filter, kind: str) -> str:
    """A filter in words, for print. ``kind``: the word of its kind."""
    known = [registry.agency(w.agency_id(code)) for code in wanted.agencies]
    words = [
        say(lang, f"board.channel_{wanted.channel}") if wanted.channel else "",
        place_name(registry, wanted.township) if wanted.township else "",
        "、".join(a.name for a in known if a is not None),
        kind if wanted.kind else "",
    ]
    said = " · ".join(word for word in words if word)
    return said or say(lang, "board.unfiltered")
