"""A small city for tests of acts and desks: agencies of a real tree, one system that speaks for all of them, people.

``City`` is a running hub with its clock standing still; what a test says happens by commands of the system, what people
do happens on pages.
"""

import html
import re
import uuid
from pathlib import Path
from typing import Any

from hub.aggregates.decide import Dispute, Interner, evolve, restore
from hub.aggregates.dispute import events
from hub.contract.jsonform import instant
from hub.words import CommandId, agency_id, dispute_id, ident, referral_id, text
from tests.people.signed import Response, Signed, sign_in
from tests.web.hubs import Peer, Trial

SYSTEM = "city"
CENTRE, TOWN, VILLAGE, HAMLET = "532301.centre", "532301101.pmc", "532301101001.pmc", "532301101002.pmc"
POLICE, COURT, PETITION, HOUSING = "532301101.police", "532301.court", "532301.petition", "532301.dept.housing"
AGENCIES: tuple[tuple[str, str, str, str, str, str | None], ...] = (
    (CENTRE, "楚雄市矛盾纠纷多元化解中心", "centre", "city", "532301", None),
    (TOWN, "楚雄市鹿城镇人民调解委员会", "committee", "township", "532301101", CENTRE),
    (VILLAGE, "楚雄市鹿城镇东兴社区人民调解委员会", "committee", "village", "532301101001", TOWN),
    (HAMLET, "楚雄市鹿城镇永安社区人民调解委员会", "committee", "village", "532301101002", TOWN),
    (POLICE, "楚雄市公安局鹿城派出所", "police", "township", "532301101", None),
    (COURT, "楚雄市人民法院", "court", "city", "532301", None),
    (PETITION, "楚雄市信访局", "petition", "city", "532301", None),
    (HOUSING, "楚雄市住房和城乡建设局人民调解委员会", "department_committee", "city", "532301", None),
)
MEDIATORS = (TOWN, VILLAGE, HAMLET, HOUSING)
ASKING = (("petition", "transfer"), ("petition", "delegation"), ("court", "delegation"))  # all parties' consent first
CIVIL, BESIDE = "02", "15"  # categories: of a dispute on the ladder, of one whose branch has no village or township
HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">')
SALT = "ab" * 32
REASON = "双方均住永安社区，须改由该社区办理"
MARKED = re.compile(r'class="field[^"]* bad".*? name="([a-z_]+)"', re.DOTALL)
PROBLEM = re.compile(r"代码 ([a-z_]+\.[a-z_]+)(?:，字段 ([a-z_0-9]+))?")


