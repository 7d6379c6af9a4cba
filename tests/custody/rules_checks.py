"""What must hold after every command under the shipped rules, besides custody's own invariants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from hub import words as w
from hub.aggregates.decide import Interner, encode_event, evolve, restore
from hub.aggregates.dispute import events as e
from hub.aggregates.dispute.state import EMERGENCY, Dispute
from hub.contract import Contract, load
from hub.policy import On, Pack
from hub.policy.explain import explain
from hub.policy.ladder import Scheme, slot
from hub.policy.ladder_standing import CLIMBING, EXHAUSTED, OFF, TERMINATED, Standing, above, used_up
from hub.policy.limits import Limit, due
from hub.policy.pack import SIGNED, longer, simple
from tests.custody.rules_town import POLICY
from tests.custody.walk import Step
from tests.given import dispute


@cache
def contract() -> Contract:
    return load()


def along(step: Step) -> Iterator[tuple[Dispute | None, e.Event, Dispute]]:
    """The dispute before and after each event of a step."""
    state = step.before
    for event in step.events:
        after = evolve(state, event, dispute(step.act.about))
        yield state, event, after
        state = after


class Stored:
    """The state is the fold of what the bytes say, and the bytes have one reading."""

    def __init__(self) -> None:
        self.states: dict[bytes, Dispute] = {}
        self.versions: dict[bytes, int] = {}
        self.intern = Interner()

    def check(self, step: Step, now: int) -> None:
        stream = dispute(step.act.about)
        for event in () if isinstance(step.answer, w.Refusal) else step.answer:
            of = stream if isinstance(event, e.Event) else w.agency_id(step.act.about)
            self.versions[of] = version = self.versions.get(of, 0) + 1
            envelope = w.Envelope(
                of, version, w.ZERO_HASH, now, now, w.agency_id(step.by), "desk", "", w.derived_id("x")
            )
            name, stored = encode_event(contract(), envelope, event)
            assert len(stored) <= 60_000
            schema, _ = contract().decode_exact(stored)
            assert (schema.role, schema.name) == ("event", name)
            assert restore(contract(), stored, self.intern) == (envelope, event)
            if isinstance(event, e.Event):
                read = restore(contract(), stored, self.intern)[1]
                assert isinstance(read, e.Event)
                self.states[of] = evolve(self.states.get(of), read, of)
        if step.after is not None:
            assert self.states[stream] == step.after


# --- the ladder ---


def stands(state: Dispute | None) -> Standing | None:
    return state.rung.standing if state is not None and state.rung is not None else None


def scheme_of(standing: Standing) -> Scheme:
    found = POLICY.scheme(standing.scheme)
    assert found is not None
    return found


def written_when_it_changed(step: Step, now: int) -> None:
    """``ladder.stood`` is in the log exactly when the standing, or the instant of the last session, changed."""
    assert stands(step.before) == stands(step.after) or any(isinstance(x.body, e.LadderStood) for x in step.events)
    for before, event, after in along(step):
        rung = before.rung if before is not None else None
        if isinstance(event.body, e.LadderStood):
            assert after.rung != rung and after.rung is not None
            assert rung is None or not rung.last_at or after.rung.last_at, "when the last session was is not forgotten"
        elif before is not None:
            assert after.rung == rung


def tries_are_bounded(step: Step, now: int) -> None:
    """Counted tries per organ and in all, and the event's own figures are those of the standing."""
    for before, event, after in along(step):
        if isinstance(event.body, e.LadderStood):
            standing, body = stands(after), event.body
            assert standing is not None
            scheme = scheme_of(standing)
            assert all(standing.of(level) <= scheme.tries for level in scheme.levels)
            assert standing.total == sum(n for _, _, n in standing.counted) <= scheme.max_total
            assert (body.tries, body.total) == (standing.tries, standing.total)
            old = stands(before)
            arrived = old is None or (old.branch, old.level) != (standing.branch, standing.level)
            assert (body.due_at is not None) == (arrived and standing.state == CLIMBING), "a level's limit runs once"
            assert standing.total <= body.required <= scheme.max_total


