"""The obligations view 待办义务: table, handlers, and what is read from it."""

from .lists import StewardLists
from .reads import ObligationReads
from .view import VIEW

__all__ = ["VIEW", "ObligationReads", "StewardLists"]
