"""The script linter: sound scripts pass, and each unsound one gets the remark that says what is wrong and where."""

from typing import Any

import pytest

from domain.plan.script import Script
from domain.plan.script_linter import lint_script
from domain.plan.script_remarks import ScriptContext, ScriptRemark, Severity
from domain.plan.skills import names_skill
from domain.plan.sources import TemplateSource
from domain.vocabulary import SessionMode
from tests.support.conversations import TASK
from tests.support.scripts import BACKEND, BAKERY, SUPPORT_DE, changed

ROLE_PLAY = SessionMode.roleplay_simulation


def lint(
    script: dict[str, Any],
    *,
    skills: list[str] | None = None,
    language: str | None = None,
    **context: Any,
) -> list[ScriptRemark]:
    template = {
        "template_name": "Backend engineer",
        "use_case": "hiring",
        "skills": skills or [],
        "language": language or script["language"],
    }
    about = ScriptContext(template=TemplateSource.model_validate(template), **context)
    return lint_script(Script.model_validate(script), about)


def errors(remarks: list[ScriptRemark]) -> set[tuple[str, str]]:
    return {(each.code, each.where) for each in remarks if each.severity is Severity.error}


def warnings(remarks: list[ScriptRemark]) -> set[tuple[str, str]]:
    return {(each.code, each.where) for each in remarks if each.severity is Severity.warning}


# --- sound ----------------------------------------------------------------------------------------------


def test_a_sound_english_script_has_no_error_and_hardly_a_warning() -> None:
    dimensions = ("System design", "Communication", "Ownership")
    remarks = lint(BACKEND, skills=["Python", "Postgres"], dimensions=dimensions)
    assert errors(remarks) == set()
    assert {code for code, _ in warnings(remarks)} <= {"far_probe"}


def test_a_sound_german_script_has_no_error() -> None:
    dimensions = ("Kundenorientierung", "Organisation")
    remarks = lint(SUPPORT_DE, skills=["Zendesk"], dimensions=dimensions)
    assert errors(remarks) == set()
    assert {code for code, _ in warnings(remarks)} <= {"far_probe"}


def test_a_sound_scene_has_no_error() -> None:
    assert lint(BAKERY, mode=ROLE_PLAY) == []


@pytest.mark.parametrize(
    ("criterion", "probe"),
    [
        ("Names the rollback plan", "And if it had gone wrong in production?"),
        ("Says what it cost", "How much money went into that?"),
        ("Describes their own part", "What did you do yourself?"),
        ("Says how the customer was told", "What did you write to her, and when?"),
        ("Explains why this option was chosen", "What else did you weigh?"),
        ("Checks that the fix works", "How did you know it was solved?"),
        ("Asks the patient to repeat it", "How do you make sure that it was understood?"),
        ("Names one consequence for the team", "What came of it for the others?"),
    ],
)
def test_a_probe_asks_about_its_criterion_in_other_words(criterion: str, probe: str) -> None:
    script = changed(BACKEND, "items.3.criteria.0", {"text": criterion, "probe": probe})
    assert not any(where.startswith("items[3].criteria[0]") for _, where in errors(lint(script)))


@pytest.mark.parametrize(
    ("criterion", "probe"),
    [
        ("Nennt den Plan für den Rückweg", "Und wenn es in der Produktion schiefgegangen wäre?"),
        ("Sagt, was es gekostet hat", "Wie viel Geld ist da hineingeflossen?"),
        ("Nennt den eigenen Anteil", "Was davon haben Sie selbst gemacht?"),
        ("Prüft, ob die Lösung trägt", "Woran haben Sie gemerkt, dass es behoben ist?"),
        ("Begründet die Auswahl", "Warum gerade dieser Weg?"),
    ],
)
def test_a_german_probe_asks_about_its_criterion_in_other_words(criterion: str, probe: str) -> None:
    script = changed(SUPPORT_DE, "items.1.criteria.0", {"text": criterion, "probe": probe})
    assert not any(where.startswith("items[1].criteria[0]") for _, where in errors(lint(script)))


def test_questions_about_the_work_may_touch_what_is_private_elsewhere() -> None:
    nurse = changed(BACKEND, "items.0.question", "How do you check medication before you hand it out?")
    assert ("protected_topic", "items[0].question") not in errors(lint(nurse))
    assert ("protected_topic_mentioned", "items[0].question") in warnings(lint(nurse))


