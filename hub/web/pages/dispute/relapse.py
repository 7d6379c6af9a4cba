"""疑似复发 on a dispute's page: the closed disputes it may be again, why, how each had ended, and what was decided.

Guarantee: only pairs whose earlier dispute the visitor may see; nothing stands there where there is none; what was
decided is read from the dispute's own events. What follows from a relapse is advice, not a guard: a broken agreement
and used-up tries begin no second ladder (人民调解法 §31, §32; the rest hub defaults).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from hub.projections import Item
from hub.projections.database import Missing
from hub.words import text

from ...relapses import pairs
from ..messages import say
from ..render import label
from ..visitors import Visitor
from .case import Case

LIGHTS = {"suspected": "soon", "same": "late", "other": "calm"}


class Row(NamedTuple):
    """One earlier dispute. ``grounds``, ``advice``: words; ``yes``, ``no``: where it is decided, "" = not by this
    visitor, or it is so already.
    """

    item: Item
    light: str
    grounds: str
    advice: tuple[str, ...]
    yes: str
    no: str


def relapse(visitor: Visitor, case: Case, lang: str, back: str) -> list[Row]:
    """The rows of the panel, the latest dispute first; none while the view is being built."""
    if not case.state.relapses:
        return []
    try:
        found = pairs(visitor.parts.views, visitor.scope(), case.state.id)
    except Missing:
        return []
    decided = {entry.fields["earlier"]: entry.fields for entry in case.entries if entry.topic == "relapse.decided"}
    for item in found:  # the view may be behind what was just decided
        last = decided.get(item["earlier"])
        if last is not None:
            item["state"], item["note"] = "same" if last["same"] else "other", last["note"]
    mine = visitor.may("act.person") and visitor.person.agency == case.state.custodian and case.state.status != "void"

    def href(item: Item, answer: str, state: str) -> str:
        if not mine or item["state"] == state:
            return ""
        query = {"dispute": text(case.state.id), "earlier": text(item["earlier"]), "same": answer, "back": back}
        return f"/act/decide_relapse?{urlencode(query)}"

    return [
        Row(
            item, LIGHTS[item["state"]],
            say(lang, "relapse.comma").join(label(lang, "relapse_grounds", code) for code in item["grounds"]),
            tuple(_advice(lang, item)), href(item, "yes", "same"), href(item, "no", "other"),
        )
        for item in found
    ]  # fmt: skip


def _advice(lang: str, item: dict[str, Any]) -> Iterator[str]:
    if item["state"] != "other":
        if item["broken"]:
            yield say(lang, "relapse.after_broken")
        if item["exhausted"]:
            yield say(lang, "relapse.after_exhausted")
