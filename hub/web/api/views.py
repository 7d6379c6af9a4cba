"""Lists and figures from the views: disputes, chains of custody, work queues, obligations, completeness,
agencies.

Every answer names the ``position`` it is true at and how many disputes are ``parked`` outside it. What the
caller may not see is left out before it is counted.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from hub.projections.completeness.view import OUTCOMES
from hub.words import KINDS, OBLIGATIONS, text

from ..callers import Caller, bound, calling, problem_response
from ..problems import Problem
from ..respond import LIMIT, Json
from . import models, rows, sight
from .asking import AgencyParam, Cursor, Limit, Wait, agency_param, await_view, behind, listed, visible, within

router = APIRouter(prefix="/v1")
BEHIND = problem_response("the view cannot answer for the moment")
UNKNOWN = problem_response("there is none, or the caller has no part in it")
Status = Annotated[Literal["open", "closed", "void"] | None, Query()]
Kind = Annotated[Literal["transfer", "delegation", "escalation", "assignment", "assistance", "notice"] | None, Query()]
Short = Annotated[str | None, Query(max_length=64)]
AgencyPath = Annotated[str, Path(max_length=64, description="an agency's id or code")]
assert set(KINDS) == {"transfer", "delegation", "escalation", "assignment", "assistance", "notice"}


@router.get(
    "/disputes",
    tags=["disputes"],
    **bound("read.dispute", "纠纷列表 · disputes", _200={"model": models.Disputes}, _503=BEHIND),
)
def disputes(
    caller: Annotated[Caller, calling("read.dispute")],
    status: Status = None,
    custodian: AgencyParam = None,
    category: Short = None,
    channel: Short = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    wait: Wait = 0,
) -> Response:
    """Disputes the caller can see, in order of registration."""
    await_view(caller, ("custody", "roles"), wait)
    found = caller.parts.views.custody.disputes(
        status=status, custodian=agency_param(custodian), category=category, channel=channel,
        visible_to=visible(caller), cursor=cursor, limit=limit,
    )  # fmt: skip
    return listed(found, rows.dispute, wait)


@router.get(
    "/disputes/{dispute_id}/chain",
    tags=["disputes"],
    **bound("read.dispute", "责任链 · the chain of custody", _200={"model": models.Chain}, _404=UNKNOWN, _503=BEHIND),
)
def chain(
    dispute_id: Annotated[str, Path(description="the dispute's id")],
    caller: Annotated[Caller, calling("read.dispute")],
    wait: Wait = 0,
) -> Response:
    """责任链: who held the dispute from when to when and by which event, with its referrals and its oversight."""
    seen = sight.dispute(caller, dispute_id)
    await_view(caller, "custody", wait or seen.stored[0].position)
    found = caller.parts.views.custody.chain(seen.state.id)
    if not found.items:
        raise Problem("view.behind", detail=f"recorded at {seen.stored[0].position}, view at {found.position}")
    item = found.items[0]
    made = {
        "dispute": rows.dispute(item["dispute"]),
        "segments": [rows.segment(row) for row in item["segments"]],
        "legs": [rows.leg(row) for row in item["legs"]],
        "debts": [rows.debt(row) for row in item["debts"]],
        "position": found.position,
    }
    return Json(made | behind(found.position, wait))


@router.get(
    "/queues/{agency}",
    tags=["figures"],
    **bound(
        "read.queue",
        "工作队列 · a work queue",
        _200={"model": models.Queue},
        _404=problem_response("unknown agency"),
        _503=BEHIND,
    ),
)
def queue(
    agency: AgencyPath,
    caller: Annotated[Caller, calling("read.queue")],
    kind: Annotated[Literal["sign", "accept", "feedback", "act"], Query(description="待签收, 待受理, 待反馈, 待办")],
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    wait: Wait = 0,
) -> Response:
    """An agency's desk: what it has to sign, accept, give feedback on, or act on; the soonest first."""
    ident = agency_param(agency) or b""
    within(caller, ident)
    await_view(caller, "obligations", wait)
    found = caller.parts.views.obligations.queue(ident, kind, cursor=cursor, limit=limit)
    return listed(found, rows.obligation, wait)


