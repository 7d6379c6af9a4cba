"""Every error code the hub can say is in the one catalogue, with both languages, a status and an advice."""

import ast
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import chain
from pathlib import Path

import pytest

import connectors
import hub
from connectors.city.file import COLUMNS
from hub import policy as rules
from hub.access import policy
from hub.contract import load
from hub.policy.checking import MOMENTS
from hub.policy.ladder_scheme import REFUSALS
from hub.web.api.codes import lists
from hub.web.pages.messages import texts
from hub.web.problems import catalogue
from hub.words import ENDED, KINDS, OBLIGATIONS
from tests.web.hubs import Trial

SOURCES = [path for package in (hub, connectors) for path in sorted(Path(package.__path__[0]).rglob("*.py"))]
RULES = Path(rules.__path__[0])
SHAPE = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")  # of a code, and of other words, which are told apart below
KEYED = re.compile(r"[a-z]Refused$|^_?refuse$")  # calls in the rules that say which key is at fault
FILES = {"css", "db", "html", "ico", "js", "json", "properties", "sql", "svg", "toml", "txt", "xlsx"}
LOGGED = {"debug", "info", "warning", "error", "exception", "critical", "level", "bind"}
REMARKS = {"serve.nothing_here_yet", "serve.city_elsewhere"}  # lines of the log at the hub's start
SETTINGS = {"cleanup.policy", "retention.ms", "retention.bytes"}  # of Kafka topics
MODULES = {"uvicorn.access", "uvicorn.error", "psycopg.pool"}  # names of loggers and modules
DEPARTMENTS = {"dept.hrss", "dept.nature"}  # of the built-in city: ends of agency codes
# f"referral.{state}" and the like: what may stand behind the dot.
STATES = {
    "agency": {"active", "closing", "dissolved"},
    "dispute": {"open", "closed", "void"},
    "referral": {"offered", "signed", "accepted", *ENDED},
    "city": {*COLUMNS} - {"superior"},
    "ladder": {*REFUSALS},
}


def literals(path: Path) -> Iterator[str]:
    """Every text of the shape of a code, but for names of resources and for what is only written to the log.

    A rule's table that cannot be read is refused with the key at fault, which looks like a code ("years.2027"): in the
    rules' modules the arguments of such a refusal, and every f-string, name a key. Codes are written out there.
    """
    of_rules = path.is_relative_to(RULES)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    others: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in LOGGED | {"files", "joinpath", "PackageLoader"} or (of_rules and KEYED.search(called)):
                others |= set(node.args)
            others |= {keyword.value for keyword in node.keywords if keyword.arg == "alarm"}
        elif isinstance(node, ast.JoinedStr):
            others |= set(node.values)
            if not of_rules:
                yield from expanded(node)
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) and node not in others else None
        if isinstance(value, str) and SHAPE.fullmatch(value):
            yield value


def expanded(node: ast.JoinedStr) -> Iterator[str]:
    """The codes that f"referral.{…}" can make; ``ladder.?`` when nobody knows."""
    first, *rest = node.values
    start = first.value if isinstance(first, ast.Constant) else ""
    if len(rest) == 1 and isinstance(start, str) and re.fullmatch(r"[a-z_]+\.", start):
        yield from (start + state for state in STATES.get(start[:-1], ["?"]))


def of_a_page(word: str) -> bool:
    """Whether it is a text's key, the start of one, or what stands behind the page's name in one."""
    start = f".{word.removesuffix('?')}"
    return any(start in f".{key}" for key in texts())


def said() -> set[str]:
    """Every code that the hub, its command or the client library can say."""
    others = {*load().names("event"), *MOMENTS, *policy.ACTIONS, *REMARKS, *SETTINGS, *MODULES, *DEPARTMENTS, "inbox.?"}
    # Some events, texts and files share their names with a refusal.
    return {
        word
        for word in chain.from_iterable(map(literals, SOURCES))
        if word in catalogue() or not (word in others or word.rpartition(".")[2] in FILES or of_a_page(word))
    }


def test_every_code_said_is_in_the_catalogue_and_none_stands_there_unsaid() -> None:
    assert len(said()) > 130
    assert said() - set(catalogue()) == set()
    assert set(catalogue()) - said() == set()


def test_entries_are_whole_and_codes_are_sorted_by_meaning() -> None:
    for code, line in catalogue().items():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", code)
        assert line.zh and line.en and line.do_zh and line.do_en and 400 <= line.status < 600
        assert re.search("[一-龥]", line.zh + line.do_zh) and not re.search("[一-龥]", line.en + line.do_en)
    assert all(line.status == 404 for code, line in catalogue().items() if code.endswith(".unknown") and code[:6] not in
               ("field.", "schema"))  # fmt: skip


def test_code_lists_are_unique_and_in_both_languages(shared: Trial) -> None:
    assert {item["code"] for item in lists()["lists"]} | {"lists", "problems"} == set(lists())
    for name, items in lists().items():
        codes = [item["code"] for item in items]
        assert len(codes) == len(set(codes)) and all(item["zh"] and item["en"] for item in items)
        assert shared.client.get(f"/v1/codes/{name}").json() == {"items": items}
    assert shared.client.get("/v1/codes/none").json()["code"] == "code_list.unknown"


def test_the_lists_are_those_of_the_rules() -> None:
    def codes(name: str) -> list[str]:
        return [item["code"] for item in lists()[name]]

    assert codes("kinds") == list(KINDS) and codes("obligations") == list(OBLIGATIONS)
    assert codes("categories") == [f"{n:02d}" for n in range(1, 23)]
    assert set(codes("referral_states")) >= ENDED


@pytest.mark.parametrize("code", ["referral.not_receiver", "hub.busy", "field.text"])
def test_a_problems_type_leads_to_what_it_means(shared: Trial, code: str) -> None:
    zh = shared.client.get(f"/problems/{code}").json()
    en = shared.client.get(f"/problems/{code}?lang=en").json()
    line = catalogue()[code]
    assert (zh["title"], zh["advice"], en["title"], en["advice"]) == (line.zh, line.do_zh, line.en, line.do_en)
    assert shared.client.get("/problems/none.such").status_code == 404


def test_the_schemas_of_inbox_and_commands_name_only_lists_that_are_there() -> None:
    for path in files("schemas").joinpath("commands").iterdir():
        for name in re.findall(r"see codes/([a-z_]+)", path.read_text(encoding="utf-8")):
            assert name in lists(), path.name
    assert json.loads(files("schemas").joinpath("codes", "lists.json").read_text(encoding="utf-8"))
