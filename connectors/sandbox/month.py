"""A month in the city: seeded agencies at work, step by step, each step ending at a barrier.

Guarantee: with the same city, seed and length the same commands with the same ids are sent in every step over any
transport; within one step only one system acts on any one dispute, so that the order between systems decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.city.agency import Agency
from connectors.city.load import apply, plan
from connectors.client import Client, Event, Receipt
from connectors.ids import agency_id

from .acts import Act
from .arrivals import Arrivals
from .casebook import Casebook
from .hold import Holder
from .manners import sloppy_system
from .merger import Merger
from .nature import HOUR, Nature
from .screening import Screener
from .systems import system_of, systems
from .world import World

OPENING = datetime(2026, 10, 8, 0, 0, tzinfo=UTC)  # 08:00 in Chuxiong, the first working day after the holiday
OFFICE_HOURS = (9.2, 11.6, 14.8, 17.4)  # local hours of the working steps, each moved by up to 20 minutes
PAGE = 500  # inbox messages per request
MAKE_UP = frozenset({date(2026, 10, 10)})  # a Saturday worked (State Council notice for 2026)


@dataclass
class Member:
    """One system of the city: its client and its desk. ``tried``: acts done once are not done again."""

    name: str
    client: Client
    book: Casebook
    desk: Holder
    screener: Screener
    sloppy: bool
    tried: set[tuple[str, str | None, str]] = field(default_factory=set)


@dataclass
class Told:
    """What the month counted on the agencies' side."""

    commands: int = 0
    doubles: int = 0
    garbage: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)  # done, nothing, or the refusal code


