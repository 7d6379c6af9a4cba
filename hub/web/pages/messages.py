"""Every sentence of the pages, in Chinese and English: ``hub/web/messages/<page>.toml``, one table per text.

Guarantee: a text has both languages and the same placeholders in both, or the catalogue does not load; a key that is
not there is an error, never a key shown to people. Registered names, numbers and codes are not texts.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

LANGUAGES: Final = ("zh", "en")


class Text(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str


class Untranslated(ValueError):
    """A text lacks a language, or its languages name different values."""


@cache
def texts() -> Mapping[str, Text]:
    """All texts by ``<page>.<key>``. Untranslated."""
    found: dict[str, Text] = {}
    for entry in files("hub.web").joinpath("messages").iterdir():
        if entry.name.endswith(".toml"):
            page = entry.name.removesuffix(".toml")
            found |= read(page, entry.read_text(encoding="utf-8"))
    return found


def read(page: str, source: str) -> dict[str, Text]:
    """The texts of one page's file. Untranslated."""
    found = {}
    for key, table in tomllib.loads(source).items():
        name = f"{page}.{key}"
        if not isinstance(table, dict) or set(table) != set(LANGUAGES) or not all(table.values()):
            raise Untranslated(f"{name}: zh and en, both with words, are expected")
        text = Text(**table)
        if _fields(text.zh) != _fields(text.en):
            raise Untranslated(f"{name}: {sorted(_fields(text.zh))} in zh, {sorted(_fields(text.en))} in en")
        found[name] = text
    return found


def say(lang: str, key: str, **values: Any) -> str:
    """A text in a language (``zh`` or ``en``), its placeholders filled. KeyError for a key that is not there."""
    text = texts()[key]
    chosen = text.en if lang == "en" else text.zh
    return chosen.format(**values) if values else chosen


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
