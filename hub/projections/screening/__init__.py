"""The screening view 排查: rounds, leads and findings; what is owed now, the working ledger, the quarter's figures."""

from .figures import Analysis, Calendar, Cell, Coverage, Grid, Line, Rounds
from .ledger import UNSETTLED, Leads
from .owed import Agency, Owed
from .reads import ScreeningReads
from .view import VIEW

__all__ = [
    "UNSETTLED", "VIEW", "Agency", "Analysis", "Calendar", "Cell", "Coverage", "Grid", "Leads", "Line", "Owed",
    "Rounds", "ScreeningReads",
]  # fmt: skip
