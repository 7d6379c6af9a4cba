"""``python -m tests.browser.screens``: a picture of every page at three sizes, with the demonstration's month and with
40,000 disputes, the way they stand in ``docs/screens/``.

    --only board          pages whose name begins so
    --data month|many     one of the two cities only (default: both)
    --out FOLDER          where the pictures go (default: out/screens); --keep writes docs/screens itself
    --full                the whole page instead of its beginning

The two cities are made once and kept beside the pictures (half a minute and about five); take the folder away to have
them made anew. Pictures need the fonts of the system: another machine's differ by some points, so nobody compares them
point by point. They are there to be looked at.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page

from connectors.city import chuxiong
from connectors.sandbox.month import OPENING, Month
from hub.bootstrap import build, configure_logging
from hub.bootstrap.hub import read_rules
from hub.bootstrap.serving import Background
from hub.cli.demo.trial import Trial
from hub.contract.jsonform import micros
from hub.settings import Settings
from hub.words import HOUR
from hub.writer import SimulatedClock
from ops.bench.town import fill
from tests.browser.scene import Scene
from tests.browser.sights import SIGHTS, Sight, go
from tests.parts.browser import chromium

ROOT: Final = Path(__file__).resolve().parents[2]
KEPT: Final = ROOT / "docs" / "screens"
SIZES: Final = {390: 844, 1366: 768, 1920: 1080}  # width: height of the window
LOWEST: Final = {390: 1_400, 1366: 900, 1920: 1_080}  # how much of a long page a picture shows
SMALLER: Final = {1920: 0.7}  # so that all of them together stay small
COLOURS: Final = 64
MOST: Final = 100_000  # bytes of a picture
MANY: Final = 40_000
MANY_AT: Final = "2026-11-25T00:12:36Z"
PLAIN: Final = frozenset({
    "sign-in", "welcome", "account", "act-register", "problem-404", "problem-403", "cases-empty", "desk-empty",
    "desk-form", "desk-refused", "dispute", "event", "rules", "screening", "screening-ledger", "screening-book",
    "screening-form",
})  # the same with few disputes and with many  # fmt: skip


class Shot(NamedTuple):
    """One picture. ``query``: taste, where it is not the usual one."""

    sight: Sight
    data: str
    width: int
    taste: str = ""

    @property
    def name(self) -> str:
        """Its file's name."""
        return "-".join(part for part in (self.sight.name, self.data, str(self.width), self.taste) if part) + ".png"

    @property
    def label(self) -> str:
        """What tells it from the others of its page."""
        return " ".join(part for part in (self.data, str(self.width), self.taste) if part)

    @property
    def query(self) -> dict[str, str]:
        """What the address says of it."""
        return {"dark": {"theme": "dark"}, "en": {"lang": "en"}}.get(self.taste, {})


def shots() -> list[Shot]:
    """All pictures that are kept."""
    found = []
    for sight in SIGHTS:
        if not sight.shot:
            continue
        for data in ("month", "many"):
            if data == "many" and sight.name in PLAIN:
                continue
            if sight.name == "board-wall":
                found.append(Shot(sight, data, 1920))
                continue
            found += [Shot(sight, data, width) for width in SIZES]
            if sight.name in ("board", "desk", "dispute", "flows") and data == "month":
                found += [Shot(sight, data, 1366, "dark"), Shot(sight, data, 1366, "en")]
    return found


@contextmanager
def city(data: str, folder: Path) -> Iterator[Scene]:
    """A city of ``folder``, made where it is not there yet, served at its last instant."""
    home = folder / data
    if not (home / "made").exists():
        home.mkdir(parents=True, exist_ok=True)
        (make_month if data == "month" else make_many)(home)
        (home / "made").write_text("")
    hub = build(Settings(home=home, city="532301"), SimulatedClock(instant(home)), by_steps=True)
    try:
        assert hub.start(), hub.health()
        hub.settle()
        with Background(hub.app) as url:
            scene = Scene(hub, url)
            for person in hub.store.people.all():
                hub.store.people.forget(person.user)
            yield scene
    finally:
        hub.stop()


def instant(home: Path) -> int:
    """When the city's history ends."""
    return int((home / "now").read_text())


def make_month(home: Path) -> None:
    """The demonstration's month."""
    with Trial(home, int(OPENING.timestamp()) * 1_000_000) as world:
        month = Month(world, chuxiong.build(), 3)
        month.prepare()
        month.run()
        (home / "now").write_text(str(world.clock.now()))
        month.close()


