"""A command as the writer takes it: who asks for what, under which id."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from hub.words import AgencyId, CommandId

from . import loading
from .agency import names
from .dispute import commands
from .screening import names as screening

Body = commands.Body | names.Command | screening.Command | loading.LoadPolicy
TYPES: Final[dict[type[Any], str]] = {
    **commands.TYPES, **names.COMMAND_TYPES, **screening.COMMAND_TYPES, **loading.COMMAND_TYPES,
}  # fmt: skip


class Sealed(NamedTuple):
    """A party's masked name and salt, for the erasable table outside the log; ``party`` = its place in the list."""

    party: int
    masked: str
    salt: bytes | None


class Command(NamedTuple):
    """One command. ``digest``: SHA-256 of its Avro form; ``reply``: its answer also goes to the system's inbox."""

    system: str
    command_id: CommandId
    digest: bytes
    agency: AgencyId
    duty: str
    occurred_at: int
    dispute: bytes | None
    based_on: int | None
    body: Body
    reply: bool = False
    sealed: tuple[Sealed, ...] = ()
