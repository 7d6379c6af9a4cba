"""One dispute of a scripted play: what its agencies say, as lines that a story yields."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from connectors.client import Receipt

from .stage import NOW, TAKEN, Line, Say, Story, Wait

Cast = dict[str, str]  # role → agency id
LIMIT = 9.0  # days in which the limits of signing and accepting have run out


class Case:
    """``dispute`` and ``referral`` (the last one made) are known once their acts were answered."""

    def __init__(self, ids: Cast, category: str = "02", place: str = "") -> None:
        self.ids = ids
        self.category = category
        self.place = place
        self.dispute = ""
        self.referral = ""
        self._papers = 0

    def say(
        self, type: str, by: str, *, codes: tuple[str, ...] = TAKEN, **fields: Any
    ) -> Generator[Line, Any, Receipt]:
        """An act on this dispute."""
        answer: Receipt = yield Say(type, by, {"dispute": self.dispute, **fields}, codes)
        return answer

    def about(self, type: str, by: str, *, codes: tuple[str, ...] = TAKEN, **fields: Any) -> Story:
        """An act on the last referral."""
        yield from self.say(type, by, codes=codes, referral=self.referral or None, **fields)

    def register(self, by: str, source: str = "application") -> Story:
        """登记, and the recorded consent of all parties to mediation."""
        fields = {"category": self.category, "place": self.place, "source": source, "parties": []}
        answer = yield Say("register", by, fields)
        self.dispute = answer.dispute or ""
        yield from self.say("inform", by, subject="mediation", answer="all", note="")

    def refer(
        self, by: str, to: str, kind: str, channel: str, *, instead: str | None = None, codes: tuple[str, ...] = TAKEN
    ) -> Story:
        """移送"""
        answer = yield from self.say(
            "refer", by, codes=codes, kind=kind, channel=channel, receiver=self.ids[to], in_place_of=instead, reason=""
        )
        if answer.accepted:
            self.referral = answer.referral or ""

    def assign(self, by: str, to: str, channel: str, basis: str = "") -> Story:
        """指派, and the receiver's sign-for."""
        answer = yield from self.say(
            "assign", by, channel=channel, receiver=self.ids[to], reason="指派办理", basis=basis
        )
        self.referral = answer.referral or ""
        yield from self.about("sign", to)

    def accept(self, by: str) -> Story:
        """受理"""
        yield from self.about("accept", by, handler="值守岗")

    def take(self, by: str) -> Story:
        """签收、受理"""
        yield from self.about("sign", by)
        yield from self.accept(by)

    def give_back(self, by: str, suggested: str | None = None, reason: str = "not_competent") -> Story:
        """退回, or its proposal"""
        yield from self.about("return", by, reason_code=reason, reason="", suggested=suggested)

    def give_back_refused(self, by: str) -> Story:
        """An assignment binds: it is not returned."""
        yield from self.about("return", by, reason_code="not_competent", reason="", codes=("referral.binding",))

    def hear(self) -> Story:
        """Let the hub come to rest; ``referral`` is then the last one that the inboxes tell of."""
        heard = yield Wait(0)
        self.referral = heard.get(self.dispute, self.referral)

    def step(self, by: str, machine: str, step: str, codes: tuple[str, ...] = TAKEN) -> Story:
        """对接环节, with a number for its document"""
        self._papers += 1
        yield from self.about("step", by, codes=codes, machine=machine, step=step, document=f"演字〔{self._papers}〕号")

    def attempt(self, by: str, result: str = "no_deal", **fields: Any) -> Story:
        """调解一次, a session that has just ended"""
        whole = {"counted": True, "why_not": "", "place": "", "mediator": "调解员岗", "mode": "face_to_face", **fields}
        yield from self.say("attempt", by, result=result, at=NOW, **whole)

    def agree(self, by: str) -> Story:
        """达成书面协议"""
        yield from self.say("reach_agreement", by, form="written", amount=120_000, due_on=None)

    def close(self, by: str, outcome: str = "no_deal") -> Story:
        """办结; the parties are told of their rights unless the agreement was performed."""
        yield from self.say("close", by, outcome=outcome, summary="", rights_notice=outcome != "performed")

    def excuse(self, *roles: str) -> Story:
        """Whoever was supervised in the meantime answers: nobody disappears by closing."""
        for role in roles:
            yield from self.say("answer", role, codes=("", "supervision.none"), content="已核查")


def rest(days: float) -> Story:
    """Days in which nothing is done."""
    yield Wait(days * 24)
