"""Answers (答复): what the hub said to each command, kept for ever by (system, command id)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects import postgresql, sqlite

from hub.words import Answer

from . import tables as t

UNKNOWN_DIGEST = b""  # of an answer recovered from topics: the command's hash is not known, it matches any


class Answers:
    """Reading answers; writing them is the writer's transaction."""

    def __init__(self, engine: Engine, writing: Callable[[], Any]) -> None:
        self._engine = engine
        self._writing = writing

    def get(self, system: str, command_id: bytes) -> Answer | None:
        """The stored answer to one command of a system, None when there is none (yet)."""
        a = t.answers
        with self._engine.connect() as connection:
            query = select(a).where(a.c.system == system, a.c.command_id == command_id)
            row = connection.execute(query).one_or_none()
        return None if row is None else Answer(*row)

    def count(self) -> int:
        """How many there are (a full scan: for tests and tools)."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(t.answers)).scalar_one()

    def restore(self, answers: Iterable[Answer]) -> int:
        """Puts back answers found in topics where none is stored; how many were new."""
        kind = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        rows = [a._asdict() for a in answers]
        if not rows:
            return 0
        many = select(func.count()).select_from(t.answers)
        with self._writing() as connection:
            before: int = connection.execute(many).scalar_one()
            connection.execute(kind.insert(t.answers).on_conflict_do_nothing(), rows)
            return int(connection.execute(many).scalar_one()) - before


def matches(answer: Answer, digest: bytes) -> bool:
    """Whether a stored answer belongs to a command with this digest."""
    return answer.digest in (digest, UNKNOWN_DIGEST)
