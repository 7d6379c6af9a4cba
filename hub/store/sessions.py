"""Who is signed in (会话): one row per browser that a person signed in with.

Guarantee: a session is stored only as the SHA-256 of its cookie's 32 random bytes. It lasts ``LONGEST`` at most, ends
``IDLE`` after the last request (noted once per ``SEEN_EVERY``, so up to that much earlier), and at once when it is
ended or its person is disabled or gets a new password. Role and agency are read with each request: a change counts at
once.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, delete, insert, select, update

from hub.words import DAY, HOUR, SECOND

from . import tables as t
from .people import Person, digest, new_token, person_of

IDLE: Final = 8 * HOUR
LONGEST: Final = 24 * HOUR
SEEN_EVERY: Final = 60 * SECOND
KEPT: Final = 30 * DAY  # how long ended sessions stay in the table


class Session(NamedTuple):
    """One session; ``hash`` names it (it is not the cookie), ``csrf`` is what its forms carry."""

    hash: bytes
    person: Person
    csrf: str
    created_at: int
    seen_at: int


class Sessions:
    """The sessions table."""

    def __init__(self, engine: Engine, writing: Callable[[], Any]) -> None:
        self._engine = engine
        self._writing = writing

    def open(self, user: str, now: int, instead: str = "") -> str:
        """Signs a person in and returns the cookie's token; the session of the cookie ``instead`` ends.

        Where that one was the same person's and only ran out, its csrf token lives on: what they had typed into a form
        before it ran out can still be sent.
        """
        token = new_token()
        s = t.people_sessions
        with self._writing() as connection:
            csrf = self._replaced(connection, instead, user, now) or new_token()
            row = {"hash": digest(token), "user": user, "csrf": csrf, "created_at": now, "seen_at": now}
            connection.execute(insert(s), row)
            connection.execute(delete(s).where(s.c.created_at < now - KEPT))
        return token

    def of(self, token: str, now: int) -> Session | None:
        """The session of a cookie; None when there is none, it has ended, or its person may not sign in."""
        found = self._find(digest(token), now)
        if found is not None and now - found.seen_at >= SEEN_EVERY:
            s = t.people_sessions
            with self._writing() as connection:
                connection.execute(update(s).where(s.c.hash == found.hash).values(seen_at=now))
        return found

    def lasts(self, session: bytes, now: int) -> bool:
        """Whether a session found before (its ``hash``) still stands: for answers that go on, such as a live board."""
        return self._find(session, now) is not None

    def of_person(self, user: str, now: int) -> list[Session]:
        """The sessions of a person that stand, the latest first."""
        s = t.people_sessions
        with self._engine.connect() as connection:
            rows = connection.execute(_standing(now).where(s.c.user == user).order_by(s.c.created_at.desc(), s.c.hash))
            return [_session(row) for row in rows.mappings()]

    def end(self, session: bytes, now: int, user: str | None = None) -> bool:
        """Ends one session (its ``hash``), with ``user`` only if it is theirs; whether there was one to end."""
        s = t.people_sessions
        one = update(s).where(s.c.hash == session, s.c.ended_at.is_(None))
        if user is not None:
            one = one.where(s.c.user == user)
        with self._writing() as connection:
            return bool(connection.execute(one.values(ended_at=now)).rowcount)

    def end_others(self, user: str, kept: bytes, now: int) -> int:
        """Ends all sessions of a person but one; how many."""
        s = t.people_sessions
        others = update(s).where(s.c.user == user, s.c.hash != kept, s.c.ended_at.is_(None))
        with self._writing() as connection:
            ended: int = connection.execute(others.values(ended_at=now)).rowcount
            return ended

    def _find(self, hashed: bytes, now: int) -> Session | None:
        with self._engine.connect() as connection:
            query = _standing(now).where(t.people_sessions.c.hash == hashed)
            row = connection.execute(query).mappings().one_or_none()
        # The index has found it by its hash already; the comparison keeps the promise whatever a collation does.
        if row is None or not hmac.compare_digest(bytes(row["hash"]), hashed):
            return None
        return _session(row)

    @staticmethod
    def _replaced(connection: Connection, instead: str, user: str, now: int) -> str:
        if not instead:
            return ""
        s = t.people_sessions
        old = s.c.hash == digest(instead)
        row = connection.execute(select(s.c.user, s.c.csrf, s.c.ended_at).where(old)).one_or_none()
        if row is None or row.ended_at is not None:
            return ""
        connection.execute(update(s).where(old).values(ended_at=now))
        return str(row.csrf) if row.user == user else ""


def _standing(now: int) -> Any:
    s, p = t.people_sessions, t.people
    columns = (s.c.hash, s.c.csrf, s.c.created_at.label("opened_at"), s.c.seen_at, p)
    return (
        select(*columns)
        .join(p, p.c.user == s.c.user)
        .where(
            s.c.ended_at.is_(None), p.c.disabled_at.is_(None), s.c.seen_at > now - IDLE, s.c.created_at > now - LONGEST
        )
    )


def _session(row: Any) -> Session:
    return Session(bytes(row["hash"]), person_of(row), row["csrf"], row["opened_at"], row["seen_at"])
