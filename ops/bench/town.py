"""A whole city in the middle of its work, for benchmarks and pictures: open disputes at every step, by real decisions.

Guarantee: every event was decided by ``decide`` on the state before it, so a real hub can go on from the last one; same
seed and instant, same events but for nothing. Agencies are those of Chuxiong. At ``now`` about every limit of ten is in
its warning span and every hundredth overdue, and all of that is recorded, so that the steward of a hub started then
finds next to nothing to do.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from typing import Any

from connectors.city import chuxiong
from hub import words as w
from hub.aggregates.agency import names
from hub.aggregates.agency.registry import Registry
from hub.aggregates.command import Command
from hub.aggregates.decide import Context, Decision, decide, encode_event, evolve
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute.obligations import running
from hub.aggregates.dispute.state import Dispute
from hub.contract import Contract, leaf_hash
from hub.policy import Pack
from hub.store import Store
from hub.store.batch import Batch
from hub.words import DAY, HOUR, AgencyId, CommandId, Stored

CHANNELS = ("mediation", "mediation", "court", "police", "petition", "procuratorate")
CATEGORIES = tuple(f"{n:02d}" for n in range(1, 19))
CHUNK = 2_000  # events of one transaction
Act = tuple[int, AgencyId, Callable[[Dispute | None], Any]]  # when, who, what


class Town:
    """The history in the making. ``numbers``: the last number of each year's series."""

    def __init__(self, contract: Contract, pack: Pack, now: int, seed: int = 1) -> None:
        self.contract, self.pack, self.now = contract, pack, now
        self.dice = random.Random(seed)
        self.registry = Registry()
        self.numbers: dict[str, int] = {}
        self.position = 0
        self._states: dict[bytes, Dispute] = {}
        self._heads: dict[bytes, tuple[int, bytes]] = {}
        self._commands = 0

    def events(self, disputes: int) -> Iterator[Stored]:
        """The agencies, then the disputes' events in the order of time, then what is warned of and overdue."""
        at = self.now - 60 * DAY
        for agency in chuxiong.build():
            above = w.agency_id(agency.superior) if agency.superior else None
            body = names.RegisterAgency(
                agency.code, agency.name, agency.kind, agency.level, agency.region, above, tuple(agency.competences),
                agency.mediators, agency.seal,
            )  # fmt: skip
            yield from self._do(at, w.HUB_AGENCY, None, body)
        villages = [a for a in self.registry.agencies.values() if a.kind == "committee" and a.level == "village"]
        others = [a for a in self.registry.agencies.values() if a.kind not in ("group", "centre")]
        plans = [iter(self._plan(self.dice.choice(villages), others)) for _ in range(disputes)]
        queue = [(act[0], n, act) for n, plan in enumerate(plans) for act in [next(plan)]]
        heapq.heapify(queue)
        streams: dict[int, bytes] = {}
        while queue:
            _, n, (at, who, what) = heapq.heappop(queue)
            stream = streams.get(n)
            made = list(self._do(at, who, stream, what(self._states.get(stream) if stream else None)))
            if made:
                streams[n] = made[0].stream
                yield from made
            following = next(plans[n], None)
            if following is not None:
                heapq.heappush(queue, (following[0], n, following))
        for stream in list(self._states):
            yield from self._reckon(stream)

    def _plan(self, home: Any, others: list[Any]) -> Iterator[Act]:
        """The acts of one dispute, in the order of time; the last lies before now."""
        dice, now = self.dice, self.now
        me = home.id
        kind = dice.random()
        waiting = kind < 0.16  # an offer nobody accepted yet: signed or not
        late = not waiting and dice.random() < 0.01
        age = dice.uniform(0.05, 4.8) if waiting else dice.uniform(15.5, 30) if late else dice.uniform(0.1, 14.5)
        at = int(now - age * DAY)
        place = home.region
        yield at, me, lambda _: c.Register(dice.choice(CATEGORIES), place, "application", ())
        if late or (not waiting and kind > 0.62):
            if not late and dice.random() < 0.5:
                at += int((now - at) * dice.uniform(0.1, 0.9))
                yield at, me, lambda _: c.Attempt(True, "", at, "", "调解员岗")
            return
        receiver = dice.choice(others).id
        if receiver == me:
            return
        unsigned = waiting and kind < 0.03
        # Half of the unsigned are of the last hours, the others wait for up to four days.
        left = dice.uniform(0.01, 0.9 if dice.random() < 0.5 else 3.9) if unsigned else dice.uniform(0.2, 0.95)
        at = max(at, int(now - left * DAY)) if unsigned else int(at + (now - at) * (1 - left))
        channel = dice.choice(CHANNELS)
        yield at, me, lambda _: c.Refer("transfer", channel, receiver, None, "")
        yield at, w.HUB_AGENCY, lambda s: c.Deliver(_last(s), "inbox", at)
        if unsigned:
            return
        at += int(min(now - at, 20 * HOUR) * dice.uniform(0.1, 0.9))
        yield at, receiver, lambda s: c.Sign(_last(s))
        if waiting:
            return
        at += int(min(now - at, 4 * DAY) * dice.uniform(0.1, 0.9))
        yield at, receiver, lambda s: c.Accept(_last(s), "调解员岗")
        if dice.random() < 0.3:
            at += int((now - at) * dice.uniform(0.1, 0.6))
            yield at, receiver, lambda _: c.ReachAgreement("written", 120_000, None)
        elif dice.random() < 0.5:
            helper = dice.choice(others).id
            at += int((now - at) * dice.uniform(0.1, 0.6))
            yield at, receiver, lambda _: c.Refer("assistance", "mediation", helper, None, "")
            yield at, w.HUB_AGENCY, lambda s: c.Deliver(_last(s), "inbox", at)
            at += int(min(now - at, 20 * HOUR) * dice.uniform(0.1, 0.9))
            yield at, helper, lambda s: c.Accept(_last(s), "调解员岗")

    def _reckon(self, stream: bytes) -> Iterator[Stored]:
        """What the steward would have recorded by now."""
        for owed in list(running(self._states[stream])):
            about = (owed.name, owed.referral, owed.debtor)
            if owed.due_at <= self.now and owed.name != w.ACCEPT:
                yield from self._do(self.now, w.HUB_AGENCY, stream, c.Breach(*about))
                yield from self._do(self.now, w.HUB_AGENCY, stream, c.Urge(*about, "已超过期限"))
            elif self.now >= owed.due_at - self.pack.limit(owed.name).warn:
                yield from self._do(self.now, w.HUB_AGENCY, stream, c.Warn(*about))

    def _do(self, at: int, who: AgencyId, stream: bytes | None, body: Any) -> Iterator[Stored]:
        self._commands += 1
        ident = CommandId(w.derived_id(f"town/{self._commands}"))
        command = Command("town", ident, b"", who, "值守岗", at, stream, None, body)
        context = Context(at, self.registry, self.pack, lambda: self._number(at), lambda agency: False)
        decided = decide(command, self._states.get(stream or b""), context)
        if not isinstance(decided, Decision):
            return
        event: Any  # of an agency or of a dispute, as its topic says
        for event in decided.events:
            version, predecessor = self._heads.get(decided.stream, (0, w.ZERO_HASH))
            envelope = w.Envelope(decided.stream, version + 1, predecessor, at, at, who, "town", "值守岗", ident)
            topic, raw = encode_event(self.contract, envelope, event)
            self._heads[decided.stream] = (version + 1, leaf_hash(raw))
            self.position += 1
            if topic.startswith("agency."):
                self.registry = self.registry.evolve(AgencyId(decided.stream), event)
            else:
                self._states[decided.stream] = evolve(self._states.get(decided.stream), event, decided.stream)
            yield Stored(self.position, decided.stream, version + 1, topic, raw)

    def _number(self, at: int) -> str:
        series = f"532301-{self.pack.local_year(at)}"
        self.numbers[series] = self.numbers.get(series, 0) + 1
        return f"{series}-{self.numbers[series]:05d}"


def _last(state: Dispute | None) -> Any:
    """Its last referral; no id at all where the rules refused to offer one: what follows is refused too."""
    assert state is not None
    return state.referrals[-1].id if state.referrals else bytes(16)


def fill(store: Store, contract: Contract, pack: Pack, disputes: int, now: int, seed: int = 1) -> int:
    """Put such a city into an empty store; the last position."""
    town = Town(contract, pack, now, seed)
    store.acquire(now)
    rows: list[Stored] = []
    last = 0

    def put() -> None:
        nonlocal last
        store.append(Batch(last, now, tuple(rows), numbers=tuple(town.numbers.items())))
        last += len(rows)
        rows.clear()

    for event in town.events(disputes):
        rows.append(event)
        if len(rows) == CHUNK:
            put()
    if rows:
        put()
    store.release()
    return last
