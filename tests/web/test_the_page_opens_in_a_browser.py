"""The description's page in a real browser: it shows every operation, breaks no policy, and asks nobody but the hub."""

import json
import subprocess
from pathlib import Path

import pytest

from hub.bootstrap.serving import Background
from hub.contract import load
from hub.web.app import create_app
from tests.parts.browser import found
from tests.web.hubs import Trial


@pytest.fixture
def browser() -> str:
    return found()


def opened(browser: str, url: str, profile: Path) -> tuple[str, str]:
    """The page as the browser has it after its scripts ran, and what it wrote to its console."""
    command = [
        browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--dump-dom",
        "--enable-logging=stderr", "--disable-background-networking", f"--user-data-dir={profile}",
        # Whoever else is asked for is not there.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", url,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def test_it_shows_every_operation_and_breaks_no_policy(trial: Trial, browser: str, tmp_path: Path) -> None:
    with Background(trial.hub.app) as url:
        page, console = opened(browser, f"{url}/docs", tmp_path)
    for path in create_app(load()).openapi()["paths"]:
        assert f'data-path="{path}"' in page, path
    assert console == ""
    assert json.dumps(page).count("https://validator") == 0


def test_the_policy_is_in_force(trial: Trial, browser: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check above can fail: a page that does what the policy forbids is told so on the console."""
    monkeypatch.setattr("hub.web.api.docs.SHIPPED", {"page.html": "page.html"})
    root = tmp_path / "static"
    root.mkdir()
    (root / "page.html").write_text("<script>document.title = 'broken'</script><img src='http://example.org/x.png'>")
    monkeypatch.setattr("hub.web.api.docs.files", lambda _: tmp_path)
    with Background(trial.hub.app) as url:
        page, console = opened(browser, f"{url}/docs/page.html", tmp_path / "profile")
    assert "broken" not in page.partition("<body")[0].partition("<title")[2]
    assert console.count("Content Security Policy") >= 2