# --- criteria that nobody asks about -------------------------------------------------------------------


@pytest.mark.parametrize(
    "probe",
    [
        "Can you tell me more about that?",
        "What else?",
        "Could you give an example?",
        "What was difficult about it?",
        "Please elaborate.",
        "And then what happened exactly?",
        "Can you be more specific?",
    ],
)
def test_a_criterion_with_a_probe_for_any_occasion_is_asked_about_by_nothing(probe: str) -> None:
    script = changed(
        BACKEND, "items.2.criteria.0", {"text": "Compares the licence fees of two vendors", "probe": probe}
    )
    assert ("not_asked", "items[2].criteria[0]") in errors(lint(script))


@pytest.mark.parametrize(
    "probe",
    [
        "Können Sie das genauer beschreiben?",
        "Was war daran schwierig?",
        "Was noch?",
        "Haben Sie ein Beispiel?",
    ],
)
def test_a_german_criterion_with_a_probe_for_any_occasion_is_asked_about_by_nothing(probe: str) -> None:
    script = changed(
        SUPPORT_DE, "items.0.criteria.1", {"text": "Nennt die gesetzliche Gewährleistung", "probe": probe}
    )
    assert ("not_asked", "items[0].criteria[1]") in errors(lint(script))


def test_one_probe_for_all_criteria_asks_about_none_of_them() -> None:
    script = BACKEND
    for at, text in enumerate(["Compares the licence fees", "Draws up the tender", "Visits the warehouse"]):
        criterion = {"text": text, "probe": "Which birds live in your garden?"}
        script = changed(script, f"items.2.criteria.{at}", criterion)
    found = errors(lint(script))
    assert {("not_asked", f"items[2].criteria[{at}]") for at in range(3)} <= found


@pytest.mark.parametrize("probe", ["-", "...", "?", "n/a", "TODO", "probe"])
def test_an_empty_probe_is_an_error(probe: str) -> None:
    script = changed(BACKEND, "items.0.criteria.1.probe", probe)
    assert ("empty_probe", "items[0].criteria[1].probe") in errors(lint(script))


@pytest.mark.parametrize(
    ("criterion", "probe"),
    [
        ("Names an idempotency key", "Did you use an idempotency key?"),
        ("Names an idempotency key", "Which idempotency key did you use?"),
        ("Mentions blue-green deployment", "Have you thought of blue-green deployment?"),
        ("Suggests a canary release", "How could a canary release have helped?"),
        ("Names a queue", "What would buffer the writes, for example a queue?"),
    ],
)
def test_a_probe_that_holds_the_answer_is_an_error(criterion: str, probe: str) -> None:
    script = changed(BACKEND, "items.3.criteria.0", {"text": criterion, "probe": probe})
    assert ("gives_answer", "items[3].criteria[0].probe") in errors(lint(script))


# --- questions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again",
    [
        "Tell me about a decision of your team that you thought was wrong.",
        "tell me about a decision of your team that you thought was wrong",
        "Describe a time when you thought that a decision of your team was wrong.",
        "Can you think of a team decision you thought was wrong?",
    ],
)
def test_the_same_question_twice_is_an_error_also_in_other_words(again: str) -> None:
    script = changed(BACKEND, "items.3.question", again)
    assert ("same_question", "items[3].question") in errors(lint(script))


def test_the_same_question_in_synonyms_is_an_error() -> None:
    script = changed(BACKEND, "items.2.question", "Tell me about a time you disagreed with a colleague.")
    script = changed(script, "items.3.question", "Describe a conflict you had with a co-worker.")
    assert ("same_question", "items[3].question") in errors(lint(script))


def test_one_question_for_each_skill_is_not_the_same_question() -> None:
    script = changed(
        BACKEND, "items.0.question", "What is the hardest bug that you found in a Python program?"
    )
    script = changed(
        script, "items.1.question", "Which is the hardest bug you have ever found in PostgreSQL programs?"
    )
    assert not {code for code, _ in errors(lint(script, skills=["Python", "PostgreSQL"]))} & {"same_question"}


