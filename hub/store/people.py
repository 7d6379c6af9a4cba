"""Who may sign in (人员): named users with one role at one agency, their one-time links and passwords.

Guarantee: a link is stored only as the SHA-256 of its 32 random bytes, works once, for ``LINK_LIFE``, and a new one
ends those before it; a password is stored only as the slow hash it is given as. Whoever is disabled has no session and
no link from that moment. Nothing here is ever in an event: names are beside the log, and ``forget`` erases them.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.words import HOUR

from . import tables as t

LINK_LIFE: Final = 48 * HOUR
NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)  # user names: typed on any keyboard, in any case


class Person(NamedTuple):
    """A named user: user name, shown name, role, agency, duty role 岗位. ``disabled_at`` None = may sign in."""

    user: str
    shown: str
    role: str
    agency: bytes
    duty: str
    created_at: int = 0
    disabled_at: int | None = None
    has_password: bool = False


class People:
    """The people, and who of them stood behind which command."""

    def __init__(self, engine: Engine, writing: Callable[[], Any]) -> None:
        self._engine = engine
        self._writing = writing

    # the people

    def add(self, user: str, shown: str, role: str, agency: bytes, duty: str, now: int) -> None:
        """Makes a person without a password. Raises ValueError when the name is taken or not a user name."""
        if not NAME.fullmatch(user):
            raise ValueError("not a user name")
        row = {"user": user, "shown": shown, "role": role, "agency": agency, "duty": duty, "created_at": now}
        with self._writing() as connection:
            if _row(connection, user) is not None:
                raise ValueError("the user name is taken")
            connection.execute(insert(t.people), row)

    def person(self, user: str) -> Person | None:
        """One person, also a disabled one."""
        with self._engine.connect() as connection:
            row = _row(connection, user)
        return None if row is None else person_of(row)

    def all(self) -> list[Person]:
        """Everybody by user name, also the disabled."""
        with self._engine.connect() as connection:
            return [person_of(row) for row in connection.execute(select(t.people).order_by(t.people.c.user)).mappings()]

    def change(self, user: str, **values: Any) -> None:
        """Gives a person another ``shown``, ``role``, ``agency`` or ``duty``. KeyError for an unknown one."""
        assert values.keys() <= {"shown", "role", "agency", "duty"}
        with self._writing() as connection:
            _update(connection, user, **values)

    def disable(self, user: str, now: int) -> None:
        """Ends sessions and links; nobody signs in under this name until it is enabled. KeyError for an unknown one."""
        with self._writing() as connection:
            _update(connection, user, disabled_at=now)
            _end_all(connection, user, now)

    def enable(self, user: str) -> None:
        """Lets a person sign in again, with the password they had. KeyError for an unknown one."""
        with self._writing() as connection:
            _update(connection, user, disabled_at=None)

    def forget(self, user: str) -> None:
        """Erases a person and everything kept under the name, also behind which commands they stood."""
        with self._writing() as connection:
            for table in (t.people, t.people_links, t.people_sessions, t.people_browsers, t.people_commands):
                connection.execute(delete(table).where(table.c.user == user))

    # passwords and links

    def password(self, user: str) -> str | None:
        """The slow hash of the password of somebody who may sign in; None for anybody else, or without one."""
        p = t.people
        if not NAME.fullmatch(user):  # also what no database takes as text
            return None
        with self._engine.connect() as connection:
            found = connection.execute(select(p.c.password).where(p.c.user == user, p.c.disabled_at.is_(None)))
            password: str | None = found.scalar()
            return password

    def set_password(self, user: str, password: str, now: int) -> None:
        """Keeps a new slow hash and ends every session and link of the person. KeyError for an unknown one."""
        with self._writing() as connection:
            _update(connection, user, password=password)
            _end_all(connection, user, now)

    def rehash(self, user: str, old: str, new: str) -> None:
        """Keeps the same password under a stronger hash, unless it was changed meanwhile."""
        p = t.people
        with self._writing() as connection:
            connection.execute(update(p).where(p.c.user == user, p.c.password == old).values(password=new))

    def new_link(self, user: str, now: int) -> str:
        """Makes a one-time link's token and returns it: the only time it can be seen. KeyError for an unknown one."""
        token = new_token()
        row = {"hash": digest(token), "user": user, "created_at": now, "expires_at": now + LINK_LIFE}
        with self._writing() as connection:
            if _row(connection, user) is None:
                raise KeyError(user)
            connection.execute(delete(t.people_links).where(t.people_links.c.user == user))
            connection.execute(insert(t.people_links), row)
        return token

    def link(self, token: str, now: int) -> Person | None:
        """Whom a link that still works is for; looking does not use it."""
        with self._engine.connect() as connection:
            row = connection.execute(_linked(token, now)).mappings().one_or_none()
        return None if row is None else person_of(row)

    def use_link(self, token: str, password: str, now: int) -> Person | None:
        """Uses a link: the slow hash becomes the person's password, all sessions and remembered browsers end.

        None when it does not work (any more). Of two that use it at once, one gets None: the row is updated only while
        it is unused, so the second waits for the first and then finds nothing to update.
        """
        k = t.people_links
        with self._writing() as connection:
            row = connection.execute(_linked(token, now)).mappings().one_or_none()
            if row is None:
                return None
            spent = update(k).where(k.c.hash == digest(token), k.c.used_at.is_(None)).values(used_at=now)
            if connection.execute(spent).rowcount != 1:
                return None
            user = row["user"]
            _update(connection, user, password=password)
            _end_all(connection, user, now)
            connection.execute(delete(t.people_browsers).where(t.people_browsers.c.user == user))
            return person_of(row)

    # who stood behind a command

    def note(self, command_id: bytes, user: str, now: int) -> int:
        """Remembers which person a command comes from; the first word stands. Before it is sent: none goes unnoted.

        Returns when it was first noted: a repeat that says this instant is the same command, byte for byte.
        """
        return self.note_all([command_id], user, now)[command_id]

    def note_all(self, command_ids: Collection[bytes], user: str, now: int) -> dict[bytes, int]:
        """The same for several, in one transaction."""
        if not command_ids:
            return {}
        kind = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        c = t.people_commands
        rows = [{"command_id": ident, "user": user, "at": now} for ident in command_ids]
        with self._writing() as connection:
            connection.execute(kind.insert(c).on_conflict_do_nothing(), rows)
            first = select(c.c.command_id, c.c.at).where(c.c.command_id.in_(command_ids))
            return {row.command_id: row.at for row in connection.execute(first)}

    def stood_behind(self, user: str, command_ids: Collection[bytes]) -> set[bytes]:
        """Those of these commands that come from this person."""
        c = t.people_commands
        query = select(c.c.command_id).where(c.c.user == user, c.c.command_id.in_(command_ids))
        with self._engine.connect() as connection:
            return set(connection.execute(query).scalars())

    def behind(self, command_ids: Iterable[bytes]) -> dict[bytes, str]:
        """The shown names of the people behind these commands; what no page sent, or was erased, is missing."""
        c, p = t.people_commands, t.people
        query = select(c.c.command_id, p.c.shown).join(p, p.c.user == c.c.user).where(c.c.command_id.in_(command_ids))
        with self._engine.connect() as connection:
            return {row.command_id: row.shown for row in connection.execute(query)}


