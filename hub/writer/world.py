"""What the writer knows at the last committed position: cached disputes, the registry, counters, recent answers.

Guarantee: nothing here is ahead of the log. A turn works on a layer of its own (``Layer``) and is merged only after its
commit; a rollback leaves no trace. Disputes are immutable and bounded by count, least recently used ones go first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hub.aggregates.agency.registry import Registry
from hub.aggregates.decide import Dispute, Interner, evolve, restore
from hub.aggregates.dispute import events
from hub.contract import Contract, leaf_hash
from hub.store import Lease
from hub.words import Answer

RECENT = 4_096  # answers kept in memory, so that a quick repeat costs no transaction

Held = tuple[Dispute, bytes]  # a dispute's state and the leaf hash of its last event
Key = tuple[str, bytes]  # (system, command id)


class AgencyHead(NamedTuple):
    """The end of an agency's stream."""

    version: int
    leaf: bytes
    position: int


class World:
    """The committed state in memory."""

    def __init__(self, contract: Contract, capacity: int) -> None:
        self.contract = contract
        self._capacity = capacity
        self._intern = Interner()
        self.disputes: OrderedDict[bytes, Held] = OrderedDict()
        self.recent: OrderedDict[Key, Answer] = OrderedDict()
        self.registry = Registry()
        self.agencies: dict[bytes, AgencyHead] = {}
        self.numbers: dict[str, int] = {}
        self.position = 0
        self.recorded_at = 0

    def reload(self, lease: Lease) -> None:
        """Forgets everything and reads what a new lease starts with."""
        self.disputes.clear()
        self.recent.clear()
        registry, heads = Registry(), {}
        for stored in lease.agencies():
            envelope, event = restore(self.contract, stored.body, self._intern)
            assert not isinstance(event, events.Event)
            registry = registry.evolve(self._intern(stored.stream), event)
            heads[stored.stream] = AgencyHead(envelope.version, leaf_hash(stored.body), stored.position)
        self.registry, self.agencies = registry, heads
        self.numbers = lease.numbers()
        self.position, self.recorded_at = lease.head.position, lease.head.recorded_at

    def fold(self, stream: bytes, bodies: Sequence[bytes]) -> Held:
        """The state at the end of a stored stream. Any exception means that it cannot be read."""
        state: Dispute | None = None
        for body in bodies:
            _, event = restore(self.contract, body, self._intern)
            assert isinstance(event, events.Event)
            state = evolve(state, event, stream)
        assert state is not None
        return state, leaf_hash(bodies[-1])

    def keep(self, committed: Mapping[bytes, Held]) -> None:
        """Puts committed states into the cache, as the ones used last."""
        disputes = self.disputes
        for stream, held in committed.items():
            disputes[stream] = held
            disputes.move_to_end(stream)
        while len(disputes) > self._capacity:
            disputes.popitem(last=False)

    def merge(self, layer: Layer, position: int, recorded_at: int) -> None:
        """Takes over what a committed turn made."""
        self.keep(layer.seen | layer.disputes)
        self.registry = layer.registry
        self.agencies.update(layer.agencies)
        self.numbers.update(layer.numbers)
        recent = self.recent
        recent.update(layer.answered)
        while len(recent) > RECENT:
            recent.popitem(last=False)
        self.position, self.recorded_at = position, recorded_at


class Layer:
    """What one turn has made so far, over the world it started from."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.disputes: dict[bytes, Held] = {}
        self.seen: dict[bytes, Held] = {}  # committed states this turn needs: the cache may drop them meanwhile
        self.registry = world.registry
        self.agencies: dict[bytes, AgencyHead] = {}
        self.numbers: dict[str, int] = {}
        self.answered: dict[Key, Answer] = {}

    def need(self, streams: Iterable[bytes]) -> list[bytes]:
        """Notes the cached states of disputes; the streams of those that are not in memory."""
        missing = []
        for stream in streams:
            held = self.world.disputes.get(stream)
            if held is not None:
                self.seen[stream] = held
            else:
                missing.append(stream)
        return missing

    def dispute(self, stream: bytes) -> Held | None:
        """The newest state of a dispute this turn may see; None when it was neither made by it nor needed."""
        return self.disputes.get(stream) or self.seen.get(stream)

    def agency(self, stream: bytes) -> AgencyHead:
        """The end of an agency's stream, made by this turn or committed."""
        return self.agencies.get(stream) or self.world.agencies.get(stream) or AgencyHead(0, bytes(32), 0)

    def answer(self, key: Key) -> Answer | None:
        """The answer to an earlier command with this id, of this turn or recent."""
        return self.answered.get(key) or self.world.recent.get(key)

    def take_number(self, series: str) -> int:
        """The next number of a series; given back by not merging."""
        number = self.numbers.get(series, self.world.numbers.get(series, 0)) + 1
        self.numbers[series] = number
        return number
