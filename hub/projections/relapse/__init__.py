"""The relapse view 复发: which closed disputes an open one may be again, and what was decided of each pair."""

from .reads import GROUNDS, KINDS, Candidate, RelapseReads
from .view import VIEW

__all__ = ["GROUNDS", "KINDS", "VIEW", "Candidate", "RelapseReads"]