@pytest.mark.parametrize("skill", ["PostgreSQL", "Postgres", "Go", "C++"])
def test_one_sentence_with_another_skill_put_into_it_is_the_same_question(skill: str) -> None:
    script = changed(BACKEND, "items.0.question", "What is the hardest bug that you found in Python?")
    script = changed(script, "items.1.question", f"What is the hardest bug that you found in {skill}?")
    remarks = lint(script, skills=["Python", "PostgreSQL", "Go", "C++"])
    assert ("same_question", "items[1].question") in errors(remarks)
    assert any("another skill" in each.message for each in remarks)


@pytest.mark.parametrize(
    "question",
    [
        "How do you test a migration? And who approves it?",
        "How do you test migrations and what do you do about tests that fail now and then?",
        "Wie testen Sie eine Migration, und wie gehen Sie mit instabilen Tests im Alltag um?",
    ],
)
def test_two_questions_in_one_are_an_error(question: str) -> None:
    script = changed(BACKEND, "items.0.question", question)
    assert ("two_questions", "items[0].question") in errors(lint(script))


@pytest.mark.parametrize(
    "question",
    [
        "Which tool did you choose, and why?",
        "Tell me about an outage and how it ended.",
        "What happened, and what did you do?",
    ],
)
def test_a_short_tail_completes_a_question(question: str) -> None:
    script = changed(BACKEND, "items.0.question", question)
    assert ("two_questions", "items[0].question") not in errors(lint(script))


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("Do you like working with databases?", "yes_no"),
        ("Have you ever led a team?", "yes_no"),
        ("The database is down: would you restart it?", "yes_no"),
        ("Don't you think that tests are important?", "leading"),
        ("You surely write tests first: how?", "leading"),
        ("Testing matters a lot, right?", "leading"),
        ("How do you leverage synergies in your squad?", "jargon"),
        ("How do you read the RTO and the RPO of a system?", "jargon"),
    ],
)
def test_weak_questions_get_a_warning(question: str, code: str) -> None:
    script = changed(BACKEND, "items.3.question", question)
    assert (code, "items[3].question") in warnings(lint(script))
    assert (code, "items[3].question") not in warnings(lint(BACKEND))


@pytest.mark.parametrize(
    "question", ["Could you walk me through an outage?", "Can you describe the last release?"]
)
def test_a_polite_request_is_no_yes_or_no_question(question: str) -> None:
    assert ("yes_no", "items[3].question") not in warnings(
        lint(changed(BACKEND, "items.3.question", question))
    )


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("items.0.question", "How old are you, and how do you keep up?"),
        ("items.0.easier", "Do you have children?"),
        ("items.0.criteria.1.probe", "Are you religious?"),
        ("items.0.question", "Do you plan to start a family in the next years?"),
        ("items.0.criteria.0.text", "Is a native speaker without an accent"),
        ("items.0.criteria.0.text", "Looks young and healthy"),
    ],
)
def test_protected_topics_are_errors_wherever_they_stand(place: str, text: str) -> None:
    assert "protected_topic" in {code for code, _ in errors(lint(changed(BACKEND, place, text)))}


# --- the whole ------------------------------------------------------------------------------------------


def test_a_listed_skill_that_no_item_names_is_an_error() -> None:
    remarks = lint(BACKEND, skills=["Python", "Postgres", "Kubernetes", "Java"])
    assert errors(remarks) == {("skill_not_named", "items")}
    said = " ".join(each.message for each in remarks if each.severity is Severity.error)
    assert "Kubernetes" in said
    assert "Java" in said
    assert "Python" not in said


@pytest.mark.parametrize(
    ("text", "skill", "named"),
    [
        ("How do you go about it?", "Go", False),
        ("Which Go service did you write?", "Go", True),
        ("What is a closure in JavaScript?", "Java", False),
        ("What is a closure in JS?", "JavaScript", True),
        ("How do you read a plan of Postgres?", "PostgreSQL", True),
        ("How do you roll out on k8s?", "Kubernetes", True),
        ("How do you react when a customer shouts?", "React", False),
        ("When does a React component render?", "React", True),
        ("Where do you use C#?", "C", False),
        ("How did you negotiate the discount?", "Negotiation", True),
        ("How would you design an API for it?", "API design", True),
        ("What do you do with a pivot table in Excel?", "Microsoft Excel", True),
        ("Which .NET service do you know best?", ".NET", True),
    ],
)
def test_a_skill_is_named_as_a_word_or_by_an_alias(text: str, skill: str, named: bool) -> None:
    assert names_skill(text, skill) is named


