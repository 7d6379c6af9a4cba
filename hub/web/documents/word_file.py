"""A document as .docx.

Guarantee: the same paper gives the same bytes (nothing in the file is of the moment it was made); texts are text: no
field, link or markup comes from what people typed. Every style names its font for East Asian text. Layout: ``layout``.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import docx
from docx.document import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips
from docx.text.paragraph import Paragraph

from . import layout as look
from .compose import SHORT, Item, Paper
from .fonts import Fonts
from .form import TABLE

# Of the library's empty document only what a form needs stays.
KEPT: Final = frozenset(
    {RELATIONSHIP_TYPE.STYLES, RELATIONSHIP_TYPE.SETTINGS, RELATIONSHIP_TYPE.THEME, RELATIONSHIP_TYPE.FOOTER}
)
KEPT_BESIDE: Final = frozenset({RELATIONSHIP_TYPE.OFFICE_DOCUMENT, RELATIONSHIP_TYPE.CORE_PROPERTIES})
EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest a zip file can say
LABEL_MM: Final = 36  # hub default: the column of labels in a table


class Written(NamedTuple):
    """A file. ``lacks``: the characters its font has not; None when nothing could be checked. ``font``: which file."""

    body: bytes
    lacks: tuple[str, ...] | None
    font: str


def write(paper: Paper, fonts: Fonts) -> Written:
    """The file of a document. OSError, TTLibError when a configured font file cannot be read."""
    lacks = fonts.lacks(_texts(paper))
    font = fonts.checked_in()
    document = _empty(paper, fonts.body)
    _head(document, paper)
    if paper.form.style == TABLE:
        _table(document, paper)
    else:
        _prose(document, paper)
    for n, note in enumerate(paper.notes, 1):
        document.add_paragraph(f"注{n}：{note}" if len(paper.notes) > 1 else f"注：{note}", style="DocNote")
    if lacks:
        named = "、".join(f"{c}（U+{ord(c):04X}）" for c in lacks)
        said = f"制作提示（打印前删除）：字体文件 {font.name if font else ''} 缺少以下字：{named}，请换用有这些字的字体"
        document.add_paragraph(said, style="DocNote")
    made = io.BytesIO()
    document.save(made)
    return Written(_same_bytes(made), lacks, font.name if font else "")


def _texts(paper: Paper) -> Iterator[str]:
    yield from (paper.title, paper.number, paper.to, paper.opening, paper.closing, paper.seal, paper.dated)
    yield from ("—0123456789注：（盖章）签名", SHORT)
    yield from paper.notes
    yield from paper.signs
    for item in paper.items:
        yield item.label
        yield from item.paragraphs


# --- the parts of a page ----------------------------------------------------------------------------------------------


def _head(document: Document, paper: Paper) -> None:
    letter = bool(paper.form.to)
    if letter:  # clause 10.1: the number of a letter stands at the right above its title
        document.add_paragraph(paper.number, style="DocNumber")
        document.add_paragraph(paper.seal, style="DocTitle")
    document.add_paragraph(paper.title, style="DocTitle")
    if not letter:
        document.add_paragraph(paper.number, style="DocNumber")
    if paper.to:
        document.add_paragraph(style="DocLine")
        document.add_paragraph(f"{paper.to}：", style="DocTo")


def _prose(document: Document, paper: Paper) -> None:
    if paper.opening:
        document.add_paragraph(paper.opening, style="DocText")
    for item in paper.items:
        _field(document, item)
    if paper.closing:
        document.add_paragraph(paper.closing, style="DocText").paragraph_format.keep_with_next = True
    document.add_paragraph(style="DocLine").paragraph_format.keep_with_next = True
    if not paper.form.to:
        _sign(document, paper.signs)
    _seal(document, paper)
    if paper.form.to:
        _sign(document, paper.signs)


def _field(document: Document, item: Item) -> None:
    paragraph = document.add_paragraph(style="DocText")
    paragraph.add_run(f"{item.label}：", style="DocLabel")
    first, *rest = ("", *item.paragraphs) if item.apart else item.paragraphs or ("",)
    if first:
        paragraph.add_run(first)
    for more in rest:
        document.add_paragraph(more, style="DocText")
    for n in range(item.lines):
        _line(paragraph if n == 0 else document.add_paragraph(style="DocLine"))


def _line(paragraph: Paragraph) -> None:
    """A line to write on, from here to the right edge."""
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Twips(look.text_width()), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES)
    paragraph.add_run("\t")


def _sign(document: Document, lines: tuple[str, ...]) -> None:
    for line in lines:
        document.add_paragraph(line + SHORT, style="DocText")


def _seal(document: Document, paper: Paper) -> None:
    size, indent = look.layout()["size"]["body"], look.layout()["indent"]
    if paper.seal:
        agency = document.add_paragraph(f"{paper.seal}（盖章）", style="DocNumber")
        agency.paragraph_format.right_indent = Pt(size * indent["agency"])
        agency.paragraph_format.keep_with_next = True
    date = document.add_paragraph(paper.dated, style="DocNumber")
    date.paragraph_format.right_indent = Pt(size * indent["date"])


def _table(document: Document, paper: Paper) -> None:
    table = document.add_table(rows=0, cols=2, style="DocTable")
    table.autofit = False
    widths = Mm(LABEL_MM), Twips(look.text_width()) - Mm(LABEL_MM)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Twips(int(width / 635))
    pitch = look.grid()[0]
    signs = "\n".join(line + SHORT for line in paper.signs)
    sealed = "\n".join(part for part in (signs, f"{paper.seal}（盖章）" if paper.seal else "", paper.dated) if part)
    for item in (*paper.items, Item("sign", "签名盖章", tuple(sealed.splitlines()), 0)):
        row = table.add_row()
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Twips(pitch * max(item.lines, 1))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Twips(int(width / 635))
        label = row.cells[0].paragraphs[0]
        label.style = "DocCell"
        label.add_run(item.label, style="DocLabel")
        first, *rest = item.paragraphs or ("",)
        value = row.cells[1].paragraphs[0]
        value.style = "DocCell"
        value.add_run(first)
        for more in rest:
            row.cells[1].add_paragraph(more, style="DocCell")


# --- the file ---------------------------------------------------------------------------------------------------------


def _empty(paper: Paper, body: str) -> Document:
    """The library's empty document with our styles, paper, page numbers and properties, and nothing else."""
    document = docx.Document()
    for name, relation in list(document.part.rels.items()):
        if relation.reltype not in KEPT:
            del document.part.rels[name]
    package = document.part.package
    assert package is not None
    for name, relation in list(package.rels.items()):
        if relation.reltype not in KEPT_BESIDE:
            del package.rels[name]
    styles = document.styles.element
    for child in list(styles):
        styles.remove(child)
    for child in list(parse_xml(look.styles(body))):
        styles.append(child)
    fonts = Part(PackURI("/word/fontTable.xml"), CONTENT_TYPE.WML_FONT_TABLE, look.font_table(body), package)
    document.part.relate_to(fonts, RELATIONSHIP_TYPE.FONT_TABLE)
    _page(document)
    _properties(document, paper)
    return document


