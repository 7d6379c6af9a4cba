"""Passwords: the slow hash, what a password must be, and how many are hashed at once.

Guarantee: argon2id with the library's present defaults (RFC 9106, low memory: 64 MiB, three passes); somebody without a
password, or nobody at all, takes as long to refuse as somebody with one. At most ``AT_ONCE`` are hashed at a time and
``WAITING`` more wait; further ones are refused at once (``Busy``), so that a flood of sign-ins takes neither the memory
nor the threads of those who work. Passwords are compared as people see them: full-width and half-width are one.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 10
LONGEST: Final = 200
OWN: Final = 6  # characters at least besides the user name
DIFFERENT: Final = 4  # characters at least; ten times the same is no password
AT_ONCE: Final = 2
WAITING: Final = 8
# The hash of 32 random bytes that nobody kept.
NOBODYS: Final = "$argon2id$v=19$m=65536,t=3,p=4$gHuJ6dxmzHQHbOfynEZatQ$FzKvKG9f16rPfGd0dN2S838ZHpYgehXz/hNYe5Qn9rM"


class Busy(Exception):
    """More sign-ins at once than are taken."""


class Passwords:
    """Hashes and compares. Thread-safe."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._hasher = PasswordHasher()
        self._queue = threading.BoundedSemaphore(at_once + waiting)
        self._turn = threading.BoundedSemaphore(at_once)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Around everything one sign-in does. Raises Busy at once when too many wait."""
        if not self._queue.acquire(blocking=False):
            raise Busy
        try:
            with self._turn:
                yield
        finally:
            self._queue.release()

    def hash(self, password: str) -> str:
        """The slow hash to keep."""
        return self._hasher.hash(_seen(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one of a kept hash; None takes as long and never fits."""
        try:
            self._hasher.verify(kept or NOBODYS, _seen(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether a hash was made with weaker settings than today's."""
        return self._hasher.check_needs_rehash(kept)


def fault(password: str, again: str, user: str) -> str:
    """The code of what is wrong with a new password for a user; "" = nothing. Source: hub default."""
    seen = unicodedata.normalize("NFKC", password)
    if len(seen) < SHORTEST:
        return "password.short"
    if len(seen) > LONGEST:
        return "password.long"
    if user in seen.lower() and len(seen.lower().replace(user, "")) < OWN:
        return "password.name"
    if len(set(seen)) < DIFFERENT:
        return "password.plain"
    return "" if password == again else "password.differs"


def _seen(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
