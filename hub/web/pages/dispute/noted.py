"""What is on record about a dispute and moves nothing, in a line: particulars, procedures, what parties said, visits.

Guarantee: the latest of each, with the event it stands in; nothing for what was never recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup

from ..messages import say
from ..render import label
from .case import Case, Entry
from .marking import marked
from .sentences import money


class Noted(NamedTuple):
    """One thing: what kind of thing, what it says, and the event. ``alarm``: an emergency."""

    kind: str
    words: Markup
    entry: Entry
    alarm: bool = False


def noted(case: Case, lang: str) -> list[Noted]:
    """The line, in this order: particulars, procedures, parties, visits."""
    latest: dict[tuple[str, str], Entry] = {}
    for entry in case.entries:
        key = KINDS.get(entry.topic)
        if key is not None:
            latest.pop((key, _which(entry)), None)
            latest[key, _which(entry)] = entry
    found = sorted(latest.items(), key=lambda item: ORDER.index(item[0][0]))
    return [_noted(lang, key, entry, case) for (key, _), entry in found]


KINDS: Mapping[str, str] = {
    "dispute.particulars": "particulars", "procedure.stepped": "procedure", "parties.informed": "informed",
    "followup.visited": "visited",
}  # fmt: skip
ORDER = tuple(KINDS.values())


def _which(entry: Entry) -> str:
    """What the latest is looked for of: each procedure, each subject."""
    return str(entry.fields.get("machine") or entry.fields.get("subject") or "")


def _noted(lang: str, key: str, entry: Entry, case: Case) -> Noted:
    f = entry.fields
    if key == "particulars":
        return Noted(key, Markup(say(lang, "ladder.gap")).join(_particulars(lang, f)), entry, bool(f["emergency"]))
    if key == "procedure":
        step = label(lang, "steps", f"{f['machine']}/{f['step']}")
        words = marked(lang, f["document"])
        what = say(lang, "ladder.colon").join((label(lang, "procedures", f["machine"]), step))
        return Noted(key, Markup("{} {}").format(what, words) if words else Markup.escape(what), entry)
    if key == "informed":
        answer = label(lang, "consents", f["answer"]) if f["answer"] else ""
        what = say(lang, "ladder.colon").join(part for part in (label(lang, "notices", f["subject"]), answer) if part)
        return Noted(key, Markup.escape(what), entry)
    visits = sum(e.topic == entry.topic for e in case.entries)
    said = [label(lang, "performances", f["performance"])]
    said += [label(lang, "satisfaction", f["satisfaction"])] if f["satisfaction"] else []
    said += [say(lang, "ladder.times", n=visits)] if visits > 1 else []
    return Noted(key, Markup.escape(say(lang, "ladder.gap").join(said)), entry)


def _particulars(lang: str, f: Mapping[str, Any]) -> Iterator[str]:
    if f["emergency"]:
        yield say(lang, "case.fact_emergency")
    for name in ("people", "deaths"):
        if f[name]:
            yield say(lang, f"case.fact_{name}", n=f[name])
    if f["claimed"] is not None:
        yield money(lang, f["claimed"])
    for code in f["triggers"]:
        yield label(lang, "risk_triggers", code)
    if not any((f["emergency"], f["people"], f["deaths"], f["claimed"] is not None, f["triggers"])):
        yield say(lang, "ladder.nothing")
