"""The steward 值守: drains lists from the views by small idempotent commands through the writer.

Lapses, breaches, warnings, urges, supervision, deliveries, succession, recomputed dates, rounds of screening.
Guarantee: it decides nothing (every command is checked by the machine), can stop at any instant and go on elsewhere,
adds commands only while the writer's queue is under half full, and never asks for the same thing twice while nothing
changed. Silence counts against an agency only when the hub could have heard it: a limit has run out only when the
outboxes of the debtor's systems have been read to their end at or after the due instant, and a limit that ran out while
the hub's own command side was down is held for as long as that was.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, Protocol

import structlog

from hub import words as w
from hub.aggregates.agency.registry import Registry
from hub.aggregates.command import Command
from hub.policy import Dated, Pack
from hub.policy.ladder import Organ, organs
from hub.policy.limits import due
from hub.policy.pack import SIGNED
from hub.projections import Item, Views
from hub.projections.obligations.lists import Place, place
from hub.store import Outage, Store
from hub.words import AgencyId, Answer
from hub.writer import Clock, Outcome
from hub.writer.outcome import Refuses

from . import acts
from .acts import Ask
from .delivered import Inboxes
from .relapses import Relapses
from .screenings import Heard, Screenings

PERIOD: Final = 1.0  # seconds between looks
BATCH: Final = 64  # commands asked for at once
PAGE: Final = 500  # rows per read of a list
MOST: Final = 1_000  # new commands per list and step: the lists take turns
LOOKED: Final = 2_000  # provisional dates looked at in one step: late in a year nearly all dates are
HALF_QUEUE: Final = 512
REMEMBERED: Final = 200_000  # command ids already asked for
BREACHABLE: Final = tuple(name for name in w.OBLIGATIONS if name != w.ACCEPT)
RECOMPUTED: Final = tuple(name for name in w.OBLIGATIONS if name != w.PERFORM)  # its start is not in the row
log = structlog.get_logger(__name__)


class Asks(Protocol):
    """The writer, as far as the steward needs it."""

    def ask(self, commands: Sequence[Command]) -> list[Outcome]: ...

    @property
    def waiting(self) -> int: ...

    @property
    def registry(self) -> Registry: ...

    @property
    def policy(self) -> Dated: ...


class Tally(Counter[str]):
    """How many events of each verb a step led to (``lapse``, ``breach`` …); ``sum(tally.values())`` is 0 when it is
    done.
    """


class Steward:
    """``caught_up``: per system with an outbox, the instant up to which it is known to be read; others always are."""

    def __init__(
        self, writer: Asks, views: Views, store: Store, clock: Clock,
        caught_up: Callable[[], Mapping[str, int]] = dict, *, period: float = PERIOD,
    ) -> None:  # fmt: skip
        self._writer = writer
        self._views = views
        self._store = store
        self._clock = clock
        self._caught_up = caught_up
        self._period = period
        self._inboxes = Inboxes(store)
        self._relapses = Relapses(views)
        self._screenings = Screenings(views)
        self._asked: dict[bytes, None] = {}
        self._settled: Dated | None = None  # the rules under which no date is left to be computed again
        self._looking: tuple[Dated, Place | None, bool] | None = None  # under which rules, behind what, none found yet
        self._begun: int | None = None  # the last position when this steward first looked
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None
        self._outages: list[Outage] = []
        self._serving: dict[bytes, list[str]] = {}

    # --- one round --------------------------------------------------------------------------------------------------

    def step(self, now: int | None = None) -> Tally:
        """Ask for everything that is due at ``now`` (default: the clock's) as the views know it; what was done.

        Refuses (busy, not the writer) ends it early: what is left is asked for next time.
        """
        instant = self._clock.now() if now is None else now
        self._outages = self._store.outages(0)
        self._serving = {}
        for system in self._store.credentials.systems().values():
            if system.disabled_at is None:
                for agency in system.agencies:
                    self._serving.setdefault(agency, []).append(system.name)
        done = Tally()
        for asks in (
            self._successions(), self._deliveries(), self._breaches(instant), self._lapses(instant),
            self._warnings(instant), self._urges(), self._supervisions(instant), self._recomputations(),
            self._escalations(),
        ):  # fmt: skip
            done.update(self._submit(asks))
        registry, policy = self._writer.registry, self._writer.policy
        done.update(self._submit(self._relapses.asks(registry, policy)))
        self._relapses.answered()
        done.update(self._submit(self._screenings.asks(instant, registry, policy, self._hearing(instant))))
        return done

    def _submit(self, asks: Iterable[Ask]) -> Counter[str]:
        done: Counter[str] = Counter()
        batch: list[Ask] = []
        new = 0
        for ask in asks:
            if ask.command.command_id in self._asked:
                continue
            batch.append(ask)
            new += 1
            if len(batch) == BATCH:
                done.update(self._send(batch))
                batch = []
            if new == MOST or self._halt.is_set():
                break
        if batch:
            done.update(self._send(batch))
        return done

    def _send(self, batch: Sequence[Ask]) -> Counter[str]:
        while self._writer.waiting >= HALF_QUEUE:
            if self._halt.wait(0.01):
                return Counter()
        outcomes = self._writer.ask([ask.command for ask in batch])
        done: Counter[str] = Counter()
        for ask, outcome in zip(batch, outcomes, strict=True):
            if not isinstance(outcome, Answer):
                continue  # an incident: nothing is known to be stored, the same id is asked for again
            self._asked[ask.command.command_id] = None
            if outcome.outcome == w.DONE:
                done[ask.verb] += 1
            elif outcome.outcome == w.REFUSED:
                log.info("steward.refused", verb=ask.verb, code=outcome.code, dispute=_hex(outcome.dispute))
        while len(self._asked) > REMEMBERED:
            del self._asked[next(iter(self._asked))]
        return done

    # --- the lists --------------------------------------------------------------------------------------------------

    def _breaches(self, now: int) -> Iterator[Ask]:
        yield from map(acts.breach, self._silent(now, BREACHABLE))

    def _lapses(self, now: int) -> Iterator[Ask]:
        yield from map(acts.lapse, self._silent(now, (w.ACCEPT,)))

    def _silent(self, now: int, names: Sequence[str]) -> Iterator[Item]:
        """Limits that have run out and whose debtor could have been heard."""
        heard = self._hearing(now)
        for row in _all(partial(self._views.steward.due, now, names, PAGE)):
            if heard((row["debtor"],), row["due_at"]):
                yield row

    def _hearing(self, now: int) -> Heard:
        """Whether agencies could have been heard since a due instant: the hub was up for as long, and the outboxes of
        their systems were read to their end since.
        """
        caught_up = self._caught_up()

        def heard(agencies: Collection[bytes], due_at: int) -> bool:
            until = self._held(due_at)
            systems = [name for agency in agencies for name in self._serving.get(agency, ())]
            return until <= now and all(caught_up[name] >= until for name in systems if name in caught_up)

        return heard

    def _warnings(self, now: int) -> Iterator[Ask]:
        """Each limit has its own span; those with a longer one than others of their name are looked for by rule."""
        pack, policy = self._pack(), self._writer.policy
        spans = _spans(pack)
        for row in _all(lambda after: self._views.steward.ahead(now, spans, PAGE, after)):
            limit = policy.ruled(row["rule"]) or pack.limits[row["name"]]
            warn_from = row["due_at"] - limit.warn
            if warn_from <= now:
                yield acts.warn(row, warn_from)

    def _urges(self) -> Iterator[Ask]:
        for row in _all(lambda after: self._views.steward.unurged(PAGE, after)):
            yield acts.urge(row)

    def _supervisions(self, now: int) -> Iterator[Ask]:
        wait = self._pack().supervise_after
        registry = self._writer.registry
        seen: set[tuple[bytes, bytes]] = set()  # one supervision answers for all an agency owes on a dispute
        for row in _all(lambda after: self._views.steward.unsupervised(now - wait, PAGE, after)):
            above = registry.above(row["debtor"])
            if above and (row["dispute"], row["debtor"]) not in seen:
                seen.add((row["dispute"], row["debtor"]))
                yield acts.supervise(row, above[0], row["breached_at"] + wait)

    def _deliveries(self) -> Iterator[Ask]:
        followed = self._inboxes.followed_to()
        for row in _all(lambda after: self._views.steward.undelivered(PAGE, after)):
            systems = self._serving.get(row["debtor"], ())
            if row["born"] <= followed and any(self._inboxes.hold(s, row["born"]) for s in systems):
                yield acts.deliver(row)

    def _successions(self) -> Iterator[Ask]:
        for agency in self._views.agencies.closing():
            closing, at, after = agency["agency"], agency["state_at"], b""
            while found := self._views.custody.to_move(closing, PAGE, after):
                for dispute, version in found:
                    yield acts.succeed(closing, at, dispute, version)
                after = found[-1][0]

    def _escalations(self) -> Iterator[Ask]:
        """上转: disputes whose tries are used up go to the next level's organ for their place, in the custodian's name.

        Without such an organ nothing is asked: the dispute stays where it is, and on the list of those to be assigned.
        """
        behind: tuple[int, bytes] | None = None
        takers: list[Organ] = []
        while rows := self._views.ladder.to_escalate(PAGE, behind):
            takers = takers or self._takers()
            for row in rows:
                scheme = self._writer.policy.scheme(row["scheme"])
                if scheme is not None:
                    found = organs(scheme, row["branch"], row["place"], row["category"], takers)
                    receivers = [a for a in found.get(row["due_level"], ()) if a != row["custodian"]]
                    if receivers:
                        yield acts.escalate(row, AgencyId(receivers[0]))
            behind = (rows[-1]["stood_at"], rows[-1]["dispute"])

    def _takers(self) -> list[Organ]:
        agencies = self._writer.registry.agencies.values()
        open_ones = (a for a in agencies if a.state == w.ACTIVE and a.intake_open)
        return [Organ(a.id, a.kind, a.level, a.region, a.competences) for a in open_ones]

    def _recomputations(self) -> Iterator[Ask]:
        """Dates that rested on days nobody had announced: asked for only where the calendar now gives another one, so
        that the writer keeps no answer that says nothing. Looked through until nothing is left, some in each step, once
        per set of calendars: a row made later was counted with these.
        """
        policy = self._writer.policy
        if self._settled is policy:
            return
        if self._begun is None:
            self._begun = self._store.position()
        if self._looking is None or self._looking[0] is not policy:
            self._looking = policy, None, self._views.position("obligations") >= self._begun
        _, behind, quiet = self._looking
        rows = self._views.steward.provisional(RECOMPUTED, LOOKED, behind)
        for row in rows:
            pack = policy.at(row["since_at"])
            rule = pack.rule(row["rule"])
            if rule is not None and due(rule[0], row["since_at"], pack.calendar, rule[1]).at != row["due_at"]:
                quiet = False
                yield acts.recompute(row, pack.calendar.version)
        if len(rows) == LOOKED:
            self._looking = policy, place(rows[-1]), quiet
        else:
            self._looking = None
            self._settled = policy if quiet else None

    def _pack(self) -> Pack:
        return self._writer.policy.at(self._clock.now())

    def _held(self, due_at: int) -> int:
        """The instant from which silence counts: later than the due date if the hub could not be answered then."""
        return due_at + sum(o.up_at - o.down_at for o in self._outages if o.down_at <= due_at < o.up_at)

    # --- the thread -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Look once a second in a thread until ``stop``."""
        self._thread = threading.Thread(target=self._run, name="steward", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after its present batch; what is left is done by the next one."""
        self._halt.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._halt.wait(self._period):
            try:
                done = self.step()
                if done:
                    log.info("steward.acted", **done)
            except Refuses as why:
                log.debug("steward.waiting", code=why.code)
            except Exception:
                log.exception("steward.failed")


def _spans(pack: Pack) -> dict[tuple[str, str], int]:
    """How long before their end limits are warned of, by the obligation's name and how its rule begins: the usual span
    of the name, and longer ones. A legal clock runs as feedback.
    """
    spans = {(name, ""): pack.limits[name].warn for name in w.OBLIGATIONS}
    for (owed, _, _), limit in pack.special.items():
        name, begins = (w.FEEDBACK, f"{SIGNED}.") if owed == SIGNED else (owed, limit.text)
        if limit.warn > max(spans[name, ""], spans.get((name, begins), 0)):
            spans[name, begins] = limit.warn
    return spans


def _all(read: Callable[[Place | None], list[Item]]) -> Iterator[Item]:
    """Every row of a list, a page at a time."""
    after: Place | None = None
    while rows := read(after):
        yield from rows
        if len(rows) < PAGE:
            return
        after = place(rows[-1])


def _hex(ident: bytes | None) -> str:
    return w.text(ident) if ident else ""
