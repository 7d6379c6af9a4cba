"""Code lists and error codes, in both languages: what drop-downs and error pages are made from."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from ..callers import bound, problem_response
from ..problems import Problem, catalogue, document, language
from ..respond import Json
from . import models

router = APIRouter(tags=["codes"])
UNKNOWN = problem_response("there is no such list or code")


@cache
def lists() -> dict[str, list[dict[str, Any]]]:
    """Every code list of ``schemas/codes`` by name; ``problems`` is the catalogue of errors."""
    folder = files("schemas").joinpath("codes")
    found = {e.name.removesuffix(".json"): e for e in folder.iterdir() if e.name.endswith(".json")}
    return {name: json.loads(entry.read_text(encoding="utf-8")) for name, entry in sorted(found.items())}


@router.get("/v1/codes", **bound("read.code", "代码表 · code lists", _200={"model": models.Codes}))
async def code_lists() -> Response:
    """The code lists there are, with their titles and sources."""
    return Json({"items": lists()["lists"]})


@router.get(
    "/v1/codes/{name}", **bound("read.code", "一个代码表 · one code list", _200={"model": models.Codes}, _404=UNKNOWN)
)
async def code_list(
    name: str, on: Annotated[date | None, Query(description="a local date: only the entries in force on it")] = None
) -> Response:
    """One code list; `problems` is the catalogue of error codes. `from` and `to` are local dates, both included."""
    found = lists().get(name)
    if found is None:
        raise Problem("code_list.unknown", "name")
    return Json({"items": found if on is None else in_force(found, on)})


def in_force(items: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    """The entries of a list that hold on a local date: what may be chosen on it."""
    text = day.isoformat()
    return [item for item in items if item.get("from", text) <= text <= item.get("to", text)]


@router.get(
    "/problems/{code}",
    **bound("read.code", "错误码说明 · what an error code means", _200={"model": models.Problem}, _404=UNKNOWN),
)
async def problem(request: Request, code: str) -> Response:
    """What an error code means and what to do: the page a problem's `type` points at."""
    if code not in catalogue():
        raise Problem("problem.unknown", "code")
    return Json(document(Problem(code), language(request)))
