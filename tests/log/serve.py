"""A whole hub over Kafka without HTTP, to be killed: ``serve FOLDER BOOTSTRAP PREFIX``."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from hub.bootstrap.hub import build
from hub.bootstrap.logs import configure_logging
from hub.settings import Settings

if __name__ == "__main__":
    folder, bootstrap, prefix = sys.argv[1:]
    configure_logging()  # to standard error: standard output says when it runs
    hub = build(Settings(home=Path(folder), kafka=bootstrap, topic_prefix=prefix))
    if not hub.start(60.0):
        sys.exit(f"not ready: {hub.ready()}")
    print("running", flush=True)
    threading.Event().wait()
