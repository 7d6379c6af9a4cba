"""Statistics: counts, indicators, parts. See ``single`` for what all models have in common."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import ConfigDict, Field, create_model

from .lists import Answered
from .single import Model

COUNT_WORDS: Final = {
    "accepted": "受理: registered in the period", "mediated": "调解: with a counted attempt",
    "decided": "mediated, without what an organ handed up (each_org); else the same as mediated",
    "handed_up": "移送上级: handed up by an organ (each_org)", "attempts": "counted attempts",
    "success": "调解成功: mediated, an agreement was reached", "unattempted": "an agreement without a recorded attempt",
    "pending": "未结: open without a standing agreement", "closed": "办结", "written": "written agreements",
    "performed": "履行", "broken": "反悔", "confirmed": "司法确认", "visited": "successes that were followed up",
    "rated": "with a valid rating", "satisfied": "满意、基本满意", "overdue": "with a limit overrun",
    "escalated": "上转: accepted by a higher level", "referrals": "referrals that could be returned",
    "returns": "referrals returned", "breaches": "limits overrun", "reopened": "重启",
    "petitions": "referrals to the petition office after a reopening",
    "death": "涉及人员死亡的纠纷: disputes, not persons", "deaths": "persons who died",
    "people": "persons involved", "parties": "parties", "days": "days from registration to closing, of the closed",
    "due": "successes whose performance is due", "performed_due": "of these, performed",
    "visits_made": "disputes followed up", "amounts": "agreements that name an amount", "amount": "their sum, fen",
    "claims": "disputes with a recorded claim", "claimed": "their sum, fen",
}  # fmt: skip
_fields: dict[str, Any] = {name: (int, Field(description=words)) for name, words in COUNT_WORDS.items()}
Counts = create_model("Counts", __config__=ConfigDict(extra="forbid"), **_fields)


class IndicatorValue(Model):
    """One rate: `part` of `whole`, named by `numerator` and `denominator` in `counts`."""

    key: str
    zh: str
    en: str
    numerator: str
    denominator: str
    part: int
    whole: int
    value: str | None = Field(description="decimal, half-up; null where the denominator is 0", examples=["94.77"])
    decimals: int
    unit: Literal["percent", "days"]
    source: str


class StatisticsPart(Model):
    """One part of a grouping."""

    key: str = Field(description='a code, a region code, YYYY-MM, an agency\'s code; "-" = in no list')
    parent: str = Field(description='the part this one is inside of; "" = none')
    zh: str
    en: str
    counts: Counts  # type: ignore[valid-type]
    rates: dict[str, str | None]


class StatisticsGroup(Model):
    by: str
    additive: bool = Field(description="whether the parts without a parent add up to the whole")
    items: list[StatisticsPart]


class Statistics(Answered):
    """Figures of the disputes registered in a period, as of `position`."""

    first: str | None
    last: str | None
    place: str
    agency: str | None
    category: str
    source: str
    count_by: Literal["final_org", "each_org"]
    committees: bool
    counts: Counts  # type: ignore[valid-type]
    void: int = Field(description="entered by mistake: in no figure")
    indicators: list[IndicatorValue]
    groups: list[StatisticsGroup]
    parked: int
