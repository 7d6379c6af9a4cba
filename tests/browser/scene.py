"""A hub that people look at in a browser: a few days of the real city by the sandbox, or a small city of commands.

``Scene`` is any running hub with its address; it opens sessions without passwords. Views stand still until ``settle``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from connectors.city import chuxiong
from connectors.sandbox.month import OPENING, Month
from hub.bootstrap import Hub
from hub.bootstrap.serving import Background
from hub.cli.demo.files import eventful, histories
from hub.cli.demo.trial import Trial
from hub.projections.obligations.desk import ACCEPT, SIGN
from hub.words import AgencyId, agency_id
from tests.pages.city import City

CENTRE = "532301.centre"
DAYS, DISPUTES, SEED = 9, 70, 12  # few days in which nearly everything happens (tests/sandbox/months.py)
SIZE = (1366, 768)


@dataclass(frozen=True)
class Who:
    """Somebody to look as. ``agency`` "" = the agency with the fullest desk."""

    role: str
    agency: str = CENTRE


SUPERVISOR, CLERK, AUDITOR = Who("supervisor"), Who("clerk", ""), Who("auditor")
OPERATOR = Who("operator")
IDLE = Who("clerk", "532301.procuratorate")  # a desk on which little lies
NOBODY: Who | None = None


@dataclass
class Scene:
    """A running hub."""

    hub: Hub
    url: str
    sessions: dict[Who, str] = field(default_factory=dict)
    users: dict[Who, str] = field(default_factory=dict)

    def user(self, who: Who) -> str:
        """The name somebody signs in with; the person is made where there is none."""
        if who not in self.users:
            self.users[who] = f"u{len(self.users) + 1}"
            duty = {"supervisor": "督查岗", "clerk": "值守岗"}.get(who.role, "")
            agency = agency_id(self.code(who))
            self.hub.store.people.add(self.users[who], "李某某", who.role, agency, duty, self.hub.clock.now())
        return self.users[who]

    def link(self, who: Who) -> str:
        """A one-time link for somebody, as the operator hands it out."""
        return f"/welcome/{self.hub.store.people.new_link(self.user(who), self.hub.clock.now())}"

    def code(self, who: Who) -> str:
        """The code of somebody's agency."""
        return who.agency or self.busiest

    def session(self, who: Who) -> str:
        """The cookie of a session of somebody of this role and agency, made where there is none."""
        if who not in self.sessions:
            self.sessions[who] = self.hub.store.sessions.open(self.user(who), self.hub.clock.now())
        return self.sessions[who]

    def context(
        self, chrome: Browser, who: Who | None, size: tuple[int, int] = SIZE, *, script: bool = True, bare: bool = False
    ) -> BrowserContext:
        """A browser of one's own, signed in. ``bare``: the page's own policy is off, for tools that look into it."""
        made = chrome.new_context(
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=script,
            bypass_csp=bare,
            locale="zh-CN",
            has_touch=size[0] < 640,
        )
        made.set_default_timeout(10_000)
        if who is not None:
            made.add_cookies([{"name": "hub_session", "value": self.session(who), "url": self.url}])
        return made

    def page(self, chrome: Browser, who: Who | None, size: tuple[int, int] = SIZE, *, script: bool = True) -> Page:
        """A page in such a browser."""
        return self.context(chrome, who, size, script=script).new_page()

    # what is there to look at

    @cached_property
    def busiest(self) -> str:
        """The agency on whose desk most waits to be signed and accepted."""
        desk, now = self.hub.views.desk, self.hub.clock.now()

        def weight(agency: AgencyId) -> tuple[bool, int]:
            sizes = desk.sizes(agency, now).sizes
            return sizes[SIGN].total > 0 and sizes[ACCEPT].total > 0, sum(size.total for size in sizes.values())

        agencies = self.hub.desk.registry().agencies.values()
        return max(agencies, key=lambda a: (*weight(a.id), a.code)).code

    @cached_property
    def eventful(self) -> str:
        """The number of the open dispute that shows most; of any where none is open."""
        found = histories(self.hub.store, self.hub.contract)
        over = {"dispute.closed", "dispute.voided"}
        running = {stream: told for stream, told in found.items() if over.isdisjoint(name for name, _ in told)}
        return str(found[eventful(running or found)][0][1]["number"])

    @property
    def position(self) -> int:
        """The log's last position."""
        return self.hub.desk.position


@contextmanager
def short_month(home: Path, days: int = DAYS, disputes: int = DISPUTES, seed: int = SEED) -> Iterator[Scene]:
    """The real city after some days of work, served."""
    with Trial(home, int(OPENING.timestamp()) * 1_000_000) as world:
        month = Month(world, chuxiong.build(), seed, days=days, disputes=disputes)
        month.prepare()
        month.run()
        try:
            yield Scene(world.hub, world.url)
        finally:
            month.close()


class Town(Scene):
    """A small city of one's own, served, its views following the log: what happens in it a test says."""

    def __init__(self, city: City, url: str) -> None:
        super().__init__(city.hub, url)
        self.city = city


@contextmanager
def small_town(home: Path) -> Iterator[Town]:
    """``tests.pages.city`` with a server in front, and a thread that lets its views follow."""
    city = City(home)
    over = threading.Event()

    def follow() -> None:
        while not over.wait(0.02):
            city.hub.settle()

    thread = threading.Thread(target=follow, name="views")
    try:
        with Background(city.hub.app) as url:
            thread.start()
            yield Town(city, url)
    finally:
        over.set()
        thread.join()
        city.close()
