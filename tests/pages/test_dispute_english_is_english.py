"""?lang=en: no Chinese outside of elements that say lang="zh-CN"; attributes hold registered names at most."""

import pytest

from hub.web.api.examples import DISPUTE, SECOND
from hub.web.drawings.words import short_name
from hub.words import ident
from tests.pages.reading import CHINESE, read
from tests.people.signed import Response, sign_in
from tests.web.hubs import Trial


@pytest.mark.parametrize("path", ["/disputes/{a}", "/disputes/{a}?density=compact&feed=asc", "/disputes/{b}"])
def test_a_dispute(told: Trial, path: str) -> None:
    person = sign_in(told, "en", "supervisor", "532301.centre", "督查岗")
    answer = person.client.get(path.format(a=DISPUTE, b=SECOND), params={"lang": "en"}, follow_redirects=True)
    check(told, answer)


def test_every_event_of_a_dispute(told: Trial) -> None:
    person = sign_in(told, "en", "supervisor", "532301.centre", "督查岗")
    for row in (*told.hub.store.events([ident(DISPUTE)]), *told.hub.store.read(0, 10)):
        check(told, person.get(f"/events/{row.position}?lang=en"))


def check(told: Trial, answer: Response) -> None:
    assert answer.status_code == 200
    reader = read(answer.text)
    wrong = [text for lang, text in reader.texts if lang != "zh-CN" and CHINESE.search(text)]
    assert wrong == []
    known = [agency.name for agency in told.hub.desk.registry().agencies.values()] + ["张某某"]
    names = sorted({*known, *map(short_name, known)}, key=len, reverse=True)
    for name, lang, value in reader.attributes:
        for known_name in names:
            value = value.replace(known_name, "")
        assert lang == "zh-CN" or not CHINESE.search(value), (name, value)
