"""Pictures of a dispute, drawn on the server: pure functions from what is recorded to SVG text."""

from .lanes import Drawing, draw
from .model import Due, Picture, picture
from .tongues import Tongue, tongue

__all__ = ["Drawing", "Due", "Picture", "Tongue", "draw", "picture", "tongue"]
