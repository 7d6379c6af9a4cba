"""Case numbers, numbers of mediations and of papers: parsed whole or refused with the place; one canonical form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.policy.identifiers import Fault
from hub.policy.keys import folded, key, numeral
from hub.policy.numbers import (
    CaseNumber,
    MediationNumber,
    MediationTemplate,
    PaperNumber,
    case_number,
    paper_number,
)

NUMBERED = MediationTemplate()
HANZI = st.text("绵涪楚雄民初调字第知之", min_size=1, max_size=4).filter(lambda kind: kind != "知")  # which is no type
BRACKETS = st.sampled_from(["()", "（）", "〔〕", "[]", "【】", "［］"])


def digits_in_chinese(n: int) -> str:
    """A second way to write numerals, from the right."""
    found, units = "", ["", "十", "百", "千"]
    for place, c in enumerate(reversed(str(n))):
        if c != "0":
            found = "〇一二三四五六七八九"[int(c)] + units[place] + found
        elif found and not found.startswith("零"):
            found = "零" + found
    return found


@pytest.mark.parametrize(
    ("text", "year", "court", "special", "kind", "serial"),
    [
        ("(2025)川0703民初1号", 2025, "川0703", "", "民初", 1),
        ("(2020)云2301行初88号", 2020, "云2301", "", "行初", 88),
        ("(2021)川0104民诉前调801号", 2021, "川0104", "", "民诉前调", 801),
        ("(2024)浙02民诉前调595号", 2024, "浙02", "", "民诉前调", 595),
        ("(2023)川0703民诉前调123号", 2023, "川0703", "", "民诉前调", 123),
        ("（2023）川０７０３民诉前调123号", 2023, "川0703", "", "民诉前调", 123),
        ("〔2023〕川0703 民诉前调 00123 号", 2023, "川0703", "", "民诉前调", 123),
        ("(2019)最高法知民终1号", 2019, "最高法", "知", "民终", 1),
        ("(2023)川知民初7号", 2023, "川", "知", "民初", 7),
    ],
)
def test_case_numbers(text: str, year: int, court: str, special: str, kind: str, serial: int) -> None:
    number = case_number(text)
    assert isinstance(number, CaseNumber)
    assert number == CaseNumber(text, year, court, special, kind, serial, "")
    assert number.key == f"({year}){court}{special}{kind}{serial}号"
    assert number.pre_filing == ("诉前调" in text) and not number.legacy


def test_since_2025_a_pre_filing_number_is_taken_only_as_legacy() -> None:
    for kind in ("民诉前调", "诉前调确", "诉前调书"):
        assert case_number(f"(2025)川0703{kind}123号") == Fault("identifier.legacy", 12)
        taken = case_number(f"(2025)川0703{kind}123号", legacy=True)
        assert isinstance(taken, CaseNumber) and taken.legacy and taken.pre_filing
        before = case_number(f"(2024)川0703{kind}123号")
        assert isinstance(before, CaseNumber) and not before.legacy
    assert case_number("(2025)川0703民初123号") == case_number("(2025)川0703民初123号", legacy=True)


def test_a_case_number_may_have_parts() -> None:
    number = case_number("(2025)川0703执恢1号之二")
    assert isinstance(number, CaseNumber) and number.suffix == "之二" and number.key == "(2025)川0703执恢1号之二"


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("", "identifier.form", 1),
        ("2025川0703民初1号", "identifier.form", 1),
        ("(1825)川0703民初1号", "identifier.form", 2),
        ("(25)川0703民初1号", "identifier.form", 2),
        ("(2025川0703民初1号", "identifier.form", 6),
        ("(2025)涪民初字第1号", "identifier.form", 7),
        ("(2025)川07033民初1号", "identifier.form", 12),
        ("(2025)川07031号", "identifier.form", 12),
        ("(2025)川0703民初号", "identifier.form", 14),
        ("(2025)川0703民事诉前调解1号", "identifier.form", 17),
        ("(2025)川0703民初1", "identifier.form", 15),
        ("(2025)川0703民初1号之", "identifier.form", 16),
        ("(2025)川0703民初1号二", "identifier.form", 16),
        ("(2025)川0703民初123456789号", "identifier.form", 22),
        ("(2025)川0703民初0号", "identifier.number", 14),
        ("(２０２５)川0703民初０号", "identifier.number", 14),
        ("(2025)川0703民初١号", "identifier.form", 14),
    ],
)
def test_what_is_no_case_number_and_where_it_stops(text: str, code: str, at: int) -> None:
    assert case_number(text) == Fault(code, at)


@given(
    st.integers(1949, 2099), st.sampled_from(["川0703", "云2301", "最高法", "京"]), HANZI, st.integers(1, 10**8 - 1),
    BRACKETS,
)  # fmt: skip
def test_a_case_number_is_its_key_in_any_brackets(year: int, court: str, kind: str, serial: int, pair: str) -> None:
    text = f"{pair[0]}{year}{pair[1]}{court}{kind}{serial}号"
    number = case_number(text, legacy=True)
    assert isinstance(number, CaseNumber)
    assert (number.year, number.court, number.special + number.type, number.serial) == (year, court, kind, serial)
    again = case_number(number.key, legacy=True)
    assert isinstance(again, CaseNumber) and again.key == number.key


@pytest.mark.parametrize(
    ("text", "year", "mark", "serial"),
    [
        ("(2023)绵涪人调字第1号", 2023, "绵涪", 1),
        ("（2023）绵涪人调字第 一 号", 2023, "绵涪", 1),
        ("(2023)绵涪人调字第001号", 2023, "绵涪", 1),
        ("(2023)楚市鹿城人调字第一百零二号", 2023, "楚市鹿城", 102),
        ("(2023)人调字第12号", 2023, "", 12),
    ],
)
def test_numbers_of_mediations(text: str, year: int, mark: str, serial: int) -> None:
    assert NUMBERED.parse(text) == MediationNumber(text, year, mark, serial, f"({year}){mark}人调字第{serial}号")


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("(  )人调字第  号", "identifier.form", 4),  # the blank form
        ("(2023)绵涪人调第1号", "identifier.form", 7),
        ("(2023)绵涪人调字第号", "identifier.form", 13),
        ("(2023)绵涪人调字第1号附", "identifier.form", 15),
        ("(2023)绵涪人调字第0号", "identifier.number", 13),
        ("(2023)绵涪人调字第百十号", "identifier.number", 13),
    ],
)
def test_what_is_no_number_of_a_mediation(text: str, code: str, at: int) -> None:
    assert NUMBERED.parse(text) == Fault(code, at)


@given(
    st.sampled_from([
        "({year}){mark}人调字第{serial}号", "（{year}）{mark}人调字第{serial}号", "{mark}〔{year}〕{serial}号",
        "{mark}{year}-{serial}", "人调{year}第{serial}号{mark}", "{year}年第{serial}号",
    ]),
    st.integers(1990, 2099), st.text("绵涪楚雄鹿城", max_size=8), st.integers(1, 9_999),
)  # fmt: skip
def test_what_a_template_writes_it_reads(template: str, year: int, mark: str, serial: int) -> None:
    made = MediationTemplate(template)
    mark = mark if "{mark}" in template else ""
    text = made.write(year, mark, serial)
    number = made.parse(text)
    assert number == MediationNumber(text, year, mark, serial, folded(text)[0])
    typed = text.replace(str(serial), digits_in_chinese(serial)) if "第{serial}" in template else text
    again = made.parse(typed) if str(serial) not in str(year) else number
    assert isinstance(again, MediationNumber) and again.key == number.key


@pytest.mark.parametrize(
    "template",
    [
        "", "人调字第{serial}号", "{year}", "{year}{year}{serial}", "{year}{serial}{place}", "{year!r}{serial}",
        "{{year}{serial}",
    ],
)  # fmt: skip
def test_a_template_must_say_year_and_serial_and_nothing_else(template: str) -> None:
    with pytest.raises(ValueError, match="template"):
        MediationTemplate(template)


@pytest.mark.parametrize(
    ("text", "issuer", "year", "serial", "well_formed"),
    [
        ("绵司法发〔2023〕79号", "绵司法发", 2023, 79, True),
        ("绵司法发[2023]79号", "绵司法发", 2023, 79, False),
        ("市党办通2021〔86〕号", "市党办通", 2021, 86, False),
        ("国办发〔2022〕12号", "国办发", 2022, 12, True),
        ("法〔2018〕第335号", "法", 2018, 335, False),
        ("法〔2018〕0335号", "法", 2018, 335, False),
        ("国务院令第809号", "国务院令", None, 809, True),
        ("国务院令809号", "国务院令", None, 809, False),
    ],
)
def test_numbers_of_papers(text: str, issuer: str, year: int | None, serial: int, well_formed: bool) -> None:
    assert paper_number(text) == PaperNumber(text, issuer, year, serial, well_formed)


def test_both_forms_of_a_seeds_number_are_one_key() -> None:
    keys = set()
    for text in ("绵司法发[2023]79号", "绵司法发〔2023〕79号", "绵司法发（２０２３） 79号"):
        number = paper_number(text)
        assert isinstance(number, PaperNumber) and number.raw == text
        keys.add(number.key)
    assert keys == {"绵司法发〔2023〕79号"}
    malformed = paper_number("市党办通2021〔86〕号")
    assert isinstance(malformed, PaperNumber) and malformed.key == "市党办通〔2021〕86号"


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("", "identifier.form", 1),
        ("〔2023〕79号", "identifier.form", 1),
        ("绵司法发〔23〕79号", "identifier.form", 6),
        ("绵司法发〔2023〕79", "identifier.form", 13),
        ("绵司法发〔2023〕号", "identifier.form", 11),
        ("市党办通2021〔〕号", "identifier.form", 10),
        ("绵司法发〔2023〕0号", "identifier.number", 11),
    ],
)
def test_what_is_no_number_of_a_paper(text: str, code: str, at: int) -> None:
    assert paper_number(text) == Fault(code, at)


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    for parse in (case_number, paper_number, NUMBERED.parse):
        found = parse(text)
        assert not isinstance(found, Fault) or 1 <= found.at <= len(text) + 1


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("（２０２３）绵涪人调字第１号", "(2023)绵涪人调字第1号"),
        ("〔2023〕", "(2023)"),
        ("【2023】", "(2023)"),
        ("(2023)绵涪人调字第一号", "(2023)绵涪人调字第1号"),
        ("第一百二三号", "第一百二三号"),
        ("阿\u3000甲\u200b", "阿甲"),
        ("阿・甲", "阿\u00b7甲"),
        ("阿•甲", "阿\u00b7甲"),
        ("阿‧甲", "阿\u00b7甲"),
        ("阿·甲", "阿\u00b7甲"),
        ("e\u0301", "\u00e9"),
        ("後后", "後后"),
        ("ﬁ", "ﬁ"),  # no compatibility forms
        ("㐀𠮷", "㐀𠮷"),
        ("ａbＣ", "abC"),
        ("Anna Li", "Anna Li"),
    ],
)
def test_keys_are_one_form_whatever_was_typed(typed: str, compared: str) -> None:
    assert key(typed) == compared


@given(st.text(st.sampled_from("（〔[第一二十百号e\u0301\u200d\u3000・•ａ９ A")) | st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert key(key(text)) == key(text)
    plain, places = folded(text)
    assert folded(plain)[0] == plain
    assert len(places) == len(plain) + 1 and list(places) == sorted(set(places)) and places[-1] == len(text) + 1


@given(st.integers(1, 9_999))
def test_numerals_of_both_kinds(n: int) -> None:
    assert numeral(digits_in_chinese(n)) == n
    assert numeral("".join("〇一二三四五六七八九"[int(c)] for c in str(n))) == n


@pytest.mark.parametrize("text", ["", "百", "十百", "一百二三", "零百", "一十二十", "一百A", "十 ", "1十"])
def test_what_is_no_numeral(text: str) -> None:
    assert numeral(text) is None


def test_ten_alone_and_ten_with_digits() -> None:
    assert [numeral(text) for text in ("十", "十二", "二十", "一十二", "零")] == [10, 12, 20, 12, 0]
