"""Rule wording and the filter: the notice first, one question a turn, no protected topic, no leaked criterion."""

from dataclasses import fields
from itertools import product
from string import Formatter
from typing import Any

import pytest

from domain.interview.events import Move, MoveKind
from domain.interview.phrases.catalog import CATALOG, ENGLISH, Phrases
from domain.interview.state import Interview
from domain.interview.turn_filter import questions_in, violations
from domain.interview.wording import RuleWording
from domain.text.protected_topics import protected_topics
from domain.vocabulary import MODE_OF_STAGE, SessionMode, Style, Tone
from tests.support.conversations import TASK, Conversation, make_plan


def sentences_of(phrases: Phrases) -> list[tuple[str, str]]:
    """Every entry of a catalog with its place in it."""

    def walk(place: str, value: Any) -> list[tuple[str, str]]:
        if isinstance(value, str):
            return [(place, value)]
        rows = value.items() if isinstance(value, dict) else enumerate(value)
        return [found for key, inner in rows for found in walk(f"{place}.{key}", inner)]

    spoken = [member.name for member in fields(phrases) if member.name != "question_kinds"]
    return [found for name in spoken for found in walk(name, getattr(phrases, name))]


def opening(**how: Any) -> str:
    talk = Conversation(make_plan(**how))
    talk.hear()
    return talk.last


# --- The notice -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tone", list(Tone))
@pytest.mark.parametrize(
    "stage_type", ["ai_interview", "roleplay_simulation", "practice_session", "async_assessment"]
)
def test_the_first_turn_says_that_an_ai_asks_that_it_is_recorded_and_that_a_person_reviews(
    tone: Tone, stage_type: str
) -> None:
    english = opening(interaction={"tone": tone}, stage={"stage_type": stage_type})
    for said in ("an AI", "recorded", "assessed", "a person reviews", "ask for a person"):
        assert said in english
    german = opening(interaction={"tone": tone}, stage={"stage_type": stage_type}, language="de")
    for said in ("KI", "aufgezeichnet", "ausgewertet", "ein Mensch prüft", "einen Menschen verlangen"):
        assert said in german


@pytest.mark.parametrize(
    ("persona", "name", "said"),
    [
        (
            "Hello, I am Captain Anne of the data team.",
            "",
            "Captain Anne of the data team. I am an AI interviewer.",
        ),
        ("You are Grace, a warm senior engineer who loves compilers.", "", "I am Grace, an AI interviewer."),
        (
            "A long description of somebody with many habits and no name at all",
            "Ada",
            "I am Ada, an AI interviewer.",
        ),
        ("", "", "I am an AI interviewer."),
        ("I am a real person, not an AI.", "Ada", "I am Ada, an AI interviewer."),
        ("Hi, how old are you?", "Ada", "I am Ada, an AI interviewer."),
    ],
)
def test_the_persona_introduces_itself_and_never_as_a_person(persona: str, name: str, said: str) -> None:
    text = opening(profile_fields={"persona": persona, "name": name})
    assert said in text
    assert "real person" not in text


def test_the_notice_says_how_long_it_takes_with_the_extra_time() -> None:
    assert "up to 30 minutes" in opening()
    extra = opening(extra_percent=50)
    assert "up to 45 minutes" in extra
    assert ENGLISH.extra_time in extra
    assert "minutes" not in opening(stage={"stage_type": "async_assessment"})


def test_a_role_play_sets_the_scene_and_practice_says_that_it_decides_nothing() -> None:
    scene = {"context": {"scenarioContext": "A customer waits for a refund. Are they angry?"}}
    text = opening(stage={"stage_type": "roleplay_simulation"}, profile_fields=scene)
    assert "A customer waits for a refund. Are they angry." in text
    assert "decides nothing" in opening(stage={"stage_type": "practice_session"})


# --- The catalogs -----------------------------------------------------------------------------------------


def test_every_language_has_every_sentence_with_the_same_gaps() -> None:
    def gaps(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text)} - {None}

    english = dict(sentences_of(ENGLISH))
    for language, phrases in CATALOG.items():
        other = dict(sentences_of(phrases))
        assert set(other) == set(english), language
        assert [place for place in english if gaps(english[place]) != gaps(other[place])] == [], language


@pytest.mark.parametrize("language", sorted(CATALOG))
def test_no_sentence_asks_twice_or_touches_what_is_protected(language: str) -> None:
    for place, text in sentences_of(CATALOG[language]):
        with_question = text.replace("{question}", "Why?")
        assert questions_in(with_question) <= 1, place
        assert protected_topics(text) == [], place


@pytest.mark.parametrize("language", sorted(CATALOG))
def test_probes_never_accuse(language: str) -> None:
    for text in (text for place, text in sentences_of(CATALOG[language]) if place.startswith("probe")):
        assert "you have not" not in text.casefold()
        assert "sie haben nicht" not in text.casefold()


def test_a_language_without_a_catalog_is_spoken_to_in_english() -> None:
    assert "an AI" in opening(language="ja")


# --- Style ------------------------------------------------------------------------------------------------


def test_structured_counts_and_conversational_bridges() -> None:
    structured, free = (
        Conversation(make_plan(interaction={"style": style}))
        for style in (Style.structured, Style.conversational)
    )
    for talk in (structured, free):
        talk.begin()
        talk.answer("next question")
    assert "Question 2 of 6." in structured.last
    assert "Question" not in free.last
    assert any(bridge in free.last for bridge in ENGLISH.transition["same_topic"])
    free.answer("next question")
    assert any(bridge in free.last for bridge in ENGLISH.transition["new_topic"])


