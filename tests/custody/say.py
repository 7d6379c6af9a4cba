"""Commands in few words: what a test does not care about has a default. Agencies and referrals go by their labels."""

from __future__ import annotations

from hub import words as w
from hub.aggregates.agency import names as a
from hub.aggregates.dispute import commands as c
from tests.given import referral


def _about(label: str | None) -> w.ReferralId | None:
    return None if label is None else referral(label)


def register() -> c.Register:
    return c.Register("02", "place", "walk_in", ())


def refer(kind: str, receiver: str, channel: str = "mediation", in_place_of: str | None = None) -> c.Refer:
    return c.Refer(kind, channel, w.agency_id(receiver), _about(in_place_of), "")


def assign(receiver: str, channel: str = "mediation") -> c.Assign:
    return c.Assign(channel, w.agency_id(receiver), "")


def deliver(label: str) -> c.Deliver:
    return c.Deliver(referral(label), "", 0)


def sign(label: str) -> c.Sign:
    return c.Sign(referral(label))


def accept(label: str) -> c.Accept:
    return c.Accept(referral(label), "")


def return_(label: str, suggested: str | None = None) -> c.Return:
    return c.Return(referral(label), "not_competent", "", w.agency_id(suggested) if suggested else None)


def withdraw(label: str) -> c.Withdraw:
    return c.Withdraw(referral(label), "")


def consent(label: str) -> c.Consent:
    return c.Consent(referral(label))


def decline(label: str) -> c.Decline:
    return c.Decline(referral(label), "")


def contest(label: str) -> c.Contest:
    return c.Contest(referral(label), "")


def settle(label: str) -> c.Settle:
    return c.Settle(referral(label), "")


def lapse(label: str) -> c.Lapse:
    return c.Lapse(referral(label))


def feedback(label: str, final: bool = False) -> c.Feedback:
    return c.Feedback(referral(label), final, "")


def recall(label: str) -> c.Recall:
    return c.Recall(referral(label), "")


def attempt(at: int = 0) -> c.Attempt:
    return c.Attempt(True, "", at, "", "")


def agreement(to: str, due_on: str | None = None) -> c.ReachAgreement | c.PerformAgreement | c.BreakAgreement:
    if to == w.REACHED:
        return c.ReachAgreement("written", None, due_on)
    return c.PerformAgreement("") if to == w.PERFORMED else c.BreakAgreement("")


def grade() -> c.Grade:
    return c.Grade("scheme", "raw", 3)


def report(*recipients: str) -> c.Report:
    return c.Report(tuple(w.agency_id(one) for one in recipients), "", "")


def acknowledge() -> c.Acknowledge:
    return c.Acknowledge("")


def supervise(agency: str) -> c.Supervise:
    return c.Supervise(w.agency_id(agency), "")


def answer() -> c.AnswerSupervision:
    return c.AnswerSupervision("")


def urge(name: str, label: str | None = None, debtor: str | None = None) -> c.Urge:
    return c.Urge(name, _about(label), w.agency_id(debtor) if debtor else None, "")


def close(outcome: str = "settled_privately") -> c.Close:
    return c.Close(outcome, "", True)


def reopen() -> c.Reopen:
    return c.Reopen("", False)


def void() -> c.Voiding:
    return c.Voiding("", None)


def breach(name: str, label: str | None = None, debtor: str | None = None) -> c.Breach:
    return c.Breach(name, _about(label), w.agency_id(debtor) if debtor else None)


def warn(name: str, label: str | None = None, debtor: str | None = None) -> c.Warn:
    return c.Warn(name, _about(label), w.agency_id(debtor) if debtor else None)


def recompute(name: str, since: int, label: str | None = None, debtor: str | None = None) -> c.Recompute:
    return c.Recompute(name, _about(label), w.agency_id(debtor) if debtor else None, since)


def succeed(closing: str) -> c.Succeed:
    return c.Succeed(w.agency_id(closing))


# --- agencies ---


def register_agency(code: str, kind: str, region: str, superior: str | None = None) -> a.RegisterAgency:
    up = w.agency_id(superior) if superior else None
    return a.RegisterAgency(code, code, kind, "", region, up, (), 0, False)


def amend_agency(code: str, kind: str, region: str, superior: str | None = None) -> a.AmendAgency:
    up = w.agency_id(superior) if superior else None
    return a.AmendAgency(w.agency_id(code), code, kind, "", region, up, (), 0, False)


def open_intake(code: str) -> a.OpenIntake:
    return a.OpenIntake(w.agency_id(code), "")


def close_intake(code: str) -> a.CloseIntake:
    return a.CloseIntake(w.agency_id(code), "")


def close_agency(code: str, successor: str) -> a.CloseAgency:
    return a.CloseAgency(w.agency_id(code), w.agency_id(successor), "")


def dissolve_agency(code: str) -> a.DissolveAgency:
    return a.DissolveAgency(w.agency_id(code), "")
