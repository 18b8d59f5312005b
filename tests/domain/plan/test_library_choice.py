"""The library serves where nobody wrote a script: by role, dimensions, skills, level and minutes, the same for all."""

from decimal import Decimal
from typing import Any

import pytest

from domain.interview.candidates.kinds import Candidate
from domain.interview.rehearsal import rehearse_all
from domain.plan.family_choice import choose_family
from domain.plan.items import InterviewPlan, ItemKind, PlanSource
from domain.plan.library import Family, families
from domain.plan.linter import lint
from domain.plan.script import Script
from domain.plan.script_linter import lint_script
from domain.plan.script_remarks import ScriptContext, errors_in
from domain.plan.skills import names_skill
from domain.plan.sources import QuestionSource, TemplateSource
from domain.plan.stage_check import check_stage
from tests.support.conversations import DIMENSIONS, TASK, make_plan, profile, template
from tests.support.scripts import BACKEND, BAKERY

# one who answers, one who does not, one who asks back, one with questions to us
SOME = (Candidate.strong, Candidate.does_not_know, Candidate.asks_back, Candidate.asks_us)


def family(name: str, roles: list[str], *, language: str = "en", **more: Any) -> Family:
    """A family with two dimensions and eight items, one of them for a skill and one for experts."""

    def item(at: int) -> dict[str, Any]:
        subject = "{skill}" if at == 0 else f"task {at} of a {name}"
        return {
            "id": f"{name}-{at}",
            "dimension": "craft" if at % 2 == 0 else "people",
            "question": f"How do you go about {subject}?",
            "easier": f"What is {subject} about?",
            "criteria": [
                {"text": f"Names the first step of {subject}", "probe": "What comes first?"},
                {"text": f"Says how {subject} is checked", "probe": "How do you know that it worked?"},
            ],
            "anchors": {"low": "Vague.", "high": "Concrete."},
            "minutes": 4,
            "skills": ["kotlin"] if at == 2 else [],
            "levels": ["expert"] if at == 4 else [],
        }

    return Family.model_validate(
        {
            "family": name,
            "language": language,
            "title": name,
            "roles": roles,
            "opening": f"This is about {name}.",
            "closing": "That was all.",
            "dimensions": [
                {
                    "id": "craft",
                    "name": "Craft",
                    "description": "x",
                    "weight": 60,
                    "words": ["design", "system"],
                },
                {
                    "id": "people",
                    "name": "People",
                    "description": "y",
                    "weight": 40,
                    "words": ["communicat", "team"],
                },
            ],
            "items": [item(at) for at in range(8)],
            **more,
        }
    )


SALES_SCENE = {"id": "vans", "words": ["van", "purchas", "negotiat"], "scene": BAKERY["scene"]}
LIBRARY = (
    family("baker", ["baker", "pastry chef"]),
    family("engineer", ["backend engineer", "software engineer", "programmer"]),
    family("seller", ["sales representative", "seller"], scenes=[SALES_SCENE]),
    *families(),
)


def served(**how: Any) -> InterviewPlan:
    return make_plan(library=LIBRARY, **how)


@pytest.mark.parametrize(
    ("role", "chosen"),
    [
        ("Senior Backend Engineer (m/f/d)", "engineer"),
        ("Pastry chef", "baker"),
        ("Programmers for payments", "engineer"),
        ("Lion tamer", "general"),
        ("Engineering manager", "team_lead"),
    ],
)
def test_the_family_follows_from_the_role(role: str, chosen: str) -> None:
    found = choose_family(role, "en", LIBRARY)
    assert found is not None
    assert found.family == chosen


def test_a_stage_without_script_or_questions_is_served_by_the_library() -> None:
    plan = served()
    assert plan.source is PlanSource.library
    assert plan.opening == "This is about engineer."
    assert plan.closing == "That was all."
    assert {item.dimension_id for item in plan.items} == {"d1", "d2", "d3"}
    assert sum(item.minutes for item in plan.items) <= plan.minutes
    assert "{" not in plan.model_dump_json(include={"items": {"__all__": {"questions", "anchors"}}}).replace(
        '{"', ""
    )


def test_every_candidate_for_a_role_is_asked_the_same() -> None:
    assert served() == served()
    usual = [item.questions for item in served().items]
    assert [item.questions for item in served(extra_percent=50).items] == usual


@pytest.mark.parametrize(
    ("minutes", "skills"),
    [
        (minutes, skills)
        for minutes in (15, 20, 30, 45, 60)
        for skills in ([], ["Python"], ["Python", "PostgreSQL", "Kotlin", "Go"])
        if minutes > 15 or len(skills) < 2
    ],
)
def test_every_dimension_and_every_skill_is_asked_about_within_the_time(
    minutes: int, skills: list[str]
) -> None:
    plan = served(stage={"duration_minutes": minutes}, template_fields={"skills": skills})
    assert {item.dimension_id for item in plan.items} == {"d1", "d2", "d3"}
    assert sum(item.minutes for item in plan.items) <= plan.minutes
    asked = [item.question(2) for item in plan.items]
    assert len(asked) == len(set(asked))
    for skill in skills:
        named = any(names_skill(text, skill) for text in asked)
        assert named or (skill == "Kotlin" and any("task 2" in text for text in asked))
    assert not {remark.code for remark in lint(plan)} & {"too_long", "too_short"}


