"""Every number on a report's page is computed again from what the page shows, and from nothing else."""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import sqrt
from typing import Any

import httpx
import pytest

from server.app import House
from tests.support.candidate_client import CandidateClient
from tests.support.interview_helper import BookedInterview, InterviewHelper, build_findings
from tests.support.read_page import Element, read_page
from tests.support.rest_face import RestFace
from tests.support.scripts import BACKEND
from tests.support.seed import add_pipeline
from tests.support.workspaces import Tenant

POINTS: dict[str, Fraction] = {
    "Shown": Fraction(1), "Gezeigt": Fraction(1),
    "Partly shown": Fraction(1, 2), "Teilweise gezeigt": Fraction(1, 2),
    "Not shown in the answers": Fraction(0), "In den Antworten nicht gezeigt": Fraction(0),
    "Contradicted": Fraction(0), "Widersprochen": Fraction(0),
}  # fmt: skip
STATUSES = (
    "met",
    "partly",
    "not_met",
    "met",
    "contradicted",
    "met",
    "partly",
    "met",
    "met",
    "not_met",
    "met",
)


def facts(page: Element) -> dict[str, str]:
    """The labelled values of a page, the first of each label."""
    found: dict[str, str] = {}
    for row in page.all("dl"):
        for pair in row.all("div"):
            found.setdefault(pair.first("dt").text, pair.first("dd").text)
    return found


def rounded(value: Fraction) -> str:
    return str((Decimal(value.numerator) / value.denominator).quantize(Decimal("0.1"), ROUND_HALF_UP))


def recompute(page: Element) -> tuple[list[tuple[str, str]], str, str]:
    """The dimensions' scores, the overall score and its standard error, by the page's own words and tables."""
    how = _dimensions(page).first("p").text
    scale = re.search(r"(?:scale|Skala) (?:von )?0.(\d+)", how)
    error = re.search(r"(?:takes|Kriterium) (0[.,]\d+)", how)
    assert scale is not None
    assert error is not None
    top, each = Fraction(scale[1]), float(error[1])
    rows, total, weights, squares = [], Fraction(0), Fraction(0), []
    for article in _dimensions(page).all("article"):
        weight = Fraction(re.findall(r"[\d.]+", article.first("p").text)[0])
        questions: dict[str, tuple[int, list[Fraction]]] = {}
        judged = 0
        for line in article.first("tbody").all("tr"):
            number, status, points, evidence = (cell.text for cell in line.all("td"))
            tests = re.search(r"(\d+) (?:of|von) (\d+)", evidence)
            share = Fraction(int(tests[1]), int(tests[2])) if tests else POINTS[status]
            assert Decimal(points) == (Decimal(share.numerator) / share.denominator).quantize(
                Decimal("0.01"), ROUND_HALF_UP
            )
            judged += tests is None
            counts = re.search(r"(\d+)\u00d7", number)
            known = questions.setdefault(number.split()[0], (int(counts[1]) if counts else 1, []))
            known[1].append(share)
        of_questions = [(count, sum(found, Fraction(0)) / len(found)) for count, found in questions.values()]
        share = sum((count * each for count, each in of_questions), Fraction(0)) / sum(
            count for count, _ in of_questions
        )
        rows.append((article.first("h3").first("bdi").text, rounded(share * top)))
        total, weights = total + weight * share, weights + weight
        squares.append((float(weight) * (each / sqrt(judged) if judged else 0.0)) ** 2)
    deviation = sqrt(sum(squares)) / float(weights) * float(top)
    return rows, rounded(total / weights * top), rounded(Fraction(round(deviation * 10**6), 10**6))


async def judged(interviews: InterviewHelper, rest: RestFace, house: House, grace: Tenant) -> BookedInterview:
    """An interview by a script of four questions, answered, and judged by an assistant with every kind of finding."""
    role = await add_pipeline(house, grace.id)
    await rest.ask("write_script", id=str(role.stages["screen"]), **BACKEND)
    done = await interviews.conduct(role)
    done.score()
    given = await build_findings(rest, done.id)
    at = 0
    for dimension in given:
        for finding in dimension["findings"]:
            finding["status"] = STATUSES[at % len(STATUSES)]
            if finding["status"] == "not_met":
                finding.update({"utterance_id": None, "quote": ""})
            at += 1
    await rest.ask("submit_findings", id=done.id, dimensions=given, author="Claude")
    return done


async def shown(http: httpx.AsyncClient, rest: RestFace, session: str, language: str) -> Element:
    told: dict[str, Any] = (await rest.ask("get_scorecard", id=session))["data"]
    return read_page((await http.get(told["page_url"], params={"language": language})).text)


