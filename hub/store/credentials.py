"""Who may connect: systems (接入系统), the agencies each serves, its roles and its API keys.

Guarantee: a key is stored only as its SHA-256 (it is 32 random bytes, so a slow hash would add nothing) and compared in
constant time; it is shown once, when it is made. Nothing here is ever in an event. Kafka users are made elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, insert, select, update

from . import tables as t
from .driver import plain

PREFIX = "hub_"  # lets secret scanners recognise a leaked key


class SystemRow(NamedTuple):
    """One system: its name, the agencies it speaks for, its roles. ``disabled_at`` None = active."""

    name: str
    agencies: frozenset[bytes]
    roles: frozenset[str]
    created_at: int
    disabled_at: int | None


class KeyRow(NamedTuple):
    """One API key without its secret; ``fingerprint`` = first 8 hex digits of its hash, to name it by."""

    system: str
    fingerprint: str
    label: str
    created_at: int
    revoked_at: int | None


class Credentials:
    """The credentials tables. ``changes()`` rises with every change: readers keep a copy and look again cheaply."""

    def __init__(self, engine: Engine, writing: Callable[[], Any], tails: Engine) -> None:
        self._engine = engine
        self._tails = tails
        self._writing = writing

    def add(self, name: str, agencies: Iterable[bytes], roles: Iterable[str], now: int) -> None:
        """Makes a system. Raises ValueError when the name is taken."""
        with self._writing() as connection:
            if connection.execute(select(t.systems.c.name).where(t.systems.c.name == name)).first():
                raise ValueError(f"system {name} exists")
            row = {"name": name, "roles": ",".join(sorted(set(roles))), "created_at": now}
            connection.execute(insert(t.systems), row)
            self._set_agencies(connection, name, agencies)

    def change(self, name: str, agencies: Iterable[bytes] | None = None, roles: Iterable[str] | None = None) -> None:
        """Gives a system other agencies or roles. Raises KeyError for an unknown one."""
        with self._writing() as connection:
            self._known(connection, name)
            if roles is not None:
                values = {"roles": ",".join(sorted(set(roles)))}
                connection.execute(update(t.systems).where(t.systems.c.name == name).values(values))
            if agencies is not None:
                self._set_agencies(connection, name, agencies)
            self._changed(connection)

    def disable(self, name: str, now: int) -> None:
        """No key of this system works any more; its name stays taken. Raises KeyError for an unknown one."""
        with self._writing() as connection:
            self._known(connection, name)
            connection.execute(update(t.systems).where(t.systems.c.name == name).values(disabled_at=now))
            self._changed(connection)

    def new_key(self, name: str, now: int, label: str = "") -> str:
        """Makes a key and returns it: the only time it can be seen. Raises KeyError for an unknown system."""
        key = PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        with self._writing() as connection:
            self._known(connection, name)
            row = {"hash": _hash(key), "system": name, "label": label, "created_at": now}
            connection.execute(insert(t.system_keys), row)
            self._changed(connection)
        return key

    def revoke_key(self, name: str, fingerprint: str, now: int) -> int:
        """Ends the keys of a system with this fingerprint; how many."""
        with self._writing() as connection:
            k = t.system_keys
            rows = connection.execute(select(k.c.hash).where(k.c.system == name, k.c.revoked_at.is_(None)))
            hashes = [row.hash for row in rows if bytes(row.hash).hex().startswith(fingerprint)]
            for found in hashes:
                connection.execute(update(k).where(k.c.hash == found).values(revoked_at=now))
            self._changed(connection)
        return len(hashes)

    def authenticate(self, key: str) -> SystemRow | None:
        """The active system a key belongs to; None for an unknown or revoked key or a disabled system."""
        digest = _hash(key)
        k = t.system_keys
        with self._engine.connect() as connection:
            row = connection.execute(
                select(k.c.hash, k.c.system).where(k.c.hash == digest, k.c.revoked_at.is_(None))
            ).one_or_none()
        # The index has found it by its hash already; the comparison keeps the promise whatever a collation does.
        if row is None or not hmac.compare_digest(bytes(row.hash), digest):
            return None
        system = self.system(row.system)
        return system if system is not None and system.disabled_at is None else None

    def system(self, name: str) -> SystemRow | None:
        """One system, also a disabled one."""
        return self.systems(name).get(name)

    def systems(self, only: str | None = None) -> dict[str, SystemRow]:
        """All systems by name, also disabled ones."""
        s, a = t.systems, t.system_agencies
        served: dict[str, set[bytes]] = {}
        systems, agencies = select(s).order_by(s.c.name), select(a)
        if only is not None:
            systems, agencies = systems.where(s.c.name == only), agencies.where(a.c.system == only)
        with self._engine.connect() as connection:
            for row in connection.execute(agencies):
                served.setdefault(row.system, set()).add(row.agency)
            return {
                row.name: SystemRow(
                    row.name, frozenset(served.get(row.name, ())), frozenset(row.roles.split(",")) - {""},
                    row.created_at, row.disabled_at,
                )
                for row in connection.execute(systems)
            }  # fmt: skip

    def keys(self, name: str) -> Sequence[KeyRow]:
        """The keys of a system, oldest first, revoked ones too."""
        k = t.system_keys
        with self._engine.connect() as connection:
            rows = connection.execute(select(k).where(k.c.system == name).order_by(k.c.created_at))
            return [KeyRow(r.system, bytes(r.hash).hex()[:8], r.label, r.created_at, r.revoked_at) for r in rows]

    def changes(self) -> int:
        """A number that rises with every change."""
        ((changes,),) = plain(self._tails, "SELECT changes FROM credential_changes")
        return int(changes)

    def _known(self, connection: Connection, name: str) -> None:
        if not connection.execute(select(t.systems.c.name).where(t.systems.c.name == name)).first():
            raise KeyError(name)

    def _set_agencies(self, connection: Connection, name: str, agencies: Iterable[bytes]) -> None:
        a = t.system_agencies
        connection.execute(delete(a).where(a.c.system == name))
        rows = [{"system": name, "agency": agency} for agency in sorted(set(agencies))]
        if rows:
            connection.execute(insert(a), rows)
        self._changed(connection)

    def _changed(self, connection: Connection) -> None:
        c = t.credential_changes
        connection.execute(update(c).values(changes=c.c.changes + 1))


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
