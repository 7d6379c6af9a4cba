"""What bounds guessing of passwords: tries per user name, and per browser that the person is known to use.

Guarantee: after ``FREE`` tries in a row without success each further one has to wait, from ``FIRST_WAIT`` doubling
up to ``LONGEST_WAIT``; a try during the wait is refused unseen and does not lengthen it, so nobody is shut out for
ever. A browser in which a person has signed in before counts for itself: a stranger who guesses at a name does not
keep its owner out. Unknown names are counted like known ones (nothing tells them apart) and not kept: only ``SLOTS``
counters exist, chosen by a hash of what was typed. A try counts before it is checked: many at once are no way round.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.words import DAY, SECOND

from . import tables as t
from .people import digest, new_token

FREE: Final = 5
FIRST_WAIT: Final = 30 * SECOND
LONGEST_WAIT: Final = 15 * 60 * SECOND
FORGOTTEN: Final = DAY  # after so long without a try the count starts anew
SLOTS: Final = 1 << 16
BROWSERS: Final = 8  # remembered per person; the one unused for longest goes first


class Count(NamedTuple):
    """Tries in a row, and the instant of the last."""

    tries: int
    tried_at: int


class Guesses:
    """Counters of tries."""

    def __init__(self, engine: Engine, writing: Callable[[], Any]) -> None:
        self._engine = engine
        self._writing = writing

    def take(self, user: str, browser: str, now: int) -> int:
        """One try for a typed name, known or not, from a browser ("" = none): 0 = go on, else microseconds left."""
        with self._engine.connect() as connection:
            _, _, row = _counter(connection, user, browser)
        if row is not None and (wait := _wait(row, now)):
            return wait  # read only: whoever hammers at a name that waits costs the store no writing
        kind = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        with self._writing() as connection:
            first = {"slot": slot(user), "tries": 0, "tried_at": now}
            connection.execute(kind.insert(t.sign_in_slots).on_conflict_do_nothing(), first)
            table, key, row = _counter(connection, user, browser, lock=True)
            assert row is not None
            if wait := _wait(row, now):
                return wait
            tries = 1 if now - row.tried_at > FORGOTTEN else row.tries + 1
            connection.execute(update(table).where(*key).values(tries=tries, tried_at=now))
        return 0

    def passed(self, user: str, browser: str, now: int) -> str:
        """The password was right: the count starts anew and the browser is remembered; the token for its cookie.

        From a known browser only its own count does: its owner's coming does not give a stranger new tries.
        """
        b = t.people_browsers
        with self._writing() as connection:
            table, key, _ = _counter(connection, user, browser, lock=True)
            connection.execute(update(table).where(*key).values(tries=0))
            known = connection.execute(select(b.c.hash).where(b.c.hash == digest(browser)).limit(1)).first()
            token = browser if known is not None else new_token()  # never one that somebody else made up
            connection.execute(delete(b).where(b.c.hash == digest(token), b.c.user == user))
            row = {"hash": digest(token), "user": user, "seen_at": now, "tries": 0, "tried_at": now}
            connection.execute(insert(b), row)
            stale = select(b.c.hash).where(b.c.user == user).order_by(b.c.seen_at.desc(), b.c.hash).offset(BROWSERS)
            connection.execute(delete(b).where(b.c.user == user, b.c.hash.in_(stale.limit(SLOTS))))
        return token


def slot(user: str) -> int:
    """Which counter a typed user name has."""
    return int.from_bytes(hashlib.sha256(user.encode("utf-8", "surrogatepass")).digest()[:2], "big")


def wait_after(tries: int) -> int:
    """How long after so many tries in a row the next one may come, in microseconds."""
    return 0 if tries < FREE else min(FIRST_WAIT << min(tries - FREE, 20), LONGEST_WAIT)


def _wait(row: Count, now: int) -> int:
    wait = wait_after(row.tries)
    return max(0, min(row.tried_at + wait - now, wait))  # a clock set back does not make it longer


def _counter(connection: Connection, user: str, browser: str, lock: bool = False) -> tuple[Table, Any, Count | None]:
    """The browser's own counter when it is known for this person, else the name's."""
    b, s = t.people_browsers, t.sign_in_slots
    key: Any = (b.c.hash == digest(browser), b.c.user == user)
    row = _tries(connection, b, key, lock) if browser else None
    if row is not None:
        return b, key, row
    key = (s.c.slot == slot(user),)
    return s, key, _tries(connection, s, key, lock)


def _tries(connection: Connection, table: Table, key: Any, lock: bool) -> Count | None:
    query = select(table.c.tries, table.c.tried_at).where(*key)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else Count(*row)
