"""run.py: one line when something is missing, one set-up, and after it no installer is called again.

Each test runs it in a small project of its own. The environment it makes there is real; `pip` and `uv` are stand-ins
that write down how they were called.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

import run
from hub.cli import GROUPS

ROOT = Path(__file__).resolve().parent.parent
LOCK = "# --- run\nalpha==1 \\\n    --hash=sha256:00\n# --- test\nbeta==2 \\\n    --hash=sha256:11\n"
PIP = """
import os, sys, time
words = sys.argv[1:]
if "--version" not in words:
    with open(os.environ["CALLS"], "a") as calls:
        wanted = open(words[words.index("-r") + 1]).read() if "-r" in words else ""
        print(" ".join(words), "|", wanted.replace("\\n", " "), file=calls)
    time.sleep(float(os.environ.get("PIP_TAKES", "0")))
    sys.exit(int(os.environ.get("PIP_ENDS", "0")))
"""
UV = """#!/bin/sh
echo "uv $*" >> "$CALLS"
if [ "$1" = venv ]; then exec {python} -m venv --without-pip "$5"; fi
"""


@dataclass(frozen=True)
class Project:
    """A copy of run.py with a lock of two packages and a `hub` that prints its words."""

    folder: Path

    def run(self, *words: str, more: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        routed = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
        environ = {
            **routed,
            "PYTHONPATH": str(self.folder / "stand-ins"),
            "CALLS": str(self.folder / "calls"),
            "PIP_CONFIG_FILE": os.devnull,
            "PATH": "/nowhere",
            **(more or {}),
        }
        command = [sys.executable, str(self.folder / "run.py"), *words]
        return subprocess.run(
            command, capture_output=True, text=True, cwd=self.folder, env=environ, check=False, timeout=60
        )

    def calls(self) -> list[str]:
        """How the installers were called since the last look."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def stand_in(self, module: str, text: str) -> None:
        path = self.folder / "stand-ins" / module / "__init__.py"
        path.parent.mkdir(parents=True)
        path.write_text("")
        (path.parent / "__main__.py").write_text(text)

    def lack(self, module: str) -> None:
        path = self.folder / "stand-ins" / f"{module}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text("raise ImportError('not on this machine')")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    (tmp_path / "run.py").write_text((ROOT / "run.py").read_text())
    (tmp_path / "requirements.lock").write_text(LOCK)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    made.stand_in("pip", PIP)
    made.lack("ensurepip")
    (tmp_path / "hub").mkdir()
    show = "import os, sys; print(sys.argv[1:], sys.flags.utf8_mode, sys.prefix, os.getpid())"
    (tmp_path / "hub" / "__main__.py").write_text(show)
    return made


def test_first_start_installs_the_lock_and_the_project(project: Project) -> None:
    ended = project.run("serve", "--port", "1")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(f"['serve', '--port', '1'] 1 {project.folder / '.venv'}")
    locked, itself = project.calls()
    assert "--require-hashes" in locked and "alpha==1" in locked and "beta" not in locked
    assert f"--no-deps --no-build-isolation -e {project.folder}" in itself


def test_second_start_calls_no_installer(project: Project) -> None:
    project.run("demo")
    assert len(project.calls()) == 2
    again = project.run("demo")
    assert again.returncode == 0 and again.stderr == ""
    assert project.calls() == []


def test_help_names_every_command_of_the_hub(project: Project) -> None:
    (project.folder / "hub" / "cli").mkdir()
    (project.folder / "hub" / "cli" / "__init__.py").write_text((ROOT / "hub" / "cli" / "__init__.py").read_text())
    for word in ("help", "--help", "-h"):
        shown = project.run(word).stdout
        assert [name for name in GROUPS if f"\n  {name} " not in shown] == []
    assert project.calls() == []


def test_the_word_hub_may_be_said(project: Project) -> None:
    assert project.run("hub", "serve", "--port", "1").stdout.startswith("['serve', '--port', '1'] ")
    for words in (("hub",), ("hub", "help"), ("hub", "--help")):
        assert project.run(*words).stdout.startswith("['--help'] ")


def test_no_word_means_demo(project: Project) -> None:
    assert project.run().stdout.startswith("['demo'] ")


def test_tests_install_both_parts_and_a_later_run_needs_nothing(project: Project) -> None:
    project.run("test")
    locked, _ = project.calls()
    assert "alpha==1" in locked and "beta==2" in locked
    project.run("demo")
    assert project.calls() == []


def test_run_first_then_test_installs_again(project: Project) -> None:
    project.run("demo")
    project.calls()
    project.run("test")
    assert len(project.calls()) == 2


@pytest.mark.parametrize(
    ("name", "text", "run_again", "test_again"),
    [
        ("requirements.lock", LOCK.replace("alpha==1", "alpha==3"), 2, 2),
        ("requirements.lock", LOCK.replace("beta==2", "beta==3"), 0, 2),
        ("pyproject.toml", "[project]\nname = 'x'\n", 2, 2),
    ],
    ids=["run part", "test part", "project file"],
)
def test_each_stamp_knows_its_own_part(project: Project, name: str, text: str, run_again: int, test_again: int) -> None:
    project.run("test")
    project.calls()
    (project.folder / name).write_text(text)
    project.run("demo")
    assert len(project.calls()) == run_again
    project.run("test")
    assert len(project.calls()) == test_again


def test_failed_installation_is_one_line_and_leaves_no_stamp(project: Project) -> None:
    ended = project.run("demo", more={"PIP_ENDS": "3"})
    assert ended.returncode == 1 and ended.stdout == ""
    assert ended.stderr.splitlines()[1:] == [
        "run.py: could not install from the package index (what failed is shown above)"
    ]
    assert len(project.calls()) == 1
    assert project.run("demo").returncode == 0
    assert len(project.calls()) == 2


