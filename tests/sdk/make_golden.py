"""Writes ``schemas/golden/records.json``: two samples of every record type, in JSON form and as exact bytes.

    python -m tests.sdk.make_golden

Run it only when a schema was added: what is written is the wire format, which never changes for a given schema.
"""

import json
from pathlib import Path
from typing import Any

from hub.contract import Contract, leaf_hash, load
from hub.contract.schema import Kind, Schema

TARGET = Path(__file__).resolve().parents[2] / "schemas" / "golden" / "records.json"
TEXTS = ("责任单位", "a", "", "𠮷野家·彝", "x" * 70)
LONGS = (0, -1, 63, 64, 1_790_000_000_000_000, -(1 << 62))


def main() -> None:
    """Write the file."""
    contract = load()
    made = [entry for schema in contract.by_id.values() for entry in entries(contract, schema)]
    made.sort(key=lambda e: (e["role"], e["name"], e["version"], e["sample"]))
    TARGET.write_text("[\n" + ",\n".join(json.dumps(e, ensure_ascii=False) for e in made) + "\n]\n", encoding="utf-8")


def entries(contract: Contract, schema: Schema) -> list[dict[str, Any]]:
    """The samples of one type: everything filled in, and as little as possible."""
    made = []
    for sample, full in (("full", True), ("bare", False)):
        values = [value(f.kind, i, full) for i, f in enumerate(schema.record.fields)]
        stored = contract.encode(schema, values)
        made.append(
            {
                "role": schema.role,
                "name": schema.name,
                "version": schema.version,
                "sample": sample,
                "id": schema.id,
                "fingerprint": schema.fingerprint.hex(),
                "json": contract.to_json(schema, values),
                "stored": stored.hex(),
                "kafka": contract.to_kafka(stored).hex(),
                "leaf": leaf_hash(stored).hex(),
            }
        )
    return made


def value(kind: Kind, i: int, full: bool) -> Any:
    """A value of a type, different for neighbouring fields, with the edges of each type among them."""
    match kind.name:
        case "nullable":
            assert kind.item is not None
            return value(kind.item, i, full) if full else None
        case "array":
            assert kind.item is not None
            return tuple(value(kind.item, i + n, full) for n in range(2)) if full else ()
        case "record":
            return tuple(value(f.kind, i + n, full) for n, f in enumerate(kind.fields))
        case "fixed":
            return bytes((i + n) % 256 for n in range(kind.size)) if full else bytes(kind.size)
        case "bytes":
            return bytes(range(40)) if full else b""
        case "boolean":
            return full
        case "int":
            return -7 if full else 0
        case "long" if kind.instant:
            return 1_790_000_000_123_456 + i if full else 0
        case "long":
            return LONGS[i % len(LONGS)] if full else 0
        case _:
            return TEXTS[i % len(TEXTS)] if full else ""


if __name__ == "__main__":
    main()
