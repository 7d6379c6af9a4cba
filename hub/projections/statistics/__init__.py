"""The statistics view 统计: accepted, mediated, successful, performed, and what else is reported of them."""

from .indicators import INDICATORS, Indicator, Value, rounded, value, values, wan, yuan
from .lists import LISTED, StatisticsReads
from .reads import COUNT_BY, COUNTS, DIMENSIONS, EACH_ORG, FINAL_ORG, Cohort, Group, Report
from .view import VIEW

__all__ = [
    "COUNTS", "COUNT_BY", "DIMENSIONS", "EACH_ORG", "FINAL_ORG", "INDICATORS", "LISTED", "VIEW", "Cohort", "Group",
    "Indicator", "Report", "StatisticsReads", "Value", "rounded", "value", "values", "wan", "yuan",
]  # fmt: skip
