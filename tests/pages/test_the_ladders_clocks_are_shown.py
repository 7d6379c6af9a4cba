"""The whole dispute's time and the committee's stand beside the ladder, and among the clocks of the interface."""

from hub.words import DAY
from tests.pages.city import CIVIL, VILLAGE, City
from tests.pages.test_dispute_shows_its_ladder import fact


def test_running_ending_soon_and_over(city: City) -> None:
    case = city.case(VILLAGE, category=CIVIL)
    html = fact(city, case)
    assert "首调责任制全程期限至" in html and "（枢纽默认）" in html
    assert "本调解委员会调解期限至" in html and "（人民调解工作若干规定 §33）" in html
    assert "the whole ladder ends" in fact(city, case, "en")
    clocks = city.system.get(f"/v1/disputes/{case}/proposals").json()["clocks"]
    assert [(c["clock"], c["started_by"]) for c in clocks] == [
        ("ladder_ceiling", "ladder.stood"), ("ladder_committee", "dispute.registered"),
    ]  # fmt: skip
    city.clock.advance(28 * DAY)
    html = fact(city, case)
    assert "本调解委员会调解期限将满" in html and "首调责任制全程期限至" in html
    city.clock.advance(60 * DAY)
    html = fact(city, case)
    assert "本调解委员会调解期限已过" in html and "首调责任制全程期限已过" in html
    assert "the whole ladder was over" in fact(city, case, "en")
    city.do("reach_agreement", VILLAGE, dispute=case, form="written", amount=None, due_on=None)
    assert "全程" not in fact(city, case)
    clocks = city.system.get(f"/v1/disputes/{case}/proposals").json()["clocks"]
    assert [c["clock"] for c in clocks] == ["confirm_apply"]
