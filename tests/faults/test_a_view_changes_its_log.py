"""A view is kept up from Kafka, then from the table log, then from Kafka again, while the log grows: nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.log import Log, TableLog
from hub.log.access import Access
from hub.log.kafka import KafkaLog
from hub.projections import Views
from hub.store import open_store
from tests.parts.waiting import eventually

from .clerks import office, over_http
from .facts import CONTRACT
from .process import serving
from .town import SYSTEMS, check_all, found, settings_of
from .views import check_views


@pytest.mark.slow
def test_from_kafka_to_the_table_and_back(kafka: str, tmp_path: Path, seed: int) -> None:
    settings = settings_of(tmp_path, kafka=kafka)
    keys = found(settings)
    access = Access(kafka, prefix=settings.topic_prefix)
    where = f"sqlite:///{tmp_path / 'reader.db'}"
    views, store = Views(where, CONTRACT), open_store(settings.store_url)

    def kept_up_from(source: Log, position: int) -> None:
        crew = views.crew(source)
        crew.start()
        eventually(lambda: min(s.position for s in views.status()) >= position, what=f"views at {position}")
        crew.stop()  # somewhere behind it, each view where it happens to be

    with serving(settings) as hub:
        with office(dict.fromkeys(SYSTEMS, over_http(hub.url, keys)), seed) as clerks:
            for log in (KafkaLog(access, CONTRACT), TableLog(store), KafkaLog(access, CONTRACT)):
                clerks.wait_for(40)
                kept_up_from(log, store.position())
            acknowledged = clerks.close()
        hub.stop()
    facts, world = check_all(settings, acknowledged, tmp_path)
    kept_up_from(TableLog(store), facts.head)
    kept_up_from(KafkaLog(access, CONTRACT), facts.head)
    check_views(where, facts, world, tmp_path)
    views.close()
    store.close()
