"""Desk and forms in English have no Chinese but what is registered, and in both languages every element is closed."""

from collections.abc import Iterator

import pytest

from hub.words import agency_id, text
from tests.pages.city import CENTRE, COURT, TOWN, VILLAGE, City, send
from tests.pages.reading import CHINESE, read
from tests.pages.test_act_every_form import SCENES

pytestmark = pytest.mark.usefixtures("no_waiting")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    made = City(tmp_path_factory.mktemp("city"))
    made.offer(made.case(VILLAGE), VILLAGE, TOWN)
    made.offer(made.case(COURT), COURT, TOWN, "delegation", "court", "accepted")
    made.offer(made.case(VILLAGE), VILLAGE, TOWN, "assistance", upto="signed")
    made.handed()
    supervised = made.case(TOWN)
    made.do("supervise", CENTRE, dispute=supervised, supervised=text(agency_id(TOWN)), demand="报告")
    made.hub.settle()
    yield made
    made.close()


OWN = {"张某某"}  # the name of who is signed in


def chinese(page: str) -> list[str]:
    """Chinese text and labels outside of elements that say they are Chinese."""
    found = read(page)
    assert len(found.ids) == len(set(found.ids)), "an id twice"
    texts = [text for lang, text in found.texts if lang == "en" and CHINESE.search(text)]
    labels = [value for _, lang, value in found.attributes if lang == "en" and CHINESE.search(value)]
    return [each for each in texts + labels if each not in OWN]


@pytest.mark.parametrize(
    "where",
    [
        "/desk",
        "/desk?tab=sent",
        "/desk?tab=feedback",
        "/desk?channel=exit",
        "/desk?place=532301101001",
        "/act/register",
    ],
)
def test_pages(city: City, where: str) -> None:
    page = city.clerk().get(f"{where}{'&' if '?' in where else '?'}lang=en").text
    assert chinese(page) == []


@pytest.mark.parametrize("act", [*SCENES, "close_intake", "open_intake"])
def test_every_form_and_its_refusal(city: City, act: str) -> None:
    if act in SCENES:
        told = SCENES[act](city)
        who, query = told.who, {"dispute": told.dispute, "referral": told.referral}
    else:
        who, query = TOWN, {}
    person = city.clerk(who)
    page = person.client.get(f"/act/{act}", params={k: v for k, v in query.items() if v} | {"lang": "en"}).text
    assert chinese(page) == []
    refused = send(person, act, **{k: v for k, v in query.items() if v}, typed={"based_on": "9999", "receiver": "社区"})
    if refused.status_code != 303:
        assert chinese(refused.text.replace('value="社区"', "")) == []


def test_what_came_of_an_act_in_english(city: City) -> None:
    case, offer = city.received()
    person = city.clerk()
    person.get("/desk?lang=en")
    sent = send(person, "sign", case, offer)
    city.hub.settle()
    assert chinese(person.get(sent.headers["location"]).text) == []