def _page(document: Document) -> None:
    paper, pitch = look.layout()["paper"], look.grid()[0]
    section = document.sections[0]
    section.page_width, section.page_height = Mm(paper["width_mm"]), Mm(paper["height_mm"])
    section.top_margin, section.bottom_margin = Mm(paper["top_mm"]), Mm(paper["bottom_mm"])
    section.left_margin, section.right_margin = Mm(paper["left_mm"]), Mm(paper["right_mm"])
    section.footer_distance = Mm(paper["bottom_mm"] - 7)  # clause 7.5: 7 mm below the type area
    old = section._sectPr.find(qn("w:docGrid"))
    if old is not None:
        section._sectPr.remove(old)
    xml = f'<w:docGrid {look.W} w:type="lines" w:linePitch="{pitch}"/>'
    section._sectPr.append(parse_xml(xml))
    document.settings.odd_and_even_pages_header_footer = True
    language = document.settings.element.find(qn("w:themeFontLang"))
    if language is not None:
        language.set(qn("w:eastAsia"), "zh-CN")
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = "DocPage"
        space = Pt(look.layout()["size"]["page"])
        if side == "right":
            paragraph.alignment, paragraph.paragraph_format.right_indent = 2, space
        else:
            paragraph.alignment, paragraph.paragraph_format.left_indent = 0, space
        paragraph.add_run("— ")
        paragraph._p.append(parse_xml(f'<w:fldSimple {look.W} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'))
        paragraph.add_run(" —")


def _properties(document: Document, paper: Paper) -> None:
    at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=paper.at)
    at = at.replace(tzinfo=None, microsecond=0)
    known = document.core_properties
    known.title, known.subject, known.author = paper.title, paper.number, paper.seal
    known.created = known.modified = at
    known.last_modified_by, known.comments, known.keywords, known.category = "", "", "", ""
    known.revision, known.language = 1, "zh-CN"


def _same_bytes(made: io.BytesIO) -> bytes:
    """The file again without the time it was written at and the system it was written on."""
    again = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            new.writestr(entry, old.read(name))
    return again.getvalue()
