"""``hub quarantine``: what came by outbox and could not be read. Its bytes may be personal data: never shown."""

from __future__ import annotations

import click

from . import common


@click.group()
def quarantine() -> None:
    """隔离区 · records that could not be read."""


@quarantine.command("list")
@click.option("--system", help="接入系统 · only of this system")
@click.option("--after", default=0, show_default=True, help="only ids above this one")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="machine-readable")
def list_(system: str | None, after: int, limit: int, as_json: bool) -> None:
    """List what is kept: where it stood, when, why it was refused, how large it is; never its bytes."""
    with common.opened_store(common.read_settings()) as store:
        found = store.quarantine.list(system, after, limit)
    if as_json:
        common.as_json([{**row._asdict(), "raw": None, "erased": row.raw is None} for row in found])
        return
    if not found:
        click.echo("隔离区为空 · nothing is in quarantine")
    for row in found:
        kept = "已抹去 erased" if row.raw is None else f"{row.size} B"
        where = f"{row.topic}@{row.offset}"
        click.echo(
            f"{row.id:>6} {row.system:<20} {where:<40} {common.day(row.received_at)} {row.code} {row.field} {kept}"
        )


@quarantine.command()
@click.argument("ident", type=int, metavar="ID")
def erase(ident: int) -> None:
    """Erase the bytes of record ID; that it came, and why it was refused, stays."""
    with common.opened_store(common.read_settings()) as store:
        if not store.quarantine.erase(ident):
            raise click.ClickException(f"没有记录 {ident} · no record {ident}")
    click.echo(f"已抹去 · erased: {ident}")


@quarantine.command()
@click.argument("system")
@click.option("--yes", is_flag=True, help="do not ask")
def clear(system: str, yes: bool) -> None:
    """Remove all records of SYSTEM."""
    if not yes:
        click.confirm(f"清除 {system} 的全部隔离记录？· remove all records of {system}?", abort=True)
    with common.opened_store(common.read_settings()) as store:
        click.echo(f"已清除 · removed: {store.quarantine.clear(system)}")
