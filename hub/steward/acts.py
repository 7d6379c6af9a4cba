"""What the steward asks for: one command per thing to do, whose id says exactly that thing.

Id = uuid5(obligation / dispute / what it runs on / due_at / version seen / verb), and no clock reading in the body:
the same thing asked for twice, by this process or the next, is one command to the writer. A changed row is another
thing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from hub import words as w
from hub.aggregates.command import Command
from hub.aggregates.dispute import commands as c
from hub.aggregates.screening import names as s
from hub.projections import Item
from hub.projections.screening import Owed
from hub.words import AgencyId, CommandId, DisputeId

DUTY = "steward"


class Ask(NamedTuple):
    """A command and the verb it is counted under."""

    verb: str
    command: Command


def _ask(
    verb: str, key: str, dispute: bytes | None, body: Any, occurred_at: int, agency: AgencyId = w.HUB_AGENCY
) -> Ask:
    name = f"{key}/{verb}"
    ident = CommandId(w.derived_id(name))
    digest = hashlib.sha256(name.encode()).digest()
    return Ask(verb, Command(w.HUB_SYSTEM, ident, digest, agency, DUTY, occurred_at, dispute, None, body))


def _key(row: Item) -> str:
    on = row["referral"] or (row["debtor"] if row["name"] in (w.ANSWER, w.ACKNOWLEDGE) else row["dispute"])
    return f"{row['name']}/{w.text(row['dispute'])}/{w.text(on)}/{row['due_at']}/{row['version']}"


def lapse(row: Item) -> Ask:
    """逾期失效"""
    return _ask("lapse", _key(row), row["dispute"], c.Lapse(row["referral"]), row["due_at"])


def breach(row: Item) -> Ask:
    """超期"""
    body = c.Breach(row["name"], row["referral"], row["debtor"])
    return _ask("breach", _key(row), row["dispute"], body, row["due_at"])


def warn(row: Item, warn_from: int) -> Ask:
    """将到期提醒"""
    body = c.Warn(row["name"], row["referral"], row["debtor"], row["rule"])
    return _ask("warn", _key(row), row["dispute"], body, max(warn_from, row["since_at"]))


def urge(row: Item) -> Ask:
    """催办, in the hub's name"""
    body = c.Urge(row["name"], row["referral"], row["debtor"], "")
    return _ask("urge", _key(row), row["dispute"], body, row["breached_at"])


def supervise(row: Item, superior: AgencyId, at: int) -> Ask:
    """督办, in the name of the debtor's nearest superior"""
    body = c.Supervise(row["debtor"], row["name"])
    return _ask("supervise", _key(row), row["dispute"], body, at, superior)


def deliver(row: Item) -> Ask:
    """送达: ``at`` is when the offer was recorded; its message was in the receiver's inbox at once after that."""
    body = c.Deliver(row["referral"], "inbox", row["since_at"])
    return _ask("deliver", _key(row), row["dispute"], body, row["since_at"])


def recompute(row: Item, calendar: str) -> Ask:
    """时限重算, from the instant the limit started, by this version of the calendar"""
    body = c.Recompute(row["name"], row["referral"], row["debtor"], row["since_at"], row["rule"])
    return _ask(f"recompute/{calendar}", _key(row), row["dispute"], body, row["since_at"])._replace(verb="recompute")


def escalate(row: Item, receiver: AgencyId) -> Ask:
    """上转, in the custodian's name: with how often it was tried here; the records are the log's own"""
    reason = f"本级调解 {row['tries']} 次未成，按首调责任制上转"
    body = c.Refer(w.ESCALATION, "mediation", receiver, None, reason)
    key = f"ladder/{w.text(row['dispute'])}/{row['stood_at']}/{row['version']}"
    return _ask("escalate", key, row["dispute"], body, row["stood_at"], AgencyId(row["custodian"]))


def suspect(row: Item, earlier: bytes, grounds: tuple[str, ...]) -> Ask:
    """疑似复发: one pair, as of what it was looked at for"""
    key = f"relapse/{w.text(row['dispute'])}/{w.text(earlier)}/{row['touched']}"
    body = c.SuspectRelapse(DisputeId(earlier), grounds)
    return _ask("suspect", key, row["dispute"], body, row["registered_at"])


def succeed(closing: bytes, closing_at: int, dispute: bytes, version: int) -> Ask:
    """承继"""
    key = f"succession/{w.text(dispute)}/{w.text(closing)}/{closing_at}/{version}"
    return _ask("succeed", key, dispute, c.Succeed(AgencyId(closing)), closing_at)


def schedule(agency: AgencyId, version: int, pack: str, told: int, owed: Sequence[str], now: int) -> Ask:
    """排查任务: to what registry and rules say now, after what was told last"""
    key = f"screening/{w.text(agency)}/{version}/{pack}/{told}/{','.join(owed)}"
    return _ask("schedule", key, None, s.Schedule(agency), now)


def miss(owed: Owed) -> Ask:
    """排查漏报"""
    agency = AgencyId(owed.subject.agency)
    first, last = (date.fromordinal(day).isoformat() for day in owed.period)
    key = f"screening/{w.text(agency)}/{owed.schedule.key}/{first}/{owed.due_at}"
    return _ask("miss", key, None, s.MissScreening(agency, owed.schedule.key, first, last), owed.due_at)


def breach_finding(row: Item) -> Ask:
    """整改超期"""
    key = f"finding/{w.text(row['finding'])}/{row['due_at']}"
    body = s.BreachFinding(AgencyId(row["subject"]), row["finding"])
    return _ask("breach_finding", key, None, body, row["due_at"])
