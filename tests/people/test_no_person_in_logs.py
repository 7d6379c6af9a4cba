"""No name, user name, password, link, cookie or csrf token reaches a log line, whatever goes wrong."""

import logging
from collections.abc import Iterator

import pytest

from hub.bootstrap import configure_logging
from tests.people.signed import sign_in
from tests.people.test_signing_in import browser, choose, enter, linked
from tests.web.hubs import Trial

USER, SHOWN, PASSWORD, WRONG = "canary-user", "张某某", "金丝雀 密码 canary-pass", "canary-wrong"


@pytest.fixture
def capture(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    configure_logging("json", "debug")
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the test's own client writes its URLs
    yield capsys


def test_nothing_of_a_person_is_written(
    capture: pytest.CaptureFixture[str], trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, client = linked(trial, USER), browser(trial)
    client.get(path)
    choose(client, path, PASSWORD, "x")
    choose(client, path, PASSWORD)
    choose(client, path, PASSWORD)
    for password in (WRONG, PASSWORD):
        enter(client, USER, password)
    for _ in range(6):
        enter(browser(trial), USER, WRONG)
    signed = sign_in(trial, USER)
    signed.post("/account", {"do": "password", "old": WRONG, "password": PASSWORD, "again": PASSWORD})
    signed.get(f"/account?x={USER}")
    signed.client.post("/sign-out", data={"csrf": WRONG})
    browser(trial).post("/account", data={"reason": WRONG, "csrf": signed.csrf})

    def broken(*_: object) -> None:
        raise RuntimeError(f"{USER} {PASSWORD}")

    with monkeypatch.context() as patched:
        patched.setattr(trial.hub.store.people, "password", broken)
        assert enter(browser(trial), f"{USER}2", PASSWORD).status_code == 500
        patched.setattr(trial.hub.store.sessions, "_find", broken)
        assert signed.get("/account").status_code == 500
    cookies = [c.value for c in client.cookies.jar] + [signed.client.cookies["hub_session"]]
    signed.post("/sign-out")
    written = capture.readouterr().err
    assert written.count("http.request") > 15 and "sign_in.refused" in written and "sign_in.done" in written
    secrets = [USER, SHOWN, PASSWORD, WRONG, path.removeprefix("/welcome/"), signed.csrf, *[c for c in cookies if c]]
    assert len(secrets) >= 9
    for secret in secrets:
        assert secret not in written and secret.encode("unicode_escape").decode() not in written, secret
