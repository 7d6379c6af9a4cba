"""What the web serves with: the running parts, handed over by the wiring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from hub.access import System
from hub.aggregates.agency.registry import Registry
from hub.aggregates.command import Command
from hub.contract import Contract
from hub.policy import Dated, Pack
from hub.projections.views import Views
from hub.store import Store
from hub.writer import Clock, Outcome

from .documents.fonts import Fonts
from .passwords import Passwords


class Reason(NamedTuple):
    """Why the hub is not ready: a code of the catalogue and detail for people."""

    code: str
    detail: str = ""


class Health(NamedTuple):
    """The reasons against using the hub now, and what somebody should look at although it may be used."""

    reasons: list[Reason]
    warnings: list[Reason]


class Keys(Protocol):
    """API keys to systems."""

    def system(self, key: str) -> System | None:
        """The system a key belongs to; None when there is none or it was revoked."""
        ...


class Desk(Protocol):
    """The command side, in this process or not."""

    @property
    def position(self) -> int:
        """The last committed position."""
        ...

    def ask(self, commands: Sequence[Command]) -> list[Outcome]:
        """Decide and store, waiting in this thread; the outcomes after the commit. Refuses as below."""
        ...

    async def ask_async(self, commands: Sequence[Command]) -> list[Outcome]:
        """Decide and store; the outcomes after the commit. Refuses with a code while nothing is taken."""
        ...


@dataclass(frozen=True)
class Parts:
    """The parts behind the application. ``health(reads)``: may it be used, for reads only or for commands too?

    ``policy``: the rules, for warning spans and for telling beforehand what would be refused. ``https``: cookies
    are Secure even where a request does not look like https. ``fonts``: what documents are written in.
    """

    contract: Contract
    store: Store
    writer: Desk
    views: Views
    clock: Clock
    keys: Keys
    registry: Callable[[], Registry]
    health: Callable[[bool], Health]
    policy: Dated
    https: bool = False
    passwords: Passwords = field(default_factory=Passwords)
    fonts: Fonts = field(default_factory=Fonts)

    @property
    def pack(self) -> Pack:
        """The pack of a clock that starts now."""
        return self.policy.at(self.clock.now())
