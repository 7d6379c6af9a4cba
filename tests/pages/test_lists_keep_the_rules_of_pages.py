"""Lists in English are English, markup in names stays text, no inline style or script, small, and without views they
say so.
"""

import gzip
import re
from pathlib import Path

import pytest

from hub.words import agency_id, text
from tests.pages.city import TOWN
from tests.pages.listing import Listed
from tests.pages.reading import CHINESE, code_of, read, words
from tests.people.signed import sign_in
from tests.web.hubs import Trial

PAGES = (
    "/disputes", "/disputes?status=open&overdue=1", "/limits", "/limits?light=over", "/referrals", "/agencies",
    f"/agencies/{TOWN}", "/flows", "/statistics", "/statistics/disputes",
    "/screening", "/screening?schedule=supervision", "/screening/ledger", f"/screening/books/{TOWN}",
    f"/screening/act/inspect?book={TOWN}", "/screening/act/lead",
    "/rules", "/rules?year=2027&limit=legal.court.delegation&on=2024-07-20&at=09:30",
)  # fmt: skip
EVIL = '<img src=x onerror="alert(1)">委员会'


@pytest.mark.parametrize("path", PAGES)
def test_english_is_english_but_for_registered_names(listed: Listed, path: str) -> None:
    person = sign_in(listed, "english", "supervisor", "532301.centre", "supervision")
    page = person.get(f"{path}{'&' if '?' in path else '?'}lang=en")
    assert page.status_code == 200
    found = read(page.text)
    names = re.compile("|".join(re.escape(a.name) for a in listed.hub.desk.registry().agencies.values()))
    wrong = [
        said for lang, said in found.texts
        if not lang.startswith("zh") and CHINESE.search(names.sub("", said)) and not drawn(page.text, said)
    ]  # fmt: skip
    wrong += [v for n, lang, v in found.attributes if not lang.startswith("zh") and n != "title" and CHINESE.search(v)]
    assert wrong == []
    assert len(found.ids) == len(set(found.ids))


def drawn(page: str, said: str) -> bool:
    """What pictures say to those who do not see them joins registered names to sentences and cannot mark them."""
    parts = re.findall(r"(<title>.*?</title>|<desc [^>]*>.*?</desc>)", page)
    return any(said in read(f"<svg>{part}</svg>").texts[0][1] for part in parts)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_inline_and_small(listed: Listed, path: str) -> None:
    answer = listed.clerk("532301.centre", role="supervisor").get(path)
    assert " style=" not in answer.text and "<style" not in answer.text
    assert not re.search(r"<script(?![^>]* src=)", answer.text) and " onclick" not in answer.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert len(gzip.compress(answer.text.encode())) < 60_000
    assert "unsafe-inline" not in answer.headers["content-security-policy"]


def test_markup_in_names_is_text(tmp_path: Path) -> None:
    city = Listed(tmp_path)
    try:
        operator = city.peer("names", role="operator")
        city.say(
            operator, "amend_agency", "hub", subject=text(agency_id(TOWN)), name=EVIL, kind="committee",
            level="township", region="532301101", superior=None,
        )  # fmt: skip
        city.hub.settle()
        person = city.clerk("532301.centre", role="supervisor")
        for path in PAGES:
            page = person.get(path).text
            assert "<img" not in page, path
        assert "&lt;img src=x onerror=" in person.get(f"/agencies/{TOWN}").text
        for word in ("<img", '"><script>', EVIL):
            page = person.client.get("/disputes", params={"q": word}).text
            assert "<img" not in page and "<script>" not in page.replace("<script src", "")
    finally:
        city.close()


def test_a_hub_whose_views_have_read_nothing(trial: Trial) -> None:
    person = sign_in(trial, "s", "supervisor", "532301.centre")
    for path in ("/disputes", "/limits", "/referrals", "/flows"):
        page = person.get(path)
        assert page.status_code == 200 and "截至序号 0" in words(page.text), path
    assert "还没有案件" in person.get("/disputes").text and "没有符合筛选的时限" in person.get("/limits").text
    assert "没有符合筛选的单位" in person.get("/agencies").text


def test_a_view_that_is_being_built_by_another_version(trial: Trial) -> None:
    person = sign_in(trial, "s", "supervisor", "532301.centre")
    with trial.hub.views.database.layout() as db:
        current = trial.hub.views.database.shared.current
        db.execute(current.update().where(current.c.view == "roles").values(version=99))
    for path in ("/disputes", "/disputes.xlsx", "/limits"):
        answer = person.get(path)
        assert (answer.status_code, code_of(answer)) == (503, "view.behind"), path
        assert answer.headers["retry-after"]


def test_views_that_lag_say_so(listed: Listed) -> None:
    person = listed.clerk("532301.centre", role="supervisor")
    for _ in range(60):
        listed.case(TOWN)  # recorded, not yet in any view
    try:
        page = person.get("/disputes").text
        assert "数字滞后" in page and "共 6 件" in page
    finally:
        listed.hub.settle()
    assert "数字滞后" not in person.get("/disputes").text
