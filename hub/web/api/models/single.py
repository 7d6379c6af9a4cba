"""What answers look like, for the interface description and for tests; nothing is converted through these at
run time.

Every model forbids further fields, so a test that reads an answer through its model proves that the
description is whole.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """Closed: a field that is not described is an error."""

    model_config = ConfigDict(extra="forbid")


Id = Field(description="UUID, lower case", pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
Instant = Field(description="RFC 3339, UTC, six decimals")
Next = Field(description="cursor of the next page, null on the last")
ViewPosition = Field(description="序号 of the last event in what is shown")


class Problem(BaseModel):
    """RFC 9457. Refused commands carry all fields of their answer besides."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="/problems/<code>")
    title: str = Field(description="what went wrong, in Chinese or English")
    status: int
    code: str = Field(description="stable code, see /v1/codes/problems")
    field: str = Field(description='field at fault, "" = none')
    detail: str
    advice: str = Field(description="what to do")


class Answer(Model):
    """What the hub answered to one command; the same for ever."""

    command_id: str = Id
    outcome: Literal["done", "nothing", "refused"]
    code: str = Field(description='refusal code, "" = none')
    field: str
    detail: str
    dispute: str | None = Field(description="the dispute (or agency) concerned")
    version: int = Field(description="its version after the command, 0 when unknown to the author")
    position: int = Field(description="序号 of the command's last event, 0 when it made none")
    recorded_at: str = Instant
    referral: str | None = Field(default=None, description="the new referral's id (refer, assign)")


class Alive(Model):
    status: Literal["ok"]


class Reason(Model):
    """One reason against being ready."""

    code: str
    title: str
    detail: str
    advice: str


class Ready(Model):
    ready: bool
    reasons: list[Reason]
    warnings: list[Reason] = Field(description="to be looked at, although the hub may be used")


class Position(Model):
    """How far the log goes, and each view."""

    position: int
    views: dict[str, int]


class Codes(Model):
    """A code list: items with `code`, `zh`, `en` and what else the list holds."""

    items: list[dict[str, Any]]


class RegistryError(Model):
    error_code: int
    message: str


class SchemaById(Model):
    model_config = ConfigDict(extra="forbid", protected_namespaces=())
    text: str = Field(alias="schema", description="the Avro schema as JSON text")


class SchemaVersion(Model):
    subject: str
    version: int
    id: int
    text: str = Field(alias="schema")


class InboxEvent(Model):
    """An event this system may see; `event` is null where the release profile withholds its content."""

    n: int = Field(description="gapless number in this inbox, from 1")
    type: Literal["event"]
    event_type: str
    position: int
    leaf: str = Field(description="RFC 6962 leaf hash, hex")
    stream: str = Field(description="dispute or agency")
    version: int
    recorded_at: str = Instant
    event: dict[str, Any] | None


class InboxAnswer(Model):
    """An answer to a command that came by outbox."""

    n: int
    type: Literal["answer"]
    command_id: str = Id
    outcome: Literal["done", "nothing", "refused"]
    code: str
    field: str
    detail: str
    dispute: str | None
    version: int
    position: int
    recorded_at: str = Instant


class InboxUnreadable(Model):
    """A record of the outbox that could not be read; it has no effect."""

    n: int
    type: Literal["unreadable"]
    offset: int
    code: str
    field: str
    detail: str
    recorded_at: str = Instant


class Inbox(Model):
    items: list[Annotated[InboxEvent | InboxAnswer | InboxUnreadable, Field(discriminator="type")]]
    next: int = Field(description="the `after` of the next request")


class AgencyRef(Model):
    """An agency as lists show it."""

    id: str = Id
    code: str
    name: str


class Party(Model):
    """A party: what is in the log, and the masked name where the caller may see it and it was not erased."""

    role: str
    kind: str
    commitment: str
    masked: str | None


class Referral(Model):
    id: str = Id
    kind: str
    channel: str
    sender: AgencyRef
    receiver: AgencyRef
    state: str
    proposal: str = Field(description='"", withdrawal or return')
    contested: bool


class Running(Model):
    """An obligation that runs now."""

    obligation: str
    referral: str | None
    debtor: AgencyRef
    creditor: AgencyRef | None = Field(description="null: owed to the case itself")
    due_at: str = Instant
    warned: bool
    breached: bool


class Dispute(Model):
    """A dispute as it stands at `version`, read from its own events."""

    id: str = Id
    number: str = Field(description="一案一码")
    version: int
    status: Literal["open", "closed", "void"]
    custodian: AgencyRef
    category: str
    place: str
    source: str
    occurred_at: str = Instant
    registered_at: str = Instant
    changed_at: str = Instant
    agreement: str = Field(description='"", reached, performed or broken')
    parties: list[Party]
    referrals: list[Referral]
    obligations: list[Running]


class Document(Model):
    """A document (文书) a dispute has: which form, the event it is about, where its Word file is."""

    form: str = Field(description="the form's key")
    event: int = Field(description="version of the event it is about")
    zh: str = Field(description="what it is called; the document itself is Chinese")
    en: str
    number: str = Field(description="文号 or 编号, the same for ever")
    recorded_at: str = Instant
    referral: str | None = Field(description="the referral it is about")
    href: str = Field(description="address of the file")


class Documents(Model):
    """The documents of one dispute, in the order of its events."""

    items: list[Document]


class LoggedEvent(Model):
    """An event with its place in the log."""

    position: int
    leaf: str = Field(description="RFC 6962 leaf hash, hex")
    event: dict[str, Any] = Field(description="the event's record in its JSON form, with its `type`")


class Events(Model):
    """The events of one dispute, by version."""

    items: list[LoggedEvent]
    next: str | None = Next


class Log(Model):
    items: list[LoggedEvent]
    next: int = Field(description="the `after` of the next request")
