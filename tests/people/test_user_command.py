"""``hub user`` beside a hub: links shown once and usable at once, roles that count at once, clear refusals."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hub.cli import cli
from hub.words import agency_id
from tests.pages.city import send, told
from tests.people.signed import sign_in
from tests.people.test_signing_in import browser, choose, enter, leads_to_sign_in
from tests.web.hubs import Trial

VILLAGE, TOWN = "532301101201.committee", "532301101.pmc"


@pytest.fixture
def city(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """A running hub with the agencies of the examples, and the command beside it."""
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        monkeypatch.delenv(name)
    trial.play()
    monkeypatch.setenv("HUB_HOME", str(trial.settings.home))
    monkeypatch.chdir(trial.settings.home)
    # The command reads the machine's clock, the trial has its own.
    monkeypatch.setattr("hub.cli.common.now", trial.clock.now)
    return trial


def run(*words: str, code: int = 0, **options: Any) -> Result:
    found = CliRunner().invoke(cli, ["user", *words], **options)
    assert found.exit_code == code, found.output
    return found


def codes(trial: Trial) -> list[str]:
    return [a.code for a in trial.hub.desk.registry().agencies.values() if a.state == "active"]


def add(trial: Trial, name: str = "zhang", *more: str, role: str = "clerk", code: int = 0) -> Result:
    agency = codes(trial)[0]
    return run("add", name, "--shown", "张某某", "--agency", agency, "--role", role, *more, code=code)


def path_of(link: str) -> str:
    return "/" + link.strip().split("/", 3)[3]


def test_a_link_is_shown_once_and_leads_in(city: Trial) -> None:
    shown = add(city, "Zhang", "--duty", "值守岗")
    assert shown.stdout.startswith("http://127.0.0.1:8080/welcome/") and len(shown.stdout.splitlines()) == 1
    client = browser(city)
    assert choose(client, path_of(shown.stdout)).status_code == 303
    assert "值守岗" in client.get("/account").text and enter(browser(city)).status_code == 303
    listed = run("list").output + run("list", "--json").output
    assert "zhang" in listed and "张某某" in listed and path_of(shown.stdout)[9:] not in listed
    found = json.loads(run("list", "--json").stdout)
    assert found[0] | {"created": ""} == {
        "user": "zhang", "shown": "张某某", "role": "clerk", "duty": "值守岗", "agency": codes(city)[0], "created": "",
        "successor": None, "password": True, "disabled": False,
    }  # fmt: skip


def test_a_new_link_ends_the_one_before_and_json_says_all(city: Trial) -> None:
    first = json.loads(add(city, "zhang", "--json", "--url", "https://hub.example.cn/").stdout)
    assert first["user"] == "zhang" and first["link"].startswith("https://hub.example.cn/welcome/")
    assert "未设密码" in run("list").output
    second = run("link", "ZHANG").stdout
    assert choose(browser(city), path_of(first["link"])).status_code == 410
    assert choose(browser(city), path_of(second)).status_code == 303
    run("link", "nobody", code=1)


def test_disabling_and_roles_count_with_the_next_request(city: Trial) -> None:
    client = browser(city)
    choose(client, path_of(add(city).stdout))
    run("role", "zhang", "supervisor", "--agency", codes(city)[1], "--duty", "督办岗", "--shown", "张三某")
    assert client.get("/").headers["location"] == "/board" and "督办岗" in client.get("/account").text
    found = json.loads(run("list", "--json").stdout)[0]
    assert (found["role"], found["agency"], found["shown"]) == ("supervisor", codes(city)[1], "张三某")
    run("role", "zhang", "auditor")
    assert json.loads(run("list", "--json").stdout)[0]["agency"] == codes(city)[1]
    run("disable", "zhang")
    assert leads_to_sign_in(client.get("/account")) and "停用" in run("list").output
    assert enter(browser(city)).status_code == 403
    run("enable", "zhang")
    assert enter(browser(city)).status_code == 303 and leads_to_sign_in(client.get("/account"))
    for words in (("disable", "x"), ("enable", "x"), ("role", "x", "clerk"), ("erase", "x", "--yes"), ("erase", "x")):
        assert "没有用户 x" in run(*words, code=1).output


def test_erasing_asks_first_and_leaves_nothing(city: Trial) -> None:
    client = browser(city)
    choose(client, path_of(add(city).stdout))
    city.hub.store.people.note(b"c" * 16, "zhang", 1)
    run("erase", "zhang", input="n\n", code=1)
    assert client.get("/account").status_code == 200
    run("erase", "zhang", "--yes")
    assert leads_to_sign_in(client.get("/account")) and city.hub.store.people.behind([b"c" * 16]) == {}
    assert json.loads(run("list", "--json").stdout) == []
    assert "还没有人员" in run("list").output


def test_an_unknown_and_a_dissolved_agency_are_refused_with_what_to_do(city: Trial) -> None:
    words = ("--shown", "张某某", "--role", "clerk")
    known = codes(city)[0]
    found = run("add", "zhang", "--agency", known + "x", *words, code=2).output
    assert f"没有单位 {known}x" in found and known in found.replace(known + "x", "")
    assert "hub city show" in run("add", "zhang", "--agency", "??", *words, code=2).output
    gone = [a for a in city.hub.desk.registry().agencies.values() if a.state == "dissolved"]
    for agency in gone:
        assert agency.successor is not None
        heir = city.hub.desk.registry().agencies[agency.successor].code
        found = run("add", "zhang", "--agency", agency.code, *words, code=2).output
        assert "已撤销" in found and heir in found
    assert gone and json.loads(run("list", "--json").stdout) == []
    add(city)
    assert "没有单位" in run("role", "zhang", "clerk", "--agency", "x", code=2).output


@pytest.mark.slow
def test_people_of_a_dissolved_agency_are_told_and_moved_in_one_command(city: Trial) -> None:
    registry = city.hub.desk.registry()
    gone = next(a for a in registry.agencies.values() if a.state == "dissolved")
    heir = registry.heir(gone.id)
    assert heir is not None
    first, second = sign_in(city, "first", agency=gone.code), sign_in(city, "second", "supervisor", gone.code)
    other = sign_in(city, "other", agency=codes(city)[0])
    notice = "您的单位已撤销"
    for path in ("/desk", "/disputes", "/account"):
        assert notice in first.get(path).text and heir.name in first.get(path).text
        assert notice not in other.get(path).text
    assert "Your agency has been dissolved" in first.get("/account?lang=en").text
    assert first.get("/account?lang=zh").status_code == 200

    register = {"category": "01", "source": "proactive", "place": "532301101201"}
    assert told(send(first, "register", typed=register))[:2] == (409, "agency.dissolved")

    listed = run("list").output
    assert listed.count(f"hub user succeed {gone.code} → {heir.code}") == 2
    moved = run("succeed", gone.code).output
    assert moved.count(f"{gone.code} → {heir.code}") == 2 and "other" not in moved
    found = {each["user"]: each for each in json.loads(run("list", "--json").stdout)}
    for name, role in (("first", "clerk"), ("second", "supervisor")):
        assert (found[name]["agency"], found[name]["role"], found[name]["duty"]) == (heir.code, role, "值守岗")
        assert found[name]["successor"] is None
    assert found["other"]["agency"] == codes(city)[0]
    for client in (first, second):  # the session that was open
        page = client.get("/account").text
        assert notice not in page and heir.name in page
    assert send(first, "register", typed=register).status_code == 303
    assert "没有人员" in run("succeed", gone.code).output
    assert "未撤销" in run("succeed", heir.code, code=2).output and "未撤销" in run("succeed", "x", code=2).output


@pytest.mark.parametrize("name", ["", "张", "a b", "-x", "x" * 41, "a/b", "a\n"])
def test_what_is_no_user_name_is_refused(city: Trial, name: str) -> None:
    run("add", "--shown", "张", "--agency", codes(city)[0], "--role", "clerk", "--", name, code=2)


@pytest.mark.parametrize(
    "more",
    [["--shown", ""], ["--shown", "a\nb"], ["--shown", "张" * 41], ["--duty", "岗" * 41], ["--role", "king"],
     ["--url", "javascript:x"], ["--url", "hub.example.cn"], ["--url", "https://x/?a=b"]],
)  # fmt: skip
def test_bad_options_are_refused_before_anything_is_made(city: Trial, more: list[str]) -> None:
    add(city, "zhang", *more, code=2)
    assert json.loads(run("list", "--json").stdout) == []


def test_a_name_is_given_once(city: Trial) -> None:
    add(city)
    assert "已存在" in add(city, "ZHANG", code=1).output


def test_behind_tls_the_address_must_be_given(city: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_HTTP_SECURE", "true")
    assert "--url" in add(city, code=2).output
    assert add(city, "zhang", "--url", "https://hub.example.cn").stdout.startswith("https://hub.example.cn/welcome/")


def test_it_works_in_a_process_of_its_own_beside_the_running_hub(city: Trial) -> None:
    words = ["add", "zhang", "--shown", "张某某", "--agency", codes(city)[0], "--role", "clerk", "--json"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    found = subprocess.run([sys.executable, "-m", "hub", "user", *words], env=env, capture_output=True, check=True)
    person = city.hub.store.people.person("zhang")
    assert person is not None and person.agency == agency_id(codes(city)[0])
    # Its link is as old as the machine's clock says, which is not the trial's.
    assert json.loads(found.stdout)["link"].startswith("http://127.0.0.1:8080/welcome/")
