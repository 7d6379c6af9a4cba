"""``hub user``: which people may sign in, at which agency, in which role; and the one-time links they start from.

Works beside a running hub: every request looks the person up. A link is shown once, when it is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import click

from hub.access import PEOPLE
from hub.aggregates.agency.registry import Registry
from hub.settings import Settings
from hub.store import Store
from hub.store.people import LINK_LIFE, NAME, Person
from hub.words import AgencyId, agency_id

from . import common
from .agencies import living

AS_JSON = click.option("--json", "as_json", is_flag=True, help="machine-readable")
URL = click.option("--url", metavar="URL", help="网址 · what people open; default: http_host and http_port")
ROLE: Final = click.Choice(PEOPLE)
LONGEST: Final = 40  # characters of a shown name or a duty role


@click.group()
def user() -> None:
    """人员 · people who sign in to the pages."""


@user.command()
@click.argument("name")
@click.option("--shown", required=True, metavar="姓名", help="显示的姓名 · the name shown on pages, never in events")
@click.option("--agency", required=True, metavar="CODE", help="单位代码 · the agency they work at")
@click.option("--role", required=True, type=ROLE, help="经办、督办、审计、运维")
@click.option("--duty", default="", metavar="岗位", help="岗位 · the duty role their acts are recorded with")
@URL
@AS_JSON
def add(name: str, shown: str, agency: str, role: str, duty: str, url: str | None, as_json: bool) -> None:
    """Make a person NAME and print the link with which they choose their password; it works once, for 48 hours."""
    name = name.lower()
    if not NAME.fullmatch(name):
        raise click.BadParameter(
            "小写字母、数字、点、连字符、下划线，最多 40 个 · a-z, 0-9, dot, hyphen, underscore, at most 40",
            param_hint="NAME",
        )
    shown, duty = _words(shown, "--shown"), _words(duty, "--duty", empty=True)
    settings = common.read_settings()
    base = _base(settings, url)
    with common.opened_store(settings) as store:
        ident = living(common.registry_of(store), agency)
        try:
            store.people.add(name, shown, role, ident, duty, common.now())
        except ValueError:
            raise click.ClickException(f"用户 {name} 已存在 · user {name} exists") from None
        _link(store, name, base, as_json)


@user.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """List the people (never a password or a link)."""
    with common.opened_store(common.read_settings()) as store:
        registry = common.registry_of(store)
        found = [_facts(person, registry) for person in store.people.all()]
    if as_json:
        common.as_json(found)
        return
    if not found:
        click.echo("还没有人员；用 hub user add 建立 · none yet; make one with hub user add")
    for item in found:
        state = "停用 disabled" if item["disabled"] else "" if item["password"] else "未设密码 no password yet"
        gone = f"单位已撤销，hub user succeed {item['agency']} → {item['successor']}" if item["successor"] else ""
        words = [item["shown"], item["agency"], item["duty"], state, gone]
        click.echo(f"{item['user']:<20} {item['role']:<11} {'  '.join(word for word in words if word)}")


@user.command()
@click.argument("name")
@URL
@AS_JSON
def link(name: str, url: str | None, as_json: bool) -> None:
    """Make a new one-time link; the one before stops working, the present password works until this one is used."""
    settings = common.read_settings()
    base = _base(settings, url)
    with common.opened_store(settings) as store, _known(name):
        _link(store, name.lower(), base, as_json)


@user.command()
@click.argument("name")
def disable(name: str) -> None:
    """Nobody signs in under NAME any more; sessions and links end at once."""
    with common.opened_store(common.read_settings()) as store, _known(name):
        store.people.disable(name.lower(), common.now())
    click.echo(f"已停用 · disabled: {name}")


@user.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let NAME sign in again, with the password they had."""
    with common.opened_store(common.read_settings()) as store, _known(name):
        store.people.enable(name.lower())
    click.echo(f"已启用 · enabled: {name}")


