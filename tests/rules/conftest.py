"""A whole hub with a clock that stands still until a test moves it; one that has lived the story of the examples."""

from tests.pages.conftest import told
from tests.web.conftest import _quiet, shared, trial

__all__ = ["_quiet", "shared", "told", "trial"]
