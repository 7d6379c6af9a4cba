"""Clocks that are shown and owed by nobody: the petition's, the penalty's, a confirmation's."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from hub.policy import Pack, shipped_policy
from hub.policy.shown import running

P2023, P2025, P2026 = shipped_policy("532301").packs
CHINA = timezone(timedelta(hours=8))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp()) * 1_000_000


def ends(pack: Pack, *happened: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """Clock → (its last day, what started it)."""
    found = running(pack.shown, [(name, at(text)) for name, text in happened], pack.calendar)
    last = {r.code: datetime.fromtimestamp((r.due_at - 1) / 1e6, CHINA).date().isoformat() for r in found}
    return {r.code: (last[r.code], r.by) for r in found}


def test_a_confirmation_is_applied_for_within_thirty_days_of_the_agreement() -> None:
    reached = ("agreement.reached", "2026-03-02T10:00")
    assert ends(P2026, reached) == {"confirm_apply": ("2026-04-01", "agreement.reached")}
    assert ends(P2026, reached, ("confirmation/applied", "2026-03-20T10:00")) == {}
    again = ("agreement.reached", "2026-05-06T10:00")
    assert ends(P2026, reached, ("confirmation/applied", "2026-03-20T10:00"), again) == {
        "confirm_apply": ("2026-06-05", "agreement.reached")
    }


def test_the_petitions_sixty_days_run_on_while_a_committee_mediates() -> None:
    accepted, passed = ("petition/accepted", "2026-03-02T10:00"), ("petition/handed_over", "2026-03-10T10:00")
    for more in ((), (passed,), (passed, ("petition/fed_back", "2026-04-10T10:00"))):
        # 60 days end on 1 May, a holiday until the 5th: it rolls to the first working day.
        assert ends(P2026, accepted, *more) == {"petition_handle": ("2026-05-06", "petition/accepted")}
    assert ends(P2026, accepted, passed, ("petition/replied", "2026-04-20T10:00")) == {}


@pytest.mark.parametrize("step", ["failed", "unperformed", "not_recognised"])
@pytest.mark.parametrize(("pack", "first"), [(P2023, "received"), (P2025, "received"), (P2026, "filed")])
def test_the_penaltys_thirty_days_start_again(pack: Pack, first: str, step: str) -> None:
    begun = (f"police/{first}", "2026-03-02T10:00")
    assert ends(pack, begun) == {"penalty": ("2026-04-01", f"police/{first}")}
    assert ends(pack, begun, ("police/referred", "2026-03-03T10:00"), (f"police/{step}", "2026-03-17T10:00")) == {
        "penalty": ("2026-04-16", f"police/{step}")
    }
    assert ends(pack, begun, ("police/recognised", "2026-03-20T10:00")) == {}
