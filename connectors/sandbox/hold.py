"""What the custodian (责任单位) of a dispute does with it: one step, one act, or a short chain that needs no answer."""

from __future__ import annotations

from .acts import Act
from .casebook import Case
from .dock import Organ
from .mediate import Mediator
from .nature import HOUR
from .routes import MEDIATORS


class Holder(Mediator, Organ):
    """A desk that also looks after the disputes its agencies hold."""

    def about_custody(self, case: Case) -> list[Act]:
        """The custodian's act at this moment, if any."""
        me = case.custodian
        if me not in self.mine or case.status == "void":
            return []
        if case.status == "closed":
            return self._after_closing(case, me)
        idle = self.nature.happens(self.manner(me).deaf / 2, "idle", case.id, me)
        if idle:
            return []
        if case.handover is not None:
            return self.think_again(case, me, case.handover)
        early = self._early(case, me)
        if early:
            return early
        failed = self.failed_offers(case, me)
        contested = any(r.contested for r in case.referrals.values())
        if contested:
            return []
        exit_ = self.takes_exit(case, me)
        if exit_ is not None:
            return exit_
        if self.kind(me) in MEDIATORS:
            return self.mediate(case, me, failed)
        return self.hand_over(case, me, failed)

    def _early(self, case: Case, me: str) -> list[Act]:
        """Grading, the report of a red case, interim feedback, void as a duplicate."""
        born = case.version <= 1 and not case.referrals
        if born and self.nature.happens(0.015, "duplicate", case.id) and self.ready(case.held, 2, 20, "void", case.id):
            return [self.act("void", me, case, {"reason": "重复登记"})]
        if not case.graded and self.nature.happens(0.4, "grade", case.id, me):
            ordinal = self.nature.weighted(((0.04, 1), (0.14, 2), (0.4, 3), (0.42, 4)), "ordinal", case.id)
            fields = {"scheme": "四色", "grade": "红橙黄蓝"[ordinal - 1], "ordinal": ordinal}
            return [self.act("grade", me, case, fields, str(case.held))]
        if case.graded == 1 and not case.reports:
            city = [i for i in self.book.of_kind("centre", "police") if self.book.agencies[i]["level"] == "city"]
            told = [i for i in city if i != me]
            report = {"recipients": told, "grade": "红", "content": "重大矛盾纠纷报告"}
            return [self.act("report", me, case, report), *self._warn_police(case, me)] if told else []
        for r in case.referrals.values():
            asked = r.state == "accepted" and r.kind != "assistance" and r.receiver == me and r.sender != me
            due = asked and self.now > r.feedback_due - 40 * HOUR
            if due and self.nature.happens(0.7, "interim", r.id, r.feedback_due):
                fields = {"referral": r.id, "final": False, "content": "正在办理"}
                return [self.act("feedback", me, case, fields, str(r.feedback_due))]
        return []

    def _warn_police(self, case: Case, me: str) -> list[Act]:
        """通报公安 of a red case, with receipt (闭环)."""
        station = self.book.willing(self.book.by_code.get(f"{case.place[:9]}.police", ""))
        if not station or station == me:
            return []
        return [self.refer(case, me, station, "notice", "police", "可能激化，通报公安机关", f"danger/{me}")]

    def _after_closing(self, case: Case, me: str) -> list[Act]:
        if case.reopened or not self.nature.happens(0.045, "relapse", case.id):
            return []
        if not self.ready(case.closed_at, 30, 200, "relapse at", case.id):
            return []
        return [self.act("reopen", me, case, {"grounds": "当事人反映履行后又起争执", "relapse": True})]
