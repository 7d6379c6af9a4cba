"""Statistics for people and systems: the parts of a report with their names, in the order of the lists they come from.

Guarantee: every code of a list is there, with zeros where nothing was counted; what is in no list stands in a part of
its own, so that parts always make the whole; a group of sources is the sum of the sources in it, and only the groups
are added up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, NamedTuple

from hub.policy.codes import CodeList, read_codes
from hub.projections.statistics import COUNTS, Group, Report
from hub.projections.statistics.reads import Sums, merged

LISTS: Final = {"category": "categories", "source": "sources", "type": "committee_types"}
GROUPS: Final = "source_groups"
UNLISTED: Final = "-"  # the key of what no list names
WORDS: Final = {
    "category": ("未列入类别", "in no category of the list"), "source": ("未登记来源", "no source of the list"),
    "type": ("非人民调解组织", "no mediation committee"), "place": ("无区划代码", "no region code"),
    "agency": ("", ""), "month": ("", ""),
}  # fmt: skip


class Line(NamedTuple):
    """One part. ``parent``: the key of the group it is inside of, whose sums hold it already; "" = it stands alone."""

    key: str
    parent: str
    zh: str
    en: str
    sums: Sums


@cache
def codes(name: str) -> CodeList:
    """A published list, read once."""
    return read_codes(name)


def lines(report: Report, by: str, place: Callable[[str], str] = str) -> list[Line]:
    """The parts of a grouping that was asked for. ``place``: the name of a region code."""
    groups = report.groups[by]
    if by == "source":
        return _sources(groups)
    if by in LISTS:
        return _listed(groups, codes(LISTS[by]), by)
    if by == "agency":
        named = [(report.names.get(g.key, (g.key, g.key)), g.sums) for g in groups]
        return sorted(
            (Line(code, "", name, name, sums) for (code, name), sums in named),
            key=lambda x: (-x.sums["accepted"], x.key),
        )
    if by == "place":
        known = [g for g in groups if g.key.isdigit()]
        other = [g for g in groups if not g.key.isdigit()]
        return [Line(g.key, "", place(g.key), place(g.key), g.sums) for g in known] + _rest(other, by)
    return [Line(g.key, "", g.key, g.key, g.sums) for g in groups]


def _listed(groups: Sequence[Group], listed: CodeList, by: str) -> list[Line]:
    found = {g.key: g.sums for g in groups}
    made = [Line(e.code, "", e.zh, e.en, found.get(e.code, nothing())) for e in listed.entries.values()]
    return made + _rest([g for g in groups if g.key not in listed.entries], by)


def _sources(groups: Sequence[Group]) -> list[Line]:
    """Each group, then the sources inside it where there is more than the one."""
    found = _listed(groups, codes("sources"), "source")
    made: list[Line] = []
    for group in codes(GROUPS).entries.values():
        inside = [x for x in found if x.key != UNLISTED and codes("sources").roll_up(x.key, GROUPS) == group.code]
        (whole,) = merged((group.code, x.sums) for x in inside)
        made.append(Line(group.code, "", group.zh, group.en, whole.sums))
        if [x.key for x in inside] != [group.code]:
            made += [x._replace(parent=group.code) for x in inside]
    return made + [x for x in found if x.key == UNLISTED]


def _rest(groups: Sequence[Group], by: str) -> list[Line]:
    """What no list names, as one part; nothing when there is none."""
    return [Line(UNLISTED, "", *WORDS[by], g.sums) for g in merged((UNLISTED, g.sums) for g in groups)]


def nothing() -> Sums:
    """Zeros."""
    return dict.fromkeys(COUNTS, 0)
