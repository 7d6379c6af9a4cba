"""The lock gives every package the project file asks for, with digests, in the part that needs it."""

import re

import pytest

from ops.lock import HEADER, LOCK, ROOT, main, pins, unanswered

PROJECT = """
[build-system]
requires = ["builder>=1"]
[project]
dependencies = ["alpha[extra]>=2,<3", "Beta_Two"]
[project.optional-dependencies]
test = ["gamma>=1", "alpha"]
"""
GOOD = f"{HEADER}# --- run\nalpha==2.5 \\\n    --hash=sha256:aa\nbeta-two==1\nbuilder==1\n# --- test\ngamma==1.1\n"


def test_the_lock_here_is_up_to_date() -> None:
    assert main(["--check"]) == 0


def test_every_package_has_digests() -> None:
    text = LOCK.read_text(encoding="utf-8")
    entries = re.findall(r"^\S+==.*\n(?:[ ]+--hash=sha256:[0-9a-f]{64}.*\n)+", text, flags=re.MULTILINE)
    assert len(entries) == len(pins(text)) > 50


def test_the_lock_names_no_place_to_fetch_from() -> None:
    assert "://" not in LOCK.read_text(encoding="utf-8")


def test_complete_lock_is_accepted() -> None:
    assert unanswered(GOOD, PROJECT) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (GOOD.replace("alpha==2.5", "alpha==3.0"), ["alpha is 3.0", "<3"]),
        (GOOD.replace("beta-two==1\n", ""), ["Beta_Two is not in part run"]),
        (GOOD.replace("builder==1\n", ""), ["builder is not in part run"]),
        (GOOD.replace("gamma==1.1\n", ""), ["gamma is not in part test"]),
        (GOOD.replace("beta-two==1\n", "") + "beta-two==1\n", ["Beta_Two is not in part run"]),
    ],
)
def test_what_is_missing_or_outside_the_range_is_named(broken: str, said: list[str]) -> None:
    (line,) = unanswered(broken, PROJECT)
    assert all(part in line for part in said)


def test_unknown_words_are_a_usage_error() -> None:
    assert main(["--chekc"]) == 2
    assert (ROOT / "requirements.lock").exists()
