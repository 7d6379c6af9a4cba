"""What every command needs: settings, the store, and errors that say in one line what to do."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click
from pydantic import ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from hub.aggregates.agency.registry import Registry
from hub.aggregates.decide import Interner, enrolled
from hub.contract import load
from hub.settings import Settings
from hub.store import Store, open_store
from hub.web.problems import entry

FAILED: Final = 1
ENVIRONMENT: Final = 3
DEMONSTRATION: Final = Path("out/hub")
DEMONSTRATION_MARK: Final = "demo.json"


class Missing(click.ClickException):
    """Something of the environment is not there: exit code 3."""

    exit_code = ENVIRONMENT


def read_settings() -> Settings:
    """The settings from ``hub.toml`` and ``HUB_...``. UsageError naming each bad option (never its value).

    Where nobody named a folder or a database and there is none yet, the demonstration's is taken, if there is one.
    """
    try:
        made = Settings()
        if not takes_demonstration(made) or not is_demonstration(DEMONSTRATION):
            return made
        click.echo(
            f"使用演示数据 {DEMONSTRATION}（设 HUB_HOME 可换）· the demonstration's data; HUB_HOME for others", err=True
        )
        return Settings(home=DEMONSTRATION)
    except ValidationError as why:
        lines = [f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in why.errors()]
        raise click.UsageError("设置有误 · bad settings\n  " + "\n  ".join(lines)) from None


def is_demonstration(home: Path) -> bool:
    """Whether a folder is a demonstration's."""
    return (home / DEMONSTRATION_MARK).is_file()


def takes_demonstration(settings: Settings) -> bool:
    """Whether these settings leave it open where the data lies: no folder named, no database, nothing there yet."""
    return not ("home" in settings.model_fields_set or settings.database or (settings.home / "hub.db").exists())


@contextmanager
def opened_store(settings: Settings, *, makes: bool = False) -> Iterator[Store]:
    """The store, closed at the end. Missing when the database cannot be reached.

    Only with ``makes`` a SQLite store that is not there is made; else it reads as an empty one, and nothing is left.
    """
    if makes:
        usable(settings)
    with contextlib.nullcontext(settings) if makes else standing(settings) as found:
        try:
            store = open_store(found.store_url)
        except (SQLAlchemyError, OSError) as why:
            raise cannot_open(settings, why) from None
        try:
            yield store
        finally:
            store.close()


@contextmanager
def standing(settings: Settings) -> Iterator[Settings]:
    """These settings; where their SQLite store is not there, those of an empty folder that is gone afterwards."""
    file = database_file(settings)
    if file is None or file.exists():
        yield settings
        return
    if file.parent.exists():
        usable(settings)
    click.echo(f"{file} 尚不存在 · is not there yet", err=True)
    with tempfile.TemporaryDirectory(prefix="hub-empty-") as scratch:
        yield settings.model_copy(update={"home": Path(scratch), "database": ""})


def database_file(settings: Settings) -> Path | None:
    """The file of a SQLite store; None for another database."""
    return Path(made) if (made := settings.store_url.removeprefix("sqlite:///")) != settings.store_url else None


def usable(settings: Settings) -> None:
    """The folder of a SQLite store is there, made if need be. Missing, naming path and cause, when it cannot be."""
    file = database_file(settings)
    if file is None:
        return
    try:
        if file.parent.exists() and not file.parent.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "不是文件夹 · not a folder")
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as why:
        raise cannot_open(settings, why) from None


def cannot_open(settings: Settings, why: Exception) -> Missing:
    """One line for a store that cannot be opened: where, why, and on a full disk how much is left."""
    cause = why.strerror if isinstance(why, OSError) else getattr(why, "orig", None) or type(why).__name__
    file = database_file(settings)
    if file is None:
        said = f"存储不可达 · cannot open {shown(settings.store_url)}: {type(why).__name__}"
    else:
        left = _space(file) if "full" in str(cause) or "No space" in str(cause) else ""
        if file.parent.is_dir() and not os.access(file.parent, os.W_OK):
            left = "（只读或无写权限 · read-only, or no right to write there）"
        said = f"数据目录不可用 · cannot use HUB_HOME: {file.parent}: {cause}{left}"
    return Missing(said)


def store_gone(settings: Settings, why: str) -> Missing:
    """One line for a store that no longer takes anything: where it lies and what is free there."""
    file = database_file(settings)
    where = shown(settings.store_url) if file is None else f"{file}{_space(file)}"
    return Missing(f"{why}: {where}；此前各步有效，排除后重做即可 · what came before stands: mend it, run this again")


def place(settings: Settings) -> str:
    """Where the data lies: the folder, or the database without its password."""
    file = database_file(settings)
    return shown(settings.store_url) if file is None else str(file.parent)


def _space(file: Path) -> str:
    folder = file.parent
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    try:
        return f" (剩余空间 · free: {shutil.disk_usage(folder).free >> 20} MiB)"
    except OSError:
        return ""


def explained(code: str) -> str:
    """A stable code with its words in both languages and what to do about it."""
    line = entry(code)
    return f"{code}: {line.zh}；{line.do_zh} · {line.en}; {line.do_en[:1].lower()}{line.do_en[1:]}"


def registry_of(store: Store) -> Registry:
    """The registry of agencies as the log has it."""
    return enrolled(Registry(), load(), store.agencies(), Interner())


def address(settings: Settings) -> str:
    """Where a hub with these settings answers on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.http_host, settings.http_host)
    return f"http://{host}:{settings.http_port}"


def shown(url: str) -> str:
    """A database URL without its password."""
    return make_url(url).render_as_string(hide_password=True)


def now() -> int:
    """The present instant, microseconds UTC."""
    return round(datetime.now(UTC).timestamp() * 1_000_000)


def day(instant: int | None) -> str:
    """An instant as lists show it, UTC; "-" for none."""
    if instant is None:
        return "-"
    return datetime.fromtimestamp(instant / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M")


def as_json(value: Any) -> None:
    """One JSON document on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
