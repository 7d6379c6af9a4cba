"""A screening, a lead and an inspection as systems submit them; who is told of them; refusals name code and field."""

from __future__ import annotations

from typing import Any

from hub.words import agency_id, finding_id, ident, lead_id, screening_id, text
from tests.web.hubs import Peer, Trial, command

from . import books as b


def founded(trial: Trial) -> dict[str, Peer]:
    """The city's agencies, each with its system; an auditor, and a system that serves two."""
    operator = trial.peer("operator", role="operator")
    for code, kind, level, region, up in b.CITY:
        superior = text(agency_id(up)) if up else None
        own = {"code": code, "name": code, "kind": kind, "level": level, "region": region, "superior": superior}
        assert operator.post(command("register_agency", "hub", **own)).status_code == 201
    peers = {code: trial.peer(f"{code}-system", code) for code, *_ in b.CITY}
    return peers | {"operator": operator, "auditor": trial.peer("auditor", role="auditor")}


def act(peer: Peer, type_: str, agency: str, **fields: Any) -> Any:
    return peer.post(command(type_, agency, **fields))


def made(system: str, body: dict[str, Any], of: Any, *more: int) -> str:
    return text(of(system, ident(body["command_id"]), *more))


REPORT = {"source": "informant", "summary": "两户排水有争执"}


def told(peer: Peer) -> list[tuple[str, str]]:
    """(type, stream) of what the inbox holds about books."""
    items = peer.get("/v1/inbox?limit=500").json()["items"]
    kinds = ("screening", "lead", "inspection", "finding")
    return [(i["event"]["type"], i["event"]["stream"]) for i in items if i["event"]["type"].split(".")[0] in kinds]


def test_a_lead_from_its_report_to_its_dispute(trial: Trial) -> None:
    peers = founded(trial)
    report = command("report_lead", "village", **REPORT)
    answer = peers["village"].post(report)
    book = text(screening_id(agency_id("village")))
    assert answer.status_code == 201 and answer.json()["dispute"] == book
    assert peers["village"].post(report).json() == answer.json()
    again = peers["village"].post(report | {"summary": "另一件"})
    assert (again.status_code, again.json()["code"], again.json()["field"]) == (409, "command.reused", "command_id")
    lead = made("village-system", report, lead_id)
    assert act(peers["village"], "assess_lead", "village", lead=lead, ordinal=2, measures="约谈").status_code == 201
    bare = act(peers["village"], "settle_lead", "village", lead=lead, outcome="registered")
    assert (bare.status_code, bare.json()["code"], bare.json()["field"]) == (409, "lead.needs_dispute", "registered")
    new = act(peers["village"], "register", "village", category="02", source="proactive").json()
    done = act(peers["village"], "settle_lead", "village", lead=lead, outcome="registered", registered=new["dispute"])
    assert (done.status_code, done.json()["version"]) == (201, 3)
    assert act(peers["village"], "assess_lead", "village", lead=lead).json()["code"] == "lead.settled"
    unknown = act(peers["village"], "assess_lead", "village", lead=text(b"?" * 16))
    assert (unknown.status_code, unknown.json()["code"], unknown.json()["field"]) == (404, "lead.unknown", "lead")


def test_bad_input_names_the_field_and_records_nothing(trial: Trial) -> None:
    peers = founded(trial)
    end = trial.hub.store.position()
    days = {"first": "2026-11-16", "last": "2026-11-22"}
    bad: list[tuple[str, str, dict[str, Any], str, str]] = [
        ("village", "file_screening", days | {"kind": "deep"}, "field.unknown_code", "kind"),
        ("village", "file_screening", days, "field.missing", "kind"),
        ("village", "file_screening", days | {"schedule": "village_week"}, "screening.not_scheduled", "schedule"),
        ("village", "file_screening", {"first": "2026-11-16"}, "field.missing", "last"),
        ("village", "file_screening", days | {"kind": "regular", "found": "2"}, "field.type", "found"),
        ("village", "file_screening", days | {"kind": "regular", "settled": 1}, "field.range", "settled"),
        ("village", "report_lead", REPORT | {"source": "dream"}, "field.unknown_code", "source"),
        ("village", "report_lead", REPORT | {"dispute": text(b"d" * 16)}, "field.range", "dispute"),
        ("village", "report_lead", REPORT | {"subject": text(agency_id("town"))}, "access.denied", "subject"),
        ("village", "report_lead", REPORT | {"subject": "town"}, "field.type", "subject"),
        ("village", "inspect", {"subject": text(agency_id("town"))}, "access.denied", "agency"),
        ("town", "inspect", {"subject": text(agency_id("none"))}, "agency.unknown", "subject"),
        ("town", "inspect", {"subject": text(agency_id("village")), "demands": [""]}, "field.missing", "demands[0]"),
        ("town", "schedule", {"subject": text(agency_id("village"))}, "schema.unknown", "type"),
    ]
    for code, type_, fields, said, field in bad:
        answer = act(peers[code], type_, code, **fields).json()
        assert (answer["code"], answer["field"]) == (said, field), (type_, fields)
    other = act(peers["hill"], "report_lead", "village", **REPORT)
    assert (other.status_code, other.json()["code"], other.json()["field"]) == (403, "access.denied", "agency")
    for name in ("auditor", "operator"):
        refused = act(peers[name], "report_lead", "village", **REPORT).json()
        assert refused["code"] == "access.denied"
    assert trial.hub.store.position() == end


