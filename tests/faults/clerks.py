"""Clients that drive a hub through the published client library and note down what they were told.

A clerk serves one system. It works off one case after another (a script of commands, ids known beforehand), sends each
command under the same id until it has an answer, repeats some, and makes some that must be refused.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from connectors.client import (
    Client,
    ConnectorError,
    HttpTransport,
    KafkaTransport,
    Receipt,
    agency_id,
    dispute_id,
    referral_id,
)
from hub.settings import Settings
from tests.parts.waiting import eventually

from .facts import Acknowledged
from .town import SYSTEMS

Step = tuple[str, str, dict[str, Any]]  # type, command id, fields
Connect = Callable[[str], Client]


def over_http(url: str, keys: dict[str, str], **more: Any) -> Connect:
    """Clients over HTTP. Patience is the library's own; only its pauses are shortened."""

    def connect(system: str) -> Client:
        transport = HttpTransport(
            url, system, keys[system], request_seconds=3.0, sleep=lambda s: time.sleep(min(s, 0.05)), **more
        )
        return Client(transport, check=False)

    return connect


def over_kafka(settings: Settings) -> Connect:
    """Clients over Kafka, by outbox and inbox."""

    def connect(system: str) -> Client:
        return Client(KafkaTransport(settings.kafka, system, topic_prefix=settings.topic_prefix), check=False)

    return connect