@router.get(
    "/queues/{agency}/sizes",
    tags=["figures"],
    **bound(
        "read.queue",
        "队列数量 · sizes of the queues",
        _200={"model": models.QueueSizes},
        _404=problem_response("unknown agency"),
        _503=BEHIND,
    ),
)
def queue_sizes(agency: AgencyPath, caller: Annotated[Caller, calling("read.queue")], wait: Wait = 0) -> Response:
    """How much lies in each queue of an agency, and how much of it is overdue now."""
    ident = agency_param(agency) or b""
    within(caller, ident)
    await_view(caller, "obligations", wait)
    sizes = caller.parts.views.obligations.queue_sizes(ident, caller.parts.clock.now())
    return Json({"agency": text(ident), **sizes} | behind(sizes["position"], wait))


@router.get(
    "/obligations",
    tags=["figures"],
    **bound("read.obligation", "待办义务 · running obligations", _200={"model": models.Queue}, _503=BEHIND),
)
def obligations(
    caller: Annotated[Caller, calling("read.obligation")],
    debtor: AgencyParam = None,
    creditor: AgencyParam = None,
    name: Annotated[str | None, Query(max_length=20, description="sign, accept, consent …")] = None,
    dispute: Annotated[str | None, Query(max_length=36, description="of this dispute")] = None,
    overdue: Annotated[bool, Query(description="only those whose date has passed")] = False,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
    wait: Wait = 0,
) -> Response:
    """Running obligations of and towards the agencies in the caller's scope, the soonest first."""
    if name is not None and name not in OBLIGATIONS:
        raise Problem("field.unknown_code", "name")
    await_view(caller, "obligations", wait)
    found = caller.parts.views.obligations.running(
        debtor=agency_param(debtor), creditor=agency_param(creditor), name=name,
        dispute=None if dispute is None else sight.ident_of(dispute, "dispute"),
        overdue_at=caller.parts.clock.now() if overdue else None, visible_to=visible(caller), cursor=cursor,
        limit=limit,
    )  # fmt: skip
    return listed(found, rows.obligation, wait)


COLUMNS: Final = ("kind", "agency", "day", "month")
By = Annotated[
    str,
    Query(max_length=40, pattern=r"^((kind|agency|day|month)(,(kind|agency|day|month))*)?$", description="grouping"),
]


@router.get(
    "/completeness",
    tags=["figures"],
    **bound(
        "read.completeness",
        "闭合等式 · the completeness equation",
        _200={"model": models.Completeness},
        _404=problem_response("unknown agency"),
        _503=BEHIND,
    ),
)
def completeness(
    caller: Annotated[Caller, calling("read.completeness")],
    by: By = "",
    kind: Kind = None,
    agency: AgencyParam = None,
    first: Annotated[date | None, Query(description="local date of sending, from")] = None,
    last: Annotated[date | None, Query(description="local date of sending, to and including")] = None,
    wait: Wait = 0,
) -> Response:
    """闭合等式: sent = signed + returned + withdrawn + lapsed + pending, at a stated position; `difference` is 0.

    For the agencies in the caller's scope (as senders), in total or by any of `kind`, `agency`, `day`, `month`.
    """
    await_view(caller, "completeness", wait)
    groups = tuple(dict.fromkeys(by.split(","))) if by else ()
    whose = agency_param(agency)
    if whose is not None:
        within(caller, whose)
    scope = caller.scope()
    wanted = groups if scope is None or "agency" in groups else (*groups, "agency")
    found = caller.parts.views.completeness.equation(by=wanted, kind=kind, agency=whose, first=first, last=last)
    items = found.items if scope is None else _summed([i for i in found.items if i["agency"] in scope], groups)

    def shape(row: rows.Row) -> dict[str, Any]:
        named = {name: rows.agency(row, name) if name == "agency" else row[name] for name in groups}
        return named | {name: row[name] for name in ("sent", *OUTCOMES, "difference")}

    made = {"items": [shape(row) for row in items], "position": found.position, "parked": found.parked}
    return Json(made | behind(found.position, wait))


def _summed(items: list[dict[str, Any]], groups: tuple[str, ...]) -> list[dict[str, Any]]:
    """The same figures without the grouping by agency that the narrowing needed."""
    if "agency" in groups:
        return items
    figures = ("sent", *OUTCOMES, "difference")
    made: dict[tuple[Any, ...], dict[str, Any]] = {}
    if not groups:
        made[()] = dict.fromkeys(figures, 0)
    for item in items:
        key = tuple(item[name] for name in groups)
        total = made.setdefault(key, {name: item[name] for name in groups} | dict.fromkeys(figures, 0))
        for name in figures:
            total[name] += item[name]
    return [made[key] for key in sorted(made)]
