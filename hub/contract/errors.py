"""What is wrong with a record that could not be read."""

from __future__ import annotations


class Unreadable(ValueError):
    """A record that cannot be taken: stable ``code``, ``field`` at fault ("" = the whole), ``detail`` for people."""

    def __init__(self, code: str, field: str = "", detail: str = "") -> None:
        super().__init__(f"{code} {field} {detail}".strip())
        self.code = code
        self.field = field
        self.detail = detail