def make_many(home: Path) -> None:
    """40,000 disputes at every step, by real decisions."""
    now = micros(MANY_AT)
    hub = build(Settings(home=home, city="532301"), SimulatedClock(now), by_steps=True)
    print(fill(hub.store, hub.contract, read_rules(hub.settings).at(now), MANY, now), "events")
    hub.stop()
    (home / "now").write_text(str(now + HOUR // 60))


def take(page: Page, scene: Scene, shot: Shot, whole: bool) -> bytes:
    """The picture, as the browser makes it."""
    page.set_viewport_size({"width": shot.width, "height": SIZES[shot.width]})
    go(page, scene, shot.sight, **shot.query)
    page.wait_for_load_state("load")
    page.wait_for_timeout(300)
    page.evaluate("scrollTo(0, 0)")
    high = page.evaluate("document.documentElement.scrollHeight")
    low = SIZES[shot.width] if shot.sight.name == "board-wall" else high if whole else min(high, LOWEST[shot.width])
    page.set_viewport_size({"width": shot.width, "height": max(low, SIZES[shot.width])})
    return page.screenshot()


def packed(picture: bytes, smaller: float = 1.0) -> bytes:
    """The same with few colours, fewer and smaller where that is not enough."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours, less in ((COLOURS, 1.0), (COLOURS // 2, 1.0), (COLOURS, 0.85), (COLOURS // 2, 0.8)):
        scale = smaller * less
        small = image.resize((int(image.width * scale), int(image.height * scale)), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        few = small.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
        few.save(out, "PNG", optimize=True)
        if len(out.getvalue()) <= MOST:
            break
    return out.getvalue()


TITLES: Final = {
    "board": "看板 Board",
    "board-wall": "大屏 Wall screen",
    "desk": "待办 Desk",
    "desk-form": "待办，退回表单 A form under a row",
    "desk-refused": "待办，未完成 Refused, nothing lost",
    "desk-empty": "待办，无事项 An empty desk",
    "act-register": "登记 Registering",
    "dispute": "案件 Dispute",
    "event": "事件 Event",
    "cases": "全部案件 All disputes",
    "cases-empty": "没有找到 Nothing found",
    "limits": "限期清单 Running limits",
    "referrals": "移送清单 Referrals",
    "agencies": "单位 Agencies",
    "agency": "单位页 One agency",
    "flows": "流向 Flows",
    "screening": "排查 Screening",
    "screening-ledger": "排查工作台账 Working ledger",
    "screening-book": "单位台账 A township's book",
    "screening-form": "督导表单 Recording an inspection",
    "statistics": "统计 Statistics",
    "rules": "规则与日历 Rules and calendar",
    "account": "账户 Account",
    "sign-in": "登录 Signing in",
    "welcome": "一次性链接 One-time link",
    "problem-404": "没有 Not there",
    "problem-403": "无权 Not allowed",
}
HEAD: Final = """# How the pages look

Every page at 390, 1366 and 1920 px (these at seven tenths of their size), the beginning of long ones. `month` is the
demonstration's month (seed 3), `many` a city with 40,000 open disputes. Made by

    .venv/bin/python -m tests.browser.screens --keep

and looked at by people before they are committed; a test holds that none is missing and none is left over. They are
not compared point by point: other fonts give other points. What a machine can tell (barriers, overflow, weight,
languages) is tested in `tests/browser/`, and in Chromium 90, the oldest one meant, the pages were opened by hand: same
picture, the board renews itself, forms open under their rows.
"""


def readme() -> str:
    """``docs/screens/README.md``: the usual size of each page, the other pictures as links."""
    lines = [HEAD]
    for name in dict.fromkeys(shot.sight.name for shot in shots()):
        of = [shot for shot in shots() if shot.sight.name == name]
        usual = next((shot for shot in of if shot.width == 1366), of[0])
        links = " · ".join(f"[{shot.label}]({shot.name})" for shot in of)
        lines.append(f"## {TITLES[name]}\n\n![{TITLES[name]}]({usual.name})\n\n{links}\n")
    return "\n".join(lines)


def run(data: str, only: str, out: Path, whole: bool, chrome: Browser, made: Path) -> None:
    """All pictures of one city."""
    wanted = [shot for shot in shots() if shot.data == data and shot.sight.name.startswith(only)]
    if not wanted:
        return
    started = time.monotonic()
    with city(data, made) as scene:
        print(f"{data}: {scene.position:,} events, ready after {time.monotonic() - started:.0f} s", flush=True)
        for shot in wanted:
            page = scene.page(chrome, shot.sight.who)
            try:
                picture = packed(take(page, scene, shot, whole), SMALLER.get(shot.width, 1.0))
                (out / shot.name).write_bytes(picture)
                print(f"  {shot.name:36} {len(picture):8,} B", flush=True)
            except Exception as why:
                print(f"  {shot.name:36} {type(why).__name__}: {str(why)[:200]}", flush=True)
            finally:
                page.context.close()


def main() -> None:
    """See above."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screens", description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", default="", metavar="NAME")
    parser.add_argument("--data", choices=("month", "many"))
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "screens")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--full", action="store_true")
    asked = parser.parse_args()
    configure_logging("console", "error")
    out = KEPT if asked.keep else asked.out
    out.mkdir(parents=True, exist_ok=True)
    if asked.keep:
        (KEPT / "README.md").write_text(readme(), encoding="utf-8")
        for left in {path.name for path in KEPT.glob("*.png")} - {shot.name for shot in shots()}:
            (KEPT / left).unlink()
    with chromium() as chrome:
        for data in (asked.data,) if asked.data else ("month", "many"):
            run(data, asked.only, out, asked.full, chrome, asked.out / "cities")


if __name__ == "__main__":
    main()
