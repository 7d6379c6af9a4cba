"""Every type of event has its sentence in both languages, and so has every field a word."""

import re
from functools import partial

import pytest
from markupsafe import Markup

from hub.aggregates.decide import PLAIN
from hub.aggregates.dispute import events
from hub.contract import load
from hub.web.api.examples import DISPUTE
from hub.web.pages.dispute.case import fold, names
from hub.web.pages.dispute.sentences import SENTENCES
from hub.web.pages.dispute.teller import TYPED, Teller, cut
from hub.web.pages.messages import texts
from hub.web.pages.render import label
from hub.words import ident
from tests.pages.reading import CHINESE, words
from tests.web.hubs import Trial


def test_a_sentence_for_every_type() -> None:
    assert set(SENTENCES) == set(events.CLASSES)
    for topic in (*events.CLASSES, *PLAIN):
        assert f"case.type.{topic}" in texts()
    for topic in events.CLASSES:
        assert f"case.{topic}" in texts()


def test_the_fields_are_those_of_the_schemas_and_each_has_a_word() -> None:
    contract = load()
    for topic in events.CLASSES:
        assert names(topic) == contract.schema("event", topic).fields
    for topic in contract.names("event"):
        for field in contract.schema("event", topic).fields:
            assert f"case.f_{field}" in texts(), (topic, field)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_whole_story_is_told(told: Trial, lang: str) -> None:
    case = fold(told.hub.contract, told.hub.store.events([ident(DISPUTE)]))
    assert case is not None
    teller = Teller(lang, partial(label, lang), lambda agency: Markup("〇"))
    seen = {}
    for entry in case.entries:
        said = teller.tell(entry)
        line = f"{said.head} {said.more}"
        assert said.head and "{" not in line, (entry.topic, line)
        assert lang == "zh" or not CHINESE.search(
            re.sub('<span lang="zh-CN">.*?</span>', "", line).replace("〇", "")
        ), (entry.topic, line)
        seen[entry.topic] = line
    assert len(seen) > 20
    moved = {"zh": "#6 受理，责任转到 〇", "en": "#6 accepted: custody to 〇"}[lang]
    assert moved in seen["referral.accepted"]


def test_custody_is_said_with_every_end_of_a_referral(told: Trial) -> None:
    case = fold(told.hub.contract, told.hub.store.events([ident(DISPUTE)]))
    assert case is not None
    teller = Teller("zh", partial(label, "zh"), lambda agency: Markup("〇"))
    for entry in case.entries:
        said = teller.tell(entry)
        if entry.topic in ("referral.returned", "referral.withdrawn", "referral.lapsed"):
            assert "责任" in f"{said.head}{said.more}" or "同意" in said.more, said


def test_what_was_typed_is_cut_in_the_list_and_whole_on_its_page() -> None:
    assert cut("一\n二") == "一 二"
    assert len(cut("长" * 4_000)) == TYPED


def test_words_closes_what_it_opens() -> None:
    assert words("<p>a<br>b<b>c</b></p>") == "a b c"
