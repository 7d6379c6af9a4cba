"""How a view declares its tables, and how its handlers work on rows.

A *sheet* is one table of a view and the Python class that stands for one of its rows; a *case* is everything a view
remembers about one stream (a dispute or an agency); a *tally* is a table of counters.
Handlers change rows of a case and say so with ``keep`` or ``drop``; what reaches the database, and when, is the
runner's business. Columns are ids (16 bytes), texts and 64-bit integers only (truth values are 0 and 1): three types
that SQLite and PostgreSQL hold alike and that are cheap to pack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sized
from typing import Any, ClassVar, Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text

from hub.contract import leaf_hash

Values = tuple[Any, ...]


def id_(name: str, *, key: bool = False, null: bool = False) -> Column[Any]:
    """An id column: 16 bytes."""
    return Column(name, LargeBinary(16), primary_key=key, nullable=null)


def digest(name: str) -> Column[Any]:
    """A column of bytes of another length than an id's: a hash."""
    return Column(name, LargeBinary, nullable=False)


def number(name: str, *, key: bool = False, null: bool = False) -> Column[Any]:
    """A 64-bit integer column: a position, an instant in microseconds UTC, a count, a truth value."""
    kind = BigInteger().with_variant(Integer(), "sqlite")  # so spelled, as the only key it is SQLite's row id itself
    return Column(name, kind, primary_key=key, nullable=null, autoincrement=False)


def words(name: str, *, key: bool = False, null: bool = False) -> Column[Any]:
    """A text column: a code of §2, a rule, a number people read."""
    return Column(name, Text, primary_key=key, nullable=null)


class By:
    """An index of a sheet: its columns and, for a partial one, the condition in plain SQL."""

    def __init__(self, *columns: str, where: str = "", unique: bool = False) -> None:
        self.columns = columns
        self.where = where
        self.unique = unique


class Sheet:
    """A table of a view. ``row`` has the columns as its ``__slots__``, in order; the key columns come first.

    ``part`` is the table's name behind the view's ("" for the main table); ``within`` is the column that holds the
    stream, by which the rows of one case are loaded; a key that does not begin with it is best a single integer, the
    cheapest address there is. ``hot`` names the columns that change often, none of them in an
    index: rows of which only these changed (``Case.touch``) are written without touching any index. ``fixed``
    columns never change after the first writing. ``loads`` False:
    handlers never look at earlier rows; ``needed`` (event types) names those that do, when not all of them do.
    """

    def __init__(
        self,
        part: str,
        row: type[Row],
        columns: Callable[[], list[Column[Any]]],
        *,
        within: str,
        by: Iterable[By] = (),
        hot: tuple[str, ...] = (),
        loads: bool = True,
        needed: Iterable[str] | None = None,
        fixed: tuple[str, ...] = (),
    ) -> None:
        self.part = part
        self.row = row
        self.columns = columns
        self.within = within
        self.by = tuple(by)
        self.hot = hot
        self.fixed = fixed
        self.loads = loads
        self.needed = None if needed is None else frozenset(needed)
        declared = columns()
        self.names = tuple(c.name for c in declared)
        self.width = sum(1 for c in declared if c.primary_key)  # of the key
        if tuple(row.__slots__) != self.names or any(not c.primary_key for c in declared[: self.width]):
            raise TypeError(f"{row.__name__}: slots and columns differ, or the key does not come first")
        keys = self.names[: self.width]
        self.values = getter(self.names)
        self.key = getter(keys)
        if {c for index in self.by for c in (*index.columns, *index.where.split())} & set(hot):
            raise TypeError(f"{row.__name__}: a hot column is in an index")
        # Of a row whose hot columns changed: those, then the key (the order of ``update … set … where``).
        self.hot_values = getter((*hot, *keys)) if hot else self.values
        row.sheet = self

    def table(self, meta: MetaData, name: str) -> Table:
        """Declare the table under ``name``, with what serves loading a case: a rebuild loads too."""
        table = Table(name, meta, *self.columns())
        if self.loads and self.names[0] != self.within:
            Index(f"{name}_of", table.c[self.within])
        return table

    def indexes(self, table: Table) -> list[Index]:
        """The table's other indexes, made apart from it: a rebuild makes them last."""
        made = []
        for n, by in enumerate(self.by):
            where = text(by.where) if by.where else None
            made.append(
                Index(
                    f"{table.name}_by{n}", *(table.c[c] for c in by.columns), unique=by.unique,
                    sqlite_where=where, postgresql_where=where,
                )
            )  # fmt: skip
        return made


