"""``hub serve`` is killed again and again while clients work: what was acknowledged is there once, all views agree."""

from __future__ import annotations

import random
from pathlib import Path
from threading import Event

import pytest

from .clerks import office, over_http, over_kafka
from .process import serving
from .town import SYSTEMS, check_all, found, settings_of

KILLS = 3


@pytest.mark.slow
@pytest.mark.parametrize("log", ["table", pytest.param("kafka", marks=pytest.mark.kafka)])
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_killed_at_random_instants(
    database: str, log: str, request: pytest.FixtureRequest, tmp_path: Path, seed: int
) -> None:
    url = request.getfixturevalue("pg_url")() if database == "postgres" else ""
    settings = settings_of(tmp_path, url, request.getfixturevalue("kafka") if log == "kafka" else "")
    keys = found(settings)
    dice, pause = random.Random(seed), Event()
    with serving(settings) as hub:
        connect = dict.fromkeys(SYSTEMS, over_http(hub.url, keys))
        if log == "kafka":
            connect["s1"] = connect["s2"] = over_kafka(settings)
        with office(connect, seed) as clerks:
            for _ in range(KILLS):
                clerks.wait_for(dice.randrange(5, 60))
                pause.wait(dice.uniform(0, 0.05))  # not always right behind an answer
                hub.kill()
                hub.start(ready=False)
            acknowledged = clerks.close()
        hub.stop()
    facts, _ = check_all(settings, acknowledged, tmp_path)
    assert len(acknowledged) >= 5 * KILLS and facts.head > len(keys)
