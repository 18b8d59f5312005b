"""Plans: criteria from the rubric alone, questions that may be asked, times that add up, remarks on weak spots."""

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from domain.interview.turn_filter import questions_in
from domain.plan.items import InterviewPlan, ItemKind
from domain.plan.linter import lint
from domain.plan.question_patterns import ENGLISH, SIGNALS
from domain.plan.question_patterns_de import GERMAN
from domain.plan.sources import CaseSource, CodingTaskSource, QuestionSource, StageSource, TemplateSource
from domain.text.protected_topics import protected_topics
from domain.vocabulary import (
    Difficulty,
    ProbingDepth,
    ProfileDifficulty,
    Scale,
    SessionMode,
    StageType,
    Style,
    SuccessOutcome,
    Tone,
    UseCase,
)
from tests.support.conversations import DIMENSIONS, TASK, make_plan, profile


def criteria(plan: InterviewPlan) -> list[tuple[str, str]]:
    return [(criterion.id, criterion.text) for item in plan.items for criterion in item.criteria]


def test_the_same_sources_always_give_the_same_plan() -> None:
    assert make_plan(tasks=(TASK,)) == make_plan(tasks=(TASK,))


def test_a_plan_is_the_same_after_storage() -> None:
    plan = make_plan(tasks=(TASK,), scoring={"recommendationLogic": {"must_have": ["Ownership"]}})
    assert InterviewPlan.model_validate_json(plan.model_dump_json()) == plan


def test_manner_never_changes_the_criteria() -> None:
    usual = criteria(make_plan())
    for tone, style, manner, depth in product(Tone, Style, ProfileDifficulty, ProbingDepth):
        interaction = {"tone": tone, "style": style, "difficulty": manner, "probingDepth": depth}
        assert criteria(make_plan(interaction=interaction)) == usual
    for difficulty in Difficulty:
        assert criteria(make_plan(stage={"difficulty": difficulty})) == usual
    assert criteria(make_plan(profile_fields={"persona": "A pirate", "name": "Anne"})) == usual


def test_difficulty_changes_the_question_that_is_asked() -> None:
    put = {
        difficulty: (plan := make_plan(stage={"difficulty": difficulty}))
        .items[0]
        .question(plan.manner.variant)
        for difficulty in (Difficulty.beginner, Difficulty.intermediate, Difficulty.advanced)
    }
    assert len(set(put.values())) == 3


@pytest.mark.parametrize("use_case", list(UseCase))
@pytest.mark.parametrize("language", ["en", "de", "de-AT", "ja"])
@pytest.mark.parametrize(
    "mode", [StageType.ai_interview, StageType.roleplay_simulation, StageType.practice_session]
)
def test_derived_items_ask_one_allowed_question_each(
    use_case: UseCase, language: str, mode: StageType
) -> None:
    plan = make_plan(
        template_fields={"use_case": use_case, "language": language},
        stage={"stage_type": mode, "duration_minutes": 45},
    )
    assert {item.dimension_id for item in plan.items} == {"d1", "d2", "d3"}
    for item in plan.items:
        assert 3 <= len(item.criteria) <= 6
        assert len({criterion.text for criterion in item.criteria}) == len(item.criteria)
        for text in (*item.questions, *(criterion.probe for criterion in item.criteria)):
            assert questions_in(text) == 1
            assert "{" not in text
            assert protected_topics(text) == []
    assert [remark for remark in lint(plan) if remark.code not in ("no_description",)] == []


@pytest.mark.parametrize("catalog", [ENGLISH, GERMAN], ids=["en", "de"])
def test_every_pattern_asks_one_question_and_touches_no_protected_topic(catalog: dict[str, Any]) -> None:
    assert set(catalog) == set(ENGLISH)
    for kind in catalog.values():
        for text in (*kind.past, *kind.case, *kind.scene, *kind.probes):
            assert questions_in(text) == 1, text
            assert protected_topics(text) == [], text


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_signal_of_a_dimension_kind_has_a_criterion(language: str) -> None:
    for kind in (ENGLISH if language == "en" else GERMAN).values():
        assert set(kind.signals) <= set(SIGNALS[language])


def test_a_dimensions_description_becomes_its_criteria() -> None:
    first = make_plan().items[0]
    assert [criterion.text for criterion in first.criteria[:3]] == [
        "Designs scalable services",
        "Weighs trade-offs openly",
        "Handles failure and retries",
    ]


def test_a_template_without_dimensions_gets_a_default_rubric() -> None:
    plan = make_plan(profile_fields={"dimensions": []})
    assert [dimension.name for dimension in plan.dimensions] == [
        "Professional knowledge",
        "Problem solving",
        "Communication",
    ]
    assert sum(dimension.weight for dimension in plan.dimensions) == 100


def test_skills_of_the_template_are_asked_about_in_turn() -> None:
    plan = make_plan(stage={"duration_minutes": 45}, template_fields={"skills": ["Python", "PostgreSQL"]})
    asked = " ".join(item.question(2) for item in plan.items if item.dimension_id == "d1")
    assert "Python" in asked
    assert "PostgreSQL" in asked