class Clerk(threading.Thread):
    """Works until ``leave``. ``told``: its notes. ``strange``: answers that contradict an earlier one."""

    def __init__(self, system: str, connect: Connect, seed: int, *, pipelined: bool) -> None:
        super().__init__(name=f"clerk-{system}", daemon=True)
        self.system = system
        self.told: dict[str, Acknowledged] = {}
        self.strange: list[str] = []
        self.codes: set[str] = set()  # of failures that were no answers
        self.broken: BaseException | None = None
        self.slowest = 0.0
        self._dice = random.Random(f"{system}/{seed}")
        self._connect = connect
        self._pipelined = pipelined
        self._leaving = threading.Event()

    def leave(self) -> None:
        """Finish the case at hand and go."""
        self._leaving.set()

    def run(self) -> None:
        try:
            with self._connect(self.system) as hub:
                while not self._leaving.is_set():
                    self._work(hub, self._case())
        except BaseException as why:  # the test looks at it
            self.broken = why

    def _work(self, hub: Client, case: list[Step]) -> None:
        chunks = [case] if self._pipelined else [[step] for step in case]
        for chunk in chunks:
            for step in chunk:
                self._until(lambda step=step: self._send(hub, step))  # type: ignore[misc]
            for _, command, _ in chunk:
                begun = time.monotonic()
                self._until(lambda command=command: self._note(hub.answer(command, 5.0)))  # type: ignore[misc]
                self.slowest = max(self.slowest, time.monotonic() - begun)

    def _send(self, hub: Client, step: Step) -> None:
        kind, command, fields = step
        begun = time.monotonic()
        sent = hub.send(kind, command_id=command, **fields)
        if sent.receipt is not None:
            self._note(sent.receipt)
        self.slowest = max(self.slowest, time.monotonic() - begun)

    def _until(self, act: Callable[[], None]) -> None:
        """Again and again under the same id: nothing else makes sure."""
        end = time.monotonic() + 60
        while True:
            try:
                return act()
            except ConnectorError as why:
                self.codes.add(why.code)
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def _note(self, r: Receipt) -> None:
        told = Acknowledged(self.system, r.command_id, r.outcome, r.code, r.dispute, r.version, r.position)
        known = self.told.setdefault(r.command_id, told)
        if known != told:
            self.strange.append(f"told {known}, then {told}")

    def _case(self) -> list[Step]:
        """One case from its registration on; every step is valid behind the one before, or is there to be refused."""
        dice = self._dice
        one, two = (agency_id(c) for c in dice.sample(SYSTEMS[self.system], 2))
        far = agency_id(dice.choice([c for s, codes in SYSTEMS.items() for c in codes if s != self.system]))
        case: list[Step] = []

        def add(name: str, /, **fields: Any) -> str:
            command = str(uuid.UUID(int=dice.getrandbits(128), version=4))
            # A repeat must be the same command to the byte, the author's instant too: else it is `command.reused`.
            case.append((name, command, {"occurred_at": time.time_ns() // 1_000, **fields}))
            return command

        dispute = dispute_id(self.system, add("register", agency=one, category="02", source="application"))

        def refer(sender: str, receiver: str) -> str:
            sent = add("refer", agency=sender, dispute=dispute, kind="transfer", channel="mediation", receiver=receiver)
            return referral_id(self.system, sent)

        first = refer(one, two)
        end = dice.randrange(5)
        if end == 0:
            add("sign", agency=two, dispute=dispute, referral=first)
            add("return", agency=two, dispute=dispute, referral=first, reason_code="not_competent")
            refer(one, far)  # stays open in other hands
        elif end == 1:
            add("withdraw", agency=one, dispute=dispute, referral=first)
            add("close", agency=one, dispute=dispute, outcome="other", rights_notice=True)
        else:
            add("accept", agency=one, dispute=dispute, referral=first)  # not its receiver: refused
            add("accept", agency=two, dispute=dispute, referral=first, handler="duty")
            add("attempt", agency=two, dispute=dispute, counted=True, at=time.time_ns() // 1_000)
            if end == 2:
                add("close", agency=two, dispute=dispute, outcome="other", rights_notice=True)
            elif end == 3:
                refer(two, far)
        if dice.random() < 0.5:
            case.append(dice.choice(case))  # once more, under the same id
        return case


class Office:
    """All clerks of a town at work."""

    def __init__(self, clerks: list[Clerk]) -> None:
        self.clerks = clerks

    @property
    def acknowledged(self) -> list[Acknowledged]:
        """All notes."""
        return [told for clerk in self.clerks for told in list(clerk.told.values())]

    def wait_for(self, more: int, within: float = 30.0) -> None:
        """Until this many further commands were acknowledged."""
        goal = len(self.acknowledged) + more
        self._until(lambda: len(self.acknowledged) >= goal, f"{goal} answers", within)

    def wait_for_each(self, more: int, *systems: str, within: float = 40.0) -> None:
        """Until the clerks of these systems (all, if none is named) have so many further answers each."""
        goals = [(c, len(c.told) + more) for c in self.clerks if not systems or c.system in systems]
        self._until(lambda: all(len(c.told) >= goal for c, goal in goals), f"{more} answers more for each", within)

    def _until(self, look: Callable[[], bool], what: str, within: float) -> None:
        try:
            eventually(lambda: self._whole() and look(), what=what, within=within)
        except AssertionError as why:
            notes = {c.system: (len(c.told), sorted(c.codes)) for c in self.clerks}
            raise AssertionError(f"{why}; answers and failures by system: {notes}") from why

    def close(self) -> list[Acknowledged]:
        """Let all finish the case at hand; their notes. The hub must be there."""
        for clerk in self.clerks:
            clerk.leave()
        for clerk in self.clerks:
            clerk.join(40)
            assert not clerk.is_alive(), f"{clerk.name} still waits for an answer; was told {clerk.codes}"
        assert self._whole()
        return self.acknowledged

    def _whole(self) -> bool:
        for clerk in self.clerks:
            if clerk.broken is not None:
                raise AssertionError(f"{clerk.name} gave up") from clerk.broken
            assert not clerk.strange, clerk.strange[:3]
        return True


@contextmanager
def office(connect: dict[str, Connect], seed: int) -> Iterator[Office]:
    """Clerks of these systems at work; Kafka clients send a whole case before they look for answers."""
    clerks = [Clerk(s, made, seed, pipelined="over_kafka" in made.__qualname__) for s, made in connect.items()]
    for clerk in clerks:
        clerk.start()
    try:
        yield Office(clerks)
    finally:
        for clerk in clerks:
            clerk.leave()
