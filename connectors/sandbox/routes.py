"""Where a dispute can go from its custodian, and what to do when an offer came to nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from .acts import Act
from .casebook import MOVING, Case, Referral
from .desk import ASKS
from .nature import HOUR
from .papers import Papers

MEDIATORS = frozenset({"committee", "industry_committee", "department_committee", "group"})


def close(outcome: str, summary: str) -> dict[str, object]:
    """The fields of a closing; without performance the parties are told of their rights."""
    return {"outcome": outcome, "summary": summary, "rights_notice": outcome != "performed"}


def local(now: int) -> date:
    """The date in Asia/Shanghai (no daylight saving: a fixed eight hours)."""
    return (datetime.fromtimestamp(now / 1_000_000, UTC) + timedelta(hours=8)).date()


class Routes(Papers):
    """A desk that knows the ladder and the exits."""

    def region(self, agency: str) -> str:
        """The region code of an agency, "" when unknown."""
        return str(self.book.agencies.get(agency, {}).get("region", ""))

    def failed_offers(self, case: Case, me: str) -> list[Referral]:
        """Its own offers that came to nothing since it holds the dispute."""
        return [
            r
            for r in case.referrals.values()
            if r.sender == me and r.kind in MOVING and r.made >= case.held
            and r.state in ("returned", "lapsed", "withdrawn")
        ]  # fmt: skip

    def think_again(self, case: Case, me: str, offer: Referral) -> list[Act]:
        """Redirect (改派) an offer that nobody has signed long after it should have been."""
        unsigned = offer.state == "offered" and offer.sender == me and not offer.proposal
        if not unsigned or self.now < offer.sign_due + 10 * HOUR or not self.nature.happens(0.3, "redirect", offer.id):
            return []
        target = next((t for t in self.elsewhere(me, offer.receiver) if t != offer.receiver), "")
        if not target:
            return []
        about = f"instead/{offer.id}"
        return [self.refer(case, me, target, offer.kind, offer.channel, "久未签收，改派", about, offer.id)]

    def again(self, case: Case, me: str, failed: list[Referral]) -> list[Act]:
        """An offer came back, lapsed or was withdrawn: contest, offer elsewhere, ask for an assignment, or give up."""
        last = failed[-1]
        if not self.ready(last.at, 2, 30, "again", last.id):
            return []
        objects = last.state == "returned" and len(failed) == 1 and self.nature.happens(0.35, "contest", last.id)
        if objects and not last.content and self.kind(me) != "court":
            return [self.act("contest", me, case, {"referral": last.id, "grounds": "属接收单位职责"})]
        returners = {r.receiver for r in failed if r.state == "returned"}
        if len(returners) >= 2:
            centre = [i for i in self.book.of_kind("centre") if i != me]
            asks = {"recipients": centre, "grade": "", "content": ASKS}
            return [self.act("report", me, case, asks, "asks")] if centre and self.kind(me) != "court" else []
        tried = {r.receiver for r in failed if r.state != "lapsed" or self.nature.happens(0.5, "retry", r.id)}
        target = self.book.willing(last.suggested) if last.suggested else ""
        if not target or target in tried | {me}:
            target = next((t for t in self.elsewhere(me, last.receiver) if t not in tried), "")
        if not target or len(failed) > 3:
            return self.give_up(case, me)
        instead = last.id if last.state != "withdrawn" else None
        about = f"again/{len(failed)}"
        return [self.refer(case, me, target, last.kind, last.channel, "补正后再次移送", about, instead)]

    def elsewhere(self, me: str, start: str) -> list[str]:
        """Where else this can go: the same again, then up from there, then up from here, then the city committee."""
        found: list[str] = []
        for agency in (start, me):
            above = agency if agency != me else str(self.book.agencies.get(me, {}).get("superior") or "")
            while above:
                known = self.book.agencies.get(above, {})
                to = self.book.willing(above)
                if to and to != me and self.kind(to) in MEDIATORS and to not in found:
                    found.append(to)
                above = str(known.get("superior") or "")
        top = self.book.willing(self.top(me))
        return found if not top or top in found or top == me else [*found, top]

    def top(self, me: str) -> str:
        return self.book.by_code.get(f"{self.region(me)[:6]}.pmc", "")

    def give_up(self, case: Case, me: str) -> list[Act]:
        outcome = self.nature.pick(("no_deal", "unwilling", "unreachable", "expired"), "outcome", case.id)
        done = self.act("close", me, case, close(outcome, "终止调解，已告知权利"), f"{local(self.now)}")
        return [*self.report_back(case, me, False), *self.end_own(case, me), done]
