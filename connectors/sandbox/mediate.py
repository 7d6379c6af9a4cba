"""Mediation: two tries per level, agreement and performance, then up the ladder or out."""

from __future__ import annotations

from datetime import date, timedelta

from .acts import Act
from .casebook import Case, Referral
from .routes import MEDIATORS, Routes, close, local

# Where a category's own exit is: labour arbitration, adjudication of titles; for all others the court.
EXITS = {"10": "dept.hrss", "11": "dept.hrss", "07": "dept.nature"}
SUCCESS = {"group": 0.30, "village": 0.38, "township": 0.42, "city": 0.5}  # chance that a counted attempt succeeds
TRIES = 2  # per level, (1+4)×2
DONE, FAILED = "已履行完毕", "调解不成"


class Mediator(Routes):
    """The desk of committees and groups."""

    def mediate(self, case: Case, me: str, failed: list[Referral]) -> list[Act]:
        if case.agreement in ("reached", "performed"):
            return self._agreed(case, me)
        if failed:
            return self.again(case, me, failed)
        tries = TRIES + (1 if case.agreement == "broken" else 0)
        if case.attempts < tries:
            since = max(case.attempt_at, case.held)
            if not self.ready(since, 6, 52, "attempt", case.id, me, case.attempts, case.reopened):
                return []
            return self._attempt(case, me)
        if not self.ready(case.attempt_at, 3, 26, "enough", case.id, me):
            return []
        if case.delegation is not None:
            return self._final(case, me, FAILED)
        return self._up(case, me)

    def _attempt(self, case: Case, me: str) -> list[Act]:
        n = case.attempts + 1
        here = self.book.agencies[me]
        counted = not self.nature.happens(0.06, "postponed", case.id, me, n, case.attempt_at)
        held = self.now - self.nature.hours(0.2, 3, "session", case.id, me, n)
        fields = {
            "counted": counted, "why_not": "" if counted else "一方首次未到场", "at": held,
            "place": here["name"][:40], "mediator": "调解员岗",
        }  # fmt: skip
        acts = [self.act("attempt", me, case, fields, f"{me}/{n}/{case.attempt_at}/{case.reopened}")]
        if counted and self.nature.happens(SUCCESS.get(here["level"], 0.4), "success", case.id, me, n, case.reopened):
            days = self.nature.pick((0, 1, 2, 3, 5, 7, 10), "days", case.id, me, n)
            written = self.nature.happens(0.7, "written", case.id, me)
            amount = self.nature.pick((None, 50_000, 120_000, 380_000, 1_500_000), "amount", case.id, me)
            due_on = (local(self.now) + timedelta(days=days)).isoformat()
            terms = {"form": "written" if written else "oral", "amount": amount, "due_on": due_on}
            acts.append(self.act("reach_agreement", me, case, terms, f"{me}/{n}/{case.reopened}"))
            acts += self._to_court(case, me) if written else []
        elif n == 1 and self.nature.happens(0.12, "help", case.id, me):
            acts += self._ask_for_help(case, me)
        return acts

    def _to_court(self, case: Case, me: str) -> list[Act]:
        """Some written agreements go to the court for confirmation (司法确认), jointly and within 30 days."""
        court = self.book.willing(self.book.by_code.get(f"{self.region(me)[:6]}.court", ""))
        if not court or case.delegation is not None or not self.nature.happens(0.3, "confirmation", case.id, me):
            return []
        return [self.refer(case, me, court, "notice", "court", "双方共同申请司法确认", f"confirmation/{me}")]

    def _ask_for_help(self, case: Case, me: str) -> list[Act]:
        others = [i for i in self.book.of_kind("department_committee") if i != me and self.book.willing(i) == i]
        if not others:
            return []
        told = self.nature.happens(0.3, "notice", case.id, me)
        kind, reason = ("notice", "情况通报") if told else ("assistance", "请派员协助核实")
        to = self.nature.pick(others, "helper", case.id, me)
        return [self.refer(case, me, to, kind, "mediation", reason, f"help/{me}")]

    def _agreed(self, case: Case, me: str) -> list[Act]:
        day = f"{local(self.now)}"
        if case.agreement == "reached":
            over = bool(case.due_on) and local(self.now) >= date.fromisoformat(case.due_on)
            if not over or not self.ready(case.agreed_at, 4, 40, "check", case.id, me):
                return []
            if self.nature.happens(0.09, "breaks", case.id, me, case.reopened):
                return [self.act("break_agreement", me, case, {"reason": "一方反悔"}, str(case.reopened))]
            done = self.act("perform_agreement", me, case, {"note": "已回访核实"}, str(case.reopened))
            return [done, *(self._final(case, me, DONE) if case.delegation is not None else [])]
        if case.delegation is not None:
            return self._final(case, me, DONE)
        helpers = [r for r in case.referrals.values() if r.kind == "assistance" and r.alive and r.sender == me]
        if helpers:
            return [self.act("withdraw", me, case, {"referral": r.id, "reason": "已无需协办"}) for r in helpers]
        done = self.act("close", me, case, close("performed", "协议已履行"), day)
        return [*self.report_back(case, me, True), done]

    def _final(self, case: Case, me: str, content: str) -> list[Act]:
        running = case.delegation
        assert running is not None
        word = self.act("feedback", me, case, {"referral": running.id, "final": True, "content": content}, "final")
        return [*self.report_back(case, me, content == DONE), word]

    def _up(self, case: Case, me: str) -> list[Act]:
        """Two tries failed: the next level of the ladder, or the category's own exit; above the city only exits."""
        own = EXITS.get(case.category, "")
        if own and self.nature.happens(0.5, "own exit", case.id, me):
            return self._exit(case, me, own) or self.give_up(case, me)
        above = str(self.book.agencies[me].get("superior") or "") or self.top(me)
        target = self.book.willing(above)
        if target and target != me and self.kind(target) in MEDIATORS:
            about = f"up/{me}/{case.reopened}"
            return [self.refer(case, me, target, "escalation", "mediation", "两次调解不成，转上一级", about)]
        if self.nature.happens(0.6, "exit", case.id, me):
            return self._exit(case, me, own or "court") or self.give_up(case, me)
        return self.give_up(case, me)

    def _exit(self, case: Case, me: str, where: str) -> list[Act]:
        """The parties are told, and the case goes to the court or department; nothing where that is its own."""
        to = self.book.willing(self.book.by_code.get(f"{self.region(me)[:6]}.{where}", ""))
        if not to or to == me:
            return []
        about = f"exit/{me}/{case.reopened}"
        offer = self.refer(case, me, to, "transfer", "exit", "终止调解，转法定途径", about)
        return [*self.exit_to(case, me, to), offer]
