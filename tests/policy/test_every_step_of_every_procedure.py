"""Each docking procedure played by the machine to each of its ends, under each pack; elsewhere each step is refused."""

from __future__ import annotations

import pytest

from hub import words as w
from hub.aggregates.dispute import commands as c
from hub.policy import Pack, PackRefused, read_pack, shipped_policy
from hub.policy.codes import read_codes
from hub.policy.pack import CHANNELS
from hub.policy.pack_reading import BASE, WITH, _text
from hub.policy.procedures import Procedure, Step
from tests.custody.town import AGENCIES
from tests.given import Given, agencies, referral

PACKS = shipped_policy().packs
ALL = [(pack, procedure) for pack in PACKS for procedure in pack.procedures.values()]
NAMED = [f"{pack.id} {procedure.code}" for pack, procedure in ALL]
SENDER, RECEIVER, STRANGER = "court", "committee", "neighbours"


def open_to_all(pack: Pack) -> Pack:
    return pack._replace(senders={})


def start(pack: Pack, procedure: Procedure) -> Given:
    """A dispute with a referral between two agencies, and the custodian the sender of it: all may act."""
    made = Given(agencies(*AGENCIES), open_to_all(pack))
    made.given((SENDER, c.Register("02", "", "application", ()), "d"))
    made.given((SENDER, c.Inform("mediation", "all", "")))
    kind = w.NOTICE
    return made.given((SENDER, c.Refer(kind, procedure.channel, w.agency_id(RECEIVER), None, ""), "r"))


def who(step: Step) -> str:
    return RECEIVER if step.by == "receiver" else SENDER


def say(procedure: Procedure, step: Step, document: str = "1") -> c.Step:
    return c.Step(procedure.code, step.code, referral("r"), document, "")


def paths(procedure: Procedure) -> dict[str, list[str]]:
    """The shortest way to every step."""
    found: dict[str, list[str]] = {"": []}
    left = [""]
    while left:
        here = left.pop(0)
        for step in procedure.steps.values():
            if here in step.after and step.code not in found:
                found[step.code] = [*found[here], step.code]
                left.append(step.code)
    return found


def played(pack: Pack, procedure: Procedure, way: list[str]) -> Given:
    hub = start(pack, procedure)
    for code in way:
        step = procedure.steps[code]
        hub.when(who(step), say(procedure, step)).then("procedure.stepped")
    return hub


@pytest.mark.parametrize(("pack", "procedure"), ALL, ids=NAMED)
def test_every_step_can_be_reached_and_every_procedure_ends(pack: Pack, procedure: Procedure) -> None:
    ways = paths(procedure)
    assert set(ways) == {"", *procedure.steps}
    ends = [step for step in procedure.steps.values() if step.ends]
    assert ends
    for step in ends:
        hub = played(pack, procedure, ways[step.code])
        assert f"{procedure.code}/{step.code}" in hub["d"].marks
    forward = {name: [s.code for s in procedure.steps.values() if name in s.after] for name in procedure.steps}
    for name, onward in forward.items():
        assert onward or procedure.steps[name].ends, f"{procedure.code}/{name} leads nowhere and is no end"


@pytest.mark.parametrize(("pack", "procedure"), ALL, ids=NAMED)
def test_every_step_after_every_step_is_taken_or_refused_by_its_code(pack: Pack, procedure: Procedure) -> None:
    for here, way in paths(procedure).items():
        hub = played(pack, procedure, way)
        before = hub["d"]
        for step in procedure.steps.values():
            hub.disputes[before.id] = before
            hub.when(who(step), say(procedure, step))
            if step.code == here and not step.again:
                hub.nothing()
            elif here in step.after:
                hub.then("procedure.stepped")
            else:
                hub.refused("procedure.not_now")
            hub.disputes[before.id] = before
            if here in step.after and step.document:
                hub.when(who(step), say(procedure, step, "")).refused("field.missing")
            hub.disputes[before.id] = before
            stranger = RECEIVER if step.by in ("sender", "custodian") else SENDER if step.by == "receiver" else ""
            if stranger:
                hub.when(stranger, say(procedure, step)).refused("procedure.not_party")


def test_every_step_has_its_names_and_no_name_is_left_over() -> None:
    procedures, steps = read_codes("procedures").entries, read_codes("steps").entries
    assert {procedure.code for _, procedure in ALL} == set(procedures)
    assert {f"{p.code}/{step}" for _, p in ALL for step in p.steps} == set(steps)


