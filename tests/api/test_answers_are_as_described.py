"""What calls answer with is in the description: status and content type, also where the caller asks amiss."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from hub.bootstrap import build
from hub.settings import Settings
from tests.web.hubs import Peer

AMISS = [
    ("/v1/completeness", "agency=nobody"), ("/v1/pickup", "agency=nobody"), ("/v1/queues/{agency}", "kind=sign"),
    ("/v1/queues/{agency}/sizes", ""), ("/v1/agencies/{agency}", ""), ("/v1/completeness", "by=weather"),
    ("/v1/statistics", "agency=nobody"), ("/v1/statistics", "first=2024-02-01&last=2024-01-01"),
    ("/v1/statistics", "by=weather"),
    ("/v1/obligations", "name=love"), ("/v1/disputes", "cursor=x"), ("/v1/disputes/{dispute_id}/chain", ""),
    ("/v1/disputes/{dispute_id}/documents", ""), ("/v1/disputes/{dispute_id}/documents/{form}", "event=x"),
    ("/v1/disputes/{dispute_id}/limits", ""), ("/v1/policy/calendar", "year=x"), ("/v1/policy/calendar", ""),
    ("/v1/disputes/{dispute_id}/documents/{form}", ""),
    ("/registry/config", ""), ("/registry/config/{subject}", ""), ("/registry/mode", ""),
    ("/registry/schemas/ids/{ident}", ""), ("/registry/schemas/ids/{ident}/schema", ""),
    ("/registry/schemas/ids/{ident}/versions", ""), ("/registry/schemas/types", ""), ("/registry/subjects", ""),
    ("/registry/subjects/{subject}/versions", ""), ("/registry/subjects/{subject}/versions/{version}", ""),
    ("/registry/subjects/{subject}/versions/{version}/schema", ""), ("/livez", ""), ("/readyz", ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def auditor(tmp_path_factory: pytest.TempPathFactory) -> Peer:
    hub = build(Settings(home=tmp_path_factory.mktemp("hub")), by_steps=True)
    assert hub.start(), hub.health()
    hub.store.credentials.add("auditor", [], ["auditor"], hub.clock.now())
    return Peer(TestClient(hub.app), hub.store.credentials.new_key("auditor", hub.clock.now()))


@pytest.mark.parametrize(("path", "query"), AMISS, ids=[f"{path}?{query}" for path, query in AMISS])
def test_status_and_content_type_are_described(auditor: Peer, path: str, query: str) -> None:
    described = auditor.get("/openapi.json").json()["paths"][path]["get"]["responses"]
    asked = path
    for name in ("agency", "dispute_id", "subject", "version", "ident", "form"):
        asked = asked.replace(f"{{{name}}}", "0")
    answer = auditor.get(f"{asked}?{query}")
    assert str(answer.status_code) in described, answer.json()
    assert answer.headers["content-type"] in described[str(answer.status_code)]["content"]
