"""One agency that owes the same to several: each is warned of, breached and moved by itself, in views and model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub import words as w
from tests.api.over_http import OverHttp
from tests.custody.histories import Act
from tests.custody.town import HOURS


@pytest.fixture
def town(tmp_path: Path) -> Iterator[OverHttp]:
    with OverHttp(0, tmp_path) as made:
        made.rng.random = lambda: 1.0  # type: ignore[method-assign]  # nothing beside what is asked for
        yield made


def done(town: OverHttp, verb: str, by: str, about: str = "d1", referral: str | None = None, **args: Any) -> None:
    new = args.get("new") or (about if verb == "register" else None)
    if new is not None:
        command = w.derived_id(new)
        town.names |= {w.referral_id("desk", command): new, w.dispute_id("desk", command): new}
    act, ended, differences = town.perform(Act(verb, by, about, referral, args=args))
    assert (ended, differences) == ("done", []), act


def test_two_reporters_wait_and_the_later_limit_is_warned_of(town: OverHttp) -> None:
    done(town, "register", "committee")
    done(town, "report", "committee", recipients=["department"])
    town.machine.now += (HOURS["acknowledge"] + 1) * w.HOUR  # past the whole warning span: breached unwarned
    done(town, "refer", "committee", new="r1", kind="transfer", receiver="neighbours")
    done(town, "accept", "neighbours", referral="r1")
    done(town, "report", "neighbours", recipients=["department"])
    town.machine.now += (HOURS["acknowledge"] - 1) * w.HOUR
    done(town, "attempt", "neighbours")  # before it the hub acts, and nothing due is left
    warned = [due for due, marked in acknowledgements(town) if marked]
    assert len(warned) == 2


def acknowledgements(town: OverHttp) -> list[tuple[int, bool]]:
    d = town.model.disputes["d1"]
    return [(owed.due, owed.key in d.warned) for owed in d.owed() if owed.name == "acknowledge"]


def test_a_supervision_of_the_successor_outlives_its_own_of_the_closed(town: OverHttp) -> None:
    done(town, "register", "committee")
    done(town, "report", "committee", recipients=["office"])
    done(town, "refer", "committee", new="r1", kind="transfer", receiver="neighbours")
    done(town, "supervise", "office", agency="neighbours")
    done(town, "supervise", "bureau", agency="office")
    done(town, "close_agency", "hub", "neighbours", successor="office")
    assert town.hub_acts() == []
    assert [(o.debtor, o.creditor) for o in town.model.disputes["d1"].owed() if o.name == "answer"] == [
        ("office", "bureau")
    ]
    assert town.views_differences() == []
