"""The forms of the official dossier (文书) as Word files, filled from the events of a dispute: 移送函, 协议书 and more.

Guarantee: a document is a function of the dispute's events up to its own, of the agencies as they were then, and of the
masked names its reader may see; the same document asked for twice has the same bytes. What is not known is a line to be
filled in by hand.
"""

from .fonts import Fonts
from .issue import MEDIA_TYPE, Issued, issue, listed

__all__ = ["MEDIA_TYPE", "Fonts", "Issued", "issue", "listed"]
