"""``layout.toml`` read once: sizes, margins and fonts, and the styles of a Word file made of them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, Final

TWIPS: Final = 1440 / 25.4  # of a millimetre; a point has 20
W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@cache
def layout() -> Mapping[str, Any]:
    """The file's tables."""
    return tomllib.loads(files(__package__).joinpath("layout.toml").read_text(encoding="utf-8"))


def twips(millimetres: float) -> int:
    """Twentieths of a point."""
    return round(millimetres * TWIPS)


def text_width() -> int:
    """The width of the type area in twips."""
    paper = layout()["paper"]
    return twips(paper["width_mm"] - paper["left_mm"] - paper["right_mm"])


def grid() -> tuple[int, int]:
    """Line pitch, and what every character of the body is wider (both in twips), so that the grid's lines and
    characters fill the type area. Characters are spaced, not snapped to a grid: word processors snap differently.
    """
    paper, wanted, size = layout()["paper"], layout()["grid"], layout()["size"]["body"]
    height = twips(paper["height_mm"] - paper["top_mm"] - paper["bottom_mm"])
    wider = text_width() / wanted["characters"] - size * 20
    return height // wanted["lines"], math.floor(wider)


def font(role: str, body: str = "") -> str:
    """The font of a role; ``body``: another one for the body."""
    chosen: str = body if role == "body" and body else layout()["fonts"][role][0]
    return chosen


def font_table(body: str = "") -> bytes:
    """``word/fontTable.xml``: every font with its alternatives, as East Asian ones."""
    made = []
    for role, listed in layout()["fonts"].items():
        name = font(role, body)
        others = ",".join(other for other in listed if other != name)
        family = "modern" if role == "label" else "roman"
        made.append(
            f'<w:font w:name="{escape(name)}"><w:altName w:val="{escape(others)}"/><w:charset w:val="86"/>'
            f'<w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>'
        )
    unique = "".join(dict.fromkeys(made))
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {W}>{unique}</w:fonts>'.encode()


def styles(body: str = "") -> str:
    """``word/styles.xml``: paragraph styles by role. Every one names its font for East Asian text too."""
    size, indent = layout()["size"], layout()["indent"]
    first = f'w:firstLineChars="{indent["paragraph"] * 100}" w:firstLine="{indent["paragraph"] * size["body"] * 20}"'
    made = [
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:pPr>'
        f'<w:widowControl w:val="0"/></w:pPr>{_run("body", size["body"], body)}</w:style>',
        '<w:style w:type="character" w:default="1" w:styleId="DefaultFont"><w:name w:val="Default Paragraph Font"/>'
        "</w:style>",
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="108" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>',
        _table(),
        _paragraph("DocTitle", "title", size["title"], '<w:jc w:val="center"/>', body),
        _paragraph("DocNumber", "body", size["body"], '<w:jc w:val="right"/>', body),
        _paragraph("DocTo", "body", size["body"], "", body),
        _paragraph("DocText", "body", size["body"], f'<w:ind {first}/><w:jc w:val="both"/>', body),
        _paragraph("DocLine", "body", size["body"], "", body),
        _paragraph("DocCell", "body", size["table"], "", body),
        _paragraph("DocNote", "body", size["note"], "", body),
        _paragraph("DocPage", "page", size["page"], "", body),
        '<w:style w:type="character" w:customStyle="1" w:styleId="DocLabel"><w:name w:val="DocLabel"/>'
        f"{_run('label', None, body)}</w:style>",
    ]
    defaults = f"<w:docDefaults><w:rPrDefault>{_run('body', size['body'], body)}</w:rPrDefault></w:docDefaults>"
    return f"<w:styles {W}>{defaults}{''.join(made)}</w:styles>"


def _paragraph(name: str, role: str, size: int, more: str, body: str) -> str:
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{name}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:pPr>{more}</w:pPr>{_run(role, size, body)}</w:style>'
    )


def _run(role: str, size: int | None, body: str) -> str:
    name = escape(font(role, body))
    fonts = f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}" w:hint="eastAsia"/>'
    spaced = f'<w:spacing w:val="{grid()[1]}"/>' if size == layout()["size"]["body"] else ""
    sizes = f'<w:sz w:val="{size * 2}"/><w:szCs w:val="{size * 2}"/>' if size is not None else ""
    return f'<w:rPr>{fonts}{spaced}{sizes}<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr>'


def _table() -> str:
    edges: Iterable[str] = ("top", "left", "bottom", "right", "insideH", "insideV")
    lines = "".join(f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for edge in edges)
    return (
        '<w:style w:type="table" w:customStyle="1" w:styleId="DocTable"><w:name w:val="DocTable"/>'
        f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{lines}</w:tblBorders></w:tblPr></w:style>'
    )
