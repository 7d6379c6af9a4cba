"""The writer (唯一写入口): queue, turn, lease, clock. One process writes; everything else asks it. See ``writer``."""

from .clock import Clock, ShiftedClock, SimulatedClock, SystemClock
from .outcome import Busy, Incident, NotWriter, Outcome, Refuses
from .queue import BATCH, BOUND, Origin, Poll
from .turn import Access, Roles
from .writer import Writer

__all__ = [
    "BATCH",
    "BOUND",
    "Access",
    "Busy",
    "Clock",
    "Incident",
    "NotWriter",
    "Origin",
    "Outcome",
    "Poll",
    "Refuses",
    "Roles",
    "ShiftedClock",
    "SimulatedClock",
    "SystemClock",
    "Writer",
]
