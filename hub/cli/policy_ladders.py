"""What a ladder's file would change for disputes that stand on a ladder of its name.

Guarantee: nothing is written. A dispute keeps the ladder it began under, by its id: a file with another id changes none
of those that climb now; one that bears the id of a ladder loaded before is read in its place from then on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from hub.policy.ladder import Scheme
from hub.projections import Views
from hub.words import text

PAGE = 500
SHOWN = 40  # rows printed


class Stood(NamedTuple):
    """One dispute that would stand otherwise. ``required``: counted tries until it is exhausted, None = its level or
    branch is not in the file any more.
    """

    number: str
    dispute: bytes
    branch: str
    level: str
    tries: int
    old_required: int
    required: int | None


class Ladders(NamedTuple):
    """``standing``: open disputes on this ladder, ``others``: on any other; ``rows``: those that would stand apart."""

    scheme: str
    standing: int
    others: int
    rows: list[Stood]


def effect(views: Views, scheme: Scheme) -> Ladders:
    """Compare every open dispute on a ladder."""
    rows: list[Stood] = []
    counts = {True: 0, False: 0}
    for item in _all(views):
        counts[item["scheme"] == scheme.id] += 1
        if item["scheme"] == scheme.id:
            required = _required(scheme, item)
            if required != item["required"]:
                rows.append(Stood(
                    item["number"] or text(item["dispute"]), item["dispute"], item["branch"], item["level"],
                    item["tries"], item["required"], required,
                ))  # fmt: skip
    return Ladders(scheme.id, counts[True], counts[False], rows)


def _all(views: Views) -> Iterator[dict[str, Any]]:
    after = b""
    while rows := views.ladder.standing("", PAGE, after):
        yield from rows
        after = rows[-1]["dispute"]


def _required(scheme: Scheme, item: dict[str, Any]) -> int | None:
    """As ``ladder_standing.required`` counts, from what the view holds: levels above have not been tried."""
    branch = scheme.branches.get(item["branch"])
    if branch is None or item["level"] not in branch.path:
        return None
    above = len(branch.path) - 1 - branch.path.index(item["level"])
    total: int = item["total"]
    here: int = max(0, scheme.tries - item["tries"])
    return min(max(scheme.max_total, total), total + here + scheme.tries * above)


def show(found: Ladders) -> None:
    """In words."""
    click.echo(
        f"\n首调责任制 · ladder {found.scheme}: 在其上 standing on it {found.standing}; "
        f"其他阶梯 on others {found.others}"
    )
    if found.others:
        click.echo("  其他阶梯上的纠纷沿用原阶梯 · disputes on other ladders keep theirs")
    for row in found.rows[:SHOWN]:
        new = "不在文件中 not in the file" if row.required is None else str(row.required)
        click.echo(f"  {row.number:<20} {row.branch}/{row.level}  须调 required {row.old_required} → {new}")
    if len(found.rows) > SHOWN:
        click.echo(f"  … 另有 {len(found.rows) - SHOWN} 条 · more")


def as_json(found: Ladders | None) -> dict[str, Any] | None:
    """The same for machines, all rows; None where no ladder was given or there is no store."""
    if found is None:
        return None
    return {
        "ladder": found.scheme,
        "standing": found.standing,
        "on_others": found.others,
        "changes": [{**row._asdict(), "dispute": text(row.dispute)} for row in found.rows],
    }
