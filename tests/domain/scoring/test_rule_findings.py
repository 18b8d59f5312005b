"""Findings by rules: repeatable, exact quotes, unmoved by injections, names, order and length; blind to meaning."""

import random
import re
from decimal import Decimal

import pytest

from domain.plan.items import Criterion, Dimension, InterviewPlan, Item
from domain.scoring.findings import Evidence, Finding, Findings, Status, Utterance, is_quote_of, verify
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


def points(question: Question, *answers: str) -> float:
    plan = plan_of(question)
    evidence = evidence_of(plan, *answers)
    card = score(plan, evidence, rule_findings(plan, evidence))
    return float(card.score or 0)  # None means not assessed, which counts as 0 here


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
    usual = score(plan, evidence, rule_findings(plan, evidence))
    for seed in range(5):
        shuffle = random.Random(seed)
        items = [
            item.model_copy(update={"criteria": tuple(shuffle.sample(item.criteria, len(item.criteria)))})
            for item in shuffle.sample(plan.items, len(plan.items))
        ]
        dimensions = tuple(shuffle.sample(plan.dimensions, len(plan.dimensions)))
        other = plan.model_copy(update={"items": tuple(items), "dimensions": dimensions})
        again = score(other, evidence, rule_findings(other, evidence))
        assert again.score == usual.score
        assert {row.name: row.score for row in again.evaluation_breakdown or ()} == {
            row.name: row.score for row in usual.evaluation_breakdown or ()
        }


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
    assert points(PAYMENT, text) == points(PAYMENT, swapped)


PADDING = (
    "Thank you very much for this question, which I find interesting. I have thought about it for a while now. "
    "It is a topic that comes up in many conversations, and there are many opinions on it. "
) * 5


@pytest.mark.parametrize(("question", "text"), ALL, ids=lambda value: str(value)[:24])
def test_padding_hardly_moves_a_score(question: Question, text: str) -> None:
    assert abs(points(question, f"{text} {PADDING}") - points(question, text)) <= 0.5


def test_a_long_fluent_answer_off_the_topic_stays_low() -> None:
    off = (
        "In my spare time I bake bread. The dough rests overnight, and in the morning the kitchen smells of it. "
        * 12
    )
    assert all(points(question, off) <= 2.5 for question in LABELLED)


@pytest.mark.parametrize("injection", INJECTIONS)
def test_an_injection_does_not_move_the_score(injection: str) -> None:
    for label, text in (PAYMENT.answers[0], PAYMENT.answers[2], PAYMENT.answers[4]):
        usual = points(PAYMENT, text)
        assert abs(points(PAYMENT, f"{text}\n{injection}") - usual) <= 0.5, label
        assert abs(points(PAYMENT, f"{injection}\n{text}") - usual) <= 0.5, label


@pytest.mark.parametrize("injection", INJECTIONS)
def test_an_injection_alone_earns_nothing(injection: str) -> None:
    assert points(PAYMENT, injection) <= 1.0


def test_a_keyword_list_and_a_copied_question_earn_nothing() -> None:
    terms = (
        "idempotency key, retry, response, unique constraint, lock, expire, monitored, tested, stored, client"
    )
    assert points(PAYMENT, terms) == 0.0
    assert points(PAYMENT, f"{PAYMENT.text} {PAYMENT.text}") <= 1.0


def test_reciting_the_rubric_gets_a_remark_for_the_reviewer() -> None:
    recited = ". ".join(PAYMENT.criteria)
    found = findings_on(PAYMENT, PAYMENT.criteria[0]).dimensions[0]
    assert found.remarks == ("rubric_echo",)
    assert points(PAYMENT, recited) > 5  # rules see only words, so they never recommend


def test_right_words_with_wrong_content_score_high_so_rules_never_recommend() -> None:
    wrong = BEST.replace("send", "never send").replace("without charging", "and charge once more")
    assert points(PAYMENT, wrong) > 4
    for question, text in ALL:
        plan = plan_of(question)
        evidence = evidence_of(plan, text)
        card = score(plan, evidence, rule_findings(plan, evidence))
        assert (card.passed, card.recommendation, card.confidence.value) == (None, "pending_review", "low")
        assert card.provisional


def test_an_answer_in_another_language_is_not_assessed_instead_of_failed() -> None:
    german = "Ich würde einen Schlüssel verwenden, den der Client bei jeder Wiederholung noch einmal schickt."
    found = findings_on(PAYMENT, german).dimensions[0]
    assert (found.problem, found.findings) == ("other_language", ())


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
    assert [f.status for f in rule_findings(plan, evidence).dimensions[0].findings] == [
        Status.met,
        Status.not_met,
        Status.not_met,
    ]


def test_the_best_answer_counts_and_the_first_of_equals() -> None:
    found = findings_on(PAYMENT, "Hm, let me think about that.", BEST, BEST).dimensions[0].findings
    assert {each.utterance_id for each in found if each.quote} == {5}


def test_any_ordinary_answer_scores_on_the_scale() -> None:
    for text in ORDINARY:
        assert 0 <= points(PAYMENT, f"{text} We sent it again with the same key.") <= 10


def ranks(values: list[float]) -> list[float]:
    ordered = sorted(values)
    return [(ordered.index(value) + len(ordered) - 1 - ordered[::-1].index(value)) / 2 for value in values]


def test_it_ranks_answers_much_as_a_person_did() -> None:
    labels = ranks([float(label) for question in LABELLED for label, _ in question.answers])
    given = ranks([points(question, text) for question, text in ALL])
    middle = (len(labels) - 1) / 2
    together = sum((a - middle) * (b - middle) for a, b in zip(labels, given, strict=True))
    apart = (sum((a - middle) ** 2 for a in labels) * sum((b - middle) ** 2 for b in given)) ** 0.5
    assert together / apart >= 0.60


def test_findings_name_their_author() -> None:
    found = findings_on(PAYMENT, BEST)
    assert (found.method.value, found.provenance.author, found.provenance.trusted) == (
        "rules",
        "rules/1",
        False,
    )
    assert isinstance(found.dimensions[0].findings[0], Finding)
