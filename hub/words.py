"""The words everything else is written in (§2 of the design): ids, positions, actors, refusals, enumerations.

Guarantee: this module imports nothing of ours, holds no state and does no I/O. Units: instants are integer
microseconds since 1970-01-01 UTC (``Micros``), money is integer fen, positions and versions start at 1.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, Final, NamedTuple, NewType

AgencyId = NewType("AgencyId", bytes)  # 单位, 16 bytes: uuid5 of its code
DisputeId = NewType("DisputeId", bytes)  # 矛盾纠纷, 16 bytes: uuid5 of "<system>/<command_id>"
ReferralId = NewType("ReferralId", bytes)  # 移送, 16 bytes: the same with "/referral" behind
LeadId = NewType("LeadId", bytes)  # 线索, 16 bytes: the same with "/lead" behind
FindingId = NewType("FindingId", bytes)  # 督导问题, 16 bytes: the same with "/finding/<n>" behind, n from 1
CommandId = NewType("CommandId", bytes)  # 16 bytes, chosen by the author of the command
Position = NewType("Position", int)  # 序号: gapless number of an event in the hub's log, from 1
Version = NewType("Version", int)  # gapless number of an event within its stream, from 1
Micros = NewType("Micros", int)  # microseconds since 1970-01-01 UTC

SECOND: Final = 1_000_000
HOUR: Final = 3_600 * SECOND
DAY: Final = 24 * HOUR
EARLIEST: Final = Micros(-639_129_600 * SECOND)  # 1949-10-01T00:00:00+08:00 is 16:00 UTC the day before
ZERO_HASH: Final = bytes(32)  # predecessor of the first event of a stream

HUB_NAMESPACE: Final = uuid.UUID("5b0c2c5e-9f1e-5d5b-8a35-3f0f8d6a7c11")  # also in schemas/namespace.json
HUB_SYSTEM: Final = "hub"  # the system people and the steward act through


def _uuid5(name: str) -> bytes:
    digest = bytearray(hashlib.sha1(HUB_NAMESPACE.bytes + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    return bytes(digest)


def agency_id(code: str) -> AgencyId:
    """The id of the agency with this code: uuid5 of the code in the hub's namespace."""
    return AgencyId(_uuid5(code))


def dispute_id(system: str, command: CommandId) -> DisputeId:
    """The id a ``register`` command of ``system`` gives its dispute; a client can compute it offline."""
    return DisputeId(_uuid5(f"{system}/{text(command)}"))


def referral_id(system: str, command: CommandId) -> ReferralId:
    """The id a ``refer`` or ``assign`` command gives its referral; a client can compute it offline."""
    return ReferralId(_uuid5(f"{system}/{text(command)}/referral"))


def screening_id(agency: AgencyId) -> bytes:
    """The stream of an agency's book of screenings (排查台账): uuid5 of "screening/" and the agency's id as text."""
    return _uuid5(f"screening/{text(agency)}")


def lead_id(system: str, command: CommandId) -> LeadId:
    """The id a ``report_lead`` command gives its lead; a client can compute it offline."""
    return LeadId(_uuid5(f"{system}/{text(command)}/lead"))


def finding_id(system: str, command: CommandId, n: int) -> FindingId:
    """The id an ``inspect`` command gives its n-th finding, from 1; a client can compute it offline."""
    return FindingId(_uuid5(f"{system}/{text(command)}/finding/{n}"))


def derived_id(name: str) -> CommandId:
    """A deterministic command id for the hub's own acts (steward): uuid5 of ``name``."""
    return CommandId(_uuid5(name))


def text(ident: bytes) -> str:
    """The canonical text of a 16-byte id: lower-case UUID with hyphens."""
    h = ident.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def ident(value: str) -> bytes:
    """The 16 bytes of a canonical UUID text; ValueError for any other spelling."""
    raw = uuid.UUID(value).bytes
    if text(raw) != value:
        raise ValueError("not a canonical lower-case UUID")
    return raw


POLICY_STREAM: Final = _uuid5("policy")  # of the events that say which rules were loaded
HUB_AGENCY: Final = agency_id("hub")  # the acting agency of the hub's own acts; never a custodian


class Actor(NamedTuple):
    """Who acts: the agency in whose name, the system it came through, the duty role (never a person)."""

    agency: AgencyId
    system: str
    duty: str


