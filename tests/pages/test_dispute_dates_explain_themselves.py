"""Every date says why it is that date, from the events; computed again it is the same, and where not, that is said."""

from collections.abc import Sequence
from typing import Any

import pytest

from hub.aggregates.decide import encode_event
from hub.aggregates.dispute import events as e
from hub.aggregates.dispute.obligations import running
from hub.contract import leaf_hash
from hub.web.api.examples import DISPUTE
from hub.web.pages.dispute.case import Case, fold
from hub.web.pages.dispute.why import WIDEST, explain
from hub.web.running import Limit, figures, limits
from hub.words import DAY, HOUR, HUB_AGENCY, HUB_SYSTEM, AgencyId, CommandId, Envelope, ReferralId, Stored, ident
from tests.pages.reading import words
from tests.people.signed import sign_in
from tests.web.hubs import START, Trial

OFFER = 6  # the version that sends the referral which is signed and returned later


def until(told: Trial, version: int) -> list[Stored]:
    """The dispute of the story as it stood at a version."""
    return told.hub.store.events([ident(DISPUTE)])[:version]


def case_of(told: Trial, rows: Sequence[Stored]) -> Case:
    case = fold(told.hub.contract, rows)
    assert case is not None and case.broken == ()
    return case


def rechained(told: Trial, rows: Sequence[Stored], version: int = 0, **fields: Any) -> list[Stored]:
    """The rows with fields of one version changed, and a chain that holds."""
    contract, made, before = told.hub.contract, list[Stored](), bytes(32)
    for row in rows:
        schema, values = contract.decode(row.body)
        named = dict(zip(schema.fields, values, strict=True)) | {"predecessor": before}
        named |= fields if row.version == version else {}
        made.append(row._replace(body=contract.encode(schema, list(named.values()))))
        before = leaf_hash(made[-1].body)
    return made


def and_then(told: Trial, rows: list[Stored], at: int, body: e.Body, pack: str = "") -> list[Stored]:
    """The rows with one more event of the hub's own."""
    last = rows[-1]
    custodian = AgencyId(case_of(told, rows).entries[-1].fields["custodian"])
    envelope = Envelope(
        last.stream, last.version + 1, leaf_hash(last.body), at, at, HUB_AGENCY, HUB_SYSTEM, "", CommandId(bytes(16))
    )  # fmt: skip
    event = e.Event(e.Custody(custodian, None, "", pack, "calendar-days" if pack else ""), body)
    topic, stored = encode_event(told.hub.contract, envelope, event)
    return [*rows, Stored(last.position + 1, last.stream, last.version + 1, topic, stored)]


def named(found: Sequence[Limit], key: str) -> Limit:
    return next(limit for limit in found if limit.key == key)


def test_every_limit_at_every_version_is_the_one_that_runs(told: Trial) -> None:
    policy = told.hub.policy
    seen, texts, extended = set(), set(), set()
    for version in range(1, len(told.hub.store.events([ident(DISPUTE)])) + 1):
        case = case_of(told, until(told, version))
        found = limits(case, policy)
        assert sorted(limit.owed for limit in found) == sorted(running(case.state)) if version == 1 else True
        assert {limit.owed for limit in found} == set(running(case.state))
        for limit in found:
            seen.add(limit.owed.name)
            assert limit.started.version <= version and limit.pack == policy.at(limit.since).id
            why = explain(limit, policy, limit.started.at, "zh")
            rule = limit.figures
            assert limit.again == limit.owed.due_at, (version, limit)
            assert why.steps and all(len(step.cells) <= WIDEST for step in why.steps)
            if any(entry.topic == "obligation.extended" for entry in limit.changes):
                assert len(why.steps) == 2 and why.steps[1].title, "an extended date is two counts"
                extended.add(limit.owed.name)
                continue
            assert rule is not None
            cells = why.steps[0].cells
            texts |= {cell.words for cell in cells}
            if rule.days:
                assert cells[0].words == "起算" and cells[-1].css.endswith("end")
                assert cells[-1].words in (str(rule.amount), "顺延") or "顺延" in why.steps[0].sentence
            assert why.due.exact.endswith("24:00") is rule.days
    assert {"休", "起算"} <= texts, "days that do not count say why"
    assert extended == {"progress"}
    assert seen >= {"sign", "accept", "feedback", "progress", "settle", "consent", "answer", "acknowledge", "perform"}


def test_hours_are_counted_by_day(told: Trial) -> None:
    limit = named(limits(case_of(told, until(told, OFFER)), told.hub.policy), "sign-2")
    why = explain(limit, told.hub.policy, limit.started.at, "zh")
    hours = [float(cell.words.removesuffix("小时")) for cell in why.steps[0].cells]
    assert len(hours) == 2 and abs(sum(hours) - 24) < 0.11


@pytest.mark.parametrize(("rule", "says"), [
    ("sign.24h", (24, False, False)), ("feedback.14d", (14, True, False)), ("accept.3w@532301~", (3, True, True)),
    ("by.hand", None), ("", None), ("sign.24x", None),
])  # fmt: skip
def test_a_rule_says_its_figures(rule: str, says: tuple[int, bool, bool] | None) -> None:
    assert figures(rule) == says


