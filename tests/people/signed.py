"""A signed-in person for tests of pages: a client with the session cookie, and what its forms carry."""

from collections.abc import Mapping
from typing import Any

import httpx2
from starlette.testclient import TestClient

from hub.words import agency_id
from tests.web.hubs import Trial

Response = httpx2.Response
DOMAIN = "testserver.local"  # what the client's cookies are kept under


class Signed:
    """A person's browser: keeps cookies, follows no redirect by itself, sends the csrf token with ``post``."""

    def __init__(self, client: TestClient, csrf: str, user: str) -> None:
        self.client = client
        self.csrf = csrf
        self.user = user

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=headers)

    def post(self, path: str, form: Mapping[str, Any] | None = None, /, **headers: str) -> Response:
        return self.client.post(path, data={"csrf": self.csrf, **(form or {})}, headers=headers)


def sign_in(
    trial: Trial, user: str = "clerk", role: str = "clerk", agency: str = "532301101.pmc", duty: str = "值守岗"
) -> Signed:
    """A person of this role at the agency with this code, made where there is none of the name, in a new browser.

    The session is opened in the store: no password, no waiting. Any further call is another browser of the same person.
    """
    store, now = trial.hub.store, trial.clock.now()
    if store.people.person(user) is None:
        store.people.add(user, "张某某", role, agency_id(agency), duty, now)
    token = store.sessions.open(user, now)
    client = TestClient(trial.hub.app, raise_server_exceptions=False, follow_redirects=False)
    client.cookies.set("hub_session", token, domain=DOMAIN)
    session = store.sessions.of(token, now)
    assert session is not None
    return Signed(client, session.csrf, user)
