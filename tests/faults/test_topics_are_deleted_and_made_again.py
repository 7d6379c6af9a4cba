"""``hub.events`` and an inbox are deleted under a running hub: refilled, and whoever reads them takes no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.log.access import Access
from hub.log.kafka import KafkaLog
from hub.projections import Views
from tests.log.kafka_parts import delete_topic
from tests.parts.waiting import eventually

from .clerks import office, over_http, over_kafka
from .facts import CONTRACT, by_the_rule, read_topic
from .process import serving
from .town import check_all, found, settings_of
from .views import check_views


@pytest.mark.slow
def test_deleted_under_a_running_hub(kafka: str, tmp_path: Path, seed: int) -> None:
    settings = settings_of(tmp_path, kafka=kafka)
    keys = found(settings)
    access = Access(kafka, prefix=settings.topic_prefix)
    reader = f"sqlite:///{tmp_path / 'reader.db'}"
    views = Views(reader, CONTRACT)
    with serving(settings) as hub:
        connect = {"s1": over_http(hub.url, keys), "s2": over_kafka(settings), "s3": over_kafka(settings)}
        crew = views.crew(KafkaLog(access, CONTRACT))
        crew.start()
        with office(connect, seed) as clerks:
            clerks.wait_for_each(30)
            delete_topic(access, access.topics.events)
            delete_topic(access, access.topics.inbox("s2"))
            # s2 learns its answers from the new topic only.
            clerks.wait_for_each(30)
            acknowledged = clerks.close()
        last = max(told.position for told in acknowledged)
        eventually(lambda: refilled_to(access) >= last, what=f"the new topic holds {last} events")
        hub.stop()
    facts, world = check_all(settings, acknowledged, tmp_path)
    eventually(
        lambda: min(s.position for s in views.status()) >= facts.head,
        what=f"a reader of the topic is at {facts.head}",
        within=30,
    )
    crew.stop()
    views.close()
    check_views(reader, facts, world, tmp_path)


def refilled_to(access: Access) -> int:
    """How far a reader of ``hub.events`` gets."""
    return len(by_the_rule(read_topic(access.bootstrap, access.topics.events, "hub-position")))
