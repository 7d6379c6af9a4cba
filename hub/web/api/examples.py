"""One whole story in submissions: the examples of the interface description, every command once and more.

Each step is really posted, in this order, by a test, and each must be ``done``. The ids are those the hub
gives (they can be computed beforehand: that is the point), the places and agencies those of the trial city;
nobody in it exists.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final, NamedTuple

from hub.words import HUB_AGENCY, CommandId, agency_id, derived_id, dispute_id, finding_id, lead_id, referral_id, text

SYSTEM: Final = "example-city"  # serves every agency of the story
OPERATOR: Final = "example-operator"  # keeps the registry
STARTED: Final = "2026-11-25T00:12:36.000000Z"


class Step(NamedTuple):
    """One submission: which system posts it, its body, and how many days pass before it."""

    system: str
    body: dict[str, Any]
    days: int = 0


def _command(label: str) -> CommandId:
    return derived_id(f"example/{label}")


def _agency(code: str) -> str:
    return text(agency_id(code))


HUB: Final = text(HUB_AGENCY)  # the operator keeps the registry in the hub's own name
CENTRE: Final = _agency("532301.centre")
TOWN: Final = _agency("532301101.committee")
VILLAGE: Final = _agency("532301101201.committee")
HAMLET: Final = _agency("532301101202.committee")
STATION: Final = _agency("532301101.police")
HOUSING: Final = _agency("532301.department.housing")

DISPUTE: Final = text(dispute_id(SYSTEM, _command("register")))
SECOND: Final = text(dispute_id(SYSTEM, _command("register again")))


LEAD: Final = text(lead_id(SYSTEM, _command("report lead")))
FINDING: Final = text(finding_id(SYSTEM, _command("inspect"), 1))
BOOKS: Final = ("file_screening", "report_lead", "assess_lead", "settle_lead", "inspect", "rectify", "review_finding")


def _referral(label: str) -> str:
    return text(referral_id(SYSTEM, _command(label)))


def _act(label: str, type_: str, agency: str, later: int = 0, system: str = SYSTEM, **fields: Any) -> Step:
    about = {} if type_.startswith(("register", "amend", "open", "dissolve")) else {"dispute": DISPUTE}
    if type_ in ("close_intake", "close_agency", *BOOKS):
        about = {}
    head = {"type": type_, "command_id": text(_command(label)), "occurred_at": STARTED, "agency": agency}
    return Step(system, head | about | fields, later)


def _registration(code: str, name: str, kind: str, level: str, region: str, superior: str | None) -> Step:
    own: dict[str, Any] = {
        "code": code,
        "name": name,
        "kind": kind,
        "level": level,
        "region": region,
        "superior": superior,
    }
    return _act(f"register {code}", "register_agency", HUB, system=OPERATOR, **own)


_PARTY: Final = {
    "role": "applicant",
    "kind": "person",
    "commitment": hashlib.sha256(b"example").hexdigest(),
    "masked": "张某某",
    "salt": hashlib.sha256(b"salt of the example").hexdigest(),
}
_AMENDED: Final[dict[str, Any]] = {
    "name": "鹿城镇示范村人民调解委员会", "kind": "committee", "level": "village", "region": "532301101202",
    "superior": TOWN, "competences": ["01", "02"], "mediators": 1, "seal": True,
}  # fmt: skip

STORY: Final[tuple[Step, ...]] = (
    _registration("532301.centre", "楚雄市矛盾纠纷多元化解中心", "centre", "city", "532301", None),
    _registration("532301101.committee", "鹿城镇人民调解委员会", "committee", "township", "532301101", None),
    _registration(
        "532301101201.committee", "鹿城镇某村人民调解委员会", "committee", "village", "532301101201", TOWN
    ),
    _registration(
        "532301101202.committee", "鹿城镇另一村人民调解委员会", "committee", "village", "532301101202", TOWN
    ),
    _registration("532301101.police", "鹿城派出所", "police", "township", "532301101", None),
    _registration(
        "532301.department.housing", "市住建局调解委员会", "department_committee", "city", "532301", None
    ),
    _act("amend", "amend_agency", HUB, system=OPERATOR, subject=HAMLET, **_AMENDED),
    _act("close intake", "close_intake", HAMLET, subject=HAMLET, reason="换届，暂停接收三日"),
    _act("open intake", "open_intake", HAMLET, subject=HAMLET, reason="恢复接收"),
    _act(
        "register", "register", VILLAGE, category="03", place="532301101201", source="application",
        parties=[_PARTY], duty="登记岗",
    ),
    _act("grade", "grade", VILLAGE, scheme="三级", grade="中", ordinal=3, based_on=1),
    _act("refer", "refer", VILLAGE, kind="transfer", channel="police", receiver=STATION, reason="涉及肢体冲突"),
    _act("withdraw", "withdraw", VILLAGE, referral=_referral("refer"), reason="双方已平静"),
    _act("refer again", "refer", VILLAGE, kind="transfer", channel="police", receiver=STATION, reason="再次冲突"),
    _act("sign", "sign", STATION, referral=_referral("refer again"), duty="值班"),
    _act(
        "return", "return", STATION, referral=_referral("refer again"), reason_code="not_competent",
        reason="属房屋宅基地纠纷，无违法情节", suggested=HOUSING,
    ),
    _act("contest", "contest", VILLAGE, referral=_referral("refer again"), grounds="有治安隐患"),
    _act("settle", "settle", CENTRE, referral=_referral("refer again"), reason="维持退回"),
    _act("assign", "assign", CENTRE, channel="mediation", receiver=HOUSING, reason="属其主管"),
    _act("sign assignment", "sign", HOUSING, referral=_referral("assign")),
    _act(
        "feedback", "feedback", HOUSING, referral=_referral("assign"), final=False, content="已联系双方，拟定调解时间"
    ),
    _act("report", "report", HOUSING, recipients=[CENTRE], grade="中", content="涉及三户，情绪平稳"),
    _act("acknowledge", "acknowledge", CENTRE, instruction="注意防范"),
    _act("supervise", "supervise", CENTRE, supervised=HOUSING, demand="五日内报告进展"),
    _act("answer", "answer", HOUSING, content="已排定调解"),
    _act("urge", "urge", CENTRE, obligation="progress", content="请抓紧"),
    _act("assistance", "refer", HOUSING, kind="assistance", channel="police", receiver=STATION, reason="请到场"),
    _act("accept", "accept", STATION, referral=_referral("assistance"), handler="值班民警岗"),
    _act("final", "feedback", STATION, referral=_referral("assistance"), final=True, content="现场平稳"),
    _act("transfer", "refer", HOUSING, kind="transfer", channel="mediation", receiver=TOWN, reason="就近调解"),
    _act("sign transfer", "sign", TOWN, referral=_referral("transfer")),
    _act("ask back", "withdraw", HOUSING, referral=_referral("transfer"), reason="双方要求仍在本会调解"),
    _act("decline", "decline", TOWN, referral=_referral("transfer"), reason="已排期"),
    _act("ask back again", "withdraw", HOUSING, referral=_referral("transfer"), reason="双方书面要求"),
    _act("consent", "consent", TOWN, referral=_referral("transfer")),
    _act("delegate", "refer", HOUSING, kind="delegation", channel="mediation", receiver=TOWN, reason="委托就地调解"),
    _act("accept delegation", "accept", TOWN, referral=_referral("delegate"), handler="专职调解员岗"),
    _act("recall", "recall", HOUSING, later=200, referral=_referral("delegate"), reason="逾期未反馈"),
    _act(
        "attempt", "attempt", HOUSING, counted=True, at=STARTED, place="市住建局调解室", mediator="专职调解员岗",
        result="no_deal", mode="face_to_face",
    ),
    _act("inform", "inform", HOUSING, subject="mediation", answer="all", note="书面同意附卷"),
    _act("particulars", "particulars", HOUSING, people=6, claimed=3_000_000, note="涉及三户"),
    _act("extend", "extend", CENTRE, obligation="progress", cause="appraisal", days=10, reason="等待界址鉴定"),
    _act("reach", "reach_agreement", HOUSING, form="written", amount=1_200_000, due_on="2027-12-31"),
    _act("break", "break_agreement", HOUSING, reason="一方反悔"),
    _act("reach again", "reach_agreement", HOUSING, form="written", amount=1_000_000, due_on="2027-12-31"),
    _act("step", "step", HOUSING, machine="confirmation", step="applied", note="双方共同申请"),
    _act("perform", "perform_agreement", HOUSING, note="款项付清，凭证已核"),
    _act("close", "close", HOUSING, outcome="performed", summary="协议已履行", rights_notice=True),
    _act("visit", "visit", HOUSING, performance="full", satisfaction="satisfied", note="电话回访，双方无异议"),
    _act("reopen", "reopen", HOUSING, grounds="界址再起争议", relapse=True),
    _act("register again", "register", VILLAGE, category="02", source="proactive"),
    _act("ladder", "ladder", VILLAGE, act="end", reason="一方要求起诉", dispute=SECOND),
    _act(
        "decide relapse", "decide_relapse", VILLAGE, dispute=SECOND, earlier=DISPUTE, same=False, note="另一户的纠纷",
    ),
    _act("void", "void", VILLAGE, reason="重复登记", dispute=SECOND, duplicate_of=DISPUTE),
    _act(
        "file screening", "file_screening", VILLAGE, kind="regular", first="2026-11-16", last="2026-11-22", found=2,
        settled=1, summary="走访三个小组，一处已当场化解",
    ),
    _act(
        "report lead", "report_lead", VILLAGE, source="screening", category="02", place="532301101201", people=4,
        summary="两户排水走向有争执",
    ),
    _act(
        "assess lead", "assess_lead", VILLAGE, lead=LEAD, scheme="三级", raw="中", ordinal=3,
        measures="网格员每日走访，约双方到场",
    ),
    _act("settle lead", "settle_lead", VILLAGE, lead=LEAD, outcome="registered", registered=SECOND),
    _act("inspect", "inspect", TOWN, subject=VILLAGE, summary="台账齐全", demands=["补齐十月研判记录"]),
    _act("rectify", "rectify", VILLAGE, finding=FINDING, done="已补齐"),
    _act("review", "review_finding", TOWN, subject=VILLAGE, finding=FINDING, passed=True, note="已核"),
    _act("close agency", "close_agency", HUB, system=OPERATOR, subject=HAMLET, successor=VILLAGE, reason="村级合并"),
    _act("dissolve", "dissolve_agency", HUB, system=OPERATOR, subject=HAMLET, reason="合并完成"),
)  # fmt: skip


def _by_type() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for step in STORY:
        kind = step.body["type"]
        found.setdefault(kind, {"summary": kind, "value": step.body})
    return found


SUBMISSIONS: Final = _by_type()
