"""The custody view 责任: tables, handlers, and what is read from it."""

from .handlers import VIEW
from .reads import CustodyReads

__all__ = ["VIEW", "CustodyReads"]