@user.command()
@click.argument("name")
@click.argument("role", type=ROLE)
@click.option("--agency", metavar="CODE", help="改单位 · and another agency")
@click.option("--duty", metavar="岗位", help="改岗位 · and another duty role")
@click.option("--shown", metavar="姓名", help="改姓名 · and another shown name")
def role(name: str, role: str, agency: str | None, duty: str | None, shown: str | None) -> None:
    """Give NAME another ROLE (and agency, duty role, shown name); it counts with their next request."""
    values: dict[str, Any] = {"role": role}
    if duty is not None:
        values["duty"] = _words(duty, "--duty", empty=True)
    if shown is not None:
        values["shown"] = _words(shown, "--shown")
    with common.opened_store(common.read_settings()) as store, _known(name):
        if agency is not None:
            values["agency"] = living(common.registry_of(store), agency)
        store.people.change(name.lower(), **values)
    click.echo(f"已更改 · changed: {name}")


@user.command()
@click.argument("agency", metavar="CODE")
def succeed(agency: str) -> None:
    """Give everybody of the dissolved agency CODE the same role and duty role at its successor.

    It counts with their next request. Nobody is moved without this: whether the people go where their agency's disputes
    went is for those to say who run the hub.
    """
    with common.opened_store(common.read_settings()) as store:
        registry = common.registry_of(store)
        heir = registry.heir(agency_id(agency))
        if heir is None:
            raise click.BadParameter(f"单位 {agency} 未撤销 · agency {agency} is not dissolved", param_hint="CODE")
        theirs = [person for person in store.people.all() if person.agency == agency_id(agency)]
        for person in theirs:
            store.people.change(person.user, agency=heir.id)
            click.echo(f"{person.user:<20} {agency} → {heir.code}")
    if not theirs:
        click.echo(f"单位 {agency} 没有人员 · nobody is at {agency}")


@user.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="do not ask")
def erase(name: str, yes: bool) -> None:
    """Erase NAME for good, also behind which commands they stood; events name agencies and duty roles only."""
    with common.opened_store(common.read_settings()) as store, _known(name):
        if store.people.person(name.lower()) is None:
            raise KeyError(name)
        if not yes:
            click.confirm("抹去后无法恢复，继续？· this cannot be undone, go on?", abort=True)
        store.people.forget(name.lower())
    click.echo(f"已抹去 · erased: {name}")


def _facts(person: Person, registry: Registry) -> dict[str, Any]:
    known, heir = registry.agency(AgencyId(person.agency)), registry.heir(AgencyId(person.agency))
    return {
        "user": person.user, "shown": person.shown, "role": person.role, "duty": person.duty,
        "agency": known.code if known is not None else person.agency.hex(), "created": common.day(person.created_at),
        "successor": heir.code if heir is not None else None,
        "password": person.has_password, "disabled": person.disabled_at is not None,
    }  # fmt: skip


def _base(settings: Settings, url: str | None) -> str:
    """What a link starts with."""
    if url is None and settings.http_secure:
        raise click.UsageError("http_secure：须以 --url 给出 https 网址 · give the https address with --url")
    if url is None:
        return common.address(settings)
    split = urlsplit(url)
    if split.scheme not in ("http", "https") or not split.netloc or split.query or split.fragment:
        raise click.BadParameter("如 https://hub.example.cn · like https://hub.example.cn", param_hint="--url")
    return url.rstrip("/")


def _words(value: str, option: str, empty: bool = False) -> str:
    """A name as people write it: no control characters, not too long."""
    words = value.strip()
    if len(words) > LONGEST or not words.isprintable() or not (words or empty):
        raise click.BadParameter(f"1 至 {LONGEST} 个字符 · 1 to {LONGEST} printable characters", param_hint=option)
    return words


def _link(store: Store, name: str, base: str, as_json: bool) -> None:
    now = common.now()
    made = f"{base}/welcome/{store.people.new_link(name, now)}"
    if as_json:
        common.as_json({"user": name, "link": made, "expires": common.day(now + LINK_LIFE)})
        return
    click.echo(made)
    click.echo(
        "链接只显示这一次，48 小时内有效，只能用一次 · shown only this once, works once within 48 hours", err=True
    )


@contextmanager
def _known(name: str) -> Iterator[None]:
    """Turns the store's KeyError into one line."""
    try:
        yield
    except KeyError:
        raise click.ClickException(f"没有用户 {name} · no user {name}") from None
