"""Whoever has read up to p and reads again gets p + 1, whatever writers, conflicts and rollbacks do meanwhile."""

import contextlib
import os
import threading
import uuid
from collections.abc import Callable

from eventsourcing.persistence import IntegrityError, StoredEvent

from hub.store import Store
from hub.store.factory import make_recorder
from hub.words import Stored

WRITERS = 4
EACH = 60


def test_a_tailing_reader_misses_nothing(opened: Callable[[], Store]) -> None:
    store = opened()
    accepted: list[int] = []
    failures: list[BaseException] = []

    def write(number: int) -> None:
        recorder = make_recorder(store.url)
        shared = uuid.UUID(int=7)  # all writers also race for the versions of one stream: most of these lose
        try:
            for i in range(EACH):
                many = [StoredEvent(uuid.uuid4(), v, "dispute.registered", b"x") for v in range(1, 1 + i % 5)]
                contested = [StoredEvent(shared, i, "dispute.registered", b"%d" % number)]
                with contextlib.suppress(IntegrityError):
                    accepted.extend(recorder.insert_events(many + contested) or [])
        except BaseException as error:
            failures.append(error)
        finally:
            recorder.datastore.close()

    seen: list[Stored] = []
    finished = threading.Event()

    def tail() -> None:
        reader = opened()
        while True:
            last = finished.is_set()
            found = reader.read(len(seen), 7)
            seen.extend(found)
            if last and not found:
                return

    reader = threading.Thread(target=tail)
    writers = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    reader.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    finished.set()
    reader.join()
    assert not failures
    assert [e.position for e in seen] == list(range(1, len(seen) + 1))
    assert sorted(accepted) == [e.position for e in seen]
    assert store.head().position == len(seen)
    assert EACH <= len([e for e in seen if e.stream == uuid.UUID(int=7).bytes]) == EACH


def test_events_of_a_stream_come_in_version_order_wherever_they_lie(store: Store) -> None:
    first, second = sorted([os.urandom(16), os.urandom(16)])
    recorder = store.recorder
    for stream, version in ((second, 1), (first, 1), (second, 2), (first, 2)):
        recorder.insert_events([StoredEvent(uuid.UUID(bytes=stream), version, "t", b"%d" % version)])
    assert [(e.stream, e.version, e.position) for e in store.events([first, second])] == [
        (first, 1, 2),
        (first, 2, 4),
        (second, 1, 1),
        (second, 2, 3),
    ]
    assert store.load([]) == {}