def test_warned_breached_urged(told: Trial) -> None:
    rows = until(told, OFFER)
    referral, receiver = _offer(told, rows)
    due = named(limits(case_of(told, rows), told.hub.policy), "sign-2").owed.due_at
    rows = and_then(told, rows, due - HOUR, e.Warned("sign", referral, receiver, due))
    rows = and_then(told, rows, due + HOUR, e.Breached("sign", referral, receiver, due))
    rows = and_then(told, rows, due + HOUR, e.Urged("sign", referral, receiver, ""))
    limit = named(limits(case_of(told, rows), told.hub.policy), "sign-2")
    assert limit.warned is not None and limit.warned.at == due - HOUR
    assert limit.breached is not None and len(limit.urges) == 1
    other = named(limits(case_of(told, rows), told.hub.policy), "accept-2")
    assert (other.warned, other.breached, other.urges) == (None, None, ())
    assert explain(limit, told.hub.policy, due + 20 * HOUR, "zh").due.light == "crit"


def test_several_of_one_name_are_told_apart(told: Trial) -> None:
    rows = until(told, OFFER)
    referral, receiver = _offer(told, rows)
    custodian = AgencyId(case_of(told, rows).state.custodian)
    due = START + 3 * DAY
    rows = and_then(told, rows, START, e.Reported((receiver, custodian), "", "", due, "acknowledge.24h"), "P2026.1")
    rows = and_then(told, rows, START + HOUR, e.Warned("acknowledge", None, custodian, due))
    found = [limit for limit in limits(case_of(told, rows), told.hub.policy) if limit.owed.name == "acknowledge"]
    assert [limit.key for limit in found] == ["acknowledge", "acknowledge-2"]
    assert [(limit.owed.debtor, limit.warned is not None) for limit in found] == [(receiver, False), (custodian, True)]
    assert {limit.started.version for limit in found} == {OFFER + 1} and referral


def test_a_recomputed_date_names_both_dates(told: Trial) -> None:
    rows = until(told, OFFER)
    referral, receiver = _offer(told, rows)
    old = named(limits(case_of(told, rows), told.hub.policy), "sign-2").owed.due_at
    rows = and_then(
        told, rows, old - HOUR, e.Recomputed("sign", referral, receiver, old, old + DAY, "sign.48h"), "P2027.1"
    )
    limit = named(limits(case_of(told, rows), told.hub.policy), "sign-2")
    assert (limit.owed.due_at, limit.rule, limit.pack) == (old + DAY, "sign.48h", "P2027.1")
    assert [c.fields["old_due_at"] for c in limit.changes] == [old]
    why = explain(limit, told.hub.policy, old, "zh")
    assert not why.basis.known and not why.checked, "nothing is quoted from a pack that is not here"


def test_a_date_that_its_rule_does_not_give_is_said(told: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = until(told, OFFER)
    due = named(limits(case_of(told, rows), told.hub.policy), "sign-2").owed.due_at
    wrong = rechained(told, rows, OFFER, sign_due_at=due + 3 * HOUR)
    limit = named(limits(case_of(told, wrong), told.hub.policy), "sign-2")
    assert (limit.owed.due_at, limit.again, limit.equal) == (due + 3 * HOUR, due, False)
    person = sign_in(told, "d", "supervisor", "532301.centre")
    real = told.hub.store.events
    for shown, says in ((rows, False), (wrong, True)):
        monkeypatch.setattr(
            told.hub.store, "events", lambda s, shown=shown: shown if s == [ident(DISPUTE)] else real(s)
        )
        said = words(person.get("/disputes/532301-2026-00001?lang=zh").text)
        assert ("与事件所记不同" in said) is says
        assert "按规则重算，与事件所记相同" in said, "the other limits are as their rules say"


def test_the_page_gives_rule_basis_pack_start_and_end(told: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = until(told, OFFER)
    real = told.hub.store.events
    monkeypatch.setattr(told.hub.store, "events", lambda s: rows if s == [ident(DISPUTE)] else real(s))
    person = sign_in(told, "d", "supervisor", "532301.centre")
    html = person.get("/disputes/532301-2026-00001?lang=zh").text
    said = words(html)
    for text in (
        "为什么是 2026-11-26 周四 08:12",
        "sign.24h",
        "24 小时",
        "枢纽默认值",
        "P2026.2+chuxiong.1",
        "同时在走的时限",
    ):
        assert text in said, text
    assert f'href="/events/{rows[-1].position}"' in html.partition('id="why-sign-2"')[2].partition("</details>")[0]
    assert "参照在线调解规则 §12" in said, "the law a default follows is named"


def _offer(told: Trial, rows: list[Stored]) -> tuple[ReferralId, AgencyId]:
    last = case_of(told, rows).last
    assert last.topic == "referral.offered"
    return ReferralId(last.fields["referral"]), AgencyId(last.fields["receiver"])
