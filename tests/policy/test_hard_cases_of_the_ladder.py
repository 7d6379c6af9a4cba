"""The cases practice asks about, each by its ruling: seals, walk-ins, several places or departments, a changed branch,
assignments, absences, broken agreements, relapses, exemptions, returns.
"""

from __future__ import annotations

import pytest

from hub.policy import ladder
from hub.policy.ladder import LadderRefused, Next, Organ, Session, Span
from hub.words import HOUR
from tests.policy.ladders import CHUXIONG, CIVIL, FOUR, INDUSTRY, THREE, begin, climb, hold, to_the_end

VILLAGE, OTHER = "532301101201", "532301102201"
TOWN = [
    Organ(b"group", "group", "group", VILLAGE),
    Organ(b"quarter", "committee", "group", VILLAGE),
    Organ(b"village", "committee", "village", VILLAGE),
    Organ(b"elsewhere", "committee", "village", OTHER),
    Organ(b"township", "committee", "township", VILLAGE[:9]),
    Organ(b"city", "committee", "city", "532301"),
    Organ(b"labour", "department_committee", "city", "532301", ("10", "11")),
    Organ(b"trade", "industry_committee", "city", "532301", ("11", "16")),
    Organ(b"police", "police", "township", VILLAGE[:9]),
]


def refusal(code: str) -> pytest.RaisesExc[LadderRefused]:
    return pytest.raises(LadderRefused, match=f"^{code}$")


# --- where a dispute begins ---


@pytest.mark.parametrize(
    ("branch", "place", "category", "levels"),
    [
        (CIVIL, VILLAGE, "02", ["group", "village", "township", "city"]),
        # Parties of several places: the place of occurrence alone decides, and its organ is the host.
        (CIVIL, OTHER, "02", ["village", "city"]),
        (CIVIL, VILLAGE[:9], "02", ["township", "city"]),
        (CIVIL, "532301", "02", ["city"]),
        (INDUSTRY, VILLAGE, "11", ["department", "city"]),
        (INDUSTRY, VILLAGE, "15", ["city"]),
        (CIVIL, "somewhere", "02", []),
    ],
)
def test_organs_of_a_place(branch: str, place: str, category: str, levels: list[str]) -> None:
    assert list(ladder.organs(CHUXIONG, branch, place, category, TOWN)) == levels


def test_who_stands_on_a_level() -> None:
    found = ladder.organs(CHUXIONG, CIVIL, VILLAGE, "02", TOWN)
    # A residential quarter's committee stands at the level of the group.
    assert found["group"] == (b"group", b"quarter") and found["village"] == (b"village",)
    assert ladder.organs(CHUXIONG, INDUSTRY, VILLAGE, "11", TOWN)["department"] == (b"labour", b"trade")
    wide = Organ(b"wide", "department_committee", "city", "5323", ("11",))
    nearest = ladder.organs(CHUXIONG, INDUSTRY, VILLAGE, "11", [wide, *TOWN])["department"]
    assert nearest == (b"labour", b"trade", b"wide")
    assert ladder.slot(CHUXIONG, CIVIL, "police", "township") == ""
    assert ladder.slot(CHUXIONG, CIVIL, "department_committee", "city") == ""
    assert ladder.slot(CHUXIONG, INDUSTRY, "department_committee", "city") == "department"
    assert ladder.slot(FOUR, CIVIL, "justice", "township") == "justice_office"


@pytest.mark.parametrize(
    ("category", "branch"),
    [(f"{n:02d}", INDUSTRY if n in {*range(10, 18), *range(19, 23)} else CIVIL) for n in range(1, 23)],
)
def test_branch_by_category(category: str, branch: str) -> None:
    assert ladder.classify(CHUXIONG, category) == branch
    assert ladder.classify(FOUR, category) == ladder.classify(THREE, category) == CIVIL


def test_a_tenants_own_table_goes_before() -> None:
    assert ladder.classify(CHUXIONG, "17", {"17": CIVIL}) == CIVIL
    assert ladder.classify(CHUXIONG, "99") == CIVIL
    with refusal("branch_unknown"):
        ladder.classify(CHUXIONG, "17", {"17": "grid"})


def test_a_group_has_no_seal() -> None:
    # 人民调解法 §8, §29: the village committee seals what the group brought about.
    assert CHUXIONG.levels["group"].sealed_by == "village"
    assert all(v.sealed_by == k for k, v in CHUXIONG.levels.items() if k != "group")