class Month:
    """One run. ``progress(done, steps)`` is called after every step."""

    def __init__(
        self,
        world: World,
        city: Sequence[Agency],
        seed: int,
        *,
        days: int = 31,
        disputes: int = 260,
        progress: Callable[[int, int], None] = lambda done, steps: None,
    ) -> None:
        self.world = world
        self.city = city
        self.nature = Nature(seed)
        self.days = days
        self.disputes = disputes
        self.told = Told()
        self.progress = progress
        self._members: list[Member] = []
        self._arrivals = Arrivals(self.nature, city)
        self._merger = Merger(city, days)
        self._now = _micros(OPENING)
        self._operator: Client | None = None
        self._sent: list[tuple[Client, str]] = []

    @property
    def systems(self) -> list[str]:
        """The names of the connected systems."""
        return [member.name for member in self._members]

    @property
    def steps(self) -> int:
        """How many steps the month has."""
        return sum(1 for _ in self._steps())

    def prepare(self) -> int:
        """Connect every system, register the city; the number of agencies."""
        self.world.set_time(self._now)
        self._operator = self.world.connect("operator", [], ["operator"])
        for system in systems(self.city):
            ids = [agency_id(code) for code in system.agencies]
            book = Casebook()
            desk = Holder(self.nature, book, frozenset(ids))
            client = self.world.connect(system.name, ids, system.roles)
            screener = Screener(self.nature, system.name, book, frozenset(ids))
            sloppy = sloppy_system(self.nature, system.name)
            self._members.append(Member(system.name, client, book, desk, screener, sloppy))
        done = apply(plan(self.city, {}), self._operate)
        self.world.settle()
        return done

    def run(self) -> Told:
        """The whole month."""
        steps = list(self._steps())
        coming = self._coming(steps)
        for done, (now, working) in enumerate(steps, 1):
            self._now = now
            self.world.set_time(now)
            self._merger.act((now - _micros(OPENING)) // (24 * HOUR), self._operate)
            self._step(done, working, coming.get(done, []))
            self.progress(done, len(steps))
        return self.told

    def close(self) -> None:
        """Close every client."""
        for client in [m.client for m in self._members] + ([self._operator] if self._operator else []):
            client.close()

    def _steps(self) -> Iterator[tuple[int, bool]]:
        """Instants and whether offices are at work."""
        start = _micros(OPENING)
        for day in range(self.days):
            local = (OPENING + timedelta(hours=8, days=day)).date()
            working = local.weekday() < 5 or local in MAKE_UP
            midnight = start + (day * 24 - 8) * HOUR
            for hour in OFFICE_HOURS if working else (10.5,):
                yield midnight + int(hour * HOUR) + self.nature.hours(0, 0.33, "minute", day, hour), working
            yield midnight + 22 * HOUR + self.nature.hours(0, 0.5, "evening", day), False

    def _coming(self, steps: Sequence[tuple[int, bool]]) -> dict[int, list[int]]:
        """Which disputes come at which step; the last four days bring none that could not even begin."""
        open_steps = [i for i, (_, working) in enumerate(steps, 1) if working][: max(1, len(steps) - 14)]
        found: dict[int, list[int]] = {}
        for number in range(1, self.disputes + 1):
            found.setdefault(self.nature.pick(open_steps, "comes", number), []).append(number)
        return found

    def _step(self, step: int, working: bool, numbers: Sequence[int]) -> None:
        acts: dict[str, list[tuple[Member, list[Act]]]] = {}
        for member in self._members:
            if not working and member.name not in ("police", "centre"):
                continue
            if member.sloppy and not self.nature.happens(0.45, "reads", member.name, step):
                continue  # it goes on with what it knew: late, and sometimes on a stale state
            self._read(member)
            member.desk.now = self._now
            for ident in sorted(member.book.cases):
                found = self._wanted(member, ident)
                if found:
                    acts.setdefault(ident, []).append((member, found))
        for rivals in acts.values():
            rivals.sort(key=lambda r: self.nature.bytes("first", step, r[0].name))
        for member in self._members:
            for number in numbers:
                self._register(member, number)
            for rivals in acts.values():
                if rivals[0][0] is member:
                    self._send(member, rivals[0][1])
            if working:
                self._screen(member)
            if member.sloppy and working and self.nature.happens(0.04, "garbage", member.name, step):
                member.client.transport.send_raw(b"\x00garbage" + self.nature.bytes("noise", member.name, step)[:9])
                self.told.garbage += 1
        self._collect()
        self.world.settle()

    def _read(self, member: Member) -> None:
        member.client.catch_up()
        while True:
            found = member.client.inbox(limit=PAGE)
            for message in found:
                if isinstance(message.content, Event):
                    member.book.take(message.content)
                    member.screener.books.take(message.content)
            if len(found) < PAGE:
                return

    def _wanted(self, member: Member, ident: str) -> list[Act]:
        case = member.book.cases[ident]
        desk = member.desk
        wanted = [*desk.about_referrals(case), *desk.about_oversight(case), *desk.about_procedures(case)]
        wanted = [a for a in wanted if (a.type, a.dispute, a.about) not in member.tried]
        if wanted:
            return wanted
        return [a for a in desk.about_custody(case) if (a.type, a.dispute, a.about) not in member.tried]

    def _register(self, member: Member, number: int) -> None:
        code, act = self._arrivals.come(number)
        if system_of(self._arrivals.by_code[code]) == member.name:
            to = member.book.willing(act.agency)  # a merged station's door leads to its successor
            self._submit(member, act._replace(agency=to) if to in member.desk.mine else act)

    def _send(self, member: Member, acts: Sequence[Act]) -> None:
        for act in acts:
            member.tried.add((act.type, act.dispute, act.about))
            self._submit(member, act)

    def _screen(self, member: Member) -> None:
        for act in member.screener.acts(self._now):
            if (act.type, None, act.about) not in member.tried:
                member.tried.add((act.type, None, act.about))
                member.screener.sent(act, self._submit(member, act), self._now)

    def _submit(self, member: Member, act: Act) -> str:
        """Send it; the command's id."""
        about = (member.name, act.type, act.dispute or "", act.about)
        command_id = self.nature.command_id(self._now, *about)
        said = self._now - self.nature.hours(0, 0.9, "said", *about)
        case = member.book.cases.get(act.dispute or "")
        seen = case.version if case is not None and member.sloppy else None  # what it saw, though it may be stale
        whole = {"agency": act.agency, "dispute": act.dispute, "occurred_at": said, "based_on": seen or None}
        doubles = member.desk.manner(act.agency).doubles
        times = 2 if self.nature.happens(doubles, "doubles", *about) else 1
        for _ in range(times):
            sent = member.client.send(act.type, command_id=command_id, **whole, **act.fields)
        self.told.commands += 1
        self.told.doubles += times - 1
        if sent.receipt is not None:
            self.told.outcomes[sent.receipt.code or sent.receipt.outcome] += 1
        else:
            self._sent.append((member.client, command_id))
        return command_id

    def _collect(self) -> None:
        """Wait for the answers that travel by themselves."""
        for client, command_id in self._sent:
            answer = client.answer(command_id)
            self.told.outcomes[answer.code or answer.outcome] += 1
        self._sent.clear()

    def _operate(self, type: str, **fields: Any) -> Receipt:
        assert self._operator is not None
        about = fields.get("code") or fields.get("subject")
        command_id = self.nature.command_id(self._now, "operator", type, about, self._now)
        return self._operator.submit(type, command_id=command_id, occurred_at=self._now, **fields)


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000
