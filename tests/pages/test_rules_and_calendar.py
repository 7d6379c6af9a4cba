"""规则与日历: limits with their basis, a year of working days, and a previewed date that is the real one's."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from hub.policy import On
from hub.policy.calendar import midnight
from hub.web.pages import when
from hub.words import HOUR, SECOND
from tests.pages.reading import code_of, words
from tests.parts.days_off import YI_NEW_YEAR
from tests.people.signed import Signed, sign_in
from tests.web.hubs import Trial


@pytest.fixture(scope="module")
def person(shared: Trial) -> Signed:
    return sign_in(shared, "reader", "operator", "532301.centre")


def test_every_limit_has_its_basis_and_defaults_are_marked(shared: Trial, person: Signed) -> None:
    page = person.get("/rules?lang=zh").text
    table = page.partition('id="limits"')[2].partition("</section>")[0]
    pack = shared.hub.parts.pack
    own = [*pack.limits.values(), *pack.special.values()]
    for limit in own:
        assert limit.text in table
    assert table.count("枢纽默认<") == sum(limit.basis_kind == "default" for limit in own)
    assert table.count("法律法规<") == sum(limit.basis_kind == "law" for limit in own) > 0
    assert "信访工作条例 §23" in table
    assert words(page).count("程序时限") == 1 and "信访办理 60 日" in words(page)


def test_another_pack_has_other_limits(shared: Trial, person: Signed) -> None:
    first = shared.hub.policy.packs[0]
    table = words(person.get("/rules", **{}).text)
    other = words(person.get(f"/rules?pack={first.id.replace('+', '%2B')}").text)
    assert "legal.court.delegation.15d" in table and "legal.court.delegation.30d" not in table
    assert "legal.court.delegation.30d" in other


@pytest.mark.parametrize(("limit", "obligation", "on"), [
    ("accept", "accept", On("5323")), ("accept.petition", "accept", On("5323", "petition", "transfer")),
    ("sign", "sign", On("5323")), ("acknowledge.red", "acknowledge", On("5323", "", "red")),
])  # fmt: skip
@pytest.mark.parametrize("day", ["2026-09-29", "2024-07-26", "2027-01-04"])
def test_the_previewed_date_is_the_one_a_decision_would_set(
    shared: Trial, person: Signed, limit: str, obligation: str, on: On, day: str
) -> None:
    start = midnight(date.fromisoformat(day).toordinal()) + 16 * HOUR + 300 * SECOND
    due, rule = shared.hub.policy.at(start).due(obligation, start, on)
    said = words(person.get(f"/rules?lang=zh&limit={limit}&on={day}&at=16:05&region=5323").text)
    assert f"届满： {when.until('zh', due)}" in said and f"规则 {rule}，" in said


def test_a_year_shows_its_days_and_what_is_awaited(person: Signed) -> None:
    page = person.get("/rules?lang=zh&year=2026&region=5323").text
    months = page.partition('class="months"')[2].partition('class="month-key"')[0]
    assert len(re.findall(r'<td class="off', months)) == 33
    assert len(re.findall(r'<td class="work', months)) == 6
    assert len(re.findall(r'<td class="local', months)) == 2
    assert "2026-07-01 至 2026-08-31" in words(page)
    assert "本地假日尚未公布" not in words(person.get("/rules?lang=zh&year=2026&region=").text)
    assert "2027 年放假安排尚未载入" in words(person.get("/rules?lang=zh&year=2027&region=").text)


@pytest.mark.parametrize(
    "query", ["year=1999", "limit=none", "pack=P1", "on=2026-02-30", "on=1800-01-01", "at=24:00", "at=x"]
)
def test_what_names_nothing_is_a_problem(person: Signed, query: str) -> None:
    answer = person.get(f"/rules?{query}")
    assert (answer.status_code, code_of(answer)) == (400, "request.query")


def test_an_operators_own_days_show_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "days.toml"
    file.write_text(YI_NEW_YEAR, encoding="utf-8")
    trial = Trial(tmp_path, days_off=file)
    try:
        reader = sign_in(trial, "reader", "operator", "532301.centre")
        page = reader.get("/rules?lang=zh&year=2026&region=5323&limit=accept&on=2026-11-25&at=09:00").text
        assert "彝族年" in words(page) and "届满： 2026-12-02 周三 24:00" in words(page)
        assert "2026-11-01 至" not in words(page), "their window is no longer awaited"
    finally:
        trial.close()
