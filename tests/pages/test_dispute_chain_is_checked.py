"""The chain is checked link by link while the page is made: what was altered, taken out or moved is said loudly."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from hub.web.api.examples import DISPUTE
from hub.web.pages.dispute.case import fold
from hub.words import Stored, ident
from tests.pages.reading import words
from tests.people.signed import sign_in
from tests.web.hubs import Trial


def altered(told: Trial, row: Stored, **fields: Any) -> Stored:
    """The same event with other fields, encoded as the hub would."""
    contract = told.hub.contract
    schema, values = contract.decode(row.body)
    changed = [fields.get(name, value) for name, value in zip(schema.fields, values, strict=True)]
    return row._replace(body=contract.encode(schema, changed))


def in_the_middle(told: Trial, rows: list[Stored]) -> list[Stored]:
    rows[4] = altered(told, rows[4], duty="someone else")
    return rows


def taken_out(told: Trial, rows: list[Stored]) -> list[Stored]:
    return [*rows[:10], *rows[11:]]


def swapped(told: Trial, rows: list[Stored]) -> list[Stored]:
    return [*rows[:8], rows[9], rows[8], *rows[10:]]


def first_gone(told: Trial, rows: list[Stored]) -> list[Stored]:
    rows[0] = altered(told, rows[0], category="01")
    return rows


Harm = Callable[[Trial, list[Stored]], list[Stored]]
HARM: dict[Harm, int] = {in_the_middle: 6, taken_out: 12, swapped: 10, first_gone: 2}


@pytest.mark.parametrize("harm", HARM, ids=lambda harm: harm.__name__)
def test_it_is_found_and_said(told: Trial, monkeypatch: pytest.MonkeyPatch, harm: Harm) -> None:
    real = told.hub.store.events

    def events(streams: Sequence[bytes]) -> list[Stored]:
        return harm(told, real(streams)) if streams == [ident(DISPUTE)] else real(streams)

    monkeypatch.setattr(told.hub.store, "events", events)
    person = sign_in(told, "c", "supervisor", "532301.centre")
    for lang, says in (("zh", "本案的事件链有断点"), ("en", "The chain of this case's events is broken")):
        answer = person.get(f"/disputes/532301-2026-00001?lang={lang}")
        assert answer.status_code == 200
        said = words(answer.text)
        assert says in said and str(HARM[harm]) in said
        assert "is-ok light" not in answer.text and 'class="may"' not in answer.text
    assert person.get("/disputes/532301-2026-00001/lanes.svg").status_code == 404


def test_a_whole_chain_is_whole(told: Trial) -> None:
    case = fold(told.hub.contract, told.hub.store.events([ident(DISPUTE)]))
    assert case is not None and case.broken == ()


def test_an_event_that_does_not_fit_says_so_on_its_page(told: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = told.hub.store.events([ident(DISPUTE)])
    person = sign_in(told, "c", "supervisor", "532301.centre")
    path = f"/events/{rows[5].position}?lang=zh"
    assert "已核：哈希由字节算出" in person.get(path).text
    real = told.hub.store.events
    monkeypatch.setattr(
        told.hub.store, "events", lambda s: in_the_middle(told, real(s)) if s == [ident(DISPUTE)] else real(s)
    )
    assert "与相邻事件不符" in person.get(path).text
