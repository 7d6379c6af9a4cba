"""The screening view 排查: rounds, leads and findings; what is owed now, the working ledger, the quarter's figures."""

from .owed import Owed
from .reads import ScreeningReads
from .view import VIEW

__all__ = ["VIEW", "Owed", "ScreeningReads"]
