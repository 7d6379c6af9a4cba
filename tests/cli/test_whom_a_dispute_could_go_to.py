"""``hub dispute whom`` prints what the interface proposes, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hub.cli import cli
from hub.cli import dispute as single
from tests.pages.city import CIVIL, TOWN, City


def test_receivers_and_recipients_with_their_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city = City(tmp_path / "city")
    try:
        case = city.case(TOWN, category=CIVIL)
        noted = {"people": 2, "deaths": 0, "claimed": None, "emergency": False, "note": ""}
        city.do("particulars", TOWN, dispute=case, triggers=["violence"], **noted)

        def get(url: str, key: str, path: str) -> Any:  # the wire between them is tried elsewhere
            assert (url, key) == ("http://hub", "secret")
            return city.system.get(path).json()

        monkeypatch.setattr(single, "_get", get)
        key = tmp_path / "key"
        key.write_text("secret\n")
        asked = ["dispute", "whom", case, "--url", "http://hub", "--key-file", str(key)]
        told = CliRunner().invoke(cli, asked)
        assert told.exit_code == 0, told.output
        assert "五类简易纠纷网格先行" in told.output and "派出所  持械或者暴力威胁" in told.output
        assert "人民调解法 §25" in told.output
        wide = CliRunner().invoke(cli, [*asked, "--spread", "county", "--lang", "en"])
        assert "across counties: common superior or joint conference" in wide.output
    finally:
        city.close()
