"""The interface description: one JSON document, and a page that reads it. Nothing is loaded from another
origin.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from ..callers import bound, problem_response
from ..problems import Problem
from ..respond import Json

router = APIRouter(tags=["docs"])

TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".html": "text/html", ".txt": "text/plain"}
SHIPPED: Final = {
    name.rpartition("/")[2]: name
    for name in (
        "docs.js",
        "docs.css",
        "vendor/swagger-ui/swagger-ui.css",
        "vendor/swagger-ui/swagger-ui-bundle.js",
    )
}
NOT_SHIPPED = problem_response("no such file")


@router.get("/openapi.json", **bound("read.doc", "接口说明文件 · the description"))
async def openapi(request: Request) -> Response:
    """The description of this interface (OpenAPI 3.1), the same as `schemas/openapi.json`."""
    return Json(request.app.openapi())


@router.get("/docs", **bound("read.doc", "接口说明页 · the description as a page"), response_class=Response)
async def docs() -> Response:
    """The description as a page."""
    return _file("docs.html")


@router.get(
    "/docs/{name}", **bound("read.doc", "页面资源 · assets of the page", _404=NOT_SHIPPED), response_class=Response
)
async def asset(name: str) -> Response:
    """A script or style of the page; the names are a closed list."""
    if name not in SHIPPED:
        raise Problem("request.route", "name")
    return _file(SHIPPED[name])


def _file(name: str) -> Response:
    content = files("hub.web").joinpath("static", *name.split("/")).read_bytes()
    kind = TYPES[name[name.rindex(".") :]]
    headers = {"Cache-Control": "public, max-age=300"}
    return Response(content, media_type=f"{kind}; charset=utf-8", headers=headers)
