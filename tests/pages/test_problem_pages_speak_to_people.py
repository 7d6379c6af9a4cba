"""A problem page says what a person can do; interfaces and commands are for those who write systems."""

import re
from collections.abc import Iterator

import pytest

from tests.pages.city import COURT, City
from tests.pages.reading import code_of, words

FOR_SYSTEMS = re.compile("接口|/docs|命令编号|command id|interface description")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    made = City(tmp_path_factory.mktemp("town"))
    yield made
    made.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/nowhere", "request.route"), ("/board?channel=nonsense", "request.query"),
        ("/disputes?cursor=nonsense", "request.cursor"), ("/desk?agency=532301.centre", "access.denied"),
        ("/disputes/532301-2026-99999", "dispute.unknown"), ("/act/nonsense", "request.route"),
    ],
)  # fmt: skip
def test_by_what_went_wrong(town: City, lang: str, path: str, code: str) -> None:
    answer = town.clerk(COURT).get(f"{path}{'&' if '?' in path else '?'}lang={lang}", accept="text/html")
    assert code_of(answer) == code
    assert not FOR_SYSTEMS.search(words(answer.text)), words(answer.text)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_failure_of_ours_tells_its_number(town: City, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(type(town.hub.views.desk), "whole", fail)
    answer = town.clerk(COURT).get(f"/desk?lang={lang}")
    assert answer.status_code == 500 and code_of(answer) == "hub.incident"
    said = words(answer.text)
    assert re.search({"zh": "事故编号 [0-9a-f]{32}", "en": "incident [0-9a-f]{32}"}[lang], said), said
    assert not FOR_SYSTEMS.search(said) and "secret" not in answer.text
