"""[relapse] of a pack: how many days and how many of one dispute, with the basis; what is wrong there is named."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from hub.policy import shipped_policy
from hub.policy.pack import PackRefused, Relapses
from hub.policy.pack_reading import read_pack

NATIONAL = files("hub.policy").joinpath("packs", "national.toml").read_text(encoding="utf-8")
OWN = re.compile(r"\[relapse\]\n(?:.+\n)+")


def with_table(table: str) -> Relapses:
    text, n = OWN.subn(table, NATIONAL)
    assert n == 1
    return read_pack('id = "T"\n' + text).relapse


def test_every_shipped_pack_says_it_with_its_basis() -> None:
    for pack in shipped_policy("532301").packs:
        assert pack.relapse == Relapses(180, 3) and "hub default" in pack.bases["relapse"]


def test_a_pack_says_other_figures_or_nothing() -> None:
    assert with_table('[relapse]\ndays = 30\nmost = 0\nbasis = "own"\n') == Relapses(30, 0)
    assert with_table("") == Relapses()


@pytest.mark.parametrize(("table", "fault"), [
    ("days = 30\nmost = 1", "basis"), ('days = 30\nmost = 1\nbasis = ""', "basis"),
    ('days = -1\nmost = 1\nbasis = "own"', "relapse.days"), ('days = 30\nmost = true\nbasis = "own"', "relapse.most"),
    ('days = 30\nmost = 1\nbasis = "own"\nother = 1', "nothing else"),
])  # fmt: skip
def test_what_is_wrong_is_named(table: str, fault: str) -> None:
    with pytest.raises(PackRefused, match=re.escape(fault)):
        with_table(f"[relapse]\n{table}\n")
