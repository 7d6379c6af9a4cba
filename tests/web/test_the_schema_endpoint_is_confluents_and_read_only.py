"""A foreign deserializer reads the hub's records through this endpoint; nothing can be written to it."""

import io
import json
from typing import Any

import fastavro
import pytest

from hub.contract import load
from hub.web.api.examples import DISPUTE
from tests.web.hubs import Response, Trial

CONTRACT = load()
MEDIA = "application/vnd.schemaregistry.v1+json"
SUBJECT = "hub.command.Refer"


def fault(answer: Response, status: int, code: int) -> None:
    assert (answer.status_code, answer.json()["error_code"]) == (status, code), answer.text
    assert set(answer.json()) == {"error_code", "message"} and answer.headers["content-type"] == MEDIA


def test_every_id_gives_the_schema_that_reads_its_records(shared: Trial) -> None:
    for schema in CONTRACT.by_id.values():
        found = shared.client.get(f"/registry/schemas/ids/{schema.id}")
        assert found.headers["content-type"] == MEDIA
        fastavro.parse_schema(json.loads(found.json()["schema"]))
        assert shared.client.get(f"/registry/schemas/ids/{schema.id}/schema").json() == json.loads(schema.text)
        assert shared.client.get(f"/registry/schemas/ids/{schema.id}/versions").json() == [
            {"subject": schema.fullname, "version": schema.version}
        ]


def test_a_kafka_value_is_read_with_nothing_but_the_endpoint(trial: Trial) -> None:
    trial.play()
    stored = trial.hub.store.load([bytes.fromhex(DISPUTE.replace("-", ""))])
    for body in next(iter(stored.values())):
        value = CONTRACT.to_kafka(body)
        assert value[0] == 0
        ident = int.from_bytes(value[1:5], "big")
        schema = json.loads(trial.client.get(f"/registry/schemas/ids/{ident}").json()["schema"])
        record = fastavro.schemaless_reader(io.BytesIO(value[5:]), schema, None)
        assert isinstance(record, dict) and record["stream"].hex() == DISPUTE.replace("-", "")


def test_subjects_are_record_names_with_versions(shared: Trial) -> None:
    subjects = shared.client.get("/registry/subjects").json()
    assert subjects == sorted({s.fullname for s in CONTRACT.by_id.values()}) and SUBJECT in subjects
    for subject in subjects:
        versions = shared.client.get(f"/registry/subjects/{subject}/versions").json()
        latest = shared.client.get(f"/registry/subjects/{subject}/versions/latest").json()
        assert latest["version"] == max(versions) and latest["subject"] == subject
        assert set(latest) == {"subject", "version", "id", "schema"}
        assert shared.client.get(f"/registry/subjects/{subject}/versions/{max(versions)}").json() == latest
        assert shared.client.get(f"/registry/subjects/{subject}/versions/latest/schema").json() == json.loads(
            latest["schema"]
        )


def respelt(schema: dict[str, Any]) -> str:
    """The same schema as another library writes it: keys in another order, without docs."""
    fields = [{k: f[k] for k in sorted(f) if k != "doc"} for f in schema["fields"]]
    return json.dumps({"fields": fields, "type": "record", "namespace": schema["namespace"], "name": schema["name"]})


def test_a_schema_the_subject_has_is_found_and_may_be_registered_again(shared: Trial) -> None:
    latest = shared.client.get(f"/registry/subjects/{SUBJECT}/versions/latest").json()
    for text in (latest["schema"], respelt(json.loads(latest["schema"]))):
        found = shared.client.post(f"/registry/subjects/{SUBJECT}?normalize=true", json={"schema": text})
        assert found.status_code == 200 and found.json() == latest
        again = shared.client.post(
            f"/registry/subjects/{SUBJECT}/versions", json={"schema": text, "schemaType": "AVRO"}
        )
        assert again.status_code == 200 and again.json() == {"id": latest["id"]}


OTHER = json.dumps({"type": "record", "name": "X", "namespace": "y", "fields": [{"name": "z", "type": "long"}]})


def test_nothing_can_be_written(shared: Trial) -> None:
    post, registry = shared.client.post, "/registry"
    fault(post(f"{registry}/subjects/{SUBJECT}/versions", json={"schema": OTHER}), 403, 40301)
    fault(post(f"{registry}/subjects/y.X/versions", json={"schema": OTHER}), 403, 40301)
    fault(post(f"{registry}/subjects/{SUBJECT}", json={"schema": OTHER}), 404, 40403)
    fault(post(f"{registry}/subjects/y.X", json={"schema": OTHER}), 404, 40401)
    for method, path in (
        ("DELETE", f"/subjects/{SUBJECT}"), ("DELETE", f"/subjects/{SUBJECT}/versions/1"), ("PUT", "/config"),
        ("PUT", f"/config/{SUBJECT}"), ("PUT", "/mode"), ("DELETE", "/config"), ("POST", "/compatibility/subjects/x"),
    ):  # fmt: skip
        fault(shared.client.request(method, registry + path), 403, 40301)
    assert shared.client.get(f"{registry}/mode").json() == {"mode": "READONLY"}
    assert shared.client.get(f"{registry}/config").json()["compatibilityLevel"] == "BACKWARD_TRANSITIVE"
    assert len(shared.client.get(f"{registry}/subjects").json()) == len({s.fullname for s in CONTRACT.by_id.values()})


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/schemas/ids/1", 404, 40403), ("/schemas/ids/-1", 404, 40403), ("/schemas/ids/x", 404, 40403),
        ("/schemas/ids/" + "9" * 400, 404, 40403), ("/subjects/none/versions", 404, 40401),
        ("/subjects/none/versions/1", 404, 40401), (f"/subjects/{SUBJECT}/versions/2", 404, 40402),
        (f"/subjects/{SUBJECT}/versions/0", 422, 42202), (f"/subjects/{SUBJECT}/versions/x", 422, 42202),
        ("/contexts", 404, 404),
    ],
)  # fmt: skip
def test_what_is_not_there_has_confluents_codes(shared: Trial, path: str, status: int, code: int) -> None:
    fault(shared.client.get("/registry" + path), status, code)


RECURSIVE = json.dumps({"type": "record", "name": "X", "namespace": "y", "fields": [{"name": "z", "type": "y.X"}]})
NOTHING = {"type": "record", "name": "N", "namespace": "y", "fields": []}
EMPTY_ITEMS = json.dumps({"type": "record", "name": "X", "namespace": "y", "fields": [
    {"name": "z", "type": {"type": "array", "items": NOTHING}}]})  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"schema":1}', b'{"schema":"x"}', b'{"schema":"\\"long\\""}', b'{"schema":"{}"}',
     b'{"schema":"[1]"}', b'{"schema":"' + b"[" * 5000 + b'"}', b'{"schema":"null","schemaType":"JSON"}',
     json.dumps({"schema": RECURSIVE}).encode(), json.dumps({"schema": EMPTY_ITEMS}).encode(),
     json.dumps({"schema": '{"type":"record","name":"X","fields":7}'}).encode(),
     json.dumps({"schema": '{"type":"record","name":{},"namespace":[],"fields":[{}]}'}).encode()],
)  # fmt: skip
def test_a_schema_that_is_none_is_refused(shared: Trial, body: bytes) -> None:
    for path in (f"/registry/subjects/{SUBJECT}", f"/registry/subjects/{SUBJECT}/versions"):
        fault(shared.client.post(path, content=body), 422, 42201)
