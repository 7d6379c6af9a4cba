"""Every page is bound to one action of the policy table, asks for its visitor by that very action, and each role of
people passes where the table says so.
"""

from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from starlette.datastructures import FormData
from starlette.requests import Request

from hub.access import ACTIONS, PEOPLE, PUBLIC
from hub.web.pages.visitors import SHOWING, Visitor, visiting, visitor_of
from hub.web.problems import Problem
from tests.people.signed import sign_in
from tests.web.hubs import Trial
from tests.web.test_who_may_call_what import SAMPLE, action, is_page, routes

PAGES = {key: route for key, route in routes().items() if is_page(route)}
PRIVATE = sorted(key for key, route in PAGES.items() if ACTIONS[action(route)].roles is not PUBLIC)
PEOPLES = sorted(
    name for name, line in ACTIONS.items() if line.roles is not PUBLIC and not line.roles.isdisjoint(PEOPLE)
)


def asks(dependant: Dependant) -> list[str]:
    """The actions of all visitors a route asks for."""
    own = [getattr(dependant.call, "action", "")]
    return [name for name in own if name] + [name for below in dependant.dependencies for name in asks(below)]


def test_every_page_asks_for_its_visitor_by_the_action_it_is_bound_to() -> None:
    assert len(PRIVATE) >= 4
    for key, route in PAGES.items():
        private = ACTIONS[action(route)].roles is not PUBLIC
        assert asks(route.dependant) == ([action(route)] if private else []), key
        assert not route.include_in_schema
    with pytest.raises(ValueError, match="needs no visitor"):
        visiting("page.sign_in")


def test_a_page_that_changes_something_is_no_get() -> None:
    assert all(route.methods in ({"GET"}, {"POST"}) for route in PAGES.values())


@pytest.mark.parametrize(("path", "method"), PRIVATE)
def test_without_a_session_every_page_leads_to_sign_in(shared: Trial, path: str, method: str) -> None:
    from tests.people.test_signing_in import browser

    class Any_(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return "x"

    client, where = browser(shared), path.replace(":path", "").format_map(Any_(SAMPLE))
    for cookie in ("", "hub_session=x", "hub_session="):
        answer = client.request(method, where, headers={"cookie": cookie})
        if method in SHOWING or path == "/sign-out":
            assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
        else:
            assert answer.status_code == 403 and 'action="/sign-in"' in answer.text


@pytest.fixture(scope="module")
def cookies(shared: Trial) -> dict[str, str]:
    return {role: sign_in(shared, f"a-{role}", role).client.cookies["hub_session"] for role in PEOPLE}


def visits(trial: Trial, cookie: str, name: str) -> Visitor:
    headers = [(b"cookie", f"hub_session={cookie}".encode())]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": headers, "app": trial.hub.app}
    return visitor_of(Request(scope), name, FormData())


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("name", [*PEOPLES, "page.nothing"])
def test_each_role_opens_what_the_table_says(shared: Trial, cookies: dict[str, str], role: str, name: str) -> None:
    if name in ACTIONS and role in ACTIONS[name].roles:
        visitor = visits(shared, cookies[role], name)
        assert visitor.may(name) and visitor.person.role == role and visitor.stays()
        return
    with pytest.raises(Problem) as why:
        visits(shared, cookies[role], name)
    assert (why.value.code, why.value.detail) == ("sign_in.role", name)


def test_what_a_role_may_not_is_a_page_that_says_so_and_nothing_happens(shared: Trial, cookies: dict[str, str]) -> None:
    """Over HTTP, with the table as it is for ``/account`` and a role nobody gave it to."""
    shared.hub.store.people.add("nobody", "无角色", "clerk", b"x" * 16, "", shared.clock.now())
    signed = sign_in(shared, "nobody")
    before, ACTIONS["page.account"] = ACTIONS["page.account"], ACTIONS["act.registry"]
    try:
        answer = signed.get("/account")
        assert answer.status_code == 403 and "你的角色不能做这件事" in answer.text and "sign_in.role" in answer.text
        assert signed.post("/sign-out").status_code == 403
    finally:
        ACTIONS["page.account"] = before
    assert signed.get("/account").status_code == 200
