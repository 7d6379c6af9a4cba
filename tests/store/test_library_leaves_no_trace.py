"""Importing the event-sourcing library changes loggers and dataclasses of the whole process; we undo both."""

import subprocess
import sys

LOOK = """
import dataclasses, logging, psycopg, psycopg_pool
before = (logging.getLogger("psycopg").level, logging.getLogger("psycopg.pool").level, dataclasses._process_class)
{do}
after = (logging.getLogger("psycopg").level, logging.getLogger("psycopg.pool").level, dataclasses._process_class)
print(before == after)
"""


def look(do: str) -> str:
    done = subprocess.run([sys.executable, "-c", LOOK.format(do=do)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_library_by_itself_does_change_them() -> None:
    assert look("import eventsourcing.postgres") == "False"


def test_our_boundary_restores_them() -> None:
    assert look("import hub.store.library") == "True"


def test_the_hot_path_does_without_the_library() -> None:
    done = "import sys, hub.writer; assert not [m for m in sys.modules if m.startswith('eventsourcing')]"
    assert look(done) == "True"
