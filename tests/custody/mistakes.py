"""A seeded mistake: some text of one function of the machine replaced, for the length of a test."""

from __future__ import annotations
import __future__

import inspect
import textwrap
from typing import Any

import pytest


def mistake(patch: pytest.MonkeyPatch, function: Any, old: str, new: str) -> None:
    """Whoever holds the function gets the mistaken one: only its code is exchanged."""
    function = getattr(function, "fget", function)  # a property's
    source = textwrap.dedent(inspect.getsource(function)).removeprefix("@property\n")
    assert old in source, f"{function.__qualname__} no longer says {old!r}"
    code = compile(source.replace(old, new, 1), "<mistake>", "exec", __future__.annotations.compiler_flag)
    made: dict[str, Any] = {}
    exec(code, dict(function.__globals__), made)
    patch.setattr(function, "__code__", made[function.__name__].__code__)
