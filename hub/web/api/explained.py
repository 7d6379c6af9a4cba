"""A date and the rules behind it in their JSON form: what the interface answers and the command line prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from hub.contract.jsonform import instant
from hub.policy import Dated, Limit, Pack
from hub.policy.calendar import HOLIDAY, LOCAL, MAKE_UP, Calendar
from hub.policy.explain import Explanation, Line
from hub.policy.limits import HOURS
from hub.policy.screening import Schedule
from hub.words import HOUR

from ..history import Entry
from ..respond import ident_or_none
from ..running import Clock, explained
from ..running import Limit as Running

Ref = Callable[[bytes | None], dict[str, Any] | None]


def limit_told(limit: Running, policy: Dated, ref: Ref) -> dict[str, Any]:
    """One running limit with every day of its counts. ``ref``: how an agency is shown."""
    told = explained(limit, policy)
    pack = policy.named(limit.pack)
    rule = pack.rule(limit.counts[0].rule) if pack is not None else None
    clocks = limit.clocks
    return {
        "key": limit.key,
        "obligation": limit.owed.name,
        "referral": ident_or_none(limit.owed.referral),
        "debtor": ref(limit.owed.debtor),
        "creditor": ref(limit.owed.creditor),
        "since": instant(limit.since),
        "due_at": instant(limit.owed.due_at),
        "rule": limit.rule,
        "pack": limit.pack,
        "calendar": limit.calendar,
        "basis": rule[0].basis if rule is not None else None,
        "basis_kind": rule[0].basis_kind if rule is not None else None,
        "provisional": limit.rule.endswith("~"),
        "recounted": instant(limit.again) if limit.again is not None else None,
        "service": _clock(clocks.service) if clocks is not None else None,
        "legal": _clock(clocks.legal) if clocks is not None else None,
        "legal_due_at": instant(clocks.legal.due_at) if clocks is not None else None,
        "changes": [_change(entry) for entry in limit.changes],
        "counts": [count_told(one) for one in told],
    }


def count_told(told: Explanation) -> dict[str, Any]:
    """One count, day by day."""
    return {
        "rule": told.rule,
        "amount": told.limit.amount,
        "unit": told.limit.unit,
        "region": told.region,
        "calendar": told.calendar,
        "start": instant(told.start),
        "runs_from": instant(told.runs_from),
        "ends_at": instant(told.at),
        "provisional": told.provisional,
        "rolled": told.rolled,
        "days": [_day(told, line) for line in told.lines],
    }


def _day(told: Explanation, line: Line) -> dict[str, Any]:
    hours = told.limit.unit == HOURS
    return {
        "date": date.fromordinal(line.day).isoformat(),
        "kind": line.kind,
        "counted": None if hours else line.counted or None,
        "hours": round(line.ran / HOUR, 4) if hours else None,
        "why": line.why,
        "paused": list(line.paused),
        "zh": line.zh,
        "en": line.en,
        "provisional": line.provisional,
        "rolled": line.rolled,
    }


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "since": instant(clock.since), "due_at": instant(clock.due_at), "rule": clock.rule,
        "position": clock.started.position,
    }  # fmt: skip


def _change(entry: Entry) -> dict[str, Any]:
    fields = entry.fields
    return {
        "change": entry.topic.removeprefix("obligation."),
        "at": instant(entry.at),
        "position": entry.position,
        "old_due_at": instant(fields["old_due_at"]),
        "due_at": instant(fields["due_at"]),
        "rule": fields["rule"],
        "days": fields.get("days"),
        "cause": fields.get("cause"),
    }


def pack_told(pack: Pack, current: bool) -> dict[str, Any]:
    """One pack: its limits, channels, procedures and ladder, each with its basis."""
    return {
        "id": pack.id,
        "zh": pack.title[0],
        "en": pack.title[1],
        "since": date.fromordinal(pack.since).isoformat() if pack.since is not None else None,
        "current": current,
        "overlay": pack.id.partition("+")[2],
        "calendar": pack.calendar.version,
        "ladder": pack.ladder.id if pack.ladder is not None else None,
        "limits": [_rule(obligation, channel, kind, limit) for obligation, channel, kind, limit in rules(pack)],
        "channels": [
            {
                "channel": name.removeprefix("channels."),
                "returns": "consent" if pack.by_consent(name.removeprefix("channels.")) else "free",
                "basis": basis,
            }
            for name, basis in pack.bases.items()
            if name.startswith("channels.")
        ],
        "procedures": [
            {
                "procedure": p.code,
                "channel": p.channel,
                "basis": p.basis,
                "steps": [
                    {
                        "step": s.code, "after": list(s.after), "by": s.by, "document": s.document, "again": s.again,
                        "ends": s.ends, "basis": s.basis,
                    }
                    for s in p.steps.values()
                ],
            }
            for p in pack.procedures.values()
        ],
        "clocks": [
            {
                "clock": code, "amount": clock.limit.amount, "unit": clock.limit.unit, "from": sorted(clock.start),
                "until": sorted(clock.until), "basis": clock.limit.basis, "basis_kind": clock.limit.basis_kind,
            }
            for code, clock in pack.shown.items()
        ],
        "screening": [schedule_told(row) for row in pack.screening],
        "rectify": _rule("rectify", "", "", pack.rectify),
        "agreement_days": pack.agreement_days,
        "agreement_basis": pack.bases.get("agreement", ""),
        "supervision_hours": pack.supervise_after // HOUR,
        "supervision_basis": pack.bases.get("supervision", ""),
    }  # fmt: skip


def schedule_told(row: Schedule) -> dict[str, Any]:
    """One schedule of screening, with its bases."""
    return {
        "schedule": row.key, "zh": row.zh, "en": row.en, "kind": row.kind, "level": row.level,
        "kinds": sorted(row.kinds), "every": row.every, "by": row.by or "itself", "within": row.within.amount,
        "unit": row.within.unit, "within_basis": row.within.basis, "basis": row.basis, "basis_kind": row.basis_kind,
    }  # fmt: skip


def rules(pack: Pack) -> Iterator[tuple[str, str, str, Limit]]:
    """(obligation, channel, kind, limit): what holds everywhere, and behind each what holds for one channel or kind."""
    own = [(*key, limit) for key, limit in pack.special.items()]
    for name, limit in pack.limits.items():
        yield name, "", "", limit
        yield from (entry for entry in own if entry[0] == name)
    yield from (entry for entry in own if entry[0] not in pack.limits)


def _rule(obligation: str, channel: str, kind: str, limit: Limit) -> dict[str, Any]:
    extension = limit.extension
    return {
        "rule": limit.text,
        "obligation": obligation,
        "channel": channel,
        "kind": kind,
        "amount": limit.amount,
        "unit": limit.unit,
        "start": limit.start,
        "first": limit.first,
        "roll": limit.roll,
        "extension": {
            "amount": extension.amount, "unit": extension.unit, "max_times": extension.max_times,
            "approver": extension.approver, "both_parties_consent": extension.both_parties_consent,
        } if extension is not None else None,
        "pauses": sorted(limit.pauses),
        "restart": list(limit.restart),
        "warn_hours": limit.warn // HOUR,
        "basis": limit.basis,
        "basis_kind": limit.basis_kind,
    }  # fmt: skip


def year_told(calendar: Calendar, year: int, region: str) -> dict[str, Any]:
    """A year's days that leave the week's course, and the days of which it is not announced whether they are worked."""
    days, loose = [], list[list[int]]()
    for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
        day = calendar.day(ordinal, region)
        if day.kind in (HOLIDAY, MAKE_UP, LOCAL) or day.zh:
            days.append({"date": _iso(ordinal), "kind": day.kind, "zh": day.zh, "en": day.en})
        if day.provisional:
            if loose and loose[-1][1] == ordinal - 1:
                loose[-1][1] = ordinal
            else:
                loose.append([ordinal, ordinal])
    return {
        "version": calendar.version,
        "year": year,
        "region": region,
        "known": calendar.known(year),
        "announced": calendar.known(year, region),
        "days": days,
        "provisional": [{"first": _iso(first), "last": _iso(last)} for first, last in loose],
    }


def _iso(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