def what_counts_is_counted(step: Step, now: int) -> None:
    """A session counts in the log exactly when it uses up a try (one without a result: as its author said)."""
    before, after = stands(step.before), stands(step.after)
    for event in step.events:
        body = event.body
        if isinstance(body, e.AttemptHeld) and before is not None and before.state != OFF:
            assert after is not None
            if body.result:
                assert after.total - before.total == body.counted
                if body.counted:
                    assert step.after is not None and step.after.rung is not None
                    assert step.after.rung.last_at == body.at
                if body.counted and body.result != "agreed_all":
                    assert organ_of(step, before) == before.level, "another organ's session"
            else:
                assert after.total - before.total <= body.counted
            if after.total > before.total:
                assert after.of(before.level) == before.of(before.level) + 1


def organ_of(step: Step, standing: Standing) -> str:
    """The level at which the author of a command stands."""
    agency = step.registry.agency(w.agency_id(step.by))
    assert agency is not None
    return slot(scheme_of(standing), standing.branch, agency.kind, agency.level)


def upward_only(step: Step, now: int) -> None:
    """On one branch it never goes down, and up early only by an exemption that says why, or with custody itself."""
    for before, event, after in along(step):
        old, new = stands(before), stands(after)
        if old is None or new is None or old == new or old.branch != new.branch:
            continue
        path = scheme_of(new).path(new.branch)
        assert path.index(new.level) >= path.index(old.level)
        if new.level == old.level or used_up(scheme_of(old), old) or not isinstance(event.body, e.LadderStood):
            continue
        if event.body.exemption:
            assert event.body.reason and event.body.approver is not None
        else:
            assert step.before is not None and step.after is not None
            assert step.before.custodian != step.after.custodian


def escalated_when_used_up(step: Step, now: int) -> None:
    """Nobody passes a dispute up to the next level while tries are left; and to no other."""
    for before, event, _ in along(step):
        standing = stands(before)
        if not isinstance(event.body, e.Offered) or event.body.kind != w.ESCALATION or standing is None:
            continue
        agency = step.registry.agency(event.body.receiver)
        assert agency is not None
        scheme = scheme_of(standing)
        assert standing.state not in (TERMINATED, EXHAUSTED)
        if standing.state == CLIMBING and (agency.kind, agency.level) not in scheme.levels[standing.level].organs:
            assert used_up(scheme, standing)
            assert (agency.kind, agency.level) in scheme.levels[above(scheme, standing)[0]].organs


def exits_are_told(step: Step, now: int) -> None:
    """Where mediation ended without agreement nothing closes without the rights notice; and it is always owned."""
    for before, event, after in along(step):
        standing = stands(before)
        if isinstance(event.body, e.Closed) and standing is not None and standing.state in (EXHAUSTED, TERMINATED):
            assert event.body.rights_notice
        assert step.registry.agency(after.custodian) is not None


LADDER = (
    written_when_it_changed, tries_are_bounded, what_counts_is_counted, upward_only, escalated_when_used_up,
    exits_are_told,
)  # fmt: skip


# --- promise 8: every due date is computed again from what its event names ---


class Claim(NamedTuple):
    """A due date of an event: by which rule, from when, owed by whom, under which name and referral."""

    at: int
    rule: str
    start: int
    name: str
    debtor: w.AgencyId
    channel: str = ""
    kind: str = ""


