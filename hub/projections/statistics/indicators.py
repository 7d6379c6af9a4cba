"""The indicators 指标: each a part of a whole, both named; how it is rounded.

Guarantee: decimal, half-up; the whole 0 gives None, printed "—", never 0 or 100 %; the part is among the whole.
Decimals belong to the report: an indicator has its own, a report may ask for others (the seed prints 95 % for the city
and 91.40 % for its committee). Sources: 楚雄市司法局 2023-10-19 for the first three (调解率, 调解成功率, 履行率); the
others are hub defaults: the policy papers ask for them and give no formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

PERCENT, DAYS = "percent", "days"


class Indicator(NamedTuple):
    """One indicator: the sums it is made of (``COUNTS``), its unit, its own decimals, what it says."""

    key: str
    zh: str
    en: str
    part: str
    whole: str
    decimals: int = 2
    unit: str = PERCENT
    source: str = "hub default"


SEED: Final = "楚雄市司法局 2023-10-19"
INDICATORS: Final = (
    Indicator("mediation", "调解率", "Rate of mediation", "mediated", "accepted", source=SEED),
    Indicator("success", "调解成功率", "Rate of success", "success", "decided", source=SEED),
    Indicator("performance", "履行率", "Rate of performance", "performed", "success", source=SEED),
    Indicator("performance_due", "到期履行率", "Rate of performance of what is due", "performed_due", "due"),
    Indicator("satisfaction", "满意率", "Rate of satisfaction", "satisfied", "rated"),
    Indicator("response", "评价率", "Rate of response", "rated", "visits_made"),
    Indicator("broken", "反悔率", "Rate of broken agreements", "broken", "success"),
    Indicator("written", "书面率", "Rate of written agreements", "written", "success"),
    Indicator("confirmation", "司法确认率", "Rate of judicial confirmation", "confirmed", "success"),
    Indicator("follow_up", "回访率", "Rate of follow-up", "visited", "success"),
    Indicator("escalation", "上交率", "Rate of handing up", "escalated", "accepted"),
    Indicator("overdue", "超期率", "Rate of overrun limits", "overdue", "accepted"),
    Indicator("relapse", "复发率", "Rate of relapses", "relapsed", "accepted"),
    Indicator("returns", "退回率", "Rate of returns", "returns", "referrals"),
    Indicator("days", "平均天数", "Mean days to closing", "days", "closed", 1, DAYS),
)
BY_KEY: Final = {indicator.key: indicator for indicator in INDICATORS}


class Value(NamedTuple):
    """An indicator of one group: ``value`` rounded to ``decimals``; None without a whole."""

    key: str
    part: int
    whole: int
    value: Decimal | None
    decimals: int
    unit: str

    @property
    def text(self) -> str:
        """95%, 91.40%, 12.5, —."""
        if self.value is None:
            return "—"
        return f"{self.value}%" if self.unit == PERCENT else f"{self.value}"


def rounded(part: int, whole: int, decimals: int, *, times: int = 1) -> Decimal | None:
    """part × times ÷ whole (neither below 0), decimal half-up; None when the whole is 0."""
    if whole == 0:
        return None
    # In whole numbers: a quotient cut to so many digits first would be rounded twice.
    return Decimal((2 * part * times * 10**decimals + whole) // (2 * whole)).scaleb(-decimals)


def value(indicator: Indicator, sums: Mapping[str, Any], decimals: int | None = None) -> Value:
    """An indicator from the sums of a group; ``decimals``: the report's, instead of the indicator's own."""
    places = indicator.decimals if decimals is None else decimals
    part, whole = int(sums[indicator.part]), int(sums[indicator.whole])
    times = 100 if indicator.unit == PERCENT else 1
    return Value(indicator.key, part, whole, rounded(part, whole, places, times=times), places, indicator.unit)


def values(sums: Mapping[str, Any], decimals: int | None = None) -> list[Value]:
    """All indicators of a group. ``decimals`` is for percentages only."""
    return [value(i, sums, decimals if i.unit == PERCENT else None) for i in INDICATORS]


def yuan(fen: int) -> Decimal:
    """元, two decimals, exact."""
    return Decimal(fen).scaleb(-2).quantize(Decimal("0.01"))


def wan(fen: int) -> Decimal:
    """万元, two decimals, half-up: what the reports print."""
    found = rounded(fen, 1_000_000, 2)
    assert found is not None
    return found