class Envelope(NamedTuple):
    """What every event carries before its own fields, in the order of the schemas."""

    stream: bytes
    version: int
    predecessor: bytes  # leaf hash of the previous event of the stream; ZERO_HASH for the first
    recorded_at: int
    occurred_at: int
    agency: AgencyId
    system: str
    duty: str
    command_id: CommandId


class Refusal(NamedTuple):
    """Why a command has no effect: stable code, the field at fault ("" = none), detail for people ("" = none)."""

    code: str
    field: str = ""
    detail: str = ""


class Stored(NamedTuple):
    """One event as the store, the Merkle leaf and the table log hold it.

    ``body`` is ``C3 01`` + 8-byte fingerprint + Avro body; ``topic`` the explicit type name.
    """

    position: int
    stream: bytes
    version: int
    topic: str
    body: bytes


class Answer(NamedTuple):
    """What the hub answered to one command; kept for ever by (system, command_id)."""

    system: str
    command_id: CommandId
    digest: bytes  # SHA-256 of the command re-encoded as Avro
    outcome: str  # DONE, NOTHING or REFUSED
    code: str
    field: str
    detail: str
    dispute: bytes | None  # the stream concerned (a dispute, or an agency for registry commands)
    version: int  # of the stream after the command; 0 when unknown to the author
    position: int  # of the command's last event; 0 when it made none
    recorded_at: int


DONE: Final = "done"
NOTHING: Final = "nothing"
REFUSED: Final = "refused"

# Referral kinds
TRANSFER: Final = "transfer"  # 移交
DELEGATION: Final = "delegation"  # 委派/委托
ESCALATION: Final = "escalation"  # 上转
ASSIGNMENT: Final = "assignment"  # 指派/指定
ASSISTANCE: Final = "assistance"  # 协办
NOTICE: Final = "notice"  # 通报
MOVING: Final = frozenset({TRANSFER, DELEGATION, ESCALATION})
KINDS: Final = (TRANSFER, DELEGATION, ESCALATION, ASSIGNMENT, ASSISTANCE, NOTICE)

# Referral states
OFFERED: Final = "offered"  # 已发出
SIGNED: Final = "signed"  # 已签收
ACCEPTED: Final = "accepted"  # 已受理
CONCLUDED: Final = "concluded"  # 已反馈
RETURNED: Final = "returned"  # 已退回
WITHDRAWN: Final = "withdrawn"  # 已撤回
LAPSED: Final = "lapsed"  # 逾期失效
ENDED: Final = frozenset({CONCLUDED, RETURNED, WITHDRAWN, LAPSED})

# Proposals on a referral
WITHDRAWAL: Final = "withdrawal"
RETURN: Final = "return"

# Dispute status and agreement
OPEN: Final = "open"
CLOSED: Final = "closed"
VOID: Final = "void"
REACHED: Final = "reached"
PERFORMED: Final = "performed"
BROKEN: Final = "broken"

# Agency states
ACTIVE: Final = "active"
CLOSING: Final = "closing"
DISSOLVED: Final = "dissolved"

# Obligations (待办义务)
SIGN: Final = "sign"  # 签收
ACCEPT: Final = "accept"  # 受理
CONSENT: Final = "consent"  # 答复
SETTLE: Final = "settle"  # 裁定
FEEDBACK: Final = "feedback"  # 反馈
PROGRESS: Final = "progress"  # 推进
ANSWER: Final = "answer"  # 答复督办
ACKNOWLEDGE: Final = "acknowledge"  # 回执
PERFORM: Final = "perform"  # 履行
OBLIGATIONS: Final = (SIGN, ACCEPT, CONSENT, SETTLE, FEEDBACK, PROGRESS, ANSWER, ACKNOWLEDGE, PERFORM)

# What became of a lead (线索)
REGISTERED: Final = "registered"  # 登记为纠纷
PASSED: Final = "passed"  # 转其他单位

# Agency kinds the rules treat specially
CENTRE: Final = "centre"  # 矛盾纠纷多元化解中心
COURT: Final = "court"
PROCURATORATE: Final = "procuratorate"
INDEPENDENT: Final = frozenset({COURT, PROCURATORATE})

Json = dict[str, Any]
