"""The contract's schemas at a read-only endpoint in the form of Confluent's schema registry.

A foreign Kafka client's Avro deserializer, pointed at ``<hub>/registry``, reads the hub's records through
it: ids are those behind the ``00`` byte of every Kafka value, subjects are record names
(RecordNameStrategy). Registering a schema the hub already has answers with its id, as Confluent's does;
anything else that would write is refused in Confluent's error form.
"""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.contract import Contract, Schema
from hub.contract.schema import SchemaRefused, parse

from ..callers import bound, parts_of
from ..strict_json import read
from . import models

FAULT = {"model": models.RegistryError, "description": "an error in Confluent's form"}
WRITES = ["POST", "PUT", "DELETE"]


class _Reply(Response):
    media_type = "application/vnd.schemaregistry.v1+json"

    def __init__(self, content: Any, status_code: int = 200) -> None:
        super().__init__(content, status_code)

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


router = APIRouter(prefix="/registry", tags=["schemas"], default_response_class=_Reply)


def _error(status: int, code: int, message: str) -> Response:
    return _Reply({"error_code": code, "message": message}, status)


NO_SUBJECT = (404, 40401, "Subject not found.")
NO_VERSION = (404, 40402, "Version not found.")
NO_SCHEMA = (404, 40403, "Schema not found")
BAD_VERSION = (422, 42202, "The specified version is not a valid version id: a number from 1, or `latest`.")
BAD_SCHEMA = (422, 42201, "Invalid schema")
READ_ONLY = (403, 40301, "The hub's schemas are read-only: they are part of its release.")


def subjects(contract: Contract) -> dict[str, dict[int, Schema]]:
    """Every subject (the record's full name) with its versions."""
    found: dict[str, dict[int, Schema]] = {}
    for schema in contract.by_id.values():
        found.setdefault(schema.fullname, {})[schema.version] = schema
    return {name: dict(sorted(found[name].items())) for name in sorted(found)}


def _versions(request: Request, subject: str) -> dict[int, Schema] | None:
    return subjects(parts_of(request).contract).get(subject)


def _pick(versions: dict[int, Schema], version: str) -> Schema | Response:
    if version in ("latest", "-1"):
        return versions[max(versions)]
    if not (version.isascii() and version.isdigit()) or not 0 < int(version[:10]) < 1 << 31:
        return _error(*BAD_VERSION)
    return versions.get(int(version)) or _error(*NO_VERSION)


def _by_id(request: Request, ident: str) -> Schema | None:
    if not (ident.isascii() and ident.isdigit()) or len(ident) > 10:
        return None
    return parts_of(request).contract.by_id.get(int(ident))


@router.get("/schemas/types", **bound("read.schema", "kinds of schema"))
async def types() -> Response:
    """The kinds of schema there are: Avro only."""
    return _Reply(["AVRO"])


@router.get(
    "/schemas/ids/{ident}", **bound("read.schema", "schema by id", _200={"model": models.SchemaById}, _404=FAULT)
)
async def schema_by_id(request: Request, ident: str) -> Response:
    """The schema behind an id of a Kafka value."""
    schema = _by_id(request, ident)
    return _error(*NO_SCHEMA) if schema is None else _Reply({"schema": schema.text})


@router.get("/schemas/ids/{ident}/schema", **bound("read.schema", "schema text by id", _404=FAULT))
async def schema_text_by_id(request: Request, ident: str) -> Response:
    """The same without a wrapping."""
    schema = _by_id(request, ident)
    return _error(*NO_SCHEMA) if schema is None else _Reply(json.loads(schema.text))


@router.get("/schemas/ids/{ident}/versions", **bound("read.schema", "subject and version by id", _404=FAULT))
async def versions_by_id(request: Request, ident: str) -> Response:
    """Subject and version of an id."""
    schema = _by_id(request, ident)
    if schema is None:
        return _error(*NO_SCHEMA)
    return _Reply([{"subject": schema.fullname, "version": schema.version}])


@router.get("/subjects", **bound("read.schema", "subjects"))
async def list_subjects(request: Request) -> Response:
    """The full names of all records."""
    return _Reply(list(subjects(parts_of(request).contract)))


