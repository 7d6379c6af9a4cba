"""A recipient that owes two reporters its acknowledgement: each may urge, each limit is warned of and breached once."""

from hub import words as w
from hub.aggregates.dispute import events as e
from hub.aggregates.dispute.obligations import running
from tests.custody.say import accept, acknowledge, breach, report, urge, warn
from tests.custody.stories import REGISTERED, Act, offer, play, town
from tests.custody.town import HOURS
from tests.given import Given

LATER = 5  # hours between the reports
REPORTED: tuple[Act | int, ...] = (
    *REGISTERED, ("committee", report("department")), LATER, offer(), ("station", accept("1")),
    ("station", report("department")),
)  # fmt: skip


def breached(hub: Given) -> list[bool]:
    return [o.breached for o in running(hub["d"]) if o.name == w.ACKNOWLEDGE]


def test_each_reporter_may_urge() -> None:
    hub = play(town(), REPORTED)
    for reporter in ("committee", "station"):
        hub.when(reporter, urge("acknowledge", debtor="department")).then("obligation.urged")
    hub.when("neighbours", urge("acknowledge", debtor="department")).refused("dispute.unknown")
    hub.when("department", urge("acknowledge", debtor="department")).refused("obligation.none")


def test_each_limit_is_breached_once_when_it_is_due() -> None:
    hub = play(town(), (*REPORTED, HOURS["acknowledge"] - LATER))
    due = breach("acknowledge", debtor="department")
    assert breached(hub.when("hub", due).then("obligation.breached")) == [True, False]
    hub.when("hub", due).refused("obligation.not_due")
    hub.now += LATER * w.HOUR
    assert breached(hub.when("hub", due).then("obligation.breached")) == [True, True]
    assert not isinstance(hub.answer, w.Refusal) and isinstance(event := hub.answer[0], e.Event)
    assert isinstance(event.body, e.Breached) and event.body.due_at == hub.now
    hub.when("hub", due).nothing()


def test_each_is_warned_of_once() -> None:
    hub = play(town(), (*REPORTED, HOURS["acknowledge"]))
    for _ in range(2):
        hub.when("hub", warn("acknowledge", debtor="department")).then("obligation.warned")
    hub.when("hub", warn("acknowledge", debtor="department")).nothing()


def test_one_acknowledgement_answers_both() -> None:
    hub = play(town(), REPORTED)
    hub.when("department", acknowledge()).then("report.acknowledged")
    assert breached(hub) == []
