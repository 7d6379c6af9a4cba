"""What a browser has to say against a page: its console, broken policy, foreign requests, and what it loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request, Response

VIOLATIONS = """
window.hubViolations = [];
document.addEventListener('securitypolicyviolation', function (e) {
  window.hubViolations.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile + ':' + e.lineNumber);
});
"""


@dataclass
class Watch:
    """Attached to a page before it goes anywhere. ``loaded``: packed bytes by path, of what came over the wire."""

    page: Page
    said: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    loaded: dict[str, int] = field(default_factory=dict)
    answers: list[Response] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page, url: str) -> Watch:
        """Look at a page of the hub at ``url`` from now on."""
        made = cls(page)
        page.add_init_script(VIOLATIONS)

        def hear(message: ConsoleMessage) -> None:
            # An answer of 4xx is "a failed load" to the browser and a problem page to people.
            if message.type in ("error", "warning") and "status of 4" not in message.text:
                made.said.append(f"{message.type}: {message.text}")

        def ask(request: Request) -> None:
            if not request.url.startswith((f"{url}/", "data:")):
                made.foreign.append(request.url)

        page.on("console", hear)
        page.on("pageerror", lambda error: made.said.append(f"error: {error}"))
        page.on("request", ask)
        page.on("response", lambda answer: made.answers.append(answer))
        return made

    def weigh(self) -> None:
        """Count bytes from now on."""
        session: Any = self.page.context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        paths: dict[str, str] = {}
        session.on("Network.responseReceived", lambda e: paths.__setitem__(e["requestId"], e["response"]["url"]))
        session.on(
            "Network.loadingFinished",
            lambda e: self.loaded.__setitem__(paths.get(e["requestId"], "?"), int(e["encodedDataLength"])),
        )

    def complaints(self) -> list[str]:
        """Everything said so far, and every violation of the policy on the page as it stands."""
        broken = self.page.evaluate("window.hubViolations")
        return self.said + [f"policy: {each}" for each in broken] + [f"foreign: {each}" for each in self.foreign]
