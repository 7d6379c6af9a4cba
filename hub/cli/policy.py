"""``hub policy``: the packs in force, one in full, a file before it is loaded, what ladders and procedures do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from hub.bootstrap.hub import read_rules
from hub.bootstrap.loaded import Loading, loading_of, loadings
from hub.contract import load
from hub.contract.jsonform import instant
from hub.policy import Pack, PackRefused, Policy
from hub.policy.calendar import CalendarRefused
from hub.policy.ladder import Scheme, read_ladders
from hub.policy.ladder_coverage import coverage as ladder_cells
from hub.policy.procedure_coverage import NOTHING, TAKEN, unreachable
from hub.policy.procedure_coverage import coverage as procedure_cells
from hub.web.api.explained import pack_told, rules

from . import common, policy_check

AS_JSON = click.option("--json", "as_json", is_flag=True, help="machine-readable")
UNITS: Final = {"hour": "小时 h", "day": "日 d", "workday": "工作日 wd", "month": "个月 m"}
EVERY: Final = {
    "week": "每周 week", "half_month": "每半月 half month", "month": "每月 month", "quarter": "每季度 quarter",
    "half_year": "每半年 half-year",
}  # fmt: skip
KINDS: Final = {"law": "法律 law", "seed": "文件 seed", "default": "枢纽默认 hub default"}


@click.group()
def policy() -> None:
    """规则包 · policy packs: what holds, and a file before it is loaded."""


def read() -> Policy:
    """The rules a hub with these settings decides by. ClickException naming what is wrong."""
    try:
        return read_rules(common.read_settings())
    except (PackRefused, CalendarRefused, OSError) as why:
        raise common.Missing(f"规则包不可用 · the policy pack cannot be used: {why}") from None


@policy.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """List the packs with their days, overlay, calendar and ladder; `*` marks the one for clocks that start now."""
    found, now = read(), common.now()
    loaded = _loadings()
    if as_json:
        rows = [pack_told(pack, pack is found.at(now)) for pack in found.packs]
        keys = ("id", "zh", "en", "since", "current", "overlay", "calendar", "ladder")
        common.as_json([
            {key: row[key] for key in keys} | {"limits": len(row["limits"]), "loaded": _first(loaded, row["id"])}
            for row in rows
        ])  # fmt: skip
        return
    for pack, following in zip(found.packs, (*found.packs[1:], None), strict=True):
        mark = "*" if pack is found.at(now) else " "
        click.echo(f"{mark} {pack.id:<26} {_days(pack, following)}  {pack.title[0]}  {pack.title[1]}")
        ladder = pack.ladder.id if pack.ladder is not None else "-"
        click.echo(
            f"    日历 calendar {pack.calendar.version}  阶梯 ladder {ladder}  时限 limits {len(list(rules(pack)))}"
        )
    earlier = [ident for ident, pack in found.known.items() if pack not in found.packs]
    if earlier:
        click.echo(f"  只用于解释旧事件 · only to explain earlier events: {', '.join(earlier)}")
    current = loading_of(found).fingerprint
    for position, at, rules_ in loaded:
        mark = "*" if rules_.fingerprint == current else " "
        what = f"{', '.join(rules_.packs)}  {rules_.calendar}  {rules_.fingerprint[:12]}"
        click.echo(f"{mark} 装载 loaded {common.day(at)} UTC  序号 position {position}  {what}")


def _loadings() -> list[Loading]:
    """Every loading of rules the store tells of; none where there is no store, or it does not answer."""
    settings = common.read_settings()
    file = common.database_file(settings)
    if file is not None and not file.exists():
        return []
    try:
        with common.opened_store(settings) as store:
            return loadings(store, load())
    except common.Missing as why:
        click.echo(why.message, err=True)
        return []


def _first(loaded: Sequence[Loading], pack: str) -> dict[str, Any] | None:
    """Where a pack was loaded first."""
    found = next((entry for entry in loaded if pack in entry.rules.packs), None)
    return None if found is None else {"position": found.position, "at": instant(found.at)}


@policy.command()
@click.argument("pack", required=False)
@AS_JSON
def show(pack: str | None, as_json: bool) -> None:
    """Show PACK (default: that of today) in full: each limit with its article, channels, procedures, ladder."""
    found = read()
    chosen = found.at(common.now()) if pack is None else _named(found, pack)
    if as_json:
        common.as_json(pack_told(chosen, chosen is found.at(common.now())))
        return
    click.echo(f"{chosen.id}  {chosen.title[0]}  {chosen.title[1]}  日历 calendar {chosen.calendar.version}")
    click.echo("\n时限 limits")
    for obligation, channel, kind, limit in rules(chosen):
        whom = " ".join(filter(None, (obligation, channel, kind)))
        amount = f"{limit.amount} {UNITS[limit.unit]}"
        click.echo(f"  {whom:<28} {amount:<14} {limit.start:<20} {KINDS[limit.basis_kind]}")
        click.echo(f"    {limit.text}: {limit.basis}")
    click.echo("\n渠道退回 returns")
    for name, basis in chosen.bases.items():
        channel = name.removeprefix("channels.")
        if channel != name:
            policy_of = "须同意 by consent" if chosen.by_consent(channel) else "自行退回 free"
            click.echo(f"  {channel:<16} {policy_of:<20} {basis}")
    click.echo("\n对接程序 procedures")
    for procedure in chosen.procedures.values():
        click.echo(f"  {procedure.code:<16} {procedure.channel:<16} {', '.join(procedure.steps)}")
        click.echo(f"    {procedure.basis}")
    click.echo("\n程序时限 clocks of procedures")
    for code, clock in chosen.shown.items():
        amount = f"{clock.limit.amount} {UNITS[clock.limit.unit]}"
        click.echo(f"  {code:<16} {amount:<14} {', '.join(sorted(clock.start))}")
        click.echo(f"    {clock.limit.basis}")
    click.echo("\n排查督导 screening")
    for row in chosen.screening:
        within = f"+ {row.within.amount} {UNITS[row.within.unit]}"
        whom = f"{row.level}: {', '.join(sorted(row.kinds))}"
        click.echo(f"  {row.key:<20} {EVERY[row.every]:<20} {within:<18} {whom}  {row.zh}")
        click.echo(f"    {row.basis} ({KINDS[row.basis_kind]}); {row.within.basis}")
    found_in = chosen.rectify
    click.echo(f"  {'rectify 整改':<20} {found_in.amount} {UNITS[found_in.unit]}\n    {found_in.basis}")
    click.echo(f"\n首调责任制 ladder: {_ladder(chosen.ladder)}")


@policy.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@AS_JSON
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Check packs, overlays, ladders and files of days off, and say what they would change for the open disputes.

    Every fault is printed by file, key and field; then the exit code is 1. Nothing is written, nothing loaded.
    """
    settings = common.read_settings()
    found = policy_check.check(settings, files)
    if as_json:
        common.as_json(policy_check.as_json(found))
    else:
        policy_check.show(found)
    if found.faults:
        raise SystemExit(common.FAILED)


