"""What can be read off a page as it is sent: headers, cookies, well-formed HTML, forms, each language whole."""

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from hub.web.drawings.words import short_name
from hub.web.pages.places import place_name
from hub.web.pages.render import CSP
from tests.browser.scene import NOBODY, Scene, Who
from tests.browser.sights import SIGHTS, Sight
from tests.pages.reading import CHINESE, SHOWN, VOID, Reader, read
from tests.people.signed import Response

EVERY = pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
CODES = Path(__file__).resolve().parents[2] / "schemas" / "codes"
FORMS = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>.*?</form>", re.S)
# Latin words that a reader of Chinese pages meets: names of formats, of the other language, of a command.
LATIN = frozenset({"English", "HUB_DAYS_OFF", "Excel", "SVG", "hub", "user", "link", "role"})
RAW = frozenset({"Avro", "RFC", "SHA", "Merkle", "event", "events", "leaf", "sha256sum", "xxd", "printf", "UTF", "UTC"})
NAMED = re.compile("[A-Z][a-z]+[A-Z][A-Za-z]+")  # of a record of the contract
# Names that are no words: of an agency, of a policy pack and its overlay, of a calendar's data.
CODE = re.compile(r"\b\d{6,12}\.[a-z.]+\b|\bP\d{4}\.\d+(\+[a-z]+\.\d+)*|\bcn\d{4}\.\d+(\+\d+\.\d+)*")
WORD = re.compile(r"[A-Za-z][A-Za-z_]*[A-Za-z]")
AS_IS = frozenset(
    {"mono", "hash", "hex", "fields", "no", "number", "code"}
)  # classes of what is shown letter by letter


def opened(scene: Scene, who: Who | None) -> TestClient:
    """A browser without a window."""
    client = TestClient(scene.hub.app, raise_server_exceptions=False, follow_redirects=True)
    if who is not None:
        client.cookies.set("hub_session", scene.session(who), domain="testserver.local")
    return client


def fetched(scene: Scene, sight: Sight, **query: str) -> Response:
    """The page, its status as it must be."""
    path = sight.path(scene)
    more = "&".join(f"{name}={value}" for name, value in query.items())
    answer: Response = opened(scene, sight.who).get(f"{path}{'&' if '?' in path else '?'}{more}" if more else path)
    assert answer.status_code == sight.status, answer.text[:500]
    return answer


class Plain(HTMLParser):
    """What must not be in a page, and what points to what."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.inline: list[str] = []
        self.absolute: list[str] = []
        self.ids: set[str] = set()
        self.points: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.inline += [f"{tag} {name}" for name in given if name == "style" or name.startswith(("on", "hx-on"))]
        self.inline += [tag] if tag == "style" or (tag == "script" and not given.get("src")) else []
        self.ids |= {given["id"]} if "id" in given else set()
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form", "list"):
            self.points += [(name, target) for target in given.get(name, "").split()]
        for name in ("href", "src", "action", "formaction"):
            value = given.get(name, "")
            if value.startswith("#") and len(value) > 1:
                self.points.append((name, value[1:]))
            if urlsplit(value).netloc or urlsplit(value).scheme not in ("", "data"):
                self.absolute.append(value)


@EVERY
def test_headers(month: Scene, sight: Sight) -> None:
    headers = fetched(month, sight).headers
    assert headers["content-security-policy"] == CSP
    assert "unsafe" not in CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["referrer-policy"] in ("same-origin", "no-referrer")
    assert "server" not in headers


@EVERY
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_well_formed_and_every_form_guarded(month: Scene, sight: Sight, lang: str) -> None:
    text = fetched(month, sight, lang=lang).text
    ids = read(text).ids
    assert len(set(ids)) == len(ids), sorted({each for each in ids if ids.count(each) > 1})
    plain = Plain()
    plain.feed(text)
    assert plain.inline == []
    assert plain.absolute == []
    assert [point for point in plain.points if point[1] not in plain.ids] == []
    assert f'<html lang="{"en" if lang == "en" else "zh-CN"}"' in text
    assert re.search(r"<title>[^<]{3,}</title>", text)
    assert text.count("<h1") == 1
    if sight.who is not NOBODY:
        assert [form for form in FORMS.findall(text) if 'name="csrf" value="' not in form] == []


@EVERY
def test_wrong_tastes_count_for_nothing(month: Scene, sight: Sight) -> None:
    answer = fetched(month, sight, lang="%3Cscript%3E", theme="x%22y")
    assert '<html lang="zh-CN"' in answer.text
    assert "<script>" not in answer.text and 'x"y' not in answer.text


def test_the_cookies_are_out_of_reach(month: Scene) -> None:
    """Of scripts and of other sites' forms; over https they are marked for https only."""
    for base in ("http://testserver", "https://testserver"):
        client = TestClient(month.hub.app, base_url=base, follow_redirects=False)
        answer = client.post(
            month.link(Who("clerk", "532301.petition")),
            data={"password": "a long enough password", "again": "a long enough password"},
        )
        assert answer.status_code == 303, answer.text
        (cookie,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith("hub_session=")]
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
        assert ("Secure" in cookie) == base.startswith("https")


