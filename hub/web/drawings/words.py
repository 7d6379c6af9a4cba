"""The words of a lanes picture: lengths of time, results, and the description in full sentences."""

from __future__ import annotations

import re
from collections.abc import Callable

from hub.words import DAY, HOUR, SECOND

from .model import KINDS, Leg, Picture
from .scale import local_text

REASONS = {
    "not_competent": "不属职责", "missing_record": "材料不全", "wrong_branch": "序列不符",
    "excluded_by_law": "依法不得调解", "taken_elsewhere": "他机关已受理", "no_consent": "当事人不同意",
    "conflict_of_interest": "应当回避", "duplicate": "重复移送", "other": "其他", "sender": "移送单位撤回",
    "consented": "经同意撤回", "redirected": "改派", "superseded": "被指派取代", "came_back": "责任已回",
    "merged": "单位合并", "feedback": "已反馈", "closed": "随案办结", "recalled": "收回",
}  # fmt: skip
LEVELS = {"group": "组级", "village": "村级", "township": "镇级", "city": "市级", "prefecture": "州级"}
ORGANS = {"police": "公安", "court": "法院", "procuratorate": "检察院", "petition": "信访", "justice": "司法行政"}


_PLACE = re.compile("^[^市县区]{1,8}(?P<level>[市县区])(?P<rest>.+)$")
_TOWN = re.compile("^[^镇乡]{1,6}[镇乡](?P<rest>.+)$")


def short_name(name: str) -> str:
    """A registered name as people say it: 楚雄市苍岭镇西云村人民调解委员会 → 西云村调委会. Unknown names stay."""
    made = re.sub("[村居]民小组调解席位$", "小组", name).replace("人民调解委员会", "调委会")
    place = _PLACE.match(made.replace("矛盾纠纷多元化解中心", "化解中心"))
    if place is None:
        return made
    rest = place["rest"]
    town = _TOWN.match(rest)
    if town is not None:
        return town["rest"] if re.search("(村|社区)(调委会|小组)$", rest) else rest
    office = re.match("^(公安局|司法局)(?P<office>.+(派出所|司法所))$", rest)
    return office["office"] if office is not None else place["level"] + rest


def role(kind: str, level: str) -> str:
    """The second line of a custodian's lane: its organ, else its level."""
    return ORGANS.get(kind) or LEVELS.get(level, "")


def length(micros: int) -> str:
    """A length of time: minutes under 1 h, hours and minutes under 1 day, days and hours under 3 days, else days."""
    minutes = micros // (60 * SECOND)
    if micros < HOUR:
        return f"{minutes}分"
    if micros < DAY:
        return f"{minutes // 60}小时" + (f"{minutes % 60}分" if minutes % 60 else "")
    days, hours = micros // DAY, micros % DAY // HOUR
    return f"{days}天" + (f"{hours}小时" if hours and micros < 30 * DAY else "")


def result(leg: Leg, now: int) -> tuple[str, str]:
    """What came of a referral, and the class of its words."""
    kind, why = KINDS.get(leg.kind, leg.kind), REASONS.get(leg.reason, leg.reason)
    head = f"#{leg.number} "
    if leg.state == "returned":
        return f"{head}退回：{why}", "t-late"
    if leg.state == "lapsed":
        signed = "未受理" if leg.signed else "无人签收"
        return f"{head}{signed}，{local_text(leg.ended or now, '%m-%d')} 失效", "t-crit"
    if leg.state == "withdrawn":
        return f"{head}撤回：{why}", "sub"
    if leg.state == "offered" and leg.accepted is None:
        return f"{head}{kind}未签收，已 {length(now - leg.offered)}", "t-soon"
    if leg.state == "signed" and leg.kind in ("transfer", "delegation", "escalation"):
        return f"{head}{kind}已签收，待受理", "t-soon"
    return f"{head}{kind}" + ("，不得拒收" if leg.kind == "assignment" else ""), "sub"


def spoken(leg: Leg, name: Callable[[bytes], str], now: int) -> str:
    """A leg as a sentence, for those who do not see it."""
    made = f"#{leg.number} {KINDS.get(leg.kind, leg.kind)}，{name(leg.sender)} 至 {name(leg.receiver)}"
    made += f"，{local_text(leg.offered)} 发出"
    if leg.signed is not None:
        made += f"，{local_text(leg.signed)} 签收"
    if leg.accepted is not None and leg.kind != "assignment":
        made += f"，{local_text(leg.accepted)} 受理"
    ends = {"returned": "退回", "lapsed": "逾期失效", "withdrawn": "撤回", "concluded": "终结"}
    if leg.state in ends:
        made += f"，{local_text(leg.ended or now)} {ends[leg.state]}"
    elif leg.accepted is None and leg.signed is None:
        made += "，未签收"
    return made


def description(shown: Picture, name: Callable[[bytes], str]) -> str:
    """The whole picture in sentences."""
    stages = "、".join(f"{name(hold.agency)}（{local_text(hold.since, '%m-%d')} 起）" for hold in shown.holds)
    made = f"责任依次在{stages}，没有中断。"
    for leg in shown.legs:
        if leg.state in ("returned", "lapsed", "withdrawn"):
            word = {"returned": "被退回", "lapsed": "逾期失效", "withdrawn": "撤回"}[leg.state]
            made += f"第 {leg.number} 次{KINDS.get(leg.kind, leg.kind)} {local_text(leg.ended or 0, '%m-%d')} {word}。"
    waiting = [leg for leg in shown.legs if leg.state in ("offered", "signed") and leg.accepted is None]
    if waiting:
        made += f"现有 {len(waiting)} 件移送未受理，责任不变。"
    return made + ("" if shown.open else "案件已办结。")
