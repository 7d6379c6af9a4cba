"""The least fields of each of the nine documents: in the form, under every name and for every start it has.

The table is that of the official dossier (卷宗) and of the docking letters; ``number``, ``to``, ``seal``, ``line``
stand for what is no field: the document's number, its receiver, the seal, and a line that is filled in beside it.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from hub.aggregates.agency.registry import Agency, Registry
from hub.aggregates.dispute.events import Party
from hub.web.documents.compose import Paper, compose, start_of
from hub.web.documents.form import Form, forms
from hub.web.documents.record import Entry, Record
from hub.words import AgencyId, agency_id

LETTER = {
    "doc no.": "number", "origin org": "seal", "contact": ("line", "联系电话："), "receiver": "to",
    "origin case no.": "原案（警、访）号", "dispute category": "纠纷类型", "parties": "当事人",
    "brief facts": "简要事实",
    "claims": "当事人诉求", "risk grade": "风险等级", "consent evidence": "当事人同意情况", "limit + unit": "签收期限",
    "attachments list": "附件清单", "confidentiality level": "保密要求", "reply-to": "回复至",
}  # fmt: skip
LEAST: dict[str, dict[str, Any]] = {
    "referral_letter": LETTER | {"basis article": "移送依据"},
    "delegation_letter": LETTER | {"basis article": "依据", "limit of the mediation": "调解期限"},
    "receipt": {
        "envelope id": "移送次序", "letter": "来函文号", "decision": "处理决定", "handler": "承办人（岗位）",
        "phone": "联系电话", "planned date": "拟办（调解）日期",
    },
    "return_letter": {
        "envelope id": "移送次序", "letter": "来函文号", "decision": "处理决定", "reason code": "退回原因",
        "suggested owner": "建议办理单位", "handler": "经办人", "phone": "联系电话",
    },
    "registration": {
        "date": "受理日期", "parties": "当事人", "纠纷类型": "纠纷类型", "案件来源": "案件来源",
        "brief": "纠纷简要情况",        "signatures": ("line", "申请人（签名盖章或按指印）："), "seal": "seal",
    },
    "agreement": {
        "party data": "当事人", "facts + disputes + responsibility": "纠纷主要事实、争议事项以及各方当事人的责任",
        "content": "经调解，各方自愿达成如下协议", "method, place": "履行方式、地点", "deadline": "履行期限",
        "signatures/fingerprints": ("line", "当事人（签名、盖章或按指印）："), "mediator": ("line", "调解员（签名）："),
        "seal": "seal",
    },
    "visit": {
        "visitee": "被回访人", "agreement no.": "协议书编号", "performance": "协议履行情况", "satisfaction": "满意度",
        "litigation/result": "是否诉讼及结果", "error or escalation signs": "错误或者激化迹象",
        "measures": "采取的措施",
    },
    "feedback_letter": {
        "outcome": "办理结果", "date": "结果日期", "agreement no.": "协议书编号", "performance": "履行情况",
        "residual claims": "未了诉求", "risk now": "现时风险等级", "advice": "建议",
    },
    "termination": {"reason code": "终止原因", "attempts": "调解情况", "date": "终止日期", "rights notice": "权利告知"},
}  # fmt: skip
SENDER, RECEIVER, COURT, GROUP = (AgencyId(agency_id(code)) for code in ("sender", "receiver", "court", "group"))
ALL = {
    SENDER: ("甲镇人民调解委员会", "committee"), RECEIVER: ("乙村人民调解委员会", "committee"),
    COURT: ("丙法院", "court"), GROUP: ("丁小组", "group"),
}  # fmt: skip
KNOWN = Registry(
    {i: Agency(i, n, n, kind, "", "", RECEIVER if i == GROUP else None, (), 0, True) for i, (n, kind) in ALL.items()}
)
BOTH = (Party("applicant", "person", b""), Party("respondent", "person", b""), Party("respondent", "company", b""))
HEAD = {"recorded_at": 1_795_600_000_000_000, "occurred_at": 1_795_500_000_000_000, "agency": RECEIVER}
FIRST = HEAD | {"number": "532301-2026-00007", "category": "06", "place": "", "source": "police", "parties": BOTH}
SENT = {
    "referral": bytes(16), "kind": "transfer", "channel": "police", "sender": SENDER, "receiver": RECEIVER,
    "reason": "",
    "sign_due_at": 1_795_700_000_000_000, "sign_rule": "sign.24h", "accept_due_at": None, "accept_rule": "",
}  # fmt: skip
ON = {"referral": bytes(16), "handler": "", "reason_code": "other", "reason": "", "suggested": None, "content": ""}
EVENTS: dict[str, dict[str, Any]] = {
    "agreement.reached": {"form": "written", "amount": None, "due_on": None},
    "dispute.closed": {"outcome": "no_deal", "summary": "", "rights_notice": True},
    "followup.visited": {"performance": "full", "satisfaction": "", "note": ""},
    "feedback.given": {"feedback_due_at": 0, "feedback_rule": ""}, "referral.concluded": {"cause": "feedback"},
    "referral.accepted": {"feedback_due_at": 1_795_700_000_000_000, "feedback_rule": "feedback.10w"},
    "referral.signed": {"feedback_due_at": None, "feedback_rule": ""}, "referral.returned": {},
}  # fmt: skip
FIELD = {  # what a start's condition is a condition of: the referral, or the event
    "sender_kind": lambda kind: {"sender": _of(kind)},
    "receiver_kind": lambda kind: {"receiver": _of(kind)},
    "agency_kind": lambda kind: {"agency": _of(kind)},
}


def _of(kind: str) -> AgencyId:
    return next((i for i, (_, k) in ALL.items() if k == kind), RECEIVER)


def starts() -> list[Any]:
    return [
        pytest.param(form, n, id=f"{form.key}-{start.zh}-{start.topic}")
        for form in forms().values()
        for n, start in enumerate(form.starts)
    ]


def made(form: Form, n: int, more: tuple[Entry, ...] = (), **fields: Any) -> Paper:
    """The document as its ``n``-th start gives it."""
    start = form.starts[n]
    sent, own = dict(SENT), HEAD | ON | EVENTS.get(start.topic, {})
    for name, values in start.where.items():
        given = FIELD[name](values[0]) if name in FIELD else {name: values[0]}
        sent |= given
        own |= given
    offered = "referral.assigned" if sent["kind"] == "assignment" else "referral.offered"
    entries = [Entry(1, 1, "dispute.registered", FIRST | {k: v for k, v in fields.items() if k == "parties"}), *more]
    if start.topic in ("referral.offered", "referral.assigned"):
        entries.append(Entry(3, 3, start.topic, HEAD | sent | fields))
    elif start.topic == "dispute.registered":
        entries = [Entry(1, 1, start.topic, FIRST | fields)]
    else:
        entries += [Entry(3, 3, offered, HEAD | sent), Entry(4, 4, start.topic, own | fields)]
    record = Record(tuple(entries), KNOWN, {})
    found = start_of(form, record)
    assert found is not None and found.topic == start.topic
    return compose(form, found, record)


def holds(paper: Paper, what: Any) -> bool:
    if what in ("number", "to", "seal"):
        return bool(getattr(paper, what))
    if isinstance(what, tuple):
        return what[1] in paper.signs
    return what in {item.label for item in paper.items}


@pytest.mark.parametrize(("form", "n"), starts())
def test_the_least_fields(form: Form, n: int) -> None:
    paper = made(form, n)
    court = form.key == "feedback_letter" and paper.to == "丙法院"
    # what a court may not be told while no agreement stands is left out, and what only it is told stands there
    left_out = {"agreement no.", "performance", "residual claims", "risk now", "advice"} if court else set()
    assert {name for name, what in LEAST[form.key].items() if not holds(paper, what)} == left_out
    if form.key == "feedback_letter":
        assert ("各方同意记载的无争议事实" in {item.label for item in paper.items}) == court


def test_the_table_has_every_form() -> None:
    assert set(LEAST) == set(forms())


@pytest.mark.parametrize("told", [True, False])
def test_the_parties_are_told_of_their_rights_or_a_line_asks_for_it(told: bool) -> None:
    paper = made(forms()["termination"], 0 if told else 1, rights_notice=told)
    (rights,) = [item for item in paper.items if item.label == "权利告知"]
    assert bool(rights.paragraphs) == told and (told or rights.lines == 2)


def test_a_written_agreement_has_a_copy_for_each_party_and_one_more() -> None:
    form = forms()["agreement"]
    copies = {item.label: item for item in made(form, 1).items}["份数"]
    assert copies.paragraphs == ("本协议一式4份，各方当事人、调解组织各持一份。",)
    alone = {item.label: item for item in made(form, 1, parties=BOTH[:1]).items}["份数"]
    assert alone.paragraphs == ("本协议一式＿＿份，各方当事人、调解组织各持一份。",)
    assert "份数" not in {item.label for item in made(form, 0).items}, "an oral one is not signed in copies"


def test_a_groups_agreement_bears_the_seal_of_the_committee_above_it() -> None:
    form = forms()["agreement"]
    assert made(form, 1, agency=GROUP).seal == "乙村人民调解委员会"
    assert made(form, 1, agency=SENDER).seal == "甲镇人民调解委员会"


@pytest.mark.parametrize(("step", "document", "printed"), [
    ("registered", "（2026）云2301民初88号", ("（2026）云2301民初88号",)),
    ("filed", "鹿公〔2026〕12号", ("鹿公〔2026〕12号",)),
    ("registered", "被申请人承认欠款两万元", ()), ("agreed", "（2026）云2301民初88号", ()),
])  # fmt: skip
def test_the_origins_number_is_printed_and_nothing_else_that_was_typed(
    step: str, document: str, printed: tuple[str, ...]
) -> None:
    took = HEAD | {"machine": "entrust", "step": step, "referral": None, "document": document, "note": ""}
    for key in ("referral_letter", "delegation_letter"):
        paper = made(forms()[key], 0, (Entry(2, 2, "procedure.stepped", took),))
        assert {item.label: item for item in paper.items}["原案（警、访）号"].paragraphs == printed


CITED = {  # article by law: what the rules of the domain rest on, and nothing else is printed in a form
    "人民调解法": {8, 17, 18, 25, 26, 27, 28, 29, 30, 31, 33}, "信访工作条例": {22, 23, 30}, "电子签名法": {3},
    "人民调解工作若干规定": {22, 35}, "公安机关办理行政案件程序规定": {178},
    "最高人民法院关于人民法院特邀调解的规定": {21, 22, 26, 27}, "人民法院在线调解规则": {18, 21, 22, 25},
}  # fmt: skip
DIGITS = dict(zip("一二三四五六七八九", range(1, 10), strict=True))


def numeral(text: str) -> int:
    total = digit = 0
    for c in text:
        if c in DIGITS:
            digit = DIGITS[c]
        else:
            total, digit = total + (digit or 1) * {"十": 10, "百": 100}[c], 0
    return total + digit


@pytest.mark.parametrize("key", sorted(forms()))
def test_only_articles_of_the_rules_are_cited(key: str) -> None:
    form = forms()[key]
    said = [
        *(b.text for b in form.blocks),
        *(n.text for n in form.notes),
        form.closing,
        *(s.opening for s in form.starts),
    ]
    found = [(law, numeral(article)) for text in said for law, article in _articles(text)]
    for law, article in found:
        known = [name for name in CITED if law.endswith(name)]
        assert known and article in CITED[known[0]], (law, article)
    if key == "agreement":
        assert len(found) == 4


def _articles(text: str) -> list[tuple[str, str]]:
    plain = text.replace("《", "").replace("》", "").replace("中华人民共和国", "")
    return re.findall(r"([\u4e00-\u9fff]+?)第([一二三四五六七八九十百]+)条", plain.replace("（", "，"))
