"""A published code never leaves its list, and only codes of a list are taken, whatever day it is."""

from __future__ import annotations

import pytest

from hub.aggregates.wire import CODE_LISTS, OPEN, code_list
from hub.contract import Unreadable
from hub.policy.codes import read_codes
from tests.contract.test_commands_are_checked_at_the_edge import GOOD, read

# As the lists were before they were dated. Codes may be added to a list; nothing here may go.
PUBLISHED = {
    "agency_kinds": (
        "centre committee industry_committee department_committee group court procuratorate police petition "
        "justice department party_government arbitration reconsideration notary legal_aid hotline other"
    ),
    "agency_levels": "group village township city prefecture",
    "agency_states": "active closing dissolved",
    "agreement_forms": "written oral",
    "agreement_states": "reached performed broken",
    "categories": "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22",
    "channels": "court police procuratorate petition mediation exit",
    "conclusion_causes": "feedback closed recalled came_back superseded merged",
    "dispute_states": "open closed void",
    "grades": "1 2 3 4",
    "kinds": "transfer delegation escalation assignment assistance notice",
    "obligations": "sign accept consent settle feedback progress answer acknowledge perform",
    "outcomes": (
        "performed settled_privately unreachable unwilling no_deal expired refused_signature to_police sham "
        "out_of_scope taken_elsewhere other"
    ),
    "party_kinds": "person legal_person organisation",
    "party_roles": "applicant respondent third",
    "people_roles": "clerk supervisor auditor operator",
    "referral_states": "offered signed accepted concluded returned withdrawn lapsed",
    "return_reasons": (
        "not_competent missing_record wrong_branch excluded_by_law taken_elsewhere no_consent "
        "conflict_of_interest duplicate other"
    ),
    "settlements": "upheld dropped overruled merged",
    "sources": "proactive application court procuratorate police petition department",
    "system_roles": "agency operator supervisor auditor",
    "withdrawal_causes": "sender consented redirected superseded came_back merged",
}
TRIED = [(command, name) for command, name in sorted(CODE_LISTS) if command in GOOD]


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_code_stays_in_its_list_and_its_order(name: str) -> None:
    published = PUBLISHED[name].split()
    assert [code for code in read_codes(name).entries if code in published] == published


@pytest.mark.parametrize(("command", "name"), TRIED)
def test_every_code_of_the_list_is_taken_and_no_other(command: str, name: str) -> None:
    codes = code_list(CODE_LISTS[command, name])
    assert codes == set(read_codes(CODE_LISTS[command, name]).entries)
    left_out = {""} if (command, name) in OPEN else set()
    for code in codes | left_out:
        assert read(command, **{name: code}).body
    for wrong in (
        {"", "none such", "0", *(code + " " for code in codes), *(f"{code}x" for code in codes)} - codes - left_out
    ):
        with pytest.raises(Unreadable) as refused:
            read(command, **{name: wrong})
        assert (refused.value.code, refused.value.field) == ("field.unknown_code", name)
