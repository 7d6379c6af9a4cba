"""Every form is filled from what happened, and what is not known is a line to be filled in."""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import unquote

import pytest

from hub.aggregates.agency.registry import Agency, Registry
from hub.aggregates.dispute.events import Party
from hub.web.documents.compose import compose, start_of
from hub.web.documents.fonts import Fonts
from hub.web.documents.form import forms
from hub.web.documents.record import Entry, Record
from hub.web.documents.word_file import write
from hub.words import AgencyId, agency_id
from tests.documents.story import FILE, MASKED, Story, lines_of
from tests.pages.city import TOWN

NAMED = [
    ("registration", "人民调解受理登记表"), ("referral_letter", "移送函"), ("return_letter", "退回函"),
    ("referral_letter", "移送函"), ("receipt", "受理回执"), ("delegation_letter", "委派（委托）调解函"),
    ("registration", "人民调解受理登记表"), ("receipt", "受理回执"), ("feedback_letter", "阶段反馈函"),
    ("agreement", "人民调解协议书"), ("feedback_letter", "反馈函"), ("referral_letter", "通报函"),
    ("receipt", "签收回执"), ("agreement", "人民调解口头协议登记表"), ("visit", "回访记录"),
    ("termination", "终止调解告知书"),
]  # fmt: skip
FILLED = {
    "人民调解受理登记表": {
        "调解组织": "楚雄市鹿城镇东兴社区人民调解委员会", "受理日期": "2026年11月25日", "案件编号": "532301-2026-00001",
        "纠纷类型": "医疗", "发生地": "楚雄市鹿城镇东兴社区", "风险等级": "", "纠纷简要情况": "",
    },
    "移送函": {
        "案件编号": "532301-2026-00001", "移送次序": "第1次移送", "对接渠道": "警调/公调对接", "移送理由": "两次未成",
        "移送依据": "《中华人民共和国人民调解法》第二十五条", "风险等级": "黄色（Ⅲ级）（三级 中）",
        "签收期限": "2026年11月26日8时12分止（24小时）", "回复至": "楚雄市鹿城镇东兴社区人民调解委员会",
        "简要事实": "\t", "当事人诉求": "\t", "附件清单": "\t", "保密要求": "\t", "原案（警、访）号": "\t",
    },
    "委派（委托）调解函": {
        "方式": "□登记立案前委派　□登记立案后委托", "对接渠道": "诉调对接", "委托事由": "两次未成",
        "当事人同意情况": "2026年11月25日是否同意调解：均同意",
    },
    "受理回执": {
        "来函文号": "楚雄移〔2026〕1-6号", "处理决定": "已受理", "承办人（岗位）": "调解岗", "联系电话": "\t",
        "拟办（调解）日期": "\t", "来函日期": "2026年11月25日",
    },
    "退回函": {
        "来函文号": "楚雄移〔2026〕1-3号", "退回原因": "不属本单位职责", "具体理由": "属邻里纠纷，无违法情节",
        "建议办理单位": "楚雄市人民法院", "经办人": "\t",
    },
    "反馈函": {
        "来函文号": "楚雄委调〔2026〕1-10号", "调解基本情况": "共1次，计入1次：2026年11月26日",
        "办理结果": "达成调解协议",
        "办理情况": "已达成协议并送达",
        "协议书编号": "（2026）楚雄人调字第1-15号", "履行情况": "已达成协议，尚未登记履行",
        "未了诉求": "\t", "现时风险等级": "黄色（Ⅲ级）（三级 中）", "建议": "\t",
    },
    "人民调解协议书": {
        "涉及金额": "12,345.00元（大写：壹万贰仟叁佰肆拾伍元整）", "履行期限": "2027年1月31日前",
        "履行方式、地点": "\t",
        "经调解，各方自愿达成如下协议": "\t", "纠纷主要事实、争议事项以及各方当事人的责任": "\t",
    },
    "人民调解口头协议登记表": {"涉及金额": "\t", "履行期限": "\t", "达成口头协议之日": "2026年11月26日"},
    "终止调解告知书": {
        "终止原因": "分歧较大难以达成协议", "调解情况": "共1次，计入1次：2026年11月26日", "终止日期": "2026年11月26日",
        "权利告知": "各方当事人可以依法通过仲裁、行政、司法等途径维护自己的权利（人民调解法第二十六条）。",
    },
    "回访记录": {
        "回访单位": "楚雄市人民法院", "回访日期": "2026年11月26日", "回访情况": "尚未付款",
        "协议履行情况": "□全部履行　□部分履行　■未履行　□尚未到期　□无协议",
    },
    "签收回执": {"处理决定": "已签收"},
    "通报函": {"移送依据": "\t"},
}  # fmt: skip


