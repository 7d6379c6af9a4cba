"""A writer on a store of any kind, and an author who writes commands for it."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hub.aggregates.agency import names
from hub.aggregates.command import Command, Sealed
from hub.aggregates.dispute import commands as c
from hub.aggregates.dispute.events import Party
from hub.contract import Contract, leaf_hash, load
from hub.store import Store
from hub.words import HUB_AGENCY, HUB_SYSTEM, ZERO_HASH, AgencyId, Answer, CommandId, Refusal, agency_id, dispute_id
from hub.writer import Incident, Outcome, SimulatedClock, Writer
from ops.bench.workload import bench_pack

CONTRACT: Contract = load()
PACK = bench_pack()._replace(ladder=None)  # a command makes one event: positions and versions can be counted
START = 1_780_272_000_000_000  # 2026-06-01T00:00:00Z
TOWN, POLICE, COURT = agency_id("town"), agency_id("police"), agency_id("court")


def anyone(command: Command) -> Refusal | None:
    """Every system may speak for every agency."""
    return None


@contextmanager
def running(store: Store, clock: SimulatedClock | None = None, **options: Any) -> Iterator[Writer]:
    """A started writer; stopped in the end."""
    given: dict[str, Any] = {"city": "532301", "access": anyone} | options
    access = given.pop("access")
    writer = Writer(store, CONTRACT, PACK, clock or SimulatedClock(START), access, **given)
    writer.start()
    try:
        yield writer
    finally:
        writer.stop()


class Author:
    """Commands of one system, with new ids."""

    def __init__(self, system: str = "town-system", now: int = START) -> None:
        self.system = system
        self.now = now

    def __call__(self, body: Any, agency: AgencyId = TOWN, dispute: bytes | None = None, **more: Any) -> Command:
        ident, digest = CommandId(os.urandom(16)), os.urandom(32)
        command = Command(self.system, ident, digest, agency, "duty", self.now, dispute, None, body)
        return command._replace(**more)

    def register(self, agency: AgencyId = TOWN, **more: Any) -> Command:
        """A new dispute with two parties."""
        parties = (Party("applicant", "person", os.urandom(32)), Party("respondent", "person", os.urandom(32)))
        sealed = (Sealed(0, "张某某", os.urandom(32)),)
        return self(c.Register("02", "532301001", "application", parties), agency, sealed=sealed, **more)

    def refer(self, dispute: bytes, receiver: AgencyId = POLICE, reason: str = "请依职权处理", **more: Any) -> Command:
        """The custodian hands it over."""
        return self(c.Refer("transfer", "police", receiver, None, reason), TOWN, dispute, **more)

    def attempt(self, dispute: bytes, agency: AgencyId = TOWN, **more: Any) -> Command:
        """A mediation session: always possible for the custodian of an open dispute."""
        return self(c.Attempt(True, "", self.now, "调解室", "调解员"), agency, dispute, **more)


def dispute_of(command: Command) -> bytes:
    """The id of the dispute that a register command makes."""
    return dispute_id(command.system, command.command_id)


def agencies(now: int = START) -> list[Command]:
    """The town, the police and the court, as the operator registers them."""
    operator = Author(HUB_SYSTEM, now)
    made = []
    for code, kind in (("town", "committee"), ("police", "police"), ("court", "court")):
        body = names.RegisterAgency(code, code, kind, "city", "532301", None, (), 1, True)
        made.append(operator(body, HUB_AGENCY))
    return made


def found(writer: Writer) -> None:
    """Registers the three agencies."""
    assert outcomes(writer.ask(agencies())) == ["done"] * 3


def outcomes(answers: Sequence[Outcome]) -> list[str]:
    """Done, nothing, the refusal code, or the incident's code."""
    return [a.code if isinstance(a, Incident) or a.code else a.outcome for a in answers]


def one(writer: Writer, command: Command) -> Answer:
    """The answer to one command; fails on an incident."""
    (answer,) = writer.ask([command])
    assert isinstance(answer, Answer), answer
    return answer


def check_log(store: Store) -> int:
    """Positions and versions gapless, every event names its predecessor's hash, the head knows the end; which is it."""
    ends: dict[bytes, tuple[int, bytes, int]] = {}
    last = 0
    while read := store.read(last, 500):
        for event in read:
            assert event.position == last + 1
            last = event.position
            schema, values = CONTRACT.decode(event.body)
            fields = dict(zip(schema.fields, values, strict=True))
            version, leaf, recorded = ends.get(event.stream, (0, ZERO_HASH, 0))
            assert (event.topic, event.stream, event.version) == (schema.name, fields["stream"], fields["version"])
            assert (fields["version"], fields["predecessor"]) == (version + 1, leaf)
            assert fields["recorded_at"] >= recorded
            ends[event.stream] = (event.version, leaf_hash(event.body), fields["recorded_at"])
    assert store.position() == last
    return last


def breaks_on(monkeypatch: Any, when: Callable[[Command], bool], error: Exception) -> None:
    """From now on our own ``decide`` has a mistake: it fails for some commands."""
    import hub.writer.turn as turn

    real: Any = getattr(turn, "decide")  # noqa: B009

    def broken(command: Command, *rest: Any) -> Any:
        if when(command):
            raise error
        return real(command, *rest)

    monkeypatch.setattr(turn, "decide", broken)
