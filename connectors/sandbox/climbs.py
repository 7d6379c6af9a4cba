"""The ladder (首调责任制) to each of its ends: by every branch from every entry, by every exemption.

For a pack that has one (Chuxiong's). The hub itself issues the escalations; the agencies hear of them in their inboxes.
"""

from __future__ import annotations

from collections.abc import Iterator

from .case import LIMIT, Case, Cast, rest
from .stage import Story

PATHS = {"02": ("group", "village", "town", "city"), "10": ("industry", "city")}  # by category: civil, industry
DAY_LATER = 25 / 24  # two sessions count as two only with a day between them


def stories(ids: Cast, place: str) -> Iterator[tuple[str, Story]]:
    """All of them, each with its name. ``place``: the village unit where it happened."""
    for category, path in PATHS.items():
        for entry in range(len(path)):
            organs = path[entry:]
            yield f"ladder {category}: exhausted from {organs[0]}", _exhausted(Case(ids, category, place), organs)
            yield f"ladder {category}: resolved by {organs[0]}", _resolved(Case(ids, category, place), organs[0])
    for result in ("refused", "withdrawn"):
        yield f"ladder: terminated, {result}", _ended(Case(ids, place=place), result)
    yield "ladder: terminated, third no-show", _no_show(Case(ids, place=place))
    yield "ladder: terminated, unwilling", _unwilling(Case(ids, place=place))
    for how in ("broken_off", "grade", "R1"):
        yield f"ladder: suspended, {how}", _suspended(Case(ids, place=place), how)
    for code in ("R4", "R5", "R6"):
        yield f"ladder: off, {code}", _off(Case(ids, place=place), code)
    for code in ("R2", "R3", "R7"):
        yield f"ladder: skipped, {code}", _skipped(Case(ids, place=place), code)
    yield "ladder: another branch", _branch(Case(ids, place=place))
    yield "ladder: escalations come to nothing", _nothing(Case(ids, place=place))
    yield "ladder: an escalation comes back", _back(Case(ids, place=place))
    yield "ladder: a returned escalation is assigned", _overruled(Case(ids, place=place))
    yield "ladder: an escalation is superseded", _superseded(Case(ids, place=place))


def _tried(case: Case, by: str, times: int = 2) -> Story:
    for _ in range(times):
        yield from rest(DAY_LATER)
        yield from case.attempt(by)


def _exhausted(case: Case, organs: tuple[str, ...]) -> Story:
    """Two attempts each all the way up; the last organ keeps it until the parties were told of the exits."""
    yield from case.register(organs[0])
    for organ, above in zip(organs, (*organs[1:], ""), strict=True):
        yield from _tried(case, organ)
        if above:
            yield from case.hear()
            yield from case.take(above)
    yield from case.say("inform", organs[-1], subject="exits", answer="all", note="")
    yield from case.close(organs[-1])


def _resolved(case: Case, by: str) -> Story:
    yield from case.register(by)
    yield from case.attempt(by, "agreed_all")
    yield from case.agree(by)
    yield from case.say("perform_agreement", by, note="")
    yield from case.close(by, "performed")


def _ended(case: Case, result: str) -> Story:
    yield from case.register("village")
    yield from case.attempt("village", result)
    yield from case.close("village", "unwilling")


def _no_show(case: Case) -> Story:
    """The first is not counted, the second is, the third is a refusal."""
    yield from case.register("village")
    for _ in range(3):
        yield from rest(DAY_LATER)
        yield from case.attempt("village", "no_show")
    yield from case.close("village", "unreachable")


def _unwilling(case: Case) -> Story:
    yield from case.register("village")
    yield from case.say("ladder", "village", act="end")
    yield from case.close("village", "unwilling")


