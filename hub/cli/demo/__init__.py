"""``hub demo``: a simulated month of the real city of Chuxiong against a real hub, then the figures a supervisor wants.

Ends by itself. Everything is left in a folder: one dispute's custody lanes, the ledger, the figures, and the hub's own
databases, so that the hub can be started on them afterwards.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Final

import click
import structlog

from connectors.city import chuxiong
from connectors.sandbox.month import OPENING, Month
from hub.bootstrap import configure_logging
from hub.settings import Settings
from hub.words import agency_id

from ..common import FAILED, Missing
from . import stage
from .figures import collect
from .files import Keepsakes, write_figures
from .table import lines
from .trial import Trial, TrialFailed

WORK_AT: Final = {stage.SUPERVISOR: agency_id("532301.centre"), stage.CLERK: agency_id("532301.pmc")}
log = structlog.get_logger(__name__)


@click.command()
@click.option("--seed", default=3, show_default=True, help="种子 · the same seed gives the same month")
@click.option("--kafka", default="", metavar="ADDRESS", help="经 Kafka 上报 · systems speak through this broker")
@click.option("--out", default=Path("out"), show_default=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--days", default=31, show_default=True, type=click.IntRange(1, 62), help="天数 · length of the month")
@click.option("--disputes", default=360, show_default=True, type=click.IntRange(1, 5_000), help="纠纷数 · new disputes")
def demo(seed: int, kafka: str, out: Path, days: int, disputes: int) -> None:
    """演示：楚雄市一个月 · the city of Chuxiong, one simulated month."""
    configure_logging("console", "error")
    started = time.monotonic()
    home = _fresh(out)
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
            keepsakes = Keepsakes(out, world.hub, now)
            lanes, number = keepsakes.lanes(api)
            ledger = keepsakes.ledger(figures)
            found = write_figures(out, figures)
            stage.leave(home, world.hub.store, now, WORK_AT)
            board = stage.board(out, world.hub, world.url)
            refused = sum(n for code, n in told.outcomes.items() if code not in ("done", "nothing"))
            api.close()
            month.close()
    except TrialFailed as why:
        raise Missing(f"试运行未能启动 · {why}") from None
    click.echo()
    click.echo(
        f"{figures['events']} 个事件 events，{told.commands} 条上报 submissions（拒绝 {refused}，重复 {told.doubles}，"
        f"乱码 {told.garbage}），{time.monotonic() - started:.0f} 秒"
    )
    click.echo(f"  {board}   督办看板 · the supervisor's board (open in a browser)")
    click.echo(f"  {lanes}   {number} 的责任接力 · its custody lanes (open in a browser)")
    click.echo(f"  {ledger}   台账 · the ledger")
    click.echo(f"  {found}   数字与根哈希 · figures, head hash {figures['head_hash'][:16]}…")
    _next(out, home)
    if figures["unowned"] or figures["completeness"]["difference"]:
        raise SystemExit(FAILED)


def _opening() -> int:
    return int(OPENING.timestamp()) * 1_000_000


def _fresh(out: Path) -> Path:
    """The folder of the trial's databases, empty. An earlier demonstration's is removed, nothing else."""
    home = out / "hub"
    if home.exists():
        if not (home / "hub.db").exists():
            raise click.UsageError(
                f"{home} 不是演示留下的 · {home} is not an earlier demonstration's: choose another --out"
            )
        shutil.rmtree(home)
    home.mkdir(parents=True)
    return home


def _next(out: Path, home: Path) -> None:
    base = f"http://127.0.0.1:{Settings.model_fields['http_port'].default}"
    at = "" if out == Path("out") else f"HUB_HOME={home} "
    click.echo()
    click.echo("接下来 · what next")
    click.echo(f"  {at}python3 run.py serve      在这些数据上启动枢纽，并给出督办员、经办员的登录链接")
    click.echo("                              run the hub on this data; prints a supervisor's and a clerk's link")
    click.echo(f"  {base}        看板、待办、案件 · board, desk, disputes;  {base}/docs  接口文档 · the interface")
    click.echo(f"  {at}python3 run.py system add my-system --agency 532301.pmc   要一把密钥 · get a key")
    click.echo("  python3 run.py demo --kafka ADDRESS          同一个月，经 Kafka · the same month through Kafka")
