"""What holds of every page: no barriers, nothing from elsewhere, the policy unbroken, light, not too wide."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from tests.browser.scene import Scene
from tests.browser.sights import SIGHTS, Sight, go, nothing
from tests.browser.watch import Watch

MOST = 60_000  # bytes of a page's first load, as packed
WIDTHS = (390, 1024, 1366, 1920)
COLOURS = ["color-contrast", "link-in-text-block"]
LOOKS: list[tuple[str, str, tuple[int, int], list[str]]] = [
    ("zh", "light", (1366, 768), []), ("en", "light", (1366, 768), []), ("zh", "light", (390, 844), []),
    ("zh", "dark", (1366, 768), COLOURS), ("en", "dark", (1366, 768), COLOURS),
]  # fmt: skip
POSTS = re.compile(r'<form[^>]*method="post".*?</form>', re.S)
# Rows of a long table and lines of a picture are alike; looking into each of 400 takes most of a minute.
FEW = """() => {
  const keep = (within, which, most) => document.querySelectorAll(within).forEach(
    all => Array.from(all.querySelectorAll(which)).slice(most).forEach(one => one.remove()));
  keep('tbody', ':scope > tr', 6);
  keep('main svg', 'a, path', 20);
}"""
EVERY = pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)


@pytest.mark.parametrize("sight", [sight for sight in SIGHTS if sight.shot], ids=lambda sight: sight.name)
def test_no_barriers_in_either_language_and_theme(chrome: Browser, month: Scene, sight: Sight) -> None:
    """Everything in both languages by day, and on a phone; by night what a theme can change: colours."""
    context = month.context(chrome, sight.who, bare=True)
    page = context.new_page()
    for lang, theme, size, rules in LOOKS:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        go(page, month, sight, lang=lang, theme=theme)
        page.evaluate(FEW)
        found = Axe().run(page, options={"runOnly": rules} if rules else {"resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{sight.name} {lang} {theme} {size}\n{found.generate_report()}"
    context.close()


@EVERY
def test_nothing_from_elsewhere_the_policy_whole_and_light(chrome: Browser, month: Scene, sight: Sight) -> None:
    page = month.page(chrome, sight.who)
    watch = Watch.of(page, month.url)
    watch.weigh()
    go(page, month, sight._replace(do=nothing))
    page.wait_for_load_state("load")
    first = {url.removeprefix(month.url): size for url, size in watch.loaded.items() if "/live" not in url}
    sight.do(page)
    whole = sum(first.values())
    print(
        f"{sight.name:16} html {whole - sum(n for at, n in first.items() if '/static/' in at):7,} B, all {whole:7,} B"
    )
    assert watch.complaints() == []
    assert whole <= MOST, first
    page.context.close()


HANGING_OUT = """() => Array.from(document.querySelectorAll('.panel table')).flatMap(table => {
    for (let e = table; !e.classList.contains('panel'); e = e.parentElement)
        if (e !== table && getComputedStyle(e).overflowX !== 'visible') return [];  // it scrolls by itself
    const panel = table.closest('.panel');
    const out = table.getBoundingClientRect().right - panel.getBoundingClientRect().right;
    return out > 1 && getComputedStyle(panel).overflowX === 'visible'
        ? [`${out} px of a table (${table.className}) hang out of its panel (${panel.className})`] : [];
})"""


@EVERY
def test_no_page_is_wider_than_the_screen(chrome: Browser, month: Scene, sight: Sight) -> None:
    page = month.page(chrome, sight.who)
    found = []
    for lang in ("zh", "en"):
        go(page, month, sight, lang=lang)
        for width in WIDTHS if sight.name != "board-wall" else WIDTHS[-1:]:
            page.set_viewport_size({"width": width, "height": 1080})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found.append(f"{wide} px on a screen of {width} ({lang}): {widest(page)}")
            found += [f"{what} on a screen of {width} ({lang})" for what in page.evaluate(HANGING_OUT)]
    page.context.close()
    assert found == []


def widest(page: Page) -> list[str]:
    """What sticks out at the right."""
    found: list[str] = page.evaluate(
        """() => Array.from(document.querySelectorAll('body *')).filter(e =>
            e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
    )
    return found
