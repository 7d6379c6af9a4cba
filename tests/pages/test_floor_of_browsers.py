"""Chromium 90 is the floor: no style or script uses what it lacks."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "hub" / "web" / "static"
OURS = sorted(STATIC.glob("*.css")), sorted(STATIC.glob("*.js"))
# Chromium's version that brought it, for who wants to raise the floor.
STYLES = {
    ":has( 105": r":has\(", "@container 105": r"@container\b", "container-type 105": r"\bcontainer(?:-type|-name)?\s*:",
    "@layer 99": r"@layer\b", "@scope 118": r"@scope\b", "@property 85, nesting 112": r"(?m)^\s*&|\{[^{}]*&\s*[.:\[ ]",
    "color-mix 111": r"color-mix\(", "oklch 111": r"\bok(?:lch|lab)\(", "lch 111": r"\bl(?:ch|ab)\(",
    "subgrid 117": r"\bsubgrid\b", "accent-color 93": r"\baccent-color\s*:", "text-wrap 114": r"\btext-wrap\s*:",
    "aspect of units 108": r"\d(?:[dsl]v[hw]|cq[wh])\b", "@media ranges 104": r"@media[^{]*[<>]=?",
    "individual transforms 104": r"(?m)[{;]\s*(?:translate|rotate|scale)\s*:", "inert 102": r"\[inert\]",
    "overflow: clip is 90, scrollbar-gutter 94": r"\bscrollbar-gutter\s*:", "light-dark 123": r"\blight-dark\(",
    "field-sizing 123": r"\bfield-sizing\s*:", "text-box 133": r"\btext-box", ":popover-open 114": r":popover-open",
    "mask without prefix 120": r"(?m)[{;]\s*mask(?:-image)?\s*:", "hyphenate-character 106": r"\bhyphenate-",
}  # fmt: skip
SCRIPTS = {
    "class fields are 84, static blocks 94": r"\bstatic\s*\{", "private in 91": r"#\w+ in ", ".at( 92": r"\.at\(",
    "Object.hasOwn 93": r"Object\.hasOwn\b", "structuredClone 98": r"\bstructuredClone\(",
    "findLast 97": r"\.findLast(?:Index)?\(", "toSorted 110": r"\.to(?:Sorted|Reversed|Spliced)\(",
    "top-level await 89, Array.fromAsync 121": r"Array\.fromAsync", "Error cause 93": r"\bcause\s*:",
    "d flag 90, v flag 112": r"/[gimsuy]*v[gimsuy]*\b[.,;)]", "groupBy 117": r"\.groupBy\(",
    "crypto.randomUUID 92 and not without TLS": r"randomUUID", "showPopover 114": r"showPopover\(",
    "Promise.withResolvers 119": r"withResolvers", "AbortSignal.timeout 103": r"AbortSignal\.(?:timeout|any)",
    "replaceAll is 85, isWellFormed 111": r"isWellFormed", "startViewTransition 111": r"startViewTransition",
    "requestSubmit is 76, checkVisibility 105": r"checkVisibility", "navigation 102": r"\bnavigation\.",
    "setHTML": r"\bsetHTML", "??= 85 is allowed, using 134": r"(?m)^\s*using ",
}  # fmt: skip
COMMENTS = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.S)


@pytest.mark.parametrize("path", OURS[0], ids=lambda path: path.name)
def test_styles(path: Path) -> None:
    text = COMMENTS.sub("", path.read_text(encoding="utf-8"))
    assert [name for name, pattern in STYLES.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("path", OURS[1], ids=lambda path: path.name)
def test_scripts(path: Path) -> None:
    text = COMMENTS.sub("", path.read_text(encoding="utf-8"))
    assert [name for name, pattern in SCRIPTS.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (STYLES, "a:has(b) { }"), (STYLES, "@container (width > 3rem) { }"), (STYLES, "a { color: color-mix(red) }"),
        (STYLES, ".a { color: red;\n  &:hover { color: blue }\n}"), (STYLES, "a { accent-color: red }"),
        (STYLES, "@media (width >= 40rem) { }"), (STYLES, "a { height: 10dvh }"), (STYLES, "a { translate: 1px }"),
        (SCRIPTS, "list.at(-1)"), (SCRIPTS, "class A { static { } }"), (SCRIPTS, "Object.hasOwn(a, 'b')"),
    ],
)  # fmt: skip
def test_the_patterns_find_what_they_look_for(table: dict[str, str], text: str) -> None:
    assert any(re.search(pattern, text) for pattern in table.values())
