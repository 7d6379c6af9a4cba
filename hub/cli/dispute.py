"""``hub dispute why``: every running limit of a dispute explained day by day, from the store or over HTTP."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import click
import urllib3

from hub.aggregates.agency.registry import Registry
from hub.contract import load
from hub.contract.jsonform import micros
from hub.projections import Missing, Views
from hub.settings import Settings
from hub.web.api.explained import limit_told
from hub.web.history import fold
from hub.web.pages import when
from hub.web.pages.dispute.why import basis_of
from hub.web.pages.messages import say
from hub.web.pages.render import label
from hub.web.running import limits
from hub.words import AgencyId, ident, text

from . import common, policy

WHY: Final = {"first": "case.start_day", "weekend": "case.day_rest"}
SECONDS: Final = 30.0


@click.group()
def dispute() -> None:
    """纠纷 · one dispute."""


@dispute.command()
@click.argument("dispute", metavar="NUMBER-OR-ID")
@click.option("--limit", "name", metavar="NAME", help="只看这一条 · only this limit, e.g. accept or feedback-2")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--url", help="从在运行的枢纽读 · ask a running hub, e.g. http://127.0.0.1:8080")
@click.option("--key-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="API key for --url")
@click.option("--json", "as_json", is_flag=True, help="machine-readable, as /v1/disputes/{id}/limits answers")
def why(dispute: str, name: str | None, lang: str, url: str | None, key_file: Path | None, as_json: bool) -> None:
    """Explain why each running limit of a dispute ends when it does, day by day."""
    if (url is None) is not (key_file is None):
        raise click.UsageError("--url 与 --key-file 须一起给出 · go together")
    settings = common.read_settings()
    dispute = whole(settings, dispute)
    if url is not None and key_file is not None:
        found = _over_http(url, key_file.read_text(encoding="utf-8").strip(), dispute)
    else:
        found = _from_store(settings, dispute)
    items = [item for item in found["items"] if name in (None, item["key"], item["obligation"])]
    if name is not None and not items:
        keys = ", ".join(item["key"] for item in found["items"]) or "-"
        raise click.ClickException(f"没有这条在走的时限 · no such running limit; there are: {keys}")
    if as_json:
        common.as_json({**found, "items": items})
        return
    if not items:
        click.echo("没有在走的时限 · no limit runs")
    for item in items:
        _show(item, lang)


def whole(settings: Settings, asked: str) -> str:
    """A number as pages show it, 2026-00122, with the city's code in front; anything else as it is."""
    return f"{settings.city}-{asked}" if re.fullmatch(r"\d{4}-\d{5,}", asked, re.ASCII) else asked


def _over_http(url: str, key: str, asked: str) -> dict[str, Any]:
    try:
        stream = text(ident(asked))
    except ValueError:
        stream = _numbered_over_http(url, key, asked)
    return _get(url, key, f"/v1/disputes/{stream}/limits")


def _numbered_over_http(url: str, key: str, number: str) -> str:
    """The id behind a number, from the lists the key may read."""
    cursor = ""
    while True:
        page = _get(url, key, f"/v1/disputes?limit=500{cursor}")
        for row in page["items"]:
            if row["number"] == number:
                return str(row["dispute"])
        if page["next"] is None:
            raise click.ClickException(common.explained("dispute.unknown"))
        cursor = f"&cursor={quote(page['next'])}"


def _get(url: str, key: str, path: str) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {key}"}
    try:
        answer = urllib3.request("GET", url.rstrip("/") + path, headers=headers, timeout=SECONDS, retries=False)
        found = answer.json()
    except (urllib3.exceptions.HTTPError, ValueError) as failed:
        raise common.Missing(f"{url}: {type(failed).__name__}") from None
    if not isinstance(found, dict):
        raise common.Missing(f"{url}: 不是枢纽 · no hub answers there")
    if answer.status != 200:
        raise click.ClickException(f"{found.get('code', answer.status)}: {found.get('title', '')}")
    return found


def _from_store(settings: Settings, asked: str) -> dict[str, Any]:
    contract, rules = load(), policy.read()
    with common.opened_store(settings) as store:
        try:
            stream = ident(asked)
        except ValueError:
            stream = _numbered(settings, asked)
        case = fold(contract, store.events([stream]))
        if case is None:
            raise click.ClickException(common.explained("dispute.unknown"))
        registry = common.registry_of(store)
    return {
        "dispute": text(stream),
        "version": case.state.version,
        "items": [limit_told(limit, rules, lambda a: _agency(registry, a)) for limit in limits(case, rules)],
    }