def test_a_skill_that_only_a_follow_up_names_is_not_asked_about() -> None:
    follow_ups = {"expert": "What would Kubernetes change about that?"}
    script = changed(BACKEND, "items.0.follow_ups", follow_ups)
    assert errors(lint(script, skills=["Kubernetes"])) == {("skill_not_named", "items")}


def test_a_coding_task_names_a_skill_too() -> None:
    assert errors(lint(BACKEND, skills=["JavaScript"], minutes=60, tasks=(TASK,))) == set()


def test_more_minutes_than_the_stage_has_is_an_error() -> None:
    assert ("too_long", "items") in errors(lint(BACKEND, minutes=20))
    assert ("tight", "items") in warnings(lint(BACKEND, minutes=27))
    assert ("too_long", "items") in errors(lint(BACKEND, minutes=30, tasks=(TASK,)))
    assert ("too_long", "items") not in errors(lint(BACKEND, minutes=20, mode=SessionMode.async_interview))


def test_a_dimension_that_the_profile_lacks_is_an_error_that_names_those_it_has() -> None:
    remarks = lint(BACKEND, dimensions=("system design", "Communication", "Courage"))
    assert errors(remarks) == {("unknown_dimension", "items[3].dimension")}
    assert "system design, Communication, Courage" in next(
        each.message for each in remarks if each.code == "unknown_dimension"
    )
    assert ("dimension_not_asked", "items") in warnings(remarks)


def test_criteria_in_another_language_are_an_error() -> None:
    script = BACKEND
    for at, text in enumerate(
        ["Nennt den Plan für den Rückweg", "Beschreibt die Messung vor der Änderung", "Sagt, wer dabei war"]
    ):
        script = changed(script, f"items.0.criteria.{at}.text", text)
    assert ("other_language", "items[0].criteria") in errors(lint(script))
    one = changed(
        BACKEND, "items.0.criteria.1.text", "Beschreibt, was vor der Änderung gemessen wurde und von wem"
    )
    assert ("other_language", "items[0].criteria[1]") in errors(lint(one))


def test_a_question_in_another_language_is_an_error() -> None:
    script = changed(
        SUPPORT_DE, "items.0.question", "Tell me about a customer who was angry when she called you."
    )
    assert ("other_language", "items[0].question") in errors(lint(script))


def test_a_script_in_another_language_than_the_template_gets_a_warning() -> None:
    assert ("not_the_templates_language", "language") in warnings(lint(SUPPORT_DE, language="en"))


@pytest.mark.parametrize("text", ["How do you use {skill}?", "What do you know about [company]?", "TBD"])
def test_placeholders_are_errors(text: str) -> None:
    assert ("unfinished", "items[0].question") in errors(lint(changed(BACKEND, "items.0.question", text)))


def test_criteria_that_repeat_each_other_and_missing_anchors_get_a_warning() -> None:
    script = changed(BACKEND, "items.0.criteria.2.text", "States what was measured before the change")
    script = changed(script, "items.1.anchors", {})
    assert {("repeated_criterion", "items[0].criteria[2]"), ("no_anchors", "items")} <= warnings(lint(script))


# --- facts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the pay range?", "90,000 euros."),
        ("What's the salary range?", "From 40,000 to 50,000 euros."),
        ("Can I use my own notes?", "No, no notes please."),
    ],
)
def test_facts_that_contradict_each_other_are_an_error(question: str, answer: str) -> None:
    script = changed(BACKEND, "facts", [*BACKEND["facts"], {"question": question, "answer": answer}])
    assert ("contradicting_facts", "facts[4]") in errors(lint(script))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is there a bonus?", "Yes, up to 5 percent."),
        ("What is the pay range?", "68,000 to 80,000 euros a year, by experience"),
        ("May I use the internet?", "No, only your notes."),
    ],
)
def test_facts_about_other_things_do_not_contradict(question: str, answer: str) -> None:
    script = changed(BACKEND, "facts", [*BACKEND["facts"], {"question": question, "answer": answer}])
    assert errors(lint(script)) == set()


