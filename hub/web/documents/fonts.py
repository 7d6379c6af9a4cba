"""Whether a font has the characters of a document (缺字检查): asked of the font's own file.

Guarantee: only what the file's character map says; nothing is guessed from a font's name. Without a file nothing is
checked, and nothing is said to be checked. Rare characters in names (GB 18030 beyond the basic plane) are what is
missing most often: a document that looked whole on one machine has boxes on another.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

# Where Debian's fonts-noto-cjk lies.
FOUND_AT: Final = (
    Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
)


class Fonts(NamedTuple):
    """The font documents name, and the file it is checked in. ``body`` "" = as the layout says; ``file`` None = the one
    that is found, if any.
    """

    body: str = ""
    file: Path | None = None

    def checked_in(self) -> Path | None:
        """The file characters are looked up in; None where there is none."""
        return self.file if self.file is not None else next((path for path in FOUND_AT if path.is_file()), None)

    def lacks(self, text: Iterable[str]) -> tuple[str, ...] | None:
        """The characters the font has no glyph for, in order; None when nothing could be checked. OSError, TTLibError
        for a configured file that cannot be read.
        """
        path = self.checked_in()
        if path is None:
            return None
        known = characters(path)
        seen = dict.fromkeys(c for part in text for c in part if not c.isspace())
        return tuple(sorted(c for c in seen if ord(c) not in known))


@lru_cache(4)
def characters(path: Path) -> frozenset[int]:
    """The code points a font file has; of a collection, its first font's. OSError, TTLibError."""
    if path.suffix.lower() in (".ttc", ".otc"):
        with TTCollection(path, lazy=True) as collection:
            return frozenset(collection.fonts[0].getBestCmap() or ())
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())
