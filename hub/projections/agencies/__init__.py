"""The agencies view 单位名录: tables, handlers, and what is read from it."""

from .figures import NOTHING, AgencyFigures, Standing
from .reads import AgencyReads
from .view import VIEW

__all__ = ["NOTHING", "VIEW", "AgencyFigures", "AgencyReads", "Standing"]
