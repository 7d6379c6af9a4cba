"""What a person prefers, kept in the URL first and in a cookie: language and theme. Wrong values count for nothing."""

from __future__ import annotations

from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

CHOICES: Final = {"lang": ("zh", "en"), "theme": ("light", "dark")}
YEAR: Final = 365 * 24 * 3600


class Taste(NamedTuple):
    """The first of each choice unless said otherwise."""

    lang: str
    theme: str


def taste_of(request: Request) -> Taste:
    """From the query, else from the cookie, else Chinese and light."""
    return Taste(*(_chosen(request, name) for name in CHOICES))


def remember(request: Request, response: Response) -> None:
    """Keep what the query said for the next page."""
    for name, values in CHOICES.items():
        asked = _plain(request.query_params.get(name))
        if asked in values and asked != request.cookies.get(f"hub_{name}"):
            response.set_cookie(f"hub_{name}", asked, max_age=YEAR, samesite="lax", httponly=True)


def _chosen(request: Request, name: str) -> str:
    values = CHOICES[name]
    for given in (request.query_params.get(name), request.cookies.get(f"hub_{name}")):
        if (asked := _plain(given)) in values:
            return asked
    return values[0]


def _plain(given: str | None) -> str:
    """en for en-US: a region makes no other language."""
    return (given or "").lower().partition("-")[0]
