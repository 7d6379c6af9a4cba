"""A pack, overlay, ladder or file of days off before it is loaded: its faults, and its effect on open disputes.

Guarantee: nothing is written. A running clock keeps its pack: what a file moves are dates that are provisional and
that its days make certain otherwise. All else that differs is shown apart: it would hold for clocks that start anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
from sqlalchemy.exc import SQLAlchemyError

from hub.aggregates.agency.registry import Registry
from hub.aggregates.dispute.events import TYPES
from hub.bootstrap.loaded import last_of, loading_of, loadings
from hub.contract import load
from hub.contract.jsonform import instant
from hub.policy import On, PackRefused, Policy, shipped_policy
from hub.policy.calendar import CalendarRefused
from hub.policy.checking import Codes, Fault, faults, overlaps
from hub.policy.ladder_reading import own_scheme
from hub.policy.ladder_scheme import Scheme
from hub.policy.laying import DAYS_OFF, LADDER, what
from hub.policy.limits import due
from hub.policy.pack import EMERGENCY, SIGNED
from hub.projections import Missing, Views
from hub.projections.obligations import Filter, Moment
from hub.settings import Settings
from hub.web.api.codes import lists
from hub.web.pages import when
from hub.words import PERFORM, AgencyId, text

from . import common, policy_ladders
from .policy_ladders import Ladders

PAGE: Final = 500
SHOWN: Final = 40  # rows printed of each kind
MOVED, ANEW = "moved", "anew"


class Row(NamedTuple):
    """One running limit that would end otherwise. ``how``: ``MOVED`` when loading moves it, ``ANEW`` when only a clock
    that started then anew would end there.
    """

    number: str
    dispute: bytes
    name: str
    rule: str
    old: int
    new: int
    new_rule: str
    how: str


class Found(NamedTuple):
    """``faults`` by file; ``kinds`` of the files; without faults the packs there would be, and what would change:
    ``seen`` limits, ``skipped`` of them not comparable; None without a store.
    """

    faults: list[tuple[Path, Fault]]
    kinds: dict[Path, str]
    policy: Policy | None
    seen: int | None
    skipped: int
    rows: list[Row]
    before: str | None = None  # the fingerprint of the rules loaded last
    ladders: Ladders | None = None  # for disputes on a ladder, where a ladder's file is among them


def check(settings: Settings, files: Sequence[Path]) -> Found:
    """Faults first; then, where there are none and there is a store, the effect."""
    codes = Codes(
        {name: {item["code"] for item in items} for name, items in lists().items()}, frozenset(TYPES.values())
    )  # fmt: skip
    known = shipped_policy().known.values()
    taken = [(pack.id, date.fromordinal(pack.since) if pack.since is not None else None) for pack in known]
    texts: dict[Path, str] = {}
    wrong: list[tuple[Path, Fault]] = []
    for path in files:
        try:
            texts[path] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as why:
            wrong.append((path, Fault("", "", str(why))))
            continue
        wrong += [(path, fault) for fault in faults(texts[path], codes)]
        wrong += [(path, fault) for fault in overlaps(texts[path], taken)]
    if wrong:
        return Found(wrong, {}, None, None, 0, [])
    kinds = {path: what(own) for path, own in texts.items()}
    try:
        policy = _loaded(settings, [(kinds[path], own) for path, own in texts.items()])
    except (PackRefused, CalendarRefused) as why:
        key, _, said = str(why).partition(": ")
        return Found([(files[-1], Fault(key if said else "", "", said or key))], kinds, None, None, 0, [])
    file = common.database_file(settings)
    if file is not None and not file.exists():
        return Found([], kinds, policy, None, 0, [])
    ladder = next((own_scheme(own) for path, own in texts.items() if kinds[path] == LADDER), None)
    seen, skipped, rows, ladders = _effect(settings, policy, ladder)
    with common.opened_store(settings) as store:
        before = last_of(loadings(store, load()))
    return Found([], kinds, policy, seen, skipped, rows, before, ladders)


def _loaded(settings: Settings, texts: Sequence[tuple[str, str]]) -> Policy:
    """The rules there would be with these files in place of those the settings name. PackRefused, CalendarRefused,
    OSError.
    """
    own = [text for kind, text in texts if kind != DAYS_OFF]
    by_hand = [text for kind, text in texts if kind == DAYS_OFF]
    if not own and settings.pack is not None:
        own = [settings.pack.read_text(encoding="utf-8")]
    if not by_hand and settings.days_off is not None:
        by_hand = [settings.days_off.read_text(encoding="utf-8")]
    return shipped_policy(settings.city, own, by_hand)


def _effect(settings: Settings, policy: Policy, ladder: Scheme | None) -> tuple[int, int, list[Row], Ladders | None]:
    with common.opened_store(settings) as store:
        registry = common.registry_of(store)
    with common.standing(settings) as found:
        try:
            views = Views(found.views_url, load())
        except SQLAlchemyError as why:
            raise common.cannot_open(settings, why) from None
        try:
            now = common.now()
            _, total = views.board.limits(Filter(), Moment.of(now, policy.at(now)), limit=1)
            seen = skipped = 0
            rows: list[Row] = []
            with click.progressbar(length=max(1, total), label="比较 · comparing", file=sys.stderr) as bar:
                for item in _running(views):
                    seen += 1
                    bar.update(1)
                    if _comparable(item, policy):
                        rows += _compared(item, policy, registry)
                    else:
                        skipped += 1
            ladders = policy_ladders.effect(views, ladder) if ladder is not None else None
            return seen, skipped, rows, ladders
        except Missing:
            said = "视图尚未按本版本建立 · the views of this version are not there yet: start the hub once"
            raise common.Missing(said) from None
        finally:
            views.close()


def _running(views: Views) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        page = views.obligations.running(cursor=cursor, limit=PAGE)
        yield from page.items
        cursor = page.next
        if cursor is None:
            return


def _comparable(item: dict[str, Any], policy: Policy) -> bool:
    """Not those whose start is not in the row: a legal clock's, an agreement's; nor what was extended."""
    rule = item["rule"]
    return item["name"] != PERFORM and not rule.startswith(f"{SIGNED}.") and "+" not in rule


def _compared(item: dict[str, Any], policy: Policy, registry: Registry) -> Iterator[Row]:
    since, old, rule = item["since_at"], item["due_at"], item["rule"]
    pack = policy.at(since)
    head = (item["number"] or text(item["dispute"]), item["dispute"], item["name"], rule, old)
    known = pack.rule(rule)
    if rule.endswith("~") and known is not None:
        again = due(known[0], since, pack.calendar, known[1])
        if again.at != old:
            yield Row(*head, again.at, again.rule, MOVED)
            return
    debtor = registry.agency(AgencyId(item["debtor"]))
    region = debtor.region[:6] if debtor is not None else ""
    on = On(region, item["channel"] or "", item["kind"] or "", f".{EMERGENCY}." in rule)
    new, new_rule = pack.due(item["name"], since, on)
    if new != old and not (known is not None and known[0] == pack.limit(item["name"], on)):
        yield Row(*head, new, new_rule, ANEW)


def show(found: Found) -> None:
    """Faults, or what there would be and what would change."""
    for path, fault in found.faults:
        where = ": ".join(filter(None, (fault.key, fault.field)))
        click.echo(f"{path}: {where}: {fault.why}" if where else f"{path}: {fault.why}", err=True)
    if found.faults:
        click.echo(f"{len(found.faults)} 处有误 · faults", err=True)
        return
    assert found.policy is not None
    for path, kind in found.kinds.items():
        click.echo(f"{path}: 通过 · passes ({kind})")
    click.echo(f"规则包 · packs: {', '.join(pack.id for pack in found.policy.packs)}")
    body = loading_of(found.policy)
    click.echo(f"日历 · calendar: {body.calendar}")
    if body.fingerprint == found.before:
        click.echo("与上次装载相同，不再记入 · the same as loaded last: nothing would be recorded")
    else:
        click.echo(f"将记入 · would be recorded: policy.loaded {body.fingerprint}")
    if found.seen is None:
        click.echo("没有存储，未比较 · there is no store, nothing was compared")
        return
    _table(found, MOVED, "载入后重算 · computed again once it is loaded")
    _table(found, ANEW, "只对新起算的时钟 · only for clocks that start anew (running ones keep their date)")
    if found.ladders is not None:
        policy_ladders.show(found.ladders)
    counts = [sum(row.how == how for row in found.rows) for how in (MOVED, ANEW)]
    click.echo(
        f"合计 · total: {found.seen} 条在走的时限 running limits; 重算 moved {counts[0]}; 新起算 anew {counts[1]}; "
        f"未比较 not compared {found.skipped}"
    )


def _table(found: Found, how: str, title: str) -> None:
    rows = [row for row in found.rows if row.how == how]
    if not rows:
        return
    click.echo(f"\n{title}: {len(rows)}")
    for row in rows[:SHOWN]:
        old, new = when.until("zh", row.old)[:10], when.until("zh", row.new)[:10]
        old_at, new_at = when.until("zh", row.old)[-5:], when.until("zh", row.new)[-5:]
        click.echo(f"  {row.number:<20} {row.name:<12} {old} {old_at} → {new} {new_at}  {row.rule} → {row.new_rule}")
    if len(rows) > SHOWN:
        click.echo(f"  … 另有 {len(rows) - SHOWN} 条 · more")


def _recorded(found: Found) -> dict[str, Any] | None:
    """The event there would be; None where there would be none."""
    body = loading_of(found.policy) if found.policy is not None else None
    return None if body is None or body.fingerprint == found.before else body._asdict()


def as_json(found: Found) -> dict[str, Any]:
    """The same for machines, all rows."""
    return {
        "faults": [{"file": str(path), **fault._asdict()} for path, fault in found.faults],
        "files": {str(path): kind for path, kind in found.kinds.items()},
        "packs": [pack.id for pack in found.policy.packs] if found.policy is not None else None,
        "recorded": _recorded(found),
        "running": found.seen,
        "not_compared": found.skipped,
        "changes": [
            {
                "dispute": text(row.dispute), "number": row.number, "limit": row.name, "how": row.how,
                "old_due_at": instant(row.old), "due_at": instant(row.new), "old_rule": row.rule, "rule": row.new_rule,
            }
            for row in found.rows
        ],
        "ladder": policy_ladders.as_json(found.ladders),
    }  # fmt: skip
