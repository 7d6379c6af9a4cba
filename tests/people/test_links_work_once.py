"""People in the store, on both databases: links used once and in time, passwords, what disabling and erasing end."""

import os
import threading
from collections.abc import Callable

import pytest

from hub.store import Store
from hub.store.people import LINK_LIFE, digest

AGENCY = os.urandom(16)
NOW = 1_000_000_000


def person(store: Store, user: str = "zhang") -> str:
    """A person and the token of their link."""
    store.people.add(user, "张某某", "clerk", AGENCY, "值守岗", NOW)
    return store.people.new_link(user, NOW)


def test_a_person_is_what_was_entered(store: Store) -> None:
    person(store)
    found = store.people.person("zhang")
    assert found is not None
    assert found[:6] == ("zhang", "张某某", "clerk", AGENCY, "值守岗", NOW)
    assert found.disabled_at is None and not found.has_password
    assert store.people.person("li") is None and store.people.all() == [found]
    with pytest.raises(ValueError, match="taken"):
        person(store)


@pytest.mark.parametrize("user", ["", "Zhang", "张", "a b", "-a", "a" * 41, "a\n", "a/b"])
def test_what_cannot_be_typed_everywhere_is_no_user_name(store: Store, user: str) -> None:
    with pytest.raises(ValueError, match="not a user name"):
        store.people.add(user, "张某某", "clerk", AGENCY, "", NOW)


def test_a_link_works_once(store: Store) -> None:
    token = person(store)
    found = store.people.link(token, NOW)
    assert found is not None and found.user == "zhang"
    assert store.people.link(token, NOW) == found  # looking uses nothing
    assert store.people.password("zhang") is None
    used = store.people.use_link(token, "hash one", NOW + 1)
    assert used is not None and used.user == "zhang"
    assert store.people.password("zhang") == "hash one"
    assert store.people.use_link(token, "hash two", NOW + 2) is None and store.people.link(token, NOW + 2) is None
    assert store.people.password("zhang") == "hash one"


def test_of_many_that_use_a_link_at_once_one_succeeds(opened: Callable[[], Store]) -> None:
    first = opened()
    token = person(first)
    won: list[str] = []
    ready = threading.Barrier(6)

    def use(store: Store, name: str) -> None:
        ready.wait()
        if store.people.use_link(token, name, NOW + 1) is not None:
            won.append(name)

    threads = [threading.Thread(target=use, args=(opened(), f"hash {n}")) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(won) == 1 and first.people.password("zhang") == won[0]


def test_a_link_ends_after_its_time_and_with_the_next_one(store: Store) -> None:
    token = person(store)
    assert store.people.link(token, NOW + LINK_LIFE - 1) is not None
    assert store.people.link(token, NOW + LINK_LIFE) is None
    assert store.people.use_link(token, "hash", NOW + LINK_LIFE) is None
    other = store.people.new_link("zhang", NOW + 5)
    assert store.people.link(token, NOW + 6) is None and store.people.link(other, NOW + 6) is not None
    for wrong in ("", other[:-1], other.swapcase(), "\ud800", "钥"):
        assert store.people.link(wrong, NOW + 6) is None
    with pytest.raises(KeyError):
        store.people.new_link("nobody", NOW)


def test_a_link_ends_what_was_open_under_the_old_password(store: Store) -> None:
    store.people.use_link(person(store), "hash", NOW)
    session = store.sessions.open("zhang", NOW)
    browser = store.guesses.passed("zhang", "", NOW)
    store.people.use_link(store.people.new_link("zhang", NOW), "hash 2", NOW + 1)
    assert store.sessions.of(session, NOW + 1) is None
    for _ in range(5):
        store.guesses.take("zhang", "", NOW + 2)
    assert store.guesses.take("zhang", browser, NOW + 2) > 0  # the browser counts as any other again


def test_a_disabled_person_has_nothing_that_works(store: Store) -> None:
    store.people.use_link(person(store), "hash", NOW)
    link, session = store.people.new_link("zhang", NOW), store.sessions.open("zhang", NOW)
    store.people.disable("zhang", NOW + 1)
    assert store.sessions.of(session, NOW + 1) is None and store.sessions.of_person("zhang", NOW + 1) == []
    assert store.people.link(link, NOW + 1) is None and store.people.use_link(link, "hash 2", NOW + 1) is None
    assert store.people.password("zhang") is None
    store.people.enable("zhang")
    assert store.people.password("zhang") == "hash"
    assert store.sessions.of(session, NOW + 3) is None and store.people.link(link, NOW + 3) is None
    store.people.disable("zhang", NOW + 4)
    assert store.people.link(store.people.new_link("zhang", NOW + 5), NOW + 5) is None
    assert store.sessions.of(store.sessions.open("zhang", NOW + 5), NOW + 5) is None
    with pytest.raises(KeyError):
        store.people.disable("nobody", NOW)
    with pytest.raises(KeyError):
        store.people.enable("nobody")


def test_a_change_of_role_counts_in_open_sessions(store: Store) -> None:
    person(store)
    token = store.sessions.open("zhang", NOW)
    store.people.change("zhang", role="supervisor", agency=b"o" * 16)
    found = store.sessions.of(token, NOW)
    assert found is not None and (found.person.role, found.person.agency) == ("supervisor", b"o" * 16)
    with pytest.raises(KeyError):
        store.people.change("nobody", role="clerk")


def test_a_stronger_hash_is_kept_only_of_the_same_password(store: Store) -> None:
    store.people.use_link(person(store), "weak", NOW)
    store.people.rehash("zhang", "weak", "strong")
    assert store.people.password("zhang") == "strong"
    store.people.rehash("zhang", "weak", "late")
    assert store.people.password("zhang") == "strong"
    for wrong in ("li", "", "\x00", "\ud800", "zhang\n"):
        assert store.people.password(wrong) is None


def test_who_stood_behind_a_command_is_remembered_and_erased(store: Store) -> None:
    person(store)
    person(store, "li")
    one, two, three = (os.urandom(16) for _ in range(3))
    store.people.note(one, "zhang", NOW)
    store.people.note(two, "li", NOW)
    store.people.note(one, "li", NOW + 1)  # the first word stands
    assert store.people.note(one, "zhang", NOW + 9) == NOW  # a repeat learns when it was first sent
    assert store.people.note_all([two, three], "li", NOW + 9) == {two: NOW, three: NOW + 9}
    assert store.people.note_all([], "li", NOW) == {}
    assert store.people.stood_behind("li", [one, two, three]) == {two, three}
    assert store.people.behind([one, two]) == {one: "张某某", two: "张某某"}
    assert store.people.behind([]) == {}
    store.people.forget("zhang")
    assert store.people.behind([one, two]) == {two: "张某某"} and store.people.person("zhang") is None
    person(store)
    assert store.people.behind([one]) == {}  # erased, not only unlinked: a namesake does not stand behind it


def test_neither_link_nor_session_is_found_in_the_database(store: Store) -> None:
    link = person(store)
    session = store.sessions.open("zhang", NOW)
    browser = store.guesses.passed("zhang", "", NOW)
    with store.engine.connect() as connection:
        for name in ("people_links", "people_sessions", "people_browsers"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {name}").all()
            values = [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for row in rows for v in row]
            assert not any(t.encode() in v for t in (link, session, browser) for v in values)
            assert any(digest(t) in values for t in (link, session, browser))
