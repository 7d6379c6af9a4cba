"""One running limit as a page names it in a form: a button's or a box's value.

Guarantee: ``read(token(row))`` gives the limit back; anything else is a problem with the field ``item``. A token proves
nothing: whoever acts on one asks the dispute itself and the person's scope.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from ..problems import Problem

FORM: Final = re.compile(r"([0-9a-f]{32})\.([a-z]{1,20})\.([0-9a-f]{32}|)\.([0-9a-f]{32})\.([0-9]{1,18})", re.ASCII)


class Owed(NamedTuple):
    """A running limit: what it is called, whose it is, and the dispute's version when the page was drawn."""

    dispute: bytes
    obligation: str
    referral: bytes | None
    debtor: bytes
    version: int


def token(row: Any) -> str:
    """Of a row of the obligations view with its dispute's head joined."""
    referral = row["referral"].hex() if row["referral"] else ""
    version = row.get("dispute_version") or row["version"]
    return f"{row['dispute'].hex()}.{row['name']}.{referral}.{row['debtor'].hex()}.{version}"


def read(text: str) -> Owed:
    """The limit of a token. Problem ``field.type``."""
    found = FORM.fullmatch(text)
    if found is None:
        raise Problem("field.type", "item", status=422)
    dispute, name, referral, debtor, version = found.groups()
    return Owed(
        bytes.fromhex(dispute), name, bytes.fromhex(referral) if referral else None, bytes.fromhex(debtor), int(version)
    )
