"""答复: what the hub said to the caller's own commands, by command id, for ever."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from hub.contract.jsonform import instant
from hub.words import Answer, CommandId, text

from ..callers import Caller, bound, calling, problem_response
from ..problems import Problem
from ..respond import Json, ident_or_none
from . import models
from .sight import ident_of

router = APIRouter(prefix="/v1", tags=["submissions"])
UNKNOWN = problem_response("no answer under this id")
Id = Annotated[str, Path(description="the command's id")]


@router.get(
    "/answers/{command_id}",
    **bound("read.answer", "查答复 · the answer to a command", _200={"model": models.Answer}, _404=UNKNOWN),
)
def answer(command_id: Id, caller: Annotated[Caller, calling("read.answer")]) -> Response:
    """The answer to a command of the calling system, whatever its outcome was."""
    ident = CommandId(ident_of(command_id, "command_id"))
    found = caller.parts.store.answers.get(caller.system.name, ident)
    if found is None:
        raise Problem("answer.unknown", "command_id")
    return Json(facts(found))


def facts(given: Answer) -> dict[str, Any]:
    """An answer's fields in their JSON form."""
    return {
        "command_id": text(given.command_id),
        "outcome": given.outcome,
        "code": given.code,
        "field": given.field,
        "detail": given.detail,
        "dispute": ident_or_none(given.dispute),
        "version": given.version,
        "position": given.position,
        "recorded_at": instant(given.recorded_at),
    }