def _suspended(case: Case, how: str) -> Story:
    """Risk or crime stops the ladder; it is climbed on afterwards."""
    yield from case.register("village")
    if how == "grade":
        yield from case.say("grade", "village", scheme="四色", grade="红", ordinal=1)
    elif how == "R1":
        yield from _exempt(case, how)
    else:
        yield from case.attempt("village", how)
    yield from case.say("report", "village", recipients=[case.ids["centre"]], grade="红", content="重大矛盾纠纷报告")
    yield from case.say("acknowledge", "centre", instruction="联合处置")
    yield from case.say("ladder", "village", act="resume", consent=True)
    yield from case.say("ladder", "village", act="end")
    yield from case.close("village", "to_police")


def _exempt(case: Case, code: str) -> Story:
    yield from case.say("ladder", "village", act="exempt", exemption=code, reason="经批准", approver=case.ids["centre"])


def _off(case: Case, code: str) -> Story:
    yield from case.register("village")
    yield from _exempt(case, code)
    yield from case.close("village", "taken_elsewhere")


def _skipped(case: Case, code: str) -> Story:
    yield from case.register("village")
    yield from _exempt(case, code)
    yield from case.refer("village", "town", "escalation", "mediation")
    yield from case.take("town")
    yield from _tried(case, "town")
    yield from case.hear()
    yield from case.take("city")
    yield from case.close("city")


def _branch(case: Case) -> Story:
    """From the civil branch to the industry's: its counters begin anew, the total does not."""
    yield from case.register("village")
    yield from case.refer("village", "town", "escalation", "mediation", codes=("ladder.tries_left",))
    yield from _tried(case, "village", 1)
    yield from case.say("ladder", "village", act="branch", branch="industry")
    yield from case.refer("village", "industry", "escalation", "mediation")
    yield from case.take("industry")
    yield from _tried(case, "industry")
    yield from case.hear()
    yield from case.take("city")
    yield from _tried(case, "city")
    yield from case.close("city")


def _nothing(case: Case) -> Story:
    """Withdrawn, withdrawn by consent, redirected, lapsed; returned once, never for being too hard; then assigned."""
    yield from case.register("village")
    yield from _tried(case, "village")
    yield from case.hear()
    yield from case.about("withdraw", "village", reason="")
    yield from case.hear()
    yield from case.about("sign", "town")
    yield from case.about("withdraw", "village", reason="")
    yield from case.about("consent", "town")
    yield from case.hear()
    yield from case.refer("village", "town", "escalation", "mediation", instead=case.referral)
    yield from rest(LIMIT)
    yield from case.hear()
    yield from case.about("return", "town", reason_code="not_competent", reason="太难", codes=("ladder.return_reason",))
    yield from case.give_back("town", reason="missing_record")
    yield from case.excuse("village", "town")
    yield from case.about("contest", "village", grounds="两次调解记录已附")
    yield from case.about("settle", "city", reason="退回理由成立")
    yield from case.assign("centre", "town", "mediation")
    yield from case.close("town")


def _overruled(case: Case) -> Story:
    """A return of an escalation that is contested and overruled."""
    yield from case.register("village")
    yield from _tried(case, "village")
    yield from case.hear()
    yield from case.give_back("town", reason="wrong_branch")
    yield from case.about("contest", "village", grounds="属民间纠纷")
    yield from case.assign("centre", "town", "mediation", basis="common_superior")
    yield from case.close("town")


def _back(case: Case) -> Story:
    """Accepted and then returned by consent; another accepted, and custody comes back by an offer."""
    yield from case.register("group")
    yield from _tried(case, "group")
    yield from case.hear()
    yield from case.take("village")
    yield from case.refer("village", "group", "transfer", "mediation")
    yield from case.take("group")
    yield from case.refer("group", "village", "escalation", "mediation")
    yield from case.take("village")
    yield from case.give_back("village", reason="wrong_branch")
    yield from case.about("consent", "group")
    yield from case.close("group")


def _superseded(case: Case) -> Story:
    yield from case.register("village")
    yield from _tried(case, "village")
    yield from case.hear()
    yield from case.assign("centre", "city", "mediation")
    yield from case.close("city")
