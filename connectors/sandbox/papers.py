"""Docking procedures (对接程序) in the month: what each organ writes down of its own proceedings, up to their end.

The court entrusts and makes its document or tries the case, the police recognise, the procuratorate decides, the
petition office replies; agreements go to judicial confirmation; exits take what mediation could not settle. Nobody
records a step it has not heard the one before of.
"""

from __future__ import annotations

from collections.abc import Sequence

from .acts import Act
from .casebook import Case, Referral
from .desk import Desk

# An organ's own proceedings: channel of its referral → procedure, and the steps with which it hands over.
OPENING = {
    "court": ("entrust", ("registered", "consented", "entrusted")),
    "procuratorate": ("settlement", ("proposed",)),
    "police": ("police", ("filed", "referred")),
    "petition": ("petition", ("registered", "accepted", "consented", "handed_over")),
}
# How who mediated reports back when it is over: (with an agreement, without).
REPORT = {
    "entrust": (("agreed",), ("failed",)), "settlement": (("mediated",), ("failed",)),
    "police": (("agreed", "performed", "applied"), ("failed",)), "petition": (("fed_back",), ("fed_back",)),
}  # fmt: skip
ANSWER = {  # the organ's last steps after the report: step heard of → one of these chains, by weight
    "entrust/agreed": ((0.5, ("mediated",)), (0.25, ("withdrawn",)), (0.25, ("otherwise",))),
    "entrust/failed": ((1.0, ("trial",)),),
    "settlement/mediated": ((1.0, ("reviewed", "made", "performed", "decided")),),
    "settlement/failed": ((1.0, ("decided",)),),
    "police/applied": ((0.85, ("recognised",)), (0.15, ("not_recognised", "resumed"))),
    "police/failed": ((1.0, ("resumed",)),),
    "petition/fed_back": ((0.7, ("replied",)), (0.3, ("resumed", "replied"))),
}  # fmt: skip
EXITS = {  # what the last committee tells the parties, and what becomes of it: taken up or refused
    "court": ("filing", "told", ("applied", "registered"), ("applied", "refused")),
    "dept.hrss": ("labour_arbitration", "told", ("applied", "accepted"), ("applied", "refused")),
    "dept.nature": ("adjudication", "handed", ("accepted", "decided"), ("refused",)),
}  # fmt: skip
CONFIRMED = ((0.9, "confirmed"), (0.1, "rejected"))


class Papers(Desk):
    """A desk that keeps the procedures' steps."""

    def about_procedures(self, case: Case) -> list[Act]:
        """The steps its agencies have to record now."""
        if case.status == "void":
            return []
        acts: list[Act] = []
        for r in case.referrals.values():
            if r.sender in self.mine:
                acts += self._opens(case, r) + self._answers(case, r) + self._tells(case, r)
            if r.receiver in self.mine and r.kind == "notice" and r.state == "signed":
                acts += self._receipt(case, r)
        return acts

    def steps(self, case: Case, me: str, machine: str, steps: Sequence[str], referral: str | None) -> list[Act]:
        """A chain of steps, each with a number for its document."""
        number = f"演〔2026〕{1 + int(self.nature.share('document', machine, case.id) * 9000)}号"
        whole = {"machine": machine, "referral": referral, "document": number, "note": ""}
        return [self.act("step", me, case, {**whole, "step": step}, f"{machine}/{step}") for step in steps]

    def report_back(self, case: Case, me: str, agreed: bool) -> list[Act]:
        """What who mediated owes the organ that sent the case, where it has heard of the organ's own proceedings."""
        acts: list[Act] = []
        for r in case.referrals.values():
            machine, opening = OPENING.get(r.channel, ("", ("",)))
            if r.receiver == me and machine and case.steps.get(machine) == opening[-1]:
                acts += self.steps(case, me, machine, REPORT[machine][not agreed], r.id)
        return acts

    def end_own(self, case: Case, me: str) -> list[Act]:
        """A court that closes without an outcome of mediation tries the case."""
        going = case.steps.get("entrust") in OPENING["court"][1]
        mine = [r for r in case.referrals.values() if r.sender == me and r.channel == "court"]
        return self.steps(case, me, "entrust", ("trial",), mine[-1].id) if going and mine else []

    def exit_to(self, case: Case, me: str, target: str) -> list[Act]:
        """The parties are told of the way left, before the case goes there."""
        code = str(self.book.agencies[target]["code"]).partition(".")[2]
        machine, told, _, _ = EXITS[code]
        return self.steps(case, me, machine, (told,), None)

    def taken_up(self, case: Case, me: str) -> tuple[list[Act], bool]:
        """What an exit makes of a case that was handed to it, and whether it takes it up."""
        code = str(self.book.agencies[me]["code"]).partition(".")[2]
        machine, _, taken, refused = EXITS[code]
        yes = self.nature.happens(0.88, "taken up", case.id)
        return self.steps(case, me, machine, taken if yes else refused, None), yes

    def _opens(self, case: Case, r: Referral) -> list[Act]:
        """With its hand-over an organ writes down how far its own proceedings are."""
        machine, steps = OPENING.get(r.channel, ("", ()))
        ours = machine and r.kind in ("transfer", "delegation") and self.kind(r.sender) == r.channel
        if not ours or not r.alive or case.steps.get(machine):
            return []
        return self.steps(case, r.sender, machine, steps, r.id)

    def _answers(self, case: Case, r: Referral) -> list[Act]:
        """The report is there: the organ brings its own proceedings to their end."""
        machine, _ = OPENING.get(r.channel, ("", ()))
        heard = f"{machine}/{case.steps.get(machine, '')}"
        chains = ANSWER.get(heard)
        if not chains or not self.ready(case.stepped_at, 4, 50, "answers", heard, case.id):
            return []
        if machine == "entrust" and (case.custodian != r.sender or case.status != "open"):
            return []  # the final word first
        return self.steps(case, r.sender, machine, self.nature.weighted(chains, "ends", heard, case.id), r.id)

    def _tells(self, case: Case, r: Referral) -> list[Act]:
        """A notice to court or police carries an application for confirmation, or tells of violence and danger."""
        if r.kind != "notice" or not r.alive or case.custodian != r.sender or case.status != "open":
            return []
        machine, step = {"court": ("confirmation", "applied"), "police": ("to_police", "noticed")}.get(
            r.channel, ("", "")
        )
        return self.steps(case, r.sender, machine, (step,), r.id) if machine and not case.steps.get(machine) else []

    def _receipt(self, case: Case, r: Referral) -> list[Act]:
        """The court takes up an application and decides it; the police give their receipt."""
        if case.steps.get("to_police") == "noticed" and r.channel == "police":
            return self.steps(case, r.receiver, "to_police", ("receipted",), r.id)
        asked = case.steps.get("confirmation")
        if asked == "applied" and self.ready(case.stepped_at, 4, 60, "takes up", case.id):
            return self.steps(case, r.receiver, "confirmation", ("accepted",), r.id)
        if asked == "accepted" and self.ready(case.stepped_at, 24, 200, "decides", case.id):
            found = self.nature.weighted(CONFIRMED, "confirms", case.id)
            return self.steps(case, r.receiver, "confirmation", (found,), r.id)
        return []
