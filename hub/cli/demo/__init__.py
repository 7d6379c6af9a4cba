"""``hub demo``: a simulated month of the real city of Chuxiong against a real hub, then the figures a supervisor wants.

Ends by itself. Everything is left in a folder: one dispute's custody lanes, the ledger, the figures, and the hub's own
databases, so that the hub can be started on them afterwards.
"""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
import structlog

from connectors.city import chuxiong
from connectors.sandbox.month import OPENING, Month
from hub.bootstrap import configure_logging
from hub.settings import Settings
from hub.words import agency_id

from ..common import DEMONSTRATION_MARK, FAILED, Missing, read_settings
from . import stage
from .figures import collect
from .files import Keepsakes, write_figures
from .table import lines
from .trial import Trial, TrialFailed

HOME: Final = "hub"  # the hub's own folder under --out
MAKING: Final = ".hub-demo-new"  # where a month is made; gone at the end, whatever the end is
LEFT: Final = ("hub.db", "views.db", DEMONSTRATION_MARK)  # how the names begin of what a demonstration leaves in HOME
WORK_AT: Final = {stage.SUPERVISOR: agency_id("532301.centre"), stage.CLERK: agency_id("532301.pmc")}
log = structlog.get_logger(__name__)


@click.command()
@click.option("--seed", default=3, show_default=True, help="种子 · the same seed gives the same month")
@click.option("--kafka", default="", metavar="ADDRESS", help="经 Kafka 上报 · systems speak through this broker")
@click.option("--out", default=Path("out"), show_default=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--days", default=31, show_default=True, type=click.IntRange(1, 62), help="天数 · length of the month")
@click.option("--disputes", default=260, show_default=True, type=click.IntRange(1, 5_000), help="纠纷数 · new disputes")
def demo(seed: int, kafka: str, out: Path, days: int, disputes: int) -> None:
    """演示：楚雄市一个月 · the city of Chuxiong, one simulated month."""
    configure_logging("console", "error")
    with _beside(out) as made:
        _month(made, out, seed, kafka, days, disputes)


def _month(made: Path, out: Path, seed: int, kafka: str, days: int, disputes: int) -> None:
    """The month in the folder ``made``, its figures on the terminal, and then all of it in ``out``."""
    started = time.monotonic()
    home = made / HOME
    try:
        with Trial(home, _opening(), kafka=kafka) as world:
            month = Month(world, chuxiong.build(), seed, days=days, disputes=disputes)
            click.echo(f"建城 · building the city ({'Kafka ' + kafka if kafka else '内置日志 embedded log'}) …")
            agencies = month.prepare()
            click.echo(f"  {agencies} 个单位 agencies，{len(month.systems)} 个接入系统 systems")
            with click.progressbar(length=month.steps, label="模拟一个月 · one month") as bar:
                month.progress = lambda done, steps: bar.update(1)
                told = month.run()
            api = world.supervisor()
            now = world.clock.now()
            figures = collect(api, world.hub.store, seed)
            click.echo()
            for line in lines(api, figures, now):
                click.echo(line)
            keepsakes = Keepsakes(made, world.hub, now)
            lanes, number = keepsakes.lanes(api)
            ledger = keepsakes.ledger(figures)
            found = write_figures(made, figures)
            stage.leave(home, world.hub.store, now, WORK_AT)
            board = stage.board(made, world.hub, world.url)
            refused = sum(n for code, n in told.outcomes.items() if code not in ("done", "nothing"))
            api.close()
            month.close()
    except TrialFailed as why:
        raise Missing(f"试运行未能启动 · {why}") from None
    _switch(made, out)
    click.echo()
    click.echo(
        f"{figures['events']} 个事件 events，{told.commands} 条上报 submissions（拒绝 {refused}，重复 {told.doubles}，"
        f"乱码 {told.garbage}），{time.monotonic() - started:.0f} 秒"
    )
    click.echo(f"  {out / board.name}   督办看板 · the supervisor's board (open in a browser)")
    click.echo(f"  {out / lanes.name}   {number} 的责任接力 · its custody lanes (open in a browser)")
    click.echo(f"  {out / ledger.name}   台账 · the ledger")
    click.echo(f"  {out / found.name}   数字与根哈希 · figures, head hash {figures['head_hash'][:16]}…")
    _next(out)
    if figures["unowned"] or figures["completeness"]["difference"]:
        raise SystemExit(FAILED)


def _opening() -> int:
    return int(OPENING.timestamp()) * 1_000_000


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A folder beside the earlier demonstration's for the new one: that one stays whole until ``_switch``.

    UsageError when ``out`` holds what no demonstration leaves: it would not be replaced.
    """
    made = out / MAKING
    for folder in (out / HOME, made / HOME):
        strange = sorted(p.name for p in folder.iterdir() if not p.name.startswith(LEFT)) if folder.is_dir() else []
        if strange or folder.is_file():
            raise click.UsageError(
                f"{folder} 不是演示留下的 · {folder} is not only what a demonstration leaves "
                f"({', '.join(strange[:3])}): choose another --out"
            )
    if _in_use(out / HOME):
        raise click.UsageError(f"有枢纽正在使用 {out / HOME}，先停止它 · a hub runs on {out / HOME}: stop it first")
    shutil.rmtree(made, ignore_errors=True)  # of one that was killed
    try:
        (made / HOME).mkdir(parents=True)
    except OSError as why:
        raise Missing(f"不能写入 · cannot write to {out}: {why.strerror}") from None
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _in_use(home: Path) -> bool:
    """Whether a process holds the lease there (``hub.store.sqlite``: a lock on the file beside the database)."""
    try:
        with (home / "hub.db.lease").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _switch(made: Path, out: Path) -> None:
    """What was made takes the earlier one's place."""
    if (out / HOME).exists():
        (out / HOME).rename(made / "earlier")
    for path in sorted(made.iterdir()):
        if path.name != "earlier":
            path.replace(out / path.name)


def _next(out: Path) -> None:
    home = out / HOME
    base = f"http://127.0.0.1:{Settings.model_fields['http_port'].default}"
    settings = read_settings()
    at = "" if settings.home == home and not settings.database else f"HUB_HOME={home} "
    at = f"HUB_DATABASE= {at}" if settings.database else at
    click.echo()
    click.echo("接下来 · what next")
    click.echo(f"  {at}python3 run.py serve      在这些数据上启动枢纽，并给出督办员、经办员的登录链接")
    click.echo("                              run the hub on this data; prints a supervisor's and a clerk's link")
    click.echo(f"  {base}        看板、待办、案件 · board, desk, disputes;  {base}/docs  接口文档 · the interface")
    click.echo(f"  {at}python3 run.py system add my-system --agency 532301.pmc   要一把密钥 · get a key")
    click.echo("  python3 run.py demo --kafka ADDRESS          同一个月，经 Kafka · the same month through Kafka")
