"""What the web serves with: the running parts, handed over by the wiring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from hub.access import System
from hub.aggregates.agency.registry import Registry
from hub.contract import Contract


class Reason(NamedTuple):
    """Why the hub is not ready: a code of the catalogue and detail for people."""

    code: str
    detail: str = ""


class Keys(Protocol):
    """API keys to systems."""

    def system(self, key: str) -> System | None:
        """The system a key belongs to; None when there is none or it was revoked."""
        ...


@dataclass(frozen=True)
class Parts:
    """The parts behind the application. ``ready`` gives the reasons against, none = ready."""

    contract: Contract
    store: Any
    writer: Any
    views: Any
    keys: Keys
    registry: Callable[[], Registry]
    ready: Callable[[], Sequence[Reason]]
