"""Organs that do not mediate: hand over by their docking, close when the last word has come back."""

from __future__ import annotations

from .acts import Act
from .casebook import Case, Referral
from .mediate import DONE
from .papers import OPENING
from .routes import Routes, close, local

ASKS_FIRST = ("court", "petition")  # their referrals need the recorded consent of all parties


class Organ(Routes):
    """The desk of court, procuratorate, police, petition and justice."""

    def hand_over(self, case: Case, me: str, failed: list[Referral]) -> list[Act]:
        """An organ that does not mediate: hand over by its docking; with the last word back, close."""
        kind = self.kind(me)
        known = case.referrals.values()
        back = [r for r in known if r.kind == "delegation" and r.sender == me and r.state == "concluded"]
        if back:
            return self._word_is_back(case, me, back[-1])
        if failed:
            return self.again(case, me, failed)
        if not self.ready(case.held, 1, 20, "hand over", case.id, me):
            return []
        target = self._docking(case, me)
        if not target:
            return []
        moves = "delegation" if kind in ("court", "procuratorate") else "transfer"
        channel = kind if kind in OPENING else "mediation"
        offer = self.refer(case, me, target, moves, channel, "双方同意调解，移送办理", f"first/{me}/{case.held}")
        if kind not in ASKS_FIRST:
            return [offer]
        asked = {"subject": "delegation" if kind == "court" else "mediation", "answer": "all", "note": ""}
        return [self.act("inform", me, case, asked, f"{me}/{case.held}"), offer]

    def takes_exit(self, case: Case, me: str) -> list[Act] | None:
        """What an exit does with a case handed to it; None for one that came otherwise."""
        handed = [r for r in case.referrals.values() if r.channel == "exit" and r.receiver == me]
        if not any(r.state == "accepted" for r in handed):
            return None
        if not self.ready(case.held, 20, 120, "filed", case.id):
            return []
        steps, taken = self.taken_up(case, me)
        outcome = ("taken_elsewhere", "已立案受理") if taken else ("out_of_scope", "不予受理，已告知权利")
        return [*steps, self.act("close", me, case, close(*outcome), "exit")]

    def _docking(self, case: Case, me: str) -> str:
        """Court and procuratorate delegate to the city or its industry committees; the others by place."""
        city, by_code = self.region(me)[:6], self.book.by_code
        wide = self.kind(me) in ("court", "procuratorate") or not case.place
        town, village = f"{case.place[:9]}.pmc", f"{case.place}.pmc"
        choice = self.nature.weighted(((0.6, village), (0.3, town), (0.1, f"{city}.pmc")), "docking", case.id)
        if wide:
            trades = sorted(code for code in by_code if code.startswith(f"{city}.pmc."))
            some = self.nature.pick(trades, "trade", case.id) if trades else f"{city}.pmc"
            choice = self.nature.weighted(((0.55, f"{city}.pmc"), (0.45, some)), "delegate", case.id)
        return self.book.willing(by_code.get(choice, by_code.get(f"{city}.pmc", "")))

    def _word_is_back(self, case: Case, me: str, last: Referral) -> list[Act]:
        if not self.ready(last.at, 3, 50, "read the word", last.id):
            return []
        if case.steps.get("entrust") in ("agreed", "failed"):
            return []  # its own outcome first
        day = f"{local(self.now)}"
        if last.content == DONE:
            return [self.act("close", me, case, close("performed", "调解协议已履行"), day)]
        return [self.act("close", me, case, close("no_deal", "调解不成，恢复原程序"), day)]
