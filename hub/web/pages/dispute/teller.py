"""Telling the events of a dispute in order: each needs what was told before it (numbers of referrals, who holds it)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from ...drawings import tongue
from .. import when
from ..messages import say
from .case import Entry
from .marking import markup
from .sentences import SENTENCES, Fields, Leg, Short, Values

OPENING: Final = frozenset({"referral.offered", "referral.assigned"})
TYPED: Final = 160  # characters of a typed text shown beside its event; all of it stands on the event's page


class Told(NamedTuple):
    """An event in words: what happened, what belongs to it, what was typed; ``moved``: custody came to somebody."""

    icon: str
    head: Markup
    more: Markup
    typed: str
    moved: bool


class Teller:
    """Tells the events of one dispute, in order. ``code``: a code's word; ``short``: an agency's short name;
    ``whole``: typed texts are not cut.
    """

    def __init__(self, lang: str, code: Callable[[str, str], str], short: Short, *, whole: bool = False) -> None:
        self.lang = lang
        self.cut = str if whole else cut
        self.code = code
        self.short = short
        self.words = tongue(lang)
        self.legs: dict[bytes, Leg] = {}
        self.attempts = 0
        self.custodian = b""
        self.moved = False

    def tell(self, entry: Entry) -> Told:
        """The next event; of a referral whose beginning is missing (a broken chain) only its type. KeyError for a type
        that has no sentence.
        """
        icon, values = self.hear(entry)
        if values is None:
            return Told(icon, self._say(f"type.{entry.topic}", {}), Markup(), "", self.moved)
        more = self._say(entry.topic + values["more"], values) if values["more"] else Markup()
        head = self._say(entry.topic + values["head"], values)
        return Told(values["icon"], head, more, self.cut(values["typed"]), self.moved)

    def hear(self, entry: Entry) -> tuple[str, Values | None]:
        """The next event without its words: what later sentences must know of it. Its symbol, and what its own sentence
        says (None: nothing is known of its referral).
        """
        f = entry.fields
        self.moved = f["custodian"] != self.custodian
        self.custodian = f["custodian"]
        if self.moved:
            self.attempts = 0
        icon, sentence = SENTENCES[entry.topic]
        if entry.topic not in OPENING and f.get("referral") not in (None, *self.legs):
            return icon, None
        values: Values = {"head": "", "more": "+", "typed": "", "icon": icon, "custodian": self.short(self.custodian)}
        values |= sentence(self, f)
        self._remember(entry.topic, f)
        return icon, values

    def on(self, name: str, referral: bytes | None) -> str:
        """An obligation's name, with the number of the referral it is about."""
        what = say(self.lang, f"case.o_{name}")
        leg = self.legs.get(referral or b"")
        return what if leg is None else say(self.lang, "case.on_referral", n=leg.n, what=what)

    def leg(self, f: Fields) -> Values:
        """The values every sentence about a referral has."""
        known = self.legs[f["referral"]]
        return {"n": known.n, "sender": self.short(known.sender), "receiver": self.short(known.receiver)}

    def until(self, at: int) -> str:
        """When a limit ends."""
        return when.until(self.lang, at)

    def _say(self, key: str, values: Mapping[str, Any]) -> Markup:
        return markup(self.lang, f"case.{key}", **values)

    def _remember(self, topic: str, f: Fields) -> None:
        leg = self.legs.get(f.get("referral") or b"")
        if leg is None:
            return
        if topic == "referral.signed":
            self.legs[f["referral"]] = leg._replace(signed=True)
        elif topic == "referral.proposed":
            self.legs[f["referral"]] = leg._replace(asker=f["agency"])


def cut(typed: str) -> str:
    """A typed text as it stands in a list: one line, not too long."""
    line = " ".join(typed.split())
    return line if len(line) <= TYPED else line[: TYPED - 1] + "…"
