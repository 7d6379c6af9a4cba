"""A process that is an intake and nothing else, to be killed: ``consume FOLDER BOOTSTRAP PREFIX``."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from hub.log.access import Access

from .hub_parts import running, taking_in

if __name__ == "__main__":
    folder, bootstrap, prefix = sys.argv[1:]
    with running(Path(folder)) as parts, taking_in(parts, Access(bootstrap, prefix=prefix, replication=1)):
        print("reading", flush=True)
        threading.Event().wait()
