"""Along any sequence, on every shipped ladder: no organ and no dispute has more tries than its share, the way leads up,
nobody is passed by without a listed exemption, and an unresolved dispute gets exactly what its path promises.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.policy import ladder
from hub.policy.ladder import LadderRefused, Scheme, Session, Standing
from hub.policy.ladder_standing import STATES
from tests.policy.ladders import (
    CHUXIONG,
    CIVIL,
    DAY_AFTER_DAY,
    FOUR,
    INDUSTRY,
    LADDERS,
    THREE,
    begin,
    climb,
    start,
    to_the_end,
)

RESULTS = ["no_deal"] * 8 + ["no_show"] * 2 + ["agreed_part", "agreed_all", "refused", "broken_off", "not_held"]
CLAIMS = ["", "", "", "", "", *ladder.CLAIMS]
ACTS = ["hold"] * 6 + ["escalate"] * 5 + ["change", "exempt", "down", "end", "resume", "sent_back", "agreed"]


class Journey:
    """One dispute, with what the tests count themselves beside what the standing says."""

    def __init__(self, scheme: Scheme, standing: Standing) -> None:
        self.scheme, self.standing = scheme, standing
        self.counted = 0
        self.acts: list[str] = []

    def go(self, act: str, draw: Any) -> None:
        """Try one act; a refusal leaves everything as it is."""
        s, now = self.scheme, self.standing
        levels, branches = st.sampled_from(sorted(s.levels)), st.sampled_from(sorted(s.branches))
        try:
            if act == "hold":
                session = Session(
                    draw(st.sampled_from(RESULTS)), len(self.acts) * DAY_AFTER_DAY,
                    draw(st.sampled_from(["", "online", "phone"])), None, draw(st.sampled_from(CLAIMS)),
                )  # fmt: skip
                outcome = ladder.hold(s, now, session, alarm=draw(st.integers(0, 9)) == 0)
                self.counted += outcome.counted and now.state != "off"
                self.standing = outcome.standing
            elif act == "escalate":
                self.standing = ladder.after(s, now, ladder.escalate(s, now, draw(levels)))
            elif act == "change":
                present = draw(st.sets(levels)) | {next(iter(s.branches.values())).path[-1]}
                self.standing = ladder.after(s, now, ladder.change_branch(s, now, draw(branches), present))
            elif act == "exempt":
                code, to = draw(st.sampled_from(sorted(s.exemptions))), draw(st.sampled_from(["", *s.levels]))
                self.standing = ladder.after(s, now, ladder.exempt(s, now, code, "reason", "centre", to))
            elif act == "down":
                self.standing = ladder.after(s, now, ladder.move_down(s, now, draw(levels), draw(st.booleans())))
            elif act == "end":
                self.standing = ladder.after(s, now, ladder.end(s, now))
            elif act == "resume":
                self.standing = ladder.after(s, now, ladder.resume(s, now, draw(st.booleans())))
            else:
                self.standing = ladder.after(s, now, ladder.SentBack() if act == "sent_back" else ladder.Agreed())
        except LadderRefused as refused:
            assert refused.code in ladder.REFUSALS
            assert self.standing is now
        self.acts.append(act)


@pytest.mark.parametrize("name", LADDERS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_every_sequence_keeps_the_invariants(name: str, data: st.DataObject) -> None:
    scheme = LADDERS[name]
    branch = data.draw(st.sampled_from(sorted(scheme.branches)))
    path = scheme.branches[branch].path
    at = data.draw(st.sampled_from(["", *path]))
    journey = Journey(scheme, begin(scheme, branch, data.draw(st.sampled_from(path)), at))
    assert ladder.required(scheme, journey.standing) == scheme.tries * (len(path) - path.index(journey.standing.entry))
    for act in data.draw(st.lists(st.sampled_from(ACTS), max_size=40)):
        before, counted = journey.standing, journey.counted
        journey.go(act, data.draw)
        step(scheme, before, act, journey.standing)
        assert journey.standing.total - before.total == journey.counted - counted


def step(scheme: Scheme, before: Standing, act: str, now: Standing) -> None:
    """The invariants of one step."""
    path = scheme.branches[now.branch].path
    # Tries per organ and in all; what stands there is the sum of its parts.
    for level in scheme.levels:
        assert now.of(level) <= scheme.tries
    assert now.total == sum(n for _, _, n in now.counted) <= scheme.max_total
    assert 0 <= now.total - before.total <= 1
    # Always owned: on one level of its branch, in one known state, with something due or done.
    assert now.level in path and now.entry in path and now.state in STATES
    due = ladder.what_next(scheme, now)
    assert due.level in scheme.levels or due == ladder.Next("nothing", notice=due.notice)
    assert (due.act == "nothing") == (now.state in ("resolved", "off"))
    # Upward only, but for 下派 at intake and a change of branch.
    if now.branch == before.branch:
        was, is_ = path.index(before.level), path.index(now.level)
        if is_ < was:
            assert act == "down" and before.total == now.total == 0 and not before.skipped
        # One level at a time and only after the tries; else a listed exemption that names what was left.
        if is_ > was and act != "exempt":
            assert act == "escalate" and is_ == was + 1
            assert before.tries == scheme.tries or before.total == scheme.max_total
        if is_ > was and act == "exempt":
            assert now.skipped == (*before.skipped, *path[was:is_])
    else:
        assert act == "change"
        highest = max((path.index(level) for b, level, _ in before.counted if b == now.branch), default=0)
        assert path.index(now.level) >= highest
        left = scheme.max_total - before.total
        assert now.joint == (left < scheme.joint_below)
        assert now.level == scheme.joint_level or not now.joint
    # What an unresolved dispute is owed changes only by an exemption, a change of branch or 下派.
    if act in ("hold", "escalate", "sent_back", "agreed", "end", "resume"):
        assert ladder.required(scheme, now) == ladder.required(scheme, before)
    assert now.total <= ladder.required(scheme, now) <= scheme.max_total
    if now.state == "exhausted":
        assert now.total == ladder.required(scheme, now)
    # Resolved at try k, 1 ≤ k.
    if now.state == "resolved" != before.state and act == "hold":
        assert 1 <= now.total <= scheme.max_total
    # Ended is ended, unless the parties want it otherwise or agree.
    if before.state in ("exhausted", "terminated") and now.state != before.state:
        assert now.state == "resolved" or act == "resume" or (before.state == "exhausted" and now.state == "suspended")
    if before.state in ("resolved", "off"):
        assert now is before


@pytest.mark.parametrize(
    ("scheme", "branch", "lowest", "tries"),
    [
        (CHUXIONG, CIVIL, "group", 8),
        (CHUXIONG, CIVIL, "village", 6),
        (CHUXIONG, CIVIL, "township", 4),
        (CHUXIONG, CIVIL, "city", 2),
        (CHUXIONG, INDUSTRY, "department", 4),
        (CHUXIONG, INDUSTRY, "city", 2),
        (FOUR, CIVIL, "group", 4),
        (FOUR, CIVIL, "village", 3),
        (FOUR, CIVIL, "justice_office", 2),
        (FOUR, CIVIL, "township", 1),
        (THREE, CIVIL, "village", 9),
        (THREE, CIVIL, "township", 6),
        (THREE, CIVIL, "city", 3),
    ],
)
def test_an_unresolved_dispute_gets_its_tries_and_no_more(scheme: Scheme, branch: str, lowest: str, tries: int) -> None:
    standing = begin(scheme, branch, lowest)
    assert (standing.entry, ladder.required(scheme, standing)) == (lowest, tries)
    over = to_the_end(scheme, standing)
    assert (over.state, over.total, over.entry) == ("exhausted", tries, lowest)
    assert over.level == scheme.branches[branch].path[-1]
    assert all(n == scheme.tries for _, _, n in over.counted)
    assert ladder.what_next(scheme, over).act == "exit"


def test_at_least_four_and_at_most_eight() -> None:
    whole = {branch: to_the_end(CHUXIONG, begin(CHUXIONG, branch)).total for branch in CHUXIONG.branches}
    assert whole == {INDUSTRY: 4, CIVIL: 8}


@pytest.mark.parametrize("k", range(1, 9))
def test_a_dispute_solved_at_try_k_stops_at_k(k: int) -> None:
    standing = begin(CHUXIONG)
    for n in range(1, k + 1):
        due = ladder.what_next(CHUXIONG, standing)
        if due.act == "escalate":
            standing = ladder.after(CHUXIONG, standing, ladder.escalate(CHUXIONG, standing, due.level))
        result = "agreed_all" if n == k else "no_deal"
        standing = ladder.hold(CHUXIONG, standing, Session(result, n * DAY_AFTER_DAY)).standing
    assert (standing.state, standing.total) == ("resolved", k)
    assert ladder.what_next(CHUXIONG, standing) == ladder.Next("nothing", notice="confirmation")


WHATEVER = st.one_of(
    st.builds(ladder.Held, st.sampled_from([*RESULTS, "", "what"]), st.booleans(), st.sampled_from(
        ["", "first_no_show", "no_show_refusal", "tries_used", "too_soon"])),
    st.builds(ladder.Moved, st.sampled_from(["group", "village", "township", "city", "department", "", "moon"])),
    st.builds(ladder.Branched, st.sampled_from(["civil", "industry", "moon"]), st.sampled_from(["group", "city", "x"])),
    st.builds(ladder.Exempted, st.sampled_from(["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8"]),
              st.sampled_from(["", "village", "city", "moon"])),
    st.builds(ladder.MovedDown, st.sampled_from(["group", "village", "moon"])),
    st.sampled_from([ladder.Agreed(), ladder.SentBack(), ladder.Ended(), ladder.Resumed()]),
    st.builds(ladder.Entered, st.just("civil"), st.just("city")),
)  # fmt: skip


@pytest.mark.parametrize("name", LADDERS)
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_fold_takes_whatever_was_recorded(name: str, data: st.DataObject) -> None:
    scheme = LADDERS[name]
    standing = begin(scheme)
    for what in data.draw(st.lists(WHATEVER, max_size=30)):
        new = ladder.after(scheme, standing, what)
        assert all(new.of(level) <= scheme.tries for level in scheme.levels)
        assert new.total == sum(n for _, _, n in new.counted) <= scheme.max_total
        assert new.level in scheme.branches[new.branch].path and new.state in STATES
        ladder.what_next(scheme, new)
        standing = new


def test_equal_standings_are_one_object_and_nothing_comes_before_the_beginning() -> None:
    one, other = climb(CHUXIONG, begin(CHUXIONG)), climb(CHUXIONG, begin(CHUXIONG))
    assert one is other and hash(one) == hash(other)
    assert ladder.after(CHUXIONG, None, ladder.Held("no_deal", True)) is None
    assert ladder.after(CHUXIONG, one, ladder.Entered("civil", "group")) is one
    assert start(CHUXIONG, ladder.Entered("civil", "group")) is begin(CHUXIONG)