def test_a_walk_in_at_the_city_may_be_moved_down_by_consent_only() -> None:
    standing = begin(CHUXIONG, at="city")
    assert (standing.level, standing.entry, standing.direct) == ("city", "city", True)
    assert ladder.required(CHUXIONG, standing) == 2
    with refusal("no_consent"):
        ladder.move_down(CHUXIONG, standing, "group", False)
    stayed = to_the_end(CHUXIONG, standing)
    assert (stayed.total, stayed.direct, stayed.state) == (2, True, "exhausted")
    down = ladder.after(CHUXIONG, standing, ladder.move_down(CHUXIONG, standing, "village", True))
    assert (down.level, down.entry, down.direct) == ("village", "village", False)
    assert ladder.required(CHUXIONG, down) == 6


def test_nobody_moves_down_after_intake() -> None:
    with refusal("not_at_intake"):
        ladder.move_down(CHUXIONG, hold(CHUXIONG, begin(CHUXIONG, at="city")), "group", True)
    risen = climb(CHUXIONG, begin(CHUXIONG, lowest="village"))
    with refusal("not_at_intake"):
        ladder.move_down(CHUXIONG, risen, "village", True)
    skipped = begin(CHUXIONG)
    skipped = ladder.after(CHUXIONG, skipped, ladder.exempt(CHUXIONG, skipped, "R2", "kin", "centre"))
    with refusal("not_at_intake"):
        ladder.move_down(CHUXIONG, skipped, "group", True)
    with refusal("not_below"):
        ladder.move_down(CHUXIONG, begin(CHUXIONG, at="village"), "township", True)
    # Nor does the fold, whatever was recorded.
    for standing in (hold(CHUXIONG, begin(CHUXIONG, at="city")), risen, skipped):
        assert ladder.after(CHUXIONG, standing, ladder.MovedDown("group")) is standing


def test_a_place_without_any_organ_begins_no_ladder() -> None:
    with refusal("no_organ"):
        ladder.enter(CHUXIONG, CIVIL, ())
    # The organ that registered it is there, whatever the registry says of the place.
    assert ladder.enter(CHUXIONG, CIVIL, (), "township") == ladder.Entered(CIVIL, "township", False)


# --- going up ---


def test_the_tries_of_a_level_come_first_then_the_next_level_with_their_records() -> None:
    standing = begin(CHUXIONG)
    with refusal("tries_left"):
        ladder.escalate(CHUXIONG, standing, "village")
    first = ladder.hold(CHUXIONG, standing, Session("no_deal", 1_000))
    limit = Span(3, "workday", "hub default: the source sets no time")
    assert first.next == Next("again", "group", left=1, limit=limit, not_before=1_000 + 24 * HOUR)
    second = ladder.hold(CHUXIONG, first.standing, Session("agreed_part", 1_000 + 24 * HOUR), last_at=1_000)
    assert second.counted
    assert second.next == Next(
        "escalate", "village", limit=CHUXIONG.accept, forms=("escalation",), consent=("escalation",), records=2
    )
    assert CHUXIONG.accept[:2] == (3, "workday")
    with refusal("not_next"):
        ladder.escalate(CHUXIONG, second.standing, "township")
    up = ladder.after(CHUXIONG, second.standing, ladder.escalate(CHUXIONG, second.standing, "village"))
    assert (up.level, up.tries, up.total, up.counted) == ("village", 0, 2, ((CIVIL, "group", 2),))


def test_no_try_is_counted_while_the_escalation_is_on_its_way() -> None:
    standing = hold(CHUXIONG, begin(CHUXIONG), times=2)
    outcome = ladder.hold(CHUXIONG, standing, Session("no_deal", 0))
    assert (outcome.counted, outcome.why_not, outcome.standing) == (False, "tries_used", standing)
    agreed = ladder.hold(CHUXIONG, standing, Session("agreed_all", 0))
    assert (agreed.counted, agreed.standing.state, agreed.standing.total) == (False, "resolved", 2)


def test_to_the_city_by_entrusting_with_consent_or_by_assignment_without() -> None:
    due = ladder.what_next(CHUXIONG, hold(CHUXIONG, begin(CHUXIONG, INDUSTRY), times=2))
    assert (due.level, due.forms, due.consent) == ("city", ("escalation", "assignment"), ("escalation",))


@pytest.mark.parametrize(
    ("reason", "times", "answer"),
    [
        ("missing_record", 0, (True, "")),
        ("wrong_branch", 0, (True, "")),
        ("missing_record", 1, (False, "returned_once")),
        ("too_hard", 0, (False, "return_reason")),
        ("not_competent", 0, (False, "return_reason")),
    ],
)
def test_a_receiver_returns_once_and_never_for_too_hard(reason: str, times: int, answer: tuple[bool, str]) -> None:
    assert ladder.may_return(CHUXIONG, reason, times) == answer


