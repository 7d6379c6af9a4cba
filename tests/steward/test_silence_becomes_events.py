"""What nobody does becomes events, each once: lapse, breach, warning, urge, supervision, delivery."""

from __future__ import annotations

from hub import words as w
from hub.aggregates.dispute import commands as c
from tests.steward.desk import Desk


def offer(desk: Desk, receiver: str = "station", sender: str = "committee", kind: str = w.TRANSFER) -> bytes:
    dispute = desk.done(sender, c.Register("neighbour", "p", "visit", ()))
    desk.done(sender, c.Refer(kind, "mediation", w.agency_id(receiver), None, ""), dispute)
    return dispute


def test_an_unanswered_offer_lapses_back_to_its_sender(desk: Desk) -> None:
    desk.city()
    dispute = offer(desk)
    due = desk.legs(dispute)[0]["accept_due_at"]
    desk.clock.set(due - 1)
    assert "lapse" not in desk.steps()
    desk.clock.set(due)
    assert desk.steps()["lapse"] == 1
    (leg,) = desk.legs(dispute)
    assert leg["state"] == w.LAPSED
    (row,) = desk.views.custody.dispute(dispute).items
    assert row["custodian"] == w.agency_id("committee")
    desk.clock.advance(w.DAY)
    assert "lapse" not in desk.steps()


def test_a_limit_is_warned_of_breached_urged_and_supervised_once_each(desk: Desk) -> None:
    desk.city()
    dispute = desk.done("village", c.Register("neighbour", "p", "visit", ()))
    desk.settle()
    (progress,) = desk.views.obligations.running(dispute=dispute).items
    due = progress["due_at"]
    assert not desk.steps()
    desk.clock.set(due - desk.rules.limits[w.PROGRESS].warn)
    assert dict(desk.steps()) == {"warn": 1}
    desk.clock.set(due)
    assert dict(desk.steps()) == {"breach": 1, "urge": 1}
    desk.clock.set(due + desk.rules.supervise_after - 1)
    assert not desk.steps()
    desk.clock.advance(w.SECOND)
    assert dict(desk.steps()) == {"supervise": 1}
    desk.settle()
    debts = desk.views.custody.chain(dispute).items[0]["debts"]
    # In the name of the nearest superior: the village's committee, not the centre.
    assert [(d["debtor"], d["creditor"]) for d in debts] == [(w.agency_id("village"), w.agency_id("committee"))]
    assert not desk.steps()
    assert [t for t in desk.topics(dispute)] == [
        "dispute.registered", "obligation.warned", "obligation.breached", "obligation.urged", "supervision.issued",
    ]  # fmt: skip


def test_who_has_no_superior_is_not_supervised(desk: Desk) -> None:
    desk.city()
    desk.done("court", c.Register("neighbour", "p", "visit", ()))
    desk.clock.advance(40 * w.DAY)
    done = desk.steps()
    assert done["breach"] == 1 and "supervise" not in done


def test_an_answered_supervision_makes_room_for_the_next_breach(desk: Desk) -> None:
    desk.city()
    dispute = desk.done("village", c.Register("neighbour", "p", "visit", ()))
    desk.clock.advance(16 * w.DAY)
    desk.steps()
    desk.clock.advance(2 * w.DAY)
    assert desk.steps()["supervise"] == 1
    desk.done("village", c.AnswerSupervision("visited"), dispute)  # its own act: progress starts anew
    assert not desk.steps()
    desk.clock.advance(16 * w.DAY)
    done = desk.steps()
    assert done["breach"] == 1 and "supervise" not in done
    desk.clock.advance(2 * w.DAY)
    assert desk.steps()["supervise"] == 1


def test_a_new_steward_repeats_nothing(desk: Desk) -> None:
    desk.city({"police": ("station",)})
    dispute = offer(desk)
    desk.clock.advance(20 * w.DAY)
    desk.steps()
    before = desk.topics()
    for _ in range(3):
        desk.steward = desk.new_steward()
        assert not desk.steps()
    assert desk.topics() == before
    assert "referral.lapsed" in desk.topics(dispute)


def test_two_stewards_on_stale_views_make_each_event_once(desk: Desk) -> None:
    desk.city()
    dispute = offer(desk)
    desk.settle()
    desk.clock.advance(20 * w.DAY)
    rival = desk.new_steward()
    first, second = desk.steward.step(), rival.step()  # the views have not seen what the first one did
    assert first["lapse"] == 1 and first["breach"] == 2
    # The same ids: the rival is given the first one's answers, and no event is made twice.
    assert desk.topics(dispute).count("referral.lapsed") == 1
    assert desk.topics(dispute).count("obligation.breached") == 2  # progress and sign, before the lapse
    assert second == first


def test_delivery_is_recorded_once_for_moving_kinds_and_assignments(desk: Desk) -> None:
    desk.city({"police": ("station", "bureau"), "villages": ("village",)})
    moving = offer(desk)
    notice = offer(desk, kind=w.NOTICE)
    nobody = offer(desk, receiver="court")  # no system serves the court
    assigned = desk.done("committee", c.Register("neighbour", "p", "visit", ()))
    desk.done("centre", c.Assign("mediation", w.agency_id("village"), ""), assigned)
    desk.crew.catch_up(desk.writer.position)
    assert "deliver" not in desk.steward.step()  # offered, but in no inbox yet
    assert desk.steps()["deliver"] == 2
    for dispute, times in ((moving, 1), (assigned, 1), (notice, 0), (nobody, 0)):
        assert desk.topics(dispute).count("referral.delivered") == times
    assert "deliver" not in desk.steps()


def test_a_system_that_came_after_the_offer_was_not_delivered_to(desk: Desk) -> None:
    desk.city()
    dispute = offer(desk)
    desk.settle()
    desk.store.credentials.add("late", [w.agency_id("station")], ["system"], desk.clock.now())
    for _ in range(40):  # its inbox holds other events, before and after
        offer(desk)
    assert desk.steps()["deliver"] == 40
    assert "referral.delivered" not in desk.topics(dispute)


def test_a_refused_command_is_not_asked_for_again(desk: Desk) -> None:
    desk.city()
    dispute = desk.done("village", c.Register("neighbour", "p", "visit", ()))
    desk.done("village", c.Report((w.agency_id("committee"),), "red", ""), dispute)
    desk.done("village", c.Close("settled", "", True), dispute)
    desk.clock.advance(10 * w.DAY)
    assert desk.steps()["breach"] == 1  # the acknowledgement is owed on a closed dispute: it cannot be supervised
    asked: list[int] = []
    ask = desk.writer.ask

    def counted(commands: object, poll: object = None) -> object:
        asked.append(len(list(commands)))  # type: ignore[call-overload]
        return ask(commands)  # type: ignore[arg-type]

    desk.writer.ask = counted  # type: ignore[assignment,method-assign]
    for _ in range(5):
        desk.clock.advance(w.DAY)
        assert not desk.steps()
    assert asked == [1]  # asked once, one day after the breach: refused (the dispute is closed), and never again
