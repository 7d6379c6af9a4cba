"""Arrays packed by hand reach PostgreSQL as the driver's own would."""

from collections.abc import Callable

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

from hub.store.pack import blobs, longs, register, texts, uuids
from hub.store.postgres import conninfo

pytestmark = pytest.mark.postgres
plain = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def test_round_trip(pg_url: Callable[[], str]) -> None:
    with psycopg.connect(conninfo(make_url(pg_url())), autocommit=True) as connection:
        register(connection)
        cursor = connection.cursor(binary=True)

        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(
            st.lists(st.binary(min_size=16, max_size=16) | st.none()),
            st.lists(st.integers(-(2**63), 2**63 - 1)),
            st.lists(st.binary()),
            st.lists(plain),
        )
        def check(ids: list[bytes | None], numbers: list[int], bodies: list[bytes], words: list[str]) -> None:
            row = cursor.execute(
                "SELECT %b, %b, %b, %b, cardinality(%b)",
                (uuids(ids), longs(numbers), blobs(bodies), texts(words), uuids(ids)),
            ).fetchone()
            assert row == (ids, numbers, bodies, words, len(ids))

        check()
