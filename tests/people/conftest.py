"""Stores on both databases, and a whole hub with a clock that stands still until a test moves it."""

from tests.parts.stores import opened, store, store_url
from tests.web.conftest import _quiet, shared, trial

__all__ = ["_quiet", "opened", "shared", "store", "store_url", "trial"]
