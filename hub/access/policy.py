"""The one policy table (权限表): role × action → may or may not.

Guarantee: an action that is not in ``ACTIONS`` is refused for everybody, and every route of the hub names
exactly one action of this table (tested). Roles of systems are those of ``schemas/codes/system_roles.json``,
a system may hold several; roles of people those of ``people_roles.json``, a person has one. Where a name is in
both (督办, 审计, 运维) the duty is the same, and what is seen differs (``scope``). Actions ``page.`` … are the
pages people open. Source: hub default, after the duties the policy documents give to units, centres and
party-government.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

AGENCY: Final = "agency"  # publishes and reads for the agencies it serves
OPERATOR: Final = "operator"  # keeps the registry of agencies and the hub itself; reads no disputes
SUPERVISOR: Final = "supervisor"  # reads all disputes and figures of the city; acts for its own agencies
AUDITOR: Final = "auditor"  # reads what is in the log, writes nothing, sees no masked names
ROLES: Final = (AGENCY, OPERATOR, SUPERVISOR, AUDITOR)
CLERK: Final = "clerk"  # a person: handles what reaches their agency
PUBLIC: Final = frozenset({"anyone"})  # needs no key at all

CITY_WIDE: Final = frozenset({SUPERVISOR, AUDITOR})  # their view is not narrowed to the agencies they serve


class Action(NamedTuple):
    """One line of the table: who may, and what it is in both languages."""

    roles: frozenset[str]
    zh: str
    en: str


def _by(*roles: str) -> frozenset[str]:
    return frozenset(roles)


_ACTS: Final = _by(AGENCY, CLERK, SUPERVISOR)
_READS: Final = _by(AGENCY, CLERK, SUPERVISOR, AUDITOR)
_SYSTEMS: Final = _by(*ROLES)
_ALL: Final = _by(*ROLES, CLERK)
_PEOPLE: Final = _by(CLERK, SUPERVISOR, AUDITOR, OPERATOR)
_LOOKS: Final = _by(CLERK, SUPERVISOR, AUDITOR)

ACTIONS: Final[dict[str, Action]] = {
    "submit": Action(_by(AGENCY, SUPERVISOR, OPERATOR), "上报", "submit"),
    "act.dispute": Action(_ACTS, "办理纠纷", "act on disputes in the name of an agency it serves"),
    "act.screening": Action(_ACTS, "办理排查台账", "file screenings, leads and inspections for an agency it serves"),
    "act.intake": Action(
        _by(AGENCY, CLERK, SUPERVISOR, OPERATOR), "开关本单位接收", "open and close an agency's intake"
    ),
    "act.registry": Action(_by(OPERATOR), "维护单位名录", "keep the registry of agencies"),
    "read.answer": Action(_SYSTEMS, "查询答复", "read the answers to its own commands"),
    "read.inbox": Action(_SYSTEMS, "读取收件箱", "read its own inbox"),
    "read.dispute": Action(_READS, "查询纠纷", "read the disputes it can see"),
    "read.document": Action(_READS, "查询文书", "get the forms (documents) of the disputes it can see"),
    "read.parties": Action(_ACTS, "查看当事人（脱敏）", "see the masked names of a dispute's parties"),
    "read.queue": Action(_READS, "查询工作队列", "read work queues of the agencies in its scope"),
    "read.obligation": Action(_READS, "查询待办义务", "read the running obligations it can see"),
    "read.completeness": Action(_ALL, "查询移送闭合等式", "read the completeness equation in its scope"),
    "read.figures": Action(_by(OPERATOR, SUPERVISOR, AUDITOR), "查询全市数据", "read the figures of the whole city"),
    "read.statistics": Action(_READS, "查询统计", "read the statistics of the agencies in its scope"),
    "read.screening": Action(_READS, "查询排查台账", "read rounds, leads and inspections of the agencies in its scope"),
    "read.agency": Action(_ALL, "查询单位名录", "read the directory of agencies"),
    "read.position": Action(_ALL, "查询序号", "read the log's and the views' positions"),
    "read.log": Action(_by(AUDITOR), "读取全部事件", "read every event of the log"),
    "read.policy": Action(_ALL, "查询规则与日历", "read the policy packs and the calendar of working days"),
    "read.code": Action(PUBLIC, "查询代码表", "read code lists and error codes"),
    "read.schema": Action(PUBLIC, "查询模式", "read the schemas of the contract"),
    "read.doc": Action(PUBLIC, "查看接口文档", "read the interface description"),
    "read.detail": Action(
        _by(OPERATOR, AUDITOR), "查看健康检查细节", "see addresses and figures behind a health check"
    ),
    "read.static": Action(PUBLIC, "页面资源", "read the styles and scripts of pages"),
    "page.sign_in": Action(PUBLIC, "登录", "sign in, and use a one-time link"),
    "page.account": Action(_PEOPLE, "本人账户", "their own account; the page they start from; signing out"),
    "page.board": Action(_LOOKS, "看板", "the board, in their scope"),
    "page.desk": Action(_LOOKS, "待办", "the desks of the agencies in their scope"),
    "page.disputes": Action(_LOOKS, "案件", "the disputes in their scope, one by one and as lists"),
    "page.documents": Action(_LOOKS, "文书", "the forms of the disputes in their scope, as Word files"),
    "page.agencies": Action(_PEOPLE, "单位", "the directory of agencies"),
    "page.flows": Action(_LOOKS, "流向", "flows between agencies and pick-up times, in their scope"),
    "page.statistics": Action(_LOOKS, "统计", "statistics, monthly form and exports, in their scope"),
    "page.screening": Action(_LOOKS, "排查", "rounds of screening, the working ledger, inspections, in their scope"),
    "page.rules": Action(_PEOPLE, "规则与日历", "the limits of the policy packs and the calendar of working days"),
    "act.person": Action(_by(CLERK, SUPERVISOR), "在页面上办理", "act on disputes from a page, for their own agency"),
    "read.health": Action(PUBLIC, "健康检查", "ask whether the hub is alive and ready"),
}


def may(roles: Iterable[str], action: str) -> bool:
    """Whether any of these roles may do the action. An unknown action: nobody may."""
    line = ACTIONS.get(action)
    return line is not None and (line.roles is PUBLIC or not line.roles.isdisjoint(roles))
