"""Whether a font has the characters of a document is asked of its file, and what it lacks is named."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]

from hub.bootstrap import build
from hub.settings import Settings
from hub.web.documents import fonts
from hub.web.documents.fonts import Fonts
from tests.documents.story import Paper
from tests.pages.city import VILLAGE, City

RARE = "𰀀"  # U+30000: GB 18030 has it, hardly a font does


def font(path: Path, characters: str) -> Path:
    """A font with empty glyphs for these characters."""
    names = {ord(c): f"u{ord(c):05X}" for c in characters}
    order = [".notdef", *names.values()]
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(order)
    made.setupCharacterMap(names)
    made.setupGlyf({name: TTGlyphPen(None).glyph() for name in order})
    made.setupHorizontalMetrics({name: (1000, 0) for name in order})
    made.setupHorizontalHeader()
    made.setupNameTable({"familyName": "Test"})
    made.setupOS2()
    made.setupPost()
    made.save(path)
    return path


def test_the_missing_character_is_named(tmp_path: Path) -> None:
    has = Fonts(file=font(tmp_path / "a.ttf", "张某矛盾"))
    assert has.lacks(["张某某", "矛盾 \n纠纷", RARE]) == ("纠", "纷", RARE)
    assert has.lacks(["张某"]) == ()


def test_where_there_is_no_file_nothing_is_said_to_be_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FOUND_AT", ())
    assert Fonts().lacks(["张"]) is None and Fonts().checked_in() is None


def everything(paper: Paper) -> str:
    return "".join(sorted({c for line in paper.lines for c in line if not c.isspace()}))


def document(tmp_path: Path, file: Path | None, name: str, masked: str = f"{RARE}某某") -> Paper:
    city = City(tmp_path / name)
    try:
        city.hub.parts.__dict__["fonts"] = Fonts("", file)
        case = city.case(VILLAGE, masked=masked)
        return Paper(city.system.get(f"/v1/disputes/{case}/documents/registration"))
    finally:
        city.close()


def test_a_document_says_what_its_font_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FOUND_AT", ())
    unchecked = document(tmp_path, None, "unchecked")
    assert "x-font-lacks" not in unchecked.answer.headers
    all_but_one = everything(unchecked).replace(RARE, "") + "—0123456789注："
    lacking = document(tmp_path, font(tmp_path / "b.ttf", all_but_one), "lacking")
    assert lacking.answer.headers["x-font-lacks"] == "U+30000"
    assert lacking.lines[-1].startswith("制作提示（打印前删除）：字体文件 b.ttf 缺少以下字：𰀀（U+30000）")
    whole = document(tmp_path, font(tmp_path / "c.ttf", all_but_one + RARE), "whole")
    assert whole.answer.headers["x-font-lacks"] == "" and "制作提示" not in whole.text
    assert whole.raw == unchecked.raw, "a check that finds nothing changes nothing"


def test_the_font_is_a_setting(tmp_path: Path) -> None:
    file = font(tmp_path / "d.ttf", "张")
    hub = build(Settings(home=tmp_path, document_font="华文仿宋", document_font_file=file), by_steps=True)
    try:
        assert hub.parts.fonts == Fonts("华文仿宋", file)
    finally:
        hub.stop()
    with pytest.raises(OSError):
        build(Settings(home=tmp_path, document_font_file=tmp_path / "none.ttf"), by_steps=True)


def test_the_font_and_its_alternatives_stand_in_the_file(tmp_path: Path) -> None:
    paper = document(tmp_path, None, "styles", masked="张某某")
    with zipfile.ZipFile(io.BytesIO(paper.raw)) as file:
        styles, table = file.read("word/styles.xml").decode(), file.read("word/fontTable.xml").decode()
        body = file.read("word/document.xml").decode()
    named = ("仿宋", "黑体", "方正小标宋简体", "宋体")
    assert styles.count("w:rFonts ") == sum(styles.count(f'w:eastAsia="{name}"') for name in named) > 8
    assert '<w:font w:name="仿宋"><w:altName w:val="仿宋_GB2312,FangSong,' in table
    assert '<w:font w:name="方正小标宋简体"><w:altName w:val="方正小标宋_GBK,宋体,SimSun,' in table
    assert "rFonts" not in body, "fonts are named by styles only"
