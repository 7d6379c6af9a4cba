"""The words of a lanes picture in Chinese and English, as two tables of one shape (tested: same keys, same values).

Chinese is the first language; registered names stay as they are in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple


class Tongue(NamedTuple):
    """One language. ``lanes`` say why an agency has a lane; ``phrases`` are sentences with places for values."""

    lang: str
    kinds: Mapping[str, str]
    reasons: Mapping[str, str]
    levels: Mapping[str, str]
    organs: Mapping[str, str]
    lanes: Mapping[str, str]
    says: Mapping[str, str]
    marks: Mapping[str, str]
    phrases: Mapping[str, str]
    key: Mapping[str, str]

    def say(self, phrase: str, **values: Any) -> str:
        """A phrase with its values. KeyError for one that is not there."""
        return self.phrases[phrase].format(**values)


ZH: Final = Tongue(
    lang="zh",
    kinds={
        "transfer": "移交", "delegation": "委托", "escalation": "上转", "assignment": "指派", "assistance": "协办",
        "notice": "通报",
    },
    reasons={
        "not_competent": "不属职责", "missing_record": "材料不全", "wrong_branch": "序列不符",
        "excluded_by_law": "依法不得调解", "taken_elsewhere": "他机关已受理", "no_consent": "当事人不同意",
        "conflict_of_interest": "应当回避", "duplicate": "重复移送", "other": "其他", "sender": "移送单位撤回",
        "consented": "经同意撤回", "redirected": "改派", "superseded": "被指派取代", "came_back": "责任已回",
        "merged": "单位合并", "feedback": "已反馈", "closed": "随案办结", "recalled": "收回",
    },
    levels={"group": "组级", "village": "村级", "township": "镇级", "city": "市级", "prefecture": "州级"},
    organs={"police": "公安", "court": "法院", "procuratorate": "检察院", "petition": "信访", "justice": "司法行政"},
    lanes={
        "first": "登记单位", "present": "现责任单位", "assigner": "指派单位", "receiver": "接收单位",
        "assistance": "协办", "notice": "被通报", "settler": "裁定单位", "reported": "接报单位",
    },
    says={"final": "最终反馈", "interim": "阶段反馈", "contest": "异议", "report": "报告"},
    marks={
        "reached": "达成协议", "performed": "履行完毕", "broken": "反悔", "urge": "催办", "closed": "办结",
        "reopened": "重启", "voided": "作废",
    },
    phrases={
        "title": "责任接力图：{number}", "comma": "，", "and": "、", "colon": "：", "stage": "{name}（{day} 起）",
        "chain": "责任依次在{stages}，没有中断。", "ended": "第 {n} 次{kind} {day} {what}。",
        "waiting": "现有 {n} 件移送未受理，责任不变。", "is_closed": "案件已办结。",
        "was_returned": "被退回", "was_lapsed": "逾期失效", "was_withdrawn": "撤回",
        "held": "{name}担责 {span}", "now": "现在 {at}", "monday": "周一 {day}", "days_off": "{name} {days}",
        "to": "{first} 至 {last}", "worked": "{day} 补班", "no_data": "{year} 年放假安排未载入，只标周末",
        "minutes": "{m}分", "hours": "{h}小时", "hours_minutes": "{h}小时{m}分", "days": "{d}天",
        "days_hours": "{d}天{h}小时",
        "returned": "#{n} 退回：{why}", "lapsed_unsigned": "#{n} 无人签收，{day} 失效",
        "lapsed_signed": "#{n} 未受理，{day} 失效", "withdrawn": "#{n} 撤回：{why}",
        "unsigned": "#{n} {kind}未签收，已 {span}", "unaccepted": "#{n} {kind}已签收，待受理", "plain": "#{n} {kind}",
        "binding": "#{n} {kind}，不得拒收",
        "leg": "#{n} {kind}，{sender} 至 {receiver}，{at} 发出", "leg_signed": "，{at} 签收",
        "leg_accepted": "，{at} 受理", "leg_returned": "，{at} 退回", "leg_lapsed": "，{at} 逾期失效",
        "leg_withdrawn": "，{at} 撤回", "leg_concluded": "，{at} 终结", "leg_unsigned": "，未签收",
    },
    key={
        "held": "担责，粗线不断", "accepted": "受理，责任转移", "offer": "发出，签收，待受理", "returned": "退回",
        "lapsed": "逾期失效", "assigned": "指派，责任即转", "urged": "催办", "said": "反馈、报告",
        "attempt": "第几次调解", "agreement": "达成、履行", "due": "应于", "off": "周末，法定假日",
    },
)  # fmt: skip

EN: Final = Tongue(
    lang="en",
    kinds={
        "transfer": "transfer", "delegation": "delegation", "escalation": "escalation", "assignment": "assignment",
        "assistance": "help", "notice": "notice",
    },
    reasons={
        "not_competent": "not competent", "missing_record": "papers missing", "wrong_branch": "wrong branch",
        "excluded_by_law": "excluded by law", "taken_elsewhere": "taken up elsewhere", "no_consent": "no consent",
        "conflict_of_interest": "conflict of interest", "duplicate": "duplicate", "other": "other",
        "sender": "by the sender", "consented": "with consent", "redirected": "redirected",
        "superseded": "assigned instead", "came_back": "custody came back", "merged": "agencies merged",
        "feedback": "feedback given", "closed": "closed with the case", "recalled": "recalled",
    },
    levels={
        "group": "group", "village": "village", "township": "township", "city": "city", "prefecture": "prefecture",
    },
    organs={
        "police": "police", "court": "court", "procuratorate": "procuratorate", "petition": "petitions",
        "justice": "justice",
    },
    lanes={
        "first": "registered it", "present": "holds it", "assigner": "assigned it", "receiver": "was offered it",
        "assistance": "helps", "notice": "was notified", "settler": "settles", "reported": "was reported to",
    },
    says={"final": "final feedback", "interim": "feedback", "contest": "contest", "report": "report"},
    marks={
        "reached": "agreement", "performed": "performed", "broken": "broken", "urge": "urged", "closed": "closed",
        "reopened": "reopened", "voided": "voided",
    },
    phrases={
        "title": "Custody lanes of {number}", "comma": ", ", "and": ", ", "colon": ": ", "stage": "{name} (from {day})",
        "chain": "Custody was with {stages}, without a gap.", "ended": " Referral {n} ({kind}) {what} on {day}.",
        "waiting": " {n} referrals are not accepted yet; custody stays.", "is_closed": " The case is closed.",
        "was_returned": "was returned", "was_lapsed": "lapsed", "was_withdrawn": "was withdrawn",
        "held": "{name} {span}", "now": "now {at}", "monday": "Mon {day}", "days_off": "{name} {days}",
        "to": "{first} to {last}", "worked": "{day} worked", "no_data": "no holiday data for {year}: weekends only",
        "minutes": "{m} min", "hours": "{h} h", "hours_minutes": "{h} h {m} min", "days": "{d} d",
        "days_hours": "{d} d {h} h",
        "returned": "#{n} returned: {why}", "lapsed_unsigned": "#{n} unsigned, lapsed {day}",
        "lapsed_signed": "#{n} not accepted, lapsed {day}", "withdrawn": "#{n} withdrawn: {why}",
        "unsigned": "#{n} {kind} unsigned for {span}", "unaccepted": "#{n} {kind} signed, not accepted",
        "plain": "#{n} {kind}", "binding": "#{n} {kind}, binding",
        "leg": "#{n} {kind}, {sender} to {receiver}, sent {at}", "leg_signed": ", signed {at}",
        "leg_accepted": ", accepted {at}", "leg_returned": ", returned {at}", "leg_lapsed": ", lapsed {at}",
        "leg_withdrawn": ", withdrawn {at}", "leg_concluded": ", concluded {at}", "leg_unsigned": ", unsigned",
    },
    key={
        "held": "custody, an unbroken line", "accepted": "accepted: custody moves", "offer": "sent, signed, waiting",
        "returned": "returned", "lapsed": "lapsed", "assigned": "assigned: custody moves at once", "urged": "urged",
        "said": "feedback, report", "attempt": "mediation no.", "agreement": "agreed, performed", "due": "due",
        "off": "weekend, holiday",
    },
)  # fmt: skip


def tongue(lang: str) -> Tongue:
    """The table of a language; Chinese for any other."""
    return EN if lang == "en" else ZH
