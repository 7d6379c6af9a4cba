"""A small town for fault tests: one centre, three systems with two agencies each, and its hub started and settled."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hub.aggregates.wire import to_command
from hub.bootstrap import Hub, build
from hub.settings import Settings
from hub.words import HUB_AGENCY, HUB_SYSTEM, Answer, agency_id
from hub.writer import Clock, SystemClock

from .checker import World, check
from .facts import CONTRACT, Acknowledged, Facts
from .views import check_views

SYSTEMS = {f"s{n}": (f"s{n}.one", f"s{n}.two") for n in (1, 2, 3)}
CENTRE = "centre"


def settings_of(home: Path, database: str = "", kafka: str = "") -> Settings:
    """Settings of a test's own hub; on a shared broker its topics have a prefix of their own."""
    prefix = f"t{uuid.uuid4().hex[:10]}." if kafka else ""
    return Settings(home=home, database=database, kafka=kafka, topic_prefix=prefix, log_format="json")


def ask(hub: Hub, kind: str, /, **fields: Any) -> Answer:
    """One command of the hub's own system."""
    schema = CONTRACT.schema("command", kind)
    head = {"command_id": uuid.uuid4().bytes, "occurred_at": hub.clock.now(), "agency": HUB_AGENCY, "duty": ""}
    given = head | fields
    values = tuple(given.get(f.name, f.default) for f in schema.record.fields)
    answer = hub.desk.ask([to_command(CONTRACT, HUB_SYSTEM, schema, values)])[0]
    assert isinstance(answer, Answer) and answer.outcome == "done", answer
    return answer


def register_agency(hub: Hub, code: str, superior: str | None = CENTRE) -> None:
    """One more agency in the registry."""
    kind = "centre" if code == CENTRE else "committee"
    ask(
        hub, "register_agency", code=code, name=code, kind=kind, level="city", region="532301",
        superior=agency_id(superior) if superior else None, competences=(), mediators=1, seal=False,
    )  # fmt: skip


def found(settings: Settings, clock: Clock | None = None, more: Iterable[str] = ()) -> dict[str, str]:
    """Register the town in a new store (without the broker); the systems' keys by name."""
    with running(settings.model_copy(update={"kafka": ""}), clock, by_steps=True) as hub:
        register_agency(hub, CENTRE, None)
        for code in (*(c for codes in SYSTEMS.values() for c in codes), *more):
            register_agency(hub, code)
        keys = {}
        for name, codes in SYSTEMS.items():
            hub.store.credentials.add(name, [agency_id(c) for c in codes], ["agency"], hub.clock.now())
            keys[name] = hub.store.credentials.new_key(name, hub.clock.now())
        hub.settle()
    return keys


@contextmanager
def running(settings: Settings, clock: Clock | None = None, *, by_steps: bool = False) -> Iterator[Hub]:
    """A whole hub in this process, taking commands."""
    hub = build(settings, clock or SystemClock(), by_steps=by_steps, contract=CONTRACT)
    try:
        assert hub.start(30), hub.ready()
        yield hub
    finally:
        hub.stop()


def settle(settings: Settings, clock: Clock | None = None) -> None:
    """Start a hub once more and let it finish what it owes: inboxes, views, topics. Nobody sends commands meanwhile."""
    with running(settings, clock, by_steps=True) as hub:
        position = hub.settle()
        if hub.relay is not None:
            assert hub.relay.wait_published(position, 20), f"published {hub.relay.position} of {position}"
            assert hub.relay.wait_delivered(20), "inbox topics lag behind"
        hub.settle()


def check_all(
    settings: Settings, acknowledged: Iterable[Acknowledged], scratch: Path, clock: Clock | None = None
) -> tuple[Facts, World]:
    """Settle, stop, and check everything that must be true of a hub at rest."""
    settle(settings, clock)
    facts, world = check(
        settings.store_url, acknowledged, kafka=settings.kafka, prefix=settings.topic_prefix, systems=SYSTEMS
    )
    check_views(settings.views_url, facts, world, scratch)
    return facts, world