def test_requirements_become_criteria_of_the_dimension_they_mention() -> None:
    plan = make_plan(
        template_fields={"requirements": "Designs interfaces that survive a retry; speaks to customers"}
    )
    assert "Designs interfaces that survive a retry" in [c.text for c in plan.items[0].criteria]


def test_attached_questions_come_before_derived_ones_with_their_own_criteria_and_probes() -> None:
    question = QuestionSource(
        question="How do you keep a payment from being charged twice?",
        dimension="system design",
        criteria=("Names an idempotency key", "Stores the first response", "Handles two requests at once"),
        probes=("What if both arrive at once?",),
        must_have=("Names an idempotency key",),
        minutes=Decimal(6),
    )
    item = make_plan(questions=(question,)).items[0]
    assert item.questions == (question.question,) * 3
    assert [criterion.text for criterion in item.criteria] == list(question.criteria)
    assert item.criteria[0].probe == "What if both arrive at once?"
    assert [criterion.must_have for criterion in item.criteria] == [True, False, False]
    assert item.minutes == 6


def test_an_attached_question_without_criteria_gets_the_dimensions() -> None:
    item = make_plan(
        questions=(QuestionSource(question="What is a queue for?", dimension="System design"),)
    ).items[0]
    assert 3 <= len(item.criteria) <= 6


def test_a_question_without_a_dimension_goes_to_the_nearest_in_words() -> None:
    question = QuestionSource(question="How do you check that a listener has understood your answer?")
    plan = make_plan(questions=(question,))
    assert next(item for item in plan.items if item.questions[0] == question.question).dimension_id == "d2"


def test_mandatory_questions_are_all_planned_and_optional_ones_as_time_allows() -> None:
    bank = tuple(
        QuestionSource(question=f"What about case {n}?", dimension="Ownership", mandatory=n < 3)
        for n in range(8)
    )
    plan = make_plan(questions=bank, stage={"duration_minutes": 10})
    asked = [item.questions[0] for item in plan.items_of("d3")]
    assert asked[:3] == [question.question for question in bank[:3]]
    assert set(asked) | set(plan.left_out) == {question.question for question in bank}
    assert plan.left_out


def test_a_coding_task_comes_last_is_measured_and_then_explained() -> None:
    plan = make_plan(tasks=(TASK,))
    code, talk = plan.items[-2:]
    assert code.kind is ItemKind.code
    assert [criterion.measured for criterion in code.criteria] == [True]
    assert code.dimension_id == talk.dimension_id == "d1"
    assert talk.after == code.id
    assert sum(item.minutes for item in plan.items) <= plan.minutes


def test_tasks_without_time_are_listed_as_left_out() -> None:
    second = TASK.model_copy(update={"title": "Three sum"})
    assert make_plan(tasks=(TASK, second)).left_out == ("Three sum",)


def test_when_time_is_short_the_heaviest_dimensions_come_first() -> None:
    many = [{"name": f"Trait {n}", "description": "", "weight": 5 + n % 3} for n in range(17)]
    plan = make_plan(profile_fields={"dimensions": many}, stage={"duration_minutes": 10})
    weights = [plan.dimension(item.dimension_id).weight for item in plan.items]
    assert weights == sorted(weights, reverse=True)
    assert {"too_short"} <= {remark.code for remark in lint(plan)}


def test_the_first_item_of_each_dimension_is_its_anchor() -> None:
    plan = make_plan(stage={"duration_minutes": 45})
    for dimension in plan.dimensions:
        assert plan.items_of(dimension.id)[0].anchor
        assert sum(item.anchor for item in plan.items_of(dimension.id)) == 1


@pytest.mark.parametrize(
    ("stage_type", "mode"),
    [
        (StageType.ai_interview, SessionMode.live_ai_interview),
        (StageType.async_assessment, SessionMode.async_interview),
        (StageType.roleplay_simulation, SessionMode.roleplay_simulation),
        (StageType.practice_session, SessionMode.practice_session),
        (StageType.manual_review, SessionMode.manual_review),
        (StageType.final_review, SessionMode.manual_review),
    ],
)
def test_the_stages_type_decides_the_mode(stage_type: StageType, mode: SessionMode) -> None:
    plan = make_plan(stage={"stage_type": stage_type})
    assert plan.mode is mode
    assert plan.timed == (mode is not SessionMode.async_interview)
    assert plan.conducted == (mode is not SessionMode.manual_review)
    assert plan.items


def test_a_role_play_asks_in_role_and_has_criteria_that_a_scene_can_show() -> None:
    plan = make_plan(stage={"stage_type": "roleplay_simulation"})
    texts = {criterion.text for item in plan.items for criterion in item.criteria}
    assert "Gives a real, checkable example" not in texts
    assert not any(item.question(2).startswith("Tell me about") for item in plan.items)


