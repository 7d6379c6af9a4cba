"""The Merkle tree over every event (RFC 6962 §2.1): its root, kept up to date one leaf at a time.

Guarantee: ``Tree.root()`` equals the RFC's MTH over the leaves added so far, in O(log n) memory and amortised O(1) work
per leaf; no I/O. Leaf hash = SHA-256(00 ‖ stored event), inner = SHA-256(01 ‖ left ‖ right). Leaf index = position − 1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

EMPTY_ROOT = hashlib.sha256(b"").digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def leaf(stored: bytes) -> bytes:
    """The hash of a leaf: of an event as stored."""
    return hashlib.sha256(b"\x00" + stored).digest()


class Tree:
    """A compact range: the roots of the full subtrees that make up ``size`` leaves, largest first."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """Empty, or as another tree left off. ValueError when the peaks are not those of ``size`` leaves."""
        self.size = size
        self.peaks = list(peaks)
        if len(self.peaks) != size.bit_count():
            raise ValueError(f"{size} leaves have {size.bit_count()} peaks, not {len(self.peaks)}")

    def add(self, stored: bytes) -> None:
        """Append one event."""
        self.add_hash(leaf(stored))

    def add_hash(self, leaf_hash: bytes) -> None:
        """Append one leaf by its hash."""
        found, size = leaf_hash, self.size
        while size & 1:  # each low bit set is a full subtree as large as the one in hand: join them
            found = node(self.peaks.pop(), found)
            size >>= 1
        self.peaks.append(found)
        self.size += 1

    def root(self) -> bytes:
        """The tree head over all leaves added so far."""
        if not self.peaks:
            return EMPTY_ROOT
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node(peak, found)
        return found
