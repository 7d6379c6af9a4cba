"""Who looks at a page: the signed-in person and the parts that serve them."""

from __future__ import annotations

from typing import NamedTuple

from hub.access import System
from hub.aggregates.agency.registry import Registry

from ..parts import Parts


class Person(NamedTuple):
    """A named user: login, shown name, role at an agency, duty role 岗位."""

    user: str
    shown: str
    role: str
    agency: bytes
    duty: str


class Visitor(NamedTuple):
    """The signed-in person behind a request."""

    person: Person
    system: System
    parts: Parts
    csrf: str

    @property
    def registry(self) -> Registry:
        """The registry of agencies at this moment."""
        return self.parts.registry()

    def scope(self) -> frozenset[bytes] | None:
        """The agencies whose disputes this person sees; None = all."""
        raise NotImplementedError

    def may(self, action: str) -> bool:
        """Whether the policy table lets this person do an action."""
        raise NotImplementedError