def test_the_tone_changes_the_words_but_not_the_question() -> None:
    turns: dict[Tone, str] = {}
    for tone in Tone:
        talk = Conversation(make_plan(interaction={"tone": tone}))
        question = talk.begin().text
        talk.answer(
            "First I measured it, then I changed one thing after the other until the queue was empty."
        )
        talk.answer("We had 40 customers waiting, and in the end there were 5.")
        talk.answer("I would do it the same way again, with a second person from the start.")
        turns[tone] = next(text for move, text in talk.said if move.item_id == "q2")
        assert question in talk.said[1][1]
    assert len(set(turns.values())) == len(Tone)


def test_a_role_play_stays_in_role() -> None:
    talk = Conversation(
        make_plan(stage={"stage_type": "roleplay_simulation"}, interaction={"style": "conversational"})
    )
    question = talk.begin().text
    assert talk.last == question


@pytest.mark.parametrize(
    ("tone", "reason"), list(product(Tone, ["finished", "time_over", "candidate_ended", "no_answer"]))
)
def test_the_end_is_calm_and_says_what_comes_next(tone: Tone, reason: str) -> None:
    plan = make_plan(interaction={"tone": tone})
    text = RuleWording(plan).say(Move(kind=MoveKind.close, reason=reason), Interview(plan))
    assert "A person reviews the result" in text
    assert "?" not in text
    assert not any(word in text.casefold() for word in ("passed", "failed", "hired", "rejected", "score"))


def test_the_code_task_says_how_long_and_where() -> None:
    plan = make_plan(tasks=(TASK,))
    move = Move(kind=MoveKind.code_task, item_id="q4")
    text = RuleWording(plan).say(move, Interview(plan))
    assert "Two sum" in text
    assert "15 minutes" in text


# --- The filter -------------------------------------------------------------------------------------------

QUESTION = "Which decision was the hardest, and why?"


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        ("What did you build? And why?", "several_questions"),
        ("How old are you?", "protected_topic:age"),
        ("Are you married, by the way?", "protected_topic:family"),
        ("Do you plan to have children?", "protected_topic:family"),
        ("Do you have any chronic illness?", "protected_topic:health"),
        ("Which church do you go to?", "protected_topic:religion"),
        ("Where are you originally from?", "protected_topic:origin"),
        ("Are you a union member?", "protected_topic:union"),
        ("Who did you vote for?", "protected_topic:politics"),
        ("Are you pregnant at the moment?", "protected_topic:pregnancy"),
        ("Wie alt sind Sie?", "protected_topic:age"),
        ("Haben Sie Kinder?", "protected_topic:family"),
        ("Sind Sie in einer Gewerkschaft?", "protected_topic:union"),
        ("You should mention retries. What else?", "hint"),
        ("That is exactly right! What came next?", "hint"),
        ("Great answer! What came next?", "hint"),
        ("You forgot the failure case. What about it?", "hint"),
        ("A good answer would name a key. Which?", "hint"),
        ("Das ist richtig. Was kam dann?", "hint"),
        ("My rubric asks for more. What else?", "rubric"),
        ("Your score is 8 so far. What else?", "rubric"),
        ("You have passed. Any questions?", "promise"),
        ("You're hired! When can you start?", "promise"),
        ("I am a real person like you. What is your question?", "pretends_to_be_human"),
        ("See https://example.test first. What do you think?", "markup"),
        ("<b>What</b> do you think?", "markup"),
        ("Do you handle failure and retries in it?", "rubric_leak"),
        ("I would like to know which scalable services you designs, so what are they?", "rubric_leak"),
        ("x" * 2_000 + "?", "too_long"),
    ],
)
def test_a_models_turn_that_breaks_a_promise_is_refused(turn: str, reason: str) -> None:
    assert reason in violations(turn, make_plan(), QUESTION)


@pytest.mark.parametrize(
    "turn",
    [
        "Thank you. Which decision was the hardest one for you, and why?",
        "I see. What made that decision hard?",
        "Interesting; take me through that decision: which one was the hardest, and why?",
        "What is your own part in the age of cloud services, if I may ask?",
        "Where did your family of services start to fail?",
        "How did the team talk about the union of both data sets?",
    ],
)
def test_an_ordinary_turn_passes(turn: str) -> None:
    assert violations(turn, make_plan(), QUESTION) == []


def test_what_the_author_prescribed_is_no_reason_to_refuse() -> None:
    prescribed = "How do you talk with pregnant patients about medication?"
    assert (
        violations(
            "Thanks. How do you talk with pregnant patients about medication?", make_plan(), prescribed
        )
        == []
    )


def test_every_turn_of_the_rules_passes_the_filter_too() -> None:
    for mode, language in product(SessionMode, CATALOG):
        stage_type = next(kind for kind, made in MODE_OF_STAGE.items() if made is mode)
        plan = make_plan(template_fields={"language": language}, stage={"stage_type": stage_type})
        talk = Conversation(plan)
        talk.begin() if plan.conducted else None
        for move, text in talk.said:
            allowed = {"too_long"} if move.kind is MoveKind.open else set()
            assert set(violations(text, plan, move.text)) <= allowed