def test_what_happened_gives_these_documents(told: Story) -> None:
    assert [(item["form"], item["zh"]) for item in told.documents(told.case_)] == NAMED
    assert {form for form, _ in NAMED} == set(forms()), "the story has every form"


@pytest.mark.parametrize("zh", FILLED)
def test_fields(told: Story, zh: str) -> None:
    paper = told.document(told.case_, zh)
    for label, value in FILLED[zh].items():
        assert paper.after(label) == value, label


@pytest.mark.parametrize("zh", sorted(FILLED))
def test_every_document_has_its_name_number_and_date(told: Story, zh: str) -> None:
    item = next(item for item in told.documents(told.case_) if item["zh"] == zh)
    paper = told.document(told.case_, zh)
    assert zh in paper.lines[:3] and item["number"] in paper.lines[:3]
    assert any(line.endswith("（盖章）") for line in paper.lines)
    dated = [line for line in paper.lines if line in ("2026年11月25日", "2026年11月26日", "＿＿＿＿年＿＿月＿＿日")]
    assert dated, "the day of the event, or a line for it"
    name = FILE.match(paper.answer.headers["content-disposition"])
    assert name is not None
    assert unquote(name[2]) == f"532301-2026-00001-{zh}-{item['event']}.docx"


def test_an_agreement_is_dated_by_who_signs_it(told: Story) -> None:
    """It takes effect with the last signature and seal (人民调解法 §29): the hub's day is not that day."""
    assert "＿＿＿＿年＿＿月＿＿日" in told.document(told.case_, "人民调解协议书").lines


def test_both_sides_have_a_place_whoever_is_in_the_log(told: Story) -> None:
    lines = told.document(told.case_, "人民调解协议书").lines
    assert f"申请人：{MASKED}　性别＿＿　民族＿＿　年龄＿＿" in lines
    assert "被申请人：＿＿＿＿＿＿　性别＿＿　民族＿＿　年龄＿＿" in lines
    assert "（姓名已脱敏的，由调解员填写全名）" in lines


def test_the_source_is_ticked(told: Story) -> None:
    ticked = told.document(told.case_, "人民调解受理登记表").after("案件来源")
    assert ticked.startswith("□主动　■依申请　□法院委托移送") and ticked.count("■") == 1


def test_later_events_change_nothing(told: Story) -> None:
    """The case was graded after it was registered: the record of its registration does not know."""
    assert told.document(told.case_, "人民调解受理登记表").after("风险等级") == ""


def visited(**fields: object) -> list[str]:
    """The lines of the record of a visit."""
    head = {"recorded_at": 1_795_600_000_000_000, "occurred_at": 1_795_500_000_000_000, "agency": agency_id(TOWN)}
    first = head | {
        "number": "510703-2026-00012", "category": "06", "place": "", "source": "court",
        "parties": (Party("applicant", "legal_person", b""),),
    }  # fmt: skip
    reached = head | {"form": "written", "amount": 100, "due_on": None}
    said = {"performance": "part", "satisfaction": "satisfied", "note": "尚欠一期"} | fields
    events = (
        Entry(1, 1, "dispute.registered", first), Entry(2, 2, "agreement.reached", reached),
        Entry(3, 3, "followup.visited", head | said),
    )  # fmt: skip
    record = Record(events, Registry(), {})
    form = forms()["visit"]
    start = start_of(form, record)
    assert start is not None
    return lines_of(write(compose(form, start, record), Fonts()).body)


