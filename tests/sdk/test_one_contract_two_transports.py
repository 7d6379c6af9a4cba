"""The same scenario over HTTP and over Kafka: same answers, same events, same refusals, the same repeats."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient

from connectors.city.agency import Agency
from connectors.city.load import apply, plan
from connectors.client import Client, Event, Receipt, Unreadable, agency_id
from connectors.ids import uuid7
from hub.cli.demo.trial import Trial
from tests.parts.waiting import eventually

START = 1_790_000_000_000_000
TOWN, VILLAGE = "532301101.pmc", "532301101001.pmc"
CITY = [
    Agency("532301.centre", "中心", "centre", "city", "532301"),
    Agency(TOWN, "镇调委会", "committee", "township", "532301101"),
    Agency(VILLAGE, "村调委会", "committee", "village", "532301101001", TOWN),
    Agency("532301.court", "法院", "court", "city", "532301"),
]


class Scene:
    """One small story; ``told`` is what a reader without knowledge of the transport sees."""

    def __init__(self, world: Trial) -> None:
        self.world = world
        self.told: list[Any] = []
        self.ids = count(1)
        apply(plan(CITY, {}), world.connect("operator", [], ["operator"]).submit)
        self.village = world.connect("village", [agency_id(VILLAGE)], ["agency"])
        self.town = world.connect("town", [agency_id(TOWN)], ["agency"])

    def say(self, client: Client, type: str, agency: str, number: int = 0, **fields: Any) -> Receipt:
        command_id = uuid7(START // 1000, number or next(self.ids))
        answer = client.submit(type, command_id=command_id, agency=agency_id(agency), **fields)
        self.told.append(answer._replace(detail=""))
        return answer

    def play(self) -> None:
        case = self.say(self.village, "register", VILLAGE, category="02", source="application").dispute
        offer = self.say(self.village, "refer", VILLAGE, 50, dispute=case, kind="delegation", channel="mediation",
                         receiver=agency_id(TOWN))  # fmt: skip
        self.say(self.village, "refer", VILLAGE, 50, dispute=case, kind="delegation", channel="mediation",
                 receiver=agency_id(TOWN))  # the same again  # fmt: skip
        self.say(self.village, "refer", VILLAGE, 50, dispute=case, kind="transfer", channel="mediation",
                 receiver=agency_id(TOWN))  # the same id for something else  # fmt: skip
        self.say(self.village, "accept", TOWN, dispute=case, referral=offer.referral, handler="x")  # not its agency
        self.say(self.town, "sign", TOWN, dispute=case, referral=offer.referral)
        self.say(self.town, "accept", TOWN, dispute=case, referral=offer.referral, handler="调解员岗")
        self.say(self.town, "accept", TOWN, dispute=case, referral=offer.referral, handler="调解员岗")  # nothing to do
        self.say(self.village, "close", VILLAGE, dispute=case, outcome="no_deal", summary="", rights_notice=True)
        self.say(self.town, "sign", TOWN, dispute=agency_id("nowhere"), referral=offer.referral)
        self.say(self.village, "register", VILLAGE, category="99", source="application")  # wrong by its shape
        self.say(self.village, "close_intake", VILLAGE, subject=agency_id(VILLAGE), reason="换届")
        self.world.settle()

    def read(self, client: Client) -> list[Any]:
        client.catch_up()
        found = [message.content for message in client.inbox(limit=500)]
        return [c._replace(leaf="") for c in found if isinstance(c, Event)]


def played(home: Path, kafka: str = "") -> tuple[list[Any], list[Any], list[Any]]:
    with Trial(home, START, kafka=kafka) as world:
        scene = Scene(world)
        scene.play()
        made = scene.told, scene.read(scene.village), scene.read(scene.town)
        for client in (scene.village, scene.town):
            client.close()
        return made


def test_over_http(tmp_path: Path) -> None:
    told, village, town = played(tmp_path)
    assert [answer.code or answer.outcome for answer in told] == [
        "done", "done", "done", "command.reused", "access.denied", "done", "done", "nothing",
        "dispute.not_custodian", "dispute.unknown", "field.unknown_code", "done",
    ]  # fmt: skip
    assert told[2] == told[1] and told[10].field == "category"
    seen = [event.type for event in town if not event.type.startswith("agency.")]
    assert seen[0] == "referral.offered" and "referral.accepted" in seen and "dispute.registered" not in seen
    assert all(event.fields is not None for event in village + town)


@pytest.mark.kafka
def test_over_kafka_it_is_the_same(tmp_path: Path, kafka: str) -> None:
    over_http, over_kafka = played(tmp_path / "h"), played(tmp_path / "k", kafka)
    assert over_kafka[0] == over_http[0]
    assert _told(over_kafka[1]) == _told(over_http[1])
    assert _told(over_kafka[2]) == _told(over_http[2])


@pytest.mark.kafka
def test_garbage_on_an_outbox_is_told_to_its_sender_and_hurts_nothing(tmp_path: Path, kafka: str) -> None:
    with Trial(tmp_path, START, kafka=kafka) as world:
        scene = Scene(world)
        for raw in (b"", b"\x00garbage", b"\x00" + bytes(200)):
            scene.town.transport.send_raw(raw)
        good = scene.say(scene.town, "register", TOWN, category="02", source="application")
        assert good.outcome == "done"
        world.settle()
        scene.town.catch_up()
        found = [m.content for m in scene.town.inbox(limit=500) if isinstance(m.content, Unreadable)]
        assert [(u.offset, u.code) for u in found] == [
            (0, "submission.unreadable"), (1, "schema.unknown"), (2, "schema.unknown"),
        ]  # fmt: skip
        scene.town.close()
        admin = KafkaAdminClient(bootstrap_servers=kafka)
        assert any(topic.startswith(world.prefix) for topic in admin.list_topics())
    try:
        eventually(lambda: not any(t.startswith(world.prefix) for t in admin.list_topics()), what="topics are gone")
    finally:
        admin.close()


def _told(events: list[Event]) -> list[Event]:
    """Of disputes (the operator's command ids are random), without the way of the delivery."""
    return [
        e._replace(fields={k: v for k, v in (e.fields or {}).items() if k != "via"})
        for e in events
        if not e.type.startswith("agency.")
    ]
