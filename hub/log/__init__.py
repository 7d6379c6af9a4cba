"""How events leave the hub: the port, the table log, Apache Kafka and the relay between the two."""

from .port import GAP_ALARM_SECONDS, LastPlusOne, Log, Problem, Verdict
from .table import TableLog

__all__ = ["GAP_ALARM_SECONDS", "LastPlusOne", "Log", "Problem", "TableLog", "Verdict"]