@pytest.mark.parametrize(
    ("scale", "given", "threshold"),
    [
        ("0-10", None, "6.0"),
        ("0-5", None, "3.0"),
        ("0-100", None, "60.0"),
        ("0-10", 7.5, "7.5"),
        ("0-10", 0, "0"),
    ],
)
def test_the_threshold_is_the_stages_or_sixty_percent(
    scale: str, given: float | None, threshold: str
) -> None:
    yardstick = make_plan(scoring={"scale": scale}, stage={"pass_threshold": given}).yardstick
    assert yardstick.scale is Scale(scale)
    assert yardstick.threshold == Decimal(threshold)


@pytest.mark.parametrize(
    ("use_case", "outcome"),
    [
        ("hiring", SuccessOutcome.hire_no_hire),
        ("admissions", SuccessOutcome.admit_reject),
        ("training", SuccessOutcome.ready_needs_training),
        ("custom_api", SuccessOutcome.custom),
    ],
)
def test_the_outcome_follows_from_the_use_case(use_case: str, outcome: SuccessOutcome) -> None:
    assert make_plan(template_fields={"use_case": use_case}).yardstick.outcome is outcome
    named = make_plan(template_fields={"use_case": use_case, "success_outcome": "pass_fail"})
    assert named.yardstick.outcome is SuccessOutcome.pass_fail


def test_the_session_overrides_the_stage_and_the_stage_the_template() -> None:
    fields = {"default_duration_minutes": 30, "language": "de"}
    assert make_plan(template_fields=fields, stage={"duration_minutes": 20}).minutes == 20
    plan = make_plan(template_fields=fields, stage={"duration_minutes": 20}, minutes=15, language="en")
    assert (plan.minutes, plan.language) == (Decimal(15), "en")
    assert make_plan(template_fields=fields).minutes == 30


def test_extra_time_lengthens_the_interview_and_nothing_else() -> None:
    usual, extra = make_plan(), make_plan(extra_percent=25)
    assert extra.seconds == usual.seconds * Decimal("1.25").__float__()
    assert extra.items == usual.items


def test_rows_of_storage_and_bodies_of_requests_are_read_alike() -> None:
    class Row:
        template_name, use_case, skills, level = "Nurse", "hiring", None, None

    assert TemplateSource.model_validate(Row()).skills == ()
    row = profile(evaluation_dimensions=DIMENSIONS, dimensions=DIMENSIONS)
    assert row.interaction.probing_depth is ProbingDepth.medium
    assert StageSource.model_validate({"pass_threshold": None}).pass_threshold is None


def lint_codes(**bank: Any) -> set[str]:
    usual = {
        "question": "How do you keep a payment from being charged twice?",
        "dimension": "System design",
        "criteria": ["Names an idempotency key", "Stores the first response", "Handles two requests at once"],
    }
    plan = make_plan(questions=(QuestionSource.model_validate({**usual, **bank}),))
    return {remark.code for remark in lint(plan)}


@pytest.mark.parametrize(
    ("bank", "code"),
    [
        ({"criteria": ["Names a key", "Names the key", "Stores the response"]}, "alike"),
        (
            {"criteria": ["Keeps payments from charging twice", "Names a key", "Stores a response"]},
            "in_the_question",
        ),
        ({"criteria": ["Gives a good answer", "Names a key", "Stores a response"]}, "not_observable"),
        ({"question": "What is a key? And why?"}, "several_questions"),
        ({"question": "How old are you?"}, "protected_topic"),
        (
            {"criteria": ["Has no children at home, asks: do you have children", "b c d", "e f g"]},
            "protected_topic",
        ),
        ({"probes": ["You forgot something, what is it?"]}, "accusing_probe"),
        ({"probes": ["Which idempotency key do you name?"]}, "gives_it_away"),
        ({"minutes": 60}, "too_long"),
    ],
)
def test_weak_spots_get_a_remark(bank: dict[str, Any], code: str) -> None:
    assert code in lint_codes(**bank)
    assert code not in lint_codes()


def test_a_task_without_hidden_cases_gets_a_remark() -> None:
    visible = CodingTaskSource(title="t", statement="s", cases=(CaseSource(input="1", expected_output="1"),))
    bare = CodingTaskSource(title="t", statement="s")
    assert "no_hidden_case" in {remark.code for remark in lint(make_plan(tasks=(visible,)))}
    assert "no_cases" in {remark.code for remark in lint(make_plan(tasks=(bare,)))}


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("Systems", "Programming"), "Programming"),
        (("Systems", "Clean code"), "Clean code"),
        (("Systems", "Software-Entwicklung"), "Software-Entwicklung"),
        (("Programme management", "Knowledge of databases"), "Knowledge of databases"),
    ],
)
def test_a_task_without_a_dimension_goes_to_the_one_about_code(names: tuple[str, ...], chosen: str) -> None:
    dimensions = [{"name": name, "description": "", "weight": 50} for name in names]
    plan = make_plan(tasks=(TASK,), profile_fields={"dimensions": dimensions})
    (task,) = [item for item in plan.items if item.code]
    assert plan.dimension(task.dimension_id).name == chosen
