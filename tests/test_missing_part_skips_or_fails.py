"""A missing part: tests skip and say why, or fail when HUB_REQUIRE names it. Seen from outside, by a run of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts.require import missing, required, skipped_parts

ROOT = Path(__file__).resolve().parent.parent

BARE = """
import pytest
pytest_plugins = ["tests.conftest"]
"""
TESTS = """
import pytest

def test_log(own_broker):
    own_broker()

def test_store(pg_url):
    pg_url()

def test_page(chrome):
    chrome.new_page()

def test_plain():
    pass

@pytest.mark.slow
def test_long():
    pass
"""


@pytest.fixture
def bare_machine(tmp_path: Path) -> dict[str, str]:
    """A machine with none of the parts: an empty PATH, no jars, no server programs, no container engine."""
    (tmp_path / "conftest.py").write_text(BARE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow: takes long\n")
    (tmp_path / "test_parts.py").write_text(TESTS)
    hide = "from pathlib import Path\nimport ops.postgres as p\np._INSTALLED = Path('/nowhere')\n"
    (tmp_path / "hide.py").write_text(hide)
    return {
        "PATH": str(tmp_path),
        "PYTHONPATH": f"{ROOT}:{tmp_path}",
        "HUB_KAFKA_LIBS": str(tmp_path / "no-jars"),
        "HOME": str(tmp_path),
    }


def run(folder: Path, environ: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "hide", "-p", "no:cacheprovider", *options, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environ, check=False)


def test_missing_parts_skip_and_say_why(bare_machine: dict[str, str], tmp_path: Path) -> None:
    ended = run(tmp_path, bare_machine)
    assert ended.returncode == 0, ended.stdout
    assert "2 passed, 3 skipped" in ended.stdout
    summary = ended.stdout.split("skipped parts and why")[1]
    assert "kafka: 1 test skipped, no mvn here: Maven fetches Apache Kafka" in summary
    assert "postgres: 1 test skipped, no initdb here" in summary
    assert "browser: 1 test skipped, none of chromium, chromium-browser, google-chrome" in summary


def test_a_brief_run_leaves_out_what_is_slow_unless_there_is_time(bare_machine: dict[str, str], tmp_path: Path) -> None:
    brief = run(tmp_path, bare_machine, "--brief")
    assert brief.returncode == 0 and "1 passed, 4 skipped" in brief.stdout
    assert "time: 1 test skipped, they take long: HUB_REQUIRE=time runs them" in brief.stdout
    whole = run(tmp_path, {**bare_machine, "HUB_REQUIRE": "time"}, "--brief")
    assert whole.returncode == 0 and "2 passed, 3 skipped" in whole.stdout and "time:" not in whole.stdout


def test_required_parts_fail(bare_machine: dict[str, str], tmp_path: Path) -> None:
    ended = run(tmp_path, {**bare_machine, "HUB_REQUIRE": "kafka, postgres,browser"})
    assert ended.returncode == 1, ended.stdout
    assert "2 passed" in ended.stdout and "skipped," not in ended.stdout
    assert "(HUB_REQUIRE names kafka)" in ended.stdout
    assert "(HUB_REQUIRE names postgres)" in ended.stdout
    assert "(HUB_REQUIRE names browser)" in ended.stdout


def test_a_browser_that_is_named_is_the_one_taken(bare_machine: dict[str, str], tmp_path: Path) -> None:
    ended = run(tmp_path, {**bare_machine, "HUB_TEST_CHROMIUM": "/nowhere/chromium"})
    assert "browser: 1 test skipped, HUB_TEST_CHROMIUM=/nowhere/chromium cannot be run" in ended.stdout


def test_required_part_leaves_the_others_skippable(bare_machine: dict[str, str], tmp_path: Path) -> None:
    ended = run(tmp_path, {**bare_machine, "HUB_REQUIRE": "postgres"})
    assert ended.returncode == 1
    assert "kafka: 1 test skipped" in ended.stdout
    assert "(HUB_REQUIRE names postgres)" in ended.stdout


def test_misspelt_requirement_stops_the_run(bare_machine: dict[str, str], tmp_path: Path) -> None:
    ended = run(tmp_path, {**bare_machine, "HUB_REQUIRE": "kafak"})
    assert ended.returncode == pytest.ExitCode.USAGE_ERROR
    assert "HUB_REQUIRE names kafak; known are kafka, postgres, browser" in ended.stdout + ended.stderr


def test_marks_follow_from_the_fixtures(bare_machine: dict[str, str], tmp_path: Path) -> None:
    bare = {**bare_machine, "PYTEST_ADDOPTS": '-m "not kafka and not postgres and not browser"'}
    ended = run(tmp_path, bare)
    assert "2 passed, 3 deselected" in ended.stdout


def test_names_are_read_with_spaces_and_gaps() -> None:
    assert required({}) == frozenset()
    assert required({"HUB_REQUIRE": " kafka, ,browser"}) == {"kafka", "browser"}


def test_unknown_part_is_a_mistake_in_the_test() -> None:
    with pytest.raises(ValueError, match="unknown part fax"):
        missing("fax", "nobody has one")


def test_skips_of_one_part_are_counted_by_reason() -> None:
    reasons = ["Skipped: no kafka: why", "Skipped: no kafka: why", "Skipped: no browser: why not", "Skipped: else"]
    assert skipped_parts(reasons) == ["kafka: 2 tests skipped, why", "browser: 1 test skipped, why not"]
