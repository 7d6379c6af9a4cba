"""The ids of the contract, computed offline, so that a client can chain commands before it has an answer.

All ids are lower-case UUID texts. Rules and namespace: ``schemas/namespace.json``.
"""

from __future__ import annotations

import json
import secrets
import time
import uuid
from collections.abc import Callable
from importlib.resources import files

IdSource = Callable[[], str]
NAMESPACE = uuid.UUID(json.loads(files("schemas").joinpath("namespace.json").read_text("utf-8"))["namespace"])


def agency_id(code: str) -> str:
    """The id of the agency (单位) with this code."""
    return str(uuid.uuid5(NAMESPACE, code))


def dispute_id(system: str, command_id: str) -> str:
    """The id that a ``register`` command of ``system`` gives its dispute (矛盾纠纷)."""
    return str(uuid.uuid5(NAMESPACE, f"{system}/{command_id}"))


def referral_id(system: str, command_id: str) -> str:
    """The id that a ``refer`` or ``assign`` command gives its referral (移送)."""
    return str(uuid.uuid5(NAMESPACE, f"{system}/{command_id}/referral"))


def screening_id(agency: str) -> str:
    """The stream of an agency's book of screenings (排查台账); ``agency`` is its id."""
    return str(uuid.uuid5(NAMESPACE, f"screening/{agency}"))


def lead_id(system: str, command_id: str) -> str:
    """The id that a ``report_lead`` command gives its lead (线索)."""
    return str(uuid.uuid5(NAMESPACE, f"{system}/{command_id}/lead"))


def finding_id(system: str, command_id: str, n: int) -> str:
    """The id that an ``inspect`` command gives its n-th finding (督导问题), from 1."""
    return str(uuid.uuid5(NAMESPACE, f"{system}/{command_id}/finding/{n}"))


def uuid7(millis: int, noise: int) -> str:
    """A UUIDv7 (RFC 9562) of Unix milliseconds and 74 bits of noise. Ordered ids keep the hub's store fast."""
    value = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | (noise >> 62 & 0xFFF) << 64
    return str(uuid.UUID(int=value | 0b10 << 62 | noise & (1 << 62) - 1))


def random_ids() -> str:
    """The default source of command ids: UUIDv7 of the machine's clock."""
    return uuid7(time.time_ns() // 1_000_000, secrets.randbits(74))
