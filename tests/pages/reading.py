"""What tests read out of pages: text with its language, and problems by their code."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.people.signed import Response

CHINESE = re.compile("[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
SHOWN = ("title", "aria-label", "alt", "placeholder", "data-k")


class Reader(HTMLParser):
    """Text nodes and shown attributes, each with the language it stands in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.langs = [""]
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        lang = given.get("lang") or self.langs[-1]
        self.ids += [given["id"] or ""] if "id" in given else []
        self.attributes += [(name, lang, value or "") for name, value in attrs if name in SHOWN]
        if tag not in VOID:
            self.langs.append(lang)
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1] if self.open else '-'}>"
        self.open.pop()
        self.langs.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self.open and self.open[-1] in ("script", "style")):
            self.texts.append((self.langs[-1], " ".join(data.split())))


def read(html: str) -> Reader:
    """A page's texts. Every element must be closed by its own end."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [], reader.open
    return reader


def words(html: str) -> str:
    """All text of a page in one line."""
    return " ".join(text for _, text in read(html).texts)


def code_of(answer: Response) -> str:
    """The code of the problem a page shows."""
    found = re.search(r"(?:代码|Code) ([a-z_]+\.[a-z_]+)", answer.text)
    return found[1] if found else ""
