"""Debian's Chromium as a candidate uses it, and the steps of an interview."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
ARTIFACTS = Path(__file__).parents[2] / "artifacts"
_AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text()
# in milliseconds; a bound for machines that are busy with other tests, not a wait
_PATIENCE = 30_000
_ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def launch_chromium() -> Iterator[Browser]:
    """One browser for many candidates."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=_ARGS)
        expect.set_options(timeout=_PATIENCE)
        try:
            yield browser
        finally:
            browser.close()


class CandidateBrowser:
    """A person with a device; what their browser complains about is kept in `complaints`."""

    def __init__(self, browser: Browser, address: str, **device: Any) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(
            **{"reduced_motion": "reduce", "viewport": {"width": 1100, "height": 900}, **device}
        )
        self.context.set_default_timeout(_PATIENCE)
        self.complaints: list[str] = []
        self.page = self.tab()

    def tab(self) -> Page:
        """One more tab of the same browser."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._heard(said.type, said.text))
        return page

    def _heard(self, kind: str, text: str) -> None:
        # a line that is cut is what some tests are about
        if kind == "error" and "WebSocket" not in text and "Failed to load resource" not in text:
            self.complaints.append(text)

    def arrive(self, query: str = "") -> None:
        """Open the link, and go on where an interview has begun: in the lobby there is no line yet."""
        self.page.goto(self.address + query)
        expect(self.page.locator("body[data-phase]")).to_be_attached()
        if self.page.locator("#elsewhere").is_visible():
            self.go_on()

    def go_on(self) -> None:
        self.page.locator("#go-on").click()
        self.connected()

    def connected(self) -> None:
        expect(self.page.locator("body")).to_have_attribute("data-line", "open")

    def on(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def agree(self) -> None:
        """Give consent and look at the practice page first."""
        self.on("#agree-practice").click()
        expect(self.on("#practice")).to_be_visible()

    def agree_and_begin(self) -> None:
        """What most people do: one press."""
        self.on("#agree").click()
        expect(self.on("#turns .interviewer")).to_have_count(1)

    def practise(self, words: str) -> None:
        self.on("#practice-text").fill(words)
        self.on("#practice-form button").click()
        expect(self.on("#practice-reply")).not_to_be_empty()

    def begin(self) -> None:
        self.on("#begin").click()
        expect(self.on("#turns .interviewer")).to_have_count(1)

    def answer(self, words: str) -> None:
        self.on("#answer").fill(words)
        self.on("#answer-form button").click()
        expect(self.on("#answer")).to_have_value("")

    def turns(self) -> list[str]:
        return [turn.strip() for turn in self.on("#turns .said").all_inner_texts()]

    def heard_questions(self, count: int) -> None:
        expect(self.on("#turns .interviewer")).to_have_count(count)

    def code(self, code: str) -> None:
        self.on("#editor .cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)

    def shoot(self, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.evaluate("scrollTo(0, 0)")
        self.page.screenshot(path=ARTIFACTS / f"room-{name}.png", full_page=True)

    def grave_findings(self) -> list[Any]:
        """What axe-core holds to be serious or critical."""
        # evaluated by the debugger: the page's own policy rightly lets no foreign script in
        self.page.evaluate(_AXE)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            (one["id"], [node["html"] for node in one["nodes"]])
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]

    def scrolls_sideways(self) -> bool:
        return bool(
            self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        )

    def leave(self) -> None:
        self.context.close()


def walk_interview(candidate: CandidateBrowser, look: Callable[[str], None]) -> None:
    """The whole interview, with a look at every phase."""
    look("lobby")
    candidate.agree()
    candidate.practise("I learned to bake bread from my neighbour.")
    look("practice")
    candidate.begin()
    candidate.answer("A queue with <b>workers</b>.\nIt runs every night.")
    candidate.heard_questions(2)
    look("talk")
    candidate.answer("I read the logs & restarted it.")
    candidate.heard_questions(3)
    expect(candidate.on("#editor .cm-content")).to_be_visible()
    candidate.on("#code-run").click()
    expect(candidate.on("#results .bad")).to_have_count(3)
    look("code")
    candidate.code("print(sum(map(int, input().split())))")
    candidate.on("#code-run").click()
    expect(candidate.on("#results .good")).to_have_count(3)
    candidate.on("#code-submit").click()
    expect(candidate.on("#asking")).to_be_visible()
    look("submit")
    candidate.on("#asking-yes").click()
    candidate.heard_questions(4)
    look("about")
    candidate.answer("It is short.")
    candidate.heard_questions(5)
    candidate.answer("I would test the failure first.")
    expect(candidate.on("#ended")).to_be_visible()
    look("end")
