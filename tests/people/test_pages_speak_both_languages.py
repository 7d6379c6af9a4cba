"""The pages of signing in, in Chinese and English, whole: nothing untranslated, nothing of another origin or inline."""

import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from tests.people.signed import sign_in
from tests.people.test_signing_in import browser, choose, enter, linked, registered
from tests.web.hubs import Trial

VOID = {"meta", "link", "input", "br", "use", "path", "circle", "img", "rect"}


class Texts(HTMLParser):
    """What a reader sees and hears, without what is marked as another language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[str] = []
        self.loaded: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        lang = given.get("lang") or (self.open[-1][1] if self.open else "")
        if tag not in VOID:
            self.open.append((tag, lang))
        said = [given[k] for k in ("title", "placeholder", "aria-label") if k in given]
        self.found += [text for text in said if lang != "zh-CN"]
        self.loaded += [given[k] for k in ("src", "href", "action") if k in given and not given[k].startswith("#")]
        self.inline += [k for k in given if k.startswith("on") or k == "style"]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, lang = self.open[-1] if self.open else ("", "")
        if tag == "script" and data.strip():
            self.inline.append(data)
        if lang != "zh-CN" or tag == "html":
            self.found.append(data)


def read(page: str) -> Texts:
    texts = Texts()
    texts.feed(page)
    return texts


def pages(trial: Trial, lang: str) -> dict[str, str]:
    """Every page of signing in, as it looks in each of its states."""
    q = f"?lang={lang}"
    path = linked(trial, f"new-{lang}")
    registered(trial, f"user-{lang}", "supervisor")
    user = f"user-{lang}"

    def client() -> TestClient:
        made = browser(trial)
        made.cookies.set("hub_lang", lang)
        return made

    signed = sign_in(trial, user)
    sign_in(trial, user)
    signed.client.cookies.set("hub_lang", lang)
    found = {
        "sign-in": client().get(f"/sign-in{q}"),
        "out": client().get(f"/sign-in{q}&out=1"),
        "wrong": enter(client(), user, "wrong"),
        "welcome": client().get(path + q),
        "link": client().get("/welcome/x" + q),
        "account": signed.get(f"/account{q}"),
        "changed": signed.get(f"/account{q}&done=password"),
        "ended": signed.get(f"/account{q}&done=ended"),
        "csrf": signed.client.post(f"/account{q}"),
        "kept": client().post("/account", data={"do": "x"}),
        "resume": enter(client(), user, kept='[["reason", "a b"], ["do", "x"]]'),
        "origin": browser(trial).post(f"/account{q}", headers={"sec-fetch-site": "cross-site"}),
    }
    for password, again in (("x", "x"), ("0123456789", "012345678"), ("a" * 10, "a" * 10), ("a" * 201, "")):
        found[password] = client().post(path, data={"password": password, "again": again})
    for _ in range(5):
        enter(client(), user, "wrong")
    found["wait"] = enter(client(), user, "wrong")
    return {name: answer.text for name, answer in found.items()}


@pytest.fixture(scope="module")
def english(shared: Trial) -> dict[str, str]:
    return pages(shared, "en")


def test_in_english_there_is_no_chinese_but_names(english: dict[str, str]) -> None:
    for name, page in english.items():
        assert '<html lang="en"' in page, name
        texts = [re.sub("张某某|值守岗|中文", "", text) for text in read(page).found]  # names, and the other language's
        chinese = [text.strip() for text in texts if re.search("[一-鿿]", text)]
        assert chinese == [], (name, chinese)


def test_in_chinese_there_is_no_english_sentence(shared: Trial) -> None:
    for name, page in pages(shared, "zh").items():
        assert '<html lang="zh-CN"' in page, name
        texts = [t.strip() for t in read(page).found if t.strip()]
        words = [t for t in texts if re.search(r"[a-z]{3,} [a-z]{2,}", re.sub("hub user (link|role)", "", t))]
        assert words == [], (name, words)
        assert any(re.search("[一-鿿]", t) for t in read(page).found)


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_inline(english: dict[str, str]) -> None:
    for name, page in english.items():
        found = read(page)
        assert all(re.match(r"(/(?!/)|data:,|\?)", where) for where in found.loaded), (name, found.loaded)
        assert found.inline == [] and "http://" not in page and "https://" not in page, name


def test_markup_in_names_and_in_what_was_typed_is_text(trial: Trial) -> None:
    bad = '<script>alert(1)</script>"><img src=x>'
    trial.hub.store.people.add("li", bad, "clerk", b"x" * 16, bad, trial.clock.now())
    signed = sign_in(trial, "li")
    path = f"/welcome/{trial.hub.store.people.new_link('li', trial.clock.now())}"
    kept = trial.client.post("/account", data={"reason": bad, bad: bad}).text
    answers = [signed.get("/account").text, trial.client.get(path).text, kept, enter(trial.client, bad, bad).text,
               trial.client.get("/sign-in", params={"next": "/" + bad, "lang": bad}).text]  # fmt: skip
    choose(browser(trial), path)
    answers.append(enter(browser(trial), "li", kept=f'[["{bad[:8]}", "a {bad[:8]}"]]').text)
    for page in answers:
        assert "<script>" not in page and "<img" not in page


@pytest.mark.parametrize("lang", ["fr", "", "zh-TW", "english"])
def test_a_wrong_language_is_chinese(shared: Trial, lang: str) -> None:
    assert '<html lang="zh-CN"' in browser(shared).get("/sign-in", params={"lang": lang}).text


def test_a_region_makes_no_other_language(trial: Trial) -> None:
    for asked, spoken in (("en-US", "en"), ("EN", "en"), ("zh-TW", "zh-CN"), ("fr", "zh-CN")):
        client = browser(trial)
        assert f'<html lang="{spoken}"' in client.get("/sign-in", params={"lang": asked}).text
        assert f'<html lang="{spoken}"' in client.get("/sign-in").text  # and it is remembered


def test_a_used_link_speaks_to_the_person_and_not_to_the_operator(trial: Trial) -> None:
    for lang in ("zh", "en"):
        shown = browser(trial).get("/welcome/used-already", params={"lang": lang})
        assert shown.status_code == 410 and "hub user" not in shown.text
