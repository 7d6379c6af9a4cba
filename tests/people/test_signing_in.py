"""Signing in and out over HTTP: links, passwords, lock-outs, cookies, and when a session ends."""

import re
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from hub.store.people import LINK_LIFE
from hub.store.sessions import IDLE, LONGEST
from hub.web.passwords import AT_ONCE, NOBODYS, WAITING, Passwords, fault
from hub.web.problems import catalogue
from hub.words import HOUR, SECOND, agency_id
from tests.people.signed import DOMAIN, Response, Signed, sign_in
from tests.web.hubs import Trial

PASSWORD = "正确的 马 电池 订书钉"
PMC = "532301101.pmc"


def browser(trial: Trial, **options: Any) -> TestClient:
    return TestClient(trial.hub.app, raise_server_exceptions=False, follow_redirects=False, **options)


def linked(trial: Trial, user: str = "zhang", role: str = "clerk") -> str:
    """A person without a password, and the path of their link."""
    now = trial.clock.now()
    trial.hub.store.people.add(user, "张某某", role, agency_id(PMC), "值守岗", now)
    return f"/welcome/{trial.hub.store.people.new_link(user, now)}"


def choose(client: TestClient, path: str, password: str = PASSWORD, again: str | None = None) -> Response:
    return client.post(path, data={"password": password, "again": password if again is None else again})


def enter(client: TestClient, user: str = "zhang", password: str = PASSWORD, **more: str) -> Response:
    return client.post("/sign-in", data={"user": user, "password": password} | more)


def registered(trial: Trial, user: str = "zhang", role: str = "clerk") -> None:
    assert choose(browser(trial), linked(trial, user, role)).status_code == 303


def refused(answer: Response, status: int, code: str) -> None:
    assert (answer.status_code, code in answer.text) == (status, True), answer.text
    assert "set-cookie" not in answer.headers and catalogue()[code].zh in answer.text
    assert answer.headers["content-type"].startswith("text/html") and answer.headers["cache-control"] == "no-store"