@router.get("/subjects/{subject}/versions", **bound("read.schema", "versions of a subject", _404=FAULT))
async def list_versions(request: Request, subject: str) -> Response:
    """The versions of a subject."""
    versions = _versions(request, subject)
    return _error(*NO_SUBJECT) if versions is None else _Reply(list(versions))


@router.get(
    "/subjects/{subject}/versions/{version}",
    **bound("read.schema", "one version", _200={"model": models.SchemaVersion}, _404=FAULT, _422=FAULT),
)
async def schema_version(request: Request, subject: str, version: str) -> Response:
    """One version of a subject; `latest` is the newest."""
    versions = _versions(request, subject)
    if versions is None:
        return _error(*NO_SUBJECT)
    found = _pick(versions, version)
    return found if isinstance(found, Response) else _Reply(_described(found))


@router.get(
    "/subjects/{subject}/versions/{version}/schema",
    **bound("read.schema", "text of one version", _404=FAULT, _422=FAULT),
)
async def schema_version_text(request: Request, subject: str, version: str) -> Response:
    """The same without a wrapping."""
    versions = _versions(request, subject)
    if versions is None:
        return _error(*NO_SUBJECT)
    found = _pick(versions, version)
    return found if isinstance(found, Response) else _Reply(json.loads(found.text))


@router.post(
    "/subjects/{subject}",
    **bound("read.schema", "look a schema up", _200={"model": models.SchemaVersion}, _404=FAULT, _422=FAULT),
)
async def look_up(request: Request, subject: str) -> Response:
    """The version and id under which a subject has this schema."""
    found = await _same(request, subject)
    return found if isinstance(found, Response) else _Reply(_described(found))


@router.post("/subjects/{subject}/versions", **bound("read.schema", "register: read-only", _403=FAULT, _422=FAULT))
async def register(request: Request, subject: str) -> Response:
    """Read-only: a schema the subject has answers with its id (serializers ask so), any other is refused."""
    found = await _same(request, subject)
    if isinstance(found, Response):
        return found if found.status_code == 422 else _error(*READ_ONLY)
    return _Reply({"id": found.id})


@router.get("/config", **bound("read.schema", "compatibility"))
@router.get("/config/{subject}", **bound("read.schema", "compatibility"))
async def config(subject: str = "") -> Response:
    """The rule by which the contract grows: readers of a newer version read what older ones wrote."""
    return _Reply({"compatibilityLevel": "BACKWARD_TRANSITIVE"})


@router.get("/mode", **bound("read.schema", "mode"))
@router.get("/mode/{subject}", **bound("read.schema", "mode"))
async def mode(subject: str = "") -> Response:
    """Read-only, always."""
    return _Reply({"mode": "READONLY"})


@router.api_route("/{path:path}", methods=WRITES, include_in_schema=False, **bound("read.schema"))
async def refuse(path: str) -> Response:
    """Everything else that would write."""
    return _error(*READ_ONLY)


@router.get("/{path:path}", include_in_schema=False, **bound("read.schema"))
async def nothing(path: str) -> Response:
    """An address Confluent's registry may have and this one has not."""
    return _error(404, 404, "HTTP 404 Not Found")


def _described(schema: Schema) -> dict[str, Any]:
    return {"subject": schema.fullname, "version": schema.version, "id": schema.id, "schema": schema.text}


async def _same(request: Request, subject: str) -> Schema | Response:
    """The subject's schema that has the same canonical form as the one sent."""
    versions = _versions(request, subject)
    try:
        sent = read(await request.body())
        text = sent["schema"]
        if sent.get("schemaType", "AVRO") != "AVRO" or not isinstance(text, str):
            return _error(*BAD_SCHEMA)
        read(text.encode())
        fingerprint = parse("sent", subject, 1, text).fingerprint
    except (ValueError, TypeError, KeyError, AttributeError, SchemaRefused):
        return _error(*BAD_SCHEMA)
    if versions is None:
        return _error(*NO_SUBJECT)
    return next((s for s in versions.values() if s.fingerprint == fingerprint), None) or _error(*NO_SCHEMA)
