"""One act for many rows: each is a command of its own, one refused stops no other, and each is told."""

import re
from typing import Any

import pytest

from hub.words import agency_id, text
from hub.writer.outcome import Busy
from tests.pages.city import CENTRE, POLICE, TOWN, VILLAGE, City
from tests.pages.reading import words
from tests.people.signed import Response, Signed

pytestmark = pytest.mark.usefixtures("no_waiting")
TOKEN = re.compile(r'name="pick" value="([^"]+)"')


def desk(person: Signed, where: str = "/desk") -> tuple[str, list[str], str]:
    """The page, its rows' tokens, and the form's number."""
    page = person.get(where).text
    found = re.search(r'name="nonce" value="([^"]+)"', page)
    assert found
    return page, TOKEN.findall(page), found[1]


def bulk(person: Signed, act: str, picks: list[str], nonce: str, back: str = "/desk?tab=sign") -> Response:
    return person.post("/act/bulk", {"command": act, "pick": picks, "nonce": nonce, "back": back})


def after(city: City, person: Signed, answer: Response) -> str:
    """The page one comes back to."""
    assert answer.status_code == 303, answer.text
    city.hub.settle()
    return person.get(answer.headers["location"]).text


def test_one_refused_row_stops_none_of_the_others(city: City) -> None:
    made = [city.received() for _ in range(4)]
    city.hub.settle()
    clerk = city.clerk()
    _, tokens, nonce = desk(clerk, "/desk?tab=sign")
    assert len(tokens) == 4
    gone, offer = made[2]
    city.do("withdraw", VILLAGE, dispute=gone, referral=offer, reason="已平静")
    answer = bulk(clerk, "sign", tokens, nonce)
    assert answer.headers["location"].startswith("/desk?tab=sign&act=sign.all&did=")
    page = words(after(city, clerk, answer))
    assert "已签收 3 件，1 件没有签收" in page
    assert "移送已撤回，责任单位： 东兴社区调委会" in page and "代码 referral.withdrawn，字段 referral" in page
    assert city.number(gone).split("-", 1)[1] in page
    states = [city.state(case).referrals[0].state for case, _ in made]
    assert states == ["signed", "signed", "withdrawn", "signed"]

    before = [len(city.events(case)) for case, _ in made]
    assert bulk(clerk, "sign", tokens, nonce).headers["location"] == answer.headers["location"]
    assert [len(city.events(case)) for case, _ in made] == before  # the same page sent twice is the same commands


def test_what_came_of_it_is_told_to_its_author_only(city: City) -> None:
    city.received()
    city.hub.settle()
    clerk = city.clerk()
    _, tokens, nonce = desk(clerk, "/desk?tab=sign")
    where = bulk(clerk, "sign", tokens, nonce).headers["location"]
    city.hub.settle()
    assert 'id="said"' in clerk.get(where).text
    assert 'id="said"' not in city.clerk(TOWN, "colleague").get(where).text
    for nonsense in ("/desk?act=sign.all&did=zz", "/desk?act=x&did=AAAA", "/desk?act=sign&did=" + "A" * 3000):
        page = clerk.get(nonsense)
        assert page.status_code == 200 and 'id="said"' not in page.text


def test_rows_that_do_not_take_the_act_are_left_alone(city: City) -> None:
    case = city.case(TOWN)
    city.received()
    city.hub.settle()
    clerk = city.clerk()
    _, tokens, nonce = desk(clerk)
    page = words(after(city, clerk, bulk(clerk, "sign", [*tokens, "no token"], nonce)))
    assert "已签收 1 件" in page and "行不能这样批量办理" in page
    assert city.last(case)[0] == "dispute.registered"


def test_own_offers_are_urged_and_reports_acknowledged(city: City) -> None:
    handed = [city.handed()[0] for _ in range(2)]
    city.hub.settle()
    clerk = city.clerk()
    _, tokens, nonce = desk(clerk, "/desk?tab=sent")
    page = words(after(city, clerk, bulk(clerk, "urge", tokens, nonce)))
    assert f"已催办 {len(tokens)} 件" in page
    assert all(city.last(case)[0] == "obligation.urged" for case in handed)

    reported = city.case(TOWN)
    city.do("report", TOWN, dispute=reported, recipients=[text(agency_id(CENTRE))], grade="", content="三户")
    city.hub.settle()
    centre = city.clerk(CENTRE)
    _, tokens, nonce = desk(centre, "/desk?tab=act")
    assert "已回执 1 件" in words(after(city, centre, bulk(centre, "acknowledge", tokens, nonce)))
    assert city.last(reported)[0] == "report.acknowledged"


def test_nothing_picked_too_much_picked_unknown_act(city: City) -> None:
    clerk = city.clerk()
    _, _, nonce = desk(clerk)
    assert "没有选中任何一件" in words(after(city, clerk, bulk(clerk, "sign", [], nonce)))
    case, offer = city.received()
    token = f"{case.replace('-', '')}.sign.{offer.replace('-', '')}.{agency_id(TOWN).hex()}."
    many = [f"{token}{version}" for version in range(1, 102)]
    assert "选得太多" in words(after(city, clerk, bulk(clerk, "sign", many, nonce)))
    assert city.state(case).referrals[0].state == "offered"
    assert bulk(clerk, "void", [token + "1"], nonce).status_code == 422
    assert bulk(clerk, "sign", [token + "1"], "short").status_code == 422


def test_another_agencys_rows_are_refused_one_by_one(city: City) -> None:
    case, offer = city.handed()
    token = f"{case.replace('-', '')}.sign.{offer.replace('-', '')}.{agency_id(POLICE).hex()}.2"
    clerk = city.clerk()
    _, _, nonce = desk(clerk)
    page = words(after(city, clerk, bulk(clerk, "sign", [token], nonce)))
    assert "已签收 0 件，1 件没有签收" in page and "referral.not_receiver" in page
    auditor = city.clerk(TOWN, role="auditor")
    assert bulk(auditor, "sign", [token], "x" * 20).status_code == 403


def test_a_hub_that_is_busy_says_that_sending_again_is_safe(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    case, _ = city.received()
    city.hub.settle()
    clerk = city.clerk()
    _, tokens, nonce = desk(clerk, "/desk?tab=sign")

    def busy(commands: Any) -> Any:
        raise Busy()

    with monkeypatch.context() as broken:
        broken.setattr(city.hub.desk, "ask", busy)
        answer = bulk(clerk, "sign", tokens, nonce)
    assert "没有收到答复；再次提交是安全的" in words(after(city, clerk, answer))
    assert bulk(clerk, "sign", tokens, nonce).status_code == 303
    assert city.state(case).referrals[0].state == "signed"
