"""The obligations view 待办义务: table, handlers, and what is read from it."""

from .board import BoardReads, Figures
from .desk import DeskReads
from .filter import BadFilter, Filter, Moment
from .lists import StewardLists
from .reads import ObligationReads
from .view import VIEW

__all__ = [
    "VIEW", "BadFilter", "BoardReads", "DeskReads", "Figures", "Filter", "Moment", "ObligationReads", "StewardLists",
]  # fmt: skip
