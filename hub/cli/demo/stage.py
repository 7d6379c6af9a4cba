"""What the demonstration leaves for looking at it afterwards: its clock, two people, and the board as one file.

The demonstration's month lies in the past. A hub started on its folder therefore goes on from the month's last instant:
the folder's ``demo.json`` says by how much its clock differs from the machine's. No other folder has such a file.
"""

from __future__ import annotations

import json
import re
import urllib.request
from html import escape
from pathlib import Path
from typing import Final, NamedTuple

from hub.bootstrap import Hub
from hub.settings import Settings
from hub.store import Store
from hub.web.pages.assets import asset
from hub.words import AgencyId
from hub.writer import Clock, ShiftedClock, SystemClock

from ..common import DEMONSTRATION_MARK, is_demonstration

SUPERVISOR: Final = "duban"
CLERK: Final = "jingban"
_STYLE: Final = re.compile(r'<link rel="stylesheet" href="/static/([a-z.]+)[^"]*">')
_SCRIPT: Final = re.compile(r"<script [^>]*></script>\n?")


class Guest(NamedTuple):
    """Somebody the demonstration knows, and what for."""

    user: str
    shown: str
    role: str
    duty: str


GUESTS: Final = (
    Guest(SUPERVISOR, "演示督办员", "supervisor", "督查岗"),
    Guest(CLERK, "演示经办员", "clerk", "值守岗"),
)


def leave(home: Path, store: Store, now: int, agencies: dict[str, AgencyId]) -> None:
    """Note the clock and make the people: ``agencies`` says by user name where they work."""
    shift = now - SystemClock().now()
    (home / DEMONSTRATION_MARK).write_text(json.dumps({"clock_shift_micros": shift}) + "\n", encoding="utf-8")
    for guest in GUESTS:
        store.people.add(guest.user, guest.shown, guest.role, agencies[guest.user], guest.duty, now)


def clock_of(settings: Settings) -> Clock:
    """The clock of a hub with these settings: the machine's, or the demonstration's on its own folder."""
    if settings.database or not is_demonstration(settings.home):
        return SystemClock()
    noted = json.loads((settings.home / DEMONSTRATION_MARK).read_text(encoding="utf-8"))
    return ShiftedClock(int(noted["clock_shift_micros"]))


def links(hub: Hub, base: str) -> list[tuple[str, str]]:
    """A new one-time link for each of the demonstration's people: (who, link)."""
    now = hub.clock.now()
    made = []
    for guest in GUESTS:
        known = hub.store.people.person(guest.user)
        if known is not None:
            agency = hub.desk.registry().agency(AgencyId(known.agency))
            name = agency.name if agency is not None else ""
            token = hub.store.people.new_link(guest.user, now)
            made.append((f"{guest.duty}（{name}）", f"{base}/welcome/{token}"))
    return made


def board(out: Path, hub: Hub, url: str) -> Path:
    """``board.html``: the supervisor's board of this instant as one file that needs nothing else."""
    session = hub.store.sessions.open(SUPERVISOR, hub.clock.now())
    request = urllib.request.Request(f"{url}/board", headers={"Cookie": f"hub_session={session}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        page = answer.read().decode()
    target = out / "board.html"
    target.write_text(alone(page, f"http://127.0.0.1:{Settings.model_fields['http_port'].default}"), encoding="utf-8")
    return target


def alone(page: str, base: str) -> str:
    """A page as one file: styles inside, no scripts, links to where a hub on this folder answers."""

    def style(found: re.Match[str]) -> str:
        return f"<style>\n{asset(found[1]).content.decode()}</style>"

    page = _SCRIPT.sub("", _STYLE.sub(style, page))
    return re.sub(r'(href|action)="/', lambda found: f'{found[1]}="{escape(base)}/', page)
