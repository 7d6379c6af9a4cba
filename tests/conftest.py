"""Real parts as fixtures. A missing part skips its tests with a reason, or fails them (HUB_REQUIRE)."""

import gc
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
import structlog
from playwright.sync_api import Browser

from ops.kafka.artifacts import KafkaMissing
from ops.kafka.broker import Broker, Sasl, start_broker
from ops.postgres import PostgresMissing, PostgresServer
from tests.parts.browser import chromium
from tests.parts.kafka import any_broker, remove_our_topics
from tests.parts.require import missing, required, skipped_parts

NEEDS = {
    "kafka": {"kafka", "clean_kafka", "own_broker", "sasl_broker", "module_broker"},
    "postgres": {"postgres", "pg_url", "own_postgres"},
    "browser": {"browser", "chrome"},
}


class StartBroker(Protocol):
    """Starts a broker of one's own; it is stopped, and its folder removed, with the fixture."""

    def __call__(self, **options: Any) -> Broker: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--brief", action="store_true", help="without what is marked slow, unless HUB_REQUIRE names time")


def pytest_configure(config: pytest.Config) -> None:
    required()  # a misspelt part is an error at once, not a test that quietly skips
    # The client logs every attempt to reach a broker that a test has stopped on purpose.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that asks for a part bears its mark, so that `-m "not kafka"` leaves out the right ones.

    Where several processes share the work, files with slow tests are begun first: none is left over at the end.
    """
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)
    for item in items:
        for mark, fixtures in NEEDS.items():
            if fixtures & set(getattr(item, "fixturenames", ())):
                item.add_marker(mark)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = [
        report.longrepr[2] for report in terminalreporter.stats.get("skipped", []) if isinstance(report.longrepr, tuple)
    ]
    lines = skipped_parts(reasons)
    terminalreporter.section("skipped parts and why")
    for line in lines or ["none: every test found the parts it needs"]:
        terminalreporter.line(line)


def pytest_collection_finish() -> None:
    """Thousands of tests and their reports live to the end: walking them again and again is a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.config.getoption("--brief") and item.get_closest_marker("slow") and "time" not in required():
        missing("time", "they take long: HUB_REQUIRE=time runs them")


@pytest.fixture(autouse=True)
def logs_as_they_come() -> Iterator[None]:
    """A command that a test ran sets the log for the whole process: the next test finds it as it was."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """The address of an Apache Kafka broker, shared by the whole run. Do not stop it."""
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-kafka-")))
        try:
            address = stack.enter_context(any_broker(data))
        except KafkaMissing as why:
            missing("kafka", str(why))
        yield address


@pytest.fixture
def clean_kafka(kafka: str) -> Iterator[str]:
    """The shared broker without any topic of the hub or its systems, before the test and after it."""
    remove_our_topics(kafka)
    yield kafka
    remove_our_topics(kafka)


@pytest.fixture
def own_broker() -> Iterator[StartBroker]:
    """`own_broker(**options)`: a broker for this test alone, to stop, kill, freeze and restart."""
    yield from _brokers()


@pytest.fixture
def sasl_broker() -> Iterator[StartBroker]:
    """`sasl_broker(**options)`: as `own_broker`, with users and access rules on its second listener."""
    yield from _brokers(sasl=Sasl())


@pytest.fixture(scope="module")
def module_broker() -> Iterator[StartBroker]:
    """`module_broker(**options)`: as `own_broker`, kept until the module's last test."""
    yield from _brokers()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, shared by the whole run. Do not stop it."""
    yield from _postgres()


@pytest.fixture
def pg_url(postgres: PostgresServer) -> Iterator[Callable[[], str]]:
    """`pg_url()`: the URL of a new empty database, dropped after the test."""
    made: list[str] = []

    def new() -> str:
        made.append(postgres.database())
        return made[-1]

    yield new
    for url in made:
        postgres.drop(url)


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for this test alone, to stop, kill and restart."""
    yield from _postgres()


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """The system's Chromium, kept until the module's last test; every test takes contexts of its own."""
    with chromium() as found:
        yield found


def _brokers(**always: Any) -> Iterator[StartBroker]:
    with ExitStack() as stack:

        def start(**options: Any) -> Broker:
            data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-kafka-")))
            try:
                return stack.enter_context(start_broker(data, **{**always, **options}))
            except KafkaMissing as why:
                missing("kafka", str(why))

        yield start


def _postgres() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
    except PostgresMissing as why:
        missing("postgres", str(why))
    with server:
        yield server
