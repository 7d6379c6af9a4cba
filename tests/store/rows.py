"""Rows for tests of the store: it looks into none of them."""

import os
from typing import Any

from hub.store import Batch, Delivery
from hub.words import DONE, Answer, CommandId, Stored


def events(last: int, many: int, stream: bytes | None = None, version: int = 0) -> list[Stored]:
    """``many`` events behind position ``last``, of one stream."""
    stream = stream or os.urandom(16)
    return [
        Stored(last + i, stream, version + i, "dispute.registered", b"body %d" % (last + i)) for i in range(1, many + 1)
    ]


def answer(system: str = "court", command: bytes | None = None, digest: bytes = bytes(32)) -> Answer:
    """An answer to a command nobody sent."""
    return Answer(system, CommandId(command or os.urandom(16)), digest, DONE, "", "", "", os.urandom(16), 1, 1, 1_000)


def batch(last: int, many: int = 1, **more: Any) -> Batch:
    """A batch of ``many`` events of one new stream and an answer."""
    return Batch(last, 1_000, events(last, many), [answer()])._replace(**more)


def delivery(system: str, position: int = 0) -> Delivery:
    """A message for an inbox."""
    return Delivery(system, position, os.urandom(20))
