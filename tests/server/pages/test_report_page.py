"""The report in a real browser: readable for everybody, on every device and on paper, and true in both languages."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from domain.plan.items import InterviewPlan
from domain.scoring.findings import DimensionFindings, Evidence, Measured, Method, Utterance
from domain.scoring.rule_findings import rule_findings
from domain.scoring.scorecard import score
from domain.text.answers import Flag, FlagKind
from server.pages.report_view import bars, open_points, passages
from server.pages.room_page import ROOM_HEADERS
from tests.domain.scoring.test_scorecard import all_of
from tests.server.pages.test_report_arithmetic import ReportReader, varied, weighted_plan
from tests.support.candidate_browser import CandidateBrowser, launch_chromium
from tests.support.conversations import TASK, make_plan
from tests.support.html_tree import parse
from tests.support.reports import page_of, report_of

ADDRESS = "https://viva.example/reports/secret"
CSS = "server/web/static/report.css"
ANSWER = (
    "First I measured where the time went, then I designed a queue with retries, because the database locked under"
    " load. I owned the rollout to its end, and I admit that my first estimate was a mistake."
)
ASKS = "What does the team use for on-call, and who is in it?"
EVIL = '</script><img src=x onerror="document.title=1"><b>bold</b> \u202egnirts\u202c שלום'
# A4 less the margins of the print style, in CSS pixels
PAPER = {"width": 680, "height": 1016}

Reader = Callable[..., CandidateBrowser]


def interview(plan: InterviewPlan, answer: str = ANSWER) -> Evidence:
    """All but the last question asked; one question of the candidate's to people."""
    asked = tuple(item.id for item in plan.items[:-1])
    said = [
        Utterance(id=3 + 2 * at, text=f"{answer} That was case {at}.", item_id=item, start_ms=60_000 * at)
        for at, item in enumerate(asked)
    ]
    said.append(Utterance(id=99, text=ASKS, item_id=None, start_ms=60_000 * len(asked)))
    flags = (Flag(kind=FlagKind.question_for_people, utterance=99),)
    return Evidence(utterances=tuple(said), asked=asked, flags=flags)


def quoting(rows: tuple[DimensionFindings, ...], evidence: Evidence) -> tuple[DimensionFindings, ...]:
    """The same findings with quotes that the candidate did say."""
    said = evidence.said

    def quoted(row: DimensionFindings) -> DimensionFindings:
        findings = tuple(
            each.model_copy(update={"quote": " ".join(said[each.utterance_id].split()[:9])})
            if each.utterance_id is not None
            else each
            for each in row.findings
        )
        why = "Measured before changing; a clear account."
        return row.model_copy(update={"findings": findings, "samples": (findings,), "rationale": why})

    return tuple(map(quoted, rows))


def proposed(language: str = "en") -> dict[str, Any]:
    plan = weighted_plan().model_copy(update={"language": language})
    evidence = interview(plan)
    findings = all_of(plan, evidence, varied(plan), Method.assistant, author="Claude")
    findings = findings.model_copy(update={"dimensions": quoting(findings.dimensions, evidence)})
    return report_of(plan, evidence, score(plan, evidence, findings))


def awaiting() -> dict[str, Any]:
    plan = weighted_plan()
    evidence = interview(plan)
    wish = {"at": "2026-06-01T09:05:00Z", "kind": "adjustment", "text": "I read slowly; more time, please."}
    card = score(plan, evidence, rule_findings(plan, evidence))
    return report_of(plan, evidence, card, help_requests=[wish])


def decided() -> dict[str, Any]:
    word = {
        "version": 1,
        "by": "Grace",
        "reason": "Clear and concrete.",
        "passed": True,
        "recommendation": "hire",
        "score": "8.0",
        "created_at": "2026-06-02T09:00:00Z",
    }
    outcome = {"score": "8.0", "passed": True, "recommendation": "hire", "decided_by": "Grace"}
    assessment = {"state": "decided", "by": "Grace", "at": "2026-06-02T09:00:00Z"}
    return {**proposed(), **outcome, "reviews": [word], "assessment": assessment}


def measured(passed: int | None, *, mixed: bool = False) -> dict[str, Any]:
    """A coding interview that test cases score; None: no code was handed in. `mixed`: with talk that nobody judged."""
    plan = make_plan(tasks=(TASK,))
    code = next(item for item in plan.items if item.code)
    if not mixed:
        only = {"items": (code,), "dimensions": (plan.dimension(code.dimension_id),)}
        plan = plan.model_copy(update=only)
    asked = tuple(item.id for item in plan.items)
    said = tuple(Utterance(id=3 + n, text=ANSWER, item_id=item) for n, item in enumerate(asked))
    results = {code.id: Measured(passed=passed, total=4)} if passed is not None else {}
    evidence = Evidence(utterances=said, asked=asked, measured=results)
    return report_of(plan, evidence, score(plan, evidence, rule_findings(plan, evidence)))


