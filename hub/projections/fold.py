"""Running a view's handlers over events, in memory: what runner and rebuild share.

Guarantee: an event whose bytes or handler fail is named (``Faulty``), and then nothing of the fold may be used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from hub.contract import Contract
from hub.words import Stored

from .sheet import Case, Changes, Now, Sheet, Values, View, is_registry

Picked = tuple[str, tuple[Any, ...]]


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
        self._pick = contract.picker(view.fields)
        self._now = Now()
        self._recent: Sequence[tuple[Stored, Picked]] = ()
        loaded = view.loaded
        self._all = (1 << len(loaded)) - 1
        self._needs = {
            topic: sum(1 << n for n, sheet in enumerate(loaded) if sheet.needed is None or topic in sheet.needed)
            for topic in view.fields
        }
        self._registry_topics = frozenset(topic for topic in view.fields if is_registry(topic))

    def read(self, events: Iterable[Stored]) -> list[tuple[Stored, Picked]]:
        """The events the view reads, each with its fields. Faulty."""
        pick = self._pick
        found: list[tuple[Stored, Picked]] = []
        for event in events:
            try:
                picked = pick(event.body)
            except (ValueError, IndexError, KeyError) as why:
                raise Faulty(event, why) from why
            if picked is not None:
                found.append((event, picked))
        return found

    def open(self, events: Iterable[tuple[Stored, Picked]]) -> list[list[bytes]] | None:
        """Have a case for every stream. Per sheet that loads, the streams whose earlier rows these events need.

        None when there are none: a new stream has no earlier rows, and what was loaded once stays with the case.
        """
        cases, changes, make, needs = self.cases, self.changes, self.view.case, self._needs
        wanted: list[list[bytes]] = [[] for _ in self.view.loaded]
        lacks = False
        for event, (topic, _) in events:
            stream = event.stream
            case = cases.pop(stream, None)
            if case is None:
                case = make(stream, changes)
                case.has = self._all if event.version == 1 else 0
            cases[stream] = case  # last: the first are those longest without an event
            lacking = needs[topic] & ~case.has
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

    def handle(self, events: Sequence[tuple[Stored, Picked]]) -> None:
        """Run the handlers. Faulty."""
        self._recent = events
        now, cases, handlers = self._now, self.cases, self.view.handlers
        before, after = self.view.before, self.view.after
        own, extra, registry = len(self.view.common), len(self.view.common) > 5, self._registry_topics
        for event, (topic, values) in events:
            now.position, stream, _, _, now.body = event
            now.topic = topic
            try:
                if topic in registry:
                    self._registry(cases[stream], now, handlers[topic], values)
                    continue
                now.stream, now.version, now.at, now.agency, now.custodian = values[:5]
                now.referral = None
                if extra:
                    now.extra = values[5:own]
                case = cases[stream]
                handler = handlers[topic]
                if before is not None:
                    before(case, now)
                if handler is not None:
                    handler(case, now, *values[own:])
                if after is not None:
                    after(case, now)
            except Exception as why:
                raise Faulty(event, why) from why

    def _registry(self, case: Case, now: Now, handler: Callable[..., None] | None, values: Values) -> None:
        now.stream, now.version, now.at, now.agency = values[:4]
        now.custodian = b""
        if handler is not None:
            handler(case, now, *values[4:])

    def settle(self, keep: int) -> None:
        """Everything is written: the rows in memory are those of the database.

        Cases that are done are dropped at once, of the others the ``keep`` latest stay.
        """
        cases = self.cases
        for event, _ in self._recent:
            case = cases.get(event.stream)
            if case is not None and case.done():
                del cases[event.stream]
        self._recent = ()
        self.changes.clear()
        for stream in list(islice(cases, max(0, len(cases) - keep))):
            del cases[stream]

    def forget(self) -> None:
        """Give everything up."""
        self._recent = ()
        self.changes.clear()
        self.cases.clear()
