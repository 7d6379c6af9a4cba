"""Examples of answers about dates and days: the story's dispute at its end, and a year; of their days the first few.

A test asks for the same.
"""

from __future__ import annotations

from typing import Any, Final

LIMITS: Final[dict[str, Any]] = {
    "dispute": "93369ab7-b87b-5b4a-ba40-158a458c6e0b",
    "version": 45,
    "items": [
        {
            "key": "progress",
            "obligation": "progress",
            "referral": None,
            "debtor": {
                "id": "bf7af6f0-d75a-5f4a-86b5-199f9b82633c",
                "code": "532301.department.housing",
                "name": "市住建局调解委员会",
            },
            "creditor": None,
            "since": "2027-06-13T00:12:36.000000Z",
            "due_at": "2027-06-28T16:00:00.000000Z",
            "rule": "progress.15d@532301~",
            "pack": "P2026.2+chuxiong.1",
            "calendar": "cn2026.1+5323.1",
            "basis": "hub default",
            "basis_kind": "default",
            "provisional": True,
            "recounted": "2027-06-28T16:00:00.000000Z",
            "service": None,
            "legal": None,
            "legal_due_at": None,
            "changes": [],
            "counts": [
                {
                    "rule": "progress.15d@532301~",
                    "amount": 15,
                    "unit": "day",
                    "region": "532301",
                    "calendar": "cn2026.1+5323.1",
                    "start": "2027-06-13T00:12:36.000000Z",
                    "runs_from": "2027-06-13T16:00:00.000000Z",
                    "ends_at": "2027-06-28T16:00:00.000000Z",
                    "provisional": True,
                    "rolled": False,
                    "days": [
                        {
                            "date": "2027-06-13",
                            "kind": "weekend",
                            "counted": None,
                            "hours": None,
                            "why": "first",
                            "paused": [],
                            "zh": "",
                            "en": "",
                            "provisional": True,
                            "rolled": False,
                        },
                        {
                            "date": "2027-06-14",
                            "kind": "workday",
                            "counted": 1,
                            "hours": None,
                            "why": "",
                            "paused": [],
                            "zh": "",
                            "en": "",
                            "provisional": True,
                            "rolled": False,
                        },
                        {
                            "date": "2027-06-15",
                            "kind": "workday",
                            "counted": 2,
                            "hours": None,
                            "why": "",
                            "paused": [],
                            "zh": "",
                            "en": "",
                            "provisional": True,
                            "rolled": False,
                        },
                    ],
                }
            ],
        }
    ],
}
YEAR: Final[dict[str, Any]] = {
    "version": "cn2026.1+5323.1",
    "year": 2026,
    "region": "532301",
    "known": True,
    "announced": False,
    "days": [
        {"date": "2026-01-01", "kind": "holiday", "zh": "元旦", "en": "New Year"},
        {"date": "2026-01-02", "kind": "holiday", "zh": "元旦", "en": "New Year"},
        {"date": "2026-01-03", "kind": "holiday", "zh": "元旦", "en": "New Year"},
        {"date": "2026-01-04", "kind": "make-up", "zh": "元旦", "en": "New Year"},
        {"date": "2026-02-14", "kind": "make-up", "zh": "春节", "en": "Spring Festival"},
    ],
    "provisional": [{"first": "2026-07-01", "last": "2026-08-31"}, {"first": "2026-11-01", "last": "2026-12-31"}],
}
