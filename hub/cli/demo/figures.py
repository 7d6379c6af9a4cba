"""The month's figures, asked of the hub through its own API by a supervisor, and the Merkle root over its events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from connectors.client import HttpTransport
from hub.ledger.tree import Tree
from hub.store import Store
from hub.words import OBLIGATIONS

PAGE: Final = 500
COMPLETENESS: Final = ("sent", "signed", "returned", "withdrawn", "lapsed", "pending", "difference")
Json = dict[str, Any]


def items(api: HttpTransport, path: str, **query: str | int) -> Iterator[Json]:
    """All items of a list, page after page."""
    cursor: str | None = None
    while True:
        asked = {**query, "limit": PAGE} | ({"cursor": cursor} if cursor else {})
        page = api.get(f"{path}?{urlencode(asked)}")
        yield from page["items"]
        cursor = page.get("next")
        if not cursor:
            return


def collect(api: HttpTransport, store: Store, seed: int) -> Json:
    """Everything ``figures.json`` holds. The same over any transport but for ``head_hash``: the order may differ."""
    city = api.get("/v1/figures")
    total = api.get("/v1/completeness")["items"][0]
    kinds = {row["kind"]: _equation(row) for row in api.get("/v1/completeness?by=kind")["items"]}
    overdue = {name: sum(1 for _ in items(api, "/v1/obligations", name=name, overdue="true")) for name in OBLIGATIONS}
    return {
        "seed": seed,
        "events": city["position"],
        "agencies": sum(1 for _ in items(api, "/v1/agencies")),
        "disputes": city["disputes"],
        "open": city["open"],
        "closed": city["closed"],
        "void": city["void"],
        "unowned": city["unowned"],
        "completeness": _equation(total),
        "completeness_by_kind": kinds,
        "overdue": overdue,
        "head_hash": head_hash(store),
    }


def head_hash(store: Store) -> str:
    """The RFC 6962 root over all events, in hex."""
    tree = Tree()
    while rows := store.read(tree.size, 1_000):
        for row in rows:
            tree.add(row.body)
    return tree.root().hex()


def _equation(row: Json) -> dict[str, int]:
    return {name: row[name] for name in COMPLETENESS}
