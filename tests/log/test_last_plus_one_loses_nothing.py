"""The consumer's rule against what a relay can leave in a topic; beside it, the rule that looks as good and is not."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.log import LastPlusOne, Verdict


class DropLower(LastPlusOne):
    """The broken copy: drops repeats, applies everything higher."""

    def judge(self, number: int) -> Verdict:
        if number <= self.last:
            return Verdict.REPEAT
        self.last = number
        return Verdict.APPLY


def topic_after_failures(rng: random.Random, last: int) -> list[int]:
    """A topic as an idempotent producer leaves it: batches in flight, some fail though their successors were written.

    After a failure the relay goes on behind the last acknowledgement without a gap, as often as it takes; sometimes it
    stops (SIGKILL) after successors were written and before anything was sent again.
    """
    topic: list[int] = []
    cursor = 0
    while cursor < last:
        at, failed = cursor, False
        for _ in range(5):  # requests in flight
            batch = list(range(at + 1, min(at + rng.randint(1, 4), last) + 1))
            if not batch:
                break
            written = rng.random() > 0.25
            acknowledged = written and rng.random() > 0.15  # written, but the answer was lost
            if written:
                topic += batch
            if acknowledged and not failed:
                cursor = batch[-1]
            failed = failed or not acknowledged
            at = batch[-1]
    return topic


def applied(rule: LastPlusOne, topic: list[int]) -> list[int]:
    return [number for number in topic if rule.judge(number) is Verdict.APPLY]


@given(st.integers(min_value=0, max_value=2**32), st.integers(min_value=1, max_value=60))
@settings(max_examples=500, deadline=None)
def test_every_number_is_applied_once_in_order(seed: int, last: int) -> None:
    topic = topic_after_failures(random.Random(seed), last)
    rule = LastPlusOne()
    assert applied(rule, topic) == list(range(1, last + 1))
    assert rule.gap_to == 0


@given(st.integers(min_value=0, max_value=2**32), st.integers(min_value=1, max_value=60), st.data())
@settings(max_examples=300, deadline=None)
def test_reading_may_start_at_the_offset_equal_to_the_position(seed: int, last: int, data: st.DataObject) -> None:
    topic = topic_after_failures(random.Random(seed), last)
    start = data.draw(st.integers(min_value=0, max_value=last))
    assert applied(LastPlusOne(start), topic[start:]) == list(range(start + 1, last + 1))


def test_dropping_what_is_lower_loses_events() -> None:
    """Why the rule is so strict: the obvious rule loses events in most runs of the same topics."""
    losing = 0
    for seed in range(500):
        topic = topic_after_failures(random.Random(seed), 60)
        losing += applied(DropLower(), topic) != list(range(1, 61))
        assert applied(LastPlusOne(), topic) == list(range(1, 61))
    assert losing > 250


def test_a_gap_is_an_alarm_only_after_its_time_and_progress_renews_it() -> None:
    now = [100.0]
    rule = LastPlusOne(3, alarm_after=60, now=lambda: now[0])

    def overdue_after(seconds: float) -> bool:
        now[0] += seconds
        return rule.overdue

    assert rule.judge(6) is Verdict.WAIT
    assert not overdue_after(59)
    assert overdue_after(2)
    assert rule.judge(4) is Verdict.APPLY
    assert not overdue_after(0) and rule.gap_to == 6
    assert [rule.judge(n) for n in (5, 6)] == [Verdict.APPLY, Verdict.APPLY]
    assert not overdue_after(1_000) and rule.waiting == 0.0
