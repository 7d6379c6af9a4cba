"""The interface description: FastAPI's, with the contract's records and examples in it. Written to
``schemas/openapi.json``.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from hub.contract import Contract

from . import shapes
from .models import Problem
from .models.screening import EXAMPLES as SCREENING
from .models.statistics import EXAMPLE as STATISTICS

DESCRIPTION = """
HTTP 与 Kafka 是同一份合同的两种传输：这里提交的就是发件箱（outbox）里的同一条记录，只是写成 JSON。

HTTP and Kafka are two transports of one contract: what is submitted here is the very record an outbox takes, in JSON.
Ids are lower-case UUIDs, instants RFC 3339 in UTC, money integer fen, hashes lower-case hex. Every error is an RFC 9457
problem with a stable `code`; the catalogue is at `/v1/codes/problems`. Keys are made by `hub system add`.
"""
TAGS = [
    {"name": "submissions", "description": "上报与答复 · what systems ask the hub to record, and its answers"},
    {"name": "disputes", "description": "矛盾纠纷 · disputes, their chains of custody and their events"},
    {"name": "figures", "description": "队列、义务、闭合等式、名录 · queues, obligations, completeness, directory"},
    {"name": "screening", "description": "排查 · rounds of screening, leads, inspections"},
    {"name": "policy", "description": "规则与日历 · policy packs, the calendar of working days"},
    {"name": "inbox", "description": "收件箱 · what the hub has for the calling system"},
    {"name": "health", "description": "健康 · alive, ready"},
    {"name": "codes", "description": "代码表与错误码 · code lists and error codes"},
    {"name": "schemas", "description": "模式 · the contract's Avro schemas, in the form of Confluent's registry"},
    {"name": "docs", "description": "说明 · this description"},
]


def describe(app: FastAPI, contract: Contract) -> dict[str, Any]:
    """The whole OpenAPI document."""
    made = get_openapi(
        title=app.title, version=app.version, summary="custody is a baton", description=DESCRIPTION,
        routes=app.routes, tags=TAGS, license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )  # fmt: skip
    made["servers"] = [{"url": "/"}]
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for left_over in ("HTTPValidationError", "ValidationError"):
        schemas.pop(left_over, None)
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas["Submission"] = shapes.one_of(contract, "command", "Submit")
    schemas["Event"] = shapes.one_of(contract, "event", "Event")
    schemas.update(shapes.components(contract))
    # Set here because FastAPI leaves out what is null, and a rate without a whole is.
    for where, example in {"/v1/statistics": STATISTICS, **SCREENING}.items():
        made["paths"][where]["get"]["responses"]["200"]["content"]["application/json"]["example"] = example
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "the system's API key, made by `hub system add`"}
    }
    for path in made["paths"].values():
        for operation in path.values():
            # FastAPI's own answer to a bad parameter, which nobody gets here: it is a problem with status 400.
            if "HTTPValidationError" in str(operation.get("responses", {}).get("422", "")):
                del operation["responses"]["422"]
    return made
