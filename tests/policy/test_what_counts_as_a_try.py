"""Which sessions count as a try, and why the others do not."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from hub.policy import ladder
from hub.policy.ladder import LadderRefused, Session
from hub.policy.ladder_standing import FIRST_NO_SHOW, LAST_NO_SHOW, RESULTS, STATES
from hub.words import HOUR
from tests.policy.ladders import CHUXIONG, begin, hold, to_the_end

NOON = 1_000 * HOUR


def codes(name: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(
        files("schemas").joinpath("codes", f"{name}.json").read_text(encoding="utf-8")
    )
    return made


@pytest.mark.parametrize(
    ("session", "why_not"),
    [
        (Session("no_deal", NOON), ""),
        (Session("no_deal", NOON, "face_to_face"), ""),
        (Session("no_deal", NOON, "back_to_back"), ""),
        (Session("no_deal", NOON, "online"), ""),
        (Session("agreed_part", NOON), ""),
        (Session("refused", NOON), ""),
        (Session("broken_off", NOON), ""),
        (Session("no_deal", NOON, "phone"), "phone_only"),
        (Session("no_deal", NOON, notice=24 * HOUR), ""),
        (Session("no_deal", NOON, notice=24 * HOUR - 1), "short_notice"),
        (Session("no_deal", NOON, notice=0), "short_notice"),
        (Session("no_deal", NOON, claim="postponed"), "postponed"),
        (Session("no_deal", NOON, claim="short_notice"), "short_notice"),
        (Session("no_deal", NOON, claim="mediator_recused"), "mediator_recused"),
        (Session("no_deal", NOON, claim="fact_finding"), "fact_finding"),
        # Whether an absence counts is the hub's to say.
        (Session("no_deal", NOON, claim="first_no_show"), ""),
        (Session("no_show", NOON), "first_no_show"),
        (Session("no_show", NOON, claim="mediator_recused"), "mediator_recused"),
        (Session("not_held", NOON), "not_held"),
        (Session("not_held", NOON, claim="postponed"), "postponed"),
        # A success is never for show.
        (Session("agreed_all", NOON, "phone", 0, "fact_finding"), ""),
    ],
)
def test_a_session_counts_or_says_why_not(session: Session, why_not: str) -> None:
    for standing in (begin(CHUXIONG), None):
        assert ladder.counts(CHUXIONG, standing, session) == (why_not == "", why_not)


@pytest.mark.parametrize(
    ("hours", "why_not"), [(0, "too_soon"), (2, "too_soon"), (23.99, "too_soon"), (24, ""), (-24, ""), (-5, "too_soon")]
)
def test_two_sessions_of_one_day_are_one_try(hours: float, why_not: str) -> None:
    standing = hold(CHUXIONG, begin(CHUXIONG))
    session = Session("no_deal", NOON + int(hours * HOUR))
    assert ladder.counts(CHUXIONG, standing, session, NOON) == (why_not == "", why_not)
    outcome = ladder.hold(CHUXIONG, standing, session, NOON)
    assert outcome.standing.total == (1 if why_not else 2)


def test_the_second_absence_counts_but_not_on_the_same_day() -> None:
    standing = ladder.hold(CHUXIONG, begin(CHUXIONG), Session("no_show", NOON)).standing
    assert ladder.counts(CHUXIONG, standing, Session("no_show", NOON + HOUR), NOON) == (False, "too_soon")
    assert ladder.counts(CHUXIONG, standing, Session("no_show", NOON + 24 * HOUR), NOON) == (True, "")


def test_a_session_of_another_organ_is_no_try_of_this_one() -> None:
    standing = begin(CHUXIONG)
    assert ladder.counts(CHUXIONG, standing, Session("no_deal", NOON, level="village")) == (False, "other_organ")
    assert ladder.counts(CHUXIONG, standing, Session("no_deal", NOON, level="group")) == (True, "")
    assert ladder.counts(CHUXIONG, standing, Session("agreed_all", NOON, level="village")) == (True, "")


def test_a_ladder_that_is_off_looks_at_the_session_alone() -> None:
    off = ladder.after(CHUXIONG, begin(CHUXIONG), ladder.Exempted("R5"))
    assert ladder.counts(CHUXIONG, off, Session("no_deal", NOON)) == (True, "")
    assert ladder.hold(CHUXIONG, off, Session("no_deal", NOON)).standing is off


def test_where_the_ladder_stands_still_nothing_counts_but_an_agreement() -> None:
    begun = begin(CHUXIONG)
    for state, standing in {
        "suspended": ladder.after(CHUXIONG, begun, ladder.Exempted("R1")),
        "terminated": ladder.after(CHUXIONG, begun, ladder.Ended()),
        "exhausted": to_the_end(CHUXIONG, begun),
        "resolved": hold(CHUXIONG, begun, "agreed_all"),
    }.items():
        assert ladder.counts(CHUXIONG, standing, Session("no_deal", NOON)) == (False, state)
        counted, why_not = ladder.counts(CHUXIONG, standing, Session("agreed_all", NOON))
        assert (counted, why_not) == {"exhausted": (False, "tries_used"), "resolved": (False, "resolved")}.get(
            state, (True, "")
        )


@pytest.mark.parametrize("result", ["", "won", "AGREED_ALL"])
def test_an_unknown_result_is_refused(result: str) -> None:
    with pytest.raises(LadderRefused, match=r"^result_unknown$"):
        ladder.counts(CHUXIONG, begin(CHUXIONG), Session(result, NOON))


def test_results_mean_what_the_code_list_says() -> None:
    assert {c["code"]: c["effect"] for c in codes("attempt_results")} == {k: v for k, v in RESULTS.items() if k}
    known = {c["code"] for c in codes("attempt_not_counted")}
    assert known == {
        *ladder.CLAIMS, FIRST_NO_SHOW, LAST_NO_SHOW, ladder.PHONE, ladder.TOO_SOON, ladder.TRIES_USED, ladder.NOT_HELD,
        ladder.OTHER_ORGAN, *STATES,
    } - {"climbing", "off"}  # fmt: skip
    assert CHUXIONG.uncounted_modes <= {c["code"] for c in codes("attempt_modes")}


def test_schemes_name_only_codes_there_are() -> None:
    kinds, levels = ({c["code"] for c in codes(name)} for name in ("agency_kinds", "agency_levels"))
    for scheme in ladder.read_ladders().values():
        assert {c["code"] for c in codes("exemptions")} == set(scheme.exemptions)
        assert scheme.return_reasons <= {c["code"] for c in codes("return_reasons")}
        assert set(scheme.alarm_tell) <= kinds
        assert {p.kind for level in scheme.levels.values() for p in level.organs} <= kinds
        assert {p.level for level in scheme.levels.values() for p in level.organs} <= levels
        categories = {c["code"] for c in codes("categories")}
        assert {c for b in scheme.branches.values() for c in b.categories} <= categories
        assert {c for e in scheme.exits for c in e.categories} <= categories
        assert {"exits", "confirmation"} <= {c["code"] for c in codes("notices")}
