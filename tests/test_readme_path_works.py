"""The README's ten-minute path, run as it stands: its own lines, only home and port are this test's."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ops.ports import free_port
from tests.parts.require import missing
from tests.parts.waiting import eventually

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
(SAMPLE,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
STEPS = re.findall(r"```bash\n(.*?)```", README, flags=re.DOTALL)


def shell(lines: str, env: dict[str, str]) -> str:
    """Run lines of the README; any failure of a command fails."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines], env=env, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_from_nothing_to_a_chain_of_custody(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        missing("curl", "not here (Debian: apt-get install -y curl)")
    port = free_port()
    env = os.environ | {"HUB_HTTP_PORT": str(port)}
    hub = f"{sys.executable} -m hub"

    def ours(lines: str) -> str:
        lines = lines.replace("python3 run.py", hub).replace("var/first", str(tmp_path / "first"))
        return lines.replace("127.0.0.1:8080", f"127.0.0.1:{port}")

    city, first, accept, chain, people = (ours(step) for step in STEPS[:5])
    city = city.replace(f"{hub} serve\n", "")
    env["HUB_HOME"] = str(tmp_path / "first")
    keys = shell(city + 'printf "%s %s" "$DONGXING" "$STATION"', env).split()[-2:]
    env |= {"DONGXING": keys[0], "STATION": keys[1]}
    with subprocess.Popen([sys.executable, "-m", "hub", "serve"], env=env, cwd=ROOT) as server:
        try:
            ready = ["curl", "-sSf", f"http://127.0.0.1:{port}/readyz"]
            eventually(
                lambda: subprocess.run(ready, capture_output=True).returncode == 0, what="the hub is ready", within=30
            )
            out = shell(first + accept, env)
            answers = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
            assert [a["outcome"] for a in answers] == ["done"] * 4

            def followed() -> bool:
                shown = shell(first.split("NOW=")[0] + chain, env)
                held = [s["custodian"]["code"] for s in json.JSONDecoder().raw_decode(shown)[0]["segments"]]
                return held == ["532301101001.pmc", "532301101.police"] and "referral.offered" in shown

            eventually(followed, what="views and inboxes follow", within=15)
            there = f'"http://127.0.0.1:{port}", "dongxing", "{keys[0]}"'  # the same contract
            sample = SAMPLE.replace("KafkaTransport", "HttpTransport").replace('"127.0.0.1:9092", "dongxing"', there)
            told = subprocess.run([sys.executable, "-c", sample], cwd=ROOT, capture_output=True, text=True, timeout=60)
            assert re.fullmatch(r"done done {2}[0-9a-f-]{36}\n", told.stdout), told
            links = re.findall(r"http://\S+/welcome/\S+", shell(people, env))
            assert len(links) == 2
            for link in links:
                assert 'name="password"' in shell(f"curl -sSf {link}", env)
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(30) == 0


def test_the_kafka_part_names_commands_that_exist() -> None:
    from hub.cli import GROUPS

    words = set(re.findall(r"python3 run\.py (\w+)", README)) - {"test", "bench"}
    assert words <= set(GROUPS), words - set(GROUPS)
    assert words, "the README names no command"


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([\w./-]+)\)", README))))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
