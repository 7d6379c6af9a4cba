"""What the demonstration leaves in its folder: an eventful dispute's lanes, the ledger, the figures."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from connectors.client import HttpTransport
from connectors.framing import instant_micros
from hub.bootstrap import Hub
from hub.contract import Contract
from hub.store import Store
from hub.web.drawings import Due, draw, picture
from hub.web.drawings.words import role, short_name
from hub.web.exports import Facts, write_ledger
from hub.words import DAY, text

from .figures import Json, items
from .table import STEPS

History = list[tuple[str, Mapping[str, Any]]]


def write_figures(folder: Path, figures: Json) -> Path:
    """``figures.json``."""
    target = folder / "figures.json"
    target.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return target


def histories(store: Store, contract: Contract) -> dict[bytes, History]:
    """Every dispute's events, decoded."""
    found: dict[bytes, History] = defaultdict(list)
    after = 0
    while rows := store.read(after, 1_000):
        for row in rows:
            if not row.topic.startswith("agency."):
                schema, values = contract.decode(row.body)
                found[row.stream].append((row.topic, dict(zip(schema.fields, values, strict=True))))
        after = rows[-1].position
    return found


def eventful(found: Mapping[bytes, History]) -> bytes:
    """The dispute that shows most: returned, lapsed, assigned, passed on, still open."""

    def weight(stream: bytes) -> tuple[float, bytes]:
        count = Counter(name for name, _ in found[stream])
        holders = len({fields["custodian"] for _, fields in found[stream]})
        return (
            4 * min(count["referral.returned"], 2) + 5 * min(count["referral.lapsed"], 2)
            + 7 * bool(count["referral.assigned"]) + 3 * min(holders, 5) + 0.3 * count["attempt.held"]
            + 2 * bool(count["feedback.given"]) + bool(count["obligation.urged"]) - 4 * bool(count["dispute.closed"]),
            stream,
        )  # fmt: skip

    return max(found, key=weight)


def write_lanes(folder: Path, hub: Hub, api: HttpTransport, now: int) -> tuple[Path, str]:
    """``lanes.svg`` of the most eventful dispute; and its number."""
    found = histories(hub.store, hub.contract)
    stream = eventful(found)
    registry = hub.desk.registry()
    dues = [
        Due(STEPS[row["obligation"]], instant_micros(row["due_at"]), _light(instant_micros(row["due_at"]), now))
        for row in items(api, "/v1/obligations", dispute=text(stream))
        if row["debtor"]["id"] == row["custodian"]["id"]
    ]

    def name(agency: bytes) -> str:
        known = registry.agencies.get(agency)  # type: ignore[call-overload]
        return short_name(known.name) if known is not None else text(agency)[:8]

    def what(agency: bytes) -> str:
        known = registry.agencies.get(agency)  # type: ignore[call-overload]
        return role(known.kind, known.level) if known is not None else ""

    shown = picture(found[stream], now, dues, what)
    target = folder / "lanes.svg"
    target.write_text(draw(shown, name, alone=True).svg, encoding="utf-8")
    return target, shown.number


def _light(due: int, now: int) -> str:
    return "late" if due < now else "soon" if due < now + 2 * DAY else ""


def write_ledger_file(folder: Path, hub: Hub, figures: Json, now: int) -> Path:
    """``ledger.xlsx`` from the views."""
    target = folder / "ledger.xlsx"
    disputes = list(_disputes(hub))
    legs = (leg | {"number": row["number"]} for row in disputes for leg in _legs(hub, row["dispute"]))
    kinds: dict[str, dict[str, int]] = figures["completeness_by_kind"]
    equation: Sequence[Json] = [
        *({"kind": kind, **row} for kind, row in kinds.items()), {"kind": "", **figures["completeness"]}
    ]  # fmt: skip
    notes = (("种子", str(figures["seed"])), ("账本根哈希", figures["head_hash"]))
    write_ledger(str(target), Facts("楚雄市", figures["events"], now, notes), disputes, legs, equation)
    return target


def _disputes(hub: Hub) -> Iterator[Json]:
    cursor: str | None = None
    while True:
        page = hub.views.custody.disputes(cursor=cursor, limit=500)
        yield from page.items
        cursor = page.next
        if cursor is None:
            return


def _legs(hub: Hub, dispute: bytes) -> list[Json]:
    legs: list[Json] = hub.views.custody.chain(dispute).items[0]["legs"]
    return legs
