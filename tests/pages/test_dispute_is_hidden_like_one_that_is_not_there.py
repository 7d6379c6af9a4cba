"""A dispute outside the visitor's scope and one that does not exist cannot be told apart, on no address of its page."""

import re
import uuid

import pytest

from hub.web.api.examples import DISPUTE
from hub.words import ident
from tests.pages.reading import code_of
from tests.people.signed import Response, Signed, sign_in
from tests.web.hubs import Trial, command

NUMBER = "532301-2026-00001"
ABSENT = "532301-2026-77777"


@pytest.fixture(scope="module")
def outsider(told: Trial) -> Signed:
    """A clerk of a committee that has never had a part in the dispute."""
    operator = told.peer("registrar", role="operator")
    own = {"name": "另一镇人民调解委员会", "kind": "committee", "level": "township", "region": "532301103"}
    answer = operator.post(command("register_agency", "hub", code="532301103.committee", superior=None, **own))
    assert answer.status_code == 201, answer.json()
    told.hub.settle()
    return sign_in(told, "outsider", "clerk", "532301103.committee")


def alike(hidden: Response, absent: Response) -> None:
    """The same answer but for the number that was asked for."""
    assert (hidden.status_code, code_of(hidden)) == (404, "dispute.unknown")
    assert (absent.status_code, code_of(absent)) == (404, "dispute.unknown")
    bodies = [re.sub(r"532301-2026-\d+|[0-9a-f]{8}-[0-9a-f-]{27}|/events/\d+", "?", r.text) for r in (hidden, absent)]
    assert bodies[0] == bodies[1]
    assert {**hidden.headers, "content-length": ""} == {**absent.headers, "content-length": ""}


@pytest.mark.parametrize("path", ["", "/lanes.svg", "/events.xlsx", "/news?since=3"])
def test_by_number(outsider: Signed, path: str) -> None:
    alike(outsider.get(f"/disputes/{NUMBER}{path}"), outsider.get(f"/disputes/{ABSENT}{path}"))


def test_by_id(outsider: Signed) -> None:
    alike(outsider.get(f"/disputes/{DISPUTE}"), outsider.get(f"/disputes/{uuid.uuid4()}"))


def test_every_event(told: Trial, outsider: Signed) -> None:
    for row in told.hub.store.events([ident(DISPUTE)]):
        alike(outsider.get(f"/events/{row.position}"), outsider.get("/events/999999"))


def test_the_registry_is_everybodys(outsider: Signed) -> None:
    assert outsider.get("/events/1").status_code == 200


@pytest.mark.parametrize("asked", ["x", "532301-2026-", "..%2f..%2fetc", "%00", "5" * 400, "０１-２０２６-１", "-1"])
def test_nonsense(outsider: Signed, asked: str) -> None:
    answer = outsider.get(f"/disputes/{asked}")
    assert answer.status_code == 404 and "Traceback" not in answer.text


def test_a_position_that_is_no_number(outsider: Signed) -> None:
    assert outsider.get("/events/abc").status_code == 400
    assert outsider.get(f"/events/{1 << 70}").status_code == 404


def test_an_agencys_id_is_no_dispute(told: Trial, outsider: Signed) -> None:
    stream = told.hub.store.read(0, 1)[0].stream
    answer = outsider.get(f"/disputes/{uuid.UUID(bytes=stream)}")
    assert (answer.status_code, code_of(answer)) == (404, "dispute.unknown")