def getter(names: Iterable[str]) -> Callable[[Any], Values]:
    """The values of these attributes. Written out, because that is three times as fast as ``attrgetter``."""
    written = "".join(f"row.{name}, " for name in names)
    made: Callable[[Any], Values] = eval(f"lambda row: ({written})")  # names of columns, which are ours
    return made


class Row:
    """One row of a sheet; equal only to itself. Subclasses are ``@dataclass(slots=True, eq=False)``."""

    __slots__: ClassVar[tuple[str, ...]] = ()
    sheet: ClassVar[Sheet]


class Tally:
    """A table of counters: key columns, then one column ``n``. Additions to the same key are summed up before
    writing; a counter that comes back to 0 is removed.
    """

    def __init__(self, part: str, columns: Callable[[], list[Column[Any]]]) -> None:
        self.part = part
        self.columns = columns
        self.names = (*(c.name for c in columns()), "n")

    def table(self, meta: MetaData, name: str) -> Table:
        """Declare the table under ``name``."""
        return Table(name, meta, *self.columns(), number("n"))


class Changes:
    """What a batch did to the rows, to be written in one transaction: removals first, then rows, then counters."""

    __slots__ = ("added", "dropped", "kept")

    def __init__(self, sheets: Iterable[Sheet], tallies: Iterable[Tally]) -> None:
        # True: the whole row is to be written; False: only its hot columns.
        self.kept: dict[type[Row], dict[Row, bool]] = {s.row: {} for s in sheets}
        self.dropped: dict[type[Row], dict[Values, None]] = {s.row: {} for s in sheets}
        self.added: dict[str, dict[Values, int]] = {t.part: {} for t in tallies}

    def split(self, row: type[Row]) -> tuple[list[Row], list[Row]]:
        """The rows of a sheet to be written whole, and those of which only hot columns are."""
        kept = self.kept[row]
        if not row.sheet.hot:
            return list(kept), []
        return [r for r, whole in kept.items() if whole], [r for r, whole in kept.items() if not whole]

    def counters(self, part: str) -> tuple[list[Values], list[Values]]:
        """What is to be added to a tally's counters (key, then n), and the keys that may be at 0 then."""
        added = [(*key, n) for key, n in self.added[part].items() if n]
        return added, [key for key, n in self.added[part].items() if n < 0]

    def size(self) -> int:
        """How many rows and counters are to be written."""
        parts: list[Sized] = [*self.kept.values(), *self.dropped.values(), *self.added.values()]
        return sum(len(part) for part in parts)

    def clear(self) -> None:
        """Forget everything (it is written, or given up)."""
        for kept in self.kept.values():
            kept.clear()
        for dropped in self.dropped.values():
            dropped.clear()
        for added in self.added.values():
            added.clear()


class Case:
    """All a view remembers about one stream. Subclasses add the rows and say how a loaded one is put in place."""

    __slots__ = ("changes", "has", "stream")
    has: int  # which sheets' rows are here, one bit each

    def __init__(self, stream: bytes, changes: Changes) -> None:
        self.stream = stream
        self.changes = changes

    def adopt(self, row: Any) -> None:
        """Take in a row loaded from the database."""
        raise NotImplementedError

    def done(self) -> bool:
        """Whether no more events are to be expected: a rebuild may forget the case."""
        return False

    def keep(self, row: Row) -> None:
        """The row is new or changed: write it."""
        self.changes.kept[type(row)][row] = True

    def touch(self, row: Row) -> None:
        """Of the row, which stands in the database or was kept, only hot columns changed: write those."""
        self.changes.kept[type(row)].setdefault(row, False)

    def drop(self, row: Row) -> None:
        """The row is no more: remove it."""
        self.changes.kept[type(row)].pop(row, None)
        self.changes.dropped[type(row)][row.sheet.key(row)] = None

    def add(self, part: str, key: Values, n: int = 1) -> None:
        """Add ``n`` to a counter."""
        counters = self.changes.added[part]
        counters[key] = counters.get(key, 0) + n


