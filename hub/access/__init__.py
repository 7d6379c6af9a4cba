"""Who may do what: one policy table as data, and what a system or a person can see. Pure: no I/O, no clock."""

from .people import PEOPLE, is_person, person
from .policy import ACTIONS, CITY_WIDE, PUBLIC, ROLES, Action, may
from .scope import Registry, scope, sees
from .speech import System, may_speak

__all__ = [
    "ACTIONS",
    "CITY_WIDE",
    "PEOPLE",
    "PUBLIC",
    "ROLES",
    "Action",
    "Registry",
    "System",
    "is_person",
    "may",
    "may_speak",
    "person",
    "scope",
    "sees",
]
