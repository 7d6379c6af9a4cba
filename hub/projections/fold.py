"""Running a view's handlers over events, in memory: what runner and rebuild share.

Guarantee: an event whose bytes or handler fail is named (``Faulty``), and then nothing of the fold may be used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from hub.contract import Contract
from hub.words import Stored

from .sheet import Case, Changes, Now, Sheet, Values, View, has_custody


class Plan(NamedTuple):
    """What is done with the events of one type."""

    topic: str
    decode: Callable[[bytes, int], Values]
    handler: Callable[..., None] | None
    custody: bool  # whether it says who holds the dispute
    needs: int  # the loaded sheets whose rows the handler looks at, one bit each
    ends: bool  # the case may be done then


Task = tuple[Stored, Plan, Values]  # an event, what to do, and its fields


class Faulty(Exception):
    """One event cannot be applied; ``event`` says which."""

    def __init__(self, event: Stored, why: BaseException) -> None:
        super().__init__(f"{type(why).__name__}: {why}")
        self.event = event


class Fold:
    """The cases of a view in memory and the changes to be written."""

    def __init__(self, view: View, contract: Contract) -> None:
        self.view = view
        self.changes = Changes(view.sheets, view.tallies)
        self.cases: dict[bytes, Case] = {}
        self._now = Now()
        self._recent: Sequence[Task] = ()
        self._all = (1 << len(view.loaded)) - 1
        self._plans = {
            fingerprint: None if found is None else self._plan(*found)
            for fingerprint, found in contract.pickers(view.fields).items()
        }

    def _plan(self, topic: str, decode: Callable[[bytes, int], Values]) -> Plan:
        view = self.view
        needed = [sheet.needed is None or topic in sheet.needed for sheet in view.loaded]
        return Plan(
            topic, decode, view.handlers[topic], has_custody(topic), sum(1 << n for n, yes in enumerate(needed) if yes),
            view.ends is None or topic in view.ends,
        )  # fmt: skip

    def read(self, events: Iterable[Stored]) -> list[Task]:
        """The events the view reads, each with its fields. Faulty."""
        plans = self._plans
        found: list[Task] = []
        for event in events:
            body = event.body
            try:
                plan = plans[body[2:10]]
                if plan is not None:
                    found.append((event, plan, plan.decode(body, 10)))
            except (ValueError, IndexError, KeyError) as why:
                raise Faulty(event, why) from why
        return found

    def open(self, tasks: Iterable[Task]) -> list[list[bytes]] | None:
        """Have a case for every stream. Per sheet that loads, the streams whose earlier rows these events need.

        None when there are none: a new stream has no earlier rows, and what was loaded once stays with the case.
        """
        cases, changes, make = self.cases, self.changes, self.view.case
        wanted: list[list[bytes]] = [[] for _ in self.view.loaded]
        lacks = False
        for event, plan, _ in tasks:
            stream = event.stream
            case = cases.pop(stream, None)
            if case is None:
                case = make(stream, changes)
                case.has = self._all if event.version == 1 else 0
            cases[stream] = case  # last: the first are those longest without an event
            lacking = plan.needs & ~case.has
            if lacking:
                case.has |= lacking
                lacks = True
                for n, streams in enumerate(wanted):
                    if lacking >> n & 1:
                        streams.append(stream)
        return wanted if lacks else None

    def adopt(self, found: Sequence[Sequence[Values]]) -> None:
        """Put loaded rows in: per sheet of the view that loads."""
        for sheet, rows in zip(self.view.loaded, found, strict=True):
            self._adopt(sheet, rows)

    def _adopt(self, sheet: Sheet, rows: Sequence[Values]) -> None:
        cases, row, within = self.cases, sheet.row, sheet.names.index(sheet.within)
        for values in rows:
            cases[values[within]].adopt(row(*values))

    def handle(self, tasks: Sequence[Task]) -> None:
        """Run the handlers. Faulty."""
        self._recent = tasks
        now, cases = self._now, self.cases
        before, after = self.view.before, self.view.after
        own, extra = len(self.view.common), len(self.view.common) > 5
        for event, plan, values in tasks:
            now.position, stream, _, _, now.body = event
            now.topic, _, handler, custody, _, _ = plan
            try:
                if not custody:
                    self._plain(cases[stream], now, handler, values)
                    continue
                now.stream, now.version, now.at, now.agency, now.custodian = values[:5]
                now.referral = None
                if extra:
                    now.extra = values[5:own]
                case = cases[stream]
                if before is not None:
                    before(case, now)
                if handler is not None:
                    handler(case, now, *values[own:])
                if after is not None:
                    after(case, now)
            except Exception as why:
                raise Faulty(event, why) from why

    def _plain(self, case: Case, now: Now, handler: Callable[..., None] | None, values: Values) -> None:
        now.stream, now.version, now.at, now.agency = values[:4]
        now.custodian = b""
        if handler is not None:
            handler(case, now, *values[4:])

    def settle(self, keep: int) -> None:
        """Everything is written: the rows in memory are those of the database.

        Cases that are done are dropped at once, of the others the ``keep`` latest stay.
        """
        cases = self.cases
        for stream in [event.stream for event, plan, _ in self._recent if plan.ends]:
            case = cases.get(stream)
            if case is not None and case.done():
                del cases[stream]
        self._recent = ()
        self.changes.clear()
        for stream in list(islice(cases, max(0, len(cases) - keep))):
            del cases[stream]

    def forget(self) -> None:
        """Give everything up."""
        self._recent = ()
        self.changes.clear()
        self.cases.clear()
