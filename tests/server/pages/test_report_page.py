"""The report in a real browser: clean by axe-core in both languages, light, dark, on a phone and on paper."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.app import House
from tests.support.candidate_browser import ARTIFACTS, CandidateBrowser, launch_chromium
from tests.support.interview_helper import InterviewHelper, build_findings
from tests.support.rest_face import RestFace
from tests.support.scripts import BACKEND
from tests.support.seed import add_pipeline
from tests.support.workspaces import Tenant

CSS = Path(__file__).parents[3] / "server" / "web" / "static" / "report.css"
LONG = (
    "<b>Last year</b> I moved the orders table \u202eevil in three steps, and we could go back at any point. "
    * 6
)
DEVICES: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}},
}


async def pages_of(
    http: httpx.AsyncClient, rest: RestFace, interviews: InterviewHelper, house: House, grace: Tenant
) -> dict[str, str]:
    """The report before and after an assessment, in both languages."""
    role = await add_pipeline(house, grace.id)
    await rest.ask("write_script", id=str(role.stages["screen"]), **BACKEND)
    candidate, done = await interviews.book(role, "Ada <i>Ott</i>")
    await candidate.start_interview()
    await candidate.send("answer", text="Yes.")
    await candidate.send("answer", text="How many vacation days do I get?")
    await candidate.finish(LONG)
    done.score()
    shown = {}
    for when in ("before", "after"):
        told = (await rest.ask("get_scorecard", id=done.id))["data"]
        for language in ("en", "de"):
            answer = await http.get(told["page_url"], params={"language": language})
            style = f"<style>{CSS.read_text()}</style>"
            shown[f"{when}-{language}"] = answer.text.replace("</head>", f"{style}</head>")
        given = await build_findings(rest, done.id)
        await rest.ask("submit_findings", id=done.id, dimensions=given, author="Claude")
    return shown


def look_at(pages: dict[str, str]) -> list[str]:
    """What is wrong with these pages on any device."""
    wrong: list[str] = []
    with launch_chromium() as browser:
        for name, device in DEVICES.items():
            person = CandidateBrowser(browser, "", **device)
            for kind, html in pages.items():
                person.page.set_content(html)
                wrong += [f"{name} {kind}: {found}" for found in person.grave_findings()]
                if person.scrolls_sideways():
                    wrong.append(f"{name} {kind}: scrolls sideways")
                _shoot(person, f"report-{name}-{kind}")
            person.leave()
        person = CandidateBrowser(browser, "")
        for kind, html in pages.items():
            person.page.set_content(html)
            wrong += _on_paper(person, kind)
        person.leave()
    return wrong


def _on_paper(person: CandidateBrowser, kind: str) -> list[str]:
    """The first printed page stands alone: the opening fits on it, and the rest begins on the next."""
    ARTIFACTS.mkdir(exist_ok=True)
    person.page.set_viewport_size({"width": 718, "height": 1047})  # A4 within its margins, at 96 dots an inch
    person.page.emulate_media(media="print")
    person.page.pdf(path=ARTIFACTS / f"report-print-{kind}.pdf", format="A4")
    _shoot(person, f"report-print-{kind}")
    height = person.page.evaluate("document.querySelector('.opening').getBoundingClientRect().height")
    return [] if height <= 1047 else [f"print {kind}: the opening is {height} pixels high"]


def _shoot(person: CandidateBrowser, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    person.page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)


@pytest.mark.needs("browser")
async def test_the_report_reads_well_on_every_device_and_on_paper(
    http: httpx.AsyncClient, rest: RestFace, interviews: InterviewHelper, house: House, grace: Tenant
) -> None:
    pages = await pages_of(http, rest, interviews, house, grace)
    assert await asyncio.to_thread(look_at, pages) == []
