"""The HTTP server around a hub's application: in the foreground for ``hub serve``, in a thread for trials and
tests.

Guarantee: a stop lets what is under way finish for ``GRACE`` seconds, then goes; an address that is taken
is said before anything starts.
"""

from __future__ import annotations

import gc
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import uvicorn

GRACE: Final = 10  # seconds for requests under way at the end
START_SECONDS: Final = 15.0


def tune() -> None:
    """Settings of the process that serves: what lives for ever is left alone by the collector of reference cycles, and
    it looks at young objects less often: a turn makes thousands of objects and hardly a cycle.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@contextmanager
def on_one_processor() -> Iterator[None]:
    """Threads started inside, and those they start, share one processor; this one is as before afterwards.

    A dozen threads take an event from the outbox to the views and the inbox, each a little, and only one of them can
    run Python at a time: on several processors most of it is waking each other across them. ``bench latency`` shows
    what it is worth. Linux; where it is not permitted, nothing is lost.
    """
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if before:
        with suppress(OSError):
            os.sched_setaffinity(0, {sorted(before)[os.getpid() % len(before)]})
    try:
        yield
    finally:
        if before:
            with suppress(OSError):
                os.sched_setaffinity(0, before)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 = any free one. OSError when the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves Nagle on: 40 ms
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(128)  # from now on callers wait in line instead of being turned away
    except OSError:
        made.close()
        raise
    return made


def url_of(bound: socket.socket) -> str:
    """The address a bound socket answers at."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server(app: Any) -> uvicorn.Server:
    """uvicorn around an application: no access log of its own, no banner, our limits."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, lifespan="off", ws="none",
        timeout_graceful_shutdown=GRACE, timeout_keep_alive=65, h11_max_incomplete_event_size=32 * 1024,
    )  # fmt: skip
    made = uvicorn.Server(config)
    if hasattr(app, "state"):  # streams that never end by themselves ask whether the server is stopping
        app.state.closing = lambda: made.should_exit
    return made


class Background:
    """A server in a thread: ``with Background(hub.app) as url``."""

    def __init__(self, app: Any, host: str = "127.0.0.1", port: int = 0) -> None:
        self._socket = listen(host, port)
        self.url = url_of(self._socket)
        self._server = server(app)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="http", daemon=True
        )

    def start(self) -> str:
        """Serve from now on; the address. RuntimeError when it does not come up."""
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the HTTP server did not start")
            time.sleep(0.005)
        return self.url

    def stop(self) -> None:
        """Finish what is under way and stop."""
        self._server.should_exit = True
        self._thread.join(GRACE + 5)
        self._socket.close()

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
