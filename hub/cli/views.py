"""``hub views``: how the views stand, rebuilding one beside the live one, and what was put aside.

Works beside a running hub: the database decides between the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from hub.bootstrap.hub import broker
from hub.contract import load
from hub.log import Log, TableLog
from hub.log.kafka import KafkaLog
from hub.projections import ALL, Busy, Missing, Stopped, Views
from hub.words import ident, text

from . import common

NAMES = click.Choice([view.name for view in ALL])
AS_JSON = click.option("--json", "as_json", is_flag=True, help="machine-readable")


@click.group()
def views() -> None:
    """视图 · the views: positions, rebuilding, parked sequences."""


@contextmanager
def opened_views() -> Iterator[Views]:
    """The views, closed at the end; of a store that is not there, empty ones that leave nothing behind."""
    settings = common.read_settings()
    with common.standing(settings) as found:
        try:
            opened = Views(found.views_url, load())
        except SQLAlchemyError as why:
            raise common.cannot_open(settings, why) from None
        try:
            yield opened
        finally:
            opened.close()


@views.command()
@AS_JSON
def status(as_json: bool) -> None:
    """Show every view's position, how far it is behind, and how many disputes are parked."""
    settings = common.read_settings()
    with common.opened_store(settings) as store:
        end = store.position()
    with opened_views() as opened:
        rows = [{**row.__dict__, "behind": max(0, end - row.position)} for row in opened.status()]
    if as_json:
        common.as_json({"position": end, "views": rows})
        return
    click.echo(f"日志 log: {end}")
    for row in rows:
        state = f"  已停止 stopped: {row['stopped']}" if row["stopped"] else ""
        click.echo(
            f"{row['view']:<14} v{row['version']}.{row['generation']}  {row['position']:>10}"
            f"  落后 behind {row['behind']}  暂存 parked {row['parked']}{state}"
        )


@views.command()
@click.argument("name", type=NAMES)
@click.option("--kafka", "from_kafka", is_flag=True, help="read hub.events instead of the store's table")
def rebuild(name: str, from_kafka: bool) -> None:
    """Build the view NAME anew beside the live one, then switch to it. Ctrl-C leaves the live one as it is."""
    settings = common.read_settings()
    with common.opened_store(settings) as store, opened_views() as opened:
        access = broker(settings) if from_kafka else None
        if from_kafka and access is None:
            raise click.UsageError("没有设置 Kafka · no broker is set (HUB_KAFKA)")
        source: Log = KafkaLog(access, opened.contract) if access is not None else TableLog(store)
        with click.progressbar(length=max(1, source.end()), label=name) as bar:

            def progress(position: int, end: int) -> None:
                bar.length = max(1, end)
                bar.update(position - bar.pos)

            try:
                position = opened.rebuild(name, source, progress=progress)
            except Busy:
                raise click.ClickException("另一进程正在重建该视图 · another process is rebuilding this view") from None
            except Stopped as why:
                raise click.ClickException(f"重建失败，原视图不变 · failed, the live view stays: {why}") from None
            finally:
                source.close()
    click.echo(f"{name}: 已切换，截至序号 {position} · switched at position {position}")


@views.group()
def parked() -> None:
    """暂存 · disputes a view could not go on with."""


@parked.command("list")
@click.argument("name", type=NAMES, required=False)
@AS_JSON
def parked_list(name: str | None, as_json: bool) -> None:
    """List parked events: the failed one of each dispute, and how many wait behind it."""
    found: list[dict[str, Any]] = []
    with opened_views() as opened:
        for view in [name] if name else list(opened.all):
            try:
                rows = opened.parked(view)
            except Missing:
                continue
            for stream in dict.fromkeys(row.stream for row in rows):
                own = [row for row in rows if row.stream == stream]
                first = own[0]
                found.append({
                    "view": view, "stream": text(stream), "position": first.position, "topic": first.topic,
                    "error": first.error, "waiting": len(own) - 1,
                })  # fmt: skip
    if as_json:
        common.as_json(found)
        return
    if not found:
        click.echo("没有暂存 · nothing is parked")
    for row in found:
        place = f"{row['position']} {row['topic']}  +{row['waiting']}"
        click.echo(f"{row['view']:<14} {row['stream']}  {place}  {row['error']}")


@parked.command("retry")
@click.argument("name", type=NAMES)
@click.argument("stream")
@click.option("--skip", is_flag=True, help="leave out the failed event for good: the view will differ from the log")
def parked_retry(name: str, stream: str, skip: bool) -> None:
    """Apply the parked events of STREAM (a UUID) again, as far as they go."""
    try:
        key = ident(stream)
    except ValueError:
        raise click.BadParameter("应为 UUID · a UUID is expected", param_hint="STREAM") from None
    with opened_views() as opened:
        if not opened.parked(name, key):
            raise click.ClickException("该对象没有暂存 · nothing of this stream is parked")
        left = opened.retry(name, key, skip=skip)
    if left:
        raise click.ClickException(f"仍有 {left} 条暂存 · {left} events stay parked")
    click.echo("已恢复 · applied")
