"""What an agency does about referrals sent to it and by it, about reports and about supervision.

Every decision is made from the system's own casebook and from chance; nothing else is looked at.
"""

from __future__ import annotations

from typing import Any

from .acts import Act
from .casebook import MOVING, Case, Casebook, Referral
from .manners import Manner, manner
from .nature import Nature

RETURNS = ("not_competent", "missing_record", "wrong_branch", "no_consent", "taken_elsewhere")
ASKS = "请求指派：两家单位均已退回"


class Desk:
    """The desk of one system: its agencies (ids), what it knows, and the moment."""

    def __init__(self, nature: Nature, book: Casebook, mine: frozenset[str]) -> None:
        self.nature = nature
        self.book = book
        self.mine = mine
        self.now = 0

    def kind(self, agency: str) -> str:
        """The kind of an agency, "" when unknown."""
        return str(self.book.agencies.get(agency, {}).get("kind", ""))

    def manner(self, agency: str) -> Manner:
        """The manner of one of its agencies."""
        return manner(self.nature, agency, self.kind(agency))

    def ready(self, since: int, least: float, most: float, *about: object) -> bool:
        """Whether a reaction that takes between ``least`` and ``most`` hours is due by now."""
        return self.now >= since + self.nature.hours(least, most, *about)

    def about_referrals(self, case: Case) -> list[Act]:
        """Acts on the referrals of a case: as receiver, as sender, as the superior that settles."""
        acts: list[Act] = []
        for r in case.referrals.values():
            if r.receiver in self.mine:
                acts += self._receive(case, r)
            if r.sender in self.mine:
                acts += self._sent(case, r)
            if r.contested and r.settler in self.mine:
                acts += self._settle(case, r)
        return acts

    def about_oversight(self, case: Case) -> list[Act]:
        """Receipts for reports, answers to supervision, and the centre's assignments when it was asked for one."""
        acts: list[Act] = []
        for agency, since in case.supervised.items():
            if agency in self.mine and self.ready(since, 8, 60, "answer", case.id, agency, since):
                acts.append(self.act("answer", agency, case, {"content": "已核查原因，限期推进"}, str(since)))
        for agency, since in case.reported.items():
            if agency not in self.mine or self.nature.happens(0.06, "no receipt", case.id, agency, since):
                continue
            if self.ready(since, 1, 20, "receipt", case.id, agency, since):
                acts.append(self.act("acknowledge", agency, case, {"instruction": "已阅，依法稳妥化解"}, str(since)))
                acts += self._assign_if_asked(case, agency)
        return acts

    def _receive(self, case: Case, r: Referral) -> list[Act]:
        me, how = r.receiver, self.manner(r.receiver)
        if self.nature.happens(how.deaf, "deaf", r.id, me):
            return []
        if r.proposal == "withdrawal" and self.ready(r.at, 2, 40, "consent", r.id):
            return [self._yes_or_no(case, r, me, 0.7)]
        if r.proposal or not r.alive:
            return []
        if r.state == "offered":
            if not self.ready(r.made, *how.sign, "sign", r.id):
                return []
            hasty = r.kind in MOVING and self.nature.happens(how.hasty, "hasty", r.id)
            return self._decide(case, r) if hasty else [self.act("sign", me, case, {"referral": r.id})]
        if r.state == "signed" and r.kind != "notice" and self.ready(r.at, *how.decide, "decide", r.id):
            return self._decide(case, r)
        if r.state == "accepted" and r.kind == "assistance" and self.ready(r.at, 30, 120, "help", r.id):
            return [self.act("feedback", me, case, {"referral": r.id, "final": True, "content": "协办事项已完成"})]
        late = r.kind == "transfer" and r.state == "accepted" and case.custodian == me and case.handover is None
        if late and self.nature.happens(0.04, "regret", r.id) and self.ready(r.at, 10, 30, "regret at", r.id):
            return [self._return(case, r, "excluded_by_law", None)]
        return []

    def _decide(self, case: Case, r: Referral) -> list[Act]:
        chance = {"assistance": 0.06, "delegation": 0.08}.get(r.kind, 0.17)
        if self.kind(r.receiver) in ("court", "centre"):
            chance = 0.05
        if self.nature.happens(chance, "return", r.id):
            reason = self.nature.pick(RETURNS, "reason", r.id)
            above = self.book.agencies.get(r.receiver, {}).get("superior")
            suggest = above if above != r.sender and self.nature.happens(0.5, "suggest", r.id) else None
            return [self._return(case, r, reason, suggest)]
        duty = self.nature.pick(("调解员岗", "值守岗", "窗口岗"), "duty", r.id)
        return [self.act("accept", r.receiver, case, {"referral": r.id, "handler": duty})]

    def _return(self, case: Case, r: Referral, reason: str, suggested: str | None) -> Act:
        fields = {"referral": r.id, "reason_code": reason, "reason": "", "suggested": suggested}
        return self.act("return", r.receiver, case, fields)

    def _sent(self, case: Case, r: Referral) -> list[Act]:
        me = r.sender
        if r.proposal == "return" and self.ready(r.at, 4, 60, "consent", r.id):
            return [self._yes_or_no(case, r, me, 0.75)]
        if r.state == "offered" and r.kind in MOVING and not r.proposal:
            return self._waiting(case, r)
        regrets = r.state == "signed" and r.kind in MOVING and self.nature.happens(0.03, "take back", r.id)
        if regrets and not r.proposal and self.ready(r.at, 1, 12, "take back at", r.id):
            return [self.act("withdraw", me, case, {"referral": r.id, "reason": "当事人自行和解"})]
        overdue = r.kind == "delegation" and r.state == "accepted" and r.overdue
        if overdue and self.nature.happens(0.7, "recall", r.id, r.feedback_due):
            return [self.act("recall", me, case, {"referral": r.id, "reason": "逾期未反馈"}, str(r.feedback_due))]
        return []

    def _waiting(self, case: Case, r: Referral) -> list[Act]:
        """An offer nobody has signed: think again, or press."""
        if self.nature.happens(0.03, "change of mind", r.id) and self.ready(r.made, 3, 20, "change at", r.id):
            return [self.act("withdraw", r.sender, case, {"referral": r.id, "reason": "误发"})]
        if self.now > r.sign_due and self.nature.happens(0.5, "urge", r.id):
            fields = {"obligation": "sign", "referral": r.id, "debtor": r.receiver, "content": "请尽快签收"}
            return [self.act("urge", r.sender, case, fields)]
        return []

    def _settle(self, case: Case, r: Referral) -> list[Act]:
        if not self.ready(r.at, 6, 70, "settle", r.id):
            return []
        receiver = self.book.willing(r.receiver)
        if receiver and receiver != case.custodian and self.nature.happens(0.6, "overrule", r.id):
            fields = {"channel": r.channel, "receiver": receiver, "reason": "退回理由不成立，指派办理"}
            return [self.act("assign", r.settler, case, fields, r.id)]
        return [self.act("settle", r.settler, case, {"referral": r.id, "reason": "退回理由成立，维持退回"})]

    def _assign_if_asked(self, case: Case, agency: str) -> list[Act]:
        if self.kind(agency) != "centre" or case.asked.get(case.custodian) != ASKS:
            return []
        city = self.book.agencies[agency]["region"]
        top = next((i for i, a in self.book.agencies.items() if a.get("code") == f"{city}.pmc"), "")
        if not top or top == case.custodian:
            return []
        fields = {"channel": "mediation", "receiver": top, "reason": "两次退回，由中心指派"}
        return [self.act("assign", agency, case, fields, str(case.reports))]

    def _yes_or_no(self, case: Case, r: Referral, me: str, yes: float) -> Act:
        if self.nature.happens(yes, "consents", r.id, r.proposal, r.at):
            return self.act("consent", me, case, {"referral": r.id}, str(r.at))
        return self.act("decline", me, case, {"referral": r.id, "reason": "理由不充分"}, str(r.at))

    def act(self, type: str, agency: str, case: Case, fields: dict[str, Any], about: str = "") -> Act:
        """An act on a case; ``about`` sets it apart from earlier ones of the type, each is done once."""
        ident = fields.get("referral") or ""
        return Act(type, agency, case.id, fields, f"{ident}/{about}")

    def refer(
        self, case: Case, me: str, to: str, kind: str, channel: str, reason: str, about: str, instead: str | None = None
    ) -> Act:
        """移送; ``instead``: 改派, in place of an earlier referral."""
        fields = {"kind": kind, "channel": channel, "receiver": to, "in_place_of": instead, "reason": reason}
        return self.act("refer", me, case, fields, about)
