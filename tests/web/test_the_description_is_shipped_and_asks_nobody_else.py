"""schemas/openapi.json is what the code says; the page and its assets come from the wheel and ask only the hub."""

import hashlib
import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from hub.contract import load
from hub.web.app import create_app
from hub.web.documents import MEDIA_TYPE
from hub.web.edge import HEADERS
from tests.web.hubs import Trial

STATIC = files("hub.web").joinpath("static")


def test_the_file_is_what_the_code_describes() -> None:
    written = files("schemas").joinpath("openapi.json").read_text(encoding="utf-8")
    described = json.dumps(create_app(load()).openapi(), ensure_ascii=False, indent=1) + "\n"
    assert written == described, "run: python -m ops.openapi"


def refs(value: Any) -> set[str]:
    if isinstance(value, dict):
        found = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        found |= set(value.get("mapping", {}).values()) if "propertyName" in value else set()
        return found.union(*(refs(v) for v in value.values()))
    return set().union(*(refs(v) for v in value)) if isinstance(value, list) else set()


def test_every_reference_leads_somewhere_and_no_component_is_unused() -> None:
    document = create_app(load()).openapi()
    components = document["components"]["schemas"]
    used = {ref.rpartition("/")[2] for ref in refs(document)}
    assert used <= set(components)
    assert {c for c in set(components) - used if not c.startswith("Event")} == set()


def test_every_operation_says_what_it_answers_and_where_its_problems_are() -> None:
    for path, item in create_app(load()).openapi()["paths"].items():
        for operation in item.values():
            assert operation["summary"] and operation["description"], path
            if path.startswith("/v1"):
                assert operation["responses"]["400"]["content"]["application/problem+json"]
                success = operation["responses"].get("200") or operation["responses"]["201"]
                file = path.endswith("/documents/{form}")
                assert success["content"][MEDIA_TYPE if file else "application/json"]["schema"], path


def test_the_page_loads_only_from_the_hub(shared: Trial) -> None:
    page = shared.client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert {u for u in loaded if not u.startswith("/")} == {"data:,"}
    assert "<script>" not in page.text and "style=" not in page.text and "onload" not in page.text
    for url in loaded:
        if url.startswith("/") and not url.startswith("/v1/codes"):
            assert shared.client.get(url).status_code == 200, url
    assert "validatorUrl: null" in shared.client.get("/docs/docs.js").text
    css = shared.client.get("/docs/swagger-ui.css").text
    assert not re.search(r"url\(\s*(?![\"']?data:)|@import", css)


@pytest.mark.parametrize(
    "path", ["/docs", "/v1/position", "/livez", "/v1/nothing", "/registry/subjects", "/docs/docs.js"]
)
def test_every_response_carries_the_policy(shared: Trial, path: str) -> None:
    answer = shared.client.get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy


@pytest.mark.parametrize("name", ["VENDOR.toml", "..%2f..%2fapp.py", "docs.html", "swagger-ui.css.map", "%2e%2e"])
def test_only_the_listed_files_are_served(shared: Trial, name: str) -> None:
    assert shared.client.get(f"/docs/{name}").status_code == 404


def test_vendored_files_are_unmodified() -> None:
    vendored = STATIC.joinpath("vendor")
    packages = tomllib.loads(vendored.joinpath("VENDOR.toml").read_text(encoding="utf-8"))["package"]
    named = set()
    for package in packages:
        assert package["version"] and package["licence"] and package["integrity"].startswith("sha512-")
        for file in package["files"]:
            path = f"{package['folder']}/{file['name']}"
            named.add(path)
            assert hashlib.sha256(vendored.joinpath(path).read_bytes()).hexdigest() == file["sha256"], path
    folder = Path(str(vendored))
    there = {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file() and f.parent != folder}
    assert there == named
