"""A hub in one process: every part made once, told about the others, started and stopped in order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import structlog
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError

from hub.contract import Contract, load
from hub.intake import Intake, systems_of
from hub.log import TableLog
from hub.log.access import Access
from hub.log.port import AHEAD
from hub.log.relay import Relay
from hub.policy import Policy, shipped_policy
from hub.projections.crew import Crew
from hub.projections.deliveries import Deliveries
from hub.projections.views import Views
from hub.settings import Settings
from hub.steward import Steward
from hub.store import Head, Store, StoreError, open_store
from hub.web.app import create_app
from hub.web.documents.fonts import Fonts, characters
from hub.web.keys import RememberedKeys
from hub.web.parts import Health, Parts, Reason
from hub.words import SECOND
from hub.writer import Clock, SystemClock, Writer

from .desk import Desk
from .keeper import Keeper, Part
from .loaded import record
from .speakers import Speakers
from .waker import Waker

CLOCK_BEHIND: Final = 5 * 60 * SECOND
BARRIER_SECONDS: Final = 60.0
VIEWS_BEHIND: Final = 5_000  # events; a burst of a whole city's day is less
log = structlog.get_logger(__name__)


def build(
    settings: Settings, clock: Clock | None = None, *, by_steps: bool = False, contract: Contract | None = None
) -> Hub:
    """Make a hub; nothing runs yet. The store is opened and migrated: OperationalError without a database."""
    return Hub(settings, clock or SystemClock(), by_steps, contract or load())


def read_rules(settings: Settings) -> Policy:
    """The policy packs: those shipped with the overlay of the city, or the operator's own in their place; its own days
    off on top of the calendar. PackRefused, CalendarRefused, OSError.
    """
    own = [settings.pack.read_text(encoding="utf-8")] if settings.pack is not None else []
    by_hand = [settings.days_off.read_text(encoding="utf-8")] if settings.days_off is not None else []
    return shipped_policy(settings.city, own, by_hand)


def read_fonts(settings: Settings) -> Fonts:
    """What documents are written in. OSError or TTLibError for a configured font file that cannot be read."""
    if settings.document_font_file is not None:
        characters(settings.document_font_file)
    return Fonts(settings.document_font, settings.document_font_file)


def broker(settings: Settings) -> Access | None:
    """How to reach the broker; None for a hub without one."""
    if not settings.kafka:
        return None
    return Access(
        settings.kafka, settings.kafka_user, settings.kafka_password.get_secret_value(), settings.kafka_mechanism,
        str(settings.kafka_ca or ""), prefix=settings.topic_prefix,
    )  # fmt: skip


class Hub:
    """One hub. Public: ``settings``, ``store``, ``contract``, ``policy``, ``clock``, ``desk``, ``app``, ``parts``."""

    def __init__(self, settings: Settings, clock: Clock, by_steps: bool, contract: Contract) -> None:
        self.settings = settings
        self.clock = clock
        self.contract = contract
        self.policy = read_rules(settings)
        self.store: Store = open_store(settings.store_url)
        self.views = Views(settings.views_url, contract)
        self.speakers = Speakers(self.store.credentials)
        self.desk = Desk(self.store, contract)
        self.relay: Relay | None = None
        self.crew: Crew | None = None
        self.deliveries: Deliveries | None = None
        self.intake: Intake | None = None
        self.steward: Steward | None = None
        self._by_steps = by_steps
        self._missing_ladders: list[str] = []  # of open disputes, not among the rules of this process
        self._systems = partial(systems_of, self.store)
        self._broker = broker(settings)
        self._keeper = Keeper(self.desk, self._make_writer, self._make_parts)
        self.keys = RememberedKeys(self.store.credentials)
        self.parts = Parts(
            contract=contract, store=self.store, writer=self.desk, views=self.views, clock=clock, keys=self.keys,
            registry=self.desk.registry, health=self.health, policy=self.policy,
            https=settings.http_secure, fonts=read_fonts(settings),
        )  # fmt: skip
        self.app: FastAPI = create_app(contract, self.parts)

    # life

    def start(self, wait: float = 30.0) -> bool:
        """Start everything; True once commands are taken, False when they are not within ``wait`` seconds.

        False is no error: another process may hold the lease, or the broker may not answer yet (see ``health``);
        the hub goes on trying and serves reads meanwhile.
        """
        self._keeper.start()
        return self._keeper.wait_running(wait)

    def stop(self) -> None:
        """Stop in order: what is decided is stored, what waits is refused, the lease is given up. Then close."""
        self._keeper.stop()
        self.views.close()
        self.store.close()

    # under the lease

    def _make_writer(self, on_stop: Callable[[str], None]) -> Writer:
        self.relay = Relay(self.store, self.contract, self._broker, self._systems) if self._broker else None
        return Writer(
            self.store, self.contract, self.policy, self.clock, self.speakers, city=self.settings.city,
            roles=self.views.custody.roles_of,
            check=self._check, on_stop=on_stop, cache=self.settings.cache,
        )  # fmt: skip

    def _check(self, head: Head) -> str:
        """Before the first acceptance under a lease: the topics hold nothing that the store does not."""
        problem = self.relay.check() if self.relay is not None else None
        return problem.code if problem is not None else ""

    def _make_parts(self, writer: Writer) -> list[Part]:
        packs = [pack.id for pack in self.policy.packs]
        log.info("policy.loaded", packs=packs, calendar=self.policy.packs[-1].calendar.version)
        record(writer, self.store, self.contract, self.policy, self.clock.now())
        self._missing_ladders = [s for s in self.views.ladder.schemes() if self.policy.scheme(s) is None]
        for scheme in self._missing_ladders:
            log.error("ladder.missing", ladder=scheme)
        parts: list[Part] = []
        reader = partial(TableLog, self.store, writer.wait_beyond)
        self.crew = self.views.crew(reader(), again=reader)
        wake = self.relay.wake if self.relay is not None else lambda: None
        self.deliveries = Deliveries(self.store, self.contract, TableLog(self.store, writer.wait_beyond), wake)
        if not self._by_steps:
            parts += [self.crew, self.deliveries]
        if self.relay is not None and self._broker is not None:
            self.intake = Intake(
                writer, self.store, self.contract, self._broker, self.clock, self._systems, self.relay.wake
            )
            parts += [self.relay, Waker(writer, self.relay.wake), self.intake]
        intake = self.intake
        caught_up = (lambda: intake.caught_up_at) if intake is not None else dict
        self.steward = Steward(writer, self.views, self.store, self.clock, caught_up)
        if not self._by_steps:
            parts.append(self.steward)
        return parts

    # by steps

    def settle(self) -> int:
        """Let views and inboxes catch up with the log; the position they are at."""
        position = self.desk.position
        assert self.crew is not None and self.deliveries is not None
        self.deliveries.catch_up(position)
        self.crew.catch_up(position)
        return position

    def step(self) -> int:
        """One round: outboxes read to their end, views and inboxes caught up, the steward once; the position after."""
        if self.intake is not None and not self.intake.barrier(BARRIER_SECONDS):
            raise TimeoutError("the outboxes were not read to their end")
        self.settle()
        assert self.steward is not None
        self.steward.step()
        return self.desk.position

    # questions

    def ready(self) -> list[Reason]:
        """The reasons against sending commands here now; none = ready."""
        return self.health().reasons

    def health(self, reads: bool = False) -> Health:
        """Whether this hub may be used now; with ``reads``, for reads only."""
        try:
            behind = self.store.head().recorded_at - self.clock.now()
            statuses = self.views.status()
            position = self.desk.position
        except (DBAPIError, StoreError):
            return Health([Reason("store.unreachable")], [])
        reasons, warnings = [], []
        if not reads and self.desk.problem:
            reasons.append(Reason(self.desk.problem))
        if not reads and behind > CLOCK_BEHIND:
            reasons.append(Reason("clock.behind", f"{behind // SECOND} s"))
        for view in statuses:
            if position - view.position > VIEWS_BEHIND:
                reasons.append(Reason("views.lag", f"{view.view}: {position - view.position}"))
            if view.stopped:
                warnings.append(Reason("views.stopped", view.view))
            if view.parked:
                warnings.append(Reason("views.parked", f"{view.view}: {view.parked}"))
        warnings += [Reason("ladder.missing", scheme) for scheme in self._missing_ladders]
        if self.deliveries is not None and self.deliveries.problem:
            warnings.append(Reason("deliveries.stopped", self.deliveries.problem))
        for part in (self.relay, self.intake):
            problem = part.problem if part is not None else None
            if problem is not None and Reason(problem.code) not in reasons:
                # A topic that holds what the store does not: accepting more would make two histories. All else of the
                # broker stops only what goes through it.
                (reasons if problem.code == AHEAD and not reads else warnings).append(Reason(*problem))
        return Health(reasons, warnings)
