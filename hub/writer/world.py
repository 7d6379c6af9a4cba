"""What the writer knows at the last committed position: cached states, the registry, counters, recent answers.

Guarantee: nothing here is ahead of the log. A turn works on a layer of its own (``Layer``) and is merged only after its
commit; a rollback leaves no trace. A state is that of a dispute, of a book or of the rules: immutable, and bounded by
count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hub.aggregates.agency.registry import Registry
from hub.aggregates.decide import Interner, State, fold, restore, restore_agency
from hub.contract import Contract, leaf_hash
from hub.store import Lease
from hub.words import Answer

# Answers kept in memory, so that a quick repeat costs no transaction: as many as commands may wait. More of them would
# be what the collector looks at most.
RECENT = 1_024

Held = tuple[State, bytes]  # of a stream: its state and the leaf hash of its last event
Key = tuple[str, bytes]  # (system, command id)


class AgencyHead(NamedTuple):
    """The end of an agency's stream."""

    version: int
    leaf: bytes
    position: int


class States:
    """States by stream, at most ``capacity`` of them; those not used for long go first.

    Two generations instead of a linked list, which would cost 80 bytes per dispute: what is used enters the young one;
    when that is half full it becomes the old one, and what the old one still held is forgotten.
    """

    def __init__(self, capacity: int) -> None:
        self._half = max(1, capacity // 2)
        self._young: dict[bytes, Held] = {}
        self._old: dict[bytes, Held] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, stream: bytes) -> Held | None:
        """The state, None when it is not in memory."""
        return self._young.get(stream) or self._old.get(stream)

    def put(self, used: Mapping[bytes, Held]) -> None:
        """Takes committed states that were made or used."""
        for stream, held in used.items():
            self._old.pop(stream, None)  # never two versions: the older one must not come back
            self._young[stream] = held
            if len(self._young) >= self._half:
                self._young, self._old = {}, self._young

    def clear(self) -> None:
        """Forgets all."""
        self._young, self._old = {}, {}


class Recent:
    """The last answers by key: at least ``RECENT`` of them, at most twice as many and a batch. Two generations, too."""

    def __init__(self) -> None:
        self._young: dict[Key, Answer] = {}
        self._old: dict[Key, Answer] = {}

    def get(self, key: Key) -> Answer | None:
        """The answer, None when there is none or it is too old."""
        return self._young.get(key) or self._old.get(key)

    def put(self, answered: Mapping[Key, Answer]) -> None:
        """Takes what a committed turn has answered."""
        self._young.update(answered)
        if len(self._young) >= RECENT:
            self._young, self._old = {}, self._young

    def clear(self) -> None:
        """Forgets all."""
        self._young, self._old = {}, {}


class World:
    """The committed state in memory."""

    def __init__(self, contract: Contract, capacity: int) -> None:
        self.contract = contract
        self._intern = Interner()
        self.states = States(capacity)
        self.recent = Recent()
        self.registry = Registry()
        self.agencies: dict[bytes, AgencyHead] = {}
        self.numbers: dict[str, int] = {}
        self.position = 0
        self.recorded_at = 0

    def reload(self, lease: Lease) -> None:
        """Forgets everything and reads what a new lease starts with."""
        self.states.clear()
        self.recent.clear()
        registry, heads = Registry(), {}
        for stored in lease.agencies():
            envelope, event = restore_agency(self.contract, stored.body, self._intern)
            registry = registry.evolve(self._intern(stored.stream), event)
            heads[stored.stream] = AgencyHead(envelope.version, leaf_hash(stored.body), stored.position)
        self.registry, self.agencies = registry, heads
        self.numbers = lease.numbers()
        self.position, self.recorded_at = lease.head.position, lease.head.recorded_at

    def fold(self, stream: bytes, bodies: Sequence[bytes]) -> Held:
        """The state at the end of a stored stream. Any exception means that it cannot be read."""
        history = (restore(self.contract, body, self._intern)[1] for body in bodies)
        return fold(history, stream), leaf_hash(bodies[-1])

    def merge(self, layer: Layer, position: int, recorded_at: int) -> None:
        """Takes over what a committed turn made."""
        self.states.put(layer.seen | layer.made)
        self.registry = layer.registry
        self.agencies.update(layer.agencies)
        self.numbers.update(layer.numbers)
        self.recent.put(layer.answered)
        self.position, self.recorded_at = position, recorded_at


class Layer:
    """What one turn has made so far, over the world it started from."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.made: dict[bytes, Held] = {}
        self.seen: dict[bytes, Held] = {}  # committed states this turn needs: the cache may drop them meanwhile
        self.registry = world.registry
        self.agencies: dict[bytes, AgencyHead] = {}
        self.numbers: dict[str, int] = {}
        self.answered: dict[Key, Answer] = {}

    def need(self, streams: Iterable[bytes]) -> list[bytes]:
        """Notes the cached states of streams; those that are not in memory."""
        missing = []
        for stream in streams:
            held = self.world.states.get(stream)
            if held is not None:
                self.seen[stream] = held
            else:
                missing.append(stream)
        return missing

    def held(self, stream: bytes) -> Held | None:
        """The newest state of a stream this turn may see; None when it was neither made by it nor needed."""
        return self.made.get(stream) or self.seen.get(stream)

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
