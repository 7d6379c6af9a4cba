"""The tables of the obligations view, and the running limits of one dispute in memory.

One row per running limit. ``born`` and ``k`` (position and place within it) name the event that made the row and never
change; ``since_at`` is when the present limit started.

For the board, which counts all of a city: ``through`` is the channel a limit counts under (its referral's, of a limit
without one the dispute's last), ``registered`` the position of the dispute's registration, by which roles are joined
(numbers compare faster than ids), and ``owed`` has how many limits each debtor has of each name by the local day they
end on, so that totals need not walk them.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub import words as w

from ..completeness.view import OFFSET
from ..sheet import By, Case, Changes, Now, Row, Sheet, Tally, Values, id_, number, words


@dataclass(slots=True, eq=False)
class Obligation(Row):
    """A running limit. ``signed_at``: of an accept limit whose offer is signed. ``version``: the dispute's, at its
    last change.
    """

    dispute: bytes
    born: int
    k: int
    registered: int
    due_at: int
    since_at: int
    name: str
    debtor: bytes
    through: str
    kind: str
    referral: bytes | None
    channel: str
    creditor: bytes | None
    rule: str
    since_position: int
    signed_at: int | None
    warned_at: int | None
    breached_at: int | None
    urged_at: int | None
    urges: int
    supervised_at: int | None
    delivered_at: int | None
    version: int


@dataclass(slots=True, eq=False)
class Head(Row):
    """What a dispute's limits take over from it. ``channel``: of its last referral, "" before the first."""

    dispute: bytes
    registered: int
    channel: str


PROVISIONAL = "substr(rule, length(rule), 1) = '~'"  # literally, as the steward asks
OBLIGATIONS = Sheet(
    "", Obligation,
    lambda: [
        id_("dispute", key=True), number("born", key=True), number("k", key=True),
        # What is counted by comes first: PostgreSQL takes a row apart only as far as it is asked about.
        number("registered"), number("due_at"), number("since_at"), words("name"), id_("debtor"), words("through"),
        words("kind"), id_("referral", null=True), words("channel"), id_("creditor", null=True), words("rule"),
        number("since_position"), number("signed_at", null=True), number("warned_at", null=True),
        number("breached_at", null=True), number("urged_at", null=True), number("urges"),
        number("supervised_at", null=True), number("delivered_at", null=True), number("version"),
    ],
    within="dispute",
    by=[
        # The order of a debtor's list, and behind it all that the board counts by: it reads nothing but this index.
        By("debtor", "name", "due_at", "dispute", "born", "k", "since_at", "through", "kind", "registered"),
        By("due_at", "dispute", "born", "k", "since_at", "debtor", "name", "registered"),
        By("registered", "debtor", "name", "due_at", "since_at", "through", "kind"),  # the same of a scope's disputes
        By("since_at", "due_at", "debtor", "through", "kind", "registered", where="name = 'sign'"),
        By("breached_at", "urged_at", where="breached_at is not null"),
        By("dispute", "born", "k", where=PROVISIONAL),
        By("due_at", "dispute", "born", "k", where="delivered_at is null and name = 'sign'"),
        By("through", "debtor", "name", "due_at", "since_at", "registered"),
    ],
)  # fmt: skip
HEADS = Sheet(
    "heads", Head, lambda: [id_("dispute", key=True), number("registered"), words("channel")],
    within="dispute", fixed=("registered",),
)  # fmt: skip
OWED = Tally("owed", lambda: [id_("debtor", key=True), words("name", key=True), number("day", key=True)])


class Owing(Case):
    """The running limits of one dispute, oldest first."""

    __slots__ = ("counted", "head", "rows")
    head: Head

    def __init__(self, stream: bytes, changes: Changes) -> None:
        super().__init__(stream, changes)
        self.rows: list[Obligation] = []
        self.counted: dict[Obligation, Values] = {}  # what each row stands under in ``owed``

    def adopt(self, row: Obligation | Head) -> None:
        if isinstance(row, Head):
            self.head = row
            return
        self.rows.append(row)
        self.rows.sort(key=lambda o: (o.born, o.k))
        self.counted[row] = owed_under(row)

    def done(self) -> bool:
        return not self.rows

    def of(self, referral: bytes) -> list[Obligation]:
        """The limits running on a referral."""
        return [o for o in self.rows if o.referral == referral]

    def one(self, referral: bytes, *names: str) -> Obligation:
        """The limit of one of these names running on a referral. KeyError."""
        for o in self.rows:
            if o.referral == referral and o.name in names:
                return o
        raise KeyError(f"no {'/'.join(names)} runs on {w.text(referral)}")

    def start(
        self, now: Now, k: int, name: str, debtor: bytes, creditor: bytes | None, due_at: int, rule: str,
        referral: bytes | None = None, kind: str = "", channel: str = "",
    ) -> Obligation:  # fmt: skip
        """A limit starts with the present event."""
        head = self.head
        o = Obligation(
            now.stream, now.position, k, head.registered, due_at, now.at, name, debtor, channel or head.channel, kind,
            referral, channel, creditor, rule, now.position, None, None, None, None, 0, None, None, now.version,
        )  # fmt: skip
        self.rows.append(o)
        self.keep(o)
        return o

    def end(self, rows: list[Obligation]) -> None:
        """Limits end."""
        for o in rows:
            self.rows.remove(o)
            self.drop(o)
            if o in self.counted:
                self.add("owed", self.counted.pop(o), -1)

    def changed(self, now: Now, o: Obligation) -> None:
        """A limit changed with the present event."""
        o.version = now.version
        self.keep(o)

    def anew(self, now: Now, o: Obligation, due_at: int, rule: str) -> None:
        """The same limit starts once more: neither warned nor breached nor urged."""
        o.due_at, o.rule, o.since_at, o.since_position = due_at, rule, now.at, now.position
        o.warned_at = o.breached_at = o.urged_at = o.supervised_at = None
        o.urges = 0
        self.changed(now, o)

    def lead(self, channel: str) -> None:
        """The dispute's last referral goes through this channel: limits without a referral count under it."""
        if self.head.channel != channel:
            self.head.channel = channel
            self.keep(self.head)
            for o in self.rows:
                if not o.channel:
                    o.through = channel
                    self.keep(o)

    def count(self) -> None:
        """Bring ``owed`` to what the rows say now."""
        for o in self.rows:
            new, old = owed_under(o), self.counted.get(o)
            if new != old:
                if old is not None:
                    self.add("owed", old, -1)
                self.add("owed", new)
                self.counted[o] = new


def owed_under(o: Obligation) -> Values:
    """(debtor, name, the local day a limit ends on): midnight ends the day before it."""
    return o.debtor, o.name, (o.due_at + OFFSET - 1) // w.DAY
