"""A history of 2023 and 2024 under the pack P2023, as its agencies made it: written down once, played again for ever.

``python -m tests.golden.history`` plays it anew and writes ``tests/golden/p2023``: what was submitted and when, and
every event as stored. Do that only to add to the history, never to make a test pass: what is stored is how dates came
out then. Its days lie before and in holidays, local days off and the turn of the year to the next pack, and outside
windows that still await a notice.
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.city import chuxiong
from connectors.client import Client
from connectors.sandbox.case import Case, Cast, rest
from connectors.sandbox.endings import above, cast
from connectors.sandbox.stage import Stage, Story
from connectors.sandbox.world import World
from hub.cli.demo.trial import Trial

FOLDER = Path(__file__).with_name("p2023")
TOP, VILLAGE = "532301", "532301101001"
DAYS = (  # local mornings on which everything below begins
    "2023-01-17", "2023-04-26", "2023-09-26", "2024-02-06", "2024-04-11", "2024-07-26", "2024-12-31",
)  # fmt: skip


def instant(day: str, hour: int = 10) -> int:
    """Microseconds UTC of an hour of a local day."""
    return int(datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00").astimezone(UTC).timestamp()) * 1_000_000


class Recorded:
    """A world that notes what is done to it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.notes: list[dict[str, Any]] = []

    def connect(self, system: str, agencies: Sequence[str], roles: Sequence[str]) -> Client:
        self.notes.append({"connect": system, "agencies": list(agencies), "roles": list(roles)})
        return self.world.connect(system, agencies, roles)

    def set_time(self, now: int) -> None:
        self.notes.append({"time": now})
        self.world.set_time(now)

    def settle(self) -> None:
        self.notes.append({"settle": True})
        self.world.settle()

    def told(self, system: str, type: str, command: dict[str, Any]) -> None:
        self.notes.append({"say": type, "by": system, **command})


DUE_ON = {"2023-09-26": "2023-10-14"}  # a date agreed on; on the other days none is, and 30 days are taken


def stories(ids: Cast, day: str) -> Iterator[tuple[str, Story]]:
    """What begins on each of the days."""
    yield "court", _court(Case(ids), DUE_ON.get(day))
    yield "petition", _petition(Case(ids))
    yield "police", _police(Case(ids))
    yield "emergency", _emergency(Case(ids))
    yield "ladder", _ladder(Case(ids, place=VILLAGE))


def _court(case: Case, due_on: str | None) -> Story:
    """Delegated before filing: the court's clock from sign-for, more time, an agreement and its check."""
    yield from case.register("court")
    yield from case.refer("court", "town", "delegation", "court")
    yield from rest(1)
    yield from case.about("sign", "town")
    yield from rest(1)
    yield from case.about("accept", "town", handler="值守岗")
    yield from case.about("feedback", "town", final=False, content="正在办理")
    yield from case.say(
        "extend", "town", obligation="feedback", referral=case.referral, cause="extension", days=4, consent=True
    )
    yield from case.say("reach_agreement", "town", form="written", amount=120_000, due_on=due_on)
    yield from case.about("feedback", "town", final=True, content="达成协议")
    yield from case.say("perform_agreement", "court", note="")
    yield from case.close("court", "performed")


def _petition(case: Case) -> Story:
    """A return that the sender must answer, contested and overruled; the assignment's own feedback."""
    yield from case.register("petition")
    yield from case.refer("petition", "town", "transfer", "petition")
    yield from case.about("sign", "town")
    yield from case.give_back("town")
    yield from rest(1)
    yield from case.about("consent", "petition")
    yield from case.about("contest", "petition", grounds="属接收单位职责")
    yield from rest(1)
    yield from case.assign("centre", "town", "petition")
    yield from case.attempt("town")
    yield from case.close("town")


def _police(case: Case) -> Story:
    """Nobody signs: the offer lapses, the silence is supervised and answered; a report of a red case."""
    yield from case.register("police")
    yield from case.refer("police", "village", "transfer", "police")
    yield from rest(13)
    yield from case.excuse("police", "village")
    yield from case.say("report", "police", recipients=[case.ids["centre"]], grade="红", content="重大矛盾纠纷报告")
    yield from case.say("acknowledge", "centre", instruction="")
    yield from case.close("police")


def _emergency(case: Case) -> Story:
    """Shorter limits under an emergency plan."""
    yield from case.register("village")
    yield from case.say("particulars", "village", people=40, triggers=["crowd"], emergency=True)
    yield from case.refer("village", "police", "transfer", "police")
    yield from case.take("police")
    yield from case.close("police", "to_police")


def _ladder(case: Case) -> Story:
    """Two attempts, up by the hub, and the next committee's own time."""
    yield from case.register("village")
    for _ in range(2):
        yield from rest(25 / 24)
        yield from case.attempt("village")
    yield from case.hear()
    yield from case.take("town")
    yield from case.close("town")


def play(folder: Path) -> tuple[list[dict[str, Any]], list[tuple[str, bytes]]]:
    """The whole history: the notes, and (type, stored bytes) of every event."""
    members = cast(chuxiong.build(), TOP, VILLAGE)
    ids = {role: agency.id for role, agency in members.items()}
    start = instant(DAYS[0])
    with Trial(folder, start, city=TOP) as world:
        recorded = Recorded(world)
        stage = Stage(recorded, above(chuxiong.build(), members.values()), members, start, recorded.told)
        for day in DAYS:
            stage.play([("", rest((instant(day) - stage.now) / 86_400_000_000))])
            stage.play(stories(ids, day))
        stage.close()
        return recorded.notes, [(row.topic, row.body) for row in world.hub.store.read(0, 100_000)]


def replay(folder: Path, notes: Sequence[dict[str, Any]]) -> list[tuple[str, bytes]]:
    """The same submissions at the same instants to today's hub; (type, stored bytes) of every event."""
    clients: dict[str, Client] = {}
    with Trial(folder, notes[0]["time"], city=TOP) as world:
        for note in notes:
            if "time" in note:
                world.set_time(note["time"])
            elif "settle" in note:
                world.settle()
            elif "connect" in note:
                clients[note["connect"]] = world.connect(note["connect"], note["agencies"], note["roles"])
            else:
                fields = {name: value for name, value in note.items() if name not in ("say", "by")}
                clients[note["by"]].submit(note["say"], **fields)
        for client in clients.values():
            client.close()
        return [(row.topic, row.body) for row in world.hub.store.read(0, 100_000)]


def stored() -> tuple[list[dict[str, Any]], list[tuple[str, bytes]]]:
    """What was written down: the notes and the events."""
    notes, events = ([json.loads(line) for line in _file(name).read_text("utf-8").splitlines()] for name in NAMES)
    return notes, [(event["type"], base64.b64decode(event["stored"])) for event in events]


NAMES = ("submissions", "events")


def _file(name: str) -> Path:
    return FOLDER / f"{name}.jsonl"


def write() -> int:
    """Play it and write it down; the number of events."""
    with tempfile.TemporaryDirectory(prefix="hub-golden-") as home:
        notes, events = play(Path(home))
    lines = [{"type": type_, "stored": base64.b64encode(body).decode()} for type_, body in events]
    for name, found in zip(NAMES, (notes, lines), strict=True):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in found)
        _file(name).write_text(text, encoding="utf-8")
    return len(events)


if __name__ == "__main__":
    print(write(), "events")
