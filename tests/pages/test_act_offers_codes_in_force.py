"""A form offers the codes in force on its day, and none that only the hub itself says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from hub.web.api.codes import lists
from hub.web.pages import forms_show
from hub.web.pages.when import local
from tests.pages.city import TOWN, City


@pytest.fixture
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    made = City(tmp_path_factory.mktemp("city"))
    yield made
    made.close()


def test_a_form_offers_the_codes_in_force(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    today = local(city.clock.now()).date().isoformat()
    words = {"zh": "甲", "en": "a"}
    tried = [
        {"code": "always", **words}, {"code": "ends_today", "to": today, **words},
        {"code": "began_today", "from": today, **words}, {"code": "ended", "to": "2020-01-01", **words},
        {"code": "will_begin", "from": "2199-01-01", **words}, {"code": "hubs_own", "by_hub": True, **words},
    ]  # fmt: skip
    monkeypatch.setattr(forms_show, "lists", lambda: lists() | {"categories": tried})
    page = city.clerk(TOWN).client.get("/act/register").text
    offered = re.findall(r'<option value="(\w+)"', page)
    assert {"always", "ends_today", "began_today"} <= set(offered)
    assert not {"ended", "will_begin", "hubs_own"} & set(offered)
