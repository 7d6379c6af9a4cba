"""One dispute (案件) as people see it, and the event behind each of its lines."""

from .routes import router

__all__ = ["router"]
