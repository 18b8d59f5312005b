"""The report's "How to check this": every number on the page follows from what the page itself shows.

Nothing here asks the code for a number. The page is parsed, and its sums are done again as its own words say.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plan.items import InterviewPlan
from domain.scoring.findings import DimensionFindings, Evidence, Findings, Method, Status
from domain.scoring.scorecard import score
from tests.domain.scoring.test_scorecard import all_of, answered, interviews
from tests.support.conversations import make_plan
from tests.support.html_tree import Element, parse
from tests.support.reports import page_of, report_of


@dataclass(frozen=True)
class Reading:
    """What a reader of one language needs to know."""

    points: dict[str, Fraction]
    tests: str
    no_code: str
    question: str
    readings: str
    not_assessed: str
    spread: str
    yes: str


NO_POINTS = "\u2013"
ONE, HALF, NOTHING = Fraction(1), Fraction(1, 2), Fraction(0)
READERS = {
    "en": Reading(
        {
            "Shown": ONE,
            "Partly shown": HALF,
            "Not shown in the answers": NOTHING,
            "Contradicted": NOTHING,
        },
        r"(\d+) of (\d+) test cases passed",
        "No code was handed in",
        "(\\d+)(?: \\(counts (\\d+)\u00d7\\))?",
        "The readings differ:",
        "Not assessed",
        r"Readings differ by up to ([\d.]+)",
        "Yes",
    ),
    "de": Reading(
        {
            "Gezeigt": ONE,
            "Teilweise gezeigt": HALF,
            "In den Antworten nicht gezeigt": NOTHING,
            "Widersprochen": NOTHING,
        },
        r"(\d+) von (\d+) Testfällen bestanden",
        "Es wurde kein Code abgegeben",
        r"(\d+)(?: \(zählt (\d+)-fach\))?",
        "Die Lesungen weichen ab:",
        "Nicht bewertet",
        r"Die Lesungen weichen um bis zu ([\d.]+) voneinander ab",
        "Ja",
    ),
}


@dataclass
class Shown:
    """One criterion as it stands in its table."""

    question: int
    counts: int
    points: Fraction
    tested: bool
    readings: list[Fraction]


class ReportReader:
    """Reads numbers off a page and reckons them again; an assertion fails where one does not follow."""

    def __init__(self, html: str, language: str) -> None:
        self.page = parse(html)
        self.words = READERS[language]
        self.how = self._section("dimensions").all("ul")[0].text
        found = re.search(r"0-(\d+)", self.how)
        assert found is not None
        self.top = int(found[1])

    def _section(self, heading: str) -> Element:
        (found,) = [
            each for each in self.page.all("section") if each.attributes.get("aria-labelledby") == heading
        ]
        return found

    def fact(self, heading: str, number: int) -> str:
        """The value of a fact, by its place: names of facts are in the reader's language."""
        return self._section(heading).all("dl")[0].all("dd")[number].text

    def check(self) -> int:
        """Check every number; how many there were."""
        checked = 0
        totals: list[tuple[Fraction, Fraction, float]] = []
        bars = {row.one("th").all("bdi")[0].text: row for row in self.page.one("table", "bars").all("tr")[1:]}
        for article in self.page.all("article"):
            title = article.one("h3")
            name, number = title.one("bdi").text, title.one("span", "figure").text
            rows = list(self._criteria(article))
            checked += len(rows)
            bar = bars[name].one("td")
            if number == self.words.not_assessed:
                assert bar.text == number
                assert bar.all("svg") == []
                continue
            share = _mean_of_questions(rows)
            assert number == bar.text == _one_decimal(share * self.top)
            width = Decimal(bar.one("rect", "filled").attributes["width"])
            assert abs(width - Decimal(number) / self.top * 100) < Decimal("0.01")
            weight = Fraction(article.one("span", "weight").text)
            assert str(article.one("span", "weight").text) in bars[name].one("th").text
            totals.append((weight, share, self._error(article, rows)))
            checked += 2
        return checked + self._check_whole(totals)

    def _criteria(self, article: Element) -> Iterator[Shown]:
        for table in article.all("table"):
            for row in table.one("tbody").all("tr"):
                question, found, points, evidence = (cell.text for cell in row.all("td"))
                place = re.fullmatch(self.words.question, question)
                assert place is not None, question
                tests = re.search(self.words.tests, evidence)
                status, _, readings = found.partition(f" {self.words.readings} ")
                if tests:
                    passed, total = int(tests[1]), int(tests[2])
                    exact = Fraction(min(passed, total), total)
                elif evidence == self.words.no_code:
                    exact = NOTHING
                elif points == NO_POINTS:
                    assert status not in self.words.points
                    continue
                else:
                    exact = self.words.points[status]
                assert Decimal(points) == _rounded(exact, "0.01")
                tested = bool(tests) or evidence == self.words.no_code
                several = [self.words.points[each] for each in readings.split("; ")] if readings else []
                yield Shown(int(place[1]), int(place[2] or 1), exact, tested, several)

    def _error(self, article: Element, rows: list[Shown]) -> float:
        """The standard error of a dimension, between 0 and 1, and a check of the spread that is shown."""
        judged = [row for row in rows if not row.tested]
        if not judged:
            return 0.0
        each = re.search(r"0\.\d\d", self.how)
        assert each is not None
        number = max((len(row.readings) for row in judged), default=0)
        means = [
            sum((row.readings[at] if row.readings else row.points for row in judged), Fraction(0))
            / len(judged)
            for at in range(number)
        ]
        spread = max(means) - min(means) if means else Fraction(0)
        told = re.search(self.words.spread, article.text)
        assert (told[1] if told else "0.0") == _one_decimal(spread * self.top)
        return max(float(each[0]) / sqrt(len(judged)), float(spread) / 2)

    def _check_whole(self, totals: list[tuple[Fraction, Fraction, float]]) -> int:
        shown = re.match(r"([\d.]+) ", self.fact("outcome", 0))
        if shown is None:
            return 0
        weights = sum((weight for weight, _, _ in totals), Fraction(0))
        mean = sum((weight * share for weight, share, _ in totals), Fraction(0)) / weights
        assert shown[1] == _one_decimal(mean * self.top)
        error = sqrt(sum((float(weight / weights) * error) ** 2 for weight, _, error in totals)) * self.top
        told = self.fact("about", 2).removeprefix("± ")
        assert abs(float(told) - error) <= 0.05 + 1e-4
        mark = Decimal(self.fact("outcome", 4))
        if self.fact("outcome", 1) == self.words.yes:
            assert Decimal(shown[1]) >= mark
        return 3


