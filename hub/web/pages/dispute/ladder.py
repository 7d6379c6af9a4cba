"""首调责任制 on a dispute's page: the levels of its branch from the lowest to the highest, with the tries of each.

Guarantee: told from the dispute's own ``ladder.stood`` events; the scheme they name gives levels and numbers of tries,
and where it is not here only the levels that the events name are shown. None for a dispute that is on no ladder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from hub.policy.ladder import Scheme
from hub.policy.ladder_clocks import Past, ladder_clocks, soon
from hub.policy.ladder_standing import CLIMBING, EXHAUSTED, OFF, RESOLVED, SUSPENDED, TERMINATED
from hub.words import OPEN

from .. import when
from ..messages import say
from ..render import label
from ..visitors import Visitor
from .case import Case, Entry
from .why import basis_of

TOPIC: Final = "ladder.stood"
LIGHTS: Final = {RESOLVED: "ok", TERMINATED: "soon", EXHAUSTED: "late", SUSPENDED: "late", OFF: "calm"}
MOST_DOTS: Final = 9


class Level(NamedTuple):
    """One level. ``most`` 0 = unknown; ``skipped``: the exemption it was left by, "" = it was not (or unsaid);
    ``below``: under the entry.
    """

    key: str
    short: str
    name: str
    tries: int
    most: int
    here: bool
    entry: bool
    below: bool
    skipped: str
    left_out: bool

    @property
    def empty(self) -> int:
        """Tries that are left on it."""
        return max(0, min(self.most, MOST_DOTS) - self.tries)


class Ladder(NamedTuple):
    """The picture and what is said beside it. ``light``: of the state, "" = climbing; ``more``: sentences."""

    levels: tuple[Level, ...]
    branch: str
    total: int
    required: int
    state: str
    light: str
    more: tuple[str, ...]
    last: Entry


def ladder(visitor: Visitor, case: Case, lang: str, now: int) -> Ladder | None:
    """Where the dispute stands on its ladder."""
    stood = [entry for entry in case.entries if entry.topic == TOPIC]
    if not stood:
        return None
    last, f = stood[-1], stood[-1].fields
    scheme = visitor.parts.policy.scheme(f["scheme"])
    branch = scheme.branches.get(f["branch"]) if scheme is not None else None
    path = branch.path if branch is not None else tuple(dict.fromkeys([*(t.level for t in f["counted"]), f["level"]]))
    return Ladder(
        tuple(_levels(lang, scheme, path, f, _exemptions(stood))),
        (branch.en if lang == "en" else branch.zh) if branch is not None else f["branch"],
        f["total"], f["required"], label(lang, "ladder_states", f["state"]), LIGHTS.get(f["state"], ""),
        (*_more(lang, scheme, stood, now), *_clocks(visitor, case, scheme, lang, now)), last,
    )  # fmt: skip


def _levels(
    lang: str, scheme: Scheme | None, path: Sequence[str], f: Mapping[str, Any], left_by: Mapping[str, str]
) -> Iterator[Level]:
    begun = path.index(f["entry"]) if f["entry"] in path else 0
    for n, key in enumerate(path):
        code = left_by.get(key, "")
        yield Level(
            key, say(lang, f"ladder.at_{key}"), label(lang, "ladder_levels", key),
            sum(t.tries for t in f["counted"] if t.level == key), scheme.tries if scheme is not None else 0,
            key == f["level"], key == f["entry"], n < begun,
            f"{code} {label(lang, 'exemptions', code)}" if code else "", key in f["skipped"],
        )  # fmt: skip


def _exemptions(stood: Sequence[Entry]) -> dict[str, str]:
    """By which exemption each level was left."""
    found: dict[str, str] = {}
    for entry in stood:
        for key in entry.fields["skipped"]:
            found.setdefault(key, entry.fields["exemption"])
    return found


def _more(lang: str, scheme: Scheme | None, stood: Sequence[Entry], now: int) -> Iterator[str]:
    f = stood[-1].fields
    if f["state"] == CLIMBING:
        yield say(lang, "ladder.stands", level=label(lang, "ladder_levels", f["level"]))
    if f["next"] != "nothing":
        yield _next(lang, scheme, f, now)
    due = _due(stood)
    if f["state"] == CLIMBING and due is not None:
        yield say(lang, "ladder.due", at=when.until(lang, due))
    if f["no_shows"]:
        yield say(lang, "ladder.no_shows", n=f["no_shows"])
    other = [t for t in f["counted"] if t.branch != f["branch"]]
    if other and scheme is not None:
        branch = scheme.branches[other[0].branch]
        named = branch.en if lang == "en" else branch.zh
        yield say(lang, "ladder.other_branch", branch=named, n=sum(t.tries for t in other))


def _clocks(visitor: Visitor, case: Case, scheme: Scheme | None, lang: str, now: int) -> Iterator[str]:
    """The whole dispute's time and this committee's, and whether they end soon or are over."""
    agency = visitor.registry.agency(case.state.custodian)
    if scheme is None or agency is None or case.state.status != OPEN:
        return
    past = [
        Past(e.at, e.topic, e.fields["custodian"], e.fields["state"] if e.topic == TOPIC else "") for e in case.entries
    ]
    calendar = visitor.parts.policy.at(past[0].at).calendar
    for clock in ladder_clocks(scheme, past, agency.kind, calendar, agency.region[:6]):
        found = basis_of(clock.basis)
        by = say(lang, "ladder.hub_default" if found.default else "ladder.by_rule")
        if found.laws and not found.default and lang == "zh":
            by = found.laws
        key = "over" if now >= clock.due_at else "soon" if soon(clock, now) else "runs"
        yield say(lang, f"ladder.clock_{key}", what=label(lang, "shown_clocks", clock.code), by=by,
                  at=when.until(lang, clock.due_at))  # fmt: skip


def _next(lang: str, scheme: Scheme | None, f: Mapping[str, Any], now: int) -> str:
    due = f["next"]
    if due == "again" and scheme is not None:
        left = max(0, scheme.tries - f["tries"])
        after = f["last_at"] + scheme.gap if f["last_at"] is not None else 0
        if after > now:
            return say(lang, "ladder.again_after", n=left, at=when.until(lang, after))
        return say(lang, "ladder.again", n=left)
    if due == "escalate":
        key = "ladder.to_be_assigned" if f["returned"] else "ladder.escalate"
        return say(lang, key, level=label(lang, "ladder_levels", f["next_level"]))
    return say(lang, "ladder.next", what=label(lang, "ladder_nexts", due))


def _due(stood: Sequence[Entry]) -> int | None:
    """When the time of the present level ends: written where the level was begun."""
    level = stood[-1].fields["level"]
    for entry in reversed(stood):
        if entry.fields["level"] != level:
            return None
        if entry.fields["due_at"] is not None:
            at: int = entry.fields["due_at"]
            return at
    return None
