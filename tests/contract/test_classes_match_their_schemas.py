"""Every event and command class has the fields of its published schema, in that order; the hub's own have none."""

from __future__ import annotations

import json
import uuid
from importlib.resources import files

from hub import words as w
from hub.aggregates.agency import names
from hub.aggregates.decide import PLAIN
from hub.aggregates.dispute import commands, events
from hub.aggregates.screening import names as screening
from hub.contract import load

CONTRACT = load()
COMMAND_HEAD = ("command_id", "occurred_at", "agency", "duty", "dispute", "based_on")


def test_events() -> None:
    dispute_head = w.Envelope._fields + events.Custody._fields
    for name, cls in events.CLASSES.items():
        assert CONTRACT.schema("event", name).fields == dispute_head + cls._fields, name
    for name, plain in PLAIN.items():
        assert CONTRACT.schema("event", name).fields == w.Envelope._fields + plain._fields, name
    assert set(CONTRACT.names("event")) == set(events.CLASSES) | set(PLAIN)


def test_commands() -> None:
    sendable = {n: c for n, c in commands.CLASSES.items() if c not in commands.HUB_ONLY}
    of_books = {n: c for n, c in screening.COMMANDS.items() if c not in screening.HUB_ONLY}
    for name, cls in {**sendable, **names.COMMANDS, **of_books}.items():
        assert CONTRACT.schema("command", name).fields == COMMAND_HEAD + cls._fields, name
    assert set(CONTRACT.names("command")) == set(sendable) | set(names.COMMANDS) | set(of_books)


def test_every_dispute_event_states_its_custodian_by_a_fixed_field() -> None:
    for name in events.CLASSES:
        record = CONTRACT.schema("event", name).record
        custodian = next(f for f in record.fields if f.name == "custodian")
        assert (custodian.kind.name, custodian.kind.size) == ("fixed", 16), name


def test_ids_are_uuid5_in_the_published_namespace() -> None:
    published = json.loads(files("schemas").joinpath("namespace.json").read_text(encoding="utf-8"))
    namespace = uuid.UUID(published["namespace"])
    assert namespace == w.HUB_NAMESPACE
    command = w.CommandId(uuid.UUID("01890a5d-ac96-774b-bcce-b302099a8057").bytes)
    assert w.agency_id("532301.centre") == uuid.uuid5(namespace, "532301.centre").bytes
    assert w.dispute_id("court", command) == uuid.uuid5(namespace, f"court/{uuid.UUID(bytes=command)}").bytes
    assert w.referral_id("court", command) == uuid.uuid5(namespace, f"court/{uuid.UUID(bytes=command)}/referral").bytes
    assert w.lead_id("court", command) == uuid.uuid5(namespace, f"court/{uuid.UUID(bytes=command)}/lead").bytes
    assert (
        w.finding_id("court", command, 2) == uuid.uuid5(namespace, f"court/{uuid.UUID(bytes=command)}/finding/2").bytes
    )
    agency = w.agency_id("532301.centre")
    assert w.screening_id(agency) == uuid.uuid5(namespace, f"screening/{uuid.UUID(bytes=agency)}").bytes
