"""Rehearsals: with every kind of candidate the interview runs to its end and keeps its promises."""

from itertools import product

import pytest

from domain.interview.candidates.kinds import Candidate
from domain.interview.rehearsal import EXPECTED_FLAGS, LATEST_CLOSE_SECONDS, rehearse, rehearse_all
from domain.plan.sources import QuestionSource
from domain.vocabulary import ProbingDepth, StageType, Style, Tone
from tests.support.conversations import TASK, make_plan

CONDUCTED = [kind for kind in StageType if kind not in (StageType.manual_review, StageType.final_review)]


# Those whose behaviour differs most; every candidate is held below and through the page's channel.
SOME = [
    Candidate.strong,
    Candidate.silent,
    Candidate.rude,
    Candidate.does_not_know,
    Candidate.asks_us,
    Candidate.asks_back,
]


@pytest.mark.parametrize("candidate", list(Candidate))
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_candidate_keeps_the_figures_at_zero(candidate: Candidate, language: str) -> None:
    rehearsal = rehearse(make_plan(language=language), candidate)
    assert rehearsal.problems == ()
    assert rehearsal.figures.broken == ()


def test_a_criterion_that_nothing_asks_about_keeps_a_script_from_being_ready() -> None:
    bank = QuestionSource(question="How do you plan a week?", criteria=("Names the hydraulic pressure",))
    plan = make_plan(questions=(bank,))
    item = next(each for each in plan.items if each.question(2) == bank.question)
    criterion, *others = item.criteria
    mute = item.model_copy(update={"criteria": (criterion.model_copy(update={"probe": ""}), *others)})
    items = tuple(mute if each is item else each for each in plan.items)
    report = rehearse_all(plan.model_copy(update={"items": items}), [Candidate.strong])
    assert report.asked_by_nothing == (criterion.id,)
    assert report.sound
    assert not report.ready
    assert rehearse_all(plan, [Candidate.strong]).ready


@pytest.mark.parametrize("candidate", SOME)
@pytest.mark.parametrize(
    ("stage_type", "minutes", "language"), list(product(CONDUCTED, [10, 30], ["en", "de"])), ids=str
)
def test_the_promises_hold_with_every_candidate(
    candidate: Candidate, stage_type: StageType, minutes: int, language: str
) -> None:
    plan = make_plan(
        stage={"stage_type": stage_type, "duration_minutes": minutes},
        tasks=(TASK,) if minutes == 30 else (),
        language=language,
        interaction={"style": "conversational", "probingDepth": "high"},
    )
    rehearsal = rehearse(plan, candidate)
    assert rehearsal.problems == ()
    assert set(rehearsal.asked) | set(rehearsal.not_reached) == {item.id for item in plan.items}
    if plan.timed:
        assert rehearsal.closed != "never"
        assert rehearsal.minutes * 60 <= minutes * 60 + LATEST_CLOSE_SECONDS


@pytest.mark.parametrize(("tone", "style", "depth"), list(product(Tone, Style, ProbingDepth)), ids=str)
def test_manner_changes_the_conversation_and_not_the_ranking(
    tone: Tone, style: Style, depth: ProbingDepth
) -> None:
    plan = make_plan(interaction={"tone": tone, "style": style, "probingDepth": depth})
    found = [
        rehearse(plan, candidate).passages
        for candidate in (Candidate.strong, Candidate.middling, Candidate.weak)
    ]
    assert found[0] >= found[1] > found[2]


def test_a_rehearsal_gives_no_score_and_no_decision() -> None:
    report = rehearse_all(make_plan(tasks=(TASK,)))
    told = report.rehearsals[0].model_dump()
    assert not {"score", "passed", "recommendation"} & told.keys()
    assert report.sound


@pytest.mark.parametrize(("candidate", "kind"), list(EXPECTED_FLAGS.items()))
@pytest.mark.parametrize("language", ["en", "de"])
def test_what_should_be_flagged_is(candidate: Candidate, kind: str, language: str) -> None:
    assert kind in rehearse(make_plan(language=language), candidate).flags


def test_an_interview_without_answers_closes_without_a_passage() -> None:
    rehearsal = rehearse(make_plan(), Candidate.silent)
    assert rehearsal.closed == "no_answer"
    assert rehearsal.passages == 0


def test_a_rehearsal_is_the_same_every_time() -> None:
    plan = make_plan(tasks=(TASK,))
    assert rehearse_all(plan) == rehearse_all(plan)


def test_a_question_that_breaks_a_promise_is_found_before_a_candidate_meets_it() -> None:
    asks_twice = QuestionSource(question="How old are you? And why?", dimension="Ownership")
    report = rehearse_all(make_plan(questions=(asks_twice,)), [Candidate.strong])
    problems = report.rehearsals[0].problems
    assert "several_questions:ask" in problems
    assert "protected_topic:age" in problems
    assert not report.sound


def test_the_report_brings_the_linters_advice() -> None:
    plan = make_plan(questions=(QuestionSource(question="What is good?", criteria=("Gives a good answer",)),))
    assert "not_observable" in {remark.code for remark in rehearse_all(plan, [Candidate.weak]).remarks}
