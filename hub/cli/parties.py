"""``hub parties``: the erasable part of what the hub knows of a dispute's parties."""

from __future__ import annotations

import click

from hub.words import ident

from . import common


@click.group()
def parties() -> None:
    """当事人脱敏信息 · masked names and salts, kept outside the log."""


@parties.command()
@click.argument("dispute")
@click.option("--party", type=click.IntRange(min=0), help="only this one, counted from 0")
@click.option("--yes", is_flag=True, help="do not ask")
def erase(dispute: str, party: int | None, yes: bool) -> None:
    """Erase masked names and salts of DISPUTE for good; the log keeps commitments nobody can test any more."""
    try:
        stream = ident(dispute)
    except ValueError:
        raise click.BadParameter(
            "纠纷编号应为小写 UUID · a lower-case UUID is expected", param_hint="DISPUTE"
        ) from None
    if not yes:
        click.confirm("抹去后无法恢复，继续？· this cannot be undone, go on?", abort=True)
    with common.opened_store(common.read_settings()) as store:
        rows = store.sealed.erase(stream, party)
    if not rows:
        raise click.ClickException("没有可抹去的信息 · there is nothing to erase")
    click.echo(f"已抹去 {rows} 条 · erased: {rows}")
