"""Answers about whom a dispute could go to. See ``single`` for what all models have in common."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .single import AgencyRef, Id, Instant, Model


class Proposal(Model):
    """An agency and why."""

    agency: AgencyRef
    reasons: list[str] = Field(description="/v1/codes/routing_reasons; of a recipient its triggers and grade")
    basis: str = Field(description="article, seed or hub default")


class NextStep(Model):
    """A step that may come now."""

    step: str = Field(description="/v1/codes/steps, as procedure/step")
    by: Literal["custodian", "sender", "receiver", "any"]
    document: bool = Field(description="its document's number is needed")
    basis: str


class Guard(Model):
    """What people must heed: no machine can check it."""

    zh: str
    en: str


class Standing(Model):
    """Where a docking procedure stands."""

    procedure: str = Field(description="/v1/codes/procedures")
    step: str
    next: list[NextStep]
    guard: Guard
    basis: str


class ShownClock(Model):
    """A clock of another procedure, or of the ladder as a whole: shown, owed by nobody in the hub."""

    clock: str = Field(description="/v1/codes/shown_clocks")
    since: str = Instant
    due_at: str = Instant
    rule: str
    started_by: str = Field(description="event type, or procedure/step")
    basis: str
    provisional: bool


class Proposals(Model):
    """建议, read from the dispute's own events."""

    dispute: str = Id
    version: int
    spread: Literal["", "village", "county"]
    receivers: list[Proposal] = Field(description="best first")
    recipients: list[Proposal] = Field(description="whom a report goes to")
    procedures: list[Standing]
    clocks: list[ShownClock]
