"""Every view against the log: against the checker's own fold, and row by row against the same view made anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hub.projections import Views
from hub.words import Stored

from .checker import World
from .facts import CONTRACT, Facts

Item = dict[str, Any]


class Rows:
    """The log port over rows read from outside."""

    def __init__(self, facts: Facts) -> None:
        self._rows = [Stored(e.position, e.stream, e.version, e.topic, e.body) for e in facts.events]

    def read(self, after: int, limit: int, timeout: float) -> list[Stored]:
        return self._rows[after : after + limit]

    def end(self) -> int:
        return len(self._rows)

    def close(self) -> None:
        """Nothing to close."""


def everything(read: Callable[..., Any], **options: Any) -> list[Item]:
    """All pages of a list."""
    found: list[Item] = []
    cursor = None
    while True:
        page = read(cursor=cursor, limit=500, **options)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


def check_views(url: str, facts: Facts, world: World, scratch: Path, *, chains: int = 200) -> None:
    """The views at ``url`` equal the fold of the log. ``chains``: how many disputes are compared leg by leg."""
    views = Views(url, CONTRACT)
    anew = Views(f"sqlite:///{scratch / 'views-anew.db'}", CONTRACT)
    try:
        for status in views.status():
            assert (status.position, status.parked, status.stopped) == (facts.head, 0, ""), status
        _against_the_fold(views, facts, world)
        crew = anew.crew(Rows(facts))
        crew.catch_up(facts.head)
        crew.close()
        some = sorted(world.cases)[:chains]
        live, made = _dump(views, some), _dump(anew, some)
        for name in live:
            assert live[name] == made[name], f"view {name} differs from the same view made anew"
    finally:
        views.close()
        anew.close()
        for left in scratch.glob("views-anew.db*"):
            left.unlink()


def _against_the_fold(views: Views, facts: Facts, world: World) -> None:
    rows = {i["dispute"]: (i["status"], i["custodian"], i["version"]) for i in everything(views.custody.disputes)}
    assert rows == {s: (c.status, c.custodian, c.version) for s, c in world.cases.items()}
    assert views.custody.figures()["unowned"] == 0
    # Each open dispute stands in exactly one agency's queue, its custodian's.
    held = [(o["dispute"], o["debtor"]) for o in everything(views.obligations.running, name="progress")]
    assert sorted(held) == sorted((s, c.custodian) for s, c in world.cases.items() if c.status == "open")
    referrals = [r for c in world.cases.values() for r in c.referrals.values()]
    total = views.completeness.equation().items[0]
    expected = Counter("signed" if r.signed else _unsigned(r.state) for r in referrals)
    assert total["difference"] == 0 and total["sent"] == len(referrals)
    assert {k: total[k] for k in expected} == dict(expected)
    assert {a["agency"]: a["state"] for a in everything(views.agencies.directory)} == world.agencies
    seen = [(i["position"], i["stream"], i["version"]) for i in everything(views.timeline.latest)]
    told = [e for e in facts.events if "custodian" in e.says or e.topic.startswith("agency.")]
    assert seen == [(e.position, e.stream, e.version) for e in told]


def _unsigned(state: str) -> str:
    return {"offered": "pending", "concluded": "withdrawn"}.get(state, state)


def _dump(views: Views, disputes: list[bytes]) -> dict[str, list[Item]]:
    return {
        "custody": everything(views.custody.disputes),
        "chains": [views.custody.chain(d).items[0] for d in disputes],
        "obligations": everything(views.obligations.running),
        "completeness": everything(views.completeness.referrals),
        "equation": views.completeness.equation(by=("kind", "agency", "day")).items,
        "agencies": everything(views.agencies.directory),
        "answers": views.agencies.answers().items,
        "timeline": everything(views.timeline.latest),
        "roles": [{d.hex(): sorted(views.roles.involved(d))} for d in disputes],
    }
