"""``hub recover --from-kafka``: an empty or older store gets back what the topics hold and it does not.

Put back: the events of ``hub.events`` byte for byte, their chain checked (positions, versions, predecessors' hashes);
every inbox message byte for byte under its n; the answers both carry (the command's hash is unknown, so it matches
any); the counters of case numbers and inboxes; how far each inbox had been filled. Not in any topic, so not put back:
credentials, masked names, quarantine.

Guarantees: refuses while a hub holds the lease, and when the store holds another history than the topics. Safe to
repeat and to interrupt: each step is a transaction, and a repetition finds what is there. What the topics name but do
not hold (an answer whose events were never published) is not invented: it is counted as ``lost``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from hub.contract import Contract, Unreadable, leaf_hash
from hub.store import Batch, Lease, LeaseHeld, Store
from hub.store.answers import UNKNOWN_DIGEST
from hub.store.hints import Hint
from hub.words import DONE, ZERO_HASH, Answer, Stored

from .access import Access, Admin
from .port import TOPIC_MISSING, UNREACHABLE, LogUnavailable, Problem
from .tail import Read, Tails
from .wire import POSITION, N, Wire, place

CHUNK: Final = 2_000
SILENT_SECONDS: Final = 30.0
FOLLOWER: Final = "deliveries"  # the follower that fills inboxes, and per system "deliveries/<system>"

Progress = Callable[[int, int], None]  # (records read, records there were)


class RecoverRefused(RuntimeError):
    """Nothing more can be put back; ``problem.code`` says why: ``recover.running``, ``recover.differs``,
    ``recover.chain``, ``recover.gap``."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.problem = Problem(code, detail)


class Report(NamedTuple):
    """What was put back (not counting what was there), and what cannot be."""

    position: int  # the store's last position now
    events: int
    messages: int
    answers: int
    lost: int  # answers and messages about events that are in no topic


def recover(
    store: Store,
    contract: Contract,
    access: Access,
    now: int,
    *,
    abandon_after_gap: bool = False,
    on_progress: Progress | None = None,
) -> Report:
    """Do it. RecoverRefused, or LogUnavailable when the broker does not answer.

    ``abandon_after_gap``: where a number is missing in a topic for good, what lies behind it (which no reader ever
    applied) is given up, and the hub may accept again.
    """
    try:
        lease = store.acquire(now)
    except LeaseHeld as why:
        raise RecoverRefused("recover.running", "a hub holds the lease of this store: stop it first") from why
    try:
        return _Recovery(store, contract, access, lease, abandon_after_gap, on_progress).run()
    finally:
        store.release()


