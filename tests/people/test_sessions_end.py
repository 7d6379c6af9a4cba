"""Sessions in the store, on both databases: idle, at the latest, ended by their owner; what a new one takes over."""

import pytest

from hub.store import Store
from hub.store.sessions import IDLE, KEPT, LONGEST, SEEN_EVERY
from hub.words import HOUR

NOW = 1_000_000_000_000


@pytest.fixture
def people(store: Store) -> Store:
    for user in ("zhang", "li"):
        store.people.add(user, user, "clerk", b"a" * 16, "", NOW)
    return store


def test_a_session_is_its_persons(people: Store) -> None:
    token, other = people.sessions.open("zhang", NOW), people.sessions.open("li", NOW)
    found = people.sessions.of(token, NOW)
    assert found is not None and found.person.user == "zhang" and found.created_at == NOW and len(found.csrf) > 40
    li = people.sessions.of(other, NOW)
    assert li is not None and li.person.user == "li" and li.csrf != found.csrf
    for wrong in ("", token[:-1], token.swapcase(), found.hash.hex(), "\ud800"):
        assert people.sessions.of(wrong, NOW) is None


def test_it_ends_idle(people: Store) -> None:
    token = people.sessions.open("zhang", NOW)
    assert people.sessions.of(token, NOW + IDLE) is None
    assert people.sessions.of(token, NOW + IDLE - 1) is not None
    assert people.sessions.of(token, NOW + 2 * IDLE - 2) is not None  # the last request counts
    assert people.sessions.of(token, NOW + 3 * IDLE - 2) is None


def test_it_ends_at_the_latest_however_busy(people: Store) -> None:
    token = people.sessions.open("zhang", NOW)
    for hour in range(1, 24):
        assert people.sessions.of(token, NOW + hour * HOUR) is not None
    assert people.sessions.of(token, NOW + LONGEST - 1) is not None
    assert people.sessions.of(token, NOW + LONGEST) is None


def test_a_request_is_noted_once_per_minute(people: Store) -> None:
    token = people.sessions.open("zhang", NOW)

    def seen(at: int) -> int:
        assert people.sessions.of(token, at) is not None
        return people.sessions.of_person("zhang", at)[0].seen_at

    assert [seen(NOW + 1), seen(NOW + SEEN_EVERY - 1)] == [NOW, NOW]
    assert seen(NOW + SEEN_EVERY) == NOW + SEEN_EVERY
    assert seen(NOW + 1) == NOW + SEEN_EVERY  # a clock set back takes nothing back


def test_its_owner_ends_it_and_nobody_else(people: Store) -> None:
    tokens = [people.sessions.open("zhang", NOW + n) for n in range(3)]
    listed = people.sessions.of_person("zhang", NOW + 3)
    assert [s.created_at for s in listed] == [NOW + 2, NOW + 1, NOW]
    assert not people.sessions.end(listed[0].hash, NOW + 3, "li")
    assert people.sessions.end(listed[0].hash, NOW + 3, "zhang")
    assert not people.sessions.end(listed[0].hash, NOW + 3, "zhang")
    assert people.sessions.of(tokens[2], NOW + 3) is None and not people.sessions.lasts(listed[0].hash, NOW + 3)
    assert people.sessions.lasts(listed[1].hash, NOW + 3)
    assert people.sessions.end_others("zhang", listed[1].hash, NOW + 4) == 1
    assert [s.hash for s in people.sessions.of_person("zhang", NOW + 5)] == [listed[1].hash]


def test_a_new_password_ends_all(people: Store) -> None:
    token, other = people.sessions.open("zhang", NOW), people.sessions.open("li", NOW)
    people.people.set_password("zhang", "hash", NOW + 1)
    assert people.sessions.of(token, NOW + 1) is None and people.sessions.of(other, NOW + 1) is not None


def csrf(people: Store, token: str, now: int) -> str:
    found = people.sessions.of(token, now)
    assert found is not None
    return found.csrf


def test_a_new_session_of_the_same_browser_ends_the_old_and_keeps_its_forms_valid(people: Store) -> None:
    first = people.sessions.open("zhang", NOW)
    old = csrf(people, first, NOW)
    second = people.sessions.open("zhang", NOW + LONGEST, instead=first)
    assert csrf(people, second, NOW + LONGEST) == old and second != first
    third = people.sessions.open("zhang", NOW + LONGEST + 1, instead=second)  # also one that had not run out
    assert people.sessions.of(second, NOW + LONGEST + 1) is None
    assert csrf(people, third, NOW + LONGEST + 1) == old


@pytest.mark.parametrize("how", ["another person", "ended", "unknown"])
def test_forms_of_an_ended_or_another_persons_session_are_not_taken_over(people: Store, how: str) -> None:
    first = people.sessions.open("zhang", NOW)
    old = csrf(people, first, NOW)
    if how == "ended":
        people.sessions.end(people.sessions.of_person("zhang", NOW)[0].hash, NOW)
    user = "li" if how == "another person" else "zhang"
    second = people.sessions.open(user, NOW + 1, instead="x" if how == "unknown" else first)
    assert csrf(people, second, NOW + 1) != old
    if how == "another person":
        assert people.sessions.of(first, NOW + 1) is None


def test_old_sessions_leave_the_table(people: Store) -> None:
    people.sessions.open("zhang", NOW)
    people.sessions.open("zhang", NOW + KEPT + 1)
    with people.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM people_sessions").scalar() == 1