def test_after_a_return_the_next_level_is_assigned() -> None:
    standing = hold(CHUXIONG, begin(CHUXIONG), times=2)
    back = ladder.after(CHUXIONG, standing, ladder.SentBack())
    assert (back.level, back.returned) == ("group", True)
    due = ladder.what_next(CHUXIONG, back)
    assert (due.level, due.forms, due.consent) == ("village", ("assignment",), ())
    assert not ladder.after(CHUXIONG, back, ladder.Moved("village")).returned


def test_several_departments_share_one_counter() -> None:
    standing = hold(CHUXIONG, begin(CHUXIONG, INDUSTRY))
    # The centre assigns another department: the same level, the tries stay.
    moved = ladder.after(CHUXIONG, standing, ladder.Moved("department"))
    assert moved is standing and moved.tries == 1
    assert ladder.what_next(CHUXIONG, hold(CHUXIONG, moved)).act == "escalate"


# --- a changed branch ---

ALL = set(CHUXIONG.levels)


@pytest.mark.parametrize(
    ("tries", "level", "joint", "required"),
    [
        (0, "department", False, 4),
        (1, "department", False, 5),
        (3, "department", False, 7),
        (4, "department", False, 8),
        (5, "city", True, 7),
        (6, "city", True, 8),
    ],
)
def test_a_changed_branch_begins_anew_within_the_same_eight(tries: int, level: str, joint: bool, required: int) -> None:
    standing = begin(CHUXIONG)
    for _ in range(tries // 2):
        standing = climb(CHUXIONG, standing)
    standing = hold(CHUXIONG, standing, times=tries % 2)
    changed = ladder.after(CHUXIONG, standing, ladder.change_branch(CHUXIONG, standing, INDUSTRY, ALL))
    assert (changed.branch, changed.level, changed.joint, changed.total) == (INDUSTRY, level, joint, tries)
    assert changed.tries == 0 and changed.counted == standing.counted
    assert ladder.required(CHUXIONG, changed) == required
    assert to_the_end(CHUXIONG, changed).total == required


def test_eight_binds_a_branch_that_would_take_longer() -> None:
    standing = climb(CHUXIONG, begin(CHUXIONG, INDUSTRY))
    changed = ladder.after(CHUXIONG, standing, ladder.change_branch(CHUXIONG, standing, CIVIL, ALL))
    over = to_the_end(CHUXIONG, changed)
    assert (over.level, over.total, over.state) == ("township", 8, "exhausted")


def test_the_eighth_try_is_the_last_even_where_the_organ_has_one_left() -> None:
    standing = hold(CHUXIONG, begin(CHUXIONG, INDUSTRY))
    changed = ladder.after(CHUXIONG, standing, ladder.change_branch(CHUXIONG, standing, CIVIL, ALL))
    assert ladder.required(CHUXIONG, changed) == 8
    over = to_the_end(CHUXIONG, changed)
    assert (over.level, over.tries, over.total, over.state) == ("city", 1, 8, "exhausted")


def test_an_organ_of_both_branches_keeps_its_tries() -> None:
    standing = hold(CHUXIONG, begin(CHUXIONG, at="city"))
    changed = ladder.after(CHUXIONG, standing, ladder.change_branch(CHUXIONG, standing, INDUSTRY, ALL))
    assert changed.level == "department"
    over = to_the_end(CHUXIONG, changed)
    assert (over.of("department"), over.of("city"), over.total) == (2, 2, 4)


def test_a_branch_taken_up_again_goes_on_where_it_was() -> None:
    standing = hold(CHUXIONG, climb(CHUXIONG, begin(CHUXIONG)))  # group 2, village 1
    there = ladder.after(CHUXIONG, standing, ladder.change_branch(CHUXIONG, standing, INDUSTRY, ALL))
    back = ladder.after(CHUXIONG, there, ladder.change_branch(CHUXIONG, there, CIVIL, ALL))
    assert (back.level, back.tries, back.total) == ("village", 1, 3)
    risen = climb(CHUXIONG, begin(CHUXIONG))
    assert (risen.entry, risen.level) == ("group", "village")
    assert ladder.after(CHUXIONG, risen, ladder.change_branch(CHUXIONG, risen, CIVIL, ALL)) is risen
    # Never below where it was tried on that branch, nor at an organ that has no try left.
    for standing, level in ((risen, "village"), (hold(CHUXIONG, begin(CHUXIONG, at="city")), "city")):
        there = ladder.after(CHUXIONG, standing, ladder.change_branch(CHUXIONG, standing, INDUSTRY, ALL))
        assert there.level == "department"
        assert ladder.change_branch(CHUXIONG, there, CIVIL, ALL) == ladder.Branched(CIVIL, level)
    with refusal("branch_unknown"):
        ladder.change_branch(CHUXIONG, back, "grid", ALL)


# --- how it ends ---


@pytest.mark.parametrize("result", ["refused", "withdrawn"])
def test_whoever_will_not_go_on_ends_it_and_only_both_take_it_up_again(result: str) -> None:
    standing = hold(CHUXIONG, hold(CHUXIONG, begin(CHUXIONG)), result)
    due = ladder.what_next(CHUXIONG, standing, category="02")
    assert (standing.state, due.act, due.notice) == ("terminated", "terminate", "exits")
    assert due.exits == ("arbitration", "administrative", "court", "legal_aid")
    with refusal("not_climbing"):
        ladder.escalate(CHUXIONG, standing, "village")
    with refusal("no_consent"):
        ladder.resume(CHUXIONG, standing, False)
    again = ladder.after(CHUXIONG, standing, ladder.resume(CHUXIONG, standing, True))
    # Both sessions were held: both tries of the group are used.
    assert (again.state, again.tries, ladder.what_next(CHUXIONG, again).act) == ("climbing", 2, "escalate")


def test_a_refusal_by_telephone_ends_it_too_and_is_no_try() -> None:
    outcome = ladder.hold(CHUXIONG, begin(CHUXIONG), Session("refused", 0, "phone"))
    assert (outcome.counted, outcome.why_not) == (False, "phone_only")
    assert (outcome.standing.state, outcome.standing.total) == ("terminated", 0)


def test_happenings_that_carry_nothing_are_not_taken_for_each_other() -> None:
    standing = hold(CHUXIONG, begin(CHUXIONG), times=2)
    seen = [ladder.after(CHUXIONG, standing, what) for what in (ladder.SentBack(), ladder.Agreed(), ladder.Ended())]
    assert [(s.state, s.returned) for s in seen] == [("climbing", True), ("resolved", False), ("terminated", False)]


def test_a_party_may_end_it_at_any_time() -> None:
    for standing in (begin(CHUXIONG), hold(CHUXIONG, begin(CHUXIONG), times=2)):
        assert ladder.after(CHUXIONG, standing, ladder.end(CHUXIONG, standing)).state == "terminated"


def test_absences_first_nothing_second_a_failed_try_third_a_refusal() -> None:
    standing, seen = begin(CHUXIONG), []
    for n in range(3):
        outcome = ladder.hold(CHUXIONG, standing, Session("no_show", n * 48 * HOUR))
        standing = outcome.standing
        seen.append((outcome.counted, outcome.why_not, standing.total, standing.state, outcome.next.act))
    assert seen == [
        (False, "first_no_show", 0, "climbing", "again"),
        (True, "", 1, "climbing", "again"),
        (False, "no_show_refusal", 1, "terminated", "terminate"),
    ]
    again = ladder.after(CHUXIONG, standing, ladder.resume(CHUXIONG, standing, True))
    assert again.no_shows == 0


def test_an_absence_without_due_notice_tells_nothing() -> None:
    outcome = ladder.hold(CHUXIONG, begin(CHUXIONG), Session("no_show", 0, notice=23 * HOUR))
    assert (outcome.why_not, outcome.standing.no_shows) == ("short_notice", 0)


def test_an_exhausted_dispute_stays_with_the_last_organ_which_tells_of_the_exits() -> None:
    over = to_the_end(CHUXIONG, begin(CHUXIONG))
    due = ladder.what_next(CHUXIONG, over, category="10")
    assert (over.level, due.act, due.level, due.notice) == ("city", "exit", "city", "exits")
    assert due.exits == ("arbitration", "administrative", "court", "legal_aid", "labour_arbitration")
    assert [e.code for e in ladder.exits(CHUXIONG, "07")][-1] == "land_adjudication"
    assert not ladder.hold(CHUXIONG, over, Session("no_deal", 0)).counted
    assert ladder.after(CHUXIONG, over, ladder.Agreed()).state == "resolved"


def test_a_broken_agreement_or_a_relapse_begins_no_second_ladder() -> None:
    resolved, over = hold(CHUXIONG, begin(CHUXIONG), "agreed_all"), to_the_end(CHUXIONG, begin(CHUXIONG))
    assert ladder.once_more(CHUXIONG, resolved, False) == Next("urge", notice="exits", exits=("court",))
    assert ladder.once_more(CHUXIONG, resolved, True).act == "link"
    for consent in (False, True):
        assert ladder.once_more(CHUXIONG, over, consent).act == "exit"
    ended = ladder.after(CHUXIONG, begin(CHUXIONG), ladder.Ended())
    assert ladder.once_more(CHUXIONG, ended, False).act == "terminate"
    assert ladder.once_more(CHUXIONG, ended, True) == Next("resume", "group")
    assert ladder.once_more(CHUXIONG, begin(CHUXIONG), True) == Next("nothing")
    for standing in (resolved, over):
        assert ladder.after(CHUXIONG, standing, ladder.Entered(CIVIL, "group")) is standing
        assert hold(CHUXIONG, standing) is standing


# --- exemptions ---


@pytest.mark.parametrize(
    ("code", "to", "state", "level", "skipped"),
    [
        ("R1", "", "suspended", "group", ()),
        ("R2", "", "climbing", "village", ("group",)),
        ("R3", "", "climbing", "village", ("group",)),
        ("R3", "township", "climbing", "township", ("group", "village")),
        ("R4", "", "off", "group", ()),
        ("R4", "city", "climbing", "city", ("group", "village", "township")),
        ("R5", "", "off", "group", ()),
        ("R6", "", "off", "group", ()),
        ("R7", "city", "climbing", "city", ("group", "village", "township")),
    ],
)
def test_exemptions(code: str, to: str, state: str, level: str, skipped: tuple[str, ...]) -> None:
    standing = hold(CHUXIONG, begin(CHUXIONG))
    new = ladder.after(CHUXIONG, standing, ladder.exempt(CHUXIONG, standing, code, "reason", "centre", to))
    assert (new.state, new.level, new.skipped, new.total, new.entry) == (state, level, skipped, 1, "group")


@pytest.mark.parametrize(
    ("code", "reason", "approver", "to", "refused"),
    [
        ("R8", "reason", "centre", "", "exemption_unknown"),
        ("R2", " ", "centre", "", "no_reason"),
        ("R2", "reason", "", "", "no_approver"),
        ("R2", "reason", "centre", "moon", "level_unknown"),
        ("R2", "reason", "centre", "group", "not_above"),
        ("R4", "reason", "centre", "department", "not_above"),
    ],
)
def test_no_exemption_without_its_list_reason_and_approver(
    code: str, reason: str, approver: str, to: str, refused: str
) -> None:
    with refusal(refused):
        ladder.exempt(CHUXIONG, begin(CHUXIONG), code, reason, approver, to)


def test_above_the_last_level_is_nothing_to_skip_to() -> None:
    with refusal("no_level_above"):
        ladder.exempt(CHUXIONG, begin(CHUXIONG, at="city"), "R2", "kin", "centre")


def test_red_or_crime_stops_the_ladder_before_it_goes_on() -> None:
    assert ladder.alarming(CHUXIONG, 1, False) and ladder.alarming(CHUXIONG, None, True)
    assert not ladder.alarming(CHUXIONG, 2, False) and not ladder.alarming(CHUXIONG, None, False)
    last = hold(CHUXIONG, begin(CHUXIONG, at="city"))
    outcome = ladder.hold(CHUXIONG, last, Session("no_deal", 0), alarm=True)
    assert outcome.next == Next("report", "city", tell=("police", "party_government"))
    assert (outcome.counted, outcome.standing.state, outcome.standing.total) == (True, "suspended", 2)
    calm = ladder.after(CHUXIONG, outcome.standing, ladder.resume(CHUXIONG, outcome.standing, False))
    assert calm.state == "exhausted"
    broken_off = hold(CHUXIONG, begin(CHUXIONG), "broken_off")
    assert (broken_off.state, broken_off.total) == ("suspended", 1)


def test_times_per_level() -> None:
    def times(scheme: ladder.Scheme) -> dict[str, tuple[int, str]]:
        return {key: (level.limit.amount, level.limit.unit) for key, level in scheme.levels.items()}

    days = {"group": 3, "village": 5, "township": 10, "city": 20, "department": 20}
    assert times(CHUXIONG) == {key: (n, "workday") for key, n in days.items()}
    assert CHUXIONG.ceiling[:2] == (60, "day") and CHUXIONG.committee[:2] == (1, "month")
    assert [n for n, _ in times(FOUR).values()] == [1, 2, 2, 2] and FOUR.ceiling[:2] == (7, "workday")
