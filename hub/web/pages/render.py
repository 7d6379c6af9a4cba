"""Pages out of templates: what every page is given, how it is sent, and the problem page.

Guarantee: text is escaped, no inline script or style leaves here (the content security policy would stop it), nothing
is loaded from another origin; a page says as of which position it is true. Every page says zh-CN unless asked for
English.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache, partial
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from hub.words import AgencyId, text

from ..api.codes import lists
from ..drawings.words import short_name
from ..problems import Problem, document
from . import when
from .acts_said import said
from .assets import address
from .messages import say, texts
from .taste import remember, taste_of
from .visitors import Visitor

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PACKED_FROM: Final = 1_000  # bytes


def number(value: int) -> str:
    """184,302."""
    return f"{value:,}"


def label(lang: str, listed: str, code: str) -> str:
    """A code's word in a language; a code that is not in its list reads as itself."""
    return _labels(listed).get(code, {}).get(lang, code)


@cache
def _labels(listed: str) -> Mapping[str, Mapping[str, str]]:
    return {item["code"]: item for item in lists()[listed]}


@cache
def environment() -> Environment:
    """The templates. Names that are not given are errors."""
    made = Environment(
        loader=PackageLoader("hub.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.filters |= {
        "number": number, "stamp": when.stamp, "brief": when.brief, "clock": when.clock, "iso": when.iso, "id": text,
    }  # fmt: skip
    made.globals |= {"asset": address, "sprite": Markup(_sprite(made))}
    return made


def _sprite(made: Environment) -> str:
    assert made.loader is not None
    return made.loader.get_source(made, "sprite.svg")[0]


class Named:
    """Agencies as pages show them, from the registry of this moment."""

    def __init__(self, visitor: Visitor | None) -> None:
        self._registry = visitor.registry if visitor is not None else None

    def __call__(self, agency: bytes | None) -> dict[str, str]:
        """``code``, ``name`` (registered) and ``short``; all empty for none or an unknown one."""
        known = self._registry.agency(AgencyId(agency)) if self._registry is not None and agency else None
        if known is None:
            return {"code": "", "name": "", "short": ""}
        return {"code": known.code, "name": known.name, "short": short_name(known.name)}


def address_with(request: Request, **changes: Any) -> str:
    """This address with other query values; None takes one out. ``path`` leads elsewhere with the same query."""
    path = changes.pop("path", request.url.path)
    query = [(k, v) for k, v in request.query_params.multi_items() if k not in changes]
    query += [(k, str(v)) for k, v in changes.items() if v is not None and v != ""]
    return f"{path}?{urlencode(query)}" if query else str(path)


def render(
    request: Request,
    visitor: Visitor | None,
    template: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response:
    """A page or a part of one. ``context``: what the template needs besides ``common``."""
    return send(request, part_of(request, visitor, template, **context), status, headers)


def part_of(request: Request, visitor: Visitor | None, template: str, **context: Any) -> str:
    """A template's text, to be put into a page or kept."""
    return environment().get_template(template).render(common(request, visitor) | context)


def pack(text: str) -> bytes:
    """A page's text as browsers take it in fewer bytes."""
    return gzip.compress(text.encode(), 5, mtime=0)


def send(
    request: Request, text: str, status: int = 200, headers: Mapping[str, str] | None = None, packed: bytes = b""
) -> Response:
    """A page's text on its way, packed where the browser takes that. ``packed``: where that has been done already."""
    body = text.encode()
    sent = {
        "Cache-Control": "no-store", "Content-Security-Policy": CSP, "Vary": "Cookie, Accept-Encoding, HX-Request",
        "Content-Language": "en" if taste_of(request).lang == "en" else "zh-CN",
    }  # fmt: skip
    if len(body) > PACKED_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        body = packed or pack(text)
        sent["Content-Encoding"] = "gzip"
    response = Response(body, status, sent | dict(headers or {}), media_type="text/html")
    remember(request, response)
    return response


def common(request: Request, visitor: Visitor | None) -> dict[str, Any]:
    """What every template is given."""
    taste = taste_of(request)
    lang = taste.lang
    parts = request.app.state.parts
    return {
        "request": request, "visitor": visitor, "lang": lang, "theme": taste.theme, "now": parts.clock.now(),
        "t": partial(say, lang), "code": partial(label, lang), "named": Named(visitor),
        "url": partial(address_with, request), "length": partial(when.length, lang), "day": partial(when.day, lang),
        "dated": partial(when.dated, lang), "exact": partial(when.exact, lang), "until": partial(when.until, lang),
        "part": request.headers.get("hx-request") == "true",
        "may": visitor.may if visitor is not None else (lambda action: False),
        "heir": visitor.registry.heir(AgencyId(visitor.person.agency)) if visitor is not None else None,
        "said": said(request, visitor, lang), "city": city_of(visitor), "log_position": parts.writer.position,
    }  # fmt: skip


def city_of(visitor: Visitor | None) -> str:
    """The city's name, from its centre's."""
    if visitor is None:
        return ""
    for agency in visitor.registry.agencies.values():
        if agency.kind == "centre" and len(agency.region) == 6:
            return agency.name.replace("矛盾纠纷多元化解中心", "")
    return ""


def problem_page(request: Request, problem: Problem) -> Response:
    """A problem as a page: what did not happen, what to do, code and field. The status is the problem's."""
    visitor = getattr(request.state, "visitor", None)
    lang = taste_of(request).lang
    shown = document(problem, lang)
    for page in ("page", "act"):  # what people do about it, where systems do something else
        own = f"{page}.do_{problem.code.replace('.', '_')}"
        if own in texts():
            shown = shown | {"advice": say(lang, own)}
            break
    headers = {k: v for k, v in problem.headers.items() if k.lower() != "www-authenticate"}
    if shown["status"] == 503:
        headers.setdefault("Retry-After", "1")
    try:
        return render(request, visitor, "problem.html", shown["status"], headers, problem=shown)
    except Exception:  # the store is away, and with it clock, position and names
        return bare(request, shown, lang)


def bare(request: Request, shown: Mapping[str, Any], lang: str) -> Response:
    """The same without anything that has to be looked up."""
    body = environment().get_template("bare.html").render(
        lang=lang, theme=taste_of(request).theme, t=partial(say, lang), problem=shown
    )  # fmt: skip
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": CSP, "Retry-After": "1"}
    return Response(body, int(shown["status"]), headers, media_type="text/html")
