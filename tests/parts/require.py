"""What a test does when a real part is missing: skip and say why, or fail when the part is required.

`HUB_REQUIRE=kafka,postgres,browser` names the parts whose absence is a failure; CI sets it, so that it never
goes green without them. A part that is there but broken always fails. `time` is a part as well: without it the brief
run (``run.py test``) leaves out the tests marked slow.
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NoReturn

import pytest

PARTS = ("kafka", "postgres", "browser", "curl", "time")
_MARK = "no {part}: "


def required(environ: Mapping[str, str] = os.environ) -> frozenset[str]:
    """The parts named by HUB_REQUIRE. Raises pytest.UsageError for a name nobody provides."""
    names = frozenset(name.strip() for name in environ.get("HUB_REQUIRE", "").split(",") if name.strip())
    unknown = sorted(names - set(PARTS))
    if unknown:
        raise pytest.UsageError(f"HUB_REQUIRE names {', '.join(unknown)}; known are {', '.join(PARTS)}")
    return names


def missing(part: str, reason: str) -> NoReturn:
    """Ends the test: skipped with `reason`, or failed when `part` is required."""
    if part not in PARTS:
        raise ValueError(f"unknown part {part}; known are {', '.join(PARTS)}")
    text = _MARK.format(part=part) + reason
    if part in required():
        pytest.fail(f"{text} (HUB_REQUIRE names {part})", pytrace=False)
    pytest.skip(text)


def skipped_parts(reasons: Iterable[str]) -> list[str]:
    """One line per missing part and reason, from the reasons of all skipped tests; most tests first."""
    found: Counter[tuple[str, str]] = Counter()
    for reason in reasons:
        text = reason.removeprefix("Skipped: ")
        for part in PARTS:
            mark = _MARK.format(part=part)
            if text.startswith(mark):
                found[part, text.removeprefix(mark)] += 1
    return [
        f"{part}: {count} test{'' if count == 1 else 's'} skipped, {reason}"
        for (part, reason), count in found.most_common()
    ]
