"""Which branch a dispute belongs to, and which agencies stand on its levels. Pure; the tables are the scheme's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .ladder_scheme import Scheme


class Organ(NamedTuple):
    """An agency as the ladder sees it."""

    id: bytes
    kind: str
    level: str
    region: str
    competences: tuple[str, ...] = ()


def classify(scheme: Scheme, category: str, table: Mapping[str, str] | None = None) -> str:
    """The branch of a category: the tenant's own table first, then the scheme's; LadderRefused ``branch_unknown``."""
    branch = (table or {}).get(category)
    if branch is None:
        named = (b.key for b in scheme.branches.values() if category in b.categories)
        return next(named, scheme.default_branch)
    scheme.path(branch)
    return branch


def slot(scheme: Scheme, branch: str, kind: str, level: str) -> str:
    """The ladder level at which an agency of this kind and level stands on a branch; "" = beside the ladder."""
    return next((key for key in scheme.path(branch) if (kind, level) in scheme.levels[key].organs), "")


def organs(
    scheme: Scheme, branch: str, place: str, category: str, agencies: Iterable[Organ]
) -> dict[str, tuple[bytes, ...]]:
    """Which agencies stand at each level of a branch for a place (the place of occurrence: 人民调解工作若干规定 §27).

    Nearest region first; levels without any are left out. ``agencies``: those that take part at present.
    """
    found: dict[str, list[Organ]] = {}
    for agency in agencies:
        key = slot(scheme, branch, agency.kind, agency.level)
        here = bool(key and agency.region) and place.startswith(agency.region)
        if here and (not scheme.levels[key].competent or category in agency.competences):
            found.setdefault(key, []).append(agency)
    nearest = {key: sorted(these, key=lambda a: -len(a.region)) for key, these in found.items()}
    return {key: tuple(a.id for a in nearest[key]) for key in scheme.branches[branch].path if key in nearest}
