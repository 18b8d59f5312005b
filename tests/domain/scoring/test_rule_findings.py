"""Passages by rules: exact quotes, unmoved by injections, names, order and length; nothing is judged or denied."""

import random
import re
from decimal import Decimal

import pytest

from domain.plan.items import Criterion, Dimension, InterviewPlan, Item
from domain.scoring.findings import Evidence, Finding, Findings, Utterance, is_quote_of, verify
from domain.scoring.rule_findings import rule_findings
from domain.scoring.scorecard import score
from tests.support.answer_sets import INJECTIONS, ORDINARY
from tests.support.conversations import make_plan
from tests.support.labelled_answers import LABELLED, Question


def plan_of(question: Question, language: str = "en") -> InterviewPlan:
    """A plan with this one question."""
    base = make_plan(language=language)
    item = Item(
        id="q1",
        dimension_id="d1",
        questions=(question.text,) * 3,
        criteria=tuple(
            Criterion(id=f"q1.c{n}", text=text) for n, text in enumerate(question.criteria, start=1)
        ),
        minutes=Decimal(10),
        anchor=True,
    )
    return base.model_copy(
        update={"items": (item,), "dimensions": (Dimension(id="d1", name="D", weight=Decimal(100)),)}
    )


def evidence_of(plan: InterviewPlan, *answers: str) -> Evidence:
    item = plan.items[0]
    said = tuple(
        Utterance(id=n, text=text, item_id=item.id, question=item.question(2))
        for n, text in enumerate(answers, start=4)
    )
    return Evidence(utterances=said, asked=(item.id,))


def findings_on(question: Question, *answers: str) -> Findings:
    plan = plan_of(question)
    return rule_findings(plan, evidence_of(plan, *answers))


def marked(question: Question, *answers: str) -> set[str]:
    """The criteria for which a passage is marked."""
    (found,) = findings_on(question, *answers).dimensions
    return {finding.criterion_id for finding in found.findings if finding.quote}


PAYMENT = LABELLED[0]
BEST = PAYMENT.answers[0][1]
ALL = [(question, text) for question in LABELLED for _, text in question.answers]


@pytest.mark.parametrize(("question", "text"), ALL, ids=lambda value: str(value)[:24])
def test_every_quote_is_exact_and_every_criterion_has_one_finding(question: Question, text: str) -> None:
    plan = plan_of(question)
    evidence = evidence_of(plan, text)
    found = rule_findings(plan, evidence).dimensions[0].findings
    verify(found, [criterion.id for criterion in plan.items[0].criteria], evidence.said)
    assert all(is_quote_of(each.quote, text) for each in found if each.quote)
    assert all(each.quote in text for each in found)


def test_scoring_again_changes_nothing() -> None:
    assert findings_on(PAYMENT, BEST) == findings_on(PAYMENT, BEST)


def test_the_order_of_criteria_and_dimensions_changes_nothing() -> None:
    plan = make_plan()
    answer = f"{BEST} I weigh trade-offs openly and handle failure and retries. I admit my own mistakes."
    said = tuple(Utterance(id=n, text=answer, item_id=item.id) for n, item in enumerate(plan.items, start=2))
    evidence = Evidence(utterances=said, asked=tuple(item.id for item in plan.items))

    def quotes(of: InterviewPlan) -> dict[str, str]:
        return {
            each.criterion_id: each.quote
            for row in rule_findings(of, evidence).dimensions
            for each in row.findings
        }

    usual = quotes(plan)
    assert any(usual.values())
    for seed in range(5):
        shuffle = random.Random(seed)
        items = [
            item.model_copy(update={"criteria": tuple(shuffle.sample(item.criteria, len(item.criteria)))})
            for item in shuffle.sample(plan.items, len(plan.items))
        ]
        dimensions = tuple(shuffle.sample(plan.dimensions, len(plan.dimensions)))
        assert quotes(plan.model_copy(update={"items": tuple(items), "dimensions": dimensions})) == usual


SWAPS = {
    "Anna": "Mehmet",
    "she": "he",
    "her": "his",
    "Oxford": "Duisburg",
    "Mrs": "Mr",
}


def test_names_pronouns_and_places_change_nothing() -> None:
    text = f"At Oxford Anna told me, and she was right with her view, as Mrs Smith said. {BEST}"
    swapped = re.sub("|".join(rf"\b{word}\b" for word in SWAPS), lambda found: SWAPS[found.group()], text)
    assert swapped != text
    assert marked(PAYMENT, text) == marked(PAYMENT, swapped) != set()


PADDING = (
    "Thank you very much for this question, which I find interesting. I have thought about it for a while now. "
    "It is a topic that comes up in many conversations, and there are many opinions on it. "
) * 5


