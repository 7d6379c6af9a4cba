"""What is under way to the broker: handed over, not acknowledged yet.

Guarantee: a channel's cursor advances only over what is acknowledged without a gap, in the order of handing over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from .channel import Channel
from .kafka import Receipt

MOST_RECORDS: Final = 60_000  # handed over and not acknowledged; the client itself knows no bound
MOST_BYTES: Final = 20_000_000


class _Page:
    """Records of one channel handed over together; numbers are gapless, so one number and one count say which."""

    __slots__ = ("channel", "first", "receipts", "settled", "size")

    def __init__(self, channel: Channel, first: int, receipts: Sequence[Receipt], size: int) -> None:
        self.channel, self.first, self.receipts, self.size = channel, first, receipts, size
        self.settled = 0


class Failed(Exception):
    """The broker, or the client, did not take the record with this number."""

    def __init__(self, channel: Channel, number: int, why: BaseException) -> None:
        super().__init__(repr(why))
        self.channel, self.number, self.why = channel, number, why


class Flight:
    """All pages under way. For the relay's thread alone."""

    def __init__(self) -> None:
        self._pages: deque[_Page] = deque()
        self._records = self._bytes = 0

    def __bool__(self) -> bool:
        return bool(self._pages)

    @property
    def full(self) -> bool:
        """Whether nothing more may be handed over for now."""
        return self._records >= MOST_RECORDS or self._bytes >= MOST_BYTES

    @property
    def middle(self) -> Receipt:
        """The receipt with which about half is acknowledged."""
        return self._pages[len(self._pages) // 2].receipts[-1]

    def add(self, channel: Channel, first: int, receipts: Sequence[Receipt], size: int) -> None:
        """One more page: the records from number ``first`` on, ``size`` bytes."""
        self._pages.append(_Page(channel, first, receipts, size))
        self._records += len(receipts)
        self._bytes += size

    def settle(self) -> bool:
        """Advance the cursors over what is acknowledged without a gap; whether any moved. Failed.

        From the left only: an epoch bump can fail an earlier batch alone, so that a later success proves nothing.
        """
        pages, moved = self._pages, False
        while pages:
            page = pages[0]
            receipts, at = page.receipts, page.settled
            while at < len(receipts) and receipts[at].is_done and receipts[at].exception is None:
                at += 1
            if at > page.settled:
                moved = True
                page.channel.cursor = page.first + at - 1
                value = getattr(receipts[at - 1], "value", None)
                if value is not None:
                    page.channel.offset = value.offset + 1
                self._records -= at - page.settled
                page.settled = at
            if at < len(receipts):
                failed = receipts[at].exception if receipts[at].is_done else None
                if failed is not None:
                    raise Failed(page.channel, page.first + at, failed)
                break
            self._bytes -= page.size
            pages.popleft()
        return moved

    def drop(self, channels: Sequence[Channel]) -> None:
        """Forget what is under way on these channels."""
        self._pages = deque(page for page in self._pages if page.channel not in channels)
        self._records = sum(len(page.receipts) - page.settled for page in self._pages)
        self._bytes = sum(page.size for page in self._pages)
