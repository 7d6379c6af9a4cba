"""Rows for tests of the log: real events and inbox records, in a store that is a list."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence

from hub.contract import Contract, leaf_hash, load
from hub.store.hints import Hint
from hub.words import HUB_AGENCY, ZERO_HASH, Stored, agency_id

CONTRACT: Contract = load()
OPENED = CONTRACT.schema("event", "agency.intake_opened")
ANSWER = CONTRACT.schema("inbox", "answer")
AT = 1_790_000_000_000_000


def events(many: int, *, first: int = 1, streams: int = 7, salt: str = "") -> list[Stored]:
    """``many`` chained events at positions ``first``…, spread over a few streams; ``salt`` makes others of them."""
    made: list[Stored] = []
    versions = dict.fromkeys(range(streams), 0)
    hashes = dict.fromkeys(range(streams), ZERO_HASH)
    for position in range(1, first + many):
        k = position % streams
        versions[k] += 1
        command = hashlib.sha256(f"{position}{salt}".encode()).digest()[:16]
        values = (
            agency_id(f"a{k}"), versions[k], hashes[k], AT + position, AT, HUB_AGENCY, "hub", "", command,
        )  # fmt: skip
        body = CONTRACT.encode(OPENED, values + ("",) * (len(OPENED.fields) - len(values)))
        hashes[k] = leaf_hash(body)
        made.append(Stored(position, agency_id(f"a{k}"), versions[k], OPENED.name, body))
    return made[first - 1 :]


def answer(k: int) -> bytes:
    """The stored form of an inbox answer."""
    command = hashlib.sha256(b"%d" % k).digest()[:16]
    return CONTRACT.encode(ANSWER, (command, "refused", "agency.unknown", "", "", None, 0, 0, AT + k))


class Table:
    """The inbox table as a list."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[int, int, bytes]]] = {}

    def append(self, system: str, *bodies: bytes) -> None:
        rows = self.rows.setdefault(system, [])
        for body in bodies:
            rows.append((len(rows) + 1, 0, body))

    def read(self, system: str, after: int, limit: int) -> Sequence[tuple[int, int, bytes]]:
        return self.rows.get(system, [])[after : after + limit]

    def lasts(self) -> dict[str, int]:
        return {system: len(rows) for system, rows in self.rows.items()}


class Notes:
    """Hints in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Hint] = {}

    def get(self) -> dict[str, Hint]:
        return dict(self.kept)

    def keep(self, hints: Mapping[str, Hint]) -> None:
        self.kept.update(hints)


class ListStore:
    """A store that is a list: what the relay needs of one."""

    def __init__(self, rows: Sequence[Stored] = ()) -> None:
        self.rows = list(rows)
        self.deliveries = Table()
        self.hints = Notes()
        self.lock = threading.Lock()

    def read(self, after: int, limit: int) -> list[Stored]:
        return self.rows[after : after + limit]

    def position(self) -> int:
        return len(self.rows)
