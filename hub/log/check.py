"""The topics against the store, before the first acceptance of a lease: equal bytes, nothing the store lacks.

A store restored from an older copy, or a lagging standby promoted, would give positions out a second time; readers that
already applied the first ones would never notice. The topic knows better, so it is asked first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from hub.store.hints import Hint

from .access import Access, Admin
from .channel import Channel
from .port import AHEAD, UNREACHABLE, LogUnavailable, Problem
from .tail import Read, Start, Tails

SILENT_SECONDS: Final = 15.0
Progress = Callable[[int, int], None]  # (records read, records there were)

log = structlog.get_logger(__name__)


def compare(
    access: Access,
    admin: Admin,
    channels: Sequence[Channel],
    last_of: Callable[[Channel], int],
    hints: dict[str, Hint],
    on_progress: Progress | None = None,
) -> Problem | None:
    """Read each channel's topic from its hint to its present end and set the channel's cursor to what is in it.

    None, or ``log.ahead_of_store`` when a record differs from the store's row or the store has no such row.
    LogUnavailable when the broker does not answer. The topics must exist.
    """
    ids = admin.ids([channel.topic for channel in channels])
    by_topic: dict[str, Channel] = {}
    starts: dict[str, Start] = {}
    for channel in channels:
        by_topic[channel.topic] = channel
        channel.topic_id = ids[channel.topic]
        hint = hints.get(channel.topic)
        if hint and hint.topic_id == channel.topic_id and hint.number <= last_of(channel):
            starts[channel.topic] = Start(hint.number, hint.offset)
        else:
            starts[channel.topic] = Start(0, 0)
    tails = Tails(access, {channel.topic: channel.header for channel in channels})
    try:
        tails.start(starts)
        problem = _read_to_end(tails, by_topic, on_progress)
        for channel in channels:
            _settle(channel, tails, starts[channel.topic])
            highest = tails.highest(channel.topic)
            if problem is None and highest > last_of(channel):
                problem = Problem(
                    AHEAD, f"{channel.topic} holds number {highest}, the store ends at {last_of(channel)}"
                )
        return problem
    finally:
        tails.close()


def _settle(channel: Channel, tails: Tails, start: Start) -> None:
    channel.cursor = channel.sent = tails.last(channel.topic)
    channel.offset = max(channel.cursor, start.offset)
    channel.checked = True


def _read_to_end(tails: Tails, channels: dict[str, Channel], on_progress: Progress | None) -> Problem | None:
    ends = tails.ends()
    total, seen, quiet_since = sum(ends.values()), 0, time.monotonic()
    behind = set(ends)
    while behind:
        found = tails.poll(0.2)
        before = len(behind)
        at = {topic: tails.next_offset(topic) for topic in behind}
        behind = {topic for topic in behind if at[topic] < ends[topic]}
        for topic, reads in found.items():
            seen += len(reads)
            problem = _differs(channels[topic], reads)
            if problem is not None:
                return problem
        if on_progress is not None:
            on_progress(seen, total)
        if found or len(behind) < before:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > SILENT_SECONDS:
            raise LogUnavailable(Problem(UNREACHABLE, f"no record within {SILENT_SECONDS:.0f} s"))
    return None


def _differs(channel: Channel, reads: list[Read]) -> Problem | None:
    rows = channel.rows(reads[0].number - 1, len(reads))
    for read, row in zip(reads, rows, strict=False):
        if read.value != row.value or read.key != row.key:
            return Problem(AHEAD, f"{channel.topic} number {read.number} is not what the store holds")
    if len(rows) < len(reads):
        there, missing = reads[0].number - 1 + len(rows), reads[-1].number
        return Problem(AHEAD, f"{channel.topic} holds number {missing}, the store ends at {there}")
    return None
