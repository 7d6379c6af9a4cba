"""实时: how a page in a browser hears that there is something new: a stream of positions, and one position to ask for.

Guarantee: one poller per process looks at the views, however many listen; a listener is told at once, then at most
twice a second, and every ``BEAT`` seconds although nothing happened. A stream tells positions and the hub's clock and
nothing else; it ends when its session does, after ``LONGEST``, and within a second of a stop of the server. The log's
position beside the views' tells a page that its figures lag.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Final, NamedTuple
from weakref import WeakKeyDictionary

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from ..parts import Parts
from .routes import bound_page
from .visitors import Visitor, visiting

router = APIRouter()
VIEWS: Final = ("obligations", "custody", "completeness", "roles", "ladder", "timeline")
TICK: Final = 0.1  # seconds between two looks
APART: Final = 0.5  # seconds between two words to one listener
BEAT: Final = 15.0  # seconds without a word, at most
LONGEST: Final = 1_800.0  # seconds of one stream: the browser comes again by itself
LAG: Final = 50  # events from which figures are said to lag
NO_STORE: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Beat(NamedTuple):
    """``position``: of the views; ``log``: of the log; ``now``: the hub's clock, milliseconds."""

    position: int
    log: int
    now: int

    @property
    def lags(self) -> bool:
        """Whether pages should say that their figures lag."""
        return self.log - self.position > LAG

    def line(self) -> bytes:
        """As a message of the stream."""
        return f"id: {self.position}\ndata: {json.dumps(self._asdict(), separators=(',', ':'))}\n\n".encode()


def beat_of(parts: Parts) -> Beat:
    """How it stands now."""
    log = parts.writer.position
    return Beat(min(parts.views.positions(VIEWS)), log, parts.clock.now() // 1_000)


class Pulse:
    """The poller of one event loop. It runs while somebody listens."""

    def __init__(self, read: Callable[[], Beat], closing: Callable[[], bool]) -> None:
        self.last: Beat | None = None
        self.changed = asyncio.Event()  # to be taken before ``last`` is read: a change in between is then not missed
        self.closing = closing
        self._read = read
        self._listeners = 0
        self._task: asyncio.Task[None] | None = None
        self._limit = CapacityLimiter(1)  # not the pages' own threads: they may all be busy

    def __enter__(self) -> Pulse:
        self._listeners += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="live")
        return self

    def __exit__(self, *_: object) -> None:
        self._listeners -= 1

    async def _run(self) -> None:
        while self._listeners and not self.closing():
            try:
                beat = await to_thread.run_sync(self._read, limiter=self._limit)
            except Exception:  # the database is away: listeners hear nothing, and their pages say so
                await asyncio.sleep(1.0)
                continue
            before, self.last = self.last, beat
            if before is None or before.position != beat.position or before.lags != beat.lags:
                self._ring()
            await asyncio.sleep(TICK)
        self._ring()

    def _ring(self) -> None:
        rung, self.changed = self.changed, asyncio.Event()
        rung.set()


@router.get("/live", **bound_page("read.position"))
async def live(request: Request, visitor: Annotated[Visitor, visiting("read.position")]) -> Response:
    """The stream (text/event-stream)."""
    pulse = _pulse(request, visitor.parts)
    return StreamingResponse(words(pulse, visitor), headers=NO_STORE, media_type="text/event-stream")


@router.get("/live/position", **bound_page("read.position"))
def position(visitor: Annotated[Visitor, visiting("read.position")]) -> Response:
    """The same once, for browsers or proxies that carry no stream."""
    return JSONResponse(beat_of(visitor.parts)._asdict(), headers=NO_STORE)


async def words(pulse: Pulse, visitor: Visitor) -> AsyncIterator[bytes]:
    """What one listener hears."""
    began = asked = time.monotonic()
    told: Beat | None = None
    told_at = began - BEAT
    yield b"retry: 3000\n\n"
    with pulse:
        while not pulse.closing() and time.monotonic() - began < LONGEST:
            changed, beat, now = pulse.changed, pulse.last, time.monotonic()
            news = beat is not None and (told is None or (beat.position, beat.lags) != (told.position, told.lags))
            wait = (APART if news else BEAT) - (now - told_at)
            if beat is not None and wait <= 0:
                yield beat.line()
                told, told_at = beat, now
                continue
            if now - asked >= BEAT:
                asked = now
                if not await to_thread.run_sync(visitor.stays):
                    yield b"event: end\ndata: session\n\n"
                    return
                continue
            await _until(changed, wait if beat is not None else 1.0, news)


async def _until(changed: asyncio.Event, seconds: float, known: bool) -> None:
    """Wait so long, or for the next change where nothing is to be told yet."""
    if known:
        await asyncio.sleep(seconds)
        return
    try:
        async with asyncio.timeout(seconds):
            await changed.wait()
    except TimeoutError:
        pass


def _pulse(request: Request, parts: Parts) -> Pulse:
    """The application's, on this event loop."""
    state = request.app.state
    if not hasattr(state, "pulses"):
        state.pulses = WeakKeyDictionary()
    loop = asyncio.get_running_loop()
    found: Pulse | None = state.pulses.get(loop)
    if found is None:
        closing = getattr(state, "closing", lambda: False)
        found = state.pulses[loop] = Pulse(lambda: beat_of(parts), closing)
    return found
