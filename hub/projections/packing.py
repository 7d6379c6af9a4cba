"""Columns as PostgreSQL arrays in binary form, packed here because the driver's own packing is the slow half of an
upsert.

Each wrapper is one parameter of a statement ``… from unnest(%b::bytea[], %b::text[], …)``: one round trip writes any
number of rows. Layout (PostgreSQL ``array_send``): dimensions, has-null flag, element oid, length, lower bound, then
each element as a 4-byte length (−1 = null) and its bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from struct import Struct, pack
from typing import Any

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEAD = Struct(">iiIii").pack
_LONG = Struct(">iq").pack
_SIZE = Struct(">i").pack
_NULL = b"\xff\xff\xff\xff"
_ID = b"\x00\x00\x00\x10"

INT8, BYTEA, TEXT = 20, 17, 25


class Packed:
    """A packed array, ready for the wire."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data


class Longs(Packed):
    """int8[]"""


class Blobs(Packed):
    """bytea[]"""


class Texts(Packed):
    """text[]"""


class _PackedDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Any) -> bytes:
        data: bytes = obj.data
        return data


class _LongsDumper(_PackedDumper):
    oid = 1016


class _BlobsDumper(_PackedDumper):
    oid = 1001


class _TextsDumper(_PackedDumper):
    oid = 1009


def register(connection: psycopg.Connection[Any]) -> None:
    """Teach a connection to take packed arrays."""
    connection.adapters.register_dumper(Longs, _LongsDumper)
    connection.adapters.register_dumper(Blobs, _BlobsDumper)
    connection.adapters.register_dumper(Texts, _TextsDumper)


def longs(values: Sequence[int | None]) -> Longs:
    """Pack 64-bit integers."""
    n = len(values)
    if None in values:
        body = b"".join([_NULL if v is None else _LONG(8, v) for v in values])
        return Longs(_HEAD(1, 1, INT8, n, 1) + body)
    flat = chain.from_iterable(zip(repeat(8), values))
    return Longs(_HEAD(1, 0, INT8, n, 1) + pack(">" + "iq" * n, *flat))


def blobs(values: Sequence[bytes | None]) -> Blobs:
    """Pack byte strings."""
    body = b"".join([_NULL if v is None else _SIZE(len(v)) + v for v in values])
    return Blobs(_HEAD(1, 1 if None in values else 0, BYTEA, len(values), 1) + body)


def ids(values: Sequence[bytes]) -> Blobs:
    """Pack 16-byte ids, none of them null."""
    return Blobs(_HEAD(1, 0, BYTEA, len(values), 1) + _ID + _ID.join(values))


def texts(values: Sequence[str | None]) -> Texts:
    """Pack texts."""
    raw = [None if v is None else v.encode() for v in values]
    body = b"".join([_NULL if v is None else _SIZE(len(v)) + v for v in raw])
    return Texts(_HEAD(1, 1 if None in raw else 0, TEXT, len(values), 1) + body)
