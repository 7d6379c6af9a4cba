"""Whether a column is one of many ids: one bound array on PostgreSQL, whose protocol ends at 65,535 parameters."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import LargeBinary, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY


def among(column: Any, ids: Collection[bytes], *, sqlite: bool) -> Any:
    """``column`` is one of ``ids``; never for none."""
    wanted = list(ids)
    if sqlite:
        return column.in_(wanted)
    return column == any_(bindparam(None, wanted, type_=ARRAY(LargeBinary)))
