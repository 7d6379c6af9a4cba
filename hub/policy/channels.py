"""What an offer must satisfy on its channel (对接渠道), as data: its kinds, the consent it needs, what a court closes.

A pack's table, each channel's guards switched on and off there::

    [offers]
    mediators = ["committee"]            # kinds of agency that mediate
    lock = true                          # once a court has the case, other mediation is closed to it
    locked = ["mediation"]               # on these channels, for mediators
    locked_by = ["filing/registered"]    # while a procedure stands at one of these steps
    lock_basis = "…"
    [offers.court]
    kinds = ["delegation", "notice"]     # left out = all
    consent = true                       # all parties' recorded consent before offers of these kinds to mediators
    consent_kinds = ["delegation"]
    basis = "…"

Guarantee: pure; a pack without the table refuses nothing. An accusation (检举控告) that must not reach the accused or a
committee cannot be told by machine: that is the text of the procedure. OffersRefused names the entry at fault.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from hub.words import DELEGATION, MOVING

KIND: Final = "channel.kind"
NO_CONSENT: Final = "channel.no_consent"
LOCKED: Final = "channel.locked"
CONSENTED: Final = ("consent/mediation", "consent/delegation")  # marks of a dispute whose parties all agreed
ASKED: Final = {
    "mediation": CONSENTED[0],
    "delegation": CONSENTED[1],
}  # what parties were asked → the mark of their yes
SHARED: Final = frozenset({"mediators", "lock", "locked", "locked_by", "lock_basis"})
OWN: Final = frozenset({"kinds", "consent", "consent_kinds", "basis"})


class OffersRefused(ValueError):
    """The table of offers lacks something or names something unknown; ``str()`` says where."""


class Guard(NamedTuple):
    """One channel's: ``kinds`` None = all; ``consent``: kinds that need all parties' consent."""

    kinds: frozenset[str] | None
    consent: frozenset[str]
    basis: str


class Offers(NamedTuple):
    """The guards of all channels. ``locked_by``: steps, "procedure/step"."""

    mediators: frozenset[str] = frozenset()
    locked: frozenset[str] = frozenset()
    locked_by: frozenset[str] = frozenset()
    lock_basis: str = ""
    guards: Mapping[str, Guard] = MappingProxyType({})

    def refuses(self, kind: str, channel: str, receiver: str, marks: Collection[str]) -> tuple[str, str]:
        """("", "") for an offer the rules allow, else the refusal's code and what is behind it, such as the step that
        closed the channel. ``receiver``: the kind of the receiving agency; ``marks``: where the dispute's procedures
        stand and what its parties agreed to.
        """
        guard = self.guards.get(channel)
        if guard is not None and guard.kinds is not None and kind not in guard.kinds:
            return KIND, channel
        if receiver not in self.mediators:
            return "", ""
        if channel in self.locked and (kind in MOVING or kind == DELEGATION):
            step = next((mark for mark in marks if mark in self.locked_by), "")
            if step:
                return LOCKED, step
        if guard is not None and kind in guard.consent and not any(mark in marks for mark in CONSENTED):
            return NO_CONSENT, channel
        return "", ""


def read_offers(
    raw: Mapping[str, Any], channels: Sequence[str], kinds: Sequence[str], steps: Collection[str]
) -> Offers:
    """The guards from their table. ``steps``: every step of the pack's procedures. OffersRefused."""
    guards = {}
    for name, value in raw.items():
        if name in SHARED:
            continue
        if name not in channels:
            raise OffersRefused(f"offers.{name}: unknown")
        guards[name] = _guard(f"offers.{name}", value, kinds)
    on = raw.get("lock", False)
    locked, locked_by = (_words("offers", raw, key) if on else () for key in ("locked", "locked_by"))
    for step in locked_by:
        if step not in steps:
            raise OffersRefused(f"offers.locked_by: unknown step {step}")
    for channel in locked:
        if channel not in channels:
            raise OffersRefused(f"offers.locked: unknown channel {channel}")
    if on and not raw.get("lock_basis"):
        raise OffersRefused("offers.lock_basis: missing")
    return Offers(
        frozenset(_words("offers", raw, "mediators")), frozenset(locked), frozenset(locked_by),
        raw.get("lock_basis", ""), MappingProxyType(guards),
    )  # fmt: skip


def _guard(where: str, raw: Mapping[str, Any], kinds: Sequence[str]) -> Guard:
    for key in sorted(raw.keys() - OWN):
        raise OffersRefused(f"{where}.{key}: unknown")
    if not raw.get("basis"):
        raise OffersRefused(f"{where}: its basis is missing")
    allowed = _words(where, raw, "kinds") if "kinds" in raw else None
    consent = _words(where, raw, "consent_kinds") if raw.get("consent", False) else ()
    for kind in (*(allowed or ()), *consent):
        if kind not in kinds:
            raise OffersRefused(f"{where}: unknown kind {kind}")
    return Guard(None if allowed is None else frozenset(allowed), frozenset(consent), raw["basis"])


def _words(where: str, raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = raw.get(key, [])
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise OffersRefused(f"{where}.{key}: a list of words is expected")
    return tuple(found)
