"""The statistics counted by hand: plain lists over the raw log, nothing of the view. What a foreign tool would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from hub import words as w
from hub.contract import Contract
from hub.projections.sheet import has_custody
from hub.words import Stored

DAY = 86_400_000_000
EAST = 8 * 3_600_000_000


def read(contract: Contract, log: Iterable[Stored]) -> dict[bytes, list[dict[str, Any]]]:
    """The events of every dispute as dicts, with ``topic`` and ``position``."""
    found: dict[bytes, list[dict[str, Any]]] = {}
    for stored in log:
        if not has_custody(stored.topic):
            continue
        schema, values = contract.decode(stored.body)
        event = dict(zip(schema.fields, values, strict=True)) | {"topic": stored.topic, "position": stored.position}
        found.setdefault(stored.stream, []).append(event)
    return found


def count(events: list[dict[str, Any]]) -> dict[str, Any]:
    """What one dispute counts as."""
    of: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        of.setdefault(event["topic"], []).append(event)
    first = events[0]
    attempts = [e for e in of.get("attempt.held", ()) if e["counted"]]
    agreements = of.get("agreement.reached", [])
    last = agreements[-1] if agreements else None
    after = [e for e in events if last is None or e["position"] > last["position"]]
    fate = [e["topic"] for e in after if e["topic"] in ("agreement.performed", "agreement.broken")]
    status = [e["topic"] for e in events if e["topic"] in ENDS]
    noted = of.get("dispute.particulars", [None])[-1]
    ratings = [e["satisfaction"] for e in of.get("followup.visited", ()) if e["satisfaction"] not in ("", "not_rated")]
    steps = [e["step"] for e in of.get("procedure.stepped", ()) if e["machine"] == "confirmation"]
    credited, worked = credit(events)
    success = bool(attempts and agreements)
    broken = bool(of.get("agreement.broken"))
    standing = last is not None and not fate.count("agreement.broken") and not any(
        e["topic"] == "dispute.reopened" for e in after
    )  # fmt: skip
    found = {e["earlier"]: e["same"] for e in of.get("relapse.decided", ())}
    open_ = not status or status[-1] == "dispute.reopened"
    closed = bool(status) and status[-1] == "dispute.closed"
    day = (first["recorded_at"] + EAST) // DAY
    return {
        "born": first["position"], "dispute": first["stream"], "day": day, "category": first["category"],
        "place": first["place"], "source": first["source"], "organ": credited,
        "void": bool(status) and status[-1] == "dispute.voided", "mediated": bool(attempts), "success": success,
        "attempts": len(attempts), "unattempted": bool(agreements) and not attempts, "pending": open_ and not standing,
        "closed": closed, "written": success and last is not None and last["form"] == "written",
        "performed": success and bool(fate) and fate[-1] == "agreement.performed", "broken": success and broken,
        "confirmed": success and bool(steps) and steps[-1] == "confirmed",
        "visited": success and "followup.visited" in of, "rated": bool(ratings),
        "satisfied": bool(ratings) and ratings[-1] != "dissatisfied", "overdue": "obligation.breached" in of,
        "referrals": len(of.get("referral.offered", ())), "returns": len(of.get("referral.returned", ())),
        "breaches": len(of.get("obligation.breached", ())), "reopened": len(of.get("dispute.reopened", ())),
        "suspected": "relapse.suspected" in of, "relapsed": any(found.values()),
        "death": noted is not None and (noted["deaths"] > 0 or "death" in noted["triggers"]),
        "deaths": noted["deaths"] if noted else 0, "people": noted["people"] if noted else 0,
        "claimed": (noted["claimed"] or 0) if noted else 0, "parties": len(first["parties"]),
        "amount": (last["amount"] or 0) if last is not None else 0,
        "days": (of["dispute.closed"][-1]["recorded_at"] + EAST) // DAY - day if closed else 0, "worked": worked,
    }  # fmt: skip


ENDS = ("dispute.closed", "dispute.reopened", "dispute.voided")


def credit(events: list[dict[str, Any]]) -> tuple[bytes, Counter[bytes]]:
    """(the organ credited, counted attempts by organ): the last that mediated, agreed, or took an escalation."""
    worked: Counter[bytes] = Counter()
    upward: set[bytes] = set()
    credited = holder = events[0]["custodian"]
    for event in events:
        topic, custodian = event["topic"], event["custodian"]
        if topic == "referral.offered" and event["kind"] == w.ESCALATION:
            upward.add(event["referral"])
        if custodian != holder:
            holder = custodian
            if (topic == "referral.accepted" and event["referral"] in upward) or not worked[credited]:
                credited = custodian
        if topic == "attempt.held" and event["counted"]:
            worked[custodian] += 1
            credited = custodian
        if topic == "agreement.reached":
            credited = custodian
    return credited, worked


def add_up(rows: Iterable[dict[str, Any]]) -> Counter[str]:
    """The sums of some disputes; voided ones are left out."""
    total: Counter[str] = Counter()
    for row in rows:
        if not row["void"]:
            total["accepted"] += 1
            total.update({k: int(v) for k, v in row.items() if isinstance(v, int) and k not in ("born", "day", "void")})
    return total
