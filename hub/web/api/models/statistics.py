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
    "suspected": "suspected to be a closed dispute again", "relapsed": "found by its custodian to be one",
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


_COUNTED: Final = dict.fromkeys(COUNT_WORDS, 0) | {
    "accepted": 8, "mediated": 8, "decided": 8, "attempts": 11, "success": 7, "closed": 6, "pending": 1, "written": 5,
    "performed": 5, "parties": 16, "people": 19, "days": 40, "amounts": 4, "amount": 1_250_000,
}  # fmt: skip
EXAMPLE: Final[dict[str, Any]] = {
    "first": "2026-10-01", "last": "2026-10-31", "place": "532301101", "agency": None, "category": "", "source": "",
    "count_by": "final_org", "committees": True, "counts": _COUNTED, "void": 1,
    "indicators": [
        {
            "key": "success", "zh": "调解成功率", "en": "Rate of success", "numerator": "success",
            "denominator": "decided", "part": 7, "whole": 8, "value": "87.50", "decimals": 2, "unit": "percent",
            "source": "楚雄市司法局 2023-10-19",
        },
        {
            "key": "satisfaction", "zh": "满意率", "en": "Rate of satisfaction", "numerator": "satisfied",
            "denominator": "rated", "part": 0, "whole": 0, "value": None, "decimals": 2, "unit": "percent",
            "source": "hub default",
        },
    ],
    "groups": [
        {
            "by": "type", "additive": True,
            "items": [
                {
                    "key": "township", "parent": "", "zh": "乡镇", "en": "township", "counts": _COUNTED,
                    "rates": {"success": "87.50", "satisfaction": None},
                },
            ],
        },
    ],
    "position": 184_302, "parked": 0,
}  # fmt: skip
