"""``hub doctor``: checks what the hub needs and says, line by line, what is wrong and what to do. Changes nothing.

Exit code 0: nothing is wrong (warnings are allowed); 1: a check failed.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
import urllib3
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from hub.bootstrap.hub import broker, read_rules
from hub.bootstrap.serving import listen
from hub.contract import SchemaRefused, load
from hub.log.access import Access, Admin
from hub.log.kafka import KafkaLog
from hub.log.port import UNAUTHORIZED, LogUnavailable
from hub.policy import PackRefused
from hub.settings import Settings

from . import common

OK: Final = "ok"
WARNING: Final = "warning"
FAILED: Final = "failed"
MARKS: Final = {OK: "✓", WARNING: "!", FAILED: "✗"}
LITTLE_SPACE: Final = 1 << 30  # bytes
OLDEST_POSTGRES: Final = 150_000  # server_version_num of PostgreSQL 15
OLDEST_SQLITE: Final = (3, 35, 0)  # RETURNING
TOPIC_SECONDS: Final = 3.0  # for a record behind the last one stored
PORT_SECONDS: Final = 1.0  # for whoever listens on the port

DO: Final = {  # what to do, in Chinese and English
    "new_python": "安装 Python 3.11 或更新版本 · install Python 3.11 or newer",
    "anew": "重装本软件，格式文件已损坏 · install anew: its schemas are damaged",
    "pack": "改正 HUB_PACK 所指文件，或不设此项 · correct the file that HUB_PACK names, or unset it",
    "writable": "让本用户可写该目录，或设 HUB_HOME · let this user write there, or set HUB_HOME",
    "room": "腾出空间：磁盘满则停止写入 · make room: a full disk stops the writer",
    "new_sqlite": "须 SQLite 3.35 或更新版本 · SQLite 3.35 or newer is needed",
    "start_database": "启动数据库；核对地址、用户、口令 · start it; check address, user and password",
    "new_postgres": "须 PostgreSQL 15 或更新版本 · PostgreSQL 15 or newer is needed",
    "fsync": "设 fsync = on，否则断电丢失已答复的 · set fsync = on: without it a power cut loses what was answered",
    "made": "首次启动时建立 · made at the first start",
    "taken": "已被占用，设 HUB_HTTP_PORT 换端口 · something else listens: set HUB_HTTP_PORT",
    "database_line": "见数据库一行 · see the database's line",
    "clock": "校准时钟 · set the clock",
    "broke": "此项检查本身出错，请报告 · this check itself broke: report it",
    "let_in": "核对 HUB_KAFKA_USER、口令与权限 · check HUB_KAFKA_USER, its password and rights (hub kafka acl)",
    "start_broker": "启动代理，或改正 HUB_KAFKA · start the broker, or correct HUB_KAFKA",
    "copy": "库是旧副本：停枢纽，运行 hub recover --from-kafka；或 HUB_DATABASE、HUB_HOME 指错 · "
    "a restored copy: stop the hub, run hub recover --from-kafka; or HUB_DATABASE, HUB_HOME name another one",
}


class Finding(NamedTuple):
    """One line: what was looked at, how it is, and what to do when it is not well."""

    check: str
    state: str
    says: str
    remedy: str = ""


def _python(settings: Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    return Finding("python", OK if good else FAILED, version, "" if good else DO["new_python"])


def _schemas(settings: Settings) -> Finding:
    try:
        contract = load()
    except (SchemaRefused, OSError, ValueError) as why:
        return Finding("schemas", FAILED, str(why), DO["anew"])
    return Finding("schemas", OK, f"{len(contract.by_id)} 种记录 · record types")


def _pack(settings: Settings) -> Finding:
    try:
        pack = read_rules(settings).at(time.time_ns() // 1_000)
    except (PackRefused, OSError, ValueError) as why:
        return Finding("pack", FAILED, str(why), DO["pack"])
    return Finding("pack", OK, f"{pack.id}，日历 · calendar {pack.calendar.version}")


def _home(settings: Settings) -> Finding:
    folder = settings.home if settings.home.exists() else settings.home.absolute().parent
    while not folder.exists():
        folder = folder.parent
    probe = folder / ".hub-doctor"
    try:
        probe.touch()
        probe.unlink()
    except OSError as why:
        return Finding("home", FAILED, f"{folder}: {why.strerror}", DO["writable"])
    free = shutil.disk_usage(folder).free
    if free < LITTLE_SPACE:
        return Finding("home", WARNING, f"{folder} 仅余 · free: {free >> 20} MiB", DO["room"])
    return Finding("home", OK, f"{settings.home}，可用 · free: {free >> 30} GiB")


def _database(settings: Settings) -> Finding:
    shown = common.shown(settings.store_url)
    if settings.store_url.startswith("sqlite"):
        good = sqlite3.sqlite_version_info >= OLDEST_SQLITE
        if not good:
            return Finding("database", FAILED, f"SQLite {sqlite3.sqlite_version}", DO["new_sqlite"])
        path = Path(settings.store_url.removeprefix("sqlite:///"))
        state = "已有 · exists" if path.exists() else DO["made"]
        return Finding("database", OK, f"SQLite {sqlite3.sqlite_version}, {path}: {state}")
    engine = create_engine(settings.store_url, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            number = int(connection.execute(text("show server_version_num")).scalar_one())
            durable = connection.execute(text("show fsync")).scalar_one() == "on"
    except SQLAlchemyError as why:
        return Finding("database", FAILED, f"{shown}: {type(why).__name__}", DO["start_database"])
    finally:
        engine.dispose()
    if number < OLDEST_POSTGRES:
        return Finding("database", FAILED, f"PostgreSQL {number // 10_000}", DO["new_postgres"])
    if not durable:
        return Finding("database", FAILED, "fsync = off", DO["fsync"])
    return Finding("database", OK, f"PostgreSQL {number // 10_000}, {shown}")


def _kafka(settings: Settings) -> Finding:
    access = broker(settings)
    if access is None:
        return Finding("kafka", OK, "未使用，以库内日志为准 · not used: the table log is the log")
    admin = Admin(access)
    try:
        found = admin.ids([access.topics.events])
    except LogUnavailable as why:
        return Finding("kafka", FAILED, str(why), DO["let_in" if why.problem.code == UNAUTHORIZED else "start_broker"])
    finally:
        admin.close()
    if not found:
        return Finding(
            "kafka", WARNING, f"{access.topics.events} 尚不存在 · does not exist yet",
            DO["made"],
        )  # fmt: skip
    ahead = _ahead(settings, access)
    if ahead:
        return Finding(
            "kafka", FAILED,
            f"{access.topics.events} 有序号 {ahead}，库中没有 · holds position {ahead}, which the database lacks",
            DO["copy"],
        )  # fmt: skip
    return Finding("kafka", OK, f"{settings.kafka}, {access.topics.events}")


def _ahead(settings: Settings, access: Access) -> int:
    """A position that is on the topic and not in the store, 0 = none: what serve would call ``log.ahead_of_store``."""
    log = KafkaLog(access, load())
    try:
        found = log.read(_stored(settings), 1, TOPIC_SECONDS)
    finally:
        log.close()
    # A hub at work may have stored it in the meantime: it stores before it publishes.
    return found[0].position if found and found[0].position > _stored(settings) else 0


def _stored(settings: Settings) -> int:
    """The last position of the database; 0 where there is none yet."""
    path = common.database_file(settings)
    if path is not None and not path.exists():
        return 0
    with common.opened_store(settings) as store:
        return store.position()


def _port(settings: Settings) -> Finding:
    where = f"{settings.http_host}:{settings.http_port}"
    try:
        listen(settings.http_host, settings.http_port).close()
    except OSError as why:
        hub = _hub_there(settings)
        if hub is None:
            remedy = DO["taken"]
            return Finding("port", WARNING, f"{where}: {why.strerror}", remedy)
        reasons = ", ".join(reason["code"] for reason in hub["reasons"])
        if reasons:
            says = f"{where} 的枢纽不受理命令 · the hub there takes no commands: {reasons}"
            return Finding("port", WARNING, says, f"见 · see {where}/readyz")
        return Finding("port", OK, f"{where} 枢纽运行中，受理命令 · a hub runs there and takes commands")
    return Finding("port", OK, f"{where} 空闲 · is free")


def _hub_there(settings: Settings) -> dict[str, Any] | None:
    """What a hub at this address says of its readiness; None when no hub answers there."""
    try:
        answer = urllib3.request(
            "GET", f"{common.address(settings)}/readyz", timeout=PORT_SECONDS, retries=False, redirect=False
        )
        found = answer.json()
    except (urllib3.exceptions.HTTPError, ValueError):
        return None
    return found if isinstance(found, dict) and {"ready", "reasons"} <= found.keys() else None


def _clock(settings: Settings) -> Finding:
    """The newest recorded instant must not lie in this machine's future: the writer would repeat it for ever."""
    if settings.store_url.startswith("sqlite") and not Path(settings.store_url.removeprefix("sqlite:///")).exists():
        return Finding("clock", OK, f"{common.day(common.now())} UTC")
    try:
        with common.opened_store(settings) as store:
            behind = (store.head().recorded_at - common.now()) // 1_000_000
    except common.Missing as why:
        return Finding("clock", FAILED, why.message, DO["database_line"])
    if behind > 2:
        return Finding(
            "clock",
            FAILED if behind > 300 else WARNING,
            f"比最后一条事件慢 {behind} 秒 · {behind} s behind the last event",
            DO["clock"],
        )
    return Finding("clock", OK, f"{common.day(common.now())} UTC")


CHECKS: Final[tuple[Callable[[Settings], Finding], ...]] = (
    _python, _schemas, _pack, _home, _database, _clock, _kafka, _port,
)  # fmt: skip


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, in order; a check that breaks is a finding too."""
    for check in CHECKS:
        try:
            yield check(settings)
        except Exception as why:
            yield Finding(check.__name__.strip("_"), FAILED, type(why).__name__, DO["broke"])


@click.command()
@click.option("--json", "as_json", is_flag=True, help="machine-readable")
def doctor(as_json: bool) -> None:
    """Check Python, schemas, rules, folders, database, clock, Kafka and port; say what to do."""
    found = list(examine(common.read_settings()))
    if as_json:
        common.as_json([finding._asdict() for finding in found])
    else:
        for finding in found:
            click.echo(f"{MARKS[finding.state]} {finding.check:<9} {finding.says}")
            if finding.remedy:
                click.echo(f"            → {finding.remedy}")
    if any(finding.state == FAILED for finding in found):
        raise SystemExit(common.FAILED)
