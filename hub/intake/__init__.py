"""The intake (收件): outboxes in, commands out. See ``intake`` (the thread) and ``reading`` (one record)."""

from .intake import Intake, systems_of
from .reading import MOST_BYTES, TURN, read

__all__ = ["MOST_BYTES", "TURN", "Intake", "read", "systems_of"]