def person_of(row: RowMapping) -> Person:
    """A person from a row that has all columns of ``people``."""
    return Person(
        row["user"], row["shown"], row["role"], row["agency"], row["duty"], row["created_at"], row["disabled_at"],
        row["password"] is not None,
    )  # fmt: skip


def new_token() -> str:
    """32 random bytes as text that stands in URLs and cookies."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is kept of a token: its SHA-256 (it is 32 random bytes, so a slow hash would add nothing)."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _row(connection: Connection, user: str) -> RowMapping | None:
    return connection.execute(select(t.people).where(t.people.c.user == user)).mappings().one_or_none()


def _linked(token: str, now: int) -> Any:
    k, p = t.people_links, t.people
    works = (k.c.hash == digest(token), k.c.used_at.is_(None), k.c.expires_at > now, p.c.disabled_at.is_(None))
    return select(p).join(k, k.c.user == p.c.user).where(*works)


def _update(connection: Connection, user: str, **values: Any) -> None:
    if connection.execute(update(t.people).where(t.people.c.user == user).values(**values)).rowcount != 1:
        raise KeyError(user)


def _end_all(connection: Connection, user: str, now: int) -> None:
    s, k = t.people_sessions, t.people_links
    connection.execute(update(s).where(s.c.user == user, s.c.ended_at.is_(None)).values(ended_at=now))
    connection.execute(update(k).where(k.c.user == user, k.c.used_at.is_(None)).values(used_at=now))
