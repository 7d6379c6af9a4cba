"""Every page people open, by name: how to get there and as whom. What holds of all pages is tested over this list."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Page, expect

from tests.browser.scene import CENTRE, CLERK, IDLE, NOBODY, OPERATOR, SUPERVISOR, Scene, Who


def nothing(page: Page) -> None:
    """The page as it comes."""


def open_form(page: Page) -> None:
    """The return form under the first row that has one."""
    page.locator("tr[data-row] button[data-key=r]").first.click()
    expect(page.locator("tr.inline-form form.act")).to_be_visible()


def refused_form(page: Page) -> None:
    """The same, sent without what it needs."""
    open_form(page)
    page.fill("tr.inline-form textarea[name=reason]", "不属本单位职责")
    page.locator("tr.inline-form button[type=submit]").click()
    expect(page.locator("tr.inline-form .trouble")).to_be_visible()


def wrong_password(page: Page) -> None:
    """Signing in with what does not fit."""
    page.fill("input[name=user]", "nobody")
    page.fill("input[name=password]", "wrong-password")
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_be_visible()


def inspected(scene: Scene) -> str:
    """The township whose inspection found most; the centre where none is known."""
    lines = scene.hub.views.screening.coverage("2026-H2", scene.hub.clock.now()).lines
    if not lines:
        return CENTRE
    return max(lines, key=lambda line: (line.raised, line.subject.code)).subject.code


class Sight(NamedTuple):
    """One page. ``do``: what one does there before looking (needs script); ``shot``: whether pictures are kept and
    barriers looked for: it is not another page again, for somebody else or with nothing on it.
    """

    name: str
    path: Callable[[Scene], str]
    who: Who | None = SUPERVISOR
    status: int = 200
    do: Callable[[Page], None] = nothing
    shot: bool = True


def at(path: str) -> Callable[[Scene], str]:
    """An address that is the same in every city."""
    return lambda scene: path


SIGHTS: tuple[Sight, ...] = (
    Sight("board", at("/board")),
    Sight("board-wall", at("/board?wall=1")),
    Sight("board-empty", at("/board?channel=exit&township=532301203&kind=notice"), shot=False),
    Sight("board-clerk", at("/board"), CLERK, shot=False),
    Sight("desk", at("/desk"), CLERK),
    Sight("desk-form", at("/desk"), CLERK, do=open_form),
    Sight("desk-refused", at("/desk"), CLERK, do=refused_form),
    Sight("desk-empty", at("/desk?q=999999"), CLERK),
    Sight("desk-other", lambda scene: f"/desk?agency={scene.busiest}", shot=False),
    Sight("act-register", at("/act/register?back=/desk"), CLERK),
    Sight("dispute", lambda scene: f"/disputes/{scene.eventful}"),
    Sight("dispute-clerk", lambda scene: f"/disputes/{scene.eventful}?density=compact", CLERK, shot=False),
    Sight("event", lambda scene: f"/events/{scene.position}"),
    Sight("cases", at("/disputes")),
    Sight("cases-empty", at("/disputes?q=999999")),
    Sight("limits", at("/limits")),
    Sight("referrals", at("/referrals")),
    Sight("agencies", at("/agencies")),
    Sight("agency", lambda scene: f"/agencies/{scene.busiest}"),
    Sight("flows", at("/flows")),
    Sight("screening", at("/screening")),
    Sight("screening-ledger", at("/screening/ledger")),
    Sight("screening-book", lambda scene: f"/screening/books/{inspected(scene)}"),
    Sight("screening-form", lambda scene: f"/screening/act/inspect?book={inspected(scene)}&back=/screening"),
    Sight("statistics", at("/statistics")),
    Sight("statistics-behind", at("/statistics/disputes?figure=pending"), CLERK, shot=False),
    Sight("rules", at("/rules")),
    Sight("account", at("/account"), CLERK),
    Sight("sign-in", at("/sign-in"), NOBODY),
    Sight("sign-in-wrong", at("/sign-in"), NOBODY, do=wrong_password, shot=False),
    Sight("welcome", lambda scene: scene.link(IDLE), NOBODY),
    Sight("welcome-used", at("/welcome/x"), NOBODY, 410, shot=False),
    Sight("problem-404", at("/disputes/532301-2026-99999"), CLERK, 404),
    Sight("problem-403", at("/board"), OPERATOR, 403),
    Sight("problem-query", at("/board?channel=nonsense"), SUPERVISOR, 400, shot=False),
)
BY_NAME = {sight.name: sight for sight in SIGHTS}


def go(page: Page, scene: Scene, sight: Sight, **query: str) -> None:
    """Open a sight, do what it does, and be sure that it is the right one."""
    path = sight.path(scene)
    more = "&".join(f"{name}={value}" for name, value in query.items())
    answer = page.goto(f"{scene.url}{path}{'&' if '?' in path else '?'}{more}" if more else scene.url + path)
    assert answer is not None
    assert answer.status == sight.status, (sight.name, answer.status, page.inner_text("body")[:400])
    sight.do(page)
