"""What goes wrong in offices: a session that ran out, another agency's case, two at once, long words, markup."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, expect
from starlette.testclient import TestClient

from hub.bootstrap.hub import Hub
from hub.words import agency_id, text
from tests.browser.scene import SUPERVISOR, Scene, Town, Who
from tests.browser.sights import SIGHTS, Sight
from tests.browser.watch import Watch
from tests.pages.city import COURT, TOWN, VILLAGE, City, form_of
from tests.pages.reading import read, words

PASSWORD = "correct horse battery"
AT_TOWN, AT_COURT = Who("clerk", TOWN), Who("clerk", COURT)
REASON = '属房屋质量问题，建议转住建部门。"引号" <b>尖括号</b>'
NAME = '<b>x</b> & "y" 调解委员会'
SCRIPT = "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>"


def offered(town: Town, upto: str = "", masked: str = "张某某") -> str:
    """A dispute of the village, offered to the township; its id."""
    dispute = town.city.case(VILLAGE, masked=masked)
    town.city.offer(dispute, VILLAGE, TOWN, upto=upto)
    town.hub.settle()
    return dispute


def test_a_session_that_ran_out_loses_no_word(chrome: Browser, town: Town) -> None:
    """Under a row: the words come back after signing in, on the form they were meant for."""
    dispute = offered(town)
    user, link = town.user(AT_TOWN), town.link(AT_TOWN)
    welcomed = TestClient(town.hub.app, follow_redirects=False).post(
        link, data={"password": PASSWORD, "again": PASSWORD}
    )
    assert welcomed.status_code == 303
    page = town.page(chrome, AT_TOWN)
    page.goto(f"{town.url}/desk")
    page.locator("button[data-key=r]").click()
    page.locator("select[name=reason_code]").select_option("not_competent")
    page.locator("textarea[name=reason]").fill(REASON)
    page.context.clear_cookies(name="hub_session")
    page.locator("tr.inline-form button[type=submit]").click()
    expect(page.locator("input[name=password]")).to_be_visible()
    assert town.city.last(dispute)[0] == "referral.offered"
    page.fill("input[name=user]", user)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("属房屋质量问题")
    assert town.city.last(dispute)[0] == "referral.offered", "nothing is sent unasked"
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#said")).to_be_visible()
    topic, body = town.city.last(dispute)
    assert (topic, body.reason) == ("referral.returned", REASON)
    page.context.close()


def test_another_agencys_case_is_not_there(town: Town) -> None:
    """By no address, in no list, in no sum; as if it did not exist, word for word."""
    dispute = offered(town, masked="王某某")
    number = town.city.number(dispute)
    referral = text(town.city.state(dispute).referrals[0].id)
    clerk = town.city.clerk(COURT)
    missing = dispute[:-1] + ("0" if dispute[-1] != "0" else "1")
    event = town.position
    for path in (
        f"/disputes/{number}", f"/disputes/{dispute}", f"/disputes/{number}/events.xlsx",
        f"/disputes/{number}/lanes.svg", f"/disputes/{number}/news?since=1", f"/events/{event}",
        f"/act/close?dispute={dispute}",         f"/act/sign?dispute={dispute}&referral={referral}",
    ):  # fmt: skip
        answer = clerk.get(path)
        assert answer.status_code == 404, (path, answer.status_code)
        assert number not in words(answer.text).replace(path, "") and "王某某" not in answer.text, path
        if dispute in path:
            gone = clerk.get(path.replace(dispute, missing))
            assert words(gone.text) == words(answer.text), path
    own = town.city.case(COURT)
    form = form_of(clerk, "close", own) | {"outcome": "other", "dispute": dispute}
    assert clerk.post("/act/close", form).status_code == 404
    assert clerk.get(f"/desk?agency={TOWN}").status_code == 403
    for path in ("/desk", "/board", "/disputes", f"/disputes?q={number}", "/limits", "/referrals", "/flows"):
        answer = clerk.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        shown = words(answer.text).replace(number, "") if path.startswith("/disputes?q") else words(answer.text)
        assert number.split("-", 1)[1] not in shown, path
    big = words(clerk.get("/board").text)
    assert "全部 0 件" in big or "未签收 0" in big, big[:300]
    assert town.city.last(dispute)[0] == "referral.offered"


def test_ten_thousand_characters_come_back_with_the_field_named(chrome: Browser, town: Town) -> None:
    dispute = offered(town, upto="signed")
    page = town.page(chrome, AT_TOWN)
    page.goto(f"{town.url}/desk")
    page.locator("button[data-key=r]").click()
    page.locator("select[name=reason_code]").select_option("other")
    long = "理由" * 5_000
    page.locator("textarea[name=reason]").fill(long)
    with page.expect_response(f"{town.url}/act/return") as answer:
        page.locator("tr.inline-form button[type=submit]").click()
    assert long in answer.value.text(), "the form itself brings it back, not only the browser's memory"
    expect(page.locator(".trouble")).to_contain_text("reason")
    expect(page.locator("textarea[name=reason]")).to_have_value(long)
    expect(page.locator("textarea[name=reason]")).to_have_attribute("aria-invalid", "true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert town.city.last(dispute)[0] == "referral.signed"
    page.context.close()


def test_two_clerks_at_once(chrome: Browser, town: Town) -> None:
    """The second to sign finds it done; who would return what is accepted is told why not and keeps the words."""
    dispute = offered(town)
    first, second = town.page(chrome, AT_TOWN), town.page(chrome, Who("clerk", TOWN))
    for page in (first, second):
        page.goto(f"{town.url}/desk")
    for page in (first, second):
        page.locator("button[data-key=s]").click()
        expect(page.locator("#tabs")).to_contain_text("待受理 1")
    assert [topic for topic, _ in town.city.events(dispute)].count("referral.signed") == 1
    first.locator("button[data-key=a]").click()
    second.locator("button[data-key=r]").click()
    second.locator("select[name=reason_code]").select_option("other")
    second.locator("textarea[name=reason]").fill(REASON)
    first.locator("tr.inline-form button[type=submit]").click()
    expect(first.locator("#tabs")).to_contain_text("待反馈 1")
    second.locator("tr.inline-form button[type=submit]").click()
    trouble = second.locator(".trouble")
    expect(trouble).to_contain_text("dispute.moved")
    expect(trouble).to_contain_text("现在责任单位是")  # who holds it now
    expect(second.locator("textarea[name=reason]")).to_have_value(REASON)
    assert town.city.custodian(dispute) == TOWN
    assert "referral.returned" not in [topic for topic, _ in town.city.events(dispute)]
    for page in (first, second):
        page.context.close()


def test_markup_in_names_and_words_is_text(chrome: Browser, town: Town) -> None:
    operator = town.city.peer("registrar", role="operator")
    code = "532301101003.pmc"
    body = {"code": code, "name": NAME, "kind": "committee", "level": "village", "region": "532301101003"}
    town.city.say(operator, "register_agency", "hub", **body, superior=text(agency_id(TOWN)))
    own = town.city.peer("marked", code)
    dispute = town.city.case(TOWN, masked="<i>张</i>某")
    town.city.do(
        "refer", TOWN, dispute=dispute, kind="transfer", channel="mediation", receiver=text(agency_id(code)),
        reason=SCRIPT,
    )  # fmt: skip
    referral = text(town.city.state(dispute).referrals[0].id)
    town.city.say(own, "sign", code, dispute=dispute, referral=referral)
    town.city.say(own, "return", code, dispute=dispute, referral=referral, reason_code="other", reason=SCRIPT)
    other = town.city.case(TOWN, place=SCRIPT)
    town.city.offer(other, TOWN, code)
    town.city.clock.advance(86_400 * 1_000_000 * 3)
    town.hub.settle()
    number = town.city.number(dispute)
    page = town.page(chrome, SUPERVISOR)
    watch = Watch.of(page, town.url)
    alarms: list[str] = []

    def heard(dialog: Dialog) -> None:
        alarms.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", heard)
    paths = (
        "/board", "/board?wall=1", "/disputes", f"/disputes/{number}", f"/events/{town.position}", "/limits",
        "/referrals", "/agencies", f"/agencies/{code}", "/flows", f"/desk?agency={code}", f"/desk?agency={TOWN}",
        f"/act/assign?dispute={dispute}", f"/disputes?q={SCRIPT}", f"/desk?q={SCRIPT}&place={SCRIPT}",
        f"/sign-in?next={SCRIPT}", f"/board?channel={SCRIPT}", f"/act/assign?dispute={dispute}&back={SCRIPT}",
        f"/disputes/{number}?density={SCRIPT}&feed={SCRIPT}", f"/{SCRIPT}",
    )  # fmt: skip
    for lang in ("zh", "en"):
        for path in paths:
            page.goto(f"{town.url}{path}{'&' if '?' in path else '?'}lang={lang}")
            assert page.evaluate("window.broken") is None, path
            html = page.evaluate("document.documentElement.outerHTML")
            assert "<b>x</b>" not in html and "<i>张</i>" not in html and "<img" not in html, path
    page.goto(f"{town.url}/agencies/{code}")
    expect(page.locator("h1")).to_contain_text(NAME)
    assert alarms == []
    assert watch.complaints() == []
    page.context.close()


@pytest.fixture(scope="module")
def young(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A hub whose views have seen nothing yet, although there are agencies and a dispute."""
    still = pytest.MonkeyPatch()
    still.setattr(Hub, "settle", lambda self: 0)
    city = City(Path(tmp_path_factory.mktemp("young")))
    city.offer(city.case(VILLAGE), VILLAGE, TOWN)
    try:
        yield Scene(city.hub, "http://testserver")
    finally:
        city.close()
        still.undo()


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_hub_without_views_answers_every_page(young: Scene, sight: Sight, lang: str) -> None:
    """With an empty page that says as of when, or with what is missing; never with a failure of ours."""
    client = TestClient(young.hub.app, follow_redirects=True)
    if sight.who is not None:
        client.cookies.set("hub_session", young.session(sight.who), domain="testserver.local")
    path = sight.path(young)
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert answer.status_code in (sight.status, 404, 503), answer.text[:500]
    assert len(read(answer.text).texts) > 5
