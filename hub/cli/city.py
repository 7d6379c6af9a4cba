"""``hub city``: the agencies of a city, from a file into the hub and back.

Commands go over HTTP when a hub runs at the configured address, else this process takes the lease for the time it
needs; either way they pass the writer as the operator's. A load is repeatable: the same file again does nothing.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
import urllib3
from sqlalchemy.exc import SQLAlchemyError

from connectors.city import chuxiong
from connectors.city.agency import Agency
from connectors.city.file import CityFile, read, write
from connectors.city.load import LoadRefused, Step, Submit, apply, plan
from connectors.client import Client, HttpTransport
from connectors.errors import ConnectorError, WrongPassword
from connectors.framing import Schemas
from connectors.ids import random_ids
from connectors.messages import Receipt
from hub.aggregates.wire import to_command
from hub.bootstrap import Hub, build, configure_logging
from hub.policy import PackRefused
from hub.settings import Settings
from hub.store import Store
from hub.words import DISSOLVED, HUB_SYSTEM, Answer, text

from . import common, regions

BUILT_IN: Final = "chuxiong"
OPERATOR: Final = "operator-cli"  # the system this command acts through beside a running hub
GONE: Final = frozenset({"hub.store_gone", "hub.store_failed"})
SHOWN: Final = 40  # faults or steps printed


@click.group()
def city() -> None:
    """城市与单位 · the agencies of a city."""


@city.command()
@click.argument("file", metavar="FILE")
@click.option("--dry-run", is_flag=True, help="只检查，不写入 · say what would be done, write nothing")
@click.option("--city-elsewhere", is_flag=True, help="单位不在 HUB_CITY 也载入 · load though most are not in HUB_CITY")
def load(file: str, dry_run: bool, city_elsewhere: bool) -> None:
    """Load the agencies of FILE (CSV), or the built-in city `chuxiong`.

    Columns: code, name, kind, level, region, superior, competences, mediators, seal. New agencies are registered,
    changed ones amended, others untouched. Faults are printed as line, field, code; then nothing is loaded at all.
    Case numbers begin with HUB_CITY: a file whose agencies lie mostly elsewhere is refused.
    """
    settings = common.read_settings()
    with common.opened_store(settings) as store:
        known, dissolved = _known(store)
    agencies = _agencies(file, known, dissolved)
    if not city_elsewhere:
        _is_here(settings, {**known, **{a.code: a for a in agencies}})
    steps = plan(agencies, known)
    _say_plan(steps, dry_run)
    if dry_run or not steps:
        return
    common.usable(settings)
    with _door(settings) as submit, click.progressbar(length=len(steps), label="写入 · loading") as bar:
        try:
            done = apply(steps, submit, lambda step: bar.update(1))
        except LoadRefused as why:
            raise click.ClickException(f"被拒绝，此前各步有效 · refused, what came before stands: {why}") from None
        except ConnectorError as why:
            raise (common.store_gone(settings, why.code) if why.code in GONE else common.Missing(str(why))) from None
    click.echo(f"完成 · done: {done}")


@city.command()
@click.option("--csv", "as_csv", is_flag=True, help="导出文件 · the file `load` takes, on standard output")
def show(as_csv: bool) -> None:
    """Show what the hub knows: how many agencies of which kind and level."""
    with common.opened_store(common.read_settings()) as store:
        known, _ = _known(store)
    if as_csv:
        sys.stdout.buffer.write(write(known.values()))
        return
    if not known:
        click.echo("还没有单位；用 hub city load chuxiong 载入 · none yet; load one with hub city load chuxiong")
    for (kind, level), n in sorted(Counter((a.kind, a.level) for a in known.values()).items()):
        click.echo(f"{n:>6}  {kind:<22} {level}")
    if known:
        click.echo(f"{len(known):>6}  {'合计 · all':<20}")


def _agencies(file: str, known: dict[str, Agency], dissolved: set[str]) -> list[Agency]:
    path = Path(file)
    try:
        raw = write(chuxiong.build()) if file == BUILT_IN and not path.exists() else path.read_bytes()
    except OSError as why:
        raise click.BadParameter(f"{path}: {why.strerror}", param_hint="FILE") from None
    found: CityFile = read(raw, known, dissolved)
    for fault in found.faults[:SHOWN]:
        line = f"{path}:{fault.row}: {fault.field or '-'}: {common.explained(fault.code)}"
        click.echo(f"{line} ({fault.detail})" if fault.detail else line, err=True)
    if found.faults:
        raise click.ClickException(f"{len(found.faults)} 处有误，未载入 · faults, nothing was loaded")
    return found.agencies


def _is_here(settings: Settings, agencies: dict[str, Agency]) -> None:
    """ClickException when most agencies lie in another city than the one that case numbers would begin with."""
    found = regions.elsewhere(settings, (a.region for a in agencies.values()))
    if found:
        raise click.ClickException(
            f"未载入：单位多在 {found}，案件编号将以 {settings.city} 开头；请设 HUB_CITY={found}，或加 "
            "--city-elsewhere · "
            f"most agencies are in {found}, case numbers would begin with {settings.city}: nothing was loaded; set "
            f"HUB_CITY={found} (also for serve), or say --city-elsewhere"
        )


def _say_plan(steps: list[Step], dry_run: bool) -> None:
    count = Counter(step.act for step in steps)
    click.echo(f"登记 register {count['register']}，变更 amend {count['amend']}")
    if dry_run:
        for step in steps[:SHOWN]:
            click.echo(f"  {step.act:<8} {step.agency.code:<24} {step.agency.name}  {', '.join(step.changed)}".rstrip())
        if len(steps) > SHOWN:
            click.echo(f"  … {len(steps) - SHOWN}")


def _known(store: Store) -> tuple[dict[str, Agency], set[str]]:
    """The registered agencies by code, as a file would have them; and the codes of those dissolved."""
    registry = common.registry_of(store)
    codes = {a.id: a.code for a in registry.agencies.values()}
    living = {
        a.code: Agency(
            a.code, a.name, a.kind, a.level, a.region, codes[a.superior] if a.superior else "", a.competences,
            a.mediators, a.seal,
        )
        for a in registry.agencies.values()
        if a.state != DISSOLVED
    }  # fmt: skip
    return living, set(codes.values()) - set(living)


@contextmanager
def _door(settings: Settings) -> Iterator[Submit]:
    """How commands reach the writer: over HTTP when this store's hub answers there, else through a hub of this process.

    A hub that answers there without knowing a key just made in this store is another's: it gets nothing.
    """
    url = common.address(settings)
    if _runs(url):
        with _over_http(settings, url) as client:
            if client is not None:
                yield client.submit
                return
        click.echo(
            f"{url} 上是另一数据目录的枢纽，不经它写入 · another folder's hub answers at {url}: written to "
            f"{common.place(settings)} directly; for serve stop it, or set HUB_HTTP_PORT",
            err=True,
        )
    configure_logging(settings.log_format, "critical")  # what stops the command is its one last line
    try:
        hub = build(settings, by_steps=True)
    except SQLAlchemyError as why:
        raise common.cannot_open(settings, why) from None
    except (PackRefused, OSError) as why:
        raise common.Missing(f"规则包不可用 · the policy pack cannot be used: {why}") from None
    try:
        if not hub.start(wait=20.0):
            reasons = ", ".join(f"{r.code} {r.detail}".strip() for r in hub.ready()) or "another process writes"
            raise common.Missing(f"此刻不能写入 · cannot write now: {reasons}")
        yield _in_process(hub)
    finally:
        hub.stop()


def _runs(url: str) -> bool:
    try:
        return urllib3.request("GET", f"{url}/livez", timeout=2.0, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


@contextmanager
def _over_http(settings: Settings, url: str) -> Iterator[Client | None]:
    """As an operator with a key made for this command and revoked after it; None where the hub does not know it."""
    with common.opened_store(settings, makes=True) as store:
        if store.credentials.system(OPERATOR) is None:
            store.credentials.add(OPERATOR, [], ["operator"], common.now())
        key = store.credentials.new_key(OPERATOR, common.now(), "hub city load")
        fingerprint = store.credentials.keys(OPERATOR)[-1].fingerprint
        try:
            with Client(HttpTransport(url, OPERATOR, key), check=False) as client:
                try:
                    client.transport.check()
                except WrongPassword:
                    yield None
                except ConnectorError as why:
                    raise common.Missing(f"{url}: {why}") from None
                else:
                    yield client
        finally:
            store.credentials.revoke_key(OPERATOR, fingerprint, common.now())


def _in_process(hub: Hub) -> Submit:
    schemas = Schemas.packaged()

    def submit(type: str, **fields: Any) -> Receipt:
        record = schemas.get("command", type)
        whole = {"command_id": random_ids(), "occurred_at": hub.clock.now(), **fields}
        schema, values = hub.contract.from_json("command", type, record.json(whole))
        outcome = hub.desk.ask([to_command(hub.contract, HUB_SYSTEM, schema, values)])[0]
        if not isinstance(outcome, Answer):
            raise ConnectorError(f"incident {outcome.incident}", code=outcome.code)
        dispute = None if outcome.dispute is None else text(outcome.dispute)
        return Receipt(
            whole["command_id"], outcome.outcome, outcome.code, outcome.field, outcome.detail, dispute,
            outcome.version, outcome.position, outcome.recorded_at,
        )  # fmt: skip

    return submit
