"""At any position every view says what the machine's own states say: the views fold events by themselves."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import words as w
from hub.aggregates.dispute.obligations import running
from hub.aggregates.dispute.work import has_role
from hub.contract import load
from hub.policy import Pack
from hub.projections import Views
from hub.projections.relapse.view import Trace
from hub.projections.statistics.tables import Counted, Organ
from tests.projections import by_hand
from tests.projections.comparing import content
from tests.projections.histories import CITY, History, ListLog

from .parts import pack

CONTRACT = load()
EXAMPLES = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'views.db'}"
    else:
        yield request.getfixturevalue("pg_url")()


def fresh(views: Views) -> None:
    for name in views.all:
        views.reset(name)


def check(views: Views, history: History) -> None:
    """Every view against the states of the machine."""
    assert {s.position for s in views.status()} == {len(history.log)}
    assert not any(s.parked or s.stopped for s in views.status())
    check_custody(views, history)
    check_obligations(views, history)
    check_completeness(views, history)
    check_agencies(views, history)
    check_roles(views, history)
    check_flows(views, history)
    check_statistics(views, history)
    check_relapse(views, history)
    seen = [(i["position"], i["stream"], i["version"], i["topic"]) for i in everything(views.timeline.latest)]
    assert seen == [tuple(s[:4]) for s in history.log]


def everything(read: Any, **options: Any) -> list[dict[str, Any]]:
    """All pages of a list."""
    found, cursor = [], None
    while True:
        page = read(cursor=cursor, limit=40, **options)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


def check_custody(views: Views, history: History) -> None:
    rows = {i["dispute"]: i for i in everything(views.custody.disputes)}
    assert rows.keys() == history.states.keys()
    for ident, state in history.states.items():
        row = rows[ident]
        chain = views.custody.chain(ident).items[0]
        handover = state.handover.id if state.handover else None
        assert (row["status"], row["custodian"], row["version"]) == (state.status, state.custodian, state.version)
        assert (row["agreement"], row["handover"]) == (state.agreement, handover)
        legs = [(leg["referral"], leg["state"], leg["proposal"], bool(leg["contested"])) for leg in chain["legs"]]
        assert legs == [(r.id, r.state, r.proposal, r.contested) for r in state.referrals]
        ends = [(leg["sender"], leg["receiver"]) for leg in chain["legs"]]
        assert ends == [(r.sender, r.receiver) for r in state.referrals]
        segments = chain["segments"]
        custodians = [m for i, m in enumerate(state.moves[1::3]) if i == 0 or m != state.moves[1::3][i - 1]]
        assert [g["custodian"] for g in segments] == custodians
        assert [g["to_position"] for g in segments[:-1]] == [g["from_position"] for g in segments[1:]]
        assert segments[-1]["to_at"] is None and segments[-1]["from_position"] == row["since_position"]
    for code, *_ in CITY:
        agency = w.agency_id(code)
        expected = sorted(i for i, s in history.states.items() if has_role(s, agency))
        assert views.custody.roles_of(agency) == (len(history.log), expected)
    figures = views.custody.figures()
    assert figures["unowned"] == 0
    assert figures["open"] == sum(s.status == w.OPEN for s in history.states.values())


def check_obligations(views: Views, history: History) -> None:
    found = Counter(
        (o["dispute"], o["name"], o["referral"], o["debtor"], o["creditor"], o["due_at"],
         o["warned_at"] is not None, o["breached_at"] is not None)
        for o in everything(views.obligations.running)
    )  # fmt: skip
    assert found == Counter((ident, *o[:7]) for ident, state in history.states.items() for o in running(state))
    # The counters say what the limits say, and none of them is left at 0.
    owed = Counter[tuple[bytes, str, int]]()
    for state in history.states.values():
        owed.update((o.debtor, o.name, (o.due_at - 1 + 8 * w.HOUR) // w.DAY) for o in running(state))
    assert {tuple(row[:3]): row[3] for row in content(views, "obligations")["owed"]} == owed
    # A limit counts under its referral's channel, one without a referral's under the dispute's last.
    last = {i: next((r.channel for r in reversed(s.referrals)), "") for i, s in history.states.items()}
    for o in everything(views.obligations.running):
        assert o["through"] == (o["channel"] or last[o["dispute"]])
    # Each open dispute stands in exactly one agency's queue of custody.
    held = [o["dispute"] for o in everything(views.obligations.running, name=w.PROGRESS)]
    assert sorted(held) == sorted(i for i, s in history.states.items() if s.status == w.OPEN)
    queued = Counter(
        o["dispute"]
        for code, *_ in CITY
        for o in everything_of_queue(views, w.agency_id(code))
        if o["name"] == w.PROGRESS
    )
    assert set(queued.values()) <= {1} and sorted(queued) == sorted(held)


def everything_of_queue(views: Views, agency: bytes) -> list[dict[str, Any]]:
    return everything(lambda **o: views.obligations.queue(agency, "act", **o))


def check_completeness(views: Views, history: History) -> None:
    total = views.completeness.equation().items[0]
    assert total["difference"] == 0
    referrals = [r for s in history.states.values() for r in s.referrals]
    assert total["sent"] == len(referrals)
    assert total["pending"] == sum(r.state == w.OFFERED for r in referrals)
    parts = views.completeness.equation(by=("kind", "agency", "day")).items
    assert all(p["difference"] == 0 for p in parts)
    for key in ("sent", "signed", "returned", "withdrawn", "lapsed", "pending"):
        assert sum(p[key] for p in parts) == total[key]
    assert total["sent"] == len(everything(views.completeness.referrals))


def check_agencies(views: Views, history: History) -> None:
    rows = {a["agency"]: a for a in everything(views.agencies.directory)}
    assert rows.keys() == history.registry.agencies.keys()
    for ident, agency in history.registry.agencies.items():
        row = rows[ident]
        assert (row["code"], row["state"], row["intake_open"]) == (agency.code, agency.state, agency.intake_open)
        assert (row["superior"], row["successor"], row["version"]) == (
            agency.superior,
            agency.successor,
            agency.version,
        )
    unsigned = Counter(r.receiver for s in history.states.values() for r in s.referrals if r.state == w.OFFERED)
    assert {a["agency"]: a["unsigned"] for a in views.agencies.answers().items if a["unsigned"]} == unsigned


def check_roles(views: Views, history: History) -> None:
    parts = content(views, "roles")
    roles = {(agency, dispute) for agency, _, dispute in parts[""]}
    assert roles == {(agency, ident) for ident, state in history.states.items() for agency in state.roles}
    assert len(roles) == len(parts[""])
    listed = {row[1]: row for row in parts["listed"]}
    assert listed.keys() == history.states.keys()
    for born, ident, number, serial, _, status, _, _, channel, custodian in listed.values():
        state = history.states[ident]
        assert (status, custodian) == (state.status, state.custodian)
        assert channel == (state.referrals[-1].channel if state.referrals else "")
        assert number == f"532301-2026-{serial:07d}"
        first = history.log[born - 1]
        assert (first.stream, first.topic) == (ident, "dispute.registered")


def check_flows(views: Views, history: History) -> None:
    rows = {row[1]: row for row in content(views, "flows")[""]}
    referrals = {r.id: r for s in history.states.values() for r in s.referrals}
    assert rows.keys() == referrals.keys()
    sent = {row[1]: row for row in content(views, "completeness")["outcomes"]}
    for ident, (dispute, _, day, kind, channel, sender, receiver, at, took, returned, _, lapsed, _) in rows.items():
        r, other = referrals[ident], sent[ident]
        assert (dispute, day, kind, channel, sender, receiver) == (other[0], *other[2:7])
        assert (kind, channel, at) == (r.kind, r.channel, other[8])
        assert (returned, lapsed) == (r.state == w.RETURNED, r.state == w.LAPSED)
        assert (took is not None) == (other[7] == "signed")
        assert took is None or took == other[9] - at


def check_statistics(views: Views, history: History) -> None:
    parts = content(views, "statistics")
    rows = {row.dispute: row for row in (Counted(*values) for values in parts[""])}
    assert rows.keys() == history.states.keys()
    for ident, events in by_hand.read(CONTRACT, history.log).items():
        row, expected = rows[ident], by_hand.count(events)
        assert (row.status, row.holder) == (history.states[ident].status, history.states[ident].custodian)
        assert expected.pop("void") == (row.status == w.VOID)
        organs = [o for o in (Organ(*values) for values in parts["organs"]) if o.born == row.born]
        assert expected.pop("worked") == {o.organ: o.attempts for o in organs if o.attempts}
        assert [o.organ for o in organs if o.stand == "here"] == [row.organ]
        found = {name: getattr(row, name) or 0 for name in expected}
        assert found == expected


def check_relapse(views: Views, history: History) -> None:
    parts = content(views, "relapse")
    rows = {row.dispute: row for row in (Trace(*values) for values in parts[""])}
    assert rows.keys() == history.states.keys()
    pairs, numbers = {}, set()
    for ident, events in by_hand.read(CONTRACT, history.log).items():
        row, state = rows[ident], history.states[ident]
        assert (row.status, row.custodian, row.broken) == (state.status, state.custodian, state.agreement == w.BROKEN)
        assert row.parties == "、".join(sorted(f"{role}/{kind}" for role, kind, _ in events[0]["parties"]))
        assert (row.ended_at is None) == (state.status == w.OPEN)
        bears = [e for e in events if e["topic"] == "procedure.stepped" and "2026" in e["document"]]
        numbers |= {("(2026)云2301民特1号", ident) for _ in bears}
        moved = [b for a, b in pairwise(events) if a["custodian"] != b["custodian"]]
        again = [e for e in events if e["topic"] == "dispute.reopened"]
        assert row.touched == max(e["position"] for e in (events[0], *bears, *moved, *again))
        for e in (e for e in events if e["topic"] == "relapse.suspected"):
            pairs[ident, e["earlier"]] = ["、".join(e["grounds"]), e["recorded_at"], None, None, ""]
        for e in (e for e in events if e["topic"] == "relapse.decided"):
            pairs[ident, e["earlier"]][2:] = [e["recorded_at"], int(e["same"]), e["note"]]
        known = [(r.earlier, None if r.same is None else int(r.same)) for r in state.relapses]
        assert known == [(k[1], p[3]) for k, p in pairs.items() if k[0] == ident]
    assert set(parts["numbers"]) == numbers
    assert {values[:2]: list(values[2:]) for values in parts["pairs"]} == pairs


@EXAMPLES
@given(seed=st.integers(0, 2**32), commands=st.integers(1, 600), cuts=st.lists(st.integers(1, 60), min_size=1))
@pytest.mark.slow
def test_every_view_equals_the_machines_states(url: str, seed: int, commands: int, cuts: list[int]) -> None:
    views = _views(url)
    fresh(views)
    history = History(CONTRACT, pack(), random.Random(seed)).play(commands)
    crew = views.crew(ListLog(history.log))
    n = 0
    for runner in crew._ready():  # batches of any size, each view cut differently
        at = 0
        while at < len(history.log):
            size = cuts[n % len(cuts)]
            n += 1
            at = runner.take(history.log[at : at + size])
    check(views, history)
    crew.close()


OPEN: dict[str, Views] = {}


def _views(url: str) -> Views:
    if url not in OPEN:
        OPEN[url] = Views(url, CONTRACT)
    return OPEN[url]


@pytest.mark.slow
def test_a_view_equals_the_fold_at_every_position_on_the_way(url: str) -> None:
    views = Views(url, CONTRACT)
    history = History(CONTRACT, pack(), random.Random(7))
    crew = views.crew(ListLog(history.log))
    for _ in range(25):
        history.play(20)
        crew.catch_up(len(history.log))
        check(views, history)
    crew.close()


def test_figures_of_agencies(tmp_path: Path) -> None:
    views = Views(f"sqlite:///{tmp_path / 'views.db'}", CONTRACT)
    history = History(CONTRACT, pack(), random.Random(1))
    from hub.aggregates.dispute import commands as c

    took = []
    for n, hours in enumerate((1, 2, 9, 30)):
        d = history.do("committee", c.Register("neighbour", "p", "visit", ()))
        assert d is not None
        history.do("committee", c.Refer(w.TRANSFER, "police", w.agency_id("station"), None, ""), d)
        if n < 3:
            history.now += hours * w.HOUR
            took.append(hours * w.HOUR)
            history.do("station", c.Sign(history.states[d].referrals[0].id), d)
        if n == 0:
            history.do("station", c.Return(history.states[d].referrals[0].id, "not_competent", "", None), d)
    crew = views.crew(ListLog(history.log))
    crew.catch_up(len(history.log))
    (station,) = [a for a in views.agencies.answers().items if a["agency"] == w.agency_id("station")]
    assert (station["received"], station["signed"], station["unsigned"]) == (4, 3, 1)
    assert (station["median_us"], station["mean_us"]) == (2 * w.HOUR, sum(took) // 3)
    assert (station["returned"], station["returnable"], str(station["return_rate"])) == (1, 4, "0.2500")
    assert station["oldest_unsigned_at"] == history.now
    assert station["agency_name"] == "station"
    crew.close()


_ = Pack
