"""All that is asked of the screening view: ``owed``, ``ledger`` and ``figures`` in one."""

from __future__ import annotations

from .figures import ScreeningFigures


class ScreeningReads(ScreeningFigures):
    """Reads of the screening view."""
