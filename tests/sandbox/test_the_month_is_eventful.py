"""The month shows what the hub is for, and keeps to the rules that make it repeatable."""

from collections import Counter, defaultdict

import pytest

from connectors.sandbox.month import OFFICE_HOURS
from hub.policy import shipped_policy
from hub.words import HOUR
from tests.sandbox.months import DAYS, SEED, START, month

pytestmark = pytest.mark.slow


def test_channels_verbs_and_a_merged_township() -> None:
    ran = month(SEED)
    count = Counter(name for name, _ in ran.events)
    channels = {f["channel"] for name, f in ran.events if name == "referral.offered"}
    assert channels >= {"court", "police", "procuratorate", "petition", "mediation"}
    for name in (
        "referral.accepted", "referral.returned", "referral.lapsed", "referral.withdrawn", "referral.concluded",
        "attempt.held", "agreement.reached", "agreement.performed", "dispute.closed", "dispute.graded",
        "obligation.warned", "obligation.breached", "agency.closing", "agency.dissolved", "agency.amended",
        "agency.intake_closed", "custody.succeeded", "referral.contested", "referral.assigned", "referral.proposed",
    ):  # fmt: skip
        assert count[name] > 0, name
    assert ran.told.doubles > 0 and ran.told.garbage > 0


def test_organs_take_their_procedures_to_an_end() -> None:
    ran = month(SEED)
    steps = {f"{f['machine']}/{f['step']}" for name, f in ran.events if name == "procedure.stepped"}
    ends = {f"{p.code}/{s.code}" for p in shipped_policy("532301").packs[-1].procedures.values()
            for s in p.steps.values() if s.ends}  # fmt: skip
    assert steps >= {"police/referred", "petition/handed_over", "settlement/proposed", "entrust/entrusted"}
    assert steps & ends >= {"confirmation/confirmed", "entrust/trial", "to_police/receipted"}
    assert not [code for code in ran.told.outcomes if code.startswith(("procedure.", "field.", "channel."))]


def test_in_one_step_one_system_acts_on_a_dispute() -> None:
    ran = month(SEED)
    acting: dict[tuple[int, bytes], set[str]] = defaultdict(set)
    for name, f in ran.events:
        if not name.startswith("agency.") and f["system"] not in ("hub", "operator"):
            acting[f["recorded_at"], f["stream"]].add(f["system"])
    assert {len(systems) for systems in acting.values()} == {1}


def test_steps_lie_in_the_month_and_offices_work_by_day() -> None:
    ran = month(SEED)
    assert all(START <= f["recorded_at"] <= START + DAYS * 24 * HOUR for _, f in ran.events)
    for name, f in ran.events:
        if f["system"].startswith("town-"):
            local = (f["recorded_at"] + 8 * HOUR) % (24 * HOUR) / HOUR
            assert min(OFFICE_HOURS) <= local <= max(OFFICE_HOURS) + 0.4, name


def test_no_names_in_the_log() -> None:
    ran = month(SEED)
    raw = b"".join(row.body for row in ran.stored)
    assert "某某".encode() not in raw
    assert "某公司".encode() not in raw
    parties = [p for name, f in ran.events if name == "dispute.registered" for p in f["parties"]]
    assert len({p[2] for p in parties}) == len(parties)
