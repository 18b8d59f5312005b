"""Scorecards: scores that can be recomputed, recommendations where they are allowed, reviewers' decisions."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plan.items import Criterion, Dimension, InterviewPlan, Item
from domain.scoring.decision import OUTCOME_WORDS, SERIOUS_FLAGS, Confidence, Review, outcome_words
from domain.scoring.findings import (
    BadFindings,
    DimensionFindings,
    Evidence,
    Finding,
    Findings,
    Measured,
    Method,
    Provenance,
    Status,
    Utterance,
)
from domain.scoring.points import one_decimal
from domain.scoring.recommendation_logic import read_logic
from domain.scoring.rule_findings import rule_findings
from domain.scoring.scorecard import Override, Scorecard, effective_outcome, recompute_score, score
from domain.text.answers import Flag, FlagKind
from domain.vocabulary import Scale, ScoringMethod, SuccessOutcome
from tests.support.conversations import TASK, make_plan

SAID = "I measured it first and changed one thing after the other."


def answered(plan: InterviewPlan, *, asked: tuple[str, ...] | None = None, **more: Any) -> Evidence:
    """Every item asked and answered with the same sentence."""
    items = asked if asked is not None else tuple(item.id for item in plan.items)
    said = [Utterance(id=10 + n, text=SAID, item_id=item, start_ms=1_000 * n) for n, item in enumerate(items)]
    return Evidence(utterances=tuple(said), asked=items, **more)


def all_of(
    plan: InterviewPlan,
    evidence: Evidence,
    statuses: Status | dict[str, Status],
    method: Method = Method.human,
    **provenance: Any,
) -> Findings:
    """Findings that give every criterion its status, `met` where none is named."""
    rows = []
    for dimension in plan.dimensions:
        found = []
        for item in plan.items_of(dimension.id):
            if item.id not in evidence.asked:
                continue
            turn = next((said.id for said in evidence.utterances if said.item_id == item.id), None)
            for criterion in item.criteria:
                status = statuses if isinstance(statuses, Status) else statuses.get(criterion.id, Status.met)
                quoted = status is not Status.not_met
                if not criterion.measured:
                    found.append(
                        Finding(
                            criterion_id=criterion.id,
                            status=status,
                            utterance_id=turn if quoted else None,
                            quote="changed one thing after the other" if quoted else "",
                        )
                    )
        if found:
            rows.append(
                DimensionFindings(dimension_id=dimension.id, findings=tuple(found), samples=(tuple(found),))
            )
    source = Provenance.model_validate({"author": "grace", "trusted": method is Method.model, **provenance})
    return Findings(method=method, provenance=source, dimensions=tuple(rows))


def card_of(
    statuses: Status | dict[str, Status] = Status.met, method: Method = Method.human, **how: Any
) -> Scorecard:
    plan = make_plan(**how)
    evidence = answered(plan)
    return score(plan, evidence, all_of(plan, evidence, statuses, method))


# --- Arithmetic -----------------------------------------------------------------------------------------


@st.composite
def interviews(draw: st.DrawFn) -> tuple[InterviewPlan, Evidence, Findings]:
    """Any plan on any scale with either method, partly asked, with any findings."""
    count = draw(st.integers(1, 5))
    dimensions = tuple(
        Dimension(id=f"d{n}", name=f"Dimension {n}", weight=Decimal(draw(st.integers(1, 9_999))) / 100)
        for n in range(1, count + 1)
    )
    items: list[Item] = []
    for dimension in dimensions:
        for _ in range(draw(st.integers(1, 3))):
            number = f"q{len(items) + 1}"
            measured = draw(st.booleans()) and draw(st.booleans())
            size = 1 if measured else draw(st.integers(1, 6))
            criteria = tuple(
                Criterion(id=f"{number}.c{c}", text=f"Criterion {number} {c}", measured=measured)
                for c in range(1, size + 1)
            )
            items.append(
                Item(
                    id=number,
                    dimension_id=dimension.id,
                    questions=("Q?",) * 3,
                    criteria=criteria,
                    minutes=Decimal(3),
                    weight=draw(st.integers(1, 3)),
                )
            )
    scale = draw(st.sampled_from(list(Scale)))
    logic = draw(
        st.sampled_from(
            [
                None,
                "Dimension 1 >= 2",
                {"must_have": ["Dimension 1"], "knock_out": ["q1.c1"]},
                "nonsense!",
                7,
                {"x": 1},
            ]
        )
    )
    base = make_plan(scoring={"scale": scale, "scoringMethod": draw(st.sampled_from(list(ScoringMethod)))})
    yardstick = base.yardstick.model_copy(update={"logic": logic})
    plan = base.model_copy(update={"dimensions": dimensions, "items": tuple(items), "yardstick": yardstick})
    asked = tuple(item.id for item in items if draw(st.integers(0, 9)))
    measured_items = {item.id: item for item in items if item.criteria[0].measured and item.id in asked}
    results = {
        key: Measured(passed=draw(st.integers(0, 7)), total=draw(st.integers(1, 7)))
        for key in measured_items
        if draw(st.booleans())
    }
    evidence = answered(plan, asked=asked, measured=results)
    statuses = {
        criterion.id: draw(st.sampled_from(list(Status))) for item in items for criterion in item.criteria
    }
    return plan, evidence, all_of(plan, evidence, statuses, draw(st.sampled_from(list(Method))))


@settings(max_examples=300, deadline=None)
@given(interviews())
def test_every_score_can_be_recomputed_from_the_card(case: tuple[InterviewPlan, Evidence, Findings]) -> None:
    plan, evidence, findings = case
    card = score(plan, evidence, findings)
    assert recompute_score(card, plan) == card.score
    stored = Scorecard.model_validate_json(card.model_dump_json())
    assert recompute_score(stored, InterviewPlan.model_validate_json(plan.model_dump_json())) == card.score
    assert score(plan, evidence, findings) == card
    if card.score is not None:
        assert 0 <= Decimal(card.score) <= plan.yardstick.scale.top
        assert card.score == one_decimal(Fraction(card.score))


@settings(max_examples=200, deadline=None)
@given(interviews(), st.randoms(use_true_random=False))
def test_the_order_of_dimensions_items_and_criteria_does_not_change_the_score(
    case: tuple[InterviewPlan, Evidence, Findings], shuffle: Any
) -> None:
    plan, evidence, findings = case
    items = [
        item.model_copy(update={"criteria": tuple(shuffle.sample(item.criteria, len(item.criteria)))})
        for item in shuffle.sample(plan.items, len(plan.items))
    ]
    dimensions = tuple(shuffle.sample(plan.dimensions, len(plan.dimensions)))
    rows = tuple(
        row.model_copy(update={"findings": tuple(shuffle.sample(row.findings, len(row.findings)))})
        for row in shuffle.sample(findings.dimensions, len(findings.dimensions))
    )
    other = plan.model_copy(update={"items": tuple(items), "dimensions": dimensions})
    card, again = (
        score(plan, evidence, findings),
        score(other, evidence, findings.model_copy(update={"dimensions": rows})),
    )
    facts = ("score", "passed", "recommendation", "standard_error", "confidence")
    assert [getattr(card, fact) for fact in facts] == [getattr(again, fact) for fact in facts]


@settings(max_examples=100, deadline=None)
@given(interviews())
def test_more_criteria_met_never_lower_the_score(case: tuple[InterviewPlan, Evidence, Findings]) -> None:
    plan, evidence, findings = case
    best = score(plan, evidence, all_of(plan, evidence, Status.met, findings.method))
    usual = score(plan, evidence, findings)
    worst = score(plan, evidence, all_of(plan, evidence, Status.not_met, findings.method))
    if usual.score is not None:
        assert Decimal(worst.score or 0) <= Decimal(usual.score) <= Decimal(best.score or 0)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(0), "0.0"),
        (Fraction(10), "10.0"),
        (Fraction(33, 4), "8.3"),
        (Fraction(1, 3), "0.3"),
        (Fraction(2_001, 20), "100.1"),
    ],
)
def test_scores_are_text_with_one_decimal(value: Fraction, shown: str) -> None:
    assert one_decimal(value) == shown


@pytest.mark.parametrize(
    ("scale", "best", "half"), [("0-10", "10.0", "5.0"), ("0-5", "5.0", "2.5"), ("0-100", "100.0", "50.0")]
)
def test_the_scale_is_the_profiles(scale: str, best: str, half: str) -> None:
    assert card_of(scoring={"scale": scale}).score == best
    assert card_of(Status.partly, scoring={"scale": scale}).score == half
    assert card_of(Status.contradicted, scoring={"scale": scale}).score == "0.0"
    assert card_of(scoring={"scale": scale}).score_scale == scale


def test_a_failed_dimension_costs_the_share_of_its_weight() -> None:
    plan = make_plan()
    failing = {c.id: Status.not_met for item in plan.items_of("d3") for c in item.criteria}
    assert card_of(failing).score == "8.0"


def test_code_counts_by_its_share_of_passed_tests_and_twice() -> None:
    plan = make_plan(tasks=(TASK,), profile_fields={"dimensions": [{"name": "Coding", "weight": 100}]})
    code = next(item for item in plan.items if item.code)
    evidence = answered(plan, measured={code.id: Measured(passed=1, total=2)})
    card = score(plan, evidence, all_of(plan, evidence, Status.met))
    talk = sum(item.weight for item in plan.items if not item.code)
    assert card.score == one_decimal(Fraction(10 * (talk + 1), talk + 2))
    assert "1 of 2 test cases passed" in (card.evaluation_breakdown or ())[0].reasoning


def test_code_that_was_never_submitted_counts_as_failed() -> None:
    plan = make_plan(tasks=(TASK,), profile_fields={"dimensions": [{"name": "Coding", "weight": 100}]})
    evidence = answered(plan)
    card = score(plan, evidence, all_of(plan, evidence, Status.met))
    assert Decimal(card.score or 0) < 10


# --- What was not assessed -------------------------------------------------------------------------------


def test_what_was_not_asked_is_not_assessed_and_never_zero() -> None:
    plan = make_plan()
    evidence = answered(plan, asked=tuple(item.id for item in plan.items if item.dimension_id != "d3"))
    card = score(plan, evidence, all_of(plan, evidence, Status.met, Method.assistant))
    row = (card.evaluation_breakdown or ())[2]
    assert (card.score, row.score, row.problem) == ("10.0", None, "not_asked")
    assert card.recommendation == "pending_review"
    assert card.passed is None
    assert "not_asked:d3" in card.reasons


def test_without_any_question_asked_there_is_no_score() -> None:
    plan = make_plan()
    evidence = Evidence()
    card = score(plan, evidence, all_of(plan, evidence, Status.met))
    assert (card.score, card.passed, card.recommendation, card.standard_error) == (
        None,
        None,
        None,
        None,
    )


def test_a_dimension_without_findings_is_not_assessed() -> None:
    plan = make_plan()
    evidence = answered(plan)
    findings = all_of(plan, evidence, Status.met)
    card = score(plan, evidence, findings.model_copy(update={"dimensions": findings.dimensions[:2]}))
    assert "no_findings:d3" in card.reasons


def test_findings_that_do_not_hold_raise_bad_findings() -> None:
    plan = make_plan()
    evidence = answered(plan)
    findings = all_of(plan, evidence, Status.met)
    first = findings.dimensions[0]
    lie = first.findings[0].model_copy(update={"quote": "the server locks the row"})
    lying = first.model_copy(update={"findings": (lie, *first.findings[1:])})
    with pytest.raises(BadFindings):
        score(plan, evidence, findings.model_copy(update={"dimensions": (lying, *findings.dimensions[1:])}))


# --- Recommendations -------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", list(SuccessOutcome))
def test_the_outcome_decides_the_words_of_a_recommendation(outcome: SuccessOutcome) -> None:
    fields = {"success_outcome": outcome}
    assert card_of(template_fields=fields).recommendation == OUTCOME_WORDS[outcome][0]
    assert card_of(Status.not_met, template_fields=fields).recommendation == OUTCOME_WORDS[outcome][1]


@pytest.mark.parametrize(
    ("method", "provenance", "recommendation", "passed", "review"),
    [
        (Method.assistant, {}, "hire", True, Review.to_confirm),
        (Method.model, {"trusted": True}, "hire", True, Review.to_confirm),
        (Method.model, {"trusted": True, "degraded": True}, "pending_review", None, Review.pending),
        (Method.human, {}, "hire", True, Review.none),
    ],
)
def test_people_assistants_and_calibrated_models_may_recommend(
    method: Method, provenance: dict[str, Any], recommendation: str, passed: bool | None, review: Review
) -> None:
    plan = make_plan()
    evidence = answered(plan)
    card = score(plan, evidence, all_of(plan, evidence, Status.met, method, **provenance))
    assert (card.recommendation, card.passed, card.review) == (recommendation, passed, review)
    assert card.score == "10.0"
    assert card.provisional == (method is not Method.human)


@pytest.mark.parametrize(
    ("method", "reason"), [(Method.rules, "rules_only"), (Method.model, "not_calibrated")]
)
def test_whoever_may_not_judge_marks_passages_only(method: Method, reason: str) -> None:
    plan = make_plan()
    evidence = answered(plan)
    card = score(plan, evidence, all_of(plan, evidence, Status.met, method, trusted=False))
    assert (card.score, card.passed, card.recommendation, card.review) == (None, None, None, Review.pending)
    assert reason in card.reasons
    rows = card.evaluation_breakdown or ()
    assert {row.score for row in rows} == {None}
    assert {each.status for row in rows for each in row.criteria} == {None}
    assert any(each.quote for row in rows for each in row.criteria)
    assert recompute_score(card, plan) is None


@pytest.mark.parametrize(
    ("passed", "shown", "word"), [(10, "10.0", "hire"), (4, "4.0", "no_hire"), (None, "0.0", "no_hire")]
)
def test_what_is_all_measured_has_its_number_at_once(passed: int | None, shown: str, word: str) -> None:
    base = make_plan()
    item = Item(
        id="q1",
        dimension_id="d1",
        questions=("Solve it.",) * 3,
        criteria=(Criterion(id="q1.c1", text="Passes the tests", measured=True),),
        minutes=Decimal(10),
    )
    dimension = Dimension(id="d1", name="Coding", weight=Decimal(100))
    plan = base.model_copy(update={"items": (item,), "dimensions": (dimension,)})
    measured = {} if passed is None else {"q1": Measured(passed=passed, total=10)}
    evidence = Evidence(asked=("q1",), measured=measured)
    card = score(plan, evidence, rule_findings(plan, evidence))
    assert (card.score, card.passed, card.recommendation) == (shown, word == "hire", word)
    assert card.standard_error == "0.0"
    assert recompute_score(card, plan) == shown


def test_a_measured_part_gives_the_whole_no_number() -> None:
    plan = make_plan(tasks=(TASK,))
    measured = {item.id: Measured(passed=1, total=1) for item in plan.items if item.code}
    assert measured
    evidence = answered(plan, measured=measured)
    card = score(plan, evidence, rule_findings(plan, evidence))
    assert (card.score, card.passed, card.recommendation) == (None, None, None)
    assert "1 of 1 test cases passed" in (card.summary or "")


@pytest.mark.parametrize("kind", sorted(SERIOUS_FLAGS))
def test_a_serious_flag_needs_human_review_and_does_not_change_the_score(kind: FlagKind) -> None:
    plan = make_plan()
    evidence = answered(plan, flags=(Flag(kind=kind, utterance=10),))
    card = score(plan, evidence, all_of(plan, evidence, Status.met, Method.assistant))
    assert card.recommendation == "pending_review"
    assert f"flag:{kind.value}" in card.reasons
    assert card.score == card_of(method=Method.assistant).score
    human = score(plan, evidence, all_of(plan, evidence, Status.met, Method.human))
    assert human.recommendation == "hire"


def test_practice_gives_feedback_and_no_recommendation() -> None:
    card = card_of(Status.partly, stage={"stage_type": "practice_session"})
    assert card.recommendation is None
    assert card.improvement_feedback


@pytest.mark.parametrize(
    ("threshold", "word"), [(5.0, "borderline"), (4.7, "borderline"), (4.0, "hire"), (6.5, "no_hire")]
)
def test_a_score_near_the_threshold_is_borderline(threshold: float, word: str) -> None:
    card = card_of(Status.partly, method=Method.assistant, stage={"pass_threshold": threshold})
    assert (card.score, card.recommendation) == ("5.0", word)
    assert Decimal(card.standard_error or 0) > 0


def test_the_shown_score_is_compared_with_the_threshold() -> None:
    assert card_of(Status.partly, stage={"pass_threshold": 5.0}).passed is True
    assert card_of(Status.partly, stage={"pass_threshold": 5.01}).passed is False


def test_confidence_falls_with_disagreement() -> None:
    plan = make_plan()
    evidence = answered(plan)
    findings = all_of(plan, evidence, Status.met, Method.model)
    other = all_of(plan, evidence, Status.not_met, Method.model)
    torn = tuple(
        row.model_copy(update={"samples": (row.findings, against.findings)})
        for row, against in zip(findings.dimensions, other.dimensions, strict=True)
    )
    assert score(plan, evidence, findings).confidence in (Confidence.medium, Confidence.high)
    card = score(plan, evidence, findings.model_copy(update={"dimensions": torn}))
    assert card.confidence is Confidence.low
    assert Decimal(card.standard_error or 0) > Decimal("1.0")


# --- rule_based ----------------------------------------------------------------------------------------------


def ruled(logic: Any, statuses: Status | dict[str, Status] = Status.met, **how: Any) -> Scorecard:
    scoring = {"scoringMethod": "rule_based", "recommendationLogic": logic}
    return card_of(statuses, scoring=scoring, **how)


@pytest.mark.parametrize(
    ("logic", "failed"),
    [
        ("Ownership >= 5", ["minimum:d3"]),
        ({"minimums": {"Ownership": 5}}, ["minimum:d3"]),
        ({"minimums": {"d3": "5.0"}}, ["minimum:d3"]),
        ("must: Ownership", ["minimum:d3"]),
        ({"must_have": ["Follows a matter to its end"]}, ["must_have:{first}"]),
        ("knock_out: {first}", ["knock_out:{first}"]),
        ("Ownership >= 0", []),
        ("System design >= 9; Communication >= 9", []),
    ],
)
def test_failed_rules_fail_the_session(logic: Any, failed: list[str]) -> None:
    plan = make_plan()
    own = [c.id for item in plan.items_of("d3") for c in item.criteria]
    if isinstance(logic, str):
        logic = logic.format(first=own[0])
    card = ruled(logic, dict.fromkeys(own, Status.not_met))
    assert card.score == "8.0"
    assert list(card.rules_failed) == [rule.format(first=own[0]) for rule in failed]
    assert card.scoring_method is ScoringMethod.rule_based
    assert (card.passed, card.recommendation) == ((False, "no_hire") if failed else (True, "hire"))


@pytest.mark.parametrize(
    "logic",
    [
        "hire the best",
        {"minimums": {"Charm": 5}},
        {"minimums": {"Ownership": 11}},
        {"minimums": {"Ownership": "many"}},
        {"must_have": "Ownership"},
        {"unknown": 1},
        {"labels": {"pass": "Hire now!"}},
        [1],
        3.5,
    ],
)
def test_unreadable_logic_falls_back_to_the_weighted_average_and_says_so(logic: Any) -> None:
    card = ruled(logic, method=Method.assistant)
    assert card.scoring_method is ScoringMethod.weighted_average
    assert card.score == "10.0"
    assert "logic_unreadable" in card.reasons


@pytest.mark.parametrize("logic", [None, "", {}])
def test_rule_based_without_logic_is_the_weighted_average(logic: Any) -> None:
    card = ruled(logic, method=Method.assistant)
    assert card.scoring_method is ScoringMethod.weighted_average
    assert card.recommendation == "hire"


def test_a_custom_outcome_may_name_its_own_recommendations() -> None:
    fields = {"use_case": "custom_api"}
    assert ruled("pass: advance; fail: stop", template_fields=fields).recommendation == "advance"
    assert ruled("pass: advance; fail: stop", Status.not_met, template_fields=fields).recommendation == "stop"
    assert ruled("pass: advance; fail: stop").recommendation == "hire"


def test_the_two_ways_to_write_logic_mean_the_same() -> None:
    text = "Communication >= 5; must: Ownership; knock_out: q1.c1; pass: advance; fail: stop"
    parts = {
        "minimums": {"Communication": 5},
        "must_have": ["Ownership"],
        "knock_out": ["q1.c1"],
        "labels": {"pass": "advance", "fail": "stop"},
    }
    plans = [make_plan(scoring={"recommendationLogic": logic}) for logic in (text, parts)]
    one, other = (read_logic(plan) for plan in plans)
    assert one == other
    assert one is not None


# --- The card ------------------------------------------------------------------------------------------------


def test_the_breakdown_cites_turns_with_their_times() -> None:
    card = card_of()
    row = (card.evaluation_breakdown or ())[0]
    assert (row.name, row.weight, row.score) == ("System design", Decimal(50), "10.0")
    assert row.citations[0].model_dump() == {
        "turn": 10,
        "start_ms": 0,
        "quote": "changed one thing after the other",
    }
    assert "Shown: Designs scalable services." in row.reasoning


def test_the_summary_has_two_paragraphs_in_the_interviews_language() -> None:
    english, german = card_of(Status.partly).summary, card_of(Status.partly, language="de").summary
    assert english is not None
    assert german is not None
    assert english.count("\n\n") == german.count("\n\n") == 1
    assert "To probe next:" in english
    assert "Als Nächstes nachfragen:" in german


def test_feedback_puts_contradicted_criteria_first() -> None:
    plan = make_plan()
    ids = [c.id for item in plan.items for c in item.criteria]
    lines = card_of(
        {ids[0]: Status.partly, ids[1]: Status.not_met, ids[2]: Status.contradicted}
    ).improvement_feedback
    assert lines is not None
    assert [line.split(":")[1].strip() for line in lines] == [
        "what you said speaks against this; look into it again",
        "speak about this as well next time",
        "this came through in part; say it more clearly and with a case",
    ]


@pytest.mark.parametrize(
    ("switch", "member"),
    [
        ("includeRecommendation", "recommendation"),
        ("includeScoreBreakdown", "evaluation_breakdown"),
        ("includeImprovementFeedback", "improvement_feedback"),
    ],
)
def test_output_switches_hide_members_and_lose_nothing(switch: str, member: str) -> None:
    plan = make_plan(profile_fields={"output": {switch: False}})
    evidence = answered(plan)
    card = score(plan, evidence, all_of(plan, evidence, Status.met))
    assert getattr(card, member) is not None
    shown = card.redacted(plan).model_dump()
    assert shown[member] is None
    assert {k: v for k, v in shown.items() if k != member} == {
        k: v for k, v in card.model_dump().items() if k != member
    }


def test_a_reviewers_decision_overrides_the_outcome_not_the_card() -> None:
    plan = make_plan()
    card = card_of(Status.not_met, Method.assistant)
    assert effective_outcome(card, plan, None).recommendation == "no_hire"
    override = Override(by="grace", reason="The microphone failed twice.", passed=True)
    outcome = effective_outcome(card, plan, override)
    assert (outcome.passed, outcome.recommendation, outcome.decided_by) == (True, "hire", "grace")
    assert card.recommendation == "no_hire"
    named = Override(by="grace", reason="See notes.", score=Decimal("7.25"), recommendation="hire")
    assert effective_outcome(card, plan, named).score == "7.3"


def test_a_degraded_conversation_is_marked() -> None:
    plan = make_plan()
    evidence = answered(plan, degraded=True)
    card = score(plan, evidence, all_of(plan, evidence, Status.met, Method.assistant))
    assert card.degraded
    assert card.recommendation == "hire"


def test_the_words_of_a_plan_follow_its_use_case() -> None:
    assert outcome_words(make_plan(template_fields={"use_case": "training"})) == ("ready", "needs_training")
