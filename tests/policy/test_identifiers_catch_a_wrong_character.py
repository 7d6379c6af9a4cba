"""Credit codes and citizens' numbers: cases of the standards, any one wrong character, neighbours that changed places.

All numbers of persons here are synthetic or the examples that GB 11643 itself prints.
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.policy import identifiers as ids
from hub.policy.identifiers import CitizenNumber, CreditCode, Fault, citizen_number, credit_code

CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FULL_WIDTH = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZx"}


def credit_check(first: str) -> str:
    """GB 32100: the weights are the powers of three modulo 31; with its check character the sum is a multiple."""
    total = sum(CREDIT.index(c) * 3**i for i, c in enumerate(first))
    return next(c for c in CREDIT if (total + CREDIT.index(c)) % 31 == 0)


def citizen_sum(number: str) -> int:
    """GB 11643: the weights are the powers of two modulo 11, from the right; with its check digit the sum is 1."""
    return sum((10 if c == "X" else int(c)) << i for i, c in enumerate(reversed(number))) % 11


def organisation_sum(code: str) -> int:
    """GB 11714: with its check character the weighted sum is a multiple of 11."""
    return sum(int(c, 36) * w for c, w in zip(code, (3, 7, 9, 10, 5, 8, 4, 2, 1), strict=True)) % 11


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    head = draw(st.text(CREDIT, min_size=2, max_size=2)) + draw(st.text("0123456789", min_size=6, max_size=6))
    body = draw(st.text(CREDIT, min_size=8, max_size=8))
    inner = next(c for c in "0123456789X" if organisation_sum(body + ("A" if c == "X" else c)) == 0)
    return head + body + inner + credit_check(head + body + inner)


@st.composite
def citizen_numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
    first = f"{draw(st.integers(100_000, 999_999))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return next(first + c for c in "0123456789X" if citizen_sum(first + c) == 1)


@pytest.mark.parametrize("text", ["91512081MA62K0260E", "11510703000000019X"])
def test_the_credit_codes_of_the_rules_are_good(text: str) -> None:
    code = credit_code(text)
    assert isinstance(code, CreditCode) and code.key == text
    assert (code.department, code.kind, code.region, code.organisation) == (text[0], text[1], text[2:8], text[8:17])


@pytest.mark.parametrize(
    ("text", "region", "born"),
    [
        ("11010519491231002X", "110105", date(1949, 12, 31)),
        ("440524188001010014", "440524", date(1880, 1, 1)),
        ("510703199001010015", "510703", date(1990, 1, 1)),
    ],
)
def test_the_citizens_numbers_of_the_rules_are_good(text: str, region: str, born: date) -> None:
    number = citizen_number(text)
    assert isinstance(number, CitizenNumber) and (number.key, number.region, number.born) == (text, region, born)


@given(credit_codes())
def test_every_credit_code_made_by_the_standard_is_good(text: str) -> None:
    code = credit_code(text)
    assert isinstance(code, CreditCode) and code.key == text
    assert credit_code(f" {text[:8].lower()}\u3000{text[8:].translate(FULL_WIDTH)}\u200b") == code


@given(citizen_numbers())
def test_every_citizens_number_made_by_the_standard_is_good(text: str) -> None:
    number = citizen_number(text)
    assert isinstance(number, CitizenNumber) and number.key == text
    assert citizen_number(f"{text[:6]} {text[6:14]} {text[14:].lower().translate(FULL_WIDTH)}") == number


@given(credit_codes(), st.data())
def test_one_wrong_character_of_a_credit_code_is_caught(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, 17))
    wrong = data.draw(st.sampled_from([c for c in CREDIT + "IOSVZ-码" if c != text[at]]))
    fault = credit_code(text[:at] + wrong + text[at + 1 :])
    assert isinstance(fault, Fault) and fault.at in (at + 1, 17, 18)


@given(citizen_numbers(), st.data())
def test_one_wrong_character_of_a_citizens_number_is_caught(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, 17))
    wrong = data.draw(st.sampled_from([c for c in "0123456789XA号" if c != text[at]]))
    fault = citizen_number(text[:at] + wrong + text[at + 1 :])
    assert isinstance(fault, Fault) and fault.at in (at + 1, 7, 18)


@given(credit_codes(), st.integers(0, 16))
def test_neighbours_of_a_credit_code_that_changed_places_are_caught(text: str, at: int) -> None:
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    assert isinstance(credit_code(swapped), CreditCode) == (swapped == text)


@given(citizen_numbers(), st.integers(0, 16))
def test_neighbours_of_a_citizens_number_that_changed_places_are_caught(text: str, at: int) -> None:
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    assert isinstance(citizen_number(swapped), CitizenNumber) == (swapped == text)


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("", "identifier.length", 1),
        ("91512081MA62K0260", "identifier.length", 18),
        ("91512081MA62K0260E1", "identifier.length", 19),
        ("91512081 MA62K0260E E", "identifier.length", 21),
        ("9151208AMA62K0260E", "identifier.character", 8),
        ("91512081MA62KO260E", "identifier.character", 14),
        ("９１ 512081MA62KO260E", "identifier.character", 15),
        ("91512081MA62K0261E", "identifier.inner_check", 17),
        ("91512081MA62K0270E", "identifier.inner_check", 17),
        ("91512081MA62K0260F", "identifier.check_digit", 18),
        ("92512081MA62K0260E", "identifier.check_digit", 18),
    ],
)
def test_what_is_wrong_with_a_credit_code_and_where(text: str, code: str, at: int) -> None:
    assert credit_code(text) == Fault(code, at)


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("", "identifier.length", 1),
        ("510703900101001", "identifier.length", 16),  # fifteen places, as before 1999
        ("5107031990010100155", "identifier.length", 19),
        ("010703199001010015", "identifier.character", 1),
        ("51070319900101X015", "identifier.character", 15),
        ("51070319900101001A", "identifier.character", 18),
        ("510703199002300012", "identifier.date", 7),
        ("510703199013010015", "identifier.date", 7),
        ("510703 199000010015", "identifier.date", 8),
        ("510703199001010016", "identifier.check_digit", 18),
    ],
)
def test_what_is_wrong_with_a_citizens_number_and_where(text: str, code: str, at: int) -> None:
    assert citizen_number(text) == Fault(code, at)


def test_nobody_is_born_tomorrow() -> None:
    assert citizen_number("510703199001010015", date(1989, 12, 31)) == Fault("identifier.date", 7)
    assert isinstance(citizen_number("510703199001010015", date(1990, 1, 1)), CitizenNumber)


def test_a_citizens_number_prints_without_itself() -> None:
    said = repr(citizen_number("510703199001010015"))
    assert "510703199" not in said and "1990" not in said and "0015" not in said


def test_an_abolished_region_is_no_fault() -> None:
    first = "51072419900101001"  # 安县, until 2016
    assert isinstance(citizen_number(first + ids.citizen_check(first)), CitizenNumber)
    head = "1151072400000001" + ids.organisation_check("00000001")
    assert isinstance(credit_code(head + ids.credit_check(head)), CreditCode)