REPORTS: dict[str, Callable[[], dict[str, Any]]] = {
    "awaiting": awaiting,
    "proposed": proposed,
    "decided": decided,
    "measured": lambda: measured(3),
    "mixed": lambda: measured(3, mixed=True),
}
DEVICES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
    "zoom": {"color_scheme": "dark", "viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
}


# before and after an assessment everywhere, the others once
LOOKS = [
    (name, device)
    for name in REPORTS
    for device in DEVICES
    if name in ("awaiting", "proposed") or device == "light"
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch_chromium() as running:
        yield running


@pytest.fixture
def read(browser: Browser) -> Iterator[Reader]:
    """Opens a report as the server sends it, on a device; nobody may hear complaints."""
    readers: list[CandidateBrowser] = []

    def opened(report: dict[str, Any], language: str = "en", **device: Any) -> CandidateBrowser:
        reader = CandidateBrowser(browser, ADDRESS, **device)
        readers.append(reader)

        def answer(route: Route) -> None:
            if route.request.url.endswith(".css"):
                route.fulfill(path=CSS, content_type="text/css", headers={})
            else:
                body = page_of(report, language)
                route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=dict(ROOM_HEADERS))

        reader.context.route("**/*", answer)
        reader.page.goto(ADDRESS)
        return reader

    yield opened
    for reader in readers:
        reader.leave()
    assert [reader.complaints for reader in readers if reader.complaints] == []


@pytest.mark.needs("browser")
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(("name", "device"), LOOKS)
def test_a_report_is_readable_on_every_device(read: Reader, name: str, device: str, language: str) -> None:
    reader = read(REPORTS[name](), language, **DEVICES[device])
    expect(reader.on("html")).to_have_attribute("lang", language)
    reader.shoot(f"report-{name}-{device}-{language}")
    assert reader.grave_findings() == []
    assert not reader.scrolls_sideways()


@pytest.mark.needs("browser")
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", REPORTS)
def test_the_first_printed_page_stands_alone(read: Reader, name: str, language: str) -> None:
    reader = read(REPORTS[name](), language, viewport=PAPER)
    reader.page.emulate_media(media="print", color_scheme="dark")
    first = reader.on(".first")
    box = first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= PAPER["height"]
    assert first.evaluate("each => getComputedStyle(each).breakAfter") == "page"
    said = first.inner_text()
    for part in ("Ada Lovelace", "Backend engineer", "2026-06-01 11:00"):
        assert part in said
    reader.shoot(f"report-{name}-print-{language}")


@pytest.mark.needs("browser")
def test_a_link_leads_to_the_turn_and_its_quote_is_marked(read: Reader) -> None:
    reader = read(proposed())
    link = reader.on("[aria-labelledby=passages] a").first
    target = link.get_attribute("href")
    link.click()
    turn = reader.on(f"{target}")
    expect(turn).to_be_in_viewport()
    expect(turn.locator("mark").first).to_be_visible()


@pytest.mark.needs("browser")
@pytest.mark.parametrize("language", ["en", "de"])
def test_what_people_wrote_is_text_wherever_it_stands(read: Reader, language: str) -> None:
    plan = weighted_plan()
    sly = plan.model_copy(
        update={
            "title": EVIL,
            "dimensions": tuple(each.model_copy(update={"name": EVIL}) for each in plan.dimensions),
            "items": tuple(item.model_copy(update={"questions": (EVIL,) * 3}) for item in plan.items),
        }
    )
    evidence = interview(sly, EVIL)
    findings = all_of(sly, evidence, varied(sly), Method.assistant, author=EVIL)
    findings = findings.model_copy(update={"dimensions": quoting(findings.dimensions, evidence)})
    wish = {"at": "2026-06-01T09:05:00Z", "kind": "human", "text": EVIL}
    report = report_of(sly, evidence, score(sly, evidence, findings), help_requests=[wish])
    reader = read({**report, "participant": EVIL, "workspace": EVIL, "stage": EVIL}, language)
    assert reader.on("main img, q b, .said b, h1 b, dd b").count() == 0
    assert reader.page.title() != "1"
    expect(reader.on("h1")).to_contain_text("<b>bold</b>")
    assert reader.grave_findings() == []


# --- What it says, without a browser ---------------------------------------------------------------------


