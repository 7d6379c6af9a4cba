"""With script a row changes where it stands: its form opens under it, and what was done takes its place."""

import json
import re

import pytest

from tests.pages.city import CENTRE, TOWN, City, hidden
from tests.pages.reading import words
from tests.people.signed import Response, Signed

pytestmark = pytest.mark.usefixtures("no_waiting")
PART = {"HX-Request": "true"}


def row_of(person: Signed, where: str, act: str, dispute: str) -> tuple[str, str, str]:
    """(row id, token, the desk's number) of the row of a dispute that has this button."""
    page = person.get(where).text
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    rows = [part.split("</tr>")[0] for part in page.split(f'<tr id="r-{dispute.replace("-", "")}')[1:]]
    row = next(f"r-{dispute.replace('-', '')}{row}" for row in rows if f'formaction="/act/{act}"' in row)
    token = re.search(r'name="item" value="([^"]+)"', row)
    assert nonce and token
    return row.split('"')[0], token[1], nonce[1]


def part(person: Signed, act: str, form: dict[str, str]) -> Response:
    return person.post(f"/act/{act}", form, **PART)


def test_signing_leaves_the_row_ready_to_be_accepted(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    case, _ = city.received()
    city.hub.settle()
    clerk = city.clerk()
    row, token, nonce = row_of(clerk, "/desk", "sign", case)
    wait = city.hub.views.wait_until
    monkeypatch.setattr(city.hub.views, "wait_until", lambda *a: city.hub.settle() and wait(*a))
    answer = part(clerk, "sign", {"item": token, "nonce": nonce, "back": "/desk"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["hx-retarget"] == f"#{row}" and answer.headers["hx-reswap"] == "outerHTML"
    assert json.loads(answer.headers["hx-trigger-after-settle"]) == {"desk-changed": {"row": row}}
    assert 'formaction="/act/accept"' in answer.text and "已签收" in answer.text and "<html" not in answer.text
    assert city.last(case)[0] == "referral.signed"
    again = part(clerk, "sign", {"item": token, "nonce": nonce, "back": "/desk"})
    assert again.status_code == 200 and [t for t, _ in city.events(case)].count("referral.signed") == 1


def test_the_form_opens_under_its_row_and_a_refusal_stays_there(city: City) -> None:
    case, offer = city.received(upto="signed")
    city.hub.settle()
    clerk = city.clerk()
    row, token, _ = row_of(clerk, "/desk?tab=accept", "return", case)
    opened = clerk.client.get("/act/return", params={"item": token, "back": "/desk"}, headers=PART)
    assert opened.text.strip().startswith(f'<tr class="inline-form" data-for="{row}">') and "<html" not in opened.text
    form = hidden(opened.text)
    refused = part(clerk, "return", form | {"reason": "材料在派出所"})
    assert refused.status_code == 422 and refused.headers["x-act"] == "form"
    assert "材料在派出所" in refused.text and "没有退回：缺少必填字段" in refused.text
    done = part(clerk, "return", hidden(refused.text) | {"reason": "材料在派出所", "reason_code": "missing_record"})
    assert done.status_code == 200 and done.headers["hx-retarget"] == f"#{row}"
    assert city.last(case)[0] == "referral.returned" and offer
    city.hub.settle()
    gone = part(clerk, "return", hidden(refused.text) | {"reason": "材料在派出所", "reason_code": "missing_record"})
    assert "本单位在这项上没有待办了" in words(f"<table>{gone.text}</table>") and "东兴社区调委会" in gone.text


def test_a_direct_act_that_is_refused_shows_its_form(city: City) -> None:
    case, offer = city.received()
    city.hub.settle()
    clerk = city.clerk()
    row, token, nonce = row_of(clerk, "/desk?tab=sign", "sign", case)
    city.do("withdraw", "532301101001.pmc", dispute=case, referral=offer, reason="")
    answer = part(clerk, "sign", {"item": token, "nonce": nonce, "back": "/desk"})
    assert answer.status_code == 409 and "没有签收：移送已撤回" in answer.text
    assert f'data-for="{row}"' in answer.text and hidden(answer.text)["nonce"] != nonce


def test_elsewhere_a_part_leads_back_when_done(city: City) -> None:
    """A form opened in another page than a desk: no row, so the whole page is shown anew."""
    case = city.case(TOWN)
    clerk = city.clerk()
    opened = clerk.client.get("/act/grade", params={"dispute": case, "back": "/board"}, headers=PART)
    assert opened.text.strip().startswith('<section class="act-part">')
    typed = hidden(opened.text) | {"ordinal": "2", "scheme": "三级", "grade": "高"}
    done = part(clerk, "grade", typed)
    assert done.status_code == 200 and done.headers["hx-redirect"].startswith("/board?act=grade&did=")


def test_an_act_on_the_dispute_leaves_its_own_row_and_no_other(city: City) -> None:
    """The town owes feedback sooner than progress: what was worked on is progress, so its row comes back."""
    case, _ = city.received(upto="accepted")
    city.hub.settle()
    clerk = city.clerk()
    row, token, _ = row_of(clerk, "/desk?tab=act", "attempt", case)
    opened = clerk.client.get("/act/attempt", params={"item": token, "back": "/desk"}, headers=PART)
    done = part(
        clerk, "attempt", hidden(opened.text) | {"result": "no_deal", "mode": "online", "at": "2026-11-25T08:00"}
    )
    assert f'<tr id="{row}" data-row="act"' in done.text and "已记录一次调解" in done.text


def test_urging_from_another_desk_leaves_the_row_with_its_debtor(city: City) -> None:
    case = city.case(TOWN)
    city.hub.settle()
    centre = city.clerk(CENTRE, role="supervisor")
    row, token, nonce = row_of(centre, f"/desk?agency={TOWN}&tab=act", "urge", case)
    answer = part(centre, "urge", {"item": token, "nonce": nonce, "back": "/desk", "desk": TOWN})
    assert answer.status_code == 200 and f'<tr id="{row}" data-row="act"' in answer.text
    before = city.last(case)
    assert part(centre, "urge", {"item": token, "nonce": "y" * 20, "desk": "nowhere"}).status_code == 404
    assert city.last(case) == before
    assert part(city.clerk("532301101001.pmc"), "urge", {"item": token, "nonce": "x" * 20}).status_code in (404, 409)