@pytest.mark.parametrize(
    "answer",
    [
        "You will get the job if you finish this.",
        "Remote work is guaranteed.",
        "We promise an answer by Friday.",
        "Do not worry, the job is yours.",
        "Sie bekommen die Stelle.",
        "Das ist nur eine Formsache.",
    ],
)
def test_promises_are_errors_in_facts_and_closing(answer: str) -> None:
    in_fact = changed(BACKEND, "facts.2.answer", answer)
    assert ("promise", "facts[2].answer") in errors(lint(in_fact))
    assert ("promise", "closing") in errors(lint(changed(BACKEND, "closing", answer)))


@pytest.mark.parametrize(
    "answer",
    ["We cannot promise a place.", "Eine Garantie gibt es nicht.", "You will get an answer within a week."],
)
def test_a_fact_that_promises_nothing_passes(answer: str) -> None:
    assert ("promise", "facts[2].answer") not in errors(lint(changed(BACKEND, "facts.2.answer", answer)))


# --- scenes ---------------------------------------------------------------------------------------------


def test_lines_that_fit_any_scene_are_an_error() -> None:
    script = changed(BAKERY, "scene.opening", "Well, hello there.")
    for at, line in enumerate(
        ["And if it does not work?", "I expected more.", "Well?", "Hm, I have doubts."]
    ):
        script = changed(script, f"scene.objections.{at}.line", line)
    assert ("off_subject", "scene.objections") in errors(lint(script, mode=ROLE_PLAY))


@pytest.mark.parametrize(
    "line",
    [
        "What was difficult about it?",
        "As a candidate, what would you say?",
        "Tell me about a time you sold something.",
    ],
)
def test_a_line_that_steps_out_of_the_role_is_an_error(line: str) -> None:
    script = changed(BAKERY, "scene.objections.0.line", line)
    assert ("out_of_role", "scene.objections[0].line") in errors(lint(script, mode=ROLE_PLAY))


@pytest.mark.parametrize(
    "place", ["scene.opening", "scene.objections.1.line", "scene.dimensions.0.criteria.0.probe"]
)
def test_a_scene_that_asks_for_protected_topics_is_an_error(place: str) -> None:
    script = changed(BAKERY, place, "Before we talk vans: how old are you, and are you married?")
    assert "protected_topic" in {code for code, _ in errors(lint(script, mode=ROLE_PLAY))}


def test_a_role_may_speak_of_its_own_life() -> None:
    script = changed(
        BAKERY,
        "scene.objections.1.line",
        "I am pregnant and on leave from May, so who looks after the vans then?",
    )
    assert errors(lint(script, mode=ROLE_PLAY)) == set()


def test_a_role_play_needs_a_scene_and_other_stages_need_items() -> None:
    assert ("no_scene", "scene") in errors(lint(BACKEND, mode=ROLE_PLAY))
    assert ("no_role_play", "scene") in errors(lint(BAKERY))
    assert ("items_and_scene", "scene") in errors(lint({**BAKERY, "items": BACKEND["items"]}, mode=ROLE_PLAY))


def test_two_hundred_items_get_remarks_that_name_the_place() -> None:
    item = BACKEND["items"][0]
    items = [
        changed(item, "question", f"What do you know about case {at} of {at * 7919}?") for at in range(200)
    ]
    items[199] = changed(items[199], "criteria.0", {"text": "Draws up the tender", "probe": "What else?"})
    remarks = lint({**BACKEND, "items": items}, minutes=480)
    assert ("too_long", "items") in errors(remarks)
    assert ("not_asked", "items[199].criteria[0]") in errors(remarks)
    anchors = [each for each in remarks if each.code == "no_anchors"]
    assert len(anchors) <= 1


def test_a_question_that_is_close_to_one_and_the_same_as_another_is_an_error() -> None:
    question = "How did you plan the migration of the billing database?"
    script = changed(BACKEND, "items.0.question", "How did you test the migration of the billing database?")
    script = changed(script, "items.1.question", question)
    script = changed(script, "items.3.question", question)
    assert ("same_question", "items[3].question") in errors(lint(script))
