"""How a page's route is declared: bound to one action of the policy table, left out of the interface description."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from hub.access import ACTIONS, PUBLIC


def bound_page(action: str) -> dict[str, Any]:
    """What the decorator of a page for signed-in people takes."""
    if ACTIONS[action].roles is PUBLIC:
        raise ValueError(f"{action} is open to anybody: open_page")
    return _page(action)


def open_page(action: str) -> dict[str, Any]:
    """What the decorator of a page for anybody takes."""
    if ACTIONS[action].roles is not PUBLIC:
        raise ValueError(f"{action} is not open to anybody: bound_page")
    return _page(action)


def _page(action: str) -> dict[str, Any]:
    return {
        "include_in_schema": False, "response_model": None, "openapi_extra": {"x-action": action, "x-page": True},
    }  # fmt: skip


def is_page(request: Request) -> bool:
    """Whether a person in a browser waits for this answer: a page's route, or an address nobody serves."""
    route = request.scope.get("route")
    if route is not None:
        return bool((getattr(route, "openapi_extra", None) or {}).get("x-page"))
    path = request.scope["path"]
    return not path.startswith(("/v1/", "/registry/")) and "text/html" in request.headers.get("accept", "")
