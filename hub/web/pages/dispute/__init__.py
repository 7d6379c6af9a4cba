"""One dispute (案件) as people see it, and the event behind each of its lines."""

from .papers import router as papers_router
from .routes import router

__all__ = ["papers_router", "router"]
