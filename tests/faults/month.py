"""The sandbox month against a hub that is killed on the way: the same month as in peace, every acknowledged command
there once, every view the fold of the log.

    python -m tests.faults.month --kills 30 --days 9 --disputes 70 [--kafka ADDRESS] [--seed N]
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from connectors.city import chuxiong
from connectors.sandbox.month import Month, Told
from hub.bootstrap import configure_logging
from hub.cli.demo.figures import collect
from tests.sandbox.months import DAYS, DISPUTES, SEED, START, Ran, month

from .checker import check
from .facts import Facts
from .killed import READ, SEND, SETTLE, Kill, KilledHub
from .views import check_views

Story = dict[bytes, list[tuple[str, Any]]]
STORED = -1.0  # when the command is in the store
READS = 10  # of inboxes per step, at the least


class Lived(NamedTuple):
    """A month that went to its end all the same."""

    figures: dict[str, Any]
    facts: Facts
    told: Told
    killed: list[str]
    lost: int  # requests that nobody answered
    untold: int  # commands stored when a hub was killed, their clients without an answer yet


def in_peace(days: int, disputes: int) -> Ran:
    """The same month with nobody killed; the usual short one is run once for all tests."""
    usual = (days, disputes) == (DAYS, DISPUTES)
    return month(SEED) if usual else month(SEED, days=days, disputes=disputes)


def aim(seed: int, kills: int, commands: int, steps: int) -> list[Kill]:
    """Where to kill: anywhere in the month, mostly while commands are under way, some hubs while they start."""
    dice = random.Random(seed)
    found: list[Kill] = []
    while (room := kills - sum(2 if k.again else 1 for k in found)) > 0:
        kind = dice.choices((SEND, SETTLE, READ), (5, 3, 1))[0]
        nth = dice.randint(1, {SEND: commands, READ: READS * steps, SETTLE: steps}[kind])
        delay = dice.uniform(0, 0.3 if kind == SETTLE else 0.02)
        if kind == SEND and dice.random() < 0.5:
            delay = STORED
        again = dice.uniform(0.05, 1.0) if room > 1 and dice.random() < 0.3 else 0.0
        found.append(Kill(kind, nth, delay, again))
    return found


def live(home: Path, seed: int, kills: int, *, days: int, disputes: int, kafka: str = "") -> Lived:
    """Run a month with kills aimed by ``seed``, then check all that must be true of a hub at rest."""
    peace = in_peace(days, disputes)
    prefix = f"t{uuid.uuid4().hex[:10]}." if kafka else ""
    with KilledHub(home, START, kafka=kafka, prefix=prefix) as world:
        made = Month(world, chuxiong.build(), SEED, days=days, disputes=disputes)
        made.prepare()
        world.aim(aim(seed, kills, peace.told.commands, made.steps))
        told = made.run()
        world.store.credentials.add("supervisor", [], ["supervisor"], world.clock.now())
        figures = collect(world.http("supervisor"), world.store, SEED)
        world.rest()
        made.close()
        assert not world.strange, world.strange[:3]
        acknowledged, url = world.told.values(), world.settings.store_url
        facts, folded = check(url, acknowledged, kafka=kafka, prefix=prefix, systems=made.systems)
        check_views(world.settings.views_url, facts, folded, home)
        assert len(acknowledged) >= told.commands
        return Lived(figures, facts, told, world.killed, world.lost, world.untold)


def compare(lived: Lived, *, days: int, disputes: int) -> None:
    """The same month as in peace, over the table log: its figures, what agencies were told, every dispute's story."""
    peace = in_peace(days, disputes)
    assert lived.figures | {"head_hash": ""} == peace.figures | {"head_hash": ""}
    assert lived.told == peace.told
    then: Story = {}
    for topic, says in peace.events:
        then.setdefault(says["stream"], []).append((topic, says.get("custodian")))
    now: Story = {}
    for e in lived.facts.events:
        now.setdefault(e.stream, []).append((e.topic, e.says.get("custodian")))
    assert now.keys() == then.keys()
    other = [stream.hex() for stream in now if now[stream] != then[stream]]
    assert not other, (len(other), now[bytes.fromhex(other[0])], then[bytes.fromhex(other[0])])


def main(words: Sequence[str] | None = None) -> None:
    """A longer run by hand."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--kills", type=int, default=30)
    given.add_argument("--days", type=int, default=DAYS)
    given.add_argument("--disputes", type=int, default=DISPUTES)
    given.add_argument("--kafka", default="", metavar="ADDRESS")
    given.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000), help="of the kills")
    wanted = given.parse_args(words)
    configure_logging("console", "error")
    print(f"seed {wanted.seed}", flush=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hub-killed-") as home:
        length = {"days": wanted.days, "disputes": wanted.disputes}
        lived = live(Path(home), wanted.seed, wanted.kills, kafka=wanted.kafka, **length)
        took = time.monotonic() - begun
        compare(lived, **length)
    for line in lived.killed:
        print(f"  killed in {line}")
    print(
        f"{len(lived.killed)} kills in {took:.0f} s, {lived.lost} requests without an answer, {lived.untold} commands"
        f" stored and not answered yet; {lived.facts.head} events, {lived.told.commands} commands: each there once,"
        " figures as in peace, every view the fold of the log"
    )


if __name__ == "__main__":
    main()
