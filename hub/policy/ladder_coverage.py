"""Every state of a ladder × everything that can be tried in it, with the outcome: what a scheme really does.

Guarantee: ``coverage`` names for each kind of state and each act all outcomes found among the standings that decisions
lead to, so that every cell is an effect, nothing or a refusal with its code, and none is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import NamedTuple

from . import ladder
from .ladder_scheme import Scheme
from .ladder_standing import CLIMBING, EXHAUSTED, OFF, RESOLVED, RESULTS, Standing, used_up

Act = Callable[[Scheme, Standing], Standing]


class Cell(NamedTuple):
    """One cell: the state, what was tried, and every outcome seen: ``refused/<code>``, ``nothing`` or the new state."""

    state: str
    event: str
    outcomes: tuple[str, ...]


def coverage(scheme: Scheme) -> list[Cell]:
    """All cells of a scheme, by state and act, both in a fixed order."""
    found: dict[str, dict[str, set[str]]] = {}
    for standing, event, new in walk(scheme):
        outcomes = found.setdefault(_kind(scheme, standing), {}).setdefault(event, set())
        outcomes.add(new if isinstance(new, str) else "nothing" if new == standing else _kind(scheme, new))
    return [Cell(s, event, tuple(sorted(seen))) for s, cells in sorted(found.items()) for event, seen in cells.items()]


def walk(scheme: Scheme) -> Iterator[tuple[Standing, str, Standing | str]]:
    """(standing, act, what it leads to); of standings that decisions cannot tell apart, one is tried."""
    tried = acts(scheme)
    todo = list(_beginnings(scheme))
    seen = {_sight(standing) for standing in todo}
    while todo:
        standing = todo.pop()
        for event, act in tried:
            try:
                new = act(scheme, standing)
            except ladder.LadderRefused as refused:
                yield standing, event, f"refused/{refused.code}"
                continue
            yield standing, event, new
            if _sight(new) not in seen:
                seen.add(_sight(new))
                todo.append(new)


def acts(scheme: Scheme) -> list[tuple[str, Act]]:
    """Everything that can be tried, by name."""
    made: list[tuple[str, Act]] = [(f"held/{result}", partial(_hold, result=result)) for result in RESULTS if result]
    made += [(f"held/no_deal/{claim}", partial(_hold, result="no_deal", claim=claim)) for claim in ladder.CLAIMS]
    made += [("held/no_deal/phone", partial(_hold, result="no_deal", mode="phone"))]
    made += [("held/no_deal/alarm", partial(_hold, result="no_deal", alarm=True))]
    made += [
        ("agreed", partial(_happen, what=ladder.Agreed())),
        ("sent_back", partial(_happen, what=ladder.SentBack())),
    ]
    made += [(f"escalate/{to}", partial(_decide, by=partial(ladder.escalate, to=to))) for to in scheme.levels]
    for branch in scheme.branches.values():
        change = partial(ladder.change_branch, branch=branch.key, present=branch.path)
        made += [(f"change_branch/{branch.key}", partial(_decide, by=change))]
    for code, exemption in scheme.exemptions.items():
        for to in ("", *scheme.levels) if exemption.effect in ("skip", "choose") else ("",):
            exempt = partial(ladder.exempt, code=code, reason="reason", approver="approver", to=to)
            made += [(f"exempt/{code}/{to}".rstrip("/"), partial(_decide, by=exempt))]
    for to in scheme.levels:
        made += [(f"move_down/{to}", partial(_decide, by=partial(ladder.move_down, to=to, consent=True)))]
    made += [("end", partial(_decide, by=ladder.end))]
    made += [("resume/alone", partial(_decide, by=partial(ladder.resume, consent=False)))]
    made += [("resume/both", partial(_decide, by=partial(ladder.resume, consent=True)))]
    return made


def _beginnings(scheme: Scheme) -> Iterator[Standing]:
    for branch in scheme.branches.values():
        for i, level in enumerate(branch.path):
            for entered in (
                ladder.enter(scheme, branch.key, branch.path[i:]),
                ladder.enter(scheme, branch.key, branch.path, level),
            ):
                yield Standing(scheme.id, entered.branch, entered.level, entered.level, entered.direct)


def _hold(
    scheme: Scheme, standing: Standing, *, result: str, mode: str = "", claim: str = "", alarm: bool = False
) -> Standing:
    return ladder.hold(scheme, standing, ladder.Session(result, 0, mode, None, claim), alarm=alarm).standing


def _happen(scheme: Scheme, standing: Standing, *, what: ladder.Happening) -> Standing:
    return ladder.after(scheme, standing, what)


def _decide(scheme: Scheme, standing: Standing, *, by: Callable[[Scheme, Standing], ladder.Happening]) -> Standing:
    return ladder.after(scheme, standing, by(scheme, standing))


def _sight(standing: Standing) -> Hashable:
    """What decisions look at: nothing of how it came about."""
    if standing.state in (RESOLVED, OFF):
        return standing.state
    if standing.state == EXHAUSTED:
        return standing.state, standing.branch, standing.level
    return (
        standing.state, standing.branch, standing.level, standing.tries, standing.total, standing.no_shows,
        standing.returned, bool(standing.skipped), standing.level == standing.entry, standing.joint,
    )  # fmt: skip


def _kind(scheme: Scheme, standing: Standing) -> str:
    """The state, with what is due while climbing."""
    if standing.state != CLIMBING:
        return standing.state
    return f"{CLIMBING}/{'escalate' if used_up(scheme, standing) else 'again'}"
