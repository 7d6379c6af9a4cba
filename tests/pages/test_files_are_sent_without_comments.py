"""Styles and scripts of ours leave without comments and indentation, and are otherwise what was written."""

import re

import pytest

from hub.web.pages.assets import SHIPPED, asset, bare
from tests.pages.test_floor_of_browsers import STATIC

OURS = [name for name, path in SHIPPED.items() if "/" not in path]


@pytest.mark.parametrize("name", OURS)
def test_without_comments(name: str) -> None:
    sent, written = asset(name).content.decode(), (STATIC / name).read_text(encoding="utf-8")
    if name.endswith(".css"):
        assert "/*" not in sent
        plain = re.sub(r"/\*.*?\*/", "", written, flags=re.S)
    else:
        assert not re.search(r"(?m)^\s*//", sent)
        assert "`" not in written, "a text over several lines would lose its indentation"
        plain = "\n".join(line for line in written.splitlines() if not line.lstrip().startswith("//"))
    assert re.sub(r"\s+", "", sent) == re.sub(r"\s+", "", plain)
    assert not re.search(r"(?m)^[ \t]", sent)


def test_only_whole_lines_are_comments() -> None:
    assert (
        bare(b'  var a = "http://x"; // said\n  // gone\n\n  f();\n', ".js") == b'var a = "http://x"; // said\nf();\n'
    )
    assert bare(b"/* one\n two */\na { b: c }\n  d { e: f } /* g */\n", ".css") == b"a { b: c }\nd { e: f } \n"


def test_others_files_are_as_they_came() -> None:
    path = SHIPPED["htmx.js"].split("/")
    assert asset("htmx.js").content == STATIC.joinpath(*path).read_bytes()