@policy.command()
@click.option("--ladder", "only", metavar="ID", help="只看这个阶梯 · this ladder only")
@AS_JSON
def coverage(only: str | None, as_json: bool) -> None:
    """Print what each state makes of each act, of every ladder and docking procedure: effect, nothing or refusal."""
    found, ladders = read(), read_ladders()
    if only is not None and only not in ladders:
        raise click.BadParameter(f"{', '.join(ladders)}", param_hint="--ladder")
    wanted = {ident: scheme for ident, scheme in ladders.items() if only in (None, ident)}
    procedures = {} if only is not None else _procedures(found)
    if as_json:
        common.as_json({
            "ladders": {ident: [cell._asdict() for cell in ladder_cells(scheme)] for ident, scheme in wanted.items()},
            "procedures": {name: [cell._asdict() for cell in procedure_cells(p)] for name, p in procedures.items()},
        })  # fmt: skip
        return
    click.echo("· 无效果 nothing   ✗ 拒绝，附代码 refused, with its code   其余为新状态 else the new state\n")
    for ident, scheme in wanted.items():
        cells = ladder_cells(scheme)
        click.echo(f"{ident}  {scheme.zh}  {scheme.en}")
        _matrix({(c.event, c.state): " / ".join(map(_short, c.outcomes)) for c in cells})
    for name, procedure in procedures.items():
        click.echo(f"{name}  {procedure.basis}")
        shown = {TAKEN: "✓", NOTHING: "·"}
        cells_of = procedure_cells(procedure)
        _matrix({(c.step, c.state or "(-)"): shown.get(c.outcome) or _short(c.outcome) for c in cells_of})
        if lost := unreachable(procedure):
            click.echo(f"  无法到达 nothing leads to: {', '.join(lost)}\n")


def _procedures(found: Policy) -> dict[str, Any]:
    """Every procedure, once for all packs that have the same, with the first of them in its name where they differ."""
    made: dict[str, Any] = {}
    for pack in found.packs:
        for code, procedure in pack.procedures.items():
            if procedure not in made.values():
                made[code if code not in made else f"{code} ({pack.id})"] = procedure
    return made


def _short(outcome: str) -> str:
    return "·" if outcome == "nothing" else outcome.replace("refused/", "✗")


def _matrix(cells: dict[tuple[str, str], str]) -> None:
    rows, columns = list(dict.fromkeys(r for r, _ in cells)), list(dict.fromkeys(c for _, c in cells))
    first = max(map(len, rows))
    widths = [max(len(column), *(len(cells[row, column]) for row in rows)) for column in columns]
    click.echo(f"  {'':<{first}}  " + "  ".join(f"{c:<{w}}" for c, w in zip(columns, widths, strict=True)).rstrip())
    for row in rows:
        line = "  ".join(f"{cells[row, c]:<{w}}" for c, w in zip(columns, widths, strict=True))
        click.echo(f"  {row:<{first}}  {line}".rstrip())
    click.echo("")


def _named(found: Policy, ident: str) -> Pack:
    """By its whole id, or by the part before the overlay's."""
    for pack in (*found.packs, *found.known.values()):
        if ident in (pack.id, pack.id.partition("+")[0]):
            return pack
    raise click.BadParameter(f"{', '.join(found.known)}", param_hint="PACK")


def _days(pack: Pack, following: Pack | None) -> str:
    first = date.fromordinal(pack.since).isoformat() if pack.since is not None else "…"
    last = date.fromordinal(following.since - 1).isoformat() if following and following.since is not None else "…"
    return f"{first:<10} – {last:<10}"


def _ladder(scheme: Scheme | None) -> str:
    if scheme is None:
        return "-"
    spans = "".join(
        f"\n  {name:<20} {span.amount} {UNITS[span.unit]}\n    {span.basis}"
        for name, span in (("全程 ceiling", scheme.ceiling), ("每个委员会 committee", scheme.committee))
    )
    return f"{scheme.id}  {scheme.zh}  {scheme.en}: {', '.join(scheme.levels)}; {scheme.basis}{spans}"