def test_a_skill_for_which_there_is_no_time_is_named_to_the_author() -> None:
    about = template(
        skills=["Python", "PostgreSQL", "Go", "Rust", "Java", "Elixir"], default_duration_minutes=15
    )
    check = check_stage(about, None, profile(), script=None, has_bank=False, library=LIBRARY)
    assert any("Elixir" in remark.message for remark in check.remarks)


def test_items_for_other_levels_are_left_out() -> None:
    usual = [item.question(2) for item in served(stage={"duration_minutes": 90}).items]
    expert = served(stage={"duration_minutes": 90, "difficulty": "expert"})
    assert not any("task 4" in text for text in usual)
    assert any("task 4" in item.question(2) for item in expert.items)


def test_what_nothing_fits_is_derived_and_said() -> None:
    strange = [*DIMENSIONS, {"name": "Zymurgy", "description": "Ferments", "weight": 10}]
    plan = served(profile_fields={"dimensions": strange})
    assert {item.dimension_id for item in plan.items} == {"d1", "d2", "d3", "d4"}
    check = check_stage(template(), None, profile(strange), script=None, has_bank=False, library=LIBRARY)
    assert any("Zymurgy" in remark.message for remark in check.remarks)
    assert check.errors == []


def test_without_dimensions_the_familys_are_used() -> None:
    plan = served(profile_fields={"dimensions": []})
    assert [dimension.name for dimension in plan.dimensions] == ["Craft", "People"]


def test_a_language_that_the_library_lacks_is_derived_as_before() -> None:
    plan = served(template_fields={"language": "ja"})
    assert plan.source is PlanSource.derived
    assert plan == make_plan(template_fields={"language": "ja"})


def test_questions_come_from_the_bank_where_there_is_one() -> None:
    question = QuestionSource(question="How do you keep a payment from being charged twice?")
    plan = served(questions=(question,))
    assert plan.source is PlanSource.bank
    assert plan == make_plan(questions=(question,))


def test_a_script_owns_its_stage_and_coding_tasks_stand_beside_it() -> None:
    script = Script.model_validate(BACKEND)
    question = QuestionSource(question="How do you keep a payment from being charged twice?")
    plan = served(script=script, questions=(question,), tasks=(TASK,), stage={"duration_minutes": 60})
    assert plan.source is PlanSource.script
    talked = [item.question(2) for item in plan.items if item.kind is ItemKind.talk and item.after is None]
    assert talked == [item["question"] for item in BACKEND["items"]]
    assert [item.kind for item in plan.items][-2:] == [ItemKind.code, ItemKind.talk]
    assert [item.id for item in plan.items] == [f"q{at}" for at in range(1, len(plan.items) + 1)]
    assert plan.facts == script.facts


def test_a_scripts_follow_up_is_that_of_the_level_and_its_easier_way_in_is_the_first_variant() -> None:
    script = Script.model_validate(BACKEND)
    expert = served(script=script, stage={"difficulty": "expert"}).items[0]
    assert expert.follow_up == BACKEND["items"][0]["follow_ups"]["expert"]
    assert expert.question(1) == BACKEND["items"][0]["easier"]
    assert served(script=script).items[0].follow_up == ""


def test_a_script_in_another_language_is_not_used() -> None:
    plan = served(script=Script.model_validate(BACKEND), language="de")
    assert plan.source is PlanSource.library
    assert plan.language == "de"


def test_a_script_brings_its_dimensions_where_the_profile_has_none() -> None:
    plan = served(script=Script.model_validate(BACKEND), profile_fields={"dimensions": []})
    assert [each.name for each in plan.dimensions] == ["System design", "Communication", "Ownership"]


def test_a_role_play_without_a_script_is_held_by_a_scene_that_its_scenario_calls_for() -> None:
    scenario = {
        "context": {"scenarioContext": "The candidate negotiates delivery vans with a head of purchasing."}
    }
    stage = {"stage_type": "roleplay_simulation"}
    plan = served(stage=stage, profile_fields=scenario)
    assert plan.source is PlanSource.library
    assert plan.scene is not None
    other = {"context": {"scenarioContext": "A guest complains about a cold soup in a crowded restaurant."}}
    assert served(stage=stage, profile_fields=other).scene is None


def test_a_plan_frozen_before_there_were_scripts_still_loads() -> None:
    body = served().model_dump(mode="json")
    for name in ("source", "opening", "closing", "facts", "scene"):
        del body[name]
    for item in body["items"]:
        del item["follow_up"], item["may_skip"]
    old = InterviewPlan.model_validate(body)
    assert (old.facts, old.opening, old.scene, old.items[0].may_skip) == ((), "", None, True)


@pytest.mark.parametrize(
    "general", [each for each in families() if each.family == "general"], ids=lambda f: f.language
)
def test_the_general_family_passes_the_linter(general: Family) -> None:
    about = TemplateSource.model_validate(
        {
            "template_name": "Lion tamer",
            "use_case": "hiring",
            "skills": ["Whips", "Lions"],
            "language": general.language,
        }
    )
    check = check_stage(about, None, None, script=None, has_bank=False, library=families())
    assert check.chosen.script is not None
    remarks = lint_script(check.chosen.script, ScriptContext(template=about, minutes=30))
    assert errors_in(remarks) == []
    assert sum((item.minutes for item in check.chosen.script.items), Decimal(0)) <= 30


@pytest.mark.parametrize("language", ["en", "de"])
def test_an_interview_from_the_library_keeps_its_promises(language: str) -> None:
    plan = make_plan(library=families(), template_fields={"language": language})
    report = rehearse_all(plan, SOME)
    assert [each.problems for each in report.rehearsals if each.problems] == []
