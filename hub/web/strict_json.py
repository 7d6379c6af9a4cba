"""Reading a request's JSON so that one body has exactly one meaning.

Guarantee: what is returned has no duplicate keys, no NaN or infinite number, at most ``MAX_DEPTH`` levels,
and no key with NUL or a lone surrogate. Everything else is refused as ``Unreadable`` with a stable code.
Values are the contract's to check. Two parsers that read one body differently are how a check is passed
with one value and acted on with another.
"""

from __future__ import annotations

import json
from typing import Any, Final

from hub.contract import Unreadable

MAX_DEPTH: Final = 16
MAX_DIGITS: Final = 40  # no number of the contract has more; longer ones only cost time


def read(raw: bytes) -> Any:
    """The value of a JSON text in UTF-8.

    Unreadable ``request.json``, ``request.duplicate_key``, ``request.nesting``, ``field.text``, ``field.range``.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as why:
        raise Unreadable("request.json", "", f"not UTF-8 at byte {why.start}") from why
    if text.startswith("\ufeff"):
        raise Unreadable("request.json", "", "a byte order mark stands before the JSON")
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_int, parse_float=_float
        )
    except RecursionError as why:
        raise Unreadable("request.nesting", "", f"at most {MAX_DEPTH} levels") from why
    except json.JSONDecodeError as why:
        raise Unreadable("request.json", "", f"{why.msg} at character {why.pos}") from why
    _walk(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise Unreadable("request.duplicate_key", key[:100])
        made[key] = value
    return made


def _constant(name: str) -> Any:
    raise Unreadable("request.json", "", f"{name} is not JSON")


def _int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise Unreadable("field.range", "", f"a number of {len(digits)} digits")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise Unreadable("field.range", "", "a number too large for any machine")
    return value


def _walk(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                for key in item:
                    _check_key(key)
                below += item.values()
            elif isinstance(item, list):
                below += item
        if not below:
            return
        level = below
    if any(isinstance(item, dict | list) for item in level):
        raise Unreadable("request.nesting", "", f"at most {MAX_DEPTH} levels")


def _check_key(key: str) -> None:
    if "\x00" in key or any("\ud800" <= c <= "\udfff" for c in key):
        raise Unreadable("field.text", "", "a key holds a forbidden character")
