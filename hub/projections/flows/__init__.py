"""The flows view 流向: who sends how much to whom, how fast it is picked up, and what comes back."""

from .reads import BANDS, Flowing, FlowReads
from .view import VIEW

__all__ = ["BANDS", "VIEW", "FlowReads", "Flowing"]