def test_a_follow_up_visit() -> None:
    lines = visited()
    assert lines[:2] == ["回访记录", "（2026）绵涪人调访字第12-3号"]
    beside = dict(pairwise(lines))
    assert beside["协议书编号"] == "（2026）绵涪人调字第12-2号" and beside["回访情况"] == "尚欠一期"
    assert "■部分履行" in beside["协议履行情况"] and beside["协议履行情况"].count("■") == 1
    assert "■满意" in beside["满意度"] and beside["满意度"].count("■") == 1
    assert beside["错误或者激化迹象"] == beside["采取的措施"] == ""
    assert "申请人：＿＿＿＿＿＿　法定代表人（负责人）＿＿" in lines


def test_a_visit_without_an_answer_ticks_nothing() -> None:
    lines = visited(satisfaction="", note="")
    beside = dict(pairwise(lines))
    assert "■" not in beside["满意度"] and beside["回访情况"] == ""


def test_a_letter_goes_to_the_successor_of_who_sent() -> None:
    """承继: whoever took the sender's roles gets the answer; the letter answered is still the one that was sent."""
    old, new, by = (AgencyId(agency_id(code)) for code in ("old", "new", TOWN))
    known = {i: Agency(i, n, n, "police", "city", "532301", None, (), 0, True) for i, n in
             ((old, "旧所"), (new, "新所"), (by, "镇调委会"))}  # fmt: skip
    head = {"recorded_at": 0, "occurred_at": 0, "agency": by}
    first = head | {"number": "532301-2026-00007", "category": "06", "place": "", "source": "police", "parties": ()}
    sent = {"referral": bytes(16), "kind": "transfer", "channel": "police", "sender": old, "receiver": by, "reason": ""}
    events = [
        Entry(1, 1, "dispute.registered", first), Entry(2, 2, "referral.offered", head | sent),
        Entry(3, 3, "custody.succeeded", head | {"closing": old, "successor": new}),
        Entry(4, 4, "referral.accepted", head | {"referral": bytes(16), "handler": ""}),
    ]  # fmt: skip
    record, form = Record(events, Registry(known), {}), forms()["receipt"]
    start = start_of(form, record)
    assert start is not None
    paper = compose(form, start, record)
    assert (paper.to, paper.seal) == ("新所", "镇调委会")
    assert {item.key: item.paragraphs for item in paper.items}["letter_number"] == ("楚雄移〔2026〕7-2号",)


def test_what_parties_answered_and_particulars_are_printed() -> None:
    """受理登记表 of a committee that accepted: what was recorded before stands in it."""
    by = AgencyId(agency_id(TOWN))
    town = Agency(by, TOWN, "鹿城镇人民调解委员会", "committee", "township", "532301101", None, (), 0, True)
    head = {"recorded_at": 1_795_600_000_000_000, "occurred_at": 1_795_500_000_000_000, "agency": by}
    first = head | {
        "number": "532301-2026-00007", "category": "06", "place": "532301101", "source": "police", "parties": (),
    }  # fmt: skip
    sent = {"referral": bytes(16), "kind": "transfer", "channel": "police", "sender": by, "receiver": by, "reason": ""}
    told = {"subject": "mediation", "answer": "all", "note": "口头"}
    known = {"people": 3, "deaths": 0, "claimed": 1_000_000, "triggers": (), "emergency": False, "note": ""}
    events = (
        Entry(1, 1, "dispute.registered", first), Entry(2, 2, "parties.informed", head | told | {"subject": "rights"}),
        Entry(3, 3, "parties.informed", head | told), Entry(4, 4, "dispute.particulars", head | known),
        Entry(5, 5, "referral.offered", head | sent),
        Entry(6, 6, "referral.accepted", head | {"referral": bytes(16), "handler": ""}),
    )  # fmt: skip
    record, form = Record(events, Registry({by: town}), {}), forms()["registration"]
    start = start_of(form, record)
    assert start is not None
    beside = dict(pairwise(lines_of(write(compose(form, start, record), Fonts()).body)))
    assert beside["各方是否同意调解"] == "2026年11月24日是否同意调解：均同意"
    assert beside["涉及人数"] == "3人" and beside["涉及金额"] == "10,000.00元（大写：壹万元整）"
    assert beside["发生地"] == "鹿城镇" and beside["受理日期"] == "2026年11月25日"
    assert "■公安委托移送" in beside["案件来源"]
