"""Who may do what: one policy table as data, and what a system can see. Pure: no I/O, no clock."""

from .policy import ACTIONS, CITY_WIDE, PUBLIC, ROLES, Action, may
from .scope import Registry, scope, sees
from .speech import System, may_speak

__all__ = [
    "ACTIONS",
    "CITY_WIDE",
    "PUBLIC",
    "ROLES",
    "Action",
    "Registry",
    "System",
    "may",
    "may_speak",
    "scope",
    "sees",
]
