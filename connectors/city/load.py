"""Bringing a list of agencies into a hub: what is new is registered, what differs is amended, what is the same is left.

Guarantee: repeatable; a second load of the same list sends nothing. Agencies that the list does not name are untouched.
Superiors go before those below them, so every prefix of a broken-off load is a valid registry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from connectors.ids import agency_id
from connectors.messages import Receipt

from .agency import Agency

OPERATOR = agency_id("hub")  # who registers agencies: the operator, through a system with that role


class Step(NamedTuple):
    """One thing to do: ``register`` or ``amend``; ``fields`` are the fields of its command."""

    act: str
    agency: Agency
    changed: tuple[str, ...]  # names of the fields that differ; empty for a new agency
    fields: dict[str, Any]


class Submit(Protocol):
    """How a command is sent: ``Client.submit`` is one."""

    def __call__(self, type: str, **fields: Any) -> Receipt: ...


class LoadRefused(Exception):
    """The hub refused a step; those before it stand. Carries the step and the answer."""

    def __init__(self, step: Step, answer: Receipt) -> None:
        super().__init__(f"{step.act} {step.agency.code}: {answer.code} {answer.field} {answer.detail}".rstrip())
        self.step = step
        self.answer = answer


def plan(agencies: Iterable[Agency], known: Mapping[str, Agency]) -> list[Step]:
    """What a hub that knows ``known`` (by code) must be told to have ``agencies``."""
    steps: list[Step] = []
    for agency in agencies:
        old = known.get(agency.code)
        if old is None:
            steps.append(Step("register", agency, (), {"code": agency.code, **agency.content()}))
        elif old != agency:
            changed = tuple(name for name, a, b in zip(agency._fields, old, agency, strict=True) if a != b)
            steps.append(Step("amend", agency, changed, {"subject": agency.id, **agency.content()}))
    return steps


def apply(steps: Iterable[Step], submit: Submit, told: Callable[[Step], None] = lambda step: None) -> int:
    """Carry a plan out; the number of steps done. LoadRefused at the first refusal."""
    done = 0
    for step in steps:
        answer = submit(f"{step.act}_agency", agency=OPERATOR, **step.fields)
        if not answer.accepted:
            raise LoadRefused(step, answer)
        told(step)
        done += 1
    return done
