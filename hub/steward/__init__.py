"""The steward 值守: what silence leads to, as small idempotent commands. ``Steward(writer, views, store, …)``."""

from .steward import Steward, Tally

__all__ = ["Steward", "Tally"]
