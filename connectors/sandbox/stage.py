"""A stage on which scripted stories are played to their ends: through the SDK only, all stories side by side.

A story is a generator that yields acts and waits. Each round sends the next act of every story that is not waiting,
takes the answers and hands each story its own; when all wait, the clock moves on to the earliest of them. So a story
hears of an answer before its next act, over every transport, and hundreds of stories need few rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from connectors.city.agency import Agency
from connectors.client import Client, Event, Receipt, Sent
from connectors.ids import agency_id

from .nature import HOUR, Nature
from .world import World

PAGE = 500  # inbox messages per request


NOW = -1  # stands for the instant of the act
TAKEN = ("",)  # the codes of an act that must be taken


class Say(NamedTuple):
    """An act of a role; ``codes``: what the answer may be, a refusal's code or "" = taken."""

    type: str
    by: str
    fields: dict[str, Any]
    codes: tuple[str, ...] = TAKEN


class Wait(NamedTuple):
    """Nothing for so many hours; 0 = until the hub has come to rest."""

    hours: float


class Offstage(Exception):
    """The hub answered otherwise than the script expects: the story, the act, the answer."""


Line = Say | Wait
Heard = dict[str, str]  # dispute → the referral last offered in it, as the inboxes tell
Story = Generator[Line, Any, Any]  # an act is answered by its Receipt, a wait by what was Heard
Told = Callable[[str, str, dict[str, Any]], None]  # the system, the type and the whole command


class Stage:
    """A hub with the agencies of a play. ``cast``: role → agency; each system serves the agencies of one kind.

    ``told`` hears every command before it is sent.
    """

    def __init__(
        self, world: World, city: Sequence[Agency], cast: Mapping[str, Agency], start: int,
        told: Told = lambda system, type, command: None,
    ) -> None:  # fmt: skip
        self.world = world
        self.cast = cast
        self.now = start
        self.told = told
        self._nature = Nature(0)
        self._said = 0
        self._clients: dict[str, Client] = {}
        self._seen: dict[tuple[str, int], Event] = {}
        self._heard: Heard = {}
        world.set_time(start)
        self.operator = world.connect("operator", [], ["operator"])
        for name in sorted({agency.kind for agency in cast.values()}):
            served = sorted({a.id for a in cast.values() if a.kind == name})
            self._clients[name] = world.connect(name, served, ("agency",))
        for agency in city:
            self.operate("register_agency", code=agency.code, **agency.content())
        world.settle()

    def operate(self, type: str, **fields: Any) -> Receipt:
        """The operator's act; Offstage when it is refused."""
        whole = {"command_id": self._next_id(), "occurred_at": self.now, "agency": agency_id("hub"), **fields}
        self.told("operator", type, whole)
        answer = self.operator.submit(type, **whole)
        if not answer.accepted:
            raise Offstage(f"operator: {type} {fields}: {answer.code}")
        return answer

    def play(self, stories: Iterable[tuple[str, Story]]) -> None:
        """All stories to their ends. Offstage when the hub does what the script does not expect."""
        acting: list[tuple[str, Story, Say]] = []
        asleep: list[tuple[int, str, Story]] = []

        def go_on(name: str, story: Story, told: Receipt | Heard | None) -> None:
            """A story's next line: an act of the next round, or a wait."""
            try:
                line: Line = story.send(told)
            except StopIteration:
                return
            if isinstance(line, Wait):
                asleep.append((self.now + int(line.hours * HOUR), name, story))
            else:
                acting.append((name, story, line))

        for name, story in stories:
            go_on(name, story, None)
        while acting or asleep:
            if acting:
                sent = [(name, story, line, *self._send(line)) for name, story, line in acting]
                acting.clear()
                for name, story, line, client, what in sent:
                    answer = what.receipt or client.answer(what.command_id)
                    if answer.code not in line.codes:
                        raise Offstage(f"{name}: {line.type} by {line.by} {line.fields}: {answer}")
                    go_on(name, story, answer._replace(dispute=what.dispute or answer.dispute, referral=what.referral))
                continue
            self._until(min(wakes for wakes, _, _ in asleep))
            awake = [sleeper for sleeper in asleep if sleeper[0] <= self.now]
            asleep[:] = [sleeper for sleeper in asleep if sleeper[0] > self.now]
            for _, name, story in awake:
                go_on(name, story, self._heard)
        self._until(self.now)

    def _until(self, instant: int) -> None:
        """Let the hub come to rest at an instant, and read every inbox."""
        self.now = max(self.now, instant)
        self.world.set_time(self.now)
        self.world.settle()
        for client in self._clients.values():
            client.catch_up()
            while messages := client.inbox(limit=PAGE):
                for event in (m.content for m in messages if isinstance(m.content, Event)):
                    self._seen[event.stream, event.version] = event
                    if event.type == "referral.offered" and event.fields is not None:
                        self._heard[event.stream] = event.fields["referral"]

    def seen(self) -> list[Event]:
        """Every event that reached an inbox of the cast, once each, by dispute and version."""
        return [self._seen[key] for key in sorted(self._seen)]

    def close(self) -> None:
        """Close every client."""
        for client in (*self._clients.values(), self.operator):
            client.close()

    def _send(self, line: Say) -> tuple[Client, Sent]:
        client = self._clients[self.cast[line.by].kind]
        whole = {"command_id": self._next_id(), "occurred_at": self.now, "agency": self.cast[line.by].id, **line.fields}
        whole = {name: self.now if value == NOW else value for name, value in whole.items()}
        self.told(client.system, line.type, whole)
        return client, client.send(line.type, **whole)

    def _next_id(self) -> str:
        self._said += 1
        return self._nature.command_id(self.now, "play", self._said)