class English(Reader):
    """Texts that cannot be marked as Chinese (titles and descriptions) count as attributes."""

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("title", "desc") and data.strip():
            self.attributes.append((self.open[-1], self.langs[-1], data))
        else:
            super().handle_data(data)


@EVERY
def test_english_is_english(month: Scene, sight: Sight) -> None:
    """No Chinese outside of elements that say so; where none can say so, registered names and typed words at most."""
    reader = English()
    reader.feed(fetched(month, sight, lang="en").text)
    assert [text for lang, text in reader.texts if lang != "zh-CN" and CHINESE.search(text)] == []
    known = re.compile("|".join(sorted(map(re.escape, names(month)), key=len, reverse=True)))
    spoken = [value for _, lang, value in reader.attributes if lang != "zh-CN" and CHINESE.search(known.sub("", value))]
    assert spoken == []


def names(scene: Scene) -> set[str]:
    """Registered names of agencies and places, their short forms, and that of who is signed in."""
    registry = scene.hub.desk.registry()
    agencies = [agency.name for agency in registry.agencies.values()]
    places = [place_name(registry, agency.region) for agency in registry.agencies.values()]
    return {*agencies, *map(short_name, agencies), *places, "李某某"}


class Words(HTMLParser):
    """Latin words people read on a Chinese page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.skips = [False]
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        as_is = bool(AS_IS & set(given.get("class", "").split())) or given.get("lang") == "en"
        as_is = as_is or tag in ("script", "style", "kbd", "code") or ("type" in given and given.get("name") == "user")
        skip = self.skips[-1] or as_is
        if not skip:
            for name in SHOWN:
                self.found |= set(WORD.findall(CODE.sub("", given.get(name, ""))))
        if tag not in VOID:
            self.skips.append(skip)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.skips.pop()

    def handle_data(self, data: str) -> None:
        if not self.skips[-1] and not re.search(r"代码 |字段 ", data):
            self.found |= set(WORD.findall(CODE.sub("", data)))


def codes() -> set[str]:
    """Every code of the code lists that is a word."""
    listed = [item["code"] for path in CODES.glob("*.json") for item in json.loads(path.read_text())]
    return {str(code) for code in listed if re.fullmatch(r"[a-z_]{2,}", str(code))}


@EVERY
def test_chinese_is_chinese(month: Scene, sight: Sight) -> None:
    reader = Words()
    reader.feed(fetched(month, sight, lang="zh").text)
    systems = set(month.hub.store.credentials.systems()) | RAW if sight.name == "event" else set()
    found = {word for word in reader.found - systems if not NAMED.fullmatch(word)}
    assert sorted(found & codes()) == []
    assert sorted(found - LATIN) == []


def shape(href: str) -> tuple[str, str]:
    """Addresses that differ in numbers and names only are alike."""
    path, _, query = href.partition("?")
    names = sorted(pair.split("=", 1)[0] for pair in query.split("&") if "=" in pair)
    return re.sub(r"[0-9][0-9a-z.-]*|[0-9a-f-]{36}", "N", path), " ".join(names)


def test_every_link_leads_somewhere(month: Scene) -> None:
    """One of each shape, from every page, as whoever is shown it; files too."""
    tried: set[tuple[Who, tuple[str, str]]] = set()
    wrong = []
    for sight in SIGHTS:
        if sight.who is None or sight.status != 200:
            continue
        client = opened(month, sight.who)
        for href in re.findall(r'\bhref="(/[^"#]*)', fetched(month, sight).text):
            link = html.unescape(href)
            if link.startswith("/static/") or (sight.who, shape(link)) in tried:
                continue
            tried.add((sight.who, shape(link)))
            answer = client.get(link)
            if answer.status_code >= 400:
                wrong.append((sight.name, link, answer.status_code))
    assert wrong == []
    assert len(tried) > 100
