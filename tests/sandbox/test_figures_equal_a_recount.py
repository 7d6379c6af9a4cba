"""The figures that the hub's views give equal a naive recount over its events."""

import hashlib
from collections import Counter
from typing import Any

import pytest

from tests.sandbox.months import SEED, Ran, month

pytestmark = pytest.mark.slow
SENT = {"referral.offered", "referral.assigned"}
ENDS = {"referral.returned": "returned", "referral.withdrawn": "withdrawn", "referral.lapsed": "lapsed",
        "referral.concluded": "withdrawn"}  # fmt: skip


def completeness(ran: Ran) -> dict[str, int]:
    """What became of everything sent, by what happened to it first."""
    fate: dict[bytes, str] = {}
    for name, f in ran.events:
        if name in SENT:
            fate[f["referral"]] = "pending"
        elif name in ("referral.signed", "referral.accepted") and fate[f["referral"]] == "pending":
            fate[f["referral"]] = "signed"
        elif name in ENDS and fate[f["referral"]] == "pending":
            fate[f["referral"]] = ENDS[name]
    count = Counter(fate.values())
    made = {k: count[k] for k in ("signed", "returned", "withdrawn", "lapsed", "pending")}
    return {"sent": len(fate), **made, "difference": len(fate) - sum(made.values())}


def test_the_figures() -> None:
    ran = month(SEED)
    status: dict[bytes, str] = {}
    words = {
        "dispute.registered": "open",
        "dispute.closed": "closed",
        "dispute.reopened": "open",
        "dispute.voided": "void",
    }
    for name, f in ran.events:
        if name in words:
            status[f["stream"]] = words[name]
    by = Counter(status.values())
    assert ran.figures["events"] == len(ran.stored) == ran.stored[-1].position
    assert (ran.figures["disputes"], ran.figures["open"]) == (len(status), by["open"])
    assert (ran.figures["closed"], ran.figures["void"]) == (by["closed"], by["void"])
    assert ran.figures["agencies"] == sum(name == "agency.registered" for name, _ in ran.events)
    assert ran.figures["completeness"] == completeness(ran)
    assert ran.figures["completeness"]["difference"] == 0
    summed = {k: sum(row[k] for row in ran.figures["completeness_by_kind"].values()) for k in completeness(ran)}
    assert summed == completeness(ran)


def test_no_open_dispute_is_unowned() -> None:
    ran = month(SEED)
    dissolved = {f["stream"] for name, f in ran.events if name == "agency.dissolved"}
    custodian: dict[bytes, Any] = {f["stream"]: f["custodian"] for name, f in ran.events if "custodian" in f}
    assert dissolved, "the month merges a township"
    assert not dissolved & set(custodian.values())
    assert ran.figures["unowned"] == 0


def test_the_head_hash_is_the_rfc_root() -> None:
    ran = month(SEED)

    def root(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return leaves[0]
        k = 1 << (len(leaves) - 1).bit_length() - 1
        return hashlib.sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:])).digest()

    assert ran.figures["head_hash"] == root([hashlib.sha256(b"\x00" + r.body).digest() for r in ran.stored]).hex()
