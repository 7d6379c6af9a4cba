"""Who may act: for one's own agency only, never as the hub, with the session's token, and somebody stands behind it."""

import html

import pytest

from hub.words import agency_id, text
from tests.pages.city import (
    HAMLET,
    REASON,
    TOWN,
    VILLAGE,
    City,
    form_of,
    told,
)

pytestmark = pytest.mark.usefixtures("no_waiting")


# --- who may ----------------------------------------------------------------------------------------------------------


def test_nobody_acts_for_another_agency(city: City) -> None:
    """The agency is the person's own, whatever a form says; a dispute outside of their scope is not there."""
    case, offer = city.received()
    village = city.clerk(VILLAGE)
    form = form_of(village, "sign", case, offer)
    answer = village.post("/act/sign", form | {"agency": text(agency_id(TOWN))})
    assert told(answer) == (409, "referral.not_receiver", "agency")
    stranger = city.clerk(HAMLET)
    assert stranger.client.get("/act/sign", params={"dispute": case, "referral": offer}).status_code == 404
    assert stranger.post("/act/sign", form | {"csrf": stranger.csrf}).status_code == 404


@pytest.mark.parametrize("act", ["lapse", "breach", "deliver", "warn", "recompute", "succeed", "register_agency", ""])
def test_the_hubs_own_commands_are_on_no_page(city: City, act: str) -> None:
    person = city.clerk(TOWN)
    assert person.get(f"/act/{act}").status_code == 404
    assert person.post(f"/act/{act}", {"nonce": "x" * 20, "dispute": city.case(TOWN)}).status_code == 404


@pytest.mark.parametrize("role", ["auditor", "operator"])
def test_who_acts_on_nothing_is_shown_no_form(city: City, role: str) -> None:
    person = city.clerk(TOWN, role=role)
    case = city.case(TOWN)
    assert person.client.get("/act/void", params={"dispute": case}).status_code == 403
    assert person.post("/act/void", {"nonce": "x" * 20, "dispute": case}).status_code == 403


def test_without_the_token_nothing_is_sent(city: City) -> None:
    case = city.case(TOWN)
    person = city.clerk(TOWN)
    form = form_of(person, "void", case)
    answer = person.client.post("/act/void", data={k: v for k, v in form.items() if k != "csrf"})
    assert answer.status_code == 403 and "sign_in.csrf" in answer.text
    assert city.last(case)[0] == "dispute.registered"


def test_an_expired_session_keeps_what_was_typed_and_where_one_was(city: City) -> None:
    case = city.case(TOWN)
    person = city.clerk(TOWN)
    form = form_of(person, "void", case)
    person.client.cookies.delete("hub_session")
    shown = person.client.get("/act/void", params={"dispute": case})
    assert shown.status_code == 303 and shown.headers["location"].startswith("/sign-in?next=/act/void%3Fdispute%3D")
    answer = person.post("/act/void", form | {"reason": REASON})
    assert answer.status_code == 403 and REASON in html.unescape(answer.text)
    assert city.last(case)[0] == "dispute.registered"
