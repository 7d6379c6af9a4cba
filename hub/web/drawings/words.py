"""The words of a lanes picture: names, lengths of time, results, and the description in full sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from html import escape

from hub.words import DAY, HOUR, SECOND

from .model import Leg, Picture
from .scale import local_text
from .tongues import ZH, Tongue

Name = Callable[[bytes], str]

_PLACE = re.compile("^[^市县区]{1,8}(?P<level>[市县区])(?P<rest>.+)$")
_TOWN = re.compile("^[^镇乡]{1,6}[镇乡](?P<rest>.+)$")


@lru_cache(4_096)  # a page names the agencies of a whole city
def short_name(name: str) -> str:
    """A registered name as people say it: 楚雄市苍岭镇西云村人民调解委员会 → 西云村调委会. Unknown names stay."""
    made = re.sub("[村居]民小组调解席位$", "小组", name).replace("人民调解委员会", "调委会")
    place = _PLACE.match(made.replace("矛盾纠纷多元化解中心", "化解中心"))
    if place is None:
        return made
    rest = place["rest"]
    town = _TOWN.match(rest)
    if town is not None:
        return town["rest"] if re.search("(村|社区)(调委会|小组)$", rest) else rest
    office = re.match("^(公安局|司法局)(?P<office>.+(派出所|司法所))$", rest)
    return office["office"] if office is not None else place["level"] + rest


def role(kind: str, level: str, words: Tongue = ZH) -> str:
    """The second line of a custodian's lane: its organ, else its level."""
    return words.organs.get(kind) or words.levels.get(level, "")


def length(micros: int, words: Tongue = ZH) -> str:
    """A length of time: minutes under 1 h, hours and minutes under 1 day, days and hours under 30 days, else days."""
    minutes = micros // (60 * SECOND)
    if micros < HOUR:
        return words.say("minutes", m=minutes)
    if micros < DAY:
        hours, left = divmod(minutes, 60)
        return words.say("hours_minutes", h=hours, m=left) if left else words.say("hours", h=hours)
    days, hours = micros // DAY, micros % DAY // HOUR
    return words.say("days_hours", d=days, h=hours) if hours and micros < 30 * DAY else words.say("days", d=days)


def result(leg: Leg, now: int, words: Tongue = ZH) -> tuple[str, str]:
    """What came of a referral, and the class of its words."""
    n, kind, why = leg.number, words.kinds.get(leg.kind, leg.kind), words.reasons.get(leg.reason, leg.reason)
    if leg.state == "returned":
        return words.say("returned", n=n, why=why), "t-late"
    if leg.state == "lapsed":
        phrase = "lapsed_signed" if leg.signed else "lapsed_unsigned"
        return words.say(phrase, n=n, day=local_text(leg.ended or now, "%m-%d")), "t-crit"
    if leg.state == "withdrawn":
        return words.say("withdrawn", n=n, why=why), "sub"
    if leg.state == "offered" and leg.accepted is None:
        return words.say("unsigned", n=n, kind=kind, span=length(now - leg.offered, words)), "t-soon"
    if leg.state == "signed" and leg.kind in ("transfer", "delegation", "escalation"):
        return words.say("unaccepted", n=n, kind=kind), "t-soon"
    return words.say("binding" if leg.kind == "assignment" else "plain", n=n, kind=kind), "sub"


def spoken(leg: Leg, name: Name, now: int, words: Tongue = ZH) -> str:
    """A leg as a sentence, for those who do not see it."""
    made = words.say(
        "leg", n=leg.number, kind=words.kinds.get(leg.kind, leg.kind), sender=name(leg.sender),
        receiver=name(leg.receiver), at=local_text(leg.offered),
    )  # fmt: skip
    if leg.signed is not None:
        made += words.say("leg_signed", at=local_text(leg.signed))
    if leg.accepted is not None and leg.kind != "assignment":
        made += words.say("leg_accepted", at=local_text(leg.accepted))
    if leg.state in ("returned", "lapsed", "withdrawn", "concluded"):
        made += words.say(f"leg_{leg.state}", at=local_text(leg.ended or now))
    elif leg.accepted is None and leg.signed is None:
        made += words.say("leg_unsigned")
    return made


def description(shown: Picture, name: Name, words: Tongue = ZH) -> str:
    """The whole picture in sentences."""
    stages = words.say("and").join(
        words.say("stage", name=name(hold.agency), day=local_text(hold.since, "%m-%d")) for hold in shown.holds
    )
    made = words.say("chain", stages=stages)
    for leg in shown.legs:
        if leg.state in ("returned", "lapsed", "withdrawn"):
            made += words.say(
                "ended", n=leg.number, kind=words.kinds.get(leg.kind, leg.kind),
                day=local_text(leg.ended or 0, "%m-%d"), what=words.say(f"was_{leg.state}"),
            )  # fmt: skip
    waiting = [leg for leg in shown.legs if leg.state in ("offered", "signed") and leg.accepted is None]
    if waiting:
        made += words.say("waiting", n=len(waiting))
    return made + ("" if shown.open else words.say("is_closed"))


class Marked:
    """Text as markup. In a language that is not theirs, registered names say that they are Chinese."""

    def __init__(self, names: Collection[str], words: Tongue) -> None:
        kept = sorted({escape(name) for name in names if not name.isascii()}, key=len, reverse=True)
        self._names = re.compile("|".join(map(re.escape, kept))) if kept and words.lang != "zh" else None

    def __call__(self, text: str, element: str = "tspan") -> str:
        """The text, escaped; ``element`` stands around names."""
        escaped = escape(text)
        if self._names is None:
            return escaped
        return self._names.sub(rf'<{element} lang="zh-CN">\g<0></{element}>', escaped)