@pytest.mark.parametrize(("question", "text"), ALL, ids=lambda value: str(value)[:24])
def test_padding_marks_nothing_more(question: Question, text: str) -> None:
    assert marked(question, f"{text} {PADDING}") == marked(question, text)


def test_a_long_fluent_answer_off_the_topic_is_hardly_marked() -> None:
    off = (
        "In my spare time I bake bread. The dough rests overnight, and in the morning the kitchen smells of it. "
        * 12
    )
    assert all(len(marked(question, off)) <= 1 for question in LABELLED)


def test_how_somebody_speaks_is_no_passage_on_another_subject() -> None:
    plan = make_plan()
    item = next(item for item in plan.items if any(criterion.signal for criterion in item.criteria))
    onions = (
        "First I chopped the onions myself, then I fried them because my aunt asked, "
        "and in the end nine guests ate."
    )
    said = Utterance(id=4, text=onions, item_id=item.id, question=item.question(2))
    found = rule_findings(plan, Evidence(utterances=(said,), asked=(item.id,)))
    assert [each.quote for row in found.dimensions for each in row.findings if each.quote] == []


@pytest.mark.parametrize("injection", INJECTIONS)
def test_an_injection_changes_no_passage(injection: str) -> None:
    for label, text in (PAYMENT.answers[0], PAYMENT.answers[2], PAYMENT.answers[4]):
        usual = marked(PAYMENT, text)
        assert marked(PAYMENT, f"{text}\n{injection}") == usual, label
        assert marked(PAYMENT, f"{injection}\n{text}") == usual, label


@pytest.mark.parametrize("injection", INJECTIONS)
def test_an_injection_alone_is_no_passage(injection: str) -> None:
    assert len(marked(PAYMENT, injection)) <= 1


def test_a_keyword_list_and_a_copied_question_are_no_passages() -> None:
    terms = (
        "idempotency key, retry, response, unique constraint, lock, expire, monitored, tested, stored, client"
    )
    assert marked(PAYMENT, terms) == set()
    assert marked(PAYMENT, f"{PAYMENT.text} {PAYMENT.text}") == set()


def test_reciting_the_rubric_gets_a_remark_for_the_reviewer() -> None:
    found = findings_on(PAYMENT, PAYMENT.criteria[0]).dimensions[0]
    assert found.remarks == ("rubric_echo",)


@pytest.mark.parametrize(("question", "text"), [*ALL, *((PAYMENT, text) for text in ORDINARY)])
def test_nothing_is_judged_and_nothing_denied(question: Question, text: str) -> None:
    plan = plan_of(question)
    evidence = evidence_of(plan, text)
    card = score(plan, evidence, rule_findings(plan, evidence))
    assert (card.score, card.passed, card.recommendation, card.confidence.value) == (None, None, None, "low")
    (row,) = card.evaluation_breakdown or ()
    assert row.score is None
    assert row.problem in ("not_judged", "other_language")
    assert "rules_only" in card.reasons
    assert {each.status for each in row.criteria} == {None}
    assert {each.points for each in row.criteria} == {None}
    shown = " ".join([row.reasoning, card.summary or "", *(card.improvement_feedback or ())])
    assert not re.search(r"not shown|missing|lacks?\b|failed|did not", shown, re.IGNORECASE)
    for each in row.criteria:
        assert each.text.rstrip(".") in row.reasoning
        assert each.text.rstrip(".") in (card.summary or "")


def test_an_answer_in_another_language_is_not_assessed_instead_of_failed() -> None:
    german = "Ich würde einen Schlüssel verwenden, den der Client bei jeder Wiederholung noch einmal schickt."
    found = findings_on(PAYMENT, german).dimensions[0]
    assert found.problem == "other_language"
    assert {(each.status, each.quote) for each in found.findings} == {(None, "")}


def test_german_answers_are_read_in_german() -> None:
    question = Question(
        "Was tun Sie?",
        (
            "Vergleicht die Messwerte vor und nach der Änderung",
            "Informiert die Betroffenen",
            "Schreibt einen Test",
        ),
        (),
    )
    plan = plan_of(question, language="de")
    evidence = evidence_of(
        plan, "Zuerst vergleiche ich die Messwerte vor und nach der Änderung, dann gehe ich weiter."
    )
    assert [bool(f.quote) for f in rule_findings(plan, evidence).dimensions[0].findings] == [
        True,
        False,
        False,
    ]


def test_the_best_answer_counts_and_the_first_of_equals() -> None:
    found = findings_on(PAYMENT, "Hm, let me think about that.", BEST, BEST).dimensions[0].findings
    assert {each.utterance_id for each in found if each.quote} == {5}


def test_findings_name_their_author() -> None:
    found = findings_on(PAYMENT, BEST)
    assert (found.method.value, found.provenance.author, found.provenance.trusted) == (
        "rules",
        "rules/1",
        False,
    )
    assert isinstance(found.dimensions[0].findings[0], Finding)
