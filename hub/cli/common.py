"""What every command needs: settings, the store, and errors that say in one line what to do."""

from __future__ import annotations

import json
import sys
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
from hub.aggregates.decide import Interner, restore
from hub.aggregates.dispute import events
from hub.contract import load
from hub.settings import Settings
from hub.store import Store, open_store
from hub.web.problems import entry
from hub.words import AgencyId

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
        if "home" in made.model_fields_set or made.database or (made.home / "hub.db").exists():
            return made
        if not is_demonstration(DEMONSTRATION):
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


@contextmanager
def opened_store(settings: Settings) -> Iterator[Store]:
    """The store, closed at the end. Missing when the database cannot be reached."""
    try:
        store = open_store(settings.store_url)
    except SQLAlchemyError as why:
        raise Missing(f"存储不可达 · cannot open {shown(settings.store_url)}: {type(why).__name__}") from None
    try:
        yield store
    finally:
        store.close()


def explained(code: str) -> str:
    """A stable code with its words in both languages and what to do about it."""
    line = entry(code)
    return f"{code}: {line.zh}；{line.do_zh} · {line.en}; {line.do_en[:1].lower()}{line.do_en[1:]}"


def registry_of(store: Store) -> Registry:
    """The registry of agencies as the log has it."""
    contract, registry, intern = load(), Registry(), Interner()
    for row in store.agencies():
        _, event = restore(contract, row.body, intern)
        assert not isinstance(event, events.Event)
        registry = registry.evolve(AgencyId(row.stream), event)
    return registry


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
