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
from hub.projections.sheet import has_custody
from hub.store import Store
from hub.web.drawings import Due, draw, picture
from hub.web.drawings.words import role, short_name
from hub.web.exports import Facts, write_ledger
from hub.words import ASSIGNMENT, DAY, text

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
            if has_custody(row.topic):
                schema, values = contract.decode(row.body)
                found[row.stream].append((row.topic, dict(zip(schema.fields, values, strict=True))))
        after = rows[-1].position
    return found


def eventful(found: Mapping[bytes, History]) -> bytes:
    """The dispute that shows most: returned, lapsed, assigned, accepted, passed on, agreed, still open."""

    def weight(stream: bytes) -> tuple[float, bytes]:
        count = Counter(name for name, _ in found[stream])
        everything = count["referral.returned"] and count["referral.lapsed"] and count["referral.assigned"]
        holders = len({fields["custodian"] for _, fields in found[stream]})
        return (
            4 * min(count["referral.returned"], 2) + 5 * min(count["referral.lapsed"], 2)
            + 7 * bool(count["referral.assigned"]) + 5 * min(count["referral.accepted"], 2) + 3 * min(holders, 5)
            + 0.3 * count["attempt.held"] + 4 * bool(count["agreement.reached"])
            + 12 * bool(everything) + 2 * bool(count["feedback.given"]) + bool(count["obligation.urged"])
            - 4 * bool(count["dispute.closed"]),
            stream,
        )  # fmt: skip

    return max(found, key=weight)


class Keepsakes:
    """Writes the files of one finished month into ``folder``."""

    def __init__(self, folder: Path, hub: Hub, now: int) -> None:
        self._folder = folder
        self._hub = hub
        self._now = now
        self._histories = histories(hub.store, hub.contract)
        self._agencies = {bytes(agency.id): agency for agency in hub.desk.registry().agencies.values()}

    def lanes(self, api: HttpTransport) -> tuple[Path, str]:
        """``lanes.svg`` of the most eventful dispute; and its number."""
        stream = eventful(self._histories)
        dues = [
            Due(STEPS[row["obligation"]], instant_micros(row["due_at"]), self._light(instant_micros(row["due_at"])))
            for row in items(api, "/v1/obligations", dispute=text(stream))
            if row["debtor"]["id"] == row["custodian"]["id"]
        ]
        shown = picture(self._histories[stream], self._now, dues, self._role, calendar=self._hub.parts.pack.calendar)
        target = self._folder / "lanes.svg"
        target.write_text(draw(shown, self._short, alone=True).svg, encoding="utf-8")
        return target, shown.number

    def ledger(self, figures: Json) -> Path:
        """``ledger.xlsx``: disputes as the view has them, referrals from the events."""
        target = self._folder / "ledger.xlsx"
        disputes = list(self._disputes())
        legs = (leg for row in disputes for leg in self._legs(self._histories[row["dispute"]]))
        kinds: dict[str, dict[str, int]] = figures["completeness_by_kind"]
        equation: Sequence[Json] = [
            *({"kind": kind, **row} for kind, row in kinds.items()), {"kind": "", **figures["completeness"]}
        ]  # fmt: skip
        notes = (("种子", str(figures["seed"])), ("账本根哈希", figures["head_hash"]))
        facts = Facts("楚雄市", figures["events"], self._now, notes)
        write_ledger(str(target), facts, disputes, legs, equation)
        return target

    def _disputes(self) -> Iterator[Json]:
        cursor: str | None = None
        while True:
            page = self._hub.views.custody.disputes(cursor=cursor, limit=500)
            yield from page.items
            cursor = page.next
            if cursor is None:
                return

    def _legs(self, history: History) -> Iterator[Json]:
        shown = picture(history, self._now)
        for leg in shown.legs:
            taken = leg.signed if leg.kind == ASSIGNMENT else leg.accepted  # an assignment is accepted by signing it
            yield {
                "number": shown.number, "n": leg.number, "kind": leg.kind, "channel": leg.channel,
                "sender_name": self._name(leg.sender), "receiver_name": self._name(leg.receiver),
                "offered_at": leg.offered, "sign_due_at": leg.sign_due, "signed_at": leg.signed,
                "accepted_at": taken, "ended_at": leg.ended, "state": leg.state, "referral": leg.referral,
            }  # fmt: skip

    def _name(self, agency: bytes) -> str:
        known = self._agencies.get(agency)
        return known.name if known is not None else text(agency)

    def _short(self, agency: bytes) -> str:
        return short_name(self._name(agency))

    def _role(self, agency: bytes) -> str:
        known = self._agencies.get(agency)
        return role(known.kind, known.level) if known is not None else ""

    def _light(self, due: int) -> str:
        return "late" if due < self._now else "soon" if due < self._now + 2 * DAY else ""
