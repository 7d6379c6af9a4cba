"""What an act is about: the dispute as it stands in the store now, and the referral named.

Guarantee: read from the dispute's own events, so a form is never drawn from a view that lags behind; a dispute outside
of the person's scope is ``dispute.unknown`` like one that does not exist.
"""

from __future__ import annotations

from typing import NamedTuple

from hub.aggregates.decide import Dispute
from hub.aggregates.dispute import events
from hub.aggregates.dispute.state import Referral
from hub.words import ASSISTANCE, AgencyId, ReferralId, ident, text

from ..api.sight import Seen, dispute
from ..callers import Caller
from ..problems import Problem
from . import forms as f
from .visitors import Visitor

LONGEST_NUMBER = 40


class About(NamedTuple):
    """Nothing for an act that registers a dispute or is about one's own agency."""

    seen: Seen | None = None
    referral: Referral | None = None
    parties: tuple[str, ...] = ()

    @property
    def state(self) -> Dispute | None:
        """The dispute as it stands."""
        return None if self.seen is None else self.seen.state

    @property
    def first(self) -> events.Registered | None:
        """Its registration: number, category, place."""
        if self.seen is None:
            return None
        body = self.seen.history[0][1].body
        assert isinstance(body, events.Registered)
        return body

    @property
    def custodian(self) -> AgencyId | None:
        """Who holds it now."""
        return None if self.seen is None else self.seen.state.custodian

    @property
    def receiver(self) -> AgencyId | None:
        """The referral's receiver."""
        return None if self.referral is None else self.referral.receiver

    @property
    def sender(self) -> AgencyId | None:
        """Whom the referral's receiver answers to: its sender, of assistance the custodian."""
        if self.referral is None:
            return None
        return self.custodian if self.referral.kind == ASSISTANCE else self.referral.sender


def about(visitor: Visitor, form: f.Form, dispute_ref: str, referral: str = "") -> About:
    """What stands in the store. Problem ``dispute.unknown``, ``referral.unknown``, ``field.type``."""
    if form.about in (f.NEW, f.OWN):
        return About()
    seen = look(visitor, dispute_ref)
    found = None
    if form.about == f.REFERRAL:
        try:
            found = seen.state.referral(ReferralId(ident(referral)))
        except ValueError:
            raise Problem("field.type", "referral") from None
        if found is None:
            raise Problem("referral.unknown", "referral")
    return About(seen, found, masks(visitor, seen.state.id))


def look(visitor: Visitor, dispute_ref: str) -> Seen:
    """A dispute by id or number. Problem ``dispute.unknown``."""
    found = dispute_id(visitor, dispute_ref)
    if found is None:
        raise Problem("dispute.unknown", "dispute")
    return dispute(Caller(visitor.system, visitor.parts), text(found))


def dispute_id(visitor: Visitor, dispute_ref: str) -> bytes | None:
    """The id behind an id or a number; None when it is neither. Whether the person sees it is not asked here."""
    try:
        return ident(dispute_ref)
    except ValueError:
        number = dispute_ref.strip()
        if not number.isprintable() or not 0 < len(number) <= LONGEST_NUMBER:
            return None
        return visitor.parts.views.custody.numbered(number)


def masks(visitor: Visitor, stream: bytes) -> tuple[str, ...]:
    """The masked names of a dispute's parties, where the policy table lets this person see them."""
    if not visitor.may("read.parties"):
        return ()
    return tuple(row.masked for row in visitor.parts.store.sealed.read(stream) if row.masked)
