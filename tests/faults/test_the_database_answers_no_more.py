"""Lost answers of the database, a stopped one, a full disk: callers are told, nothing is lost, work goes on."""

from __future__ import annotations

import random
import resource
from pathlib import Path

import pytest
from sqlalchemy import make_url

from connectors.client import Client, ConnectorError, HttpTransport, agency_id
from ops.postgres import PostgresServer
from tests.parts.waiting import eventually
from tests.writer.proxy import LosingProxy

from .clerks import office, over_http
from .process import Served, serving
from .town import SYSTEMS, check_all, found, settings_of


@pytest.mark.postgres
@pytest.mark.slow
def test_answers_lost_under_load(request: pytest.FixtureRequest, tmp_path: Path, seed: int) -> None:
    """Whatever the server was saying, a COMMIT's answer or a reader's rows, is lost with its connection."""
    direct = request.getfixturevalue("pg_url")()
    url = make_url(direct)
    assert url.host is not None and url.port is not None
    proxy = LosingProxy(url.host, url.port)
    settings = settings_of(tmp_path, url.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False))
    keys = found(settings)
    dice = random.Random(seed)
    with serving(settings) as hub:
        with office(dict.fromkeys(SYSTEMS, over_http(hub.url, keys)), seed) as clerks:
            for _ in range(12):
                clerks.wait_for(dice.randrange(1, 12))
                proxy.lose_next_answer()
                assert proxy.lost.wait(10)
            clerks.wait_for(20)
            acknowledged = clerks.close()
        hub.stop()
    proxy.close()
    check_all(settings.model_copy(update={"database": direct}), acknowledged, tmp_path)


@pytest.mark.slow
def test_the_database_stops_and_starts_again(own_postgres: PostgresServer, tmp_path: Path, seed: int) -> None:
    settings = settings_of(tmp_path, own_postgres.database())
    keys = found(settings)
    with serving(settings) as hub:
        with office(dict.fromkeys(SYSTEMS, over_http(hub.url, keys)), seed) as clerks:
            clerks.wait_for(30)
            own_postgres.kill()
            eventually(lambda: told(hub, keys) in {"hub.store_gone", "store.unreachable"}, what="callers are told")
            assert hub.get("/readyz")[0] == 503 and hub.get("/livez")[0] == 200
            own_postgres.start()
            clerks.wait_for(30, within=30)
            acknowledged = clerks.close()
        hub.stop()
    check_all(settings, acknowledged, tmp_path)


@pytest.mark.slow
def test_the_disk_is_full_for_a_while(tmp_path: Path, seed: int) -> None:
    """No file of the hub's process may grow: what a full disk does, for this process alone."""
    settings = settings_of(tmp_path)
    keys = found(settings)
    with serving(settings) as hub:
        with office(dict.fromkeys(SYSTEMS, over_http(hub.url, keys)), seed) as clerks:
            clerks.wait_for(30)
            before = resource.prlimit(hub.pid, resource.RLIMIT_FSIZE, (8_192, resource.RLIM_INFINITY))
            codes = {"hub.store_failed", "hub.store_gone", "store.unreachable"}
            eventually(lambda: told(hub, keys) in codes, what="callers are told")
            assert hub.get("/livez")[0] == 200
            resource.prlimit(hub.pid, resource.RLIMIT_FSIZE, before)
            clerks.wait_for(30)
            eventually(hub.is_ready, what="the hub is ready again by itself")
            acknowledged = clerks.close()
        hub.stop()
    check_all(settings, acknowledged, tmp_path)


def told(hub: Served, keys: dict[str, str]) -> str:
    """The code a caller gets who asks once; "" when its command is taken."""
    with Client(HttpTransport(hub.url, "s1", keys["s1"], patience=0.0, request_seconds=8.0), check=False) as client:
        try:
            client.submit("register", agency=agency_id(SYSTEMS["s1"][0]), category="02", source="application")
        except ConnectorError as why:
            return why.code
    return ""