def test_those_concerned_are_told_and_nobody_else(trial: Trial) -> None:
    peers = founded(trial)
    trial.hub.settle()
    before = {name: told(peer) for name, peer in peers.items() if name not in ("operator", "auditor")}
    report = command("report_lead", "village", **REPORT)
    assert peers["village"].post(report).status_code == 201
    lead = made("village-system", report, lead_id)
    passed = act(peers["village"], "settle_lead", "village", lead=lead, outcome="passed",
                 receiver=text(agency_id("hill")))  # fmt: skip
    assert passed.status_code == 201
    check = command("inspect", "city", subject=text(agency_id("village")), demands=["补记录"])
    assert peers["city"].post(check).status_code == 201
    finding = made("city-system", check, finding_id, 1)
    assert act(peers["village"], "rectify", "village", finding=finding, done="已补").status_code == 201
    trial.hub.settle()
    book = text(screening_id(agency_id("village")))
    got = {name: told(peers[name])[len(old) :] for name, old in before.items()}
    got = {name: [(kind, stream) for kind, stream in events if stream == book] for name, events in got.items()}
    everything = ["lead.reported", "lead.settled", "inspection.made", "finding.raised", "finding.rectified"]
    assert {name: [kind for kind, _ in events] for name, events in got.items()} == {
        "village": everything,
        "town": everything,  # the nearest superior
        "hill": ["lead.settled"],  # to whom the lead was passed
        "city": ["inspection.made", "finding.raised"],  # the author
        "hamlet": [],
        "group": [],
    }


def test_who_is_told_follows_the_superior_of_that_time(trial: Trial) -> None:
    peers = founded(trial)
    village = {"name": "village", "kind": "committee", "level": "village", "region": "532301101201"}
    assert act(peers["village"], "report_lead", "village", **REPORT).status_code == 201
    moved = act(peers["operator"], "amend_agency", "hub", subject=text(agency_id("village")),
                superior=text(agency_id("hill")), **village)  # fmt: skip
    assert moved.status_code == 201
    assert act(peers["village"], "report_lead", "village", **REPORT).status_code == 201
    trial.hub.settle()
    book = text(screening_id(agency_id("village")))
    seen = {code: [kind for kind, stream in told(peers[code]) if stream == book and kind == "lead.reported"]
            for code in ("village", "town", "hill", "city")}  # fmt: skip
    assert seen == {"village": ["lead.reported"] * 2, "town": ["lead.reported"], "hill": ["lead.reported"], "city": []}


def test_the_successor_acts_on_the_book_it_took_over(trial: Trial) -> None:
    peers = founded(trial)
    report = command("report_lead", "hamlet", **REPORT)
    assert peers["hamlet"].post(report).status_code == 201
    lead = made("hamlet-system", report, lead_id)
    hamlet = text(agency_id("hamlet"))
    settle = {"lead": lead, "outcome": "resolved", "subject": hamlet}
    early = act(peers["village"], "settle_lead", "village", **settle)
    assert (early.json()["code"], early.json()["field"]) == ("access.denied", "subject")
    close = {"subject": hamlet, "successor": text(agency_id("village")), "reason": "合并"}
    assert act(peers["operator"], "close_agency", "hub", **close).status_code == 201
    trial.hub.settle()
    gone = act(peers["operator"], "dissolve_agency", "hub", subject=hamlet, reason="完成")
    assert gone.status_code == 201, gone.json()
    late = act(peers["hamlet"], "report_lead", "hamlet", **REPORT)
    assert (late.json()["code"], late.json()["field"]) == ("agency.dissolved", "agency")
    done = act(peers["village"], "settle_lead", "village", **settle)
    assert done.status_code == 201 and done.json()["dispute"] == text(screening_id(agency_id("hamlet")))
