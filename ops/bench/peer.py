"""The writer's peer: the event-sourcing library's own ``Application.save``, one event per transaction, at its best.

The aggregate stays in memory (no repository look-up per command) and triggers its events explicitly, the fastest style
of the library. The event carries as many fields as ours. It stores no answer, no hash chain and no digest, decides
nothing and has no gapless positions: what it leaves out is in its favour.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from sqlalchemy import make_url

CONTENT = "已组织双方到场调解一次，双方对赔偿数额分歧较大，拟再次调解。"


class Case(Aggregate):
    """A dispute as a tutorial would write it."""

    class Worked(Aggregate.Event):
        """One step."""

        occurred_at: datetime
        agency: UUID
        system: str
        duty: str
        command_id: UUID
        custodian: UUID
        progress_due_at: datetime
        progress_rule: str
        pack: str
        calendar: str
        referral: UUID
        status: str
        content: str

        def apply(self, aggregate: Any) -> None:
            aggregate.status = self.status
            aggregate.custodian = self.custodian

    status = "open"
    custodian: UUID | None = None


class Peer:
    """The library's application on a database of its own."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.drivername == "sqlite":
            environment = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": parsed.database or ""}
        else:
            environment = {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": parsed.database or "",
                "POSTGRES_HOST": parsed.host or "",
                "POSTGRES_PORT": str(parsed.port or 5432),
                "POSTGRES_USER": parsed.username or "",
                "POSTGRES_PASSWORD": parsed.password or "none",
                "POSTGRES_POOL_SIZE": "32",  # a connection for every caller: the default of 5 slows it down
            }
        self._application: Application[UUID] = Application(environment)

    def run(self, callers: int, seconds: float) -> tuple[float, list[float]]:
        """(events per second, sorted seconds per save) with that many threads."""
        times: list[float] = []
        end = time.perf_counter() + seconds
        threads = [threading.Thread(target=self._caller, args=(end, times.append)) for _ in range(callers)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(times) / (time.perf_counter() - began), sorted(times)

    def _caller(self, end: float, note: Callable[[float], None]) -> None:
        agency, referral = uuid4(), uuid4()
        now = datetime.now(UTC)
        while True:
            case = Case()
            self._application.save(case)
            for _ in range(10):
                started = time.perf_counter()
                if started >= end:
                    return
                case.trigger_event(
                    Case.Worked, occurred_at=now, agency=agency, system="system-1", duty="调解员", command_id=uuid4(),
                    custodian=agency, progress_due_at=now, progress_rule="progress-30d", pack="p2026", calendar="c2026",
                    referral=referral, status="accepted", content=CONTENT,
                )  # fmt: skip
                self._application.save(case)
                note(time.perf_counter() - started)

    def close(self) -> None:
        """Gives up its connections."""
        self._application.close()
