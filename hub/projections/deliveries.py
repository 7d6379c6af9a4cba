"""The follower that puts into inboxes what events release. Runs only beside the writer and is never rebuilt.

Guarantee: every event reaches the inbox of every system it concerns (``routing``) exactly once and in the hub's
order: the messages of a batch and the follower's position are one transaction of the store, moved by compare-and-set.
What it knows about a dispute it folds from the dispute's own events, and who is above an agency from the registry's, so
a restart needs no view. An event it cannot read stops it (``problem``) rather than leave a hole.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError

from hub.aggregates.agency.registry import Registry
from hub.aggregates.decide import Interner, enrolled
from hub.contract import Contract, leaf_hash
from hub.log import Log
from hub.log.port import LogUnavailable
from hub.store import Conflict, Delivery, Store, StoreError
from hub.words import AgencyId, Stored

from . import routing
from .routing import Route
from .sheet import has_custody, is_book, is_policy, is_registry

NAME: Final = "deliveries"
BATCH: Final = 200
CACHE: Final = 50_000  # disputes whose parts are remembered, about half a KB each
PAUSE_MIN: Final = 0.05
PAUSE_MAX: Final = 5.0
log = structlog.get_logger(__name__)


class Deliveries:
    """Follows ``source`` and appends to the inboxes of ``store``. Owns ``source`` while it runs.

    ``on_stored`` is called after each stored batch (the relay's wake-up).
    """

    def __init__(
        self, store: Store, contract: Contract, source: Log, on_stored: Callable[[], None] = lambda: None
    ) -> None:
        self._store = store
        self._contract = contract
        self._source = source
        self._on_stored = on_stored
        self._pick = routing.reader(contract)
        self._recorded = contract.picker({topic: ("recorded_at",) for topic in contract.names("event")})
        self._encode = contract.encoder(contract.schema("inbox", "event"))
        self._routes: OrderedDict[bytes, Route] = OrderedDict()
        self._registry = Registry()  # as far as ``_registry_rows``: read when an event of a book needs it
        self._registry_rows = 0
        self._registry_read = False
        self._position: int | None = None
        self._changes = -1
        self._systems: tuple[str, ...] = ()
        self._serving: dict[bytes, list[str]] = {}
        self._floors: dict[str, int] = {}  # after a recovery: up to here this inbox had been filled before
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None
        self.problem = ""  # why it stopped, "" = it has not

    # --- one batch --------------------------------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """The last event whose messages are stored."""
        if self._position is None:
            self._position = self._store.deliveries.position(NAME)
        return self._position

    def step(self, timeout: float = 0.0, limit: int = BATCH) -> bool:
        """Deliver what comes next, in one transaction; True when there was something."""
        expected = self.position
        events = [e for e in self._source.read(expected, limit, timeout) if e.position > expected]
        if not events or events[0].position != expected + 1:
            return False
        try:
            self._look()
            rows = [row for event in events for row in self._messages(event, events)]
            self._store.deliveries.follow(NAME, expected, events[-1].position, rows)
        except Conflict:
            # Another follower stored this batch (a former holder that has not noticed yet): go on from where it is.
            self._forget()
            return True
        except BaseException:
            self._forget()
            raise
        self._position = events[-1].position
        self._on_stored()
        while len(self._routes) > CACHE:
            self._routes.popitem(last=False)
        return True

    def catch_up(self, position: int) -> None:
        """Deliver until ``position``: a barrier for tests and simulations."""
        while self.position < position:
            self.step(0.05)

    def _forget(self) -> None:
        self._routes.clear()
        self._registry, self._registry_rows, self._registry_read = Registry(), 0, False
        self._position = None

    def _route(self, event: Stored, batch: Iterable[Stored]) -> Route:
        route = self._routes.get(event.stream)
        if route is not None:
            self._routes.move_to_end(event.stream)
            return route
        if event.version > 1:
            self._load(event.position, batch)
        return self._routes.setdefault(event.stream, Route())

    def _load(self, position: int, batch: Iterable[Stored]) -> None:
        """Fold the past of all disputes of a batch that are not in memory, with one query."""
        later = (e for e in batch if e.position >= position and has_custody(e.topic))
        lacking = list(dict.fromkeys(e.stream for e in later if e.stream not in self._routes))
        for event in self._store.events(lacking):
            if event.position <= self.position:
                picked = self._pick(event.body)
                if picked is not None:
                    self._routes.setdefault(event.stream, Route()).apply(picked)

    def _concerned(self, event: Stored, batch: Iterable[Stored]) -> set[bytes] | None:
        if is_registry(event.topic):
            self._registry_read = False
            return routing.ALL
        if is_policy(event.topic):
            return set()
        picked = self._pick(event.body)
        if picked is None:
            return routing.ALL
        if is_book(event.topic):
            return routing.of_book(picked, self._registry_at(event.position))
        return self._route(event, batch).apply(picked)

    def _registry_at(self, position: int) -> Callable[[bytes], bytes | None]:
        """Who is an agency's nearest superior at a position. Events come in order, so the registry only grows."""
        if not self._registry_read:
            rows = [row for row in self._store.agencies()[self._registry_rows :] if row.position <= position]
            self._registry = enrolled(self._registry, self._contract, rows, Interner())
            self._registry_rows += len(rows)
            self._registry_read = True
        registry = self._registry
        return lambda agency: next(iter(registry.above(AgencyId(agency))), None)

    def _messages(self, event: Stored, batch: Iterable[Stored]) -> list[Delivery]:
        concerned = self._concerned(event, batch)
        if concerned is None:
            systems: Iterable[str] = self._systems
        else:
            systems = sorted({name for agency in concerned for name in self._serving.get(agency, ())})
        recorded = self._recorded(event.body)
        assert recorded is not None
        body = self._encode((
            event.position, leaf_hash(event.body), event.topic, event.stream, event.version, recorded[1][0],
            self._contract.to_kafka(event.body),
        ))  # fmt: skip
        floors = self._floors
        return [
            Delivery(system, event.position, body)
            for system in systems
            if not floors or event.position > floors.get(system, 0)
        ]

    def _look(self) -> None:
        """Who serves whom; read again when credentials changed. Asked once per batch."""
        changes = self._store.credentials.changes()
        if changes == self._changes:
            return
        self._changes = changes
        self._serving = {}
        active = [s for s in self._store.credentials.systems().values() if s.disabled_at is None]
        self._systems = tuple(sorted(s.name for s in active))
        floors = {s.name: self._store.deliveries.position(f"{NAME}/{s.name}") for s in active}
        self._floors = {system: floor for system, floor in floors.items() if floor}
        for system in active:
            for agency in system.agencies:
                self._serving.setdefault(agency, []).append(system.name)

    # --- the thread -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Follow the log in a thread until ``stop``."""
        self._thread = threading.Thread(target=self._run, name="deliveries", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after its present batch."""
        self._halt.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._source.close()

    def _run(self) -> None:
        pause = PAUSE_MIN
        while not self._halt.is_set():
            try:
                self.step(0.25)
                pause = PAUSE_MIN
            except (StoreError, DBAPIError, LogUnavailable) as why:
                log.warning("deliveries.waiting", why=type(why).__name__, seconds=pause)
                self._halt.wait(pause)
                pause = min(pause * 2, PAUSE_MAX)
            except Exception as why:
                self.problem = f"event {self._position or 0} or later: {type(why).__name__}"
                log.exception("deliveries.stopped")
                return
