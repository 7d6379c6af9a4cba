"""The broker is killed under load: acceptance goes on without it, and afterwards its topics are complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import StartBroker
from tests.parts.waiting import eventually

from .clerks import office, over_http, over_kafka
from .process import Served, serving
from .town import check_all, found, settings_of


@pytest.mark.slow
def test_killed_and_restarted_under_load(own_broker: StartBroker, tmp_path: Path, seed: int) -> None:
    broker = own_broker()
    settings = settings_of(tmp_path, kafka=broker.bootstrap)
    keys = found(settings)
    with serving(settings) as hub:
        connect = {s: over_http(hub.url, keys) for s in ("s1", "s3")} | {"s2": over_kafka(settings)}
        with office(connect, seed) as clerks:
            clerks.wait_for_each(20)
            broker.kill()
            clerks.wait_for_each(40, "s1", "s3")
            assert hub.is_ready()
            broker.start()
            clerks.wait_for_each(20)  # s2's answers come by its inbox: relay and intake have gone on by themselves
            broker.kill()
            hub.kill()
            hub.start(ready=False)
            # A hub that cannot compare its topics with its store must not add to either.
            eventually(lambda: "log.unreachable" in reasons(hub), what="the hub says what it waits for", within=30)
            broker.start()
            clerks.wait_for_each(20)
            acknowledged = clerks.close()
        hub.stop()
    check_all(settings, acknowledged, tmp_path)


def reasons(hub: Served) -> list[str]:
    """The codes of why it is not ready."""
    found = hub.get("/readyz")[1].get("reasons", [])
    assert isinstance(found, list)
    return [reason["code"] for reason in found]
