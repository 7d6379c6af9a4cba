"""The same seed over a real broker gives the same figures; only the order between systems may differ."""

import pytest

from tests.sandbox.months import SEED, month

pytestmark = [pytest.mark.slow, pytest.mark.kafka]


def test_same_figures(kafka: str) -> None:
    over_http, over_kafka = month(SEED), month(SEED, kafka)
    assert over_kafka.figures | {"head_hash": ""} == over_http.figures | {"head_hash": ""}
    assert over_kafka.told == over_http.told


def test_every_dispute_has_the_same_story(kafka: str) -> None:
    stories = []
    for ran in (month(SEED), month(SEED, kafka)):
        # What is said and done; not the number, which is given in the order of arrival, nor what hangs on the order.
        story: dict[bytes, list[object]] = {}
        for name, f in ran.events:
            kept = {k: v for k, v in f.items() if k not in ("position", "number", "predecessor", "via")}
            story.setdefault(f["stream"], []).append((name, kept))
        stories.append(story)
    assert stories[0] == stories[1]
