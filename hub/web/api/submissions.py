"""上报: the one way to act on the hub over HTTP, and the answers it has given.

The body is the JSON form of the very record an outbox takes, with its ``type``; ``Idempotency-Key`` may
repeat the command id. An answer is given only after the commit, and the same command gets the same answer
for ever. ``done`` is 201, ``nothing`` 200, ``refused`` a problem document with all fields of the answer.
500 and 503 are not answers: send the same id again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.aggregates.wire import to_command
from hub.contract import Unreadable
from hub.words import DONE, REFUSED, Answer, referral_id, text
from hub.writer.outcome import Incident, Refuses

from ..callers import Caller, bound, calling, problem_response
from ..problems import Problem, incident, of_answer
from ..respond import Json
from ..strict_json import read
from . import examples, models
from .answers import facts

router = APIRouter(prefix="/v1", tags=["submissions"])
MAKES_REFERRAL = frozenset({"refer", "assign"})

REQUEST = {
    "requestBody": {
        "required": True,
        "description": "one command record of `schemas/commands` in its JSON form, told apart by `type`",
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Submission"},
                "examples": examples.SUBMISSIONS,
            }
        },
    },
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "the command id once more; another one is refused (`command.id_differs`)",
            "schema": {"type": "string", "format": "uuid"},
        }
    ],
}
_BOUND = bound(
    "submit",
    "上报 · submit a command",
    _200={"model": models.Answer, "description": "nothing to do: the state asked for stands already"},
    _201={"model": models.Answer, "description": "done and recorded"},
    _404=problem_response("the dispute, referral or agency named is unknown (or not visible)"),
    _409=problem_response("refused: the answer, with its code"),
    _413=problem_response("too large"),
    _415=problem_response("not application/json"),
    _500=problem_response("an exception of ours; no answer was made, send the same command again"),
    _503=problem_response("`hub.busy` or `hub.not_writer`; send the same command again after `Retry-After`"),
)
_BOUND["openapi_extra"] = _BOUND["openapi_extra"] | REQUEST


@router.post("/submissions", status_code=201, **_BOUND)
async def submit(request: Request, caller: Annotated[Caller, calling("submit")]) -> Response:
    """Submit one command."""
    record = await _body(request)
    kind = record.pop("type", None)
    if kind is None:
        raise Problem("field.missing", "type")
    if not isinstance(kind, str):
        raise Problem("field.type", "type", "a string is expected")
    _same_id(request, record)
    contract = caller.parts.contract
    command = to_command(contract, caller.system.name, *contract.from_json("command", kind, record))
    try:
        outcome = (await caller.parts.writer.ask_async([command]))[0]
    except Refuses as why:
        raise Problem(why.code) from why
    if isinstance(outcome, Incident):
        raise incident(outcome.code, outcome.incident, command.command_id)
    more = {}
    if outcome.outcome == DONE and kind in MAKES_REFERRAL:
        more["referral"] = text(referral_id(caller.system.name, command.command_id))
    return _respond(outcome, more)


def _respond(given: Answer, more: Mapping[str, Any]) -> Response:
    if given.outcome == REFUSED:
        known = facts(given)
        raise of_answer(given, {k: v for k, v in known.items() if k not in ("code", "field", "detail")})
    return Json(facts(given) | dict(more), 201 if given.outcome == DONE else 200)


async def _body(request: Request) -> dict[str, Any]:
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    charset = rest.strip().lower()
    if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise Problem("request.media_type", "Content-Type")
    value = read(await request.body())
    if not isinstance(value, dict):
        raise Unreadable("field.type", "", "an object is expected")
    return value


def _same_id(request: Request, record: Mapping[str, Any]) -> None:
    """One id, said once or twice the same: two different ones leave no way to know which repeat is meant.

    The header is taken with and without quotes: its draft standard writes it as a quoted string, most clients do not.
    """
    header = request.headers.get("idempotency-key")
    if header is not None and header.strip().strip('"') != record.get("command_id"):
        raise Problem("command.id_differs", "Idempotency-Key")
