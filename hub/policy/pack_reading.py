"""Packs as their files write them: read, checked, and refused with the entry at fault; overlays put on top.

A pack::

    id = "P2026.2"
    since = 2026-01-01                 # clocks that start from this day on; left out = from ever
    [limits.accept]                    # one per obligation, as in ``limit_tables``
    [[special]]                        # of one channel or kind: those keys, and the obligation it stands for; of a
                                       # legal clock the kind may be a step, "entrust/entrusted_summary"
    obligation = "accept"
    channel = "petition"
    [channels.court]                   # return = "free" or "consent", with its basis
    [agreement] [supervision] [procedures.*]
    [offers] [senders] [shown.*]       # guards of channels, who may begin a procedure, clocks of other procedures
    [relapse]                          # days, most: when an earlier dispute is pointed out, with the basis
    [[screening]] [rectify]            # rounds of screening and the limit of a finding: ``screening``

Packs are laid over each other: what all share, what holds from a day on, a city's own practice. A later layer's limit,
channel or procedure takes the place of the earlier one's; the ids are joined by ``+``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from hub.words import HOUR, OBLIGATIONS

from .calendar import Calendar, shipped_calendar
from .channels import OffersRefused, read_offers
from .ladder_reading import own_scheme, read_ladders
from .ladder_scheme import Scheme, SchemeRefused
from .laying import LADDER, laid, load, what
from .limit_tables import LimitRefused, read_limit, special_key
from .limits import Limit
from .pack import CHANNELS, EMERGENCY, SIGNED, Pack, PackRefused, Relapses
from .policy import Policy
from .procedures import Procedure, ProcedureRefused, read_procedure
from .routing import RoutingRefused, read_recipients, read_routing
from .screening import ScreeningRefused, read_rectify, read_screening
from .shown import ShownRefused, read_shown

BASE: Final = "national"  # what all of them share
SHIPPED: Final = ("p2023", "p2025", "p2026")
WITH: Final = MappingProxyType({  # what they share: procedures of docking, the court's, the police's
    "p2023": ("docking", "court_2023", "police_2012"),
    "p2025": ("docking", "court_2025", "police_2012"),
    "p2026": ("docking", "court_2025", "police_2026"),
})  # fmt: skip
EARLIER: Final = ("p2026_1",)  # named by events of earlier versions of the hub; no clock starts under them
OVERLAYS: Final = MappingProxyType({"5323": "chuxiong", "5107": "mianyang"})  # by the city's region
KEYS: Final = frozenset(
    {
        "id",
        "since",
        "title",
        "limits",
        "special",
        "channels",
        "agreement",
        "supervision",
        "procedures",
        "ladder",
        "grades",
        "offers",
        "senders",
        "shown",
        "routing",
        "recipients",
        "screening",
        "rectify",
        "relapse",
    }
)
TABLES: Final = (
    "limits",
    "channels",
    "procedures",
    "offers",
    "senders",
    "shown",
)  # laid over each other entry by entry
RETURNS: Final = ("free", "consent")
KINDS: Final = ("transfer", "delegation", "escalation", "assignment", "assistance", "notice")


def read_pack(*texts: str, calendar: Calendar | None = None) -> Pack:
    """One pack from a text and what is laid over it, in order. PackRefused names the missing, unknown or wrong one."""
    layers = [_layer(text) for text in texts]
    for layer in layers:
        for key in sorted(layer.keys() - KEYS):
            raise PackRefused(f"unknown entry {key}")
    merged: dict[str, Any] = {name: {} for name in TABLES} | {"special": []}
    for layer in layers:
        for key, value in layer.items():
            if key in TABLES:
                merged[key] = merged[key] | value
            elif key == "special":
                merged[key] = [*merged[key], *value]
            else:
                merged[key] = value
    try:
        merged["id"] = "+".join(layer["id"] for layer in layers if "id" in layer)
        if not merged["id"]:
            raise PackRefused("the pack lacks 'id'")
        return _pack(merged, calendar or shipped_calendar())
    except KeyError as missing:
        raise PackRefused(f"the pack lacks {missing}") from missing
    except (
        LimitRefused,
        ProcedureRefused,
        OffersRefused,
        ShownRefused,
        RoutingRefused,
        ScreeningRefused,
        SchemeRefused,
    ) as why:
        raise PackRefused(str(why)) from why


def shipped_policy(city: str = "", own: Sequence[str] = (), by_hand: Sequence[str] = ()) -> Policy:
    """The packs that come with the hub with the overlay of a city, and an operator's own (``laying``: beside them, over
    them or in their place); days set by hand on top of the calendar. PackRefused, CalendarRefused.
    """
    calendar = shipped_calendar(by_hand)
    name = next((overlay for prefix, overlay in OVERLAYS.items() if city.startswith(prefix)), "")
    over = [_text(name)] if name else []
    layers = laid([[_text(BASE), *map(_text, WITH[pack]), _text(pack), *over] for pack in SHIPPED], own)
    packs = [read_pack(*texts, calendar=calendar) for texts in layers]
    return Policy.of(packs, [read_pack(_text(pack), calendar=calendar) for pack in EARLIER])


def _text(name: str) -> str:
    return files("hub.policy").joinpath("packs", f"{name}.toml").read_text(encoding="utf-8")


def _pack(raw: Mapping[str, Any], calendar: Calendar) -> Pack:
    limits = {name: read_limit(name, raw["limits"][name]) for name in OBLIGATIONS}
    returns = {name: _return(name, raw["channels"][name]) for name in CHANNELS}
    unknown = sorted(set(raw["limits"]) - set(OBLIGATIONS) | set(raw["channels"]) - set(CHANNELS))
    if unknown:
        raise PackRefused(f"the pack holds something unknown: {unknown[0]}")
    since = raw.get("since")
    if since is not None and type(since) is not date:
        raise PackRefused("since: a date is expected")
    for table in (raw["agreement"], raw["supervision"]):
        if not table["basis"]:
            raise PackRefused("agreement, supervision: the basis is missing")
    procedures = {code: _procedure(code, item) for code, item in raw["procedures"].items()}
    steps = {f"{code}/{step}" for code, procedure in procedures.items() for step in procedure.steps}
    return Pack(
        id=raw["id"],
        calendar=calendar,
        limits=MappingProxyType(limits),
        consent_channels=frozenset(name for name, policy in returns.items() if policy == "consent"),
        agreement_days=raw["agreement"]["default_days"],
        supervise_after=raw["supervision"]["after_breach_hours"] * HOUR,
        since=since.toordinal() if since is not None else None,
        special=MappingProxyType(_special(raw["special"], steps)),
        procedures=MappingProxyType(procedures),
        grades=MappingProxyType({word: kind for kind, words in raw.get("grades", {}).items() for word in words}),
        ladder=_ladder(raw.get("ladder", "")),
        offers=read_offers(raw["offers"], CHANNELS, KINDS, steps),
        senders=MappingProxyType(_senders(raw["senders"], procedures)),
        shown=MappingProxyType(read_shown(raw["shown"], steps)),
        routing=read_routing(raw.get("routing", ())),
        recipients=read_recipients(raw.get("recipients", ())),
        screening=read_screening(raw.get("screening", [])),
        rectify=read_rectify(raw.get("rectify")),
        relapse=_relapse(raw.get("relapse")),
        title=(raw.get("title", {}).get("zh", ""), raw.get("title", {}).get("en", "")),
        bases=MappingProxyType(_bases(raw)),
        memo={},
    )


def _bases(raw: Mapping[str, Any]) -> dict[str, str]:
    found = {f"channels.{name}": raw["channels"][name]["basis"] for name in CHANNELS}
    named = ("agreement", "supervision", *(("relapse",) if "relapse" in raw else ()))
    return found | {name: raw[name]["basis"] for name in named}


def _relapse(raw: Mapping[str, Any] | None) -> Relapses:
    if raw is None:
        return Relapses()
    if raw.keys() != {"days", "most", "basis"} or not raw["basis"]:
        raise PackRefused("relapse: days, most and their basis are expected, and nothing else")
    for name in ("days", "most"):
        if type(raw[name]) is not int or raw[name] < 0:
            raise PackRefused(f"relapse.{name}: a whole number from 0 on is expected")
    return Relapses(raw["days"], raw["most"])


def _layer(text: str) -> dict[str, Any]:
    """A text's tables; a ladder by itself is a layer that holds nothing else."""
    raw = load(text)
    return {"id": raw.get("id", ""), "ladder": own_scheme(text)} if what(text) == LADDER else raw