@pytest.mark.parametrize("language", ["en", "de"])
async def test_every_number_of_a_proposal_follows_from_the_page(
    http: httpx.AsyncClient,
    rest: RestFace,
    interviews: InterviewHelper,
    house: House,
    grace: Tenant,
    language: str,
) -> None:
    done = await judged(interviews, rest, house, grace)
    page = await shown(http, rest, done.id, language)
    rows, overall, error = recompute(page)
    assert len({score for _, score in rows}) > 1, "the numbers differ, so that a wrong weight shows"
    articles = _dimensions(page).all("article")
    assert [each.first("span", "figure").text for each in articles] == [score for _, score in rows]
    named = facts(page)
    score, mark = ("Score", "Pass mark") if language == "en" else ("Wertung", "Bestehensgrenze")
    assert named[score].split()[0] == overall
    assert named["Standard error" if language == "en" else "Standardfehler"] == f"± {error}"
    bars = page.first("ul", "bars").all("li")
    assert [(bar.first("bdi").text, bar.first("span", "figure").text) for bar in bars] == rows
    widths = [Decimal(bar.first("rect", "part").attributes["width"]) for bar in bars]
    assert widths == [Decimal(score) * 10 for _, score in rows]
    marks = {bar.first("rect", "mark").attributes["x"] for bar in bars}
    assert {Decimal(at) for at in marks} == {Decimal(named[mark].split()[0]) * 10}


async def test_nothing_that_nobody_judged_has_a_number_or_a_bar(
    http: httpx.AsyncClient, rest: RestFace, interviews: InterviewHelper, house: House, grace: Tenant
) -> None:
    role = await add_pipeline(house, grace.id)
    await rest.ask("write_script", id=str(role.stages["screen"]), **BACKEND)
    done = await interviews.conduct(role)
    done.score()
    page = await shown(http, rest, done.id, "en")
    assert not page.all("ul", "bars")
    assert not page.all("svg")
    assert facts(page)["Score"] == "Not scored"
    assert {each.first("span", "figure").text for each in page.all("article")} == {"Not assessed"}
    assert "Marked passages, judged by nobody" in page.text
    for denied in ("Not shown", "missing:", "0.0", "Strongest passages"):
        assert denied not in page.text


@pytest.mark.parametrize("language", ["en", "de"])
async def test_the_first_screen_says_who_what_when_how_long_and_what_is_asked(
    http: httpx.AsyncClient,
    rest: RestFace,
    interviews: InterviewHelper,
    house: House,
    grace: Tenant,
    language: str,
) -> None:
    done = await judged(interviews, rest, house, grace)
    page = await shown(http, rest, done.id, language)
    opening = page.first("div", "opening")
    named = facts(opening)
    assert opening.first("h1").text.endswith("Ada")
    assert "Backend Engineer" in named.values()
    assert any(re.fullmatch(r"\d+ (?:minutes?|Minuten?)", value) for value in named.values())
    asked = "A proposal is here" if language == "en" else "Ein Vorschlag liegt vor"
    assert asked in opening.first("p", "notice").text
    turns = {turn.attributes["id"]: turn.text for turn in page.first("ol", "turns").all("li")}
    for area in ("strongest", "open"):
        points = _section(opening, area).all("li")
        assert 1 <= len(points) <= 3
        for point in points:
            quote, link = point.first("q"), point.first("a")
            assert quote.attributes["lang"] == "en", "a quote stays in its own language"
            assert quote.text.removesuffix(" …") in turns[link.attributes["href"].removeprefix("#")]


def _dimensions(page: Element) -> Element:
    return _section(page, "dimensions")


def _section(opening: Element, name: str) -> Element:
    return next(each for each in opening.all("section") if each.attributes.get("aria-labelledby") == name)


async def test_a_question_for_people_is_the_first_open_point(
    http: httpx.AsyncClient, rest: RestFace, interviews: InterviewHelper, house: House, grace: Tenant
) -> None:
    role = await add_pipeline(house, grace.id)
    await rest.ask("write_script", id=str(role.stages["screen"]), **BACKEND)
    candidate, booked = await interviews.book(role)
    assert isinstance(candidate, CandidateClient)
    await candidate.start_interview()
    await candidate.send("answer", text="Yes.")
    await candidate.send("answer", text="How many <b>vacation</b> days do I get?")
    await candidate.finish()
    booked.score()
    page = await shown(http, rest, booked.id, "en")
    first = _section(page.first("div", "opening"), "open").all("li")[0]
    assert first.text.startswith("A question that only you can answer")
    assert "How many <b>vacation</b> days do I get?" in first.first("q").text