def first_screen(report: dict[str, Any], language: str = "en") -> str:
    return parse(page_of(report, language)).one("div", "first").text


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"status": "scheduled", "scorecard": None}, "has not been held"),
        ({"status": "in_progress", "scorecard": None}, "is under way"),
        ({"status": "failed", "scorecard": None, "ended_reason": "not_answered"}, "is not assessed"),
        ({"status": "cancelled", "scorecard": None, "ended_reason": "cancelled"}, "was cancelled"),
        ({"session_mode": "practice_session"}, "this was practice"),
        ({"session_mode": "manual_review", "scorecard": None}, "a person reviews this stage"),
        ({"scorecard": None}, "passages are being marked"),
        ({}, "let your assistant assess it first"),
    ],
)
def test_the_reader_is_told_what_is_asked_of_them_now(changes: dict[str, Any], asked: str) -> None:
    assert asked in first_screen({**awaiting(), **changes})


def test_after_a_proposal_and_after_a_decision_something_else_is_asked() -> None:
    assert "a proposal by Claude, confirmed by no person" in first_screen(proposed())
    said = first_screen(decided())
    assert "a person has decided (Grace)" in said
    assert "8.0 of 10" in said


def test_where_nobody_judged_there_are_no_bars_and_no_strongest_passages() -> None:
    said = first_screen(awaiting())
    assert "No dimension has a score yet." in said
    assert "marked but judged by nobody" in said
    assert "Strongest" not in said
    assert [bar.share for bar in bars(awaiting())] == [None] * 3


def test_open_points_hold_wishes_questions_to_people_what_was_not_reached_and_what_was_not_found() -> None:
    report = awaiting()
    kinds = [point.kind for point in open_points(report)]
    assert kinds[:4] == ["open.wish.adjustment", "open.question", "open.not_reached", "open.unread"]
    assert open_points(report)[1].quote == ASKS
    said = first_screen(report)
    assert ASKS in said
    assert f"All {len(kinds)} open points" in said
    unread = next(point for point in open_points(report) if point.kind == "open.unread")
    assert unread.turns, "it says which answer to read"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Nothing asked about it"), ("de", "Danach wurde nicht gefragt")]
)
def test_what_nobody_asked_about_is_not_said_to_be_missing_from_an_answer(language: str, said: str) -> None:
    plan = weighted_plan()
    evidence = interview(plan)
    unfound = next(point.text for point in open_points(awaiting()) if point.kind == "open.unread")
    ids = tuple(each.id for item in plan.items for each in item.criteria if each.text == unfound)
    evidence = evidence.model_copy(update={"not_asked": ids})
    report = report_of(plan, evidence, score(plan, evidence, rule_findings(plan, evidence)))
    kinds = {point.text: point.kind for point in open_points(report)}
    assert kinds[unfound] == "open.never_asked"
    assert said in page_of(report, language)


def test_strongest_passages_are_what_was_shown_each_once() -> None:
    found = passages(proposed())
    assert len(found) == 3
    assert found[0].status == "met"
    assert len({(each.turn, each.quote) for each in found}) == 3


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_score_by_test_cases_alone_can_be_reckoned_again(language: str) -> None:
    assert ReportReader(page_of(measured(3), language), language).check() == 6
    assert "7.5" in first_screen(measured(3), language)
    assert "<svg" not in page_of(measured(3, mixed=True), language)


def test_failed_tests_and_code_that_was_not_handed_in_are_called_what_they_are() -> None:
    some, none = page_of(measured(1)), page_of(measured(None))
    assert "Test cases failed:" in parse(some).text
    assert "1 of 4 test cases passed" in parse(some).text
    assert "No code was handed in" in parse(none).text
    assert "Not shown in the answers" not in parse(some).text + parse(none).text


def test_quotes_keep_their_language_on_a_page_in_the_readers() -> None:
    page = parse(page_of(proposed("en"), "de"))
    assert page.one("html").attributes["lang"] == "de"
    quotes = page.all("q")
    assert quotes
    assert {quote.attributes["lang"] for quote in quotes} == {"en"}
    said = page.one("div", "first").text
    for english in ("Strongest", "Open points", "What is asked", "Shown", "weight"):
        assert english not in said


def test_a_profile_that_leaves_transcript_and_breakdown_out_gets_a_page_without_them() -> None:
    report = {**proposed(), "transcript": None}
    report["scorecard"] = {**report["scorecard"], "evaluation_breakdown": None}
    page = parse(page_of(report))
    assert [link for link in page.all("a") if "#turn-" in link.attributes["href"]] == []
    assert "The profile leaves the breakdown out." in page.text
