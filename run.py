"""One entry for a fresh machine, in Python's standard library only.

python3 run.py              the demo: a simulated month in a real city, its figures, and what to do next
python3 run.py test         the tests; ends by saying what it skipped and why (HUB_REQUIRE=time: the long ones too)
python3 run.py bench NAME   one benchmark
python3 run.py WORD ...     any other word is for the `hub` command: serve, doctor, city ...

The first start makes .venv beside this file and fills it from requirements.lock; later starts find it ready
and call no installer. Where a folder wheels/ stands beside this file, packages come from it and not from
the network.
"""

# An old interpreter must be able to parse this file, to be told that it is too old: no newer syntax here.

import configparser
import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Iterator

if sys.version_info < (3, 11):
    sys.exit(f"run.py: Python 3.11 or newer is needed; this is {sys.version.split()[0]}")

ROOT = os.path.dirname(os.path.abspath(__file__))
ENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(ENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(ENV, "bin", "python")
LOCK = os.path.join(ROOT, "requirements.lock")
PROJECT = os.path.join(ROOT, "pyproject.toml")
WHEELS = os.path.join(ROOT, "wheels")
PARTS = {"run": ["run"], "test": ["run", "test"]}

# Settings that take pip to other packages, or to them by another way, than uv: it does not read them.
PIP_ROUTES = {
    "cert",
    "client-cert",
    "extra-index-url",
    "find-links",
    "index-url",
    "no-index",
    "proxy",
    "trusted-host",
}


class Stop(Exception):
    """Something is missing; the text is the one line to show."""


def main(words: list[str]) -> int:
    word, rest = (words[0], words[1:]) if words else ("demo", [])
    if word in ("-h", "--help", "help"):
        print((__doc__ or "").strip() + "\n\nThe commands of `hub`:\n" + "\n".join(commands()))
        return 0
    if word == "hub":  # as the documentation writes it
        word, rest = (rest[0], rest[1:]) if rest and rest[0] != "help" else ("--help", [])
    testing = word in ("test", "bench")
    set_up("test" if testing else "run")
    if word == "test":
        command = ["-m", "pytest", *(rest or side_by_side())]
    elif word == "bench":
        command = ["-m", "ops.bench", *rest]
    else:
        command = ["-m", "hub", word, *rest]
    if testing:
        os.chdir(ROOT)
    return hand_over([PYTHON, *command])


def commands() -> list[str]:
    """A line for each, read out of the table in hub/cli/__init__.py: nothing is installed for it."""
    table = read(os.path.join(ROOT, "hub", "cli", "__init__.py"))
    found = re.findall(r'^    "(\w+)": \("[\w.:]+", "([^"]+)"\),$', table, re.MULTILINE)
    return [f"  {name:<12} {line}" for name, line in found]


def side_by_side() -> list[str]:
    """The whole suite in three or four parts at once (tests wait a third of their time), each with a broker and a
    database of its own. A broker that is given (HUB_TEST_KAFKA) is one for all, and so is a single processor.
    """
    processors = os.cpu_count() or 1
    alone = processors < 2 or os.environ.get("HUB_TEST_KAFKA")
    parts = [f"--numprocesses={min(processors + 1, 4)}", "--dist=loadfile", "--no-loadscope-reorder"]
    return ["--brief", *([] if alone else parts)]


def hand_over(command: list[str]) -> int:
    """Becomes the command, so that signals sent to this process reach it; on Windows, waits for it."""
    sys.stdout.flush()
    environ = {**os.environ, "PYTHONUTF8": "1"}
    if os.name == "nt":
        return subprocess.call(command, env=environ)
    os.execve(command[0], command, environ)


# --- the environment and its stamps


def set_up(kind: str) -> None:
    """Leaves .venv holding what `kind` (run, test) needs; does nothing when its stamp says so already."""
    if ready(kind):
        return
    with only_one():
        if ready(kind):
            return
        say("setting up .venv (the first time takes about a minute)")
        if not usable():
            make()
        install(kind)
        for part in PARTS[kind]:
            with open(stamp(part), "w", encoding="utf-8") as out:
                out.write(key(part) + "\n" + ENV + "\n")


def ready(kind: str) -> bool:
    return os.path.exists(PYTHON) and read(stamp(kind)).split("\n")[0] == key(kind)


def stamp(part: str) -> str:
    return os.path.join(ENV, ".ready-" + part)


def key(kind: str) -> str:
    """Changes when the lock's part, the project file, the environment's interpreter or its place changes."""
    known = hashlib.sha256()
    for text in (locked(kind), read(PROJECT), os.path.realpath(PYTHON), ENV):
        known.update(hashlib.sha256(text.encode()).digest())
    return known.hexdigest()


def locked(kind: str) -> str:
    """The lines of the lock that `kind` needs. The lock has the parts `# --- run` and `# --- test`."""
    pieces = re.split(r"^# --- (\w+)\n", read(LOCK), flags=re.MULTILINE)
    parts = dict(zip(pieces[1::2], pieces[2::2]))
    try:
        return "".join(parts[part] for part in PARTS[kind])
    except KeyError as part:
        raise Stop(f"requirements.lock has no part {part}") from None


def usable() -> bool:
    """False when .venv is absent, was moved here, or lost or changed the interpreter it was made with."""
    places = {read(stamp(part)).strip().split("\n")[-1] for part in PARTS["test"]} - {""}
    made_with = re.search(r"^version(?:_info)? *= *(\d+\.\d+)", read(os.path.join(ENV, "pyvenv.cfg")), re.M)
    if places - {ENV} or not made_with or not os.path.exists(PYTHON):
        return False
    asked = [PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    now = subprocess.run(asked, capture_output=True, text=True).stdout.strip()
    return now == made_with[1] and tuple(map(int, now.split("."))) >= (3, 11)


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Two starts at the same time: the second waits, and then finds the environment ready."""
    with open(__file__, "rb") as mine:
        try:
            import fcntl

            fcntl.flock(mine, fcntl.LOCK_EX)
        except (ImportError, OSError):
            pass  # Windows, or a file system without locks
        yield


# --- installers


def make() -> None:
    """A new, empty .venv in place of an unusable one."""
    shutil.rmtree(ENV, ignore_errors=True)
    if uv():
        command = [uv(), "venv", "--quiet", "--python", sys.executable, ENV]
    else:
        command = [sys.executable, "-m", "venv", *([] if has_ensurepip() else ["--without-pip"]), ENV]
        if not has_ensurepip() and not answers([sys.executable, "-m", "pip", "--version"]):
            raise Stop("no venv and no pip here; Debian: apt-get install -y python3-venv")
    if subprocess.call(command) != 0:
        shutil.rmtree(ENV, ignore_errors=True)
        raise Stop("could not make .venv (what failed is shown above)")


def install(kind: str) -> None:
    """The locked packages, then the project itself as it lies here."""
    installer = find_installer()
    if os.path.isdir(WHEELS):
        installer = [*installer, "--no-index", "--find-links", WHEELS]
    with tempfile.TemporaryDirectory() as scratch:
        wanted = os.path.join(scratch, "wanted.txt")
        with open(wanted, "w", encoding="utf-8") as out:
            out.write(locked(kind))
        steps = [["--require-hashes", "-r", wanted], ["--no-deps", "--no-build-isolation", "-e", ROOT]]
        for step in steps:
            if subprocess.call([*installer, *step], cwd=scratch, env=quiet_pip()) != 0:
                source = "wheels/" if os.path.isdir(WHEELS) else "the package index"
                raise Stop(f"could not install from {source} (what failed is shown above)")


def find_installer() -> list[str]:
    if uv():
        return [uv(), "pip", "install", "--quiet", "--python", PYTHON]
    own = [PYTHON, "-m", "pip"]
    outer = [sys.executable, "-m", "pip", "--python", PYTHON]
    for pip in (own, outer):
        if answers([*pip, "--version"]):
            return [*pip, "install", "--quiet"]
    raise Stop("no pip that can fill .venv; Debian: apt-get install -y python3-venv, then remove .venv")


def uv() -> str:
    """uv's path, where it would reach the same packages as pip; else nothing."""
    return "" if pip_is_routed() else shutil.which("uv") or ""


def pip_is_routed() -> bool:
    """True when pip's variables or files name an index, a folder, a proxy or a certificate."""
    if any("PIP_" + name.upper().replace("-", "_") in os.environ for name in PIP_ROUTES):
        return True
    for path in pip_files():
        found = configparser.RawConfigParser()
        try:
            found.read(path, encoding="utf-8")
        except configparser.Error:
            return True  # pip will say what is wrong with it
        for section in found.sections():
            if section in ("global", "install") and PIP_ROUTES & {
                name.replace("_", "-") for name in found.options(section)
            }:
                return True
    return False


def pip_files() -> list[str]:
    """Where pip looks for its settings, on every system."""
    named = os.environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    home = os.path.expanduser("~")
    name = "pip.ini" if os.name == "nt" else "pip.conf"
    shared = os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep)
    folders = [
        "/etc",
        *[os.path.join(folder, "pip") for folder in shared],
        os.path.join(os.environ.get("PROGRAMDATA", "/etc"), "pip"),
        os.path.join(os.environ.get("APPDATA", home), "pip"),
        os.path.join(home, "Library", "Application Support", "pip"),
        os.path.join(os.environ.get("XDG_CONFIG_HOME", os.path.join(home, ".config")), "pip"),
        os.path.join(home, ".pip"),
        os.path.join(home, "pip"),
        sys.prefix,
    ]
    return [*[os.path.join(folder, name) for folder in folders], *([named] if named else [])]


# --- small things


def has_ensurepip() -> bool:
    """False on Debian without python3-venv: venv is there, the pip it would put in is not."""
    return answers([sys.executable, "-c", "import ensurepip"])


def answers(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True).returncode == 0


def quiet_pip() -> dict[str, str]:
    """A user's wish to install elsewhere is not meant for this environment."""
    elsewhere = {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"}
    kept = {name: value for name, value in os.environ.items() if name not in elsewhere}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def say(text: str) -> None:
    print("run.py: " + text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as why:
        sys.exit(f"run.py: {why}")
    except KeyboardInterrupt:
        sys.exit(130)
