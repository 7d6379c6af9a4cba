"""``hub kafka``: a broker for trials, and what a broker must know of the systems."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any

import click

from hub.bootstrap.hub import broker
from hub.log.port import LogUnavailable
from hub.log.rights import SystemRights, apply
from hub.settings import Settings

from . import common

STEPS = {
    "fetch": "获取 · fetching",
    "format": "格式化 · formatting",
    "start": "启动 · starting",
    "ready": "就绪 · ready",
}
PORT = click.IntRange(1, 65_535)


@click.group()
def kafka() -> None:
    """试用消息代理、主题与权限 · trial broker, topics, users and rights."""


@kafka.command()
@click.option(
    "--port", type=PORT, default=9092, show_default=True, help="监听端口 · where it listens, on this machine only"
)
@click.option(
    "--data", type=click.Path(path_type=Path), help="数据目录 · its folder; default: kafka under HUB_HOME (var)"
)
@click.option("--sasl", is_flag=True, help="第二个端口要求登录 · a second listener with users and access rules")
@click.option("--sasl-port", type=PORT, default=9094, show_default=True, help="该端口 · its port")
@click.option("--password", default="", help="该端口超级用户 hub 的口令 · of its super user hub; default: a random one")
def up(port: int, data: Path | None, sasl: bool, sasl_port: int, password: str) -> None:
    """Fetch, format and start one Apache Kafka node for trials; it runs until Ctrl-C and keeps its data."""
    import secrets

    from ops.kafka.artifacts import KafkaMissing
    from ops.kafka.broker import BrokerFailed, Sasl, start_broker

    folder = data or _folder(common.read_settings().home)
    fresh = not (folder / "topics" / "meta.properties").exists()
    if sasl and not password and not fresh:
        raise click.UsageError(
            "此目录已格式化：当时带登录的，给出原口令（--password）；不带登录的，换一个目录（--data） · "
            "this folder is formatted already: with a login, give its --password; without, take another folder (--data)"
        )
    user = Sasl(password=password or secrets.token_urlsafe(18)) if sasl else None
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    try:
        with start_broker(folder, port, sasl=user, sasl_port=sasl_port if sasl else 0, on_progress=_say) as node:
            click.echo(f"HUB_KAFKA={node.bootstrap}")
            if user is not None:
                click.echo(
                    f"HUB_KAFKA={node.sasl_bootstrap} HUB_KAFKA_USER={user.user} HUB_KAFKA_PASSWORD={user.password}"
                )
            click.echo("Ctrl-C 停止 · Ctrl-C ends it")
            while not ended.wait(0.5):
                if not node.running:
                    raise click.ClickException(f"代理已退出 · the broker ended: see {node.log_file}")
    except (KafkaMissing, BrokerFailed) as why:
        raise common.Missing(str(why)) from None


def _folder(home: Path) -> Path:
    """Under the home, but never in a demonstration's: the next demonstration replaces that."""
    return (Path(Settings.model_fields["home"].default) if common.is_demonstration(home) else home) / "kafka"


def _say(step: str, text: str) -> None:
    click.echo(f"{STEPS.get(step, step)}: {text}", err=True)


@kafka.command()
@click.option("--renew", multiple=True, metavar="SYSTEM", help="换发口令 · give this system a new password; repeatable")
@click.option("--json", "as_json", is_flag=True, help="machine-readable")
def acl(renew: tuple[str, ...], as_json: bool) -> None:
    """Make the broker agree with the table of systems: topics, users, access rules. Passwords are shown once."""
    settings = common.read_settings()
    access = broker(settings)
    if access is None:
        raise click.UsageError("未设置 HUB_KAFKA · HUB_KAFKA is not set: this hub uses the table log")
    with common.opened_store(settings) as store:
        rows = store.credentials.systems()
    unknown = sorted(set(renew) - set(rows))
    if unknown:
        raise click.BadParameter(f"无此接入系统 · no such system: {', '.join(unknown)}", param_hint="--renew")
    systems = [SystemRights(row.name, row.roles, row.disabled_at is None) for row in rows.values()]
    try:
        done = apply(access, systems, frozenset(renew))
    except LogUnavailable as why:
        raise common.Missing(f"{why.problem.code}: {why.problem.detail}") from None
    if as_json:
        common.as_json(done._asdict())
        return
    for topic in done.topics:
        click.echo(f"主题 · topic    {topic}")
    for name, password in done.passwords.items():
        click.echo(f"口令 · password {name}  {password}")
    if done.secured:
        click.echo(f"规则 · rules    {done.rules} 新 new, {done.removed} 撤 removed; {len(systems)} 个系统 systems")
    else:
        click.echo("此代理无权限管理，只建了主题 · this broker has no access control: only topics were made", err=True)


@click.command()
@click.option("--from-kafka", is_flag=True, required=True, help="从主题恢复 · from the topics of HUB_KAFKA")
@click.option(
    "--abandon-after-gap", is_flag=True, help="放弃缺号之后无人应用过的记录 · give up what lies behind a missing number"
)
def recover(from_kafka: bool, abandon_after_gap: bool) -> None:
    """Give an empty or older store back what the topics hold: events, inboxes, answers, counters. Safe to repeat."""
    from hub.contract import load
    from hub.log import recover as recovery

    settings = common.read_settings()
    access = broker(settings)
    if access is None:
        raise click.UsageError("未设置 HUB_KAFKA · HUB_KAFKA is not set: there are no topics to recover from")
    with common.opened_store(settings) as store, _Bar() as bar:
        try:
            report = recovery.recover(
                store, load(), access, common.now(), abandon_after_gap=abandon_after_gap, on_progress=bar.show
            )
        except recovery.RecoverRefused as why:
            raise click.ClickException(f"{common.explained(why.problem.code)}: {why.problem.detail}") from None
        except LogUnavailable as why:
            raise common.Missing(f"{why.problem.code}: {why.problem.detail}") from None
    click.echo(
        f"序号 position {report.position}; 恢复 restored: 事件 events {report.events}, "
        f"收件 messages {report.messages}, 答复 answers {report.answers}; 丢失 lost {report.lost}"
    )
    click.echo(
        "接入系统、密钥、脱敏姓名不在主题中 · systems, keys and masked names are in no topic: restore them apart"
    )


class _Bar:
    """A progress bar whose length grows as topics are opened."""

    def __enter__(self) -> _Bar:
        self._context: Any = click.progressbar(length=1, label="恢复 recover")
        self._bar: Any = self._context.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._context.__exit__(*raised)

    def show(self, done: int, of: int) -> None:
        self._bar.length = max(of, 1)
        self._bar.update(done - self._bar.pos)
