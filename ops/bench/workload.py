"""Commands for benchmarks: whole lives of disputes, decided by the real ``decide``; command ids are UUIDv7.

A life: registered, offered, signed, accepted, two attempts, interim feedback, an agreement reached and performed,
closed; every fourth is returned first and offered elsewhere, every fifth holds one refusal (a stranger signs).
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

from hub.aggregates.agency.names import RegisterAgency
from hub.aggregates.command import Command, Sealed
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute.events import Party
from hub.policy import Pack, shipped_policy
from hub.words import (
    HUB_AGENCY,
    HUB_SYSTEM,
    AgencyId,
    CommandId,
    DisputeId,
    ReferralId,
    agency_id,
    derived_id,
    dispute_id,
    referral_id,
)

AGENCIES = 40


def ordered_id(dice: random.Random) -> CommandId:
    """A UUIDv7, as the SDK makes them: milliseconds, then noise."""
    raw = bytearray((time.time_ns() // 1_000_000).to_bytes(6, "big") + dice.randbytes(10))
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    return CommandId(bytes(raw))


def bench_pack(city: str = "532301") -> Pack:
    """The pack shipped with the hub; of a city, with its ladder, or ("") the national one: an event per command."""
    return shipped_policy(city).packs[-1]


def code(i: int) -> str:
    """The code of the i-th agency of the workload."""
    return f"B{i:03d}"


def agencies(now: int) -> list[Command]:
    """A centre and ``AGENCIES`` committees below it."""
    made = []
    for i in range(AGENCIES + 1):
        kind = "centre" if i == 0 else "committee"
        above = None if i == 0 else agency_id(code(0))
        region = "532301" if i == 0 else f"532301{i:03d}"
        body = RegisterAgency(code(i), f"单位{i}", kind, "city", region, above, (), 1, True)
        made.append(Command(HUB_SYSTEM, derived_id(f"bench/{i}"), bytes(32), HUB_AGENCY, "", now, None, None, body))
    return made


def lives(caller: int, now: int, seed: int = 1) -> Iterator[Command]:
    """The endless work of one caller: one dispute after the other."""
    dice = random.Random(seed * 1_000 + caller)
    system = f"system-{caller % 8}"
    count = 0
    while True:
        first, second, third = (agency_id(code(i)) for i in dice.sample(range(1, AGENCIES + 1), 3))
        yield from _life(dice, system, now, first, second, third, count)
        count += 1


def _life(
    dice: random.Random, system: str, now: int, first: AgencyId, second: AgencyId, third: AgencyId, count: int
) -> Iterator[Command]:
    dispute: DisputeId | None = None

    def command(author: AgencyId, body: Any, sealed: tuple[Sealed, ...] = ()) -> Command:
        ident = ordered_id(dice)
        return Command(system, ident, dice.randbytes(32), author, "调解员", now, dispute, None, body, False, sealed)

    def refer(receiver: AgencyId) -> tuple[Command, ReferralId]:
        body = c.Refer("transfer", "mediation", receiver, None, "当事人双方住所地均在贵单位辖区，现将该纠纷移送办理。")
        made = command(first, body)
        return made, referral_id(system, made.command_id)

    parties = (Party("applicant", "person", dice.randbytes(32)), Party("respondent", "person", dice.randbytes(32)))
    sealed = (Sealed(0, "张某某", dice.randbytes(32)), Sealed(1, "李某", dice.randbytes(32)))
    made = command(first, c.Register("02", "532301001", "application", parties), sealed)
    yield made
    dispute = dispute_id(system, made.command_id)
    if count % 4 == 3:
        offered, referral = refer(third)
        yield offered
        yield command(third, c.Return(referral, "not_competent", "不属于本单位受理范围", second))
    offered, referral = refer(second)
    yield offered
    if count % 5 == 4:
        yield command(third, c.Sign(referral))  # a stranger: refused
    yield command(second, c.Sign(referral))
    yield command(second, c.Accept(referral, "首席调解员"))
    yield command(second, c.Attempt(True, "", now, "调解室", "调解员"))
    yield command(second, c.Feedback(referral, False, "已组织双方到场调解一次，双方对赔偿数额分歧较大，拟再次调解。"))
    yield command(second, c.Attempt(True, "", now, "调解室", "调解员"))
    yield command(second, c.ReachAgreement("written", 350_000, None))
    yield command(second, c.PerformAgreement("款项已当场付清"))
    yield command(second, c.Close("performed", "双方达成协议并履行完毕", True))