def test_wheels_beside_it_shut_the_network_out(project: Project) -> None:
    (project.folder / "wheels").mkdir()
    project.run("demo")
    assert all(f"--no-index --find-links {project.folder / 'wheels'}" in call for call in project.calls())


def test_without_any_pip_one_line_names_the_remedy(project: Project) -> None:
    (project.folder / "stand-ins" / "pip" / "__main__.py").write_text("raise SystemExit(1)")
    ended = project.run("demo")
    assert ended.returncode == 1
    last = ended.stderr.splitlines()[-1]
    assert last == "run.py: no venv and no pip here; Debian: apt-get install -y python3-venv"
    assert not (project.folder / ".venv").exists()


def test_environment_whose_interpreter_is_gone_is_made_again(project: Project) -> None:
    project.run("demo")
    project.calls()
    python = project.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert project.run("demo").returncode == 0
    assert len(project.calls()) == 2


def test_moved_checkout_gets_an_environment_of_its_own(project: Project) -> None:
    project.run("demo")
    left = project.folder / ".venv" / "left-behind"
    left.touch()
    (project.folder / "elsewhere").mkdir()
    for name in ("run.py", "requirements.lock", "pyproject.toml", "hub", "stand-ins", ".venv"):
        (project.folder / name).rename(project.folder / "elsewhere" / name)
    moved = Project(project.folder / "elsewhere")
    assert moved.run("demo").returncode == 0
    assert len(moved.calls()) == 2
    assert not (moved.folder / ".venv" / "left-behind").exists()


def test_environment_of_another_version_is_made_again(project: Project) -> None:
    """The system's python3 became a newer one: the packages in .venv are in a folder it does not look into."""
    project.run("demo")
    project.calls()
    settings = project.folder / ".venv" / "pyvenv.cfg"
    settings.write_text(settings.read_text().replace("version = 3.", "version = 2."))
    (project.folder / ".venv" / "left-behind").touch()
    (project.folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert project.run("demo").returncode == 0
    assert len(project.calls()) == 2
    assert not (project.folder / ".venv" / "left-behind").exists()


def test_two_starts_at_once_set_up_once(project: Project) -> None:
    with ThreadPoolExecutor() as both:
        ended = list(both.map(lambda word: project.run(word, more={"PIP_TAKES": "0.5"}), ["demo", "serve"]))
    assert [one.returncode for one in ended] == [0, 0]
    assert len(project.calls()) == 2


@pytest.fixture
def with_uv(project: Project) -> dict[str, str]:
    program = project.folder / "bin" / "uv"
    program.parent.mkdir()
    program.write_text(UV.format(python=sys.executable))
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:{os.environ['PATH']}"}


def test_uv_is_used_where_it_reaches_the_same_packages(project: Project, with_uv: dict[str, str]) -> None:
    assert project.run("demo", more={**with_uv, "HOME": "/nowhere"}).returncode == 0
    assert [call.split()[:2] for call in project.calls()] == [["uv", "venv"], ["uv", "pip"], ["uv", "pip"]]


@pytest.mark.parametrize("variable", ["PIP_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT", "PIP_NO_INDEX"])
def test_uv_is_left_alone_where_a_variable_routes_pip(project: Project, with_uv: dict[str, str], variable: str) -> None:
    project.run("demo", more={**with_uv, variable: "1"})
    calls = project.calls()
    assert len(calls) == 2 and not any(call.startswith("uv") for call in calls)


@pytest.mark.parametrize(
    ("text", "routed"),
    [
        ("[global]\nindex-url = x\n", True),
        ("[install]\nfind_links = x\n", True),
        ("[global]\ntimeout = 60\n", False),
        ("[list]\nindex-url = x\n", False),
        ("no section\n", True),
    ],
)
def test_pips_own_files_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, routed: bool) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    (tmp_path / "pip.conf").write_text(text)
    monkeypatch.setattr(run, "pip_files", lambda: [str(tmp_path / "pip.conf")])
    assert run.pip_is_routed() is routed


def test_pips_own_files_are_looked_for_where_pip_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/someone")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/some/where.conf")
    known = run.pip_files()
    for path in ("/etc/pip.conf", "/home/someone/.config/pip/pip.conf", "/home/someone/.pip/pip.conf"):
        assert path in known
    assert known[-1] == "/some/where.conf"
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    assert run.pip_files() == []


def test_old_interpreter_is_told_so_in_one_line() -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 9, 2); sys.version = '3.9.2 (old)'; "
    pretend += f"runpy.run_path({str(ROOT / 'run.py')!r}, run_name='__main__')"
    ended = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == "run.py: Python 3.11 or newer is needed; this is 3.9.2\n"


def test_old_interpreters_can_parse_it() -> None:
    text = (ROOT / "run.py").read_text()
    ast.parse(text, feature_version=(3, 6))
    assert "from __future__ import annotations" not in text
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
    }
    assert imported <= sys.stdlib_module_names


def test_signals_reach_the_hub_itself(project: Project) -> None:
    """The process that was started becomes the hub: a service manager's SIGTERM arrives."""
    project.run("demo")
    environ = {**os.environ, "CALLS": str(project.folder / "calls")}
    command = [sys.executable, str(project.folder / "run.py"), "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=project.folder, env=environ) as started:
        printed, _ = started.communicate(timeout=30)
    assert printed.split()[-1] == str(started.pid)
