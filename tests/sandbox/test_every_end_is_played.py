"""The city plays every channel to each of its ends, under each year's pack of both cities, through the SDK alone.

What was played is compared with what the rules declare: an end of a procedure, of a referral, of a ladder or of a
dispute that nobody plays fails here, and so does one that the rules do not know.
"""

from __future__ import annotations

import logging
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import structlog

from connectors.city import chuxiong, file
from connectors.city.agency import Agency
from connectors.sandbox.endings import Ends, ends, play
from hub.cli.demo.trial import Trial
from hub.policy import Pack, shipped_policy
from hub.policy.codes import read_codes
from hub.policy.pack import CHANNELS

pytestmark = pytest.mark.slow
MIANYANG = Path(__file__).parents[1] / "data" / "mianyang.csv"
INDEPENDENT = ("court", "procuratorate")  # nobody in a city assigns to or from them: no contest, no assignment
MOVED = {"returned", "withdrawn/sender", "withdrawn/consented", "withdrawn/redirected", "lapsed"}
KINDS = {  # custody rules §4: how a referral of each kind may end
    "transfer": MOVED | {"concluded/closed", "concluded/came_back", "returned late"},
    "escalation": MOVED | {"concluded/closed", "concluded/came_back", "returned late"},
    "delegation": MOVED | {"concluded/feedback", "concluded/recalled"},
    "assistance": {"concluded/feedback", "returned", "withdrawn/sender", "lapsed"},
    "notice": {"signed", "returned", "withdrawn/sender"},
}
ASSIGNED = {"withdrawn/superseded", "settled/upheld", "settled/overruled"}  # where somebody stands above both ends


class Town(NamedTuple):
    """Where a play takes place: region of the organs, and a village unit."""

    top: str
    village: str


PLAYS = {
    ("P2023", "chuxiong"): Town("532301", "532301101001"), ("P2025", "chuxiong"): Town("532301", "532301101001"),
    ("P2026", "chuxiong"): Town("532301", "532301101001"), ("P2023", "mianyang"): Town("510703", "510703103202"),
    ("P2025", "mianyang"): Town("510726", "510726100201"), ("P2026", "mianyang"): Town("510703", "510703001003"),
}  # fmt: skip


def city(overlay: str) -> list[Agency]:
    """The agencies of a city: Chuxiong's from its data, Mianyang's from the file that `hub city load` takes."""
    if overlay == "chuxiong":
        return chuxiong.build()
    found = file.read(MIANYANG.read_bytes())
    assert found.faults == []
    return found.agencies


@cache
def played(year: str, overlay: str, kafka: str = "") -> Ends:
    """The ends reached. From 2025 on the city's court is named in a pack of its own, as one that still delegates."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    town = PLAYS[year, overlay]
    start = int(datetime(int(year[1:]), 3, 2, 2, tzinfo=UTC).timestamp()) * 1_000_000
    with tempfile.TemporaryDirectory(prefix="hub-ends-") as home:
        own = None if year == "P2023" else Path(home) / "ours.toml"
        if own is not None:
            own.write_text(f'id = "ours.1"\n[senders]\ndelegate = ["{town.top}.court"]\n')
        with Trial(Path(home), start, kafka=kafka, city=town.top, pack=own) as world:
            stage = play(world, city(overlay), *town, year, start, ladder=overlay == "chuxiong")
            stage.close()
            return ends(stage.seen())


def pack(year: str, overlay: str) -> Pack:
    """The pack of a year as it comes with the hub."""
    return next(p for p in shipped_policy(PLAYS[year, overlay].top).packs if p.id.startswith(f"{year}."))


def declared(rules: Pack) -> set[tuple[str, str, str]]:
    """Every end of every kind of referral that each channel of the pack carries."""
    found: set[tuple[str, str, str]] = set()
    for channel in CHANNELS:
        guard = rules.offers.guards.get(channel)
        carried = KINDS.keys() if guard is None or guard.kinds is None else guard.kinds
        for kind in carried:
            found |= {(channel, kind, end) for end in KINDS[kind]}
            if channel not in INDEPENDENT and kind in ("transfer", "escalation", "delegation"):
                found |= {(channel, kind, end) for end in ASSIGNED}
        if channel not in INDEPENDENT:
            found.add((channel, "assignment", "concluded/closed"))
            if "delegation" in carried:
                found.add((channel, "delegation", "concluded/superseded"))
    return found


def codes(name: str) -> set[str]:
    return set(read_codes(name).entries)


@pytest.mark.parametrize(("year", "overlay"), PLAYS, ids=["+".join(play) for play in PLAYS])
class TestEveryEnd:
    def test_of_every_procedure(self, year: str, overlay: str) -> None:
        procedures = pack(year, overlay).procedures.values()
        known = {f"{p.code}/{step.code}": step for p in procedures for step in p.steps.values()}
        reached = played(year, overlay).steps
        assert {name for name, step in known.items() if step.ends} - reached == set(), "ends that nobody plays"
        assert reached == set(known)

    def test_of_every_channel(self, year: str, overlay: str) -> None:
        reached = played(year, overlay).referrals
        assert declared(pack(year, overlay)) - reached == set(), "ends that nobody plays"
        assert reached - declared(pack(year, overlay)) == {("mediation", "transfer", "concluded/merged")}

    def test_of_every_dispute(self, year: str, overlay: str) -> None:
        assert played(year, overlay).outcomes == codes("outcomes") | {"void"}

    def test_of_the_ladder(self, year: str, overlay: str) -> None:
        scheme, found = pack(year, overlay).ladder, played(year, overlay)
        if scheme is None:
            assert not found.ladders
            return
        entries = {(branch.key, entry) for branch in scheme.branches.values() for entry in branch.path}
        for state in ("exhausted", "resolved"):
            assert {(b, e) for b, e, s in found.ladders if s == state} == entries
        assert {state for _, _, state in found.ladders} == codes("ladder_states")
        assert found.exemptions == set(scheme.exemptions)

    def test_under_the_pack_of_the_year(self, year: str, overlay: str) -> None:
        own = "" if year == "P2023" else "+ours.1"
        assert played(year, overlay).packs == {f"{pack(year, overlay).id}{own}", "undated"}


def test_states_and_causes_of_the_code_lists_are_among_them() -> None:
    reached = {end for play_ in PLAYS for _, _, end in played(*play_).referrals}
    assert {e.partition("/")[2] for e in reached if e.startswith("concluded/")} == codes("conclusion_causes")
    ended = {"concluded", "returned", "withdrawn", "lapsed"}
    assert ended < codes("referral_states") and ended <= {e.partition("/")[0].partition(" ")[0] for e in reached}


@pytest.mark.kafka
def test_the_same_over_kafka(kafka: str) -> None:
    assert played("P2026", "mianyang", kafka) == played("P2026", "mianyang")