class Now:
    """The event being applied: what all events carry. One object per view, filled anew for every event."""

    __slots__ = ("agency", "at", "body", "custodian", "extra", "position", "referral", "stream", "topic", "version")

    position: int
    stream: bytes
    version: int
    at: int  # recorded_at
    agency: bytes  # acting
    custodian: bytes  # after the event; empty where nobody holds anything: registry, books, rules
    topic: str
    referral: bytes | None  # set by handlers of events that move custody
    body: bytes  # as stored
    extra: Values  # the fields of all dispute events the view asked for besides

    def leaf(self) -> bytes:
        """The event's leaf hash."""
        return leaf_hash(self.body)


COMMON: Final = ("stream", "version", "recorded_at", "agency", "custodian")
COMMON_PLAIN: Final = COMMON[:4]  # of events without a custodian
Handler = Callable[..., None]


class View:
    """A view: its name and version, its tables, and one handler per event it reads.

    A change of tables or handlers is a new ``version``: it is built beside the old one and switched to. ``before`` and
    ``after`` (optional) run around the handler of every dispute event. ``ends`` (optional) names the event types by
    which a case can become ``done``, where not each of them can.
    """

    def __init__(
        self,
        name: str,
        version: int,
        case: type[Case],
        sheets: Iterable[Sheet],
        tallies: Iterable[Tally] = (),
        extra: tuple[str, ...] = (),
        keep: int = 2_000,
        ends: Iterable[str] | None = None,
    ) -> None:
        self.name = name
        self.keep = keep  # cases in memory between batches
        self.ends = None if ends is None else frozenset(ends)
        self.common = (*COMMON, *extra)
        self.version = version
        self.case = case
        self.sheets = tuple(sheets)
        self.loaded = tuple(sheet for sheet in self.sheets if sheet.loads)
        self.tallies = tuple(tallies)
        self.fields: dict[str, tuple[str, ...]] = {}
        self.handlers: dict[str, Handler | None] = {}
        self.before: Callable[[Any, Now], None] | None = None
        self.after: Callable[[Any, Now], None] | None = None

    def on(self, topic: str, *fields: str) -> Callable[[Handler], Handler]:
        """Bind a handler ``(case, now, *fields)`` to an event type, reading only these of its own fields."""

        def bind(handler: Handler) -> Handler:
            self._bind(topic, fields, handler)
            return handler

        return bind

    def note(self, *topics: str) -> None:
        """Read these event types too, for what all dispute events carry (``before`` and ``after``)."""
        for topic in topics:
            self._bind(topic, (), None)

    def _bind(self, topic: str, fields: tuple[str, ...], handler: Handler | None) -> None:
        if topic in self.fields:
            raise TypeError(f"{self.name}: two handlers for {topic}")
        self.fields[topic] = (*(self.common if has_custody(topic) else COMMON_PLAIN), *fields)
        self.handlers[topic] = handler


def is_registry(topic: str) -> bool:
    """Whether an event type belongs to the registry of agencies (所有单位), not to a dispute."""
    return topic.startswith("agency.")


def is_book(topic: str) -> bool:
    """Whether an event type belongs to an agency's book of screenings (排查台账)."""
    return topic.startswith(("screening.", "lead.", "inspection.", "finding."))


def is_policy(topic: str) -> bool:
    """Whether an event type says which rules were loaded."""
    return topic.startswith("policy.")


def has_custody(topic: str) -> bool:
    """Whether an event type is a dispute's: only those say who holds the dispute."""
    return not (is_registry(topic) or is_book(topic) or is_policy(topic))
