"""Views: what happened, turned into tables that answer questions (责任、待办、闭环、单位、流转).

``Views`` is the way in: ``Views(url, contract)``, its reads (``custody``, ``obligations``, ``board``, ``desk``,
``completeness``, ``sent``, ``agencies``, ``flows``, ``timeline``, ``roles``, ``search``), ``wait_until``, ``crew(log)``
to keep them up, ``rebuild``, ``parked``/``retry``.
"""

from .channel import Lost, Parking
from .crew import Crew
from .database import Busy, Database, Missing
from .reading import BadCursor, Item, Page
from .rebuild import Cancelled
from .runner import Stopped, TryLater
from .views import ALL, Status, Views

__all__ = [
    "ALL", "BadCursor", "Busy", "Cancelled", "Crew", "Database", "Item", "Lost", "Missing", "Page", "Parking",
    "Status", "Stopped", "TryLater", "Views",
]  # fmt: skip
