"""The agencies and limits the custody tests act in: two districts, a tree with centres, courts, a procuratorate."""

from __future__ import annotations

from hub import words as w
from hub.policy import Pack
from hub.policy.calendar import shipped_calendar
from hub.policy.pack import simple

AGENCIES: tuple[tuple[str, str, str, str | None], ...] = (
    # code, kind, region, superior in the tree
    ("city_centre", "centre", "3303", None),
    ("centre", "centre", "330302", None),
    ("town_centre", "centre", "330302001", "centre"),
    ("bureau", "justice", "330302", None),
    ("office", "justice", "330302001", "bureau"),
    ("committee", "committee", "330302001201", "office"),
    ("neighbours", "committee", "330302001202", "office"),
    ("city_committee", "committee", "330302", "bureau"),
    ("station", "police", "330302001", "police"),
    ("police", "police", "330302", None),
    ("department", "department_committee", "330302", None),
    ("elsewhere", "committee", "330303001", None),
    ("high_court", "court", "3303", None),
    ("court", "court", "330302", "high_court"),
    ("tribunal", "court", "330302001", "court"),
    ("procuratorate", "procuratorate", "330302", None),
)
HOURS = {
    "sign": 24, "accept": 72, "consent": 60, "settle": 90, "feedback": 130, "progress": 150, "answer": 48,
    "acknowledge": 30, "perform": 100,
}  # fmt: skip
WARN_HOURS = 8
BY_CONSENT = "petition"  # the channel on which a receiver cannot simply return an offer
PACK = Pack(
    id="T1",
    calendar=shipped_calendar(),
    limits={name: simple(name, hours, "hour", WARN_HOURS * w.HOUR, "test") for name, hours in HOURS.items()},
    consent_channels=frozenset({BY_CONSENT}),
    agreement_days=30,
    supervise_after=0,
    memo={},
)
