"""Every error code the hub can say is in the one catalogue, with both languages, a status and an advice."""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

import hub
from hub.contract import load
from hub.web.api.codes import lists
from hub.web.problems import catalogue
from hub.words import ENDED, KINDS, OBLIGATIONS
from tests.web.hubs import Trial

SOURCES = Path(hub.__file__).parent
# First words that only codes (and events, left out below) have; the other codes are found where they are said.
FIRST = """access agency agreement assignment command delegation dispute event feedback field obligation referral report
    request schema submission supervision time"""
CODES = re.compile(rf"""["']((?:{"|".join(FIRST.split())})\.[a-z_]+)["']""")
SAID = re.compile(r"""(?:Refusal|Unreadable|Problem|Reason|Lost)\(\s*["']([a-z_]+\.[a-z_]+)["']""")
CONSTANT = re.compile(r"""^[A-Z_]+(?:: Final)? = ["']((?:hub|log|store|clock)\.[a-z_]+)["']""", re.M)
NOT_SAID_TO_CALLERS = {"hub.outbox_moved"}  # the intake's own business with the writer


def said() -> set[str]:
    found: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= {*CODES.findall(text), *SAID.findall(text), *CONSTANT.findall(text)}
    # "agency.{state}" and the like: a state as a refusal.
    found |= {f"agency.{state}" for state in ("active", "closing", "dissolved")}
    found |= {f"referral.{state}" for state in ("offered", "signed", "accepted", *ENDED)}
    return found - set(load().names("event")) - NOT_SAID_TO_CALLERS | {"agency.closing", "agency.dissolved"}


def test_every_code_said_is_in_the_catalogue_and_none_stands_there_unsaid() -> None:
    assert len(said()) > 80
    assert said() - set(catalogue()) == set()
    everything = "".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py"))
    stated = said() | {"dispute.open", "dispute.closed", "dispute.void"}
    assert {c for c in catalogue() if c not in stated and f'"{c}"' not in everything} == set()


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
