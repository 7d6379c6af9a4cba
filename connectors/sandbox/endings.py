"""Every end that a city's matters can come to, played by its agencies: what is played, and which ends were reached.

``play`` runs all stories of ``dockings``, ``handovers`` and ``climbs`` on a stage; ``ends`` tells from what reached the
inboxes which ends came about, so that whoever knows what the rules declare can compare.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from connectors.city.agency import Agency
from connectors.client import Event

from . import climbs, dockings, handovers
from .case import Case
from .stage import Stage, Story
from .world import World


class Ends(NamedTuple):
    """What was reached. ``packs``: those the clocks ran under, and ``undated`` for events that set none."""

    steps: set[str]  # procedure/step
    referrals: set[tuple[str, str, str]]  # channel, kind, end
    outcomes: set[str]  # of closings; void
    ladders: set[tuple[str, str, str]]  # branch, entry, state
    exemptions: set[str]
    packs: set[str]


def cast(city: Sequence[Agency], top: str, village: str) -> dict[str, Agency]:
    """Who plays: the organs of region ``top``, the committees and the police station around a village unit.

    ``city`` has all of them under the codes of ``connectors.city.agency``; KeyError names what it lacks.
    """
    by_code = {a.code: a for a in city}
    town = village[:9]
    neighbour = next(
        a.region for a in city if a.level == "village" and a.region.startswith(town) and a.region != village
    )
    codes = {
        "centre": f"{top}.centre", "court": f"{top}.court", "procuratorate": f"{top}.procuratorate",
        "petition": f"{top}.petition", "justice": f"{top}.justice", "city": f"{top}.pmc",
        "industry": f"{top}.pmc.labour", "labour": f"{top}.dept.hrss", "nature": f"{top}.dept.nature",
        "police": f"{town}.police", "town": f"{town}.pmc", "village": f"{village}.pmc",
        "village2": f"{neighbour}.pmc", "group": f"{village}.group",
    }  # fmt: skip
    return {role: by_code[code] for role, code in codes.items()}


def above(city: Sequence[Agency], members: Iterable[Agency]) -> list[Agency]:
    """These agencies and all above them, in the city's order."""
    by_code = {a.code: a for a in city}
    wanted: set[str] = set()
    for agency in members:
        here: Agency | None = agency
        while here is not None and here.code not in wanted:
            wanted.add(here.code)
            here = by_code.get(here.superior)
    return [a for a in city if a.code in wanted]


def play(world: World, city: Sequence[Agency], top: str, village: str, year: str, start: int, *, ladder: bool) -> Stage:
    """All stories under the pack of a year; the stage afterwards. ``start``: instant of the first act, in that year."""
    members = cast(city, top, village)
    stage = Stage(world, above(city, members.values()), members, start)
    ids = {role: agency.id for role, agency in members.items()}
    merged = Case(ids)
    stage.play([
        *dockings.stories(ids, year),
        *handovers.stories(ids, ladder),
        *(climbs.stories(ids, village) if ladder else ()),
        ("void", _void(Case(ids))),
        ("reopened", _reopened(Case(ids))),
    ])  # fmt: skip
    stage.play([("merged: handed over", _handed_over(merged))])
    stage.operate("close_agency", subject=ids["village2"], successor=ids["village"], reason="合并（演练）")
    stage.play([("merged: succeeded", _succeeded(merged))])
    stage.operate("dissolve_agency", subject=ids["village2"], reason="承继完毕")
    return stage


def _void(case: Case) -> Story:
    yield from case.register("town")
    yield from case.say("void", "town", reason="重复登记")


def _reopened(case: Case) -> Story:
    """Closed, visited, opened again by who held it last."""
    yield from case.register("town")
    yield from case.close("town")
    yield from case.say("visit", "town", performance="no_agreement", satisfaction="", note="")
    yield from case.say("reopen", "town", grounds="当事人再起争执", relapse=True)
    yield from case.close("town")


def _handed_over(case: Case) -> Story:
    """Accepted by an agency that is then merged into the sender: the two ends become one."""
    yield from case.register("village")
    yield from case.refer("village", "village2", "transfer", "mediation")
    yield from case.take("village2")


def ends(events: Iterable[Event]) -> Ends:
    """Which ends these events are. Events of a dispute come in their order."""
    found = Ends(set(), set(), set(), set(), set(), set())
    known: dict[str, dict[str, Any]] = {}  # what each referral was offered as
    for event in events:
        fields = event.fields
        if fields is not None and "custodian" in fields:
            found.packs.add(fields["pack"] or "undated")
            if event.type.startswith("referral."):
                _referral(found, event.type, fields, known)
            elif event.type == "procedure.stepped":
                found.steps.add(f"{fields['machine']}/{fields['step']}")
            elif event.type in ("dispute.closed", "dispute.voided"):
                found.outcomes.add(fields.get("outcome", "void"))
            elif event.type == "ladder.stood":
                found.ladders.add((fields["branch"], fields["entry"], fields["state"]))
                found.exemptions.update({fields["exemption"]} - {""})
    return found


def _referral(found: Ends, type: str, fields: dict[str, Any], known: dict[str, dict[str, Any]]) -> None:
    if type in ("referral.offered", "referral.assigned"):
        known[fields["referral"]] = {"kind": "assignment", "accepted": False, **fields}
        return
    of, what = known[fields["referral"]], type.removeprefix("referral.")
    if what == "accepted":
        of["accepted"] = True
    elif what == "returned":
        found.referrals.add((of["channel"], of["kind"], "returned late" if of["accepted"] else "returned"))
    elif what in ("concluded", "withdrawn"):
        found.referrals.add((of["channel"], of["kind"], f"{what}/{fields['cause']}"))
    elif what == "settled":
        found.referrals.add((of["channel"], of["kind"], f"settled/{fields['outcome']}"))
    elif what == "lapsed" or (what == "signed" and of["kind"] == "notice"):
        found.referrals.add((of["channel"], of["kind"], what))


def _succeeded(case: Case) -> Story:
    yield from case.hear()  # the hub has moved the baton by now
    yield from case.close("village")
