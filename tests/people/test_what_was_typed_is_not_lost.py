"""A form whose session ran out while it was filled in: nothing happens, nothing is lost, nothing is sent unasked."""

import html
import re

from hub.store.sessions import IDLE
from tests.people.signed import Signed, sign_in
from tests.people.test_signing_in import PASSWORD, browser, enter, registered
from tests.web.hubs import Trial

TYPED = '经核实，<b>纠纷</b>发生在东瓜镇 "永安" 社区。\n第二行'


def ran_out(trial: Trial) -> Signed:
    registered(trial)
    signed = sign_in(trial, "zhang")
    trial.clock.advance(IDLE)
    return signed


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return html.unescape(found[1])


def test_what_was_typed_is_shown_after_signing_in_and_sent_when_its_author_says_so(trial: Trial) -> None:
    signed = ran_out(trial)
    answer = signed.post("/account", {"do": "end_others", "reason": TYPED})
    assert answer.status_code == 403 and "没有提交" in answer.text
    kept, there = hidden(answer.text, "kept"), hidden(answer.text, "next")
    assert there == "/account" and signed.csrf not in answer.text
    wrong = enter(signed.client, "zhang", "wrong", kept=kept, next=there)
    assert wrong.status_code == 403 and hidden(wrong.text, "kept") == kept  # nor by a mistyped password
    page = enter(signed.client, "zhang", kept=kept, next=there)
    assert page.status_code == 200 and 'action="/account"' in page.text
    assert html.escape(TYPED, quote=False).partition(" ")[0] in page.text and "<b>" not in page.text
    assert (hidden(page.text, "do"), hidden(page.text, "reason")) == ("end_others", TYPED)
    sent = signed.client.post("/account", data={"csrf": hidden(page.text, "csrf"), "do": "end_others", "reason": TYPED})
    assert sent.headers["location"] == "/account?done=ended"


def test_a_form_left_open_in_another_tab_works_again_after_signing_in(trial: Trial) -> None:
    signed = ran_out(trial)
    assert enter(signed.client, "zhang").status_code == 303
    assert signed.post("/account", {"do": "end_others"}).status_code == 303


def test_but_not_for_somebody_else_at_the_same_computer(trial: Trial) -> None:
    signed = ran_out(trial)
    registered(trial, "li")
    assert enter(signed.client, "li").status_code == 303
    assert signed.post("/account", {"do": "end_others"}).status_code == 403


def test_a_part_of_a_page_becomes_the_sign_in_page(trial: Trial) -> None:
    answer = ran_out(trial).post("/account", {"reason": TYPED}, **{"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-retarget"]) == (403, "body") and TYPED[:3] in answer.text


def test_another_origins_form_is_not_kept(trial: Trial) -> None:
    answer = browser(trial).post("/account", data={"reason": TYPED}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403 and "sign_in.origin" in answer.text and TYPED[:3] not in answer.text


def test_what_is_no_kept_form_leads_on_as_if_there_were_none(trial: Trial) -> None:
    registered(trial)
    for kept in ("x", "[]", "{}", '[["a"]]', '[["a", 1]]', "[" * 50_000, "null", '"x"'):
        answer = enter(browser(trial), "zhang", PASSWORD, kept=kept, next="/account")
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), kept
        assert "hub_session" in answer.headers["set-cookie"]


def test_what_is_kept_is_only_ever_sent_here(trial: Trial) -> None:
    registered(trial)
    page = enter(browser(trial), "zhang", kept='[["a", "b"]]', next="https://evil.example/")
    assert page.status_code == 200 and 'action="/"' in page.text and "evil" not in page.text
