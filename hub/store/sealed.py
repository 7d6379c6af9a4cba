"""Masked names and salts of parties: beside the log, erasable (密封当事人信息).

Guarantee: erasing leaves the commitment in the log as it is and makes it unlinkable: without the salt nobody can test a
name against it. Rows enter in the transaction that registers the dispute.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, select, update

from . import tables as t


class SealedParty(NamedTuple):
    """A party as people see it; ``party`` is its place in the registered list, None once erased."""

    party: int
    masked: str | None
    salt: bytes | None


class SealedParties:
    """Reading and erasing."""

    def __init__(self, engine: Engine, writing: Callable[[], Any]) -> None:
        self._engine = engine
        self._writing = writing

    def read(self, dispute: bytes) -> Sequence[SealedParty]:
        """The parties of a dispute, in their order; empty when none were given."""
        s = t.sealed_parties
        with self._engine.connect() as connection:
            query = select(s.c.party, s.c.masked, s.c.salt).where(s.c.dispute == dispute).order_by(s.c.party)
            return [SealedParty(*row) for row in connection.execute(query)]

    def masks(self, disputes: Collection[bytes]) -> dict[bytes, list[str]]:
        """The masked names of several disputes' parties, in their order; without those that were erased."""
        s = t.sealed_parties
        found: dict[bytes, list[str]] = {}
        with self._engine.connect() as connection:
            query = select(s.c.dispute, s.c.masked).where(s.c.dispute.in_(disputes), s.c.masked.is_not(None))
            for row in connection.execute(query.order_by(s.c.dispute, s.c.party)):
                found.setdefault(row.dispute, []).append(row.masked)
        return found

    def erase(self, dispute: bytes, party: int | None = None) -> int:
        """Removes name and salt of one party, or of all; how many rows were touched."""
        s = t.sealed_parties
        statement = update(s).where(s.c.dispute == dispute).values(masked=None, salt=None)
        if party is not None:
            statement = statement.where(s.c.party == party)
        connection: Connection
        with self._writing() as connection:
            return connection.execute(statement).rowcount
