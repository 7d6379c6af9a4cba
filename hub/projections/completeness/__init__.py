"""The completeness view 闭环核对: tables, handlers, and what is read from it."""

from .lists import Sent, SentReads
from .reads import CompletenessReads
from .view import OUTCOMES, PENDING, VIEW

__all__ = ["OUTCOMES", "PENDING", "VIEW", "CompletenessReads", "Sent", "SentReads"]
