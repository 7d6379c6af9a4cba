"""The reviewed pictures of pages are whole: one of every page and size, none left over, none too heavy, all shown."""

import re
import struct

from tests.browser.screens import KEPT, LOWEST, MOST, ROOT, SIZES, TITLES, readme, shots
from tests.browser.sights import SIGHTS

ALL = 7_000_000  # bytes of all of them


def test_one_of_every_page_and_size() -> None:
    kept = {path.name for path in KEPT.glob("*.png")}
    assert kept == {shot.name for shot in shots()}
    wanted = {sight.name for sight in SIGHTS if sight.shot}
    assert wanted == set(TITLES)
    for name in wanted - {"board-wall"}:
        assert {shot.width for shot in shots() if shot.sight.name == name} == set(SIZES)


def test_light_enough_to_be_kept() -> None:
    sizes = {path.name: path.stat().st_size for path in KEPT.glob("*.png")}
    assert {name: size for name, size in sizes.items() if size > MOST} == {}
    assert sum(sizes.values()) <= ALL


def test_they_are_what_they_say() -> None:
    for shot in shots():
        head = (KEPT / shot.name).read_bytes()[:24]
        assert head.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", head[16:])
        assert shot.width * 0.55 <= width + 1 <= shot.width + 1
        assert height <= max(LOWEST[shot.width], SIZES[shot.width])


def test_the_page_shows_all() -> None:
    assert (KEPT / "README.md").read_text(encoding="utf-8") == readme()


def test_documents_show_pictures_that_are_there() -> None:
    docs = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    shown = [(path.name, found) for path in docs for found in re.findall(r"screens/([\w.-]+\.png)", path.read_text())]
    assert [each for each in shown if not (KEPT / each[1]).exists()] == []