class Dates:
    """Every date equals the one counted anew, and the limit is the one that the pack says for this case."""

    def __init__(self) -> None:
        self.legal: dict[bytes, tuple[int, int, str]] = {}  # signed at, due, rule
        self.longer: Counter[bytes] = Counter()  # how often a legal clock was lengthened by agreement
        self.seen: set[str] = set()  # names of the dates checked

    def check(self, step: Step, now: int) -> None:
        for before, event, after in along(step):
            self.event(step, now, before, event, after)

    def event(self, step: Step, now: int, before: Dispute | None, event: e.Event, after: Dispute) -> None:
        custody, body = event
        emergency = EMERGENCY in after.marks
        start = step.body.since if isinstance(body, e.Recomputed) else now
        pack, dated = POLICY.at(start), custody.progress_due_at is not None
        if dated:
            assert custody.progress_due_at is not None
            own = Claim(custody.progress_due_at, custody.progress_rule, now, w.PROGRESS, custody.custodian)
            self.same(own, pack, step, emergency)
        for claim in self.claims(body, now, after, pack):
            dated = True
            self.same(claim, pack, step, emergency)
        if isinstance(body, e.Accepted | e.FeedbackGiven):
            dated = True
            self.feedback(body, now, after, pack, step, emergency)
        elif isinstance(body, e.Signed) and body.legal_due_at is not None:
            dated = True
            self.sign(body.referral, body.legal_due_at, body.legal_rule, now, after, pack, step)
        elif isinstance(body, e.Recomputed):
            dated = True
            found = pack.rule(body.rule)
            assert found is not None and body.due_at != body.old_due_at
            assert pack.again(step.body.rule, start) == (body.due_at, body.rule), "the limit that was named"
            counted(found[0], found[1], start, pack, body.due_at, body.rule)
            if body.obligation == w.FEEDBACK and body.referral in self.legal:
                self.seen.add(f"{SIGNED} recomputed")
                self.legal[body.referral] = self.legal[body.referral][0], body.due_at, body.rule
        elif isinstance(body, e.Extended):
            dated = True
            self.extended(body, pack)
        elif isinstance(body, e.LadderStood) and body.due_at is not None:
            dated = True
            ladder = pack.scheme(body.scheme)
            assert ladder is not None
            span = ladder.levels[body.level].limit
            assert region(body.rule) == county(step, after.custodian)
            limit = simple(f"ladder.{body.level}", span.amount, span.unit, 0, span.basis)
            counted(limit, region(body.rule), now, pack, body.due_at, body.rule)
        assert (custody.pack, custody.calendar) == ((pack.id, pack.calendar.version) if dated else ("", ""))

    def claims(self, body: e.Body, now: int, after: Dispute, pack: Pack) -> Iterator[Claim]:
        """The dates of an event that run from now by the limit of their own name."""
        if isinstance(body, e.Offered):
            on = (body.receiver, body.channel, body.kind)
            yield Claim(body.sign_due_at, body.sign_rule, now, w.SIGN, *on)
            if body.accept_due_at is not None:
                yield Claim(body.accept_due_at, body.accept_rule, now, w.ACCEPT, *on)
        elif isinstance(body, e.Assigned):
            yield Claim(body.sign_due_at, body.sign_rule, now, w.SIGN, body.receiver, body.channel, w.ASSIGNMENT)
        elif isinstance(body, e.Signed) and body.feedback_due_at is not None:
            r = after.referral(body.referral)
            assert r is not None
            yield Claim(body.feedback_due_at, body.feedback_rule, now, w.FEEDBACK, r.receiver, r.channel, r.kind)
        elif isinstance(body, e.Proposed):
            r = after.referral(body.referral)
            assert r is not None
            other = r.sender if body.proposal == w.RETURN else r.receiver
            yield Claim(body.consent_due_at, body.consent_rule, now, w.CONSENT, other, r.channel, r.kind)
        elif isinstance(body, e.Contested):
            r = after.referral(body.referral)
            assert r is not None
            yield Claim(body.settle_due_at, body.settle_rule, now, w.SETTLE, body.settler, r.channel, r.kind)
        elif isinstance(body, e.AgreementReached):
            begins = pack.perform_start(now, body.due_on)
            yield Claim(body.perform_due_at, body.perform_rule, begins, w.PERFORM, after.custodian)
        elif isinstance(body, e.Reported):
            kind = pack.grades.get(body.grade, "")
            yield Claim(body.ack_due_at, body.ack_rule, now, w.ACKNOWLEDGE, body.recipients[0], "", kind)
        elif isinstance(body, e.SupervisionIssued):
            yield Claim(body.answer_due_at, body.answer_rule, now, w.ANSWER, body.supervised)

    def same(self, claim: Claim, pack: Pack, step: Step, emergency: bool) -> None:
        self.seen.add(claim.name)
        found = pack.rule(claim.rule)
        assert found is not None, claim
        counted(found[0], found[1], claim.start, pack, claim.at, claim.rule)
        on = On(county(step, claim.debtor), claim.channel, claim.kind, emergency)
        assert pack.due(claim.name, claim.start, on) == (claim.at, claim.rule), claim

    def sign(self, referral: bytes, at: int, rule: str, now: int, after: Dispute, pack: Pack, step: Step) -> None:
        """A legal clock that runs from now."""
        self.seen.add(SIGNED)
        r = after.referral(w.ReferralId(referral))
        assert r is not None
        assert pack.legal(now, On(county(step, r.receiver), r.channel, r.kind), after.marks) == (at, rule)
        found = pack.rule(rule)
        assert found is not None
        counted(found[0], found[1], now, pack, at, rule)
        self.legal[referral] = now, at, rule

    def feedback(
        self, body: e.Accepted | e.FeedbackGiven, now: int, after: Dispute, pack: Pack, step: Step, emergency: bool
    ) -> None:
        """Feedback by the legal clock where one runs since sign-for, whatever comes between; else from now."""
        at, rule = body.feedback_due_at, body.feedback_rule
        r = after.referral(body.referral)
        assert r is not None
        if body.referral in self.legal:
            self.seen.add(f"{SIGNED} carried on")
            assert (at, rule) == self.legal[body.referral][1:]
        elif isinstance(body, e.Accepted) and pack.legal(now, On("", r.channel, r.kind)) is not None:
            self.sign(body.referral, at, rule, now, after, pack, step)
        else:
            debtor = w.agency_id(step.by)
            self.same(Claim(at, rule, now, w.FEEDBACK, debtor, r.channel, r.kind), pack, step, emergency)

    def extended(self, body: e.Extended, pack: Pack) -> None:
        """More days behind the old end; a legal clock stays one."""
        self.seen.add("extended")
        own, _, more = body.rule.removesuffix("~").partition("+")
        legal = self.legal.get(body.referral or b"") if body.obligation == w.FEEDBACK else None
        assert own.startswith(f"{SIGNED}." if legal else f"{body.obligation}."), body
        known = pack.rule(own) or (POLICY.at(legal[0]).rule(own) if legal else None)
        assert known is not None and more.partition("@")[0] == f"{body.days}d", body
        limit, start = longer(known[0], body.old_due_at, body.days)
        counted(limit, region(body.rule), start, pack, body.due_at, body.rule)
        if legal and body.referral:
            self.legal[body.referral] = legal[0], body.due_at, body.rule
            if body.cause == "extension":
                self.bounded(body.referral, body.days, body.consent, POLICY.at(legal[0]).rule(own))

    def bounded(self, referral: bytes, days: int, consent: bool, found: tuple[Limit, str, bool] | None) -> None:
        """A clock of the law is lengthened with the consent of both, and no longer or more often than its pack says."""
        assert found is not None and found[0].extension is not None and consent
        self.longer[referral] += 1
        bound = found[0].extension
        assert days <= (bound.amount or days) and self.longer[referral] <= (bound.max_times or self.longer[referral])
        self.seen.add(f"{SIGNED} extended{' within bounds' if bound.amount else ''}")


def region(rule: str) -> str:
    return rule.removesuffix("~").partition("@")[2]


def county(step: Step, agency: w.AgencyId) -> str:
    known = step.registry.agency(agency)
    return known.region[:6] if known is not None else ""


def counted(limit: Limit, where: str, start: int, pack: Pack, at: int, rule: str) -> None:
    """Looked up and walked day by day, it is this date and this rule, provisional or not."""
    found = due(limit, start, pack.calendar, where)
    assert (found.at, found.rule) == (at, rule)
    assert found.provisional == rule.endswith("~")
    assert explain(limit, start, pack.calendar, where).due == found


def every_check() -> Any:
    """All of them, for one history; call it with each step and the instant."""
    stored, dates = Stored(), Dates()

    def check(step: Step, now: int) -> None:
        stored.check(step, now)
        for one in LADDER:
            one(step, now)
        dates.check(step, now)

    return check
