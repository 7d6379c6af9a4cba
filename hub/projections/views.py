"""All views of one database behind one object: reading, waiting, keeping them up, rebuilding, parked sequences."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select

from hub.contract import Contract
from hub.log import Log

from . import (
    agencies,
    completeness,
    custody,
    flows,
    ladder,
    obligations,
    relapse,
    roles,
    screening,
    search,
    statistics,
    timeline,
)
from .channel import Lost, Parking
from .crew import Crew
from .database import Database, Missing
from .rebuild import BATCH, GRACE, rebuild
from .runner import Runner
from .sheet import View

ALL: Final = (
    custody.VIEW, obligations.VIEW, completeness.VIEW, agencies.VIEW, timeline.VIEW, roles.VIEW, flows.VIEW,
    ladder.VIEW, statistics.VIEW, relapse.VIEW, screening.VIEW,
)  # fmt: skip
RETRIES: Final = 200  # of a retry that the live runner overtakes


@dataclass(frozen=True)
class Status:
    """How one view stands. ``generation`` 0: it was never built. ``stopped``: why its runner stopped, "" = it has
    not.
    """

    view: str
    version: int
    generation: int
    position: int
    parked: int
    stopped: str


class Views:
    """The views of a hub. Reading is safe from any thread; a ``Crew`` belongs to one."""

    def __init__(self, where: str | Database, contract: Contract) -> None:
        """``where``: the URL of the views' database, or a database that is open already."""
        self.database = Database(where) if isinstance(where, str) else where
        self.contract = contract
        self.all: dict[str, View] = {view.name: view for view in ALL}
        directory = agencies.VIEW
        self.roles = roles.RoleReads(self.database, roles.VIEW, directory)
        self.custody = custody.CustodyReads(self.database, custody.VIEW, directory)
        self.custody.roles = self.roles
        self.obligations = obligations.ObligationReads(self.database, obligations.VIEW, directory)
        self.obligations.custody = custody.VIEW
        self.desk = obligations.DeskReads(self.database, obligations.VIEW, directory)
        self.desk.custody = custody.VIEW
        self.steward = obligations.StewardLists(self.database, obligations.VIEW, directory)
        self.completeness = completeness.CompletenessReads(self.database, completeness.VIEW, directory)
        self.agencies = agencies.AgencyReads(self.database, agencies.VIEW, directory)
        self.standings = agencies.AgencyFigures(self.database, agencies.VIEW, directory)
        self.standings.roles, self.standings.obligations = roles.VIEW, obligations.VIEW
        self.timeline = timeline.TimelineReads(self.database, timeline.VIEW, directory)
        self.board = obligations.BoardReads(self.database, obligations.VIEW, directory)
        self.board.custody, self.board.roles, self.board.completeness = custody.VIEW, roles.VIEW, self.completeness
        self.ladder = ladder.LadderReads(self.database, ladder.VIEW, directory)
        self.relapse = relapse.RelapseReads(self.database, relapse.VIEW, directory)
        self.relapse.ladder = ladder.VIEW
        self.flows = flows.FlowReads(self.database, flows.VIEW, directory)
        self.statistics = statistics.StatisticsReads(self.database, statistics.VIEW, directory)
        self.screening = screening.ScreeningReads(self.database, screening.VIEW, directory)
        self.sent = completeness.SentReads(self.database, completeness.VIEW, directory)
        self.sent.custody, self.sent.roles = custody.VIEW, self.roles
        self.search = search.Search(self.database, roles.VIEW, directory)
        self.search.roles, self.search.custody, self.search.obligations = self.roles, custody.VIEW, obligations.VIEW
        self.search.ladder = self.board.ladder = ladder.VIEW
        self.search.relapse = relapse.VIEW
        for view in ALL:
            self._provide(view)

    def _provide(self, view: View) -> None:
        """A view that was never built starts empty: readers see position 0, not an error."""
        with self.database.snapshot() as db:
            t = self.database.shared.current
            known = db.execute(select(t.c.version).where(t.c.view == view.name)).scalar()
        if known is None:
            self.database.make(view, current=True)

    def crew(self, source: Log, names: Iterable[str] | None = None, again: Callable[[], Log] | None = None) -> Crew:
        """Whoever keeps the views up (all of them, or those named); owns ``source``. ``again``: see ``Crew``."""
        chosen = [self.all[n] for n in names] if names is not None else list(self.all.values())
        return Crew(self.database, self.contract, chosen, source, again)

    # --- positions --------------------------------------------------------------------------------------------------

    def position(self, name: str) -> int:
        """How far a view has come; 0 while this version of it was not built. KeyError for an unknown name."""
        return self._positions([self.all[name]])[0]

    def positions(self, names: Iterable[str]) -> list[int]:
        """How far several views have come, by one look. KeyError for an unknown name."""
        return self._positions([self.all[name] for name in names])

    def wait_until(self, names: str | Iterable[str], position: int, timeout: float = 2.0) -> bool:
        """Wait until all these views have applied ``position``; False when they have not after ``timeout`` seconds."""
        views = [self.all[n] for n in ([names] if isinstance(names, str) else names)]
        deadline = time.monotonic() + timeout
        pause = 0.005
        while min(self._positions(views)) < position:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(pause, left))
            pause = min(pause * 2, 0.1)
        return True

    def _positions(self, views: list[View]) -> list[int]:
        t, c = self.database.shared.tracking, self.database.shared.current
        query = select(t.c.view, t.c.version, t.c.position).join(
            c, (c.c.view == t.c.view) & (c.c.version == t.c.version) & (c.c.generation == t.c.generation)
        )
        found = {(row.view, row.version): row.position for row in self.database.rows(query)}
        return [found.get((v.name, v.version), 0) for v in views]

    def status(self) -> list[Status]:
        """All views, as the database knows them."""
        t, p = self.database.shared.tracking, self.database.shared.parked
        found = []
        with self.database.snapshot() as db:
            for view in self.all.values():
                book = self.database.current(view, db)
                if book is None:
                    found.append(Status(view.name, view.version, 0, 0, 0, ""))
                    continue
                of = (t.c.view == view.name, t.c.version == view.version, t.c.generation == book.generation)
                row = db.execute(select(t.c.position, t.c.stopped).where(*of)).one()
                parked = db.execute(
                    select(func.count(p.c.stream.distinct())).where(
                        p.c.view == view.name, p.c.version == view.version, p.c.generation == book.generation
                    )
                ).scalar_one()
                found.append(Status(view.name, view.version, book.generation, row.position, parked, row.stopped))
        return found

    # --- rebuilding and parked sequences ----------------------------------------------------------------------------

    def rebuild(
        self, name: str, source: Log, *, batch: int = BATCH, grace: float = GRACE,
        cancel: threading.Event | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:  # fmt: skip
        """Build a view anew beside the live one and switch to it; see ``rebuild``. Returns the position at the
        switch.
        """
        view = self.all[name]
        return rebuild(
            self.database, self.contract, view, source, batch=batch, grace=grace, cancel=cancel, progress=progress
        )

    def parked(self, name: str, stream: bytes | None = None) -> list[Parking]:
        """The events a view has put aside, by position; of one stream, or of all."""
        view, p = self.all[name], self.database.shared.parked
        with self.database.snapshot() as db:
            book = self.database.current(view, db)
            if book is None:
                raise Missing(name)
            query = select(p.c.position, p.c.stream, p.c.stream_version, p.c.topic, p.c.body, p.c.error).where(
                p.c.view == view.name, p.c.version == view.version, p.c.generation == book.generation
            )
            if stream is not None:
                query = query.where(p.c.stream == stream)
            return [Parking(*row) for row in db.execute(query.order_by(p.c.position))]

    def retry(self, name: str, stream: bytes, *, skip: bool = False) -> int:
        """Apply the parked events of a stream again; ``skip`` leaves out the first one for good. Returns how many
        stay.
        """
        view = self.all[name]
        with self.database.snapshot() as db:
            book = self.database.current(view, db)
        if book is None:
            raise Missing(name)
        runner = Runner(book, self.database.channel(book), self.contract)
        try:
            for _ in range(RETRIES):
                try:
                    return runner.retry(stream, lambda: self.parked(name, stream), skip=skip)
                except Lost:
                    continue  # the live runner moved on in between: once more, at its new position
            raise Lost(name)
        finally:
            runner.close()

    def reset(self, name: str) -> None:
        """Forget a view altogether: it starts from position 0. For tests and tools."""
        view, d = self.all[name], self.database
        with d.layout() as db:
            db.execute(delete(d.shared.current).where(d.shared.current.c.view == name))
        d.drop_others(view)
        self._provide(view)

    def close(self) -> None:
        """Give up all connections of readers."""
        self.database.close()
