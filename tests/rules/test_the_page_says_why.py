"""The dispute's page: both clocks, what is awaited, days on which a limit stood still, an operator's own days."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hub.policy import shipped_policy
from hub.policy.calendar import Calendar, midnight, shipped_calendar
from hub.policy.explain import Explanation, explain
from hub.policy.limits import Pause
from hub.web.pages.dispute.why import awaited, step
from hub.words import DAY, HOUR
from tests.pages.reading import words
from tests.parts.days_off import YI_NEW_YEAR
from tests.people.signed import sign_in
from tests.rules.court import Court
from tests.web.hubs import Trial

CALENDAR = shipped_calendar()
PACK = shipped_policy("532301").packs[-1]
LEGAL = PACK.special["legal", "court", "delegation"]


def at(day: str, hour: int = 9) -> int:
    return midnight(date.fromisoformat(day).toordinal()) + hour * HOUR


def counted(day: str, region: str = "532301", calendar: Calendar = CALENDAR) -> Explanation:
    return explain(PACK.limits["accept"], at(day), calendar, region)


@pytest.mark.parametrize(("day", "region", "says"), [
    ("2026-11-25", "532301", "2026 年本地假日尚未公布"), ("2026-11-25", "510703", ""), ("2026-05-06", "532301", ""),
    ("2027-03-01", "510703", "2027 年放假安排未载入"), ("2027-03-01", "532301", "2027 年放假安排未载入"),
])  # fmt: skip
def test_days_awaited_are_told_from_a_year_without_data(day: str, region: str, says: str) -> None:
    said = awaited([counted(day, region)], CALENDAR, "zh")
    assert len(said) == bool(says) and all(one.startswith(says) for one in said)


@pytest.mark.parametrize(("lang", "why", "sum_"), [
    ("zh", "鉴定", "其中停止计算 2 天"), ("en", "appraisal", "It stood still on 2 days"),
])  # fmt: skip
def test_days_on_which_it_stood_still_say_why(lang: str, why: str, sum_: str) -> None:
    pause = Pause(at("2026-03-05", 0), at("2026-03-07", 0), "appraisal")
    shown = step(explain(LEGAL, at("2026-03-02"), CALENDAR, "", [pause]), at("2026-03-20"), lang)
    assert [cell.day for cell in shown.cells if cell.words == why] == ["03-05", "03-06"]
    assert sum_ in shown.sentence and shown.cells[-1].words == "15"


def test_both_clocks_stand_side_by_side(trial: Trial) -> None:
    court = Court(trial)
    trial.clock.advance(DAY)
    court.sign()
    person = sign_in(trial, "s", "supervisor", court.court)
    for lang, service, legal in (("zh", "服务时限 自移送登记", "法定时限 自签收"),
                                 ("en", "Service limit from the offer", "Legal limit from sign-for")):  # fmt: skip
        said = words(person.get(f"/disputes/{court.dispute}?lang={lang}").text)
        assert service in said and legal in said
        assert said.count(legal) == 1, "once, with the limit it runs beside"
    court.accept()
    assert "法定时限 自签收" in words(person.get(f"/disputes/{court.dispute}?lang=zh").text)


def test_an_operators_days_show_on_the_page_and_in_the_picture(tmp_path: Path) -> None:
    file = tmp_path / "days.toml"
    file.write_text(YI_NEW_YEAR, encoding="utf-8")
    trial = Trial(tmp_path, days_off=file)
    try:
        court = Court(trial)
        page = sign_in(trial, "s", "supervisor", court.court).get(f"/disputes/{court.dispute}?lang=zh").text
        strip = page.partition('id="why-accept-1"')[2].partition("</ol>")[0]
        assert strip.count("彝族年") == 2
        picture = page.partition("<svg")[2]
        assert "彝族年" in page.partition('id="why-accept-1"')[0] or "彝族年" in picture.partition("</svg>")[0]
    finally:
        trial.close()
