"""An event of a book on its own page: for whose scope holds the book, in both languages; for nobody else it is not
there. That rules were loaded is everybody's to see.
"""

from __future__ import annotations

import re

from hub.words import CommandId, agency_id, ident, lead_id, text
from tests.people.signed import Signed, sign_in
from tests.web.hubs import Trial, command

from .test_a_book_over_http import REPORT, act, founded


def people(trial: Trial) -> dict[str, Signed]:
    codes = ("village", "town", "hill", "hamlet", "city")
    return {code: sign_in(trial, f"{code}-clerk", "clerk", code) for code in codes}


def seen(who: dict[str, Signed], position: int) -> set[str]:
    found = {name: person.get(f"/events/{position}") for name, person in who.items()}
    assert {page.status_code for page in found.values()} <= {200, 404}
    return {name for name, page in found.items() if page.status_code == 200}


def test_it_shows_every_field_to_those_whose_book_it_is(trial: Trial) -> None:
    peers, who = founded(trial), people(trial)
    report = command("report_lead", "village", **REPORT)
    reported = peers["village"].post(report).json()["position"]
    lead = text(lead_id("village-system", CommandId(ident(report["command_id"]))))
    passed = act(peers["village"], "settle_lead", "village", lead=lead, outcome="passed",
                 receiver=text(agency_id("hill"))).json()["position"]  # fmt: skip
    trial.hub.settle()
    assert seen(who, reported) == {"village", "town", "city"}
    assert seen(who, passed) == {"village", "town", "city", "hill"}
    for lang, said in (("zh", ("线索登记", "台账单位", "信息员报告", "化解措施")),
                       ("en", ("lead reported", "whose book", "reported by an informant", "measures"))):  # fmt: skip
        page = who["village"].get(f"/events/{reported}?lang={lang}").text
        assert all(word in page for word in said) and REPORT["summary"] in page and lead in page
        assert "case.f_" not in page and "case.type" not in page


def test_who_took_the_agency_over_sees_its_book(trial: Trial) -> None:
    peers, who = founded(trial), people(trial)
    position = act(peers["hamlet"], "report_lead", "hamlet", **REPORT).json()["position"]
    trial.hub.settle()
    assert "village" not in seen(who, position)
    close = {"subject": text(agency_id("hamlet")), "successor": text(agency_id("village")), "reason": "合并"}
    assert act(peers["operator"], "close_agency", "hub", **close).status_code == 201
    assert {"village", "hamlet", "town"} <= seen(who, position)


def test_the_loading_of_rules_is_shown(trial: Trial) -> None:
    founded(trial)
    who = people(trial)
    trial.hub.settle()
    assert seen(who, 1) == set(who)
    page = who["hill"].get("/events/1").text
    assert "规则装载" in page and "P2026.2+chuxiong.1" in page and re.search(r"[0-9a-f]{64}", page)
