"""Who is calling, and whether the policy table lets them: the first thing every route does.

Guarantee: a route is bound to exactly one action of ``hub.access`` (it stands in OpenAPI as ``x-action``);
a caller without a valid key gets 401, one whose roles do not allow the action 403, both before anything is
read. Keys are compared by SHA-256; a revoked key is refused at once in this process and in others as soon
as they see the change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import Depends
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request

from hub.access import ACTIONS, PUBLIC, System, may, scope
from hub.aggregates.agency.registry import Registry

from .parts import Parts
from .problems import Problem


class Caller(NamedTuple):
    """The system behind a request and the parts that serve it."""

    system: System
    parts: Parts

    @property
    def registry(self) -> Registry:
        """The registry of agencies at this moment."""
        return self.parts.registry()

    def scope(self) -> frozenset[bytes] | None:
        """The agencies whose disputes the caller sees; None = all."""
        return scope(self.system, self.registry)

    def may(self, action: str) -> bool:
        """Whether the policy table lets this caller do a further action."""
        return may(self.system.roles, action)


def parts_of(request: Request) -> Parts:
    """The running parts behind the application."""
    parts: Parts = request.app.state.parts
    return parts


def _known(request: Request) -> System | None:
    """The system whose key the request carries."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return parts_of(request).keys.system(key.strip()) if scheme.lower() == "bearer" and key else None


def allowed(request: Request, action: str) -> bool:
    """On a public route: whether the request carries a key that allows a further action. Never an error."""
    try:
        system = _known(request)
    except DBAPIError:
        return False
    return system is not None and may(system.roles, action)


def _find(request: Request, action: str) -> Caller:
    parts = parts_of(request)
    system = _known(request)
    if system is None:
        raise Problem("access.key")
    request.state.system = system.name
    if not may(system.roles, action):
        raise Problem("access.denied", detail=action)
    return Caller(system, parts)


def calling(action: str) -> Any:
    """The dependency that finds the caller and lets it pass or not."""
    if ACTIONS[action].roles is PUBLIC:
        raise ValueError(f"{action} needs no caller")

    def find(request: Request) -> Caller:
        return _find(request, action)

    return Depends(find)


def bound(action: str, summary: str = "", **responses: Any) -> dict[str, Any]:
    """What every route's decorator takes: its action, its name in both languages, and what it may answer with.

    ``responses`` are named ``_200``, ``_404`` …
    """
    public = ACTIONS[action].roles is PUBLIC
    extra: dict[str, Any] = {"x-action": action}
    if not public:
        extra["security"] = [{"key": []}]
    codes = {int(k.removeprefix("_")): v for k, v in responses.items()}
    named = {"summary": summary} if summary else {}
    return {"openapi_extra": extra, "responses": _problems(public) | codes, "response_model": None} | named


def _problems(public: bool) -> dict[int | str, Any]:
    statuses: Mapping[int, str] = {400: "the request is not valid"} | (
        {} if public else {401: "no valid API key", 403: "the policy table does not allow it"}
    )
    return {status: problem_response(text) for status, text in statuses.items()}


def problem_response(text: str) -> dict[str, Any]:
    """OpenAPI's description of a problem answer."""
    ref = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": text, "content": {"application/problem+json": ref}}
