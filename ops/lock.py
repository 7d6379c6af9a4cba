"""Writes `requirements.lock`: every package at one version, with the digests of its files on every platform.

    .venv/bin/python -m ops.lock              # adds what pyproject.toml asks for, keeps the other versions
    .venv/bin/python -m ops.lock --upgrade    # versions as new as pyproject.toml allows
    .venv/bin/python -m ops.lock --check      # exit status 1 when the lock no longer answers pyproject.toml

The lock has two parts, `run` (with what builds the project) and `test`; `run.py` installs from them. It is
resolved with uv, which is found on the path or installed for the moment; a mirror that pip knows is used.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
HEADER = "# Made by `python -m ops.lock`. Do not edit.\n"
PARTS = ("run", "test")


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        wrong = unanswered(LOCK.read_text(encoding="utf-8"), (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        for line in wrong:
            print(f"requirements.lock: {line}", file=sys.stderr)
        return 1 if wrong else 0
    if arguments not in ([], ["--upgrade"]):
        print(__doc__, file=sys.stderr)
        return 2
    kept = LOCK.read_text(encoding="utf-8") if LOCK.exists() and not arguments else ""
    with tempfile.TemporaryDirectory() as scratch:
        LOCK.write_text(lock(Path(scratch), kept), encoding="utf-8")
    print(f"{LOCK.name}: {len(pins(LOCK.read_text(encoding='utf-8')))} packages")
    return 0


def lock(scratch: Path, kept: str) -> str:
    """The text of the lock, with the versions of `kept` where they still answer.

    Raises CalledProcessError when the packages cannot be resolved.
    """
    for part in PARTS:
        # uv keeps the versions it finds in the file it is to write.
        (scratch / f"{part}.txt").write_text(kept, encoding="utf-8")
    uv = shutil.which("uv") or _uv_for_the_moment(scratch)
    builders = scratch / "build.in"
    builders.write_text("\n".join(_project()["build-system"]["requires"]), encoding="utf-8")
    run = _compile(uv, scratch / "run.txt", str(builders))
    every = _compile(uv, scratch / "test.txt", str(builders), "--extra=test", f"--constraint={scratch}/run.txt")
    known = set(_entries(run))
    test = "".join(entry for entry in _entries(every) if entry not in known)
    return f"{HEADER}# --- run\n{run}# --- test\n{test}"


def pins(text: str) -> dict[str, str]:
    """Name to version of every package in a lock."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", text, flags=re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def unanswered(lock_text: str, project_text: str) -> list[str]:
    """What `pyproject.toml` asks for and the lock does not give, one line each."""
    project = tomllib.loads(project_text)
    head, _, test_part = lock_text.partition("# --- test\n")
    parts = {"run": pins(head), "test": pins(test_part)}
    asked = [("run", line) for line in project["project"]["dependencies"] + project["build-system"]["requires"]]
    asked += [("test", line) for line in project["project"]["optional-dependencies"]["test"]]
    wrong = []
    for part, line in asked:
        wanted = Requirement(line)
        name = canonicalize_name(wanted.name)
        version = parts["run"].get(name) or (parts["test"].get(name) if part == "test" else None)
        if version is None:
            wrong.append(f"{wanted.name} is not in part {part}")
        elif not wanted.specifier.contains(version, prereleases=True):
            wrong.append(f"{wanted.name} is {version}, pyproject.toml wants {wanted.specifier}")
    return wrong


def _project() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return found


def _entries(text: str) -> list[str]:
    """One string per package, its digests behind it."""
    return re.findall(r"^[A-Za-z0-9].*\n(?:[ \t]+.*\n)*", text, flags=re.MULTILINE)


def _compile(uv: str, out: Path, builders: str, *more: str) -> str:
    command = [uv, "pip", "compile", "pyproject.toml", builders, *more, "--universal", "--python-version=3.11"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--quiet", f"--output-file={out}"]
    mirror = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    if mirror:
        command.append(f"--default-index={mirror}")
    subprocess.run(command, cwd=ROOT, check=True)
    return out.read_text(encoding="utf-8")


def _uv_for_the_moment(scratch: Path) -> str:
    venv.create(scratch / "uv", with_pip=True)
    subprocess.run([scratch / "uv/bin/python", "-m", "pip", "install", "--quiet", "uv"], check=True)
    return str(scratch / "uv/bin/uv")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
