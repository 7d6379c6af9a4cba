"""A random history sent to a whole hub over HTTP, and to the model; what the hub does by itself, the model is told.

The hub is real but for its clock. Systems: ``desk`` serves every agency, ``stranger`` none, ``operator`` keeps the
registry, ``supervisor`` reads. The machine in the walk only chooses: it is the fold of what the hub has recorded.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, NamedTuple, Self

import urllib3

from hub import words as w
from hub.aggregates.agency import names as a
from hub.aggregates.agency.names import Event as Change
from hub.aggregates.decide import Interner, evolve, restore
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute import events as e
from hub.bootstrap import build
from hub.bootstrap.serving import Background
from hub.contract.jsonform import instant
from hub.settings import Settings
from hub.writer import SimulatedClock
from tests.custody import say
from tests.custody.both import Both, Outcome
from tests.custody.histories import BY_HUB, Act
from tests.custody.town import AGENCIES, BY_CONSENT, HOURS, WARN_HOURS
from tests.custody.walk import AGENCY_VERBS
from tests.model.things import Dispute, Owed

NEW_AGENCIES = 400
ROUNDS = 40  # of the steward at one instant
NAMES = c.TYPES | {cls: name for name, cls in a.COMMANDS.items()}
LIMIT = (
    '[limits.{0}]\namount = {1}\nunit = "hour"\nstart = "test"\nwarn_hours = {2}\n'
    'basis = "test"\nbasis_kind = "default"\n'
)
CHANNEL = '[channels.{0}]\nreturn = "{1}"\nbasis = "test"\n'
PACK = "\n".join([
    'id = "T1"',
    *(LIMIT.format(name, hours, WARN_HOURS) for name, hours in HOURS.items()),
    *(CHANNEL.format(name, "consent" if name == BY_CONSENT else "free")
      for name in ("court", "police", "procuratorate", "petition", "mediation", "exit")),
    '[agreement]\ndefault_days = 30\nbasis = "test"\n[supervision]\nafter_breach_hours = 0\nbasis = "test"',
])  # fmt: skip


class Sent(NamedTuple):
    """A command as it went over the wire, and its answer."""

    system: str
    body: dict[str, Any]
    status: int
    answer: dict[str, Any]


class OverHttp(Both):
    """``play`` sends the next command and tells how it ended and every difference from the model (none: they agree)."""

    def __init__(self, seed: int, home: Path) -> None:
        super().__init__(seed)
        self.rng = Random(~seed)
        pack = home / "pack.toml"
        pack.write_text(PACK, encoding="utf-8")
        self.machine = self.walk.machine
        self.clock = SimulatedClock(self.machine.now)
        self.hub = build(Settings(home=home, pack=pack), self.clock, by_steps=True)
        self.server = Background(self.hub.app)
        self.pool = urllib3.PoolManager(maxsize=1, retries=False, timeout=20.0)
        self.numbers = Interner()
        self.position = self.sent = 0

    def __enter__(self) -> Self:
        assert self.hub.start(), self.hub.health()
        self.url = self.server.start()
        codes = [*(code for code, *_ in AGENCIES), "unknown", *(f"new{n}" for n in range(NEW_AGENCIES))]
        self.keys = {
            name: self.key(name, agencies, role)
            for name, agencies, role in [
                ("desk", codes, "agency"), ("stranger", [], "agency"), ("operator", [], "operator"),
                ("supervisor", [], "supervisor"),
            ]
        }  # fmt: skip
        for code, kind, region, up in sorted(AGENCIES, key=depth):
            made = self.send("operator", "hub", say.register_agency(code, kind, region, up), f"town {code}")
            assert made.status == 201, made
        self.position = self.hub.desk.position
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pool.clear()
        self.server.stop()
        self.hub.stop()

    # --- the wire ---

    def key(self, system: str, codes: list[str], role: str) -> str:
        credentials = self.hub.store.credentials
        credentials.add(system, [w.agency_id(code) for code in codes], [role], self.clock.now())
        return credentials.new_key(system, self.clock.now())

    def ask(self, system: str, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        headers = {"authorization": f"Bearer {self.keys[system]}"}
        answer = self.pool.request(method, self.url + path, json=body, headers=headers)
        found: dict[str, Any] = answer.json()
        return answer.status, found

    def send(
        self, system: str, by: str, body: Any, label: str, about: str | None = None, based_on: int | None = None
    ) -> Sent:
        """One command record in its JSON form."""
        if isinstance(body, a.RegisterAgency | a.AmendAgency):
            body = body._replace(level="township")
        elif isinstance(body, c.Register):
            body = body._replace(source="application")
        elif isinstance(body, c.Attempt):
            body = body._replace(at=self.clock.now())
        contract, agency = self.hub.contract, w.HUB_AGENCY if by == "hub" else w.agency_id(by)
        schema = contract.schema("command", NAMES[type(body)])
        dispute = w.dispute_id("desk", w.derived_id(about)) if about is not None else None
        values = (w.derived_id(label), self.clock.now(), agency, "", dispute, based_on, *body)
        record = {"type": schema.name} | contract.to_json(schema, values)
        return Sent(system, record, *self.ask(system, "POST", "/v1/submissions", record))

    def recorded(self) -> list[tuple[w.Envelope, Any]]:
        """What the hub has recorded since the last look; the machine that chooses follows it."""
        found = []
        for row in self.hub.store.read(self.position, 10_000):
            envelope, event = restore(self.hub.contract, row.body, self.numbers)
            if isinstance(event, e.Event):
                stream = w.DisputeId(row.stream)
                self.machine.disputes[stream] = evolve(self.machine.disputes.get(stream), event, stream)
            elif isinstance(event, Change):
                self.machine.registry = self.machine.registry.evolve(w.AgencyId(row.stream), event)
            found.append((envelope, event))
            self.position = row.position
        return found

    # --- a step ---

    def play(self) -> tuple[Act, str, list[str]]:
        """The command, how it ended (done, nothing, or the code), and the differences."""
        return self.perform(self.walk.history.next())

    def perform(self, act: Act) -> tuple[Act, str, list[str]]:
        """The same for a command that the caller has chosen, at the machine's instant."""
        self.machine.now = max(self.machine.now, self.clock.now())  # a hub's time does not go back
        if self.machine.now > self.clock.now() or act.verb in BY_HUB or self.rng.random() < 0.1:
            self.clock.set(self.machine.now)
            differences = self.hub_acts()
            if differences or act.verb in BY_HUB:
                return act, "by the hub", differences
        if act.verb == "dissolve_agency":
            self.hub.settle()  # the hub asks a view whether the agency is still accountable
        body = self.walk.body(act)[1]
        registry = act.verb in AGENCY_VERBS
        system = "operator" if registry and act.by == "hub" else "stranger" if self.rng.random() < 0.03 else "desk"
        self.sent += 1
        label = act.about if act.verb == "register" else str(act.args.get("new", f"#{self.sent}"))
        about = None if registry or act.verb == "register" else act.about
        sent = self.send(system, act.by, body, label, about, act.based_on)
        theirs = self.outcome(sent)
        ended = theirs.code if isinstance(theirs, w.Refusal) else "done" if theirs else "nothing"
        ours = self.expected(act, system)
        found = self.differences(ours, theirs) or self.answer_differences(act, sent, theirs) or self.repeat(sent)
        return act, ended, found or ([] if registry else self.shown_differences(act.about))

    def expected(self, act: Act, system: str) -> Outcome:
        if act.verb in AGENCY_VERBS:
            return "access.denied" if system == "stranger" else self.on_agencies(act)
        return "access.denied" if system == "stranger" or act.by == "hub" else self.on_model(act)

    def outcome(self, sent: Sent) -> Any:
        """The events this command made and no other, or its refusal."""
        recorded = self.recorded()
        assert {w.text(envelope.command_id) for envelope, _ in recorded} <= {sent.body["command_id"]}
        if sent.status not in (200, 201):
            assert not recorded and sent.status < 500, (sent, recorded)
            assert sent.answer["field"] in ("", *sent.body), sent
            return w.Refusal(sent.answer["code"], sent.answer["field"], sent.answer["detail"])
        assert bool(recorded) == (sent.status == 201), (sent, recorded)
        return tuple(event for _, event in recorded)

    def answer_differences(self, act: Act, sent: Sent, theirs: Any) -> list[str]:
        if isinstance(theirs, w.Refusal) or act.verb in AGENCY_VERBS:
            return []
        answer, version = sent.answer, self.model.disputes[act.about].version
        outcome = "done" if theirs else "nothing"
        if (answer["outcome"], answer["version"]) != (outcome, version) or (
            theirs and answer["position"] != self.position
        ):
            return [f"answer {answer}, model {outcome} at version {version}"]
        return []

    def repeat(self, sent: Sent) -> list[str]:
        """Now and then the same command again, and another one under its id."""
        if self.rng.random() > 0.1:
            return []
        if "outcome" in sent.answer and self.ask(sent.system, "POST", "/v1/submissions", sent.body) != sent[2:]:
            return ["sent again it is answered otherwise"]
        status, answer = self.ask(sent.system, "POST", "/v1/submissions", sent.body | {"duty": "another"})
        code = "command.reused" if "outcome" in sent.answer else sent.answer["code"]
        if (answer.get("code"), self.hub.desk.position) != (code, self.position):
            return [f"another body under its id: {status} {answer}"]
        return []

    # --- what the hub does by itself ---

    def hub_acts(self) -> list[str]:
        """The steward until it is at rest; each of its commands is played on the model. Then nothing due is left."""
        touched = set()
        for _ in range(ROUNDS):
            self.hub.step()
            recorded = self.recorded()
            if not recorded:
                break
            for _, group in groupby(recorded, lambda pair: pair[0].command_id):
                made = list(group)
                act = self.by_hub(made[0][0], [event for _, event in made])
                touched.add(act.about)
                found = self.differences(self.on_model(act), tuple(event for _, event in made))
                if found or made[0][0].system != w.HUB_SYSTEM:
                    return [f"{act}: {found or made}"]
        else:
            return ["the steward does not come to rest"]
        return [one for label in sorted(touched) for one in self.shown_differences(label)] or self.left_due()

    def by_hub(self, envelope: w.Envelope, made: list[e.Event]) -> Act:
        """The command of the hub that made these events."""
        about = self.names[envelope.stream]
        for body in (event.body for event in made):
            if isinstance(body, e.Succeeded):
                return Act("succeed", "hub", about, args={"agency": self.names[body.closing]})
        body = made[0].body
        if isinstance(body, e.SupervisionIssued):
            return Act("supervise", "hub", about, args={"agency": self.names[body.supervised]})
        assert isinstance(body, e.Lapsed | e.Delivered | e.Breached | e.Warned | e.Urged), made
        label = self.names[body.referral] if body.referral is not None else None
        if isinstance(body, e.Lapsed | e.Delivered):
            return Act("lapse" if isinstance(body, e.Lapsed) else "deliver", "hub", about, label)
        verb = {e.Breached: "breach", e.Warned: "warn", e.Urged: "urge"}[type(body)]
        return Act(verb, "hub", about, label, args={"name": body.obligation, "debtor": self.names[body.debtor]})

    def left_due(self) -> list[str]:
        """What a steward at rest has not done although it was time."""
        found = []
        for label, d in self.model.disputes.items():
            for owed in d.owed():
                if owed.due <= self.clock.now() and (owed.name == "accept" or owed.key not in d.breached):
                    found.append(f"{label}: {owed} has run out and nothing followed")
                if 0 < owed.due - self.clock.now() <= WARN_HOURS * w.HOUR and owed.key not in d.warned:
                    found.append(f"{label}: {owed} will run out and nobody was warned")
            for role in d.roles():
                if self.model.agencies[role].state == "closing":
                    found.append(f"{label}: {role} is closing and still has a role")
        return found

    # --- what is shown ---

    def shown_differences(self, label: str) -> list[str]:
        """The dispute as ``GET /v1/disputes/{id}`` shows it, against the model."""
        ident = w.text(w.dispute_id("desk", w.derived_id(label)))
        status, shown = self.ask("supervisor", "GET", f"/v1/disputes/{ident}")
        d = self.model.disputes.get(label)
        if d is None or status != 200:
            return [] if d is None and shown["code"] == "dispute.unknown" else [f"{label}: {status} {shown}"]
        theirs = {
            "custodian": shown["custodian"]["code"], "status": shown["status"], "version": shown["version"],
            "agreement": shown["agreement"] or "none",
            "referrals": {self.named(r["id"]): (r["state"], r["proposal"], r["contested"]) for r in shown["referrals"]},
            "obligations": sorted(self.owed(o) for o in shown["obligations"]),
        }  # fmt: skip
        ours = {
            "custodian": d.custodian, "status": d.state, "version": d.version, "agreement": d.agreement,
            "referrals": {r.id: (r.state, r.proposal or "", r.contested) for r in d.referrals.values()},
            "obligations": sorted(plain(d, owed) for owed in d.owed()),
        }  # fmt: skip
        return [f"{label} {key}: model {ours[key]}, shown {theirs[key]}" for key in ours if ours[key] != theirs[key]]

    def views_differences(self) -> list[str]:
        """Lists and figures at the end: every obligation of every dispute; everything sent is accounted for."""
        position = self.hub.settle()
        listed: list[dict[str, Any]] = []
        path: str | None = f"/v1/obligations?limit=200&wait={position}"
        while path:
            status, page = self.ask("supervisor", "GET", path)
            assert status == 200 and page["position"] == position, page
            listed += page["items"]
            path = page["next"] and f"/v1/obligations?limit=200&cursor={page['next']}"
        theirs = sorted(self.owed(row)[:-2] for row in listed)
        ours = sorted(plain(d, owed)[:-2] for d in self.model.disputes.values() for owed in d.owed())
        found = [] if theirs == ours else [f"obligations: model {ours}, listed {theirs}"]
        counted = self.ask("supervisor", "GET", f"/v1/completeness?wait={position}")[1]["items"][0]
        sent = sum(len(d.referrals) for d in self.model.disputes.values())
        if (counted["sent"], counted["difference"]) != (sent, 0):
            found.append(f"completeness: model sent {sent}, counted {counted}")
        return found

    def named(self, ident: str | None) -> str:
        return self.names[w.ident(ident)] if ident else ""

    def owed(self, row: dict[str, Any]) -> tuple[Any, ...]:
        creditor = row["creditor"]["code"] if row["creditor"] else ""
        key = (row["obligation"], row["debtor"]["code"], creditor, self.named(row["referral"]), row["due_at"])
        return (*key, row.get("warned"), row.get("breached"))


def depth(row: tuple[str, str, str, str | None]) -> int:
    """How many stand above an agency of the town: superiors are registered first."""
    return 0 if row[3] is None else 1 + depth(next(one for one in AGENCIES if one[0] == row[3]))


def plain(d: Dispute, owed: Owed) -> tuple[Any, ...]:
    """An obligation of the model in the form of those that are shown."""
    key = (owed.name, owed.debtor, owed.creditor or "", owed.referral or "", instant(owed.due))
    return (*key, owed.key in d.warned, owed.key in d.breached)
