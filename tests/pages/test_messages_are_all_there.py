"""No text is missing and none is left over: what templates and Python ask for is in ``hub/web/messages``, and the other
way round.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from hub.web.pages.messages import texts

WEB = Path(__file__).resolve().parents[2] / "hub" / "web"
PAGES = sorted(path.stem for path in (WEB / "messages").glob("*.toml"))
KEY = rf"(?:{'|'.join(PAGES)})\.[a-z0-9_.]*"
ASKED = (
    re.compile(rf"\b(?:t|tm)\(\s*'({KEY})'\s*[,)]"),  # in templates
    re.compile(rf"\bsay\(\s*[\w.()]+,\s*\"({KEY})\"\s*[,)]"),  # in Python
)
LITERAL = re.compile(r"""(?<![\w])['"]([a-z0-9_.+~]+)['"]""")
BUILT = (
    re.compile(r"'([a-z_]*\.?[a-z0-9_.]*)' ~"),  # 'board.' ~ name
    re.compile(r"f\"([a-z_.]*)\{"),  # f"act.effect_{act}"
)
ANY = re.compile(r"f\"\{[\w.]+\}\.([a-z_]+)\{")  # f"{page}.do_{code}"
TWICE = re.compile(r"f\"([a-z_]+)\.\{[^{}]*\}_\{")  # f"desk.{what}_{code}"
MARKED = re.compile(r"[+~]")  # "referral.offered" + "+again"


@cache
def sources() -> dict[str, str]:
    """Everything of the web room that may ask for a text."""
    found = [*WEB.rglob("*.html"), *WEB.rglob("*.svg"), *WEB.rglob("*.py")]
    return {str(path.relative_to(WEB)): path.read_text(encoding="utf-8") for path in found}


def asked() -> set[tuple[str, str]]:
    """(where, key) of every text asked for by its whole name."""
    return {(at, key) for at, text in sources().items() for pattern in ASKED for key in pattern.findall(text)}


def built() -> set[str]:
    """Beginnings of the names that are put together, with or without their page."""
    whole = "\n".join(sources().values())
    return {start for pattern in BUILT for start in pattern.findall(whole) if start}


def parts(tail: str, twice: bool) -> list[str]:
    """What a name without its page is put together from."""
    if found := MARKED.search(tail):
        at = found.start()
        return [tail[:at], tail[at:]]
    return [tail.split("_", 1)[0]] if twice and "_" in tail else [tail]


def test_whatever_is_asked_for_is_there() -> None:
    assert len(asked()) > 300, "the patterns find nothing any more"
    assert sorted((at, key) for at, key in asked() if key not in texts()) == []


@pytest.mark.parametrize("page", PAGES)
def test_whatever_is_there_is_asked_for(page: str) -> None:
    whole = "\n".join(sources().values())
    literals = set(LITERAL.findall(whole))
    any_page = tuple(ANY.findall(whole))
    starts, twice = built(), page in TWICE.findall(whole)
    tails = tuple(start for start in starts if start.split(".", 1)[0] not in PAGES)
    heads = tuple(start for start in starts if start.startswith(f"{page}.") and start != f"{page}.")
    left = []
    for key in texts():
        if not key.startswith(f"{page}."):
            continue
        tail = key.removeprefix(f"{page}.")
        loose = tail.startswith(any_page) or (
            f"{page}." in starts and (tail.startswith(tails) or literals.issuperset(parts(tail, twice)))
        )
        if key not in literals and not key.startswith(heads) and not loose:
            left.append(key)
    assert left == [], "\n".join(left)
