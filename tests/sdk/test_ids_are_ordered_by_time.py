"""Command ids are UUIDv7: ordered by time, so that the hub's store appends; the hub derives the same further ids."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from connectors import ids
from hub import words


@given(st.integers(0, (1 << 48) - 1), st.integers(0, (1 << 74) - 1))
def test_form(millis: int, noise: int) -> None:
    made = uuid.UUID(ids.uuid7(millis, noise))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == millis
    assert (made.int >> 64 & 0xFFF) << 62 | made.int & (1 << 62) - 1 == noise


def test_later_ids_sort_behind() -> None:
    made = [ids.uuid7(millis, 5) for millis in range(1_000, 1_500)]
    assert made == sorted(made)
    assert len({ids.random_ids() for _ in range(200)}) == 200


@given(st.text(min_size=1, max_size=40), st.uuids())
def test_the_hub_derives_the_same(name: str, command: uuid.UUID) -> None:
    raw = words.CommandId(command.bytes)
    assert ids.agency_id(name) == words.text(words.agency_id(name))
    assert ids.dispute_id(name, str(command)) == words.text(words.dispute_id(name, raw))
    assert ids.referral_id(name, str(command)) == words.text(words.referral_id(name, raw))
