"""A clerk's day without any script: sign → accept → feedback → close, by the page's own buttons and forms only."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.pages.city import TOWN, VILLAGE, City
from tests.pages.reading import words
from tests.people.signed import Signed


class Form:
    """A form as a browser without script sees it: what it sends when one of its buttons is pressed."""

    def __init__(self, ident: str, method: str, action: str) -> None:
        self.ident, self.method, self.action = ident, method, action
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[dict[str, str]] = []


class Page(HTMLParser):
    """The forms of a page, also those whose buttons stand elsewhere."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.here: Form | None = None
        self.button: dict[str, str] | None = None
        self.area: dict[str, str] | None = None
        self.select: dict[str, str] | None = None
        self.feed(source)

    def _of(self, attrs: dict[str, str]) -> Form | None:
        return next((f for f in self.forms if f.ident and f.ident == attrs.get("form")), self.here)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in given}
        form = self._of(attrs)
        if tag == "form":
            self.here = Form(attrs.get("id", ""), attrs.get("method", "get"), attrs.get("action", ""))
            self.forms.append(self.here)
        elif form is None or not tag:
            return
        elif tag == "button" and attrs.get("type", "submit") == "submit":
            self.button = attrs | {"text": ""}
            form.buttons.append(self.button)
        elif tag == "input" and "name" in attrs:
            ticked = attrs.get("type") not in ("checkbox", "radio") or "checked" in attrs
            if ticked:
                form.fields.append((attrs["name"], attrs.get("value", "")))
        elif tag == "textarea":
            self.area = attrs | {"text": ""}
        elif tag == "select":
            self.select = attrs | {"value": "", "first": ""}
        elif tag == "option" and self.select is not None and ("selected" in attrs or not self.select["first"]):
            self.select |= {"value": attrs.get("value", ""), "first": "seen"}

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.here = None
        elif tag == "button":
            self.button = None
        elif tag == "textarea" and self.area is not None and self.here is not None:
            self.here.fields.append((self.area["name"], self.area["text"]))
            self.area = None
        elif tag == "select" and self.select is not None and self.here is not None:
            self.here.fields.append((self.select["name"], self.select["value"]))
            self.select = None

    def handle_data(self, data: str) -> None:
        for part in (self.button, self.area):
            if part is not None:
                part["text"] += data


class Browser:
    """Follows what a page offers, and nothing else."""

    def __init__(self, city: City, person: Signed) -> None:
        self.city, self.person = city, person
        self.text, self.where = "", ""

    def go(self, where: str) -> None:
        self.city.hub.settle()
        answer = self.person.get(where)
        for _ in range(3):
            if answer.status_code != 303:
                break
            answer = self.person.get(answer.headers["location"])
        assert answer.status_code == 200, (where, answer.status_code, words(answer.text))
        self.text, self.where = answer.text, where

    def press(self, label: str, **typed: str) -> None:
        """The first button with this label, its form filled in first."""
        pairs = [(f, b) for f in Page(self.text).forms for b in f.buttons if b["text"].strip() == label]
        assert pairs, (label, words(self.text))
        form, button = pairs[0]
        fields = [(n, typed.pop(n) if n in typed else v) for n, v in form.fields] + list(typed.items())
        if "name" in button:
            fields.append((button["name"], button.get("value", "")))
        action = button.get("formaction") or form.action
        if form.method == "get":
            self.go(f"{action}?{urlencode(fields)}")
            return
        answer = self.person.client.post(
            action, content=urlencode(fields), headers={"content-type": "application/x-www-form-urlencoded"}
        )
        assert answer.status_code == 303, (label, answer.status_code, words(answer.text))
        self.go(answer.headers["location"])


@pytest.fixture
def city(tmp_path: Path, no_waiting: None) -> Iterator[City]:
    made = City(tmp_path)
    yield made
    made.close()


def test_sign_accept_feedback_close(city: City) -> None:
    case = city.case(VILLAGE)
    city.offer(case, VILLAGE, TOWN, "escalation")
    browser = Browser(city, city.clerk(TOWN))
    browser.go("/")
    assert "待签收 1" in words(browser.text)
    browser.press("签收")
    assert "已签收" in words(browser.text) and "责任单位： 东兴社区调委会" in words(browser.text)
    browser.press("受理")
    assert "受理后责任从东兴社区调委会转到本单位" in words(browser.text).replace(" ", "")
    browser.press("受理", handler="专职调解员岗")
    assert "已受理" in words(browser.text) and "责任单位： 鹿城镇调委会" in words(browser.text)
    browser.press("填反馈")
    browser.press("报送反馈", content="已联系双方，约定周五调解")
    assert "已反馈" in words(browser.text)
    browser.press("记调解")
    browser.press("记录", result="no_deal", mode="face_to_face", place="镇调解室")
    browser.press("办结")
    browser.press("办结", outcome="settled_privately", summary="自行和解")
    assert "已办结" in words(browser.text)
    assert [topic for topic, _ in city.events(case)][-7:] == [
        "referral.offered", "referral.signed", "referral.accepted", "feedback.given", "attempt.held",
        "referral.concluded", "dispute.closed",
    ]  # fmt: skip
    assert city.custodian(case) == TOWN


def test_return_and_redirect_by_hand(city: City) -> None:
    case = city.case(VILLAGE)
    city.offer(case, VILLAGE, TOWN)
    town, village = Browser(city, city.clerk(TOWN)), Browser(city, city.clerk(VILLAGE))
    town.go("/desk?tab=sign")
    town.press("退回")
    town.press("退回给东兴社区调委会", reason_code="not_competent", suggested="鹿城派出所", reason="有治安隐患")
    assert city.last(case)[0] == "referral.returned"
    village.go("/desk?tab=act")
    village.press("移送")
    village.press("发出移送", kind="transfer", channel="police", receiver="永安社区调委会")
    village.go("/desk?tab=sent")
    village.press("改派")
    village.press("改派", receiver="鹿城派出所")
    village.press("催办")
    assert [topic for topic, _ in city.events(case)][-3:] == [
        "referral.withdrawn", "referral.offered", "obligation.urged",
    ]  # fmt: skip
    village.press("撤回")
    village.press("撤回", reason="已平静")
    assert city.last(case)[0] == "referral.withdrawn"


def test_rows_are_ticked_and_signed_for_together(city: City) -> None:
    for _ in range(3):
        city.received()
    browser = Browser(city, city.clerk(TOWN))
    browser.go("/desk?tab=sign")
    browser.go("/desk?tab=sign&ticked=1")  # 全选本页, a link inside noscript
    assert "ticked=1" in browser.text
    browser.press("批量签收所选")
    assert "已签收 3 件" in words(browser.text)


def test_registering_leads_to_the_new_dispute_or_back(city: City) -> None:
    browser = Browser(city, city.clerk(TOWN))
    browser.go("/act/register?back=/desk")
    typed = {"category": "03", "place": "永安社区", "source": "proactive", "party_name_0": "李四"}
    browser.press("登记", **typed)
    assert "已登记" in words(browser.text)
