"""Only who may see the dispute gets its documents, by either way in, and masked names only who may see them."""

from __future__ import annotations

import re
import uuid

import pytest

from hub.web.documents import MEDIA_TYPE
from tests.documents.story import MASKED, Paper, Story
from tests.pages.city import CENTRE, HOUSING, TOWN, VILLAGE
from tests.pages.reading import code_of
from tests.people.signed import Signed
from tests.web.hubs import Peer
from tests.web.test_bad_bodies_are_refused import problem


@pytest.fixture(scope="module")
def stranger(told: Story) -> Peer:
    """A system of a committee that never had a part in the disputes."""
    return told.peer("stranger", HOUSING)


@pytest.fixture(scope="module")
def clerk(told: Story) -> Signed:
    return told.clerk(TOWN)


@pytest.mark.parametrize("path", ["", "/registration", "/registration?event=1", "/love", "/registration?event=77"])
def test_another_agencys_dispute_is_not_there(told: Story, stranger: Peer, path: str) -> None:
    hidden = stranger.get(f"/v1/disputes/{told.case_}/documents{path}")
    absent = stranger.get(f"/v1/disputes/{uuid.uuid4()}/documents{path}")
    assert problem(hidden, 404, "dispute.unknown") == problem(absent, 404, "dispute.unknown")


@pytest.mark.parametrize("path", ["registration", "registration?event=1", "love"])
def test_nor_on_its_page(told: Story, path: str) -> None:
    outsider = told.clerk(HOUSING)
    hidden = outsider.get(f"/disputes/{told.number(told.case_)}/documents/{path}")
    absent = outsider.get(f"/disputes/532301-2026-77777/documents/{path}")
    assert (hidden.status_code, code_of(hidden)) == (absent.status_code, code_of(absent)) == (404, "dispute.unknown")
    bodies = [re.sub(r"532301-2026-\d+", "?", answer.text) for answer in (hidden, absent)]
    assert bodies[0] == bodies[1]


def test_without_a_key_or_a_session(told: Story) -> None:
    path = f"/disputes/{told.case_}/documents/registration"
    problem(told.client.get(f"/v1{path}"), 401, "access.key")
    assert told.client.get(path, follow_redirects=False).headers["location"].startswith("/sign-in")


def test_an_operator_gets_none(told: Story) -> None:
    operator = told.peer("keeper", role="operator")
    problem(operator.get(f"/v1/disputes/{told.case_}/documents"), 403, "access.denied")
    answer = told.clerk(CENTRE, role="operator").get(f"/disputes/{told.case_}/documents/registration")
    assert (answer.status_code, code_of(answer)) == (403, "sign_in.role")


@pytest.mark.parametrize(("form", "event", "field"), [
    ("love", None, "form"), ("visit", None, "form"), ("registration", 2, "event"), ("registration", 10**6, "event"),
    ("..%2fvisit", None, None),
])  # fmt: skip
def test_a_document_the_dispute_has_not(told: Story, form: str, event: int | None, field: str | None) -> None:
    query = f"?event={event}" if event else ""
    answer = told.system.get(f"/v1/disputes/{told.failed}/documents/{form}{query}")
    if field is None:
        assert answer.status_code == 404
    else:
        problem(answer, 404, "document.unknown", field)


@pytest.mark.parametrize("event", ["0", "-1", "x", "9" * 30])
def test_an_event_that_is_no_version(told: Story, clerk: Signed, event: str) -> None:
    answer = told.system.get(f"/v1/disputes/{told.case_}/documents/registration?event={event}")
    assert answer.status_code in (400, 404)
    page = clerk.get(f"/disputes/{told.case_}/documents/registration?event={event}")
    assert page.status_code == answer.status_code


def test_the_same_file_by_either_way_in(told: Story, clerk: Signed) -> None:
    for item in told.documents(told.case_):
        by_page = clerk.get(f"/disputes/{told.number(told.case_)}/documents/{item['form']}?event={item['event']}")
        by_key = told.system.get(item["href"])
        assert by_page.content == by_key.content and by_page.status_code == by_key.status_code == 200
        for answer in (by_page, by_key):
            assert answer.headers["content-type"] == MEDIA_TYPE and answer.headers["cache-control"] == "no-store"
            assert answer.headers["content-disposition"] == by_key.headers["content-disposition"]


def test_masked_names_only_for_who_may_see_them(told: Story) -> None:
    number = told.number(told.case_)
    for form in ("registration", "agreement", "termination", "feedback_letter"):
        seen = {}
        for role in ("supervisor", "auditor"):
            person = told.clerk(CENTRE, role=role)
            seen[role] = Paper(person.get(f"/disputes/{number}/documents/{form}")).text
            seen[role] += Paper(told.peer(f"{role}-{form}", CENTRE, role=role).get(
                f"/v1/disputes/{told.case_}/documents/{form}")).text  # fmt: skip
        assert seen["supervisor"].count(MASKED) == 2 and MASKED not in seen["auditor"], form


def test_no_file_holds_more_of_a_person_than_the_masked_name(told: Story) -> None:
    """Neither commitment nor salt, neither ids nor the login of who asks; and the name is in no property."""
    for item in told.documents(told.case_):
        paper = Paper(told.clerk(VILLAGE, user="zhang.san").get(item["href"].removeprefix("/v1")))
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|(ab){4}|zhang", paper.text), item
        known = paper.document.core_properties
        assert MASKED not in f"{known.title}{known.subject}{known.author}{known.comments}{known.keywords}"
