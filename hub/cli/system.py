"""``hub system``: which systems may connect, for which agencies, in which roles, with which keys.

Works beside a running hub: it reads the credentials table at most a second later. A key is shown once, when it is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import click

from hub.access import ROLES
from hub.contract import load
from hub.store import Store
from hub.words import HUB_AGENCY, HUB_SYSTEM, agency_id

from . import common
from .agencies import living

NAME: Final = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")  # it is part of Kafka topic names and user names
AS_JSON = click.option("--json", "as_json", is_flag=True, help="machine-readable")


@click.group()
def system() -> None:
    """接入系统 · systems and their API keys."""


@system.command()
@click.argument("name")
@click.option("--agency", "agencies", multiple=True, metavar="CODE", help="单位代码 · agency it serves; repeatable")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="角色 · default: agency; repeatable")
@AS_JSON
def add(name: str, agencies: tuple[str, ...], roles: tuple[str, ...], as_json: bool) -> None:
    """Make a system NAME and its first API key; the key is printed once and stored nowhere.

    A system speaks for the agencies it names, which must be registered; without one it can only do what its roles
    allow (a supervisor reads the city, an operator keeps the registry).
    """
    if not NAME.match(name) or name == HUB_SYSTEM:
        raise click.BadParameter(
            "小写字母、数字、连字符，最多 40 个 · a-z, 0-9 and hyphen, at most 40", param_hint="NAME"
        )
    with common.opened_store(common.read_settings(), makes=not agencies) as store:
        _registered(store, agencies)
        try:
            store.credentials.add(name, [agency_id(code) for code in agencies], roles or ("agency",), common.now())
        except ValueError:
            raise click.ClickException(f"接入系统 {name} 已存在 · system {name} exists") from None
        key = store.credentials.new_key(name, common.now(), "first")
    _show_key(name, key, as_json)
    if not agencies and set(roles) <= {"agency"}:
        click.echo(
            f"未指明单位：它不能为任何单位收发，用 hub system change {name} --agency CODE 补上 · no agency named: it "
            "speaks for nobody and receives nothing until hub system change gives it one",
            err=True,
        )


@system.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """List the systems with their agencies, roles and keys (never a key itself)."""
    with common.opened_store(common.read_settings()) as store:
        codes = _codes(store)
        found: list[dict[str, Any]] = []
        for row in store.credentials.systems().values():
            keys = [
                {"fingerprint": k.fingerprint, "label": k.label, "revoked": k.revoked_at is not None}
                for k in store.credentials.keys(row.name)
            ]
            served = sorted(codes.get(a, a.hex()) for a in row.agencies)
            found.append(
                {
                    "name": row.name,
                    "roles": sorted(row.roles),
                    "agencies": served,
                    "created": common.day(row.created_at),
                    "disabled": row.disabled_at is not None,
                    "keys": keys,
                }
            )
    if as_json:
        common.as_json(found)
        return
    if not found:
        click.echo("还没有接入系统；用 hub system add 建立 · none yet; make one with hub system add")
    for item in found:
        state = "停用 disabled" if item["disabled"] else ",".join(item["roles"])
        click.echo(f"{item['name']:<24} {state:<20} {len(item['agencies'])} 单位 agencies")
        for key in item["keys"]:
            click.echo(f"  {key['fingerprint']} {key['label']}{'  已吊销 revoked' if key['revoked'] else ''}")


@system.command()
@click.argument("name")
@click.option("--agency", "agencies", multiple=True, metavar="CODE", help="replaces all agencies it serves")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="replaces all its roles")
def change(name: str, agencies: tuple[str, ...], roles: tuple[str, ...]) -> None:
    """Give a system other agencies or roles; what is not named stays."""
    with common.opened_store(common.read_settings()) as store:
        _registered(store, agencies)
        ids = [agency_id(code) for code in agencies] if agencies else None
        with _known(name):
            store.credentials.change(name, ids, roles or None)
    click.echo(f"已更改 · changed: {name}")


@system.command()
@click.argument("name")
@click.option("--label", default="", help="what the key is for")
@AS_JSON
def key(name: str, label: str, as_json: bool) -> None:
    """Make a further API key; the old ones go on working until they are revoked."""
    with common.opened_store(common.read_settings()) as store, _known(name):
        made = store.credentials.new_key(name, common.now(), label)
    _show_key(name, made, as_json)


@system.command()
@click.argument("name")
@click.argument("fingerprint", required=False)
def revoke(name: str, fingerprint: str | None) -> None:
    """Revoke one key (FINGERPRINT from `list`), or disable the whole system."""
    with common.opened_store(common.read_settings()) as store, _known(name):
        if fingerprint is None:
            store.credentials.disable(name, common.now())
            click.echo(f"已停用 · disabled: {name}")
            return
        if not re.fullmatch("[0-9a-f]{8,64}", fingerprint):
            raise click.BadParameter("8 位十六进制 · 8 hex digits", param_hint="FINGERPRINT")
        if not store.credentials.revoke_key(name, fingerprint, common.now()):
            raise click.ClickException("没有这把密钥 · no such key")
    click.echo(f"已吊销 · revoked: {fingerprint}")


def _registered(store: Store, codes: Iterable[str]) -> None:
    """BadParameter unless each is a living agency. In the hub's own name speak the operator and the steward only."""
    wanted = tuple(codes)
    registry = common.registry_of(store) if wanted else None
    for code in wanted:
        if agency_id(code) == HUB_AGENCY:
            raise click.BadParameter("不是单位 · the hub is not an agency", param_hint="--agency")
        assert registry is not None
        living(registry, code)


@contextmanager
def _known(name: str) -> Iterator[None]:
    """Turns the store's KeyError into one line."""
    try:
        yield
    except KeyError:
        raise click.ClickException(f"没有接入系统 {name} · no system {name}") from None


def _show_key(name: str, made: str, as_json: bool) -> None:
    if as_json:
        common.as_json({"system": name, "key": made})
        return
    click.echo(made)
    click.echo("密钥只显示这一次，请妥善保存 · shown only this once, keep it safe", err=True)


def _codes(store: Store) -> dict[bytes, str]:
    contract = load()
    pick = contract.picker({"agency.registered": ("code",)})
    found = {}
    for event in store.agencies():
        picked = pick(event.body)
        if picked is not None:
            found[event.stream] = str(picked[1][0])
    return found
