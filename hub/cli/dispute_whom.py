"""``hub dispute whom``: whom a dispute could go to and who is to be told of it, with the reason, from a running hub."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hub.policy.codes import read_codes
from hub.words import ident, text

from . import common
from . import dispute as single

dispute = single.dispute  # the group, with the command below


@dispute.command()
@click.argument("asked", metavar="NUMBER-OR-ID")
@click.option(
    "--spread", type=click.Choice(["village", "county"]), help="当事人跨村、跨县 · how far apart the parties live"
)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--url", required=True, help="在运行的枢纽 · a running hub, e.g. http://127.0.0.1:8080")
@click.option("--key-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="API key")
@click.option("--json", "as_json", is_flag=True, help="machine-readable, as /v1/disputes/{id}/proposals answers")
def whom(asked: str, spread: str | None, lang: str, url: str, key_file: Path, as_json: bool) -> None:
    """Say whom the rules propose as receivers and for a report, and why."""
    key = key_file.read_text(encoding="utf-8").strip()
    try:
        stream = text(ident(asked))
    except ValueError:
        stream = single._numbered_over_http(url, key, single.whole(common.read_settings(), asked))
    query = f"?spread={spread}" if spread else ""
    found = single._get(url, key, f"/v1/disputes/{stream}/proposals{query}")
    if as_json:
        common.as_json(found)
        return
    for title, items in (("移送 · refer to", found["receivers"]), ("报告 · report to", found["recipients"])):
        click.echo(title)
        for item in items:
            click.echo(f"  {item['agency']['name']}  {_why(item, lang)}")
            click.echo(f"    {item['basis']}")
        if not items:
            click.echo("  —")


def _why(item: dict[str, Any], lang: str) -> str:
    names = {**read_codes("routing_reasons").entries, **read_codes("risk_triggers").entries}
    known = ((names.get(reason), reason) for reason in item["reasons"])
    return "、".join(reason if entry is None else (entry.en if lang == "en" else entry.zh) for entry, reason in known)
