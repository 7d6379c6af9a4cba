"""A command that does not fit the contract is refused before anything is sent, with code and field."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.client import BadField, Client, agency_id, dispute_id, referral_id
from connectors.framing import Record
from connectors.messages import Message, Receipt


class Recorder:
    """A transport that keeps what it is given."""

    system = "town"

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def check(self) -> None: ...
    def close(self) -> None: ...
    def send_raw(self, raw: bytes) -> None: ...
    def catch_up(self, timeout: float) -> None: ...

    def send(self, record: Record, fields: Mapping[str, Any]) -> Receipt | None:
        self.sent.append((record.name, dict(fields)))
        return Receipt(fields["command_id"], "done")

    def answer(self, command_id: str, timeout: float) -> Receipt:
        raise NotImplementedError

    def inbox(self, after: int, limit: int, timeout: float) -> list[Message]:
        return []


CASE, US, THEM = (str(uuid.uuid4()) for _ in range(3))
GOOD: dict[str, Any] = {"agency": US, "dispute": CASE, "kind": "transfer", "channel": "police", "receiver": THEM}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"receiver": "not-a-uuid"}, "field.type", "receiver"),
        ({"receiver": None}, "field.type", "receiver"),
        ({"kind": 7}, "field.type", "kind"),
        ({"based_on": "3"}, "field.type", "based_on"),
        ({"based_on": True}, "field.type", "based_on"),
        ({"occurred_at": "yesterday"}, "field.type", "occurred_at"),
        ({"occurred_at": datetime(2026, 1, 1)}, "field.type", "occurred_at"),  # no zone: nobody knows when
        ({"colour": "red"}, "field.unknown", "colour"),
    ],
)
def test_bad_fields(change: dict[str, Any], code: str, field: str) -> None:
    transport = Recorder()
    with pytest.raises(BadField) as bad:
        Client(transport).submit("refer", **(GOOD | change))
    assert (bad.value.code, bad.value.field) == (code, field)
    assert transport.sent == []


def test_a_missing_field_and_a_bad_party() -> None:
    client = Client(Recorder())
    with pytest.raises(BadField) as bad:
        client.submit("refer", agency=US, dispute=CASE, kind="transfer", channel="police")
    assert (bad.value.code, bad.value.field) == ("field.missing", "receiver")
    party = {"role": "applicant", "kind": "person", "commitment": "00"}
    with pytest.raises(BadField) as bad:
        client.submit("register", agency=US, category="02", source="application", parties=[party])
    assert (bad.value.code, bad.value.field) == ("field.type", "parties[0].commitment")


def test_an_unknown_command() -> None:
    with pytest.raises(BadField) as bad:
        Client(Recorder()).submit("abolish", agency=US)
    assert bad.value.code == "schema.unknown"


def test_ids_and_instants_in_any_form() -> None:
    transport = Recorder()
    client = Client(transport, ids=lambda: CASE, clock=lambda: 1_000_000)
    client.submit("refer", **GOOD)
    moment = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    other: dict[str, Any] = {"receiver": uuid.UUID(THEM), "dispute": uuid.UUID(CASE).bytes, "occurred_at": moment}
    client.submit("refer", **(GOOD | other))
    assert transport.sent[0] == transport.sent[1]
    assert transport.sent[0][1]["occurred_at"] == 1_000_000


def test_ids_are_known_before_the_answer() -> None:
    client = Client(Recorder(), ids=lambda: CASE)
    registered = client.send("register", agency=US, category="02", source="application")
    assert registered.dispute == dispute_id("town", CASE)
    assert client.send("refer", **GOOD).referral == referral_id("town", CASE)
    assert client.submit("refer", **GOOD).referral == referral_id("town", CASE)
    assert client.send("sign", agency=US, dispute=CASE, referral=THEM).referral is None
    assert agency_id("532301.pmc") == str(uuid.uuid5(uuid.UUID("5b0c2c5e-9f1e-5d5b-8a35-3f0f8d6a7c11"), "532301.pmc"))
