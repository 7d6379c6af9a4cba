"""The obligations view 待办义务: table, handlers, and what is read from it."""

from .desk import DeskReads
from .lists import StewardLists
from .reads import ObligationReads
from .view import VIEW

__all__ = ["VIEW", "DeskReads", "ObligationReads", "StewardLists"]