def test_every_step_and_every_guard_has_its_basis() -> None:
    for pack, procedure in ALL:
        assert procedure.channel in CHANNELS and procedure.basis
        assert all(step.basis for step in procedure.steps.values()), procedure.code
        assert all(guard.basis for guard in pack.offers.guards.values()) and pack.offers.lock_basis


@pytest.mark.parametrize(
    ("day", "begins", "recognised"),
    [(0, True, "公安行政程序规定 §186"), (1, False, "公安行政程序规定 §186"), (2, False, "治安管理处罚法 (2025) §9")],
)
def test_what_changes_with_the_years(day: int, begins: bool, recognised: str) -> None:
    """Delegation before filing is the courts' way until 2024; recognition by the police is statute from 2026."""
    pack = PACKS[day]
    assert pack.may_begin("delegate", "532301.court") is begins
    assert pack.may_begin("entrust", "532301.court")
    assert pack.procedures["police"].steps["recognised"].basis.startswith(recognised)
    assert ("filed" in pack.procedures["police"].steps) is (day == 2)
    assert ("otherwise" in pack.procedures["entrust"].steps) is (day > 0)


class TestTheSwitchOfACourt:
    def begin(self, pack: Pack, step: str = "delegated") -> Given:
        hub = start(pack, pack.procedures["delegate"])
        hub.pack = pack
        return hub.when(SENDER, c.Step("delegate", step, referral("r"), "1", ""))

    def test_a_court_that_is_not_named_begins_none(self) -> None:
        self.begin(PACKS[2]).refused("procedure.switched_off")
        self.begin(PACKS[2], "told").refused("procedure.switched_off")
        self.begin(PACKS[0]).then("procedure.stepped")

    def test_a_court_that_an_overlay_names_does(self) -> None:
        own = '[senders]\ndelegate = ["court"]'
        texts = [_text(BASE), *map(_text, WITH["p2026"]), _text("p2026"), own]
        named = read_pack(*texts)
        self.begin(named).then("procedure.stepped")
        self.begin(read_pack(*texts, '[senders]\ndelegate = ["tribunal"]')).refused("procedure.switched_off")

    def test_what_has_begun_goes_on_and_does_not_begin_again(self) -> None:
        hub = self.begin(PACKS[0])
        hub.pack = PACKS[2]
        for step in ("failed", "filed"):
            procedure = PACKS[2].procedures["delegate"]
            hub.when(who(procedure.steps[step]), say(procedure, procedure.steps[step])).then("procedure.stepped")
        hub.when(SENDER, c.Step("delegate", "delegated", referral("r"), "2", "")).refused("procedure.switched_off")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ('[senders]\nnone = ["*"]', "senders.none: unknown procedure"),
        ('[senders]\ndelegate = "*"', "a list of agency codes"),
        ('[offers.courts]\nbasis = "b"', "offers.courts: unknown"),
        ("[offers.court]\nconsent = true", "offers.court: its basis is missing"),
        ('[offers.court]\nbasis = "b"\nkinds = ["delegations"]', "unknown kind delegations"),
        ('[offers.court]\nbasis = "b"\nwhat = 1', "offers.court.what: unknown"),
        ('[offers]\nlocked_by = ["filing/none"]', "unknown step filing/none"),
        ('[offers]\nlocked = ["courts"]', "unknown channel courts"),
        ('[offers]\nlock_basis = ""', "lock_basis: missing"),
        ('[offers]\nmediators = "committee"', "mediators: a list"),
        ('[shown.x]\namount = 1\nunit = "day"\nstart = "a"\nbasis = "b"\nbasis_kind = "default"', "from is missing"),
        ('[shown.x]\nfrom = ["petition/none"]', "unknown step petition/none"),
    ],
)
def test_a_pack_with_a_mistake_is_refused(more: str, why: str) -> None:
    with pytest.raises(PackRefused, match=why):
        read_pack(_text(BASE), *map(_text, WITH["p2026"]), _text("p2026"), more)


LETTERS = [
    "delegate/delegated",
    "entrust/entrusted",
    "police/referred",
    "settlement/proposed",
    "petition/handed_over",
    "to_police/sent",
    "to_police/receipted",
    "to_petition/sent",
    "to_petition/receipted",
    "labour_arbitration/told",
    "adjudication/handed",
    "reconsideration/told",
    "arbitration/told",
    "filing/told",
    "legal_aid/applied",
    "police/applied",
    "police/recognised",
]


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_or_receipt_has_its_number(letter: str) -> None:
    code, _, step = letter.partition("/")
    for pack in PACKS:
        procedure = pack.procedures[code]
        hub = played(pack, procedure, paths(procedure)[step][:-1])
        hub.when(who(procedure.steps[step]), say(procedure, procedure.steps[step], "")).refused("field.missing")
