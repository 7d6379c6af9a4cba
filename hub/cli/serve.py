"""``hub serve``: run a hub in the foreground until it is told to stop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator, Sequence

import click
import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub.bootstrap import Hub, build, configure_logging
from hub.bootstrap.serving import listen, on_one_processor, server, tune, url_of
from hub.policy import PackRefused
from hub.settings import Settings
from hub.store import StoreError
from hub.words import DISSOLVED
from hub.writer import ShiftedClock

from . import common, regions
from .demo.stage import clock_of, links

log = structlog.get_logger(__name__)


@click.command()
@click.option("--host", help="监听地址 · default: http_host of the settings (127.0.0.1)")
@click.option("--port", type=click.IntRange(0, 65535), help="端口 · default: http_port (8080); 0 = any free one")
@click.option("--wait", default=10.0, show_default=True, help="seconds to wait for the lease before serving reads only")
@click.option("--take-over", is_flag=True, help="接管写入权 · take the lease from a holder that hangs or is cut off")
def serve(host: str | None, port: int | None, wait: float, take_over: bool) -> None:
    """Run the hub: HTTP, writer, views and, where set, Kafka. Ctrl-C or SIGTERM ends it in order."""
    settings = common.read_settings()
    configure_logging(settings.log_format, settings.log_level)
    bound = _bound(host or settings.http_host, settings.http_port if port is None else port)
    common.usable(settings)
    try:
        hub = build(settings, clock_of(settings))
    except SQLAlchemyError as why:
        raise common.cannot_open(settings, why) from None
    except (PackRefused, OSError) as why:
        raise common.Missing(f"规则包不可用 · the policy pack cannot be used: {why}") from None
    try:
        if take_over:
            _take_over(hub)
        with on_one_processor():
            accepting = hub.start(wait)
        if not accepting:
            log.warning("serve.not_accepting", reasons=[r.code for r in hub.health().reasons])
        log.info("serve.listening", url=url_of(bound), docs=f"{url_of(bound)}/docs", data=common.place(settings))
        living = [a.region for a in hub.desk.registry().agencies.values() if a.state != DISSOLVED]
        for remark, fields in remarks(settings, living):
            log.warning(remark, **fields)
        if isinstance(hub.clock, ShiftedClock):
            _welcome(hub, url_of(bound))
        # uvicorn stops on these and then raises them once more: the second time they must not end the process
        # before the writer has stored what it took and given up the lease.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        tune()
        server(hub.app).run(sockets=[bound])
    finally:
        hub.stop()
        log.info("serve.stopped")


def _welcome(hub: Hub, url: str) -> None:
    """On the demonstration's folder: who may look at it, each by a one-time link."""
    click.echo(f"演示的城市 · the demonstration's city: {url}")
    for who, link in links(hub, url):
        click.echo(f"  {who}  {link}")
    click.echo("  链接用一次，自选密码后登录 · each link works once: choose a password and you are in")


def _bound(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as why:
        raise common.Missing(
            f"无法监听 · cannot listen on {host}:{port}: {why.strerror}；先停止占用者，或用 --port、HUB_HTTP_PORT "
            "换端口 · stop what listens there, or take another port with --port or HUB_HTTP_PORT"
        ) from None


def remarks(settings: Settings, regions_of: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """What an operator may have overlooked, as log lines: nothing is here while the demonstration lies elsewhere; case
    numbers begin with another city's code than most agencies'. ``regions_of``: those of the living agencies.
    """
    other = common.DEMONSTRATION.resolve() != settings.home.resolve()
    if not regions_of and other and common.is_demonstration(common.DEMONSTRATION):
        yield "serve.nothing_here_yet", {"demonstration": f"HUB_HOME={common.DEMONSTRATION}"}
    found = regions.elsewhere(settings, regions_of)
    if found:
        yield "serve.city_elsewhere", {"case_numbers": settings.city, "agencies": found, "remedy": f"HUB_CITY={found}"}


def _take_over(hub: Hub) -> None:
    """End the present holder's lease; the head row's new epoch keeps it from writing, should it wake up later."""
    try:
        hub.store.acquire(hub.clock.now(), take_over=True)
    except StoreError as why:
        raise common.Missing(f"无法接管 · cannot take over: {type(why).__name__}") from None
    hub.store.release()
