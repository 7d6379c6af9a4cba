"""recorded_at never goes below the last one, whatever the clock does."""

import pytest

from hub.store import Store
from hub.words import SECOND
from hub.writer import SimulatedClock
from tests.writer.parts import START, Author, check_log, dispute_of, found, one, running


def test_the_last_instant_is_repeated(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    clock = SimulatedClock(START)
    author = Author()
    with running(store, clock) as writer:
        found(writer)
        new = author.register()
        assert one(writer, new).recorded_at == START
        clock.advance(10 * SECOND)
        assert one(writer, author.attempt(dispute_of(new))).recorded_at == START + 10 * SECOND
        clock.advance(-1 * SECOND)
        assert one(writer, author.attempt(dispute_of(new))).recorded_at == START + 10 * SECOND
        assert "clock.behind" not in capsys.readouterr().out, "a second is no reason to warn"
        clock.advance(-3 * SECOND)
        for _ in range(3):
            assert one(writer, author.attempt(dispute_of(new))).recorded_at == START + 10 * SECOND
        assert capsys.readouterr().out.count("clock.behind") == 1
        assert writer.clock_behind == 4 * SECOND
        clock.advance(20 * SECOND)
        assert one(writer, author.attempt(dispute_of(new))).recorded_at == START + 26 * SECOND
        assert writer.clock_behind == 0
    check_log(store)


def test_also_over_a_restart(store: Store) -> None:
    author = Author()
    with running(store, SimulatedClock(START + 60 * SECOND)) as writer:
        found(writer)
        new = author.register()
        one(writer, new)
    with running(store, SimulatedClock(START)) as writer:
        assert writer.clock_behind == 60 * SECOND, "known before the first command: readiness asks for it"
        assert one(writer, author.attempt(dispute_of(new))).recorded_at == START + 60 * SECOND
    check_log(store)