def _mean_of_questions(rows: list[Shown]) -> Fraction:
    questions: dict[int, list[Shown]] = {}
    for row in rows:
        questions.setdefault(row.question, []).append(row)
    total = sum(
        (
            group[0].counts * sum((row.points for row in group), Fraction(0)) / len(group)
            for group in questions.values()
        ),
        Fraction(0),
    )
    return total / sum(group[0].counts for group in questions.values())


def _one_decimal(value: Fraction) -> str:
    return str(_rounded(value, "0.1"))


def _rounded(value: Fraction, step: str) -> Decimal:
    # far more digits than any step here, so the half of a step stays exact
    exact = Decimal(value.numerator * 10**12 // value.denominator) / 10**12
    return exact.quantize(Decimal(step), ROUND_HALF_UP)


def page_for(plan: InterviewPlan, evidence: Evidence, findings: Findings, language: str) -> str:
    return page_of(report_of(plan, evidence, score(plan, evidence, findings)), language)


@settings(max_examples=150, deadline=None)
@given(case=interviews(), language=st.sampled_from(sorted(READERS)))
def test_every_number_follows_from_what_the_page_shows(
    case: tuple[InterviewPlan, Evidence, Findings], language: str
) -> None:
    plan, evidence, findings = case
    report = report_of(plan, evidence, score(plan, evidence, findings))
    html = page_of(report, language)
    if not any(
        each["status"] for row in report["scorecard"]["evaluation_breakdown"] for each in row["criteria"]
    ):
        assert "<svg" not in html
        assert not re.search(r">\s*0\.0\s*<", html), "nothing is 0 that nobody judged"
        return
    ReportReader(html, language).check()


@pytest.mark.parametrize("language", sorted(READERS))
@pytest.mark.parametrize("method", [Method.human, Method.assistant, Method.model])
def test_the_sums_of_people_assistants_and_a_calibrated_model_can_be_done_again(
    method: Method, language: str
) -> None:
    plan = weighted_plan()
    evidence = answered(plan)
    findings = all_of(plan, evidence, varied(plan), method)
    assert ReportReader(page_for(plan, evidence, findings, language), language).check() > 10


@pytest.mark.parametrize("language", sorted(READERS))
def test_where_two_readings_differ_both_are_shown_and_so_is_what_follows(language: str) -> None:
    plan = weighted_plan()
    evidence = answered(plan)
    first = all_of(plan, evidence, varied(plan), Method.model)
    second = all_of(plan, evidence, Status.met, Method.model)
    rows = tuple(
        DimensionFindings(
            dimension_id=one.dimension_id, findings=one.findings, samples=(one.findings, other.findings)
        )
        for one, other in zip(first.dimensions, second.dimensions, strict=True)
    )
    html = page_for(plan, evidence, first.model_copy(update={"dimensions": rows}), language)
    assert READERS[language].readings in html
    assert ReportReader(html, language).check() > 10


@pytest.mark.parametrize("language", sorted(READERS))
def test_the_reader_notices_a_weight_that_is_not_the_one_the_score_was_made_with(language: str) -> None:
    plan = weighted_plan()
    evidence = answered(plan)
    findings = all_of(plan, evidence, varied(plan))
    report = report_of(plan, evidence, score(plan, evidence, findings))
    rows = report["scorecard"]["evaluation_breakdown"]
    for row, member, value in (
        (rows[0], "weight", "1"),
        (next(each for each in rows[0]["criteria"] if each["question_weight"] > 1), "question_weight", 1),
    ):
        right, row[member] = row[member], value
        with pytest.raises(AssertionError):
            ReportReader(page_of(report, language), language).check()
        row[member] = right
    ReportReader(page_of(report, language), language).check()


def weighted_plan() -> InterviewPlan:
    """A plan whose first question counts three times and whose second counts twice."""
    plan = make_plan()
    weights: dict[Any, int] = {0: 3, 1: 2}
    items = [item.model_copy(update={"weight": weights.get(at, 1)}) for at, item in enumerate(plan.items)]
    return plan.model_copy(update={"items": tuple(items)})


def varied(plan: InterviewPlan) -> dict[str, Status]:
    """Statuses that differ from question to question, so that every weight matters."""
    statuses = [Status.met, Status.not_met, Status.partly, Status.contradicted]
    return {
        criterion.id: statuses[(at + place // 2) % len(statuses)]
        for at, item in enumerate(plan.items)
        for place, criterion in enumerate(item.criteria)
    }
