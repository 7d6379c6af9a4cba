"""Routes, description and policy table are one: each route bound to one action, each action to roles, all tried.

Pages are not in the description; who opens which is tried in ``tests/people/test_who_opens_what.py``.
"""

from typing import Any

import pytest
from fastapi.routing import APIRoute

from hub.access import ACTIONS, PUBLIC, ROLES
from hub.contract import load
from hub.web.app import create_app
from tests.web.hubs import Peer, Trial
from tests.web.test_bad_bodies_are_refused import problem

APP = create_app(load())
HIDDEN = {("/registry/{path:path}", method) for method in ("GET", "POST", "PUT", "DELETE")}
SAMPLE = {
    "command_id": "00000000-0000-4000-8000-000000000000", "dispute_id": "00000000-0000-4000-8000-000000000000",
    "agency": "nobody", "name": "kinds", "code": "hub.busy", "ident": "1", "subject": "none", "version": "latest",
    "path": "x", "form": "receipt",
}  # fmt: skip


def routes() -> dict[tuple[str, str], APIRoute]:
    return {(r.path, m): r for r in APP.routes if isinstance(r, APIRoute) for m in r.methods or ()}


def action(route: APIRoute) -> str:
    return str((route.openapi_extra or {})["x-action"])


def is_page(route: APIRoute) -> bool:
    return bool((route.openapi_extra or {}).get("x-page"))


API = {key: route for key, route in routes().items() if not is_page(route)}
PRIVATE = sorted(key for key, route in API.items() if ACTIONS[action(route)].roles is not PUBLIC)


def test_every_route_is_an_apiroute_bound_to_an_action_of_the_table() -> None:
    assert all(isinstance(route, APIRoute) for route in APP.routes)
    for route in routes().values():
        assert action(route) in ACTIONS


def test_description_and_routes_are_the_same_set() -> None:
    described: dict[tuple[str, str], dict[str, Any]] = {
        (path, method.upper()): operation
        for path, item in APP.openapi()["paths"].items()
        for method, operation in item.items()
    }
    assert set(described) | HIDDEN == set(API)
    for key, operation in described.items():
        assert operation["x-action"] == action(routes()[key])
        assert ("security" in operation) == (ACTIONS[operation["x-action"]].roles is not PUBLIC)


def test_every_action_is_of_a_route_or_of_what_a_route_decides_further() -> None:
    further = {"act.dispute", "act.screening", "act.intake", "act.registry", "read.parties", "read.detail"}
    further |= {action for action in ACTIONS if action.startswith("page.")} | {"act.person"}
    assert {action(route) for route in routes().values()} | further == set(ACTIONS)


def call(peer: Peer, path: str, method: str) -> Any:
    return peer.client.request(method, path.format(**SAMPLE), headers=peer.headers)


@pytest.fixture(scope="module")
def by_role(shared: Trial) -> dict[str, Peer]:
    return {role: shared.peer(f"a-{role}", role=role) for role in ROLES}


@pytest.mark.parametrize(("path", "method"), PRIVATE)
def test_no_key_and_a_wrong_key_are_401(shared: Trial, path: str, method: str) -> None:
    for headers in ({}, {"authorization": "Bearer hub_wrong"}, {"authorization": "Basic aHViOmh1Yg=="},
                    {"authorization": "Bearer "}):  # fmt: skip
        answer = shared.client.request(method, path.format(**SAMPLE), headers=headers)
        problem(answer, 401, "access.key")
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("path", "method"), PRIVATE)
def test_each_role_may_what_the_table_says(by_role: dict[str, Peer], role: str, path: str, method: str) -> None:
    allowed = role in ACTIONS[action(routes()[path, method])].roles
    answer = call(by_role[role], path, method)
    assert answer.status_code < 500
    refused = answer.status_code == 403 and answer.json()["detail"] == action(routes()[path, method])
    assert refused != allowed, (role, path, answer.status_code)


def test_public_routes_need_no_key(shared: Trial) -> None:
    for (path, method), route in API.items():
        if ACTIONS[action(route)].roles is PUBLIC:
            assert shared.client.request(method, path.replace(":path", "").format(**SAMPLE)).status_code not in (
                401,
                500,
            ), path


def test_a_revoked_key_and_a_disabled_system_end(trial: Trial) -> None:
    peer = trial.peer("leaver")
    credentials = trial.hub.store.credentials
    assert peer.get("/v1/position").status_code == 200
    credentials.revoke_key("leaver", credentials.keys("leaver")[0].fingerprint, trial.clock.now())
    trial.hub.keys.forget()
    problem(peer.get("/v1/position"), 401, "access.key")
    other = trial.peer("stopped")
    assert other.get("/v1/position").status_code == 200
    credentials.disable("stopped", trial.clock.now())
    trial.hub.keys.forget()
    problem(other.get("/v1/position"), 401, "access.key")


def test_an_unknown_route_and_method_are_problems(shared: Trial) -> None:
    problem(shared.client.get("/v1/nothing"), 404, "request.route")
    answer = shared.client.delete("/v1/submissions")
    problem(answer, 405, "request.method")
    assert answer.headers["allow"] == "POST"
