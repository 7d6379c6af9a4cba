"""The web application: routes, error handling and the interface description, around the parts it is given.

Guarantee: every answer that is not a success is a problem, as a document for systems (the schema endpoint has
Confluent's form) and as a page for people; every route is bound to one action of the policy table; no page loads
anything from another origin.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub import __version__
from hub.contract import Contract, Unreadable
from hub.projections.database import Missing
from hub.projections.reading import BadCursor

from . import pages
from .api import ROUTERS, openapi
from .edge import Edge
from .pages.render import problem_page
from .pages.routes import is_page
from .pages.sign_in import sign_in_first
from .pages.visitors import SignInFirst
from .parts import Parts
from .problems import Problem
from .problems import respond as respond_document


def create_app(contract: Contract, parts: Parts | None = None) -> FastAPI:
    """The application. Without parts it can only describe itself (``openapi()``)."""
    app = FastAPI(
        title="矛盾纠纷移送对接枢纽 · Closed-loop referral hub",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
    )
    app.state.parts = parts
    # Flat, as they were written: what stands in app.routes is what is served, and tests hold it to the policy table.
    app.router.routes.extend(route for router in (*ROUTERS, *pages.ROUTERS) for route in router.routes)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(SignInFirst, sign_in_first)
    app.add_exception_handler(Unreadable, _unreadable)
    app.add_exception_handler(RequestValidationError, _query)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(BadCursor, _cursor)
    app.add_exception_handler(Missing, _missing)
    described: dict[str, Any] = {}

    def description() -> dict[str, Any]:
        if not described:
            described.update(openapi.describe(app, contract))
        return described

    app.openapi = description  # type: ignore[method-assign]
    app.add_middleware(Edge, respond=respond)
    return app


def respond(request: Request, problem: Problem) -> Response:
    """A problem as its caller reads it."""
    return (problem_page if is_page(request) else respond_document)(request, problem)


async def _problem(request: Request, why: Exception) -> Response:
    assert isinstance(why, Problem)
    return respond(request, why)


async def _unreadable(request: Request, why: Exception) -> Response:
    assert isinstance(why, Unreadable)
    return respond(request, Problem(why.code, why.field, why.detail))


async def _query(request: Request, why: Exception) -> Response:
    """A path or query parameter that FastAPI refused: the first one, without the value it had."""
    assert isinstance(why, RequestValidationError)
    first = why.errors()[0]
    return respond(request, Problem("request.query", str(first["loc"][-1]), str(first["msg"])))


async def _http(request: Request, why: Exception) -> Response:
    assert isinstance(why, HTTPException)
    code = {404: "request.route", 405: "request.method"}.get(why.status_code, "request.json")
    return respond(request, Problem(code, status=why.status_code, headers=why.headers))


async def _database(request: Request, why: Exception) -> Response:
    """The database does not answer: its message may hold data, so it goes nowhere."""
    return respond(request, Problem("store.unreachable"))


async def _cursor(request: Request, why: Exception) -> Response:
    return respond(request, Problem("request.cursor", "cursor"))


async def _missing(request: Request, why: Exception) -> Response:
    return respond(request, Problem("view.behind", detail=str(why)))