class _Recovery:
    def __init__(
        self, store: Store, contract: Contract, access: Access, lease: Lease, abandon: bool, progress: Progress | None
    ) -> None:
        self._store = store
        self._contract = contract
        self._access = access
        self._lease = lease
        self._abandon = abandon
        self._progress = progress
        self._wire = Wire(contract)
        self._position = lease.head.position
        self._recorded_at = lease.head.recorded_at
        self._ends: dict[bytes, tuple[int, bytes]] = {}  # stream -> (version, leaf hash) of its last event
        self._numbers = lease.numbers()
        self._command: list[Answer] = []  # the command whose events may go on in the next chunk
        self._seen = self._total = 0
        self._events = self._messages = self._answers = self._lost = 0
        names = contract.names("event")
        fields: dict[str, tuple[str, ...]] = dict.fromkeys(names, ("recorded_at", "system", "command_id"))
        fields["dispute.registered"] = (*fields["dispute.registered"], "number")
        self._pick = contract.picker(fields)

    def run(self) -> Report:
        topics = self._access.topics
        admin = Admin(self._access)
        try:
            there = admin.run("list_topics")
            if topics.events not in there:
                raise LogUnavailable(Problem(TOPIC_MISSING, topics.events))
            inboxes = {name: system for name in there if (system := topics.system_of_inbox(name)) is not None}
            ids = admin.ids([topics.events, *inboxes])
        finally:
            admin.close()
        self._read_topic(topics.events, POSITION, ids, self._take_events)
        self._keep_command()
        filled: dict[str, int] = {}
        for name, system in sorted(inboxes.items()):
            filled[system] = 0

            def take(reads: list[Read], system: str = system) -> None:
                filled[system] = max(filled[system], self._take_messages(system, reads))

            self._read_topic(name, N, ids, take)
        self._set_followers(filled)
        if self._recorded_at > self._lease.head.recorded_at:
            # Answers without events have instants too; the hub's time never goes back.
            self._lease.append(Batch(self._position, self._recorded_at))
        return Report(self._position, self._events, self._messages, self._answers, self._lost)

    # -- reading ---------------------------------------------------------------------------------------------------

    def _read_topic(self, topic: str, header: str, ids: dict[str, bytes], take: Callable[[list[Read]], None]) -> None:
        """Everything in a topic by the rule, in chunks; RecoverRefused when a gap stays before its end."""
        tails = Tails(self._access, {topic: header}, max_records=CHUNK)
        try:
            tails.start({})
            end, quiet_since = tails.ends()[topic], time.monotonic()
            self._total += end
            while tails.next_offset(topic) < end:
                reads = tails.poll(0.5).get(topic, [])
                if reads:
                    take(reads)
                    quiet_since = time.monotonic()
                elif time.monotonic() - quiet_since > SILENT_SECONDS:
                    raise LogUnavailable(Problem(UNREACHABLE, f"{topic}: no record within {SILENT_SECONDS:.0f} s"))
                self._seen += len(reads)
                if self._progress is not None:
                    self._progress(self._seen, self._total)
            if tails.highest(topic) > tails.last(topic):
                gap = f"{topic} ends at {tails.last(topic)} and goes on somewhere before {tails.highest(topic)}"
                if not self._abandon:
                    raise RecoverRefused("recover.gap", gap)
                self._store.hints.keep({topic: Hint(ids[topic], tails.last(topic), end)})
        finally:
            tails.close()

    # -- events ----------------------------------------------------------------------------------------------------

    def _take_events(self, reads: list[Read]) -> None:
        rows = [self._row(read) for read in reads]
        known = [row for row in rows if row.position <= self._position]
        if known and self._store.read(known[0].position - 1, len(known)) != known:
            raise RecoverRefused("recover.differs", f"the store holds other events from {known[0].position} on")
        new = rows[len(known) :]
        self._load_ends({row.stream for row in new})
        for row in new:
            self._chain(row)
        answers, numbers, recorded_at = self._derive(rows)
        if new:
            batch = Batch(self._position, max(recorded_at, self._recorded_at), new, numbers=list(numbers.items()))
            self._lease.append(batch)
            self._position, self._recorded_at = new[-1].position, batch.recorded_at
            self._events += len(new)
        # Behind the events, so that no answer stands without them; an interruption here is mended by a repetition.
        self._answers += self._store.answers.restore(answers)

    def _row(self, read: Read) -> Stored:
        try:
            return self._wire.read_event(read.number, read.value or b"")
        except Unreadable as why:
            raise RecoverRefused("recover.chain", f"position {read.number}: {why.code}") from why

    def _chain(self, row: Stored) -> None:
        version, leaf = self._ends.get(row.stream, (0, ZERO_HASH))
        where = place(row.body)
        if where.version != version + 1 or where.predecessor != leaf:
            raise RecoverRefused("recover.chain", f"position {row.position} does not follow its predecessor")
        self._ends[row.stream] = (where.version, leaf_hash(row.body))

    def _load_ends(self, streams: set[bytes]) -> None:
        lacking = [stream for stream in streams if stream not in self._ends]
        if lacking and self._position:
            for stream, bodies in self._store.load(lacking).items():
                self._ends[stream] = (place(bodies[-1]).version, leaf_hash(bodies[-1]))

    def _derive(self, rows: list[Stored]) -> tuple[list[Answer], dict[str, int], int]:
        """The answers of complete commands, the counters and the last instant these events carry."""
        complete: list[Answer] = []
        numbers: dict[str, int] = {}
        recorded_at = 0
        for row in rows:
            picked = self._pick(row.body)
            assert picked is not None
            recorded_at, system, command, *number = picked[1]
            answer = Answer(
                system, command, UNKNOWN_DIGEST, DONE, "", "", "", row.stream, row.version, row.position, recorded_at
            )
            if self._command and self._command[0][:2] != answer[:2]:
                complete += self._command
            self._command = [answer]  # a later event of the same command takes its place
            if number:
                series, _, last = number[0].rpartition("-")
                if last.isdigit() and int(last) > self._numbers.get(series, 0):
                    numbers[series] = self._numbers[series] = int(last)
        return complete, numbers, recorded_at

    def _keep_command(self) -> None:
        self._answers += self._store.answers.restore(self._command)
        self._command = []

    # -- inboxes ---------------------------------------------------------------------------------------------------

    def _take_messages(self, system: str, reads: list[Read]) -> int:
        """Put messages and answers back; the highest event position the messages name."""
        rows: list[tuple[str, int, int, bytes]] = []
        answers: list[Answer] = []
        filled = 0
        for read in reads:
            try:
                body = self._wire.read_body(read.value or b"", "inbox")
                schema, values = self._contract.decode(body)
            except Unreadable as why:
                raise RecoverRefused("recover.chain", f"inbox of {system}, n {read.number}: {why.code}") from why
            fields: dict[str, Any] = dict(zip(schema.fields, values, strict=True))
            about = fields["position"] if schema.name == "event" else 0
            self._recorded_at = max(self._recorded_at, fields["recorded_at"])
            rows.append((system, read.number, about, body))
            filled = max(filled, about)
            if fields.get("position", 0) > self._position:
                self._lost += 1
            elif schema.name == "answer":
                command, *rest = values
                answers.append(Answer(system, command, UNKNOWN_DIGEST, *rest))
        try:
            self._messages += self._store.deliveries.restore(rows)
        except ValueError as why:
            raise RecoverRefused("recover.differs", str(why)) from why
        self._answers += self._store.answers.restore(_first_of_each(answers))
        return filled

    def _set_followers(self, filled: dict[str, int]) -> None:
        """Let the follower go on where the emptiest inbox ends, and skip for each system what that one holds."""
        deliveries = self._store.deliveries
        at = deliveries.position(FOLLOWER)
        for system, position in filled.items():
            name = f"{FOLLOWER}/{system}"
            floor = deliveries.position(name)
            if position > max(floor, at):
                deliveries.follow(name, floor, position, [])
        least = min(min(filled.values(), default=0), self._position)
        if least > at:
            deliveries.follow(FOLLOWER, at, least, [])


def _first_of_each(answers: Iterable[Answer]) -> list[Answer]:
    """A repeated command is answered again, or refused for another body: the first answer is the stored one."""
    first: dict[tuple[str, bytes], Answer] = {}
    for answer in answers:
        if answer.code != "command.reused":
            first.setdefault((answer.system, answer.command_id), answer)
    return list(first.values())