def _ladder(ident: str | Scheme) -> Scheme | None:
    if isinstance(ident, Scheme):
        if ident.id in _ladders():
            raise PackRefused(f"ladder: {ident.id} comes with the hub: another text, another id")
        return ident
    if not ident:
        return None
    found = _ladders().get(ident)
    if found is None:
        raise PackRefused(f"ladder: unknown {ident}")
    return found


@cache
def _ladders() -> Mapping[str, Scheme]:
    return read_ladders()


def _senders(raw: Mapping[str, Any], procedures: Mapping[str, Procedure]) -> dict[str, frozenset[str]]:
    for code, named in raw.items():
        if code not in procedures:
            raise PackRefused(f"senders.{code}: unknown procedure")
        if not isinstance(named, list) or not all(isinstance(agency, str) for agency in named):
            raise PackRefused(f"senders.{code}: a list of agency codes is expected")
    return {code: frozenset(named) for code, named in raw.items()}


def _return(name: str, raw: Mapping[str, Any]) -> str:
    if raw["return"] not in RETURNS:
        raise PackRefused(f"channels.{name}.return: one of {', '.join(RETURNS)} is expected")
    if not raw["basis"]:
        raise PackRefused(f"channels.{name}: its basis is missing")
    return str(raw["return"])


def _procedure(code: str, raw: Mapping[str, Any]) -> Procedure:
    found = read_procedure(code, raw)
    if found.channel not in CHANNELS:
        raise PackRefused(f"procedures.{code}.channel: unknown {found.channel}")
    return found


def _special(raw: Sequence[Mapping[str, Any]], steps: Collection[str]) -> dict[tuple[str, str, str], Limit]:
    made: dict[tuple[str, str, str], Limit] = {}
    for table in raw:
        obligation, channel, kind = table["obligation"], table.get("channel", ""), table.get("kind", "")
        where = f"special {obligation} {channel} {kind}".rstrip()
        if obligation not in (*OBLIGATIONS, SIGNED):
            raise PackRefused(f"{where}: obligation unknown")
        if channel and channel not in CHANNELS:
            raise PackRefused(f"{where}: channel unknown")
        if "/" in kind and (obligation != SIGNED or kind not in steps):
            raise PackRefused(f"{where}: a legal clock's step of a procedure is expected")
        if kind and "/" not in kind and kind not in (*KINDS, EMERGENCY) and obligation != "acknowledge":
            raise PackRefused(f"{where}: kind unknown")
        if not channel and not kind:
            raise PackRefused(f"{where}: a channel or a kind is expected")
        own = {key: value for key, value in table.items() if key not in ("obligation", "channel", "kind")}
        made[obligation, channel, kind] = read_limit(special_key(obligation, channel, kind), own)
    return made
