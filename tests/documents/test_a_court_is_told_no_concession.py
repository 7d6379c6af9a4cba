"""What a court is told of a mediation that has not led to an agreement (特邀调解规定 §22; 在线调解规则 §18, §21 f.)."""

from __future__ import annotations

import io
import zipfile

import pytest

from hub.aggregates.agency.registry import Agency, Registry
from hub.web.documents.compose import compose, start_of
from hub.web.documents.form import Form, forms, packets
from hub.web.documents.record import Entry, Record
from hub.words import AgencyId, agency_id
from tests.documents.story import CONCEDED, Paper, Story

ALLOWED = {
    "envelope", "basic_facts", "failure_reasons", "cost_raising_conduct", "tips", "undisputed_facts",
}  # fmt: skip


def whole(paper: Paper) -> str:
    """Everything in the file, properties included."""
    with zipfile.ZipFile(io.BytesIO(paper.raw)) as file:
        return "\n".join(file.read(name).decode() for name in file.namelist())


@pytest.mark.parametrize("zh", ["调解终结（不成）报告", "退回函"])
def test_a_failed_mediation(told: Story, zh: str) -> None:
    paper = told.document(told.failed, zh)
    assert CONCEDED not in whole(paper) and "五千元" not in whole(paper)
    assert "不载明当事人在调解中为达成协议作出的让步和认可" in paper.lines[-1]


def test_the_report_has_what_it_may_have_and_nothing_else(told: Story) -> None:
    paper = told.document(told.failed, "调解终结（不成）报告")
    for label in ("未达成协议的原因", "增加诉讼成本的行为", "提示事项", "各方同意记载的无争议事实"):
        assert paper.after(label) == "\t"
    assert paper.after("调解基本情况").startswith("共1次")
    for label in ("办理情况", "协议书编号", "履行情况", "未了诉求", "现时风险等级", "建议"):
        assert not any(line.startswith(label) for line in paper.lines), label


def test_before_there_is_an_agreement_an_interim_feedback_is_no_better(told: Story) -> None:
    assert CONCEDED not in whole(told.document(told.case_, "阶段反馈函"))


def test_with_an_agreement_the_court_is_told_of_it(told: Story) -> None:
    paper = told.document(told.case_, "反馈函")
    assert paper.after("办理情况") == "已达成协议并送达"
    assert not any("不载明" in line for line in paper.lines)


def test_parties_are_told_no_summary(told: Story) -> None:
    """终止调解书 leaves the hands of the committee and may be shown in court."""
    assert CONCEDED not in whole(told.document(told.case_, "终止调解告知书"))


def test_a_receipt_leaves_nothing_out_and_says_nothing_of_it(told: Story) -> None:
    assert not any("不载明" in line for line in told.document(told.failed, "受理回执").lines)


def agency(code: str, kind: str) -> Agency:
    return Agency(AgencyId(agency_id(code)), code, code, kind, "city", "532301", None, (), 0, True)


@pytest.mark.parametrize("form", [form for form in forms().values() if form.to], ids=lambda form: form.key)
@pytest.mark.parametrize("kind", ["court", "police"])
def test_whatever_the_form_only_allowed_parts_reach_a_court(form: Form, kind: str) -> None:
    known = Registry({a.id: a for a in (agency("to", kind), agency("by", "committee"))})
    to, by = agency_id("to"), agency_id("by")
    head = {"recorded_at": 0, "occurred_at": 0, "agency": by}
    leg = head | {
        "referral": bytes(16), "channel": "court", "reason": CONCEDED, "sender": by, "receiver": to,
        "sign_due_at": 1, "sign_rule": "sign.24h", "accept_due_at": None, "accept_rule": "",
    }  # fmt: skip
    if form.to == "sender":
        leg |= {"sender": to, "receiver": by}
    kinds = {kind for start in form.starts for kind in start.where.get("kind", ())} or {"delegation"}
    seen = 0
    for moved in sorted(kinds):
        for start in form.starts:
            event = head | {
                "referral": bytes(16), "cause": "feedback", "content": CONCEDED, "reason": CONCEDED, "handler": "岗",
                "reason_code": "other", "suggested": None,
            }  # fmt: skip
            first = head | {"number": "532301-2026-00001", "category": "02", "place": "", "source": "", "parties": ()}
            entries = [Entry(1, 1, "dispute.registered", first), Entry(2, 2, "referral.offered", leg | {"kind": moved})]
            if start.topic not in ("referral.offered", "referral.assigned"):
                entries.append(Entry(3, 3, start.topic, event))
            record = Record(entries, known, {})
            found = start_of(form, record)
            if found is None:
                continue
            seen += 1
            paper = compose(form, found, record)
            parts = {block.key: block.part for block in form.blocks}
            said = "\n".join(line for item in paper.items for line in item.paragraphs)
            if kind == "court":
                assert {parts[item.key] for item in paper.items} <= ALLOWED and CONCEDED not in said
            elif {"sent_reason", "content", "reason"} & {block.value for block in form.blocks}:
                assert CONCEDED in said, "nobody else is kept from it"
    assert seen


def test_the_packet_is_the_one_of_the_rules() -> None:
    (packet,) = packets()
    assert set(packet.parts) == ALLOWED and packet.to == ("court",) and not packet.typed
    assert set(packet.unless) == {"reached", "performed"}, "a broken agreement is none"
