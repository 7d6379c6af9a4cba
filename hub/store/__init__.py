"""The store (存储): the log, answers, inboxes, quarantine, credentials; SQLite or PostgreSQL. See ``store``."""

from .batch import (
    Batch,
    Conflict,
    Delivery,
    Fenced,
    LeaseHeld,
    Move,
    Quarantined,
    SealedRow,
    StoreError,
    Unknown,
)
from .lease import Head, Lease, Outage
from .store import Store, open_store

__all__ = [
    "Batch",
    "Conflict",
    "Delivery",
    "Fenced",
    "Head",
    "Lease",
    "LeaseHeld",
    "Move",
    "Outage",
    "Quarantined",
    "SealedRow",
    "Store",
    "StoreError",
    "Unknown",
    "open_store",
]
