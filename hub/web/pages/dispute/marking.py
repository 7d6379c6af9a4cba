"""Registered names and typed texts inside pages of either language: always escaped, marked with their language."""

from __future__ import annotations

import re
from typing import Any, Final

from markupsafe import Markup, escape

from ..messages import say

_CHINESE: Final = re.compile("[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]+")


def marked(lang: str, text: str) -> Markup:
    """A text in which Chinese may stand: on an English page its Chinese runs say what they are."""
    escaped = escape(text)
    if lang == "zh" or text.isascii():
        return escaped
    return Markup(_CHINESE.sub(lambda run: f'<span lang="zh-CN">{run[0]}</span>', escaped))


def whole(lang: str, text: str, title: str = "") -> Markup:
    """A name, marked as a whole on an English page; ``title``: the registered one where this is the short one."""
    if lang == "zh" and not title:
        return escape(text)
    named = Markup(' title="{}"').format(title) if title else Markup()
    spoken = Markup(' lang="zh-CN"') if lang != "zh" and not text.isascii() else Markup()
    return Markup("<span{}{}>{}</span>").format(named, spoken, text)


def markup(lang: str, key: str, **values: Any) -> Markup:
    """A text of the catalogue whose values may be markup; what is not is escaped."""
    return Markup(say(lang, key)).format(**values)