def test_a_link_lets_in_once_after_a_password_was_chosen(trial: Trial) -> None:
    path, client = linked(trial), browser(trial)
    shown = client.get(path)
    assert shown.status_code == 200 and "张某某" in shown.text and "zhang" in shown.text
    assert client.get(path).status_code == 200  # looking uses nothing
    answer = choose(client, path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/account").status_code == 200
    for again in (browser(trial).get(path), choose(browser(trial), path)):
        refused(again, 410, "sign_in.link")
    assert enter(browser(trial)).status_code == 303


def test_an_old_and_an_unknown_link_and_a_disabled_persons_are_answered_alike(trial: Trial) -> None:
    old = linked(trial, "old")
    trial.clock.advance(LINK_LIFE)
    disabled = linked(trial, "disabled")
    trial.hub.store.people.disable("disabled", trial.clock.now())
    answers = [browser(trial).get(path) for path in (old, disabled, "/welcome/unknown", "/welcome/钥匙%00")]
    answers += [choose(browser(trial), path) for path in (old, disabled, "/welcome/unknown")]
    for answer in answers:
        refused(answer, 410, "sign_in.link")
    assert len({re.sub(r"/welcome/[^?\"]+", "", answer.text) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("password", "again", "code"),
    [
        ("short 123", None, "password.short"),
        ("", "", "password.short"),
        ("x" * 201, None, "password.long"),
        ("Zhang zhang", None, "password.name"),
        ("aabbccaabbcc", None, "password.plain"),
        (PASSWORD, PASSWORD + " ", "password.differs"),
    ],
)
def test_what_is_no_password_is_refused_and_the_link_still_works(
    trial: Trial, password: str, again: str | None, code: str
) -> None:
    path = linked(trial)
    refused(choose(browser(trial), path, password, again), 400, code)
    assert choose(browser(trial), path).status_code == 303


def test_a_password_is_what_people_see(trial: Trial) -> None:
    path = linked(trial)
    assert choose(browser(trial), path, "Correct horse 2026").status_code == 303
    assert enter(browser(trial), " ＺＨＡＮＧ ", "Ｃｏｒｒｅｃｔ ｈｏｒｓｅ ２０２６").status_code == 303
    assert enter(browser(trial), password="correct horse 2026").status_code == 403
    assert fault("a" + "bcdefghij", "abcdefghij", "a") == ""


def test_unknown_disabled_and_password_less_people_are_told_apart_from_a_wrong_password_by_nothing(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(trial)
    registered(trial, "gone")
    trial.hub.store.people.disable("gone", trial.clock.now())
    linked(trial, "new")
    compared: list[str | bytes] = []
    verify = PasswordHasher.verify

    def watch(self: PasswordHasher, kept: str | bytes, password: str | bytes) -> bool:
        compared.append(kept)
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", watch)
    answers = [
        enter(browser(trial), user, password)
        for user, password in (("zhang", "wrong"), ("gone", PASSWORD), ("new", PASSWORD), ("nobody", PASSWORD),
                               ("no\x00body", PASSWORD), ("", ""))
    ]  # fmt: skip
    for answer in answers:
        refused(answer, 403, "sign_in.wrong")
    pages = {re.sub(r'value="[^"]*"|autofocus', "", answer.text) for answer in answers[:4]}
    assert len(pages) == 1 and len({tuple(sorted(a.headers)) for a in answers[:4]}) == 1
    assert len(compared) == 6 and compared[0] != NOBODYS and compared[1:] == [NOBODYS] * 5  # a slow hash each time
    assert not Passwords().outdated(NOBODYS)  # as slow as anybody's


def test_after_too_many_tries_everybody_waits_the_same_and_not_for_ever(trial: Trial) -> None:
    registered(trial)
    known = browser(trial)
    assert enter(known).status_code == 303
    for user in ("zhang", "nobody"):
        stranger = browser(trial)
        for _ in range(5):
            refused(enter(stranger, user, "wrong"), 403, "sign_in.wrong")
        answer = enter(stranger, user)  # the right password does not help now
        refused(answer, 429, "sign_in.wait")
        assert answer.headers["retry-after"] == "30"
    assert enter(known).status_code == 303  # whom a stranger does not keep out
    trial.clock.advance(30 * SECOND)
    assert enter(browser(trial)).status_code == 303


def test_a_flood_is_refused_at_once(trial: Trial) -> None:
    registered(trial)
    passwords = trial.hub.parts.passwords
    for _ in range(AT_ONCE + WAITING):
        assert passwords._queue.acquire(blocking=False)
    answer = enter(browser(trial))
    refused(answer, 503, "sign_in.busy")
    for _ in range(AT_ONCE + WAITING):
        passwords._queue.release()
    assert enter(browser(trial)).status_code == 303


def test_the_session_cookie_is_out_of_reach(trial: Trial) -> None:
    registered(trial)
    for url, secure in (("http://hub.test", False), ("https://hub.test", True)):
        cookies = enter(browser(trial, base_url=url)).headers.get_list("set-cookie")
        assert [c.partition("=")[0] for c in cookies] == ["hub_session", "hub_browser"]
        for cookie in cookies:
            flags = {part.strip().lower() for part in cookie.split(";")[1:]}
            assert {"httponly", "samesite=lax", "path=/"} <= flags
            assert ("secure" in flags) is secure
        assert "max-age" not in cookies[0].lower()  # ends with the browser at the latest


def test_settings_make_cookies_secure_behind_a_proxy(trial: Trial) -> None:
    registered(trial)
    object.__setattr__(trial.hub.parts, "https", True)
    assert all("Secure" in c for c in enter(browser(trial)).headers.get_list("set-cookie"))


def test_each_signing_in_is_a_new_session_and_ends_the_one_before(trial: Trial) -> None:
    registered(trial)
    client = browser(trial)
    client.cookies.set("hub_session", "planted", domain=DOMAIN)
    enter(client)
    first = client.cookies["hub_session"]
    assert first != "planted"
    enter(client)
    assert client.cookies["hub_session"] != first
    other = browser(trial)
    other.cookies.set("hub_session", first, domain=DOMAIN)
    assert other.get("/account").status_code == 303


def leads_to_sign_in(answer: Response, there: str = "/account") -> bool:
    return answer.status_code == 303 and answer.headers["location"] == f"/sign-in?next={there}"


def test_a_session_ends_idle_and_at_the_latest(trial: Trial) -> None:
    signed = sign_in(trial)
    trial.clock.advance(IDLE - 1)
    assert signed.get("/account").status_code == 200
    trial.clock.advance(IDLE)
    assert leads_to_sign_in(signed.get("/account"))
    signed = sign_in(trial)
    for _ in range(23):
        trial.clock.advance(HOUR)
        assert signed.get("/account").status_code == 200
    trial.clock.advance(LONGEST - 23 * HOUR)
    assert leads_to_sign_in(signed.get("/account"))


def test_signing_out_ends_the_session_in_the_store(trial: Trial) -> None:
    signed = sign_in(trial)
    token = signed.client.cookies["hub_session"]
    answer = signed.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?out=1")
    assert "hub_session" not in signed.client.cookies
    assert "已退出登录" in signed.get("/sign-in?out=1").text
    signed.client.cookies.set("hub_session", token, domain=DOMAIN)
    assert leads_to_sign_in(signed.get("/account"))
    assert signed.post("/sign-out").headers["location"] == "/sign-in"  # signed out twice is signed out


def test_a_disabled_persons_session_ends_at_once_and_a_role_counts_at_once(trial: Trial) -> None:
    signed = sign_in(trial)
    assert signed.get("/").headers["location"] == "/desk"
    trial.hub.store.people.change("clerk", role="supervisor")
    assert signed.get("/").headers["location"] == "/board"
    trial.hub.store.people.disable("clerk", trial.clock.now())
    assert leads_to_sign_in(signed.get("/account"))


@pytest.mark.parametrize(
    ("role", "start"), [("clerk", "/desk"), ("supervisor", "/board"), ("auditor", "/board"), ("operator", "/account")]
)
def test_each_role_starts_where_its_work_is(trial: Trial, role: str, start: str) -> None:
    assert sign_in(trial, role, role).get("/").headers["location"] == start
    assert browser(trial).get("/").headers["location"] == "/sign-in"


def account(signed: Signed, **form: str) -> Response:
    return signed.post("/account", form)


def test_ones_own_password_is_changed_by_who_knows_it(trial: Trial) -> None:
    registered(trial)
    mine, other = sign_in(trial, "zhang"), sign_in(trial, "zhang")
    new = "一串 全新的 长密码 2026"
    refused(account(mine, do="password", old="wrong", password=new, again=new), 403, "sign_in.wrong")
    refused(account(mine, do="password", old=PASSWORD, password=new, again=PASSWORD), 400, "password.differs")
    before = mine.client.cookies["hub_session"]
    answer = account(mine, do="password", old=PASSWORD, password=new, again=new)
    assert answer.headers["location"] == "/account?done=password"
    assert "密码已修改" in mine.get("/account?done=password").text
    assert mine.client.cookies["hub_session"] != before and leads_to_sign_in(other.get("/account"))
    assert enter(browser(trial)).status_code == 403 and enter(browser(trial), password=new).status_code == 303


def test_guessing_the_old_password_is_bounded_too(trial: Trial) -> None:
    registered(trial)
    signed = sign_in(trial, "zhang")
    for _ in range(5):
        assert account(signed, do="password", old="wrong", password=PASSWORD, again=PASSWORD).status_code == 403
    answer = account(signed, do="password", old=PASSWORD, password=PASSWORD, again=PASSWORD)
    refused(answer, 429, "sign_in.wait")
    assert answer.headers["retry-after"] == "30"


def test_one_ends_ones_own_sessions_and_no_others(trial: Trial) -> None:
    mine, second, third, li = (sign_in(trial, user) for user in ("zhang", "zhang", "zhang", "li"))
    hashes = re.findall(r'name="session" value="(\w+)"', mine.get("/account").text)
    assert len(hashes) == 2
    theirs = trial.hub.store.sessions.of_person("li", trial.clock.now())[0].hash.hex()
    for named in (theirs, hashes[0], "", "zz"):
        assert account(mine, do="end", session=named).headers["location"] == "/account?done=ended"
    stand = [s.get("/account").status_code for s in (mine, second, third, li)]
    assert stand.count(303) == 1 and stand[0] == stand[3] == 200
    account(mine, do="end_others")
    assert [s.get("/account").status_code for s in (mine, second, third, li)] == [200, 303, 303, 200]
    refused(account(mine, do="something"), 400, "request.query")


def test_what_ones_role_may_not_is_a_problem_page_and_says_so(trial: Trial) -> None:
    from starlette.datastructures import FormData
    from starlette.requests import Request

    from hub.web.pages.visitors import visitor_of
    from hub.web.problems import Problem

    signed = sign_in(trial, "op", "operator")
    cookie = f"hub_session={signed.client.cookies['hub_session']}".encode()
    scope = {"type": "http", "method": "GET", "path": "/board", "headers": [(b"cookie", cookie)], "app": trial.hub.app}
    with pytest.raises(Problem) as why:
        visitor_of(Request(scope), "page.board", FormData())
    assert (why.value.code, why.value.detail) == ("sign_in.role", "page.board")
