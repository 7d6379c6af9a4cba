"""What a person may not see is in no list, no count, no file, no figure and no picture; the directory is for all."""

import pytest

from tests.pages.city import COURT, HAMLET, HOUSING, PETITION, POLICE, TOWN, VILLAGE
from tests.pages.listing import Listed, numbers, rows, workbook
from tests.pages.reading import code_of

SEEN = {
    TOWN: {"kept", "offered", "held", "elsewhere", "closed"},  # what the town and those below it had a part in
    VILLAGE: {"kept", "held"},
    HAMLET: {"elsewhere"},
    POLICE: {"offered"},
    COURT: {"returned"},
    HOUSING: {"returned"},
    PETITION: {"elsewhere"},
}


@pytest.mark.parametrize("agency", SEEN)
def test_lists_counts_and_files(listed: Listed, agency: str) -> None:
    person = listed.clerk(agency)
    expected = {listed.number(listed.cases[name]) for name in SEEN[agency]}
    page = person.get("/disputes")
    assert set(numbers(page.text)) == expected and f"共 {len(expected)} 件" in page.text
    book = workbook(person.get("/disputes.xlsx"))
    assert {row[0] for row in book.sheets["全部案件"][1:]} == expected
    everyone = {listed.number(d) for d in listed.cases.values()}
    for number in everyone - expected:
        assert numbers(person.get(f"/disputes?q={number}").text) == []
        assert number not in "".join(book.parts.values())
    for path in ("/limits", "/referrals", "/flows", "/agencies", f"/agencies/{agency}"):
        answer = person.get(path)
        assert answer.status_code == 200
        assert not [number for number in everyone - expected if number in answer.text], path


def test_a_filter_for_somebody_elses_agency_shows_nothing_of_it(listed: Listed) -> None:
    court = listed.clerk(COURT)
    for query in (f"custodian={TOWN}", f"agency={VILLAGE}", "q=东兴社区"):
        page = court.get(f"/disputes?{query}")
        assert numbers(page.text) == [] and "共 0 件" in page.text
    for path in (f"/limits?agency={TOWN}", f"/referrals?agency={TOWN}", f"/referrals?receiver={POLICE}"):
        page = court.get(path)
        assert rows(page.text) == [] and "共 0 " in page.text, path
        file = workbook(court.get(path.replace("?", ".xlsx?")))
        assert len(next(iter(file.sheets.values()))) == 1  # the head only


def test_an_agency_outside_shows_who_it_is_and_no_figure(listed: Listed) -> None:
    court = listed.clerk(COURT)
    page = court.get(f"/agencies/{TOWN}")
    assert page.status_code == 200 and "楚雄市鹿城镇人民调解委员会" in page.text and "不在您的查看范围" in page.text
    assert "/limits?" not in page.text and "/referrals?" not in page.text and "figures.xlsx" not in page.text
    refused = court.get(f"/agencies/{TOWN}/figures.xlsx")
    assert (refused.status_code, code_of(refused)) == (403, "access.denied")
    directory = court.get("/agencies?everyone=1")
    assert directory.text.count("不在查看范围") == 7 and "楚雄市信访局" in directory.text
    assert "楚雄市信访局" not in court.get("/agencies").text  # unless asked for: one's own and those below
    file = workbook(court.get("/agencies.xlsx?everyone=1")).sheets["单位"]
    town = next(row for row in file if row[0] == TOWN)
    assert [cell for cell in town[8:] if cell not in (None, "")] == []


def test_flows_of_a_scope_are_those_to_and_from_it(listed: Listed) -> None:
    everything = listed.clerk("532301.centre", role="supervisor").get("/flows").text
    court = listed.clerk(COURT).get("/flows").text
    assert "鹿城派出所" in everything and "市信访局" in everything
    assert "鹿城派出所" not in court and "市信访局" not in court and "住房和城乡建设局调委会" in court
    assert "只含发自或发往所辖单位的移送" in court


def test_an_operator_sees_the_directory_and_nothing_else(listed: Listed) -> None:
    operator = listed.clerk("532301.centre", role="operator")
    page = operator.get("/agencies")
    assert page.status_code == 200 and "楚雄市信访局" in page.text
    assert "/disputes?" not in page.text and "/limits?" not in page.text and "担责案件" not in page.text
    one = operator.get(f"/agencies/{TOWN}")
    assert one.status_code == 200 and "不在您的查看范围" in one.text
    for path in ("/disputes", "/disputes.xlsx", "/limits", "/referrals", "/flows", "/flows.xlsx"):
        answer = operator.get(path)
        assert (answer.status_code, code_of(answer)) == (403, "sign_in.role"), path


def test_nobody_without_a_session(listed: Listed) -> None:
    paths = (
        "/disputes",
        "/disputes.xlsx",
        "/limits",
        "/limits.xlsx",
        "/referrals",
        "/agencies",
        "/agencies.xlsx",
        "/flows",
    )
    for path in (*paths, f"/agencies/{TOWN}"):
        answer = listed.client.get(path, follow_redirects=False)
        assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in"), path
