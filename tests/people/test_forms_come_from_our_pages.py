"""Whatever changes something is taken only from our own pages: token and origin, for each way to send a form."""

import pytest

from tests.people.signed import Response, Signed, sign_in
from tests.people.test_signing_in import browser, choose, enter, linked, refused
from tests.web.hubs import Trial

HOST = "http://testserver"
FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": HOST},
    {"origin": "https://evil.example"},
    {"origin": "http://testserver.evil.example"},
    {"origin": "http://testserver:8081"},
    {"origin": "null"},
]
OURS = [
    {"sec-fetch-site": "same-origin", "origin": HOST},
    {"sec-fetch-site": "same-origin", "origin": "null"},
    {"origin": HOST},
    {"origin": "https://testserver"},  # TLS ends in front of us
    {},
]


def stands(signed: Signed) -> bool:
    return signed.get("/account").status_code == 200


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_origins_form_is_refused_even_with_the_token(trial: Trial, headers: dict[str, str]) -> None:
    signed = sign_in(trial)
    answer = signed.post("/sign-out", **headers)
    assert answer.status_code == 403 and "sign_in.origin" in answer.text and stands(signed)


@pytest.mark.parametrize("headers", OURS)
def test_our_own_form_is_taken(trial: Trial, headers: dict[str, str]) -> None:
    signed = sign_in(trial)
    assert signed.post("/sign-out", **headers).status_code == 303 and not stands(signed)


def test_a_missing_a_wrong_and_another_sessions_token_are_refused(trial: Trial) -> None:
    signed, other = sign_in(trial), sign_in(trial)
    assert other.csrf != signed.csrf

    def sent(**form: str) -> Response:
        return signed.client.post("/sign-out", data=form)

    for answer in (
        sent(),
        sent(csrf=""),
        sent(csrf="x"),
        sent(csrf="错"),
        sent(csrf=other.csrf),
        sent(x=signed.csrf),
        signed.client.post(f"/sign-out?csrf={signed.csrf}"),
        signed.client.post("/sign-out", json={"csrf": signed.csrf}),
        signed.client.post("/sign-out", headers={"x-csrf": other.csrf}, data={"csrf": signed.csrf}),
    ):
        refused(answer, 403, "sign_in.csrf")
    assert stands(signed)


def test_the_token_may_stand_in_a_header(trial: Trial) -> None:
    signed = sign_in(trial)
    assert signed.client.post("/sign-out", headers={"x-csrf": signed.csrf}).status_code == 303
    signed = sign_in(trial)
    parts = {"csrf": (None, signed.csrf)}
    assert signed.client.post("/sign-out", files=parts).status_code == 303  # multipart, no file


def test_files_and_endless_forms_are_refused(trial: Trial) -> None:
    signed = sign_in(trial)
    answer = signed.client.post("/sign-out", data={"csrf": signed.csrf}, files={"f": ("a.txt", b"x")})
    assert answer.status_code == 400
    many = "&".join(f"f{n}=1" for n in range(2_001))
    headers = {"content-type": "application/x-www-form-urlencoded", "x-csrf": signed.csrf}
    assert signed.client.post("/sign-out", content=many, headers=headers).status_code == 400
    assert signed.client.post("/sign-out", content="a=" + "x" * 300_000, headers=headers).status_code == 413
    assert stands(signed)


@pytest.mark.parametrize("headers", FOREIGN)
def test_nobody_is_signed_in_by_another_origin(trial: Trial, headers: dict[str, str]) -> None:
    path = linked(trial)
    client = browser(trial, headers=headers)
    refused(choose(client, path), 403, "sign_in.origin")
    assert choose(browser(trial), path).status_code == 303
    refused(enter(client), 403, "sign_in.origin")


def test_pages_tell_browsers_to_name_their_origin_and_let_forms_lead_here_only(trial: Trial) -> None:
    answer = browser(trial).get("/sign-in")
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "form-action 'self'" in answer.headers["content-security-policy"]
