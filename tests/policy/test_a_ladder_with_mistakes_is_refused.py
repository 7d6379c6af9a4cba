"""A scheme with a mistake is refused, and the refusal names the key."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from hub.policy import ladder
from hub.policy.ladder import SchemeRefused

FOLDER = files("hub.policy").joinpath("ladders")
TEXT = FOLDER.joinpath("chuxiong.toml").read_text(encoding="utf-8")
COMMON = FOLDER.joinpath("common.toml").read_text(encoding="utf-8")


def without(table: str) -> str:
    """The two files as one, without one table (with all below it)."""
    return re.sub(rf"(?ms)^\[{table}[^\]]*\]\n.*?(?=^\[|\Z)", "", TEXT + COMMON)


def test_the_shipped_ladders_are_read() -> None:
    found = ladder.read_ladders()
    assert set(found) == {"chuxiong.1", "four_levels_seven_days.1", "three_by_three.1"}
    chuxiong = found["chuxiong.1"]
    assert (chuxiong.tries, chuxiong.max_total, chuxiong.joint_below, chuxiong.joint_level) == (2, 8, 4, "city")
    assert chuxiong.no_show == ("not_counted", "counted", "refusal")
    for scheme in found.values():
        spans = [scheme.accept, scheme.ceiling, scheme.committee, *(v.limit for v in scheme.levels.values())]
        bases = [span.basis for span in spans] + [rule.basis for rule in scheme.exemptions.values()]
        bases += [branch.basis for branch in scheme.branches.values()] + [way.basis for way in scheme.exits]
        assert all([scheme.basis, *bases, *scheme.bases.values()])
        assert {"tries", "gap", "notice", "no_show", "return", "alarm"} <= set(scheme.bases)


def test_a_schemes_own_table_goes_before_the_common_one() -> None:
    assert ladder.read_scheme(TEXT + "\n[gap]\namount = 1\nunit = 'hour'\nbasis = 'x'\n", COMMON).gap == 3_600_000_000


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("levels", "levels: is missing"),
        ("branches", "branches: is missing"),
        ("exemptions", "exemptions: is missing"),
        ("exits", "exits: is missing"),
        ("tries", "tries: is missing"),
        ("no_show", "no_show: is missing"),
        ("return", "return: is missing"),
        ("ceiling", "ceiling: is missing"),
        ("joint", "joint.level: '' is not where branches.civil.path ends"),
        ("levels.township", "branches.civil.path: level 'township' is not in levels"),
        ("levels.city", "joint.level: 'city' is none of group"),
        ("branches.industry", "levels.department: no branch leads there"),
        ("branches.civil", "branches.categories: exactly one branch has none"),
    ],
)
def test_a_missing_table_is_named(table: str, says: str) -> None:
    with pytest.raises(SchemeRefused, match="^" + re.escape(says)):
        ladder.read_scheme(without(table))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "chuxiong.1"', "", "id: is missing"),
        ('id = "chuxiong.1"', "id = 1", "id: a text"),
        ('id = "chuxiong.1"', 'id = "chuxiong.1"\ncolour = "red"', "colour: is unknown"),
        ("per_level = 2", "per_level = 0", "tries.per_level: a whole number of at least 1"),
        ("per_level = 2", "per_level = true", "tries.per_level: a whole number"),
        ("per_level = 2", 'per_level = "2"', "tries.per_level: a whole number"),
        ("per_level = 2", "", "tries.per_level: is missing"),
        ("max_total = 8", "max_total = 7", "tries.max_total: 7 is smaller than the 8 tries of branches.civil.path"),
        ("per_level = 2", "per_level = 3", "tries.max_total: 8 is smaller than the 12 tries"),
        ("max_total = 8\nbasis", 'max_total = 8\nbasis = " " #', "tries.basis: a text"),
        ('amount = 3\nunit = "workday"\nbasis = "hub default: the source sets no time"', 'amount = 3\nunit = "workday"',
         "levels.group.basis: is missing"),
        ('amount = 3\nunit = "workday"', 'amount = 0\nunit = "workday"', "levels.group.amount: a whole number"),
        ('amount = 3\nunit = "workday"', 'amount = 3\nunit = "week"', "levels.group.unit: 'week' is none of hour"),
        ('sealed_by = "township"', 'sealed_by = "county"', "levels.township.sealed_by: level 'county'"),
        ("competent = true", 'competent = "yes"', "levels.department.competent: true or false"),
        ("competent = true", "competant = true", "levels.department.competant: is unknown"),
        ('organs = [{ kind = "committee", level = "city" }]', "organs = []", "levels.city.organs: at least one"),
        ('organs = [{ kind = "committee", level = "city" }]', 'organs = ["committee"]', "levels.city.organs: kind and"),
        ('path = ["department", "city"]', 'path = ["department", "county"]', "branches.industry.path: level 'county'"),
        ('path = ["department", "city"]', "path = []", "branches.industry.path: a list of texts"),
        ('path = ["department", "city"]', 'path = ["city", "department", "city"]', "branches.industry.path: a level"),
        ('path = ["department", "city"]', 'path = ["city", "department"]', "joint.level: 'city' is not where"),
        ('onward = ["escalation"]', 'onward = ["push"]', "branches.civil.onward: 'push' is none of escalation"),
        ('categories = ["10"', "categories = [10", "branches.industry.categories: a list of texts"),
        ("below = 4", "below = 9", "joint.below: 9 is more than tries.max_total"),
        ('level = "city"\nbasis = "hub default"', 'level = "county"\nbasis = "x"', "joint.level: 'county' is none of"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_scheme_is_named(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(SchemeRefused, match="^" + re.escape(says)):
        ladder.read_scheme(TEXT.replace(old, new, 1), COMMON)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('times = ["not_counted", "counted", "refusal"]', 'times = ["ignored"]', "no_show.times: 'ignored' is none of"),
        ('times = ["not_counted", "counted", "refusal"]', "times = []", "no_show.times: a list of texts"),
        ('modes = ["phone"]', 'modes = "phone"', "uncounted.modes: a list of texts"),
        ('reasons = ["missing_record", "wrong_branch"]', 'reasons = ["too_hard"]', "return.reasons: too_hard is no"),
        ('reasons = ["missing_record", "wrong_branch"]', "reasons = []", "return.reasons: a list of texts"),
        ("times = 1", "times = -1", "return.times: a whole number of at least 0"),
        ('effect = "suspend"', 'effect = "stop"', "exemptions.R1.effect: 'stop' is none of suspend"),
        ('unit = "hour"', 'unit = "day"', "gap.unit: hour is expected"),
        ("[notice]\namount = 24", "[notice]\namount = -1", "notice.amount: a whole number"),
        ("grade = 1", "grade = 0", "alarm.grade: a whole number of at least 1"),
        ('exits = ["court"]', 'exits = ["appeal"]', "broken.exits: 'appeal' is none of"),
        ('zh = "诉讼"', "", "exits.court.zh: is missing"),
        ('basis = "人民调解法 §31, §32"', "", "broken.basis: is missing"),
        ('consent = ["escalation", "delegation"]', 'consent = ["all"]', "onward.consent: 'all' is none of"),
        ('[exemptions.R5]\neffect = "off"', "[exemptions.R5]\neffect = 5", "exemptions.R5.effect: a text"),
    ],
)
def test_a_mistake_in_what_all_share_is_named(old: str, new: str, says: str) -> None:
    assert old in COMMON
    with pytest.raises(SchemeRefused, match="^" + re.escape(says)):
        ladder.read_scheme(TEXT, COMMON.replace(old, new, 1))


def test_one_category_has_one_branch() -> None:
    more = '\n[branches.trade]\nzh = "x"\nen = "x"\npath = ["department", "city"]\nonward = ["escalation"]\n'
    with pytest.raises(SchemeRefused, match=re.escape("branches.trade.categories: '15' is of industry too")):
        ladder.read_scheme(TEXT + more + 'categories = ["15"]\nbasis = "x"\n', COMMON)


def test_what_is_no_toml_or_no_table_is_refused() -> None:
    with pytest.raises(SchemeRefused, match=r"^not TOML"):
        ladder.read_scheme("id = ", COMMON)
    with pytest.raises(SchemeRefused, match=r"^gap: a table"):
        ladder.read_scheme("gap = 24\n" + TEXT, COMMON)
    with pytest.raises(SchemeRefused, match=r"^levels: at least one"):
        ladder.read_scheme("levels = 4\n" + without("levels"), "")
    with pytest.raises(SchemeRefused, match=r"^levels: at least one"):
        ladder.read_scheme(without("levels") + "\n[levels]\n")
