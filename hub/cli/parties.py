"""``hub parties``: the erasable part of what the hub knows of a dispute's parties."""

from __future__ import annotations

import re
from typing import Final

import click

from hub.words import ident

from . import common
from .views import opened_views

NUMBER: Final = re.compile(r"\d{6}-\d{4}-\d{5,}")


@click.group()
def parties() -> None:
    """当事人脱敏信息 · masked names and salts, kept outside the log."""


@parties.command()
@click.argument("dispute", metavar="DISPUTE")
@click.option("--party", type=click.IntRange(min=0), help="only this one, counted from 0")
@click.option("--yes", is_flag=True, help="do not ask")
def erase(dispute: str, party: int | None, yes: bool) -> None:
    """Erase masked names and salts of DISPUTE for good; the log keeps commitments nobody can test any more.

    DISPUTE is its number 案件编号 (532301-2026-00001) or its id (a UUID).
    """
    stream = _stream(dispute)
    if not yes:
        click.confirm("抹去后无法恢复，继续？· this cannot be undone, go on?", abort=True)
    with common.opened_store(common.read_settings()) as store:
        rows = store.sealed.erase(stream, party)
    if not rows:
        raise click.ClickException("没有可抹去的信息 · there is nothing to erase")
    click.echo(f"已抹去 {rows} 条 · erased: {rows}")


def _stream(dispute: str) -> bytes:
    """The dispute's id, by its number as the views know it. BadParameter."""
    try:
        return ident(dispute)
    except ValueError:
        pass
    if not NUMBER.fullmatch(dispute):
        said = "应为案件编号或小写 UUID · a number like 532301-2026-00001 or a lower-case UUID is expected"
        raise click.BadParameter(said, param_hint="DISPUTE")
    with opened_views() as views:
        found = views.custody.numbered(dispute)
    if found is None:
        raise click.BadParameter(f"没有案件 {dispute} · no dispute {dispute}", param_hint="DISPUTE")
    return found
