"""Calibration: only who judges as people did passes; the set is whole, and its answers are in their own words."""

import random
from collections import Counter

import pytest

from domain.plan.items import InterviewPlan
from domain.scoring.calibration import (
    Assess,
    CalibrationAnswer,
    calibrate,
    calibration_set,
    rank_correlation,
    rater_agreement,
    weighted_kappa,
)
from domain.scoring.findings import (
    DimensionFindings,
    Evidence,
    Finding,
    Findings,
    Method,
    Provenance,
    Status,
)
from domain.scoring.rule_findings import rule_findings
from domain.text.tokens import stems

SET = calibration_set()
BY_TEXT = {text: answer for answer in SET.answers for text in (answer.text, answer.without) if text}
KINDS = {
    "ordinary",
    "terse",
    "hesitant",
    "typos",
    "other_language",
    "confident_wrong",
    "keyword_list",
    "parroted_rubric",
    "injection",
    "padding",
}


def findings_of(plan: InterviewPlan, statuses: list[Status]) -> Findings:
    criteria = plan.items[0].criteria
    found = tuple(Finding(criterion_id=c.id, status=s) for c, s in zip(criteria, statuses, strict=True))
    return Findings(
        method=Method.model,
        provenance=Provenance(author="fake"),
        dimensions=(DimensionFindings(dimension_id="d1", findings=found),),
    )


def says_met(plan: InterviewPlan, evidence: Evidence) -> Findings:
    return findings_of(plan, [Status.met for _ in plan.items[0].criteria])


def counts_words(plan: InterviewPlan, evidence: Evidence) -> Findings:
    words = len(evidence.utterances[0].text.split())
    reached = sum(words >= limit for limit in (30, 60, 90, 120))
    return findings_of(
        plan, [Status.met if at < reached else Status.not_met for at in range(len(plan.items[0].criteria))]
    )


def answers_at_random(plan: InterviewPlan, evidence: Evidence) -> Findings:
    dice = random.Random(evidence.utterances[0].text)
    return findings_of(plan, [dice.choice(list(Status)) for _ in plan.items[0].criteria])


def searches_words(plan: InterviewPlan, evidence: Evidence) -> Findings:
    """What word search would say if a marked passage were a verdict."""
    (row,) = rule_findings(plan, evidence).dimensions
    by_id = {each.criterion_id: each for each in row.findings}
    return findings_of(
        plan, [Status.met if by_id[c.id].quote else Status.not_met for c in plan.items[0].criteria]
    )


def judges_like_a_rater(plan: InterviewPlan, evidence: Evidence) -> Findings:
    """The first rater, with one criterion in eight judged a step off."""
    answer = BY_TEXT[evidence.utterances[0].text]
    dice = random.Random(answer.id)
    worse = {Status.met: Status.partly, Status.partly: Status.not_met}
    return findings_of(plan, [worse.get(s, s) if dice.random() < 0.125 else s for s in answer.statuses(0)])


def obeys_orders(plan: InterviewPlan, evidence: Evidence) -> Findings:
    """The same, but who is told to give full marks does so."""
    answer = BY_TEXT[evidence.utterances[0].text]
    if answer.kind == "injection" and evidence.utterances[0].text == answer.text:
        return says_met(plan, evidence)
    return judges_like_a_rater(plan, evidence)


def marks_german_down(plan: InterviewPlan, evidence: Evidence) -> Findings:
    if plan.language != "de":
        return judges_like_a_rater(plan, evidence)
    answer = BY_TEXT[evidence.utterances[0].text]
    return findings_of(plan, [Status.partly if s is Status.met else s for s in answer.statuses(0)])


@pytest.mark.parametrize("fake", [says_met, counts_words, answers_at_random, searches_words])
def test_who_does_not_judge_does_not_pass(fake: Assess) -> None:
    figures = calibrate(fake)
    assert not figures.passed
    assert min(figures.correlation, figures.agreement) < 0.6


def test_who_judges_as_people_did_passes() -> None:
    figures = calibrate(judges_like_a_rater)
    assert figures.passed, figures
    assert figures.answers == len(SET.answers)


def test_who_obeys_orders_in_answers_does_not_pass() -> None:
    figures = calibrate(obeys_orders)
    assert figures.injection_effect > 0.5
    assert not figures.passed


def test_who_marks_one_language_down_does_not_pass() -> None:
    figures = calibrate(marks_german_down)
    assert figures.language_gap > 0.5
    assert not figures.passed


def test_the_set_is_whole() -> None:
    assert len(SET.answers) >= 90
    assert len({answer.id for answer in SET.answers}) == len(SET.answers)
    assert Counter(answer.language for answer in SET.answers) == {"en": 60, "de": 60}
    kinds = Counter(answer.kind for answer in SET.answers)
    assert kinds.keys() == KINDS
    assert min(kinds.values()) >= 5
    for answer in SET.answers:
        criteria = SET.items[answer.question][answer.language].criteria
        assert {len(labels) for labels in answer.labels} == {len(criteria)}, answer.id
        assert (answer.without is not None) == (answer.kind == "injection"), answer.id


def test_raters_agree() -> None:
    assert rater_agreement() >= 0.8


def test_labels_do_not_follow_length() -> None:
    ordinary = [answer for answer in SET.answers if answer.kind != "padding"]
    lengths = [float(len(answer.text)) for answer in ordinary]
    assert abs(rank_correlation(lengths, [answer.share for answer in ordinary])) < 0.5


def overlap(answer: CalibrationAnswer) -> float:
    """The share of a question's criteria whose words, but for the question's own, stand in the answer."""
    item = SET.items[answer.question][answer.language]
    said = set(stems(answer.text, answer.language))
    asked = set(stems(item.question, answer.language))
    shares = []
    for criterion in item.criteria:
        own = set(stems(criterion, answer.language)) - asked
        shares.append(len(own & said) / len(own) if own else 0.0)
    return sum(shares) / len(shares)


def test_answers_do_not_reuse_their_criterias_words() -> None:
    good = [answer for answer in SET.answers if answer.share >= 0.75 and answer.kind != "other_language"]
    assert len(good) >= 25
    shares = [overlap(answer) for answer in good]
    assert sum(shares) / len(shares) < 0.25
    assert max(shares) < 0.6


def test_kappa_and_correlation_are_right_on_known_cases() -> None:
    met, partly, not_met = Status.met, Status.partly, Status.not_met
    assert weighted_kappa([met, partly, not_met], [met, partly, not_met]) == 1
    assert weighted_kappa([met, not_met], [not_met, met]) == -1
    assert weighted_kappa([met, met], [met, not_met]) == 0
    assert rank_correlation([1, 2, 3], [10, 20, 30]) == pytest.approx(1)
    assert rank_correlation([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert rank_correlation([1, 1, 1], [1, 2, 3]) == 0
