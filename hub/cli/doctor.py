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
from hub.log.port import LogUnavailable
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


class Finding(NamedTuple):
    """One line: what was looked at, how it is, and what to do when it is not well."""

    check: str
    state: str
    says: str
    remedy: str = ""


def _python(settings: Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    return Finding("python", OK if good else FAILED, version, "" if good else "install Python 3.11 or newer")


def _schemas(settings: Settings) -> Finding:
    try:
        contract = load()
    except (SchemaRefused, OSError, ValueError) as why:
        return Finding("schemas", FAILED, str(why), "install the package anew: its schemas are damaged")
    return Finding("schemas", OK, f"{len(contract.by_id)} record types")


def _pack(settings: Settings) -> Finding:
    try:
        pack = read_rules(settings).at(time.time_ns() // 1_000)
    except (PackRefused, OSError, ValueError) as why:
        return Finding("pack", FAILED, str(why), "correct the file that HUB_PACK names, or unset it")
    return Finding("pack", OK, f"{pack.id}, calendar {pack.calendar.version}")


def _home(settings: Settings) -> Finding:
    folder = settings.home if settings.home.exists() else settings.home.absolute().parent
    while not folder.exists():
        folder = folder.parent
    probe = folder / ".hub-doctor"
    try:
        probe.touch()
        probe.unlink()
    except OSError as why:
        return Finding("home", FAILED, f"{folder}: {why.strerror}", "let this user write there, or set HUB_HOME")
    free = shutil.disk_usage(folder).free
    if free < LITTLE_SPACE:
        return Finding(
            "home", WARNING, f"{free >> 20} MiB free under {folder}", "make room: a full disk stops the writer"
        )
    return Finding("home", OK, f"{settings.home}, {free >> 30} GiB free")


def _database(settings: Settings) -> Finding:
    shown = common.shown(settings.store_url)
    if settings.store_url.startswith("sqlite"):
        good = sqlite3.sqlite_version_info >= OLDEST_SQLITE
        if not good:
            return Finding("database", FAILED, f"SQLite {sqlite3.sqlite_version}", "SQLite 3.35 or newer is needed")
        path = Path(settings.store_url.removeprefix("sqlite:///"))
        state = "exists" if path.exists() else "is made at the first start"
        return Finding("database", OK, f"SQLite {sqlite3.sqlite_version}, {path} {state}")
    engine = create_engine(settings.store_url, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            number = int(connection.execute(text("show server_version_num")).scalar_one())
            durable = connection.execute(text("show fsync")).scalar_one() == "on"
    except SQLAlchemyError as why:
        return Finding(
            "database", FAILED, f"{shown}: {type(why).__name__}", "start it; check address, user and password"
        )
    finally:
        engine.dispose()
    if number < OLDEST_POSTGRES:
        return Finding("database", FAILED, f"PostgreSQL {number // 10_000}", "PostgreSQL 15 or newer is needed")
    if not durable:
        return Finding(
            "database", FAILED, "fsync is off", "set fsync = on: without it a power cut loses what was answered"
        )
    return Finding("database", OK, f"PostgreSQL {number // 10_000} at {shown}")


def _kafka(settings: Settings) -> Finding:
    access = broker(settings)
    if access is None:
        return Finding("kafka", OK, "not used: the table log is the log")
    admin = Admin(access)
    try:
        found = admin.ids([access.topics.events])
    except LogUnavailable as why:
        return Finding("kafka", FAILED, str(why), "start the broker, or correct HUB_KAFKA, user, password and rights")
    finally:
        admin.close()
    if not found:
        return Finding("kafka", WARNING, f"{access.topics.events} does not exist yet", "made at the first start")
    ahead = _ahead(settings, access)
    if ahead:
        return Finding(
            "kafka", FAILED, f"{access.topics.events} holds position {ahead}, which the database lacks",
            "a restored copy: stop the hub, run hub recover --from-kafka; or HUB_DATABASE, HUB_HOME name another one",
        )  # fmt: skip
    return Finding("kafka", OK, f"{settings.kafka}, {access.topics.events} is there")


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
            return Finding("port", WARNING, f"{where}: {why.strerror}", "something else listens: set HUB_HTTP_PORT")
        reasons = ", ".join(reason["code"] for reason in hub["reasons"])
        if reasons:
            return Finding("port", WARNING, f"the hub at {where} takes no commands: {reasons}", f"see {where}/readyz")
        return Finding("port", OK, f"a hub runs at {where} and takes commands")
    return Finding("port", OK, f"{where} is free")


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
        return Finding("clock", FAILED, why.message, "see the database's line")
    if behind > 2:
        return Finding(
            "clock", FAILED if behind > 300 else WARNING, f"{behind} s behind the last event", "set the clock"
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
            yield Finding(check.__name__.strip("_"), FAILED, type(why).__name__, "this check itself broke: report it")


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