def _basis(item: dict[str, Any], lang: str) -> str:
    """As the dispute's page says it: in Chinese the laws themselves, not the pack's English words about them."""
    if not item["basis"]:
        return say(lang, "case.basis_unknown", pack=item["pack"])
    rests = basis_of(item["basis"])
    if lang == "en" or not (rests.default or rests.laws):
        return str(item["basis"])
    if not rests.default:
        return rests.laws
    after = say(lang, "case.basis_after", laws=rests.laws) if rests.laws else ""
    return say(lang, "case.basis_default") + after


def _numbered(settings: Settings, number: str) -> bytes:
    with common.standing(settings) as found:
        views = Views(found.views_url, load())
        try:
            stream = views.custody.numbered(number)
        except Missing:
            stream = None
        finally:
            views.close()
    if stream is None:
        raise click.ClickException(common.explained("dispute.unknown"))
    return stream


def _agency(registry: Registry, agency: bytes | None) -> dict[str, Any] | None:
    if agency is None:
        return None
    known = registry.agency(AgencyId(agency))
    return {"id": text(agency), "code": known.code if known else "", "name": known.name if known else ""}


def _show(item: dict[str, Any], lang: str) -> None:
    name = say(lang, f"case.o_{item['obligation']}")
    debtor = item["debtor"]["name"] or item["debtor"]["id"]
    owed = f" → {item['creditor']['name']}" if item["creditor"] else ""
    click.echo(f"{item['key']}  {name}  {debtor}{owed}")
    _line(lang, "case.end", when.until(lang, micros(item["due_at"])))
    _line(lang, "case.rule", item["rule"])
    _line(lang, "case.pack", item["pack"])
    _line(lang, "case.calendar", item["calendar"])
    _line(lang, "case.basis", _basis(item, lang))
    for key in ("service", "legal"):
        if item[key]:
            since, end = (micros(item[key][name]) for name in ("since", "due_at"))
            span = f"{when.exact(lang, since)} → {when.until(lang, end)}"
            _line(lang, f"case.clock_{key}", f"{span}  {item[key]['rule']}")
    changes = [change for change in item["changes"] if change["change"] == "extended"]
    for n, count in enumerate(item["counts"]):
        if n and n <= len(changes):
            cause = label(lang, "extension_causes", changes[n - 1]["cause"])
            old = when.until(lang, micros(changes[n - 1]["old_due_at"]))
            click.echo(f"  + {say(lang, 'case.longer', n=changes[n - 1]['days'], cause=cause, old=old)}")
        for line in count["days"]:
            click.echo(f"  {_day(line, lang)}")
    if not item["counts"]:
        click.echo(f"  {say(lang, 'case.unchecked', pack=item['pack'])}")
    elif item["recounted"] == item["due_at"]:
        click.echo(f"  {say(lang, 'case.checked')}")
    elif item["recounted"] is not None:
        click.echo(f"  {say(lang, 'case.unequal', at=when.until(lang, micros(item['recounted'])))}")
    click.echo("")


def _line(lang: str, key: str, value: str) -> None:
    click.echo(f"  {say(lang, key)}: {value}")


def _day(line: dict[str, Any], lang: str) -> str:
    at = micros(f"{line['date']}T00:00:00.000000Z") - 8 * 3_600_000_000
    if line["hours"] is not None and line["why"] != "paused":
        words = say(lang, "case.hours", n=f"{line['hours']:.1f}".removesuffix(".0"))
    elif line["counted"]:
        words = str(line["counted"])
    elif line["why"] == "paused":
        words = "、".join(label(lang, "pause_reasons", reason) for reason in line["paused"])
    elif line["why"] in WHY:
        words = say(lang, WHY[line["why"]])
    else:
        words = say(lang, "case.day_rolled")
    name = line["zh"] if lang == "zh" else line["en"]
    loose = f"  {say(lang, 'rules.d_loose')}" if line["provisional"] else ""
    return f"{line['date']} {when.weekday(lang, at)}  {words:<8} {name}{loose}".rstrip()
