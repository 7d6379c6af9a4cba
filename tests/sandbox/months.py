"""A short month of the city, run once per process and way: what most tests of the sandbox look at."""

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from connectors.city import chuxiong
from connectors.sandbox.month import OPENING, Month, Told
from hub.cli.demo.figures import collect
from hub.cli.demo.trial import Trial
from hub.words import Stored

START = int(OPENING.timestamp()) * 1_000_000
DAYS, DISPUTES, SEED = 9, 70, 12  # a short month in which nearly everything happens


class Ran(NamedTuple):
    """A finished month: figures, every event as stored and decoded, what the agencies counted, when it ended."""

    figures: dict[str, Any]
    stored: list[Stored]
    events: list[tuple[str, Mapping[str, Any]]]
    told: Told
    now: int
    names: dict[bytes, str]


@cache
def month(seed: int, kafka: str = "", run: int = 0, days: int = DAYS, disputes: int = DISPUTES) -> Ran:
    """The month of a seed; ``run`` only sets repeated runs apart."""
    with tempfile.TemporaryDirectory(prefix="hub-month-") as home, Trial(Path(home), START, kafka=kafka) as world:
        made = Month(world, chuxiong.build(), seed, days=days, disputes=disputes)
        made.prepare()
        told = made.run()
        api = world.supervisor()
        figures = collect(api, world.hub.store, seed)
        stored = world.hub.store.read(0, 100_000)
        events: list[tuple[str, Mapping[str, Any]]] = []
        for row in stored:
            schema, values = world.hub.contract.decode(row.body)
            events.append((row.topic, dict(zip(schema.fields, values, strict=True)) | {"position": row.position}))
        names = {bytes(a.id): a.name for a in world.hub.desk.registry().agencies.values()}
        now = world.clock.now()
        api.close()
        made.close()
        return Ran(figures, list(stored), events, told, now, names)