class City(Trial):
    """A hub with the agencies above."""

    def __init__(self, home: Path, *more: tuple[str, str, str, str, str, str | None]) -> None:
        super().__init__(home)
        operator = self.peer("operator", role="operator")
        for code, name, kind, level, region, superior in (*AGENCIES, *more):
            above = text(agency_id(superior)) if superior else None
            body = {"code": code, "name": name, "kind": kind, "level": level, "region": region, "superior": above}
            self.say(operator, "register_agency", "hub", **body)
        self.system = self.peer(SYSTEM, *(row[0] for row in (*AGENCIES, *more)))
        self.hub.settle()

    def say(self, peer: Peer, type_: str, agency: str, **fields: Any) -> CommandId:
        """A command that must be done; its id."""
        ident_ = str(uuid.uuid4())
        head = {"type": type_, "command_id": ident_, "occurred_at": instant(self.clock.now())}
        answer = peer.post(head | {"agency": text(agency_id(agency))} | fields)
        assert answer.status_code == 201, (type_, answer.json())
        return CommandId(ident(ident_))

    def do(self, type_: str, agency: str, **fields: Any) -> CommandId:
        """The system acts for an agency."""
        return self.say(self.system, type_, agency, **fields)

    def case(
        self, agency: str = TOWN, place: str = "532301101001", masked: str = "张某某", category: str = BESIDE
    ) -> str:  # fmt: skip
        """A new dispute of an agency; its id. On the ladder 首调责任制 only with the category ``CIVIL``."""
        party = {"role": "applicant", "kind": "person", "commitment": SALT, "masked": masked, "salt": SALT}
        made = self.do(
            "register", agency, category=category, place=place, source="application", parties=[party]
        )  # fmt: skip
        return text(dispute_id(SYSTEM, made))

    def offer(
        self,
        dispute: str,
        sender: str,
        receiver: str,
        kind: str = "transfer",
        channel: str = "mediation",
        upto: str = "",
    ) -> str:
        """A referral of this dispute, ``upto`` "signed" or "accepted"; its id."""
        to = text(agency_id(receiver))
        if (channel, kind) in ASKING and receiver in MEDIATORS:
            self.do("inform", sender, dispute=dispute, subject="mediation", answer="all", note="")
        made = self.do("refer", sender, dispute=dispute, kind=kind, channel=channel, receiver=to, reason="两次未成")
        referral = text(referral_id(SYSTEM, made))
        if upto in ("signed", "accepted"):
            self.do("sign", receiver, dispute=dispute, referral=referral)
        if upto == "accepted":
            self.do("accept", receiver, dispute=dispute, referral=referral, handler="调解岗")
        return referral

    def handed(self) -> tuple[str, str]:
        """A dispute of the town's and its unsigned offer to the police."""
        case = self.case(TOWN)
        return case, self.offer(case, TOWN, POLICE)

    def received(self, **more: str) -> tuple[str, str]:
        """A dispute of the village's and its offer to the town; ``more`` as in ``offer``."""
        case = self.case(VILLAGE)
        return case, self.offer(case, VILLAGE, TOWN, **more)

    def clerk(self, agency: str = TOWN, user: str = "", role: str = "clerk") -> Signed:
        """A person at an agency, in a new browser."""
        return sign_in(self, user or f"{role}-{agency}".lower(), role, agency)

    # what stands in the log

    def events(self, dispute: str) -> list[tuple[str, Any]]:
        """(type name, event) of a dispute, in order."""
        intern = Interner()
        found = []
        for row in self.hub.store.events([ident(dispute)]):
            _, event = restore(self.hub.contract, row.body, intern)
            assert isinstance(event, events.Event)
            found.append((row.topic, event.body))
        return found

    def last(self, dispute: str) -> tuple[str, Any]:
        """The last event of a dispute."""
        return self.events(dispute)[-1]

    def state(self, dispute: str) -> Dispute:
        """A dispute as it stands."""
        state: Dispute | None = None
        intern = Interner()
        for row in self.hub.store.events([ident(dispute)]):
            _, event = restore(self.hub.contract, row.body, intern)
            assert isinstance(event, events.Event)
            state = evolve(state, event, dispute_id(SYSTEM, CommandId(bytes(16))))
        assert state is not None
        return state

    def custodian(self, dispute: str) -> str:
        """The code of who holds it."""
        agency = self.hub.desk.registry().agency(self.state(dispute).custodian)
        assert agency is not None
        return agency.code

    def number(self, dispute: str) -> str:
        """Its human number."""
        number: str = self.events(dispute)[0][1].number
        return number


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the act's form on a page."""
    form = page[page.index('<form class="act"') :]
    return {name: html.unescape(value) for name, value in HIDDEN.findall(form[: form.index("</form>")])}


def form_of(person: Signed, act: str, dispute: str = "", referral: str = "", **query: str) -> dict[str, str]:
    """The hidden fields of an act's form, opened as a page."""
    asked = {"dispute": dispute, "referral": referral} | query
    answer = person.client.get(f"/act/{act}", params={name: value for name, value in asked.items() if value})
    assert answer.status_code == 200, answer.text
    return hidden(answer.text)


def send(
    person: Signed, act: str, dispute: str = "", referral: str = "", typed: dict[str, Any] | None = None, **query: str
) -> Response:
    """Open an act's form and send it."""
    return person.post(f"/act/{act}", form_of(person, act, dispute, referral, **query) | (typed or {}))


def told(answer: Response) -> tuple[int, str, str]:
    """Status, code and field of a refusal."""
    found = PROBLEM.search(answer.text)
    return answer.status_code, found[1] if found else "", (found[2] or "") if found else ""


def typed_back(answer: Response, value: str) -> bool:
    """Whether what was typed stands in the form again."""
    return html.escape(value) in answer.text or value in answer.text
