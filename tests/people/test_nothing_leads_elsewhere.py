"""``next`` leads to pages of this hub only, however it is written; and back to where one was."""

import pytest

from hub.web.pages.there import safe
from tests.people.signed import sign_in
from tests.people.test_signing_in import browser, enter, registered
from tests.web.hubs import Trial

ELSEWHERE = [
    "", "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "evil.example", "/\t/evil.example", "/\n//evil.example", "\t//evil.example", " //evil.example", "/ /evil",
    "javascript:alert(1)", "http:evil.example",
    "/a\\b", "/a\x00b", "/a\r\nset-cookie: x=y", "?next=/", "#x", "/sign-in",
    "/sign-in?next=/board", "/sign-out", "/welcome/x", "//", "/" + "/" * 2_000,
]  # fmt: skip
HERE = ["/", "/board", "/board?channel=police&agency=532301.centre", "/disputes/532301-2026-00001#why", "/a//b", "/a:b",
        "/signs", "/disputes?q=%E9%B9%BF"]  # fmt: skip


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_elsewhere_is_the_start_page(wanted: str) -> None:
    assert safe(wanted) == "/"


@pytest.mark.parametrize("wanted", HERE)
def test_a_page_of_ours_is_itself(wanted: str) -> None:
    assert safe(wanted) == wanted


def test_letters_are_escaped_and_long_addresses_cut() -> None:
    assert safe("/disputes?q=鹿城\ud800") == "/disputes?q=%E9%B9%BF%E5%9F%8E?"
    assert len(safe("/" + "a" * 9_000)) == 2_000


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_nobody_is_led_elsewhere(shared: Trial, wanted: str) -> None:
    if shared.hub.store.people.person("zhang") is None:
        registered(shared)
    client = browser(shared)
    assert client.get("/sign-in", params={"next": wanted}).status_code == 200
    answer = enter(client, next=wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    answer = client.get("/sign-in", params={"next": wanted})  # signed in already
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_one_comes_back_to_where_one_was(trial: Trial) -> None:
    registered(trial)
    client = browser(trial)
    answer = client.get("/account?done=ended&lang=en")
    assert answer.headers["location"] == "/sign-in?next=/account%3Fdone%3Dended%26lang%3Den"
    assert 'name="next" value="/account?done=ended&amp;lang=en"' in client.get(answer.headers["location"]).text
    assert enter(client, next="/account?done=ended&lang=en").headers["location"] == "/account?done=ended&lang=en"


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(trial: Trial) -> None:
    client = browser(trial)
    answer = client.get("/account", headers={"hx-request": "true", "hx-current-url": "http://testserver/board?wall=1"})
    assert answer.status_code == 401 and answer.headers["hx-redirect"] == "/sign-in?next=/board%3Fwall%3D1"
    answer = client.get("/account", headers={"hx-request": "true", "hx-current-url": "https://evil.example//x"})
    assert answer.headers["hx-redirect"] == "/sign-in"


def test_who_is_signed_in_goes_on_at_once(trial: Trial) -> None:
    assert sign_in(trial).get("/sign-in?next=/account").headers["location"] == "/account"
