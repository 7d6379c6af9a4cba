"""Straight-line Avro encoders and decoders, written once per schema at load.

Guarantee: the bytes equal any correct Avro encoder's (arrays as one block); a decoder reads only what was asked for,
skips the rest, and raises ``ValueError`` or ``IndexError`` on truncated, over-long or trailing bytes. Why generated:
encoding and decoding are the hub's hottest path; a general writer walks the schema for every event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from .schema import Kind, Schema

Encoder = Callable[[Sequence[Any]], bytes]
Decoder = Callable[[bytes, int], tuple[Any, ...]]

LONG_MIN, LONG_MAX = -(1 << 63), (1 << 63) - 1
INT_MIN, INT_MAX = -(1 << 31), (1 << 31) - 1


def long_bytes(value: int) -> bytes:
    """A zigzag varint. ValueError outside 64 bits."""
    if not LONG_MIN <= value <= LONG_MAX:
        raise ValueError("long out of range")
    n = (value << 1) ^ (value >> 63)
    if 1 << 49 <= n < 1 << 56:  # every instant of our time: eight bytes, groups of seven bits moved apart at once
        n = (n & 0x000000000FFFFFFF) | ((n & 0x00FFFFFFF0000000) << 4)
        n = (n & 0x00003FFF00003FFF) | ((n & 0x0FFFC0000FFFC000) << 2)
        n = (n & 0x007F007F007F007F) | ((n & 0x3F803F803F803F80) << 1)
        return (n | 0x0080808080808080).to_bytes(8, "little")
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def text_bytes(value: str) -> bytes:
    """A string: its length in bytes, and its bytes."""
    raw = value.encode()
    size = len(raw)
    return (_SMALL[size] if size < 64 else long_bytes(size)) + raw


_SMALL = tuple(bytes((n << 1,)) for n in range(64))
# Words come again and again: systems, duty roles, rules, codes. Instants do not, so remembering them would cost time.
WRITING = {
    "SMALL": _SMALL, "NO": b"\0", "YES": b"\1", "SOME": b"\2", "join": b"".join,
    "long": long_bytes, "text": text_bytes, "word": lru_cache(maxsize=4_096)(text_bytes),
}  # fmt: skip


def get_long(raw: bytes, at: int) -> tuple[int, int]:
    """Read a zigzag varint at ``at``: (value, next). ValueError above ten bytes."""
    byte = raw[at]
    at += 1
    n = byte & 127
    shift = 7
    while byte > 127:
        byte = raw[at]
        at += 1
        n |= (byte & 127) << shift
        shift += 7
        if shift > 70:
            raise ValueError("varint too long")
    value = (n >> 1) ^ -(n & 1)
    if not LONG_MIN <= value <= LONG_MAX:
        raise ValueError("varint too long")
    return value, at


def get_size(raw: bytes, at: int) -> tuple[int, int]:
    """Read a length or count that must fit what is left."""
    size, at = get_long(raw, at)
    if size < 0 or size > len(raw) - at:
        raise ValueError("length outside the record")
    return size, at


READING = {"get_long": get_long, "get_size": get_size, "from_bytes": int.from_bytes}
EIGHT_BYTES = ("0x8080808080808080", "0x0080808080808080")  # continuation bits: mask; seven set, the eighth clear


class _Source:
    """Lines of one generated function."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 1
        self.names = 0

    def add(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def name(self) -> str:
        self.names += 1
        return f"x{self.names}"


def make_encoder(schema: Schema, prefix: bytes) -> Encoder:
    """``encode(values in field order) -> prefix + Avro body``. ValueError/TypeError for values that do not fit."""
    src = _Source()
    names = [f"v{i}" for i in range(len(schema.fields))]
    src.add(f"{', '.join(names)}, = values")
    parts = [_write(src, field.kind, name) for name, field in zip(names, schema.record.fields, strict=True)]
    src.add(f"return join((PREFIX, {', '.join(parts)}))")
    made: Encoder = _compile("def made(values):", src, {"PREFIX": prefix, **WRITING})
    return made


def _write(src: _Source, kind: Kind, var: str) -> str:
    """The pieces of a value, as an expression; checks and what needs statements come before it."""
    if kind.name in ("long", "int"):
        if kind.name == "int":
            src.add(f"if not {INT_MIN} <= {var} <= {INT_MAX}: raise ValueError('int out of range')")
        if kind.instant:
            return f"long({var})"
        return f"SMALL[{var}] if 0 <= {var} < 64 else long({var})"
    if kind.name == "boolean":
        return f"YES if {var} else NO"
    if kind.name == "string":
        return f"word({var}) if len({var}) < 32 else text({var})"
    if kind.name == "bytes":
        return f"SMALL[len({var})] if len({var}) < 64 else long(len({var})), {var}"
    if kind.name == "fixed":
        src.add(f"if len({var}) != {kind.size}: raise ValueError('fixed of wrong size')")
        return var
    if kind.name == "record":
        names = [src.name() for _ in kind.fields]
        src.add(f"{', '.join(names)}, = {var}")
        return ", ".join([_write(src, field.kind, name) for name, field in zip(names, kind.fields, strict=True)])
    assert kind.item is not None
    whole = src.name()
    if kind.name == "nullable":
        src.add(f"if {var} is None: {whole} = NO")
        src.add("else:")
        src.depth += 1
        src.add(f"{whole} = join((SOME, {_write(src, kind.item, var)}))")
        src.depth -= 1
    else:
        item = src.name()
        src.add(f"{whole} = [long(len({var}))] if {var} else []")
        src.add(f"for {item} in {var}:")
        src.depth += 1
        src.add(f"{whole} += ({_write(src, kind.item, item)}, )")
        src.depth -= 1
        src.add(f"{whole} = join((*{whole}, NO))")
    return whole


def make_decoder(schema: Schema, wanted: Sequence[str], absent: Mapping[str, Any] | None = None) -> Decoder:
    """``decode(raw, start) -> the wanted fields, in the order asked``; the rest is skipped, the end is checked.

    ``absent``: what stands for fields that a later version of the record added.
    """
    src = _Source()
    got: dict[str, str] = {name: repr(value) for name, value in (absent or {}).items()}
    for field in schema.record.fields:
        if field.name in wanted:
            got[field.name] = _read(src, field.kind)
        else:
            _skip(src, field.kind)
    src.add("if at != len(raw): raise ValueError('the record ends elsewhere')")
    src.add(f"return ({''.join(got[name] + ', ' for name in wanted)})")
    made: Decoder = _compile("def made(raw, at):", src, READING)
    return made


def _read(src: _Source, kind: Kind) -> str:
    var = src.name()
    if kind.name in ("long", "int"):
        src.add(f"{var} = raw[at]")
        src.add(f"if {var} < 128: {var} = ({var} >> 1) ^ -({var} & 1); at += 1")
        if kind.instant:
            # An instant of our time takes eight bytes: read them as one number and close up its groups of seven bits.
            src.add("else:")
            src.depth += 1
            src.add(f"{var} = from_bytes(raw[at:at + 8], 'little')")
            src.add(f"if {var} & {EIGHT_BYTES[0]} == {EIGHT_BYTES[1]}:")
            src.depth += 1
            src.add(f"{var} = ({var} & 0x007F007F007F007F) | (({var} & 0x7F007F007F007F00) >> 1)")
            src.add(f"{var} = ({var} & 0x00003FFF00003FFF) | (({var} & 0x3FFF00003FFF0000) >> 2)")
            src.add(f"{var} = ({var} & 0x0FFFFFFF) | (({var} & 0x0FFFFFFF00000000) >> 4)")
            src.add(f"{var} = ({var} >> 1) ^ -({var} & 1); at += 8")
            src.depth -= 1
            src.add(f"else: {var}, at = get_long(raw, at)")
            src.depth -= 1
        else:
            src.add(f"else: {var}, at = get_long(raw, at)")
        if kind.name == "int":
            src.add(f"if not {INT_MIN} <= {var} <= {INT_MAX}: raise ValueError('int out of range')")
    elif kind.name == "boolean":
        src.add(f"{var} = raw[at]")
        src.add(f"if {var} > 1: raise ValueError('not a boolean')")
        src.add(f"{var} = {var} == 1; at += 1")
    elif kind.name in ("string", "bytes"):
        src.add(f"{var} = raw[at]; at += 1")
        src.add(f"if {var} & 129: {var}, at = get_size(raw, at - 1)")
        src.add(f"else: {var} >>= 1")
        decode = ".decode()" if kind.name == "string" else ""
        src.add(f"at += {var}; {var} = raw[at - {var}:at]{decode}")
    elif kind.name == "fixed":
        src.add(f"{var} = raw[at:at + {kind.size}]; at += {kind.size}")
    elif kind.name == "nullable":
        assert kind.item is not None
        src.add("if raw[at] == 0: " + f"{var} = None; at += 1")
        src.add("elif raw[at] == 2:")
        src.depth += 1
        src.add("at += 1")
        src.add(f"{var} = {_read(src, kind.item)}")
        src.depth -= 1
        src.add("else: raise ValueError('unknown branch of a union')")
    elif kind.name == "array":
        assert kind.item is not None
        items, count = src.name(), src.name()
        src.add(f"{items} = []")
        _blocks(src, count, lambda: src.add(f"{items}.append({_read(src, kind.item)})"))  # type: ignore[arg-type]
        src.add(f"{var} = tuple({items})")
    else:
        parts = [_read(src, field.kind) for field in kind.fields]
        src.add(f"{var} = ({', '.join(parts)}, )")
    return var


def _skip(src: _Source, kind: Kind) -> None:
    if kind.instant:
        src.add(f"if from_bytes(raw[at:at + 8], 'little') & {EIGHT_BYTES[0]} == {EIGHT_BYTES[1]}: at += 8")
        src.add("else: _, at = get_long(raw, at)")
    elif kind.name in ("long", "int"):
        src.add("while raw[at] > 127: at += 1")
        src.add("at += 1")
    elif kind.name == "boolean":
        src.add("at += 1")
    elif kind.name in ("string", "bytes"):
        size = src.name()
        src.add(f"{size} = raw[at]; at += 1")
        src.add(f"if {size} & 129: {size}, at = get_size(raw, at - 1); at += {size}")
        src.add(f"else: at += {size} >> 1")
    elif kind.name == "fixed":
        src.add(f"at += {kind.size}")
    elif kind.name == "nullable":
        assert kind.item is not None
        src.add("at += 1")
        src.add("if raw[at - 1]:")
        src.depth += 1
        _skip(src, kind.item)
        src.depth -= 1
    elif kind.name == "array":
        assert kind.item is not None
        _blocks(src, src.name(), lambda: _skip(src, kind.item))  # type: ignore[arg-type]
    else:
        for field in kind.fields:
            _skip(src, field.kind)


def _blocks(src: _Source, count: str, each: Callable[[], None]) -> None:
    """An array's blocks; a negative count (block with a byte size) is legal Avro that we never write."""
    src.add(f"{count}, at = get_size(raw, at)")
    src.add(f"while {count}:")
    src.depth += 1
    src.add(f"for _ in range({count}):")
    src.depth += 1
    each()
    src.depth -= 1
    src.add(f"{count}, at = get_size(raw, at)")
    src.depth -= 1


def _compile(head: str, src: _Source, names: dict[str, Any]) -> Any:
    space: dict[str, Any] = dict(names)
    exec("\n".join([head, *src.lines]), space)  # our own schemas only: names come from files of the package
    return space["made"]
