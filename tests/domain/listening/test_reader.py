"""What candidates type is understood: answers stay answers, and everything else is recognised, in two languages."""

import time

import pytest

from domain.listening.acts import Act, Topic
from domain.listening.phrasebook import LANGUAGES
from domain.listening.reader import read_acts, topics_of
from tests.domain.listening.labelled_lines import Line, labelled_lines
from tests.support.answer_sets import ORDINARY
from tests.support.labelled_answers import LABELLED

# On lines that were never learnt from; a line that is asked about counts half.
RECOGNISED, MISTAKEN = 0.95, 0.01
FOREIGN, ORDERS = "language", "instructs"


def share_right(lines: list[Line], language: str) -> tuple[float, list[str]]:
    """The share of lines read rightly, and those that are not."""
    points, wrong = 0.0, []
    for line in lines:
        got = rightness(line, language)
        points += got
        if got < 1:
            wrong.append(f"{line.label}: {line.text}")
    return points / len(lines), wrong


def rightness(line: Line, language: str) -> float:
    heard = read_acts(line.text, language, line.question)
    doubtful = heard.acts == (Act.unclear,)
    if line.answers:
        return 1.0 if heard.answers else 0.5 if doubtful else 0.0
    if line.label == FOREIGN:
        return float(heard.does(Act.other_language))
    if line.label == ORDERS:
        return float(heard.does(Act.instructs))
    if doubtful:
        return 1.0 if line.label == "unclear" else 0.5
    return float(bool(set(heard.acts) - {Act.answers, Act.corrects}))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", ["lines", "last"])
def test_what_is_no_answer_is_recognised_on_lines_never_learnt_from(file: str, language: str) -> None:
    lines = [line for line in labelled_lines(f"{file}.{language}.toml") if file == "last" or line.held_out]
    others = [line for line in lines if not line.answers]
    assert len(others) >= 100
    share, wrong = share_right(others, language)
    assert share >= RECOGNISED, wrong


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", ["lines", "last"])
def test_real_answers_are_not_taken_for_anything_else(file: str, language: str) -> None:
    lines = [line for line in labelled_lines(f"{file}.{language}.toml") if file == "last" or line.held_out]
    answers = [line for line in lines if line.answers]
    assert len(answers) >= 100
    share, wrong = share_right(answers, language)
    assert share >= 1 - MISTAKEN, wrong


OPEN_QUESTIONS = {
    "en": "Tell me how you began to change what others depended on. How did you start, and whom did you involve?",
    "de": "Sagen Sie mir, wie Sie etwas geändert haben, woran andere hingen. Womit begannen Sie, und wen fragten Sie?",
}
# Asks for words that somebody else is to hear: questions may be part of the answer.
SPOKEN_QUESTIONS = {
    "en": "A customer is angry about a late delivery. What do you say to her?",
    "de": "Eine Kundin ist wütend über eine späte Lieferung. Was sagen Sie ihr?",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_open_question_of_the_usual_kind_changes_nothing(language: str) -> None:
    question = OPEN_QUESTIONS[language]
    lines = [line for line in labelled_lines(f"last.{language}.toml") if not line.question]
    changed = [
        line.text
        for line in lines
        if read_acts(line.text, language, question).acts != read_acts(line.text, language).acts
    ]
    assert changed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_words_to_somebody_are_asked_for_only_questions_may_be_part_of_them(language: str) -> None:
    asking = {"asks_us", "meaning", "example", "person", "break", "repeat"}
    lines = [
        line for line in labelled_lines(f"last.{language}.toml") if not line.question and not line.answers
    ]
    others = [line for line in lines if line.label not in asking]
    taken = [
        line.text for line in others if read_acts(line.text, language, SPOKEN_QUESTIONS[language]).answers
    ]
    assert others
    assert taken == []


@pytest.mark.parametrize(
    ("text", "language", "to_us"),
    [
        ("Is that the parcel you ordered on Monday?", "en", False),
        ("When did you need it, and may I call you back at noon?", "en", False),
        ("How much time do I have left?", "en", True),
        ("What do you mean by late?", "en", True),
        ("Darf ich Sie um zwölf zurückrufen?", "de", False),
        ("Wie viele Fragen kommen noch?", "de", True),
    ],
)
def test_a_question_for_the_customer_is_told_from_one_for_us(text: str, language: str, to_us: bool) -> None:
    assert read_acts(text, language, SPOKEN_QUESTIONS[language]).answers is not to_us


def test_the_answers_of_other_tests_are_answers() -> None:
    texts = [text for question in LABELLED for _, text in question.answers]
    missed = [text for text in texts if not read_acts(text, "en").answers]
    assert len(missed) <= 1, missed
    assert ORDINARY


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("How much time do I have left?", Topic.time_left),
        ("how many questions are left", Topic.questions_left),
        ("Can I use Google?", Topic.tools),
        ("may I use my notes", Topic.notes),
        ("what's the salary", Topic.pay),
        ("how big is the team", Topic.team),
        ("can I work from home", Topic.place),
        ("when will I hear back", Topic.process),
        ("who reads this?", Topic.privacy),
        ("was that right?", Topic.right_answer),
        ("can I answer in French?", Topic.language),
        ("the page is frozen", Topic.technical),
        ("I have a question", Topic.invited),
        ("do typos matter?", Topic.grading),
    ],
)
def test_a_question_to_us_has_a_topic(text: str, topic: Topic) -> None:
    heard = read_acts(text, "en")
    assert heard.does(Act.asks_us)
    assert heard.topic is topic


def test_facts_and_questions_meet_in_their_topic() -> None:
    assert (
        topics_of("What is the pay range?", "en") == topics_of("how much would I earn", "en") == {Topic.pay}
    )
    assert (
        topics_of("Wie hoch ist das Gehalt?", "de") == topics_of("was verdient man da", "de") == {Topic.pay}
    )
    assert topics_of("Where is the team?", "en") == {Topic.team, Topic.place}


def test_one_message_may_do_several_things() -> None:
    heard = read_acts("Hi! How much time do I have, and could you repeat the question?", "en")
    assert heard.acts[0] is Act.repeat or Act.repeat in heard.acts
    assert heard.does(Act.asks_us)
    mixed = read_acts("I used a queue for that. Could you repeat the second part of the question?", "en")
    assert mixed.answers
    assert mixed.does(Act.repeat)
    assert mixed.content.startswith("I used a queue")


def test_in_a_role_play_questions_belong_to_the_scene() -> None:
    text = "How many vans do you have, and who decides about the budget?"
    assert read_acts(text, "en").does(Act.asks_us)
    assert read_acts(text, "en", in_role=True).answers
    assert read_acts("I have to leave now, can I continue tomorrow?", "en", in_role=True).does(Act.leave)


def test_a_correction_names_the_question_it_belongs_to() -> None:
    assert read_acts("One thing to add to the first question: we had a rollback plan.", "en").earlier == 1
    assert read_acts("Noch etwas zur zweiten Frage: Es gab einen Rückfallplan.", "de").earlier == 2
    assert read_acts("sorry, I meant Kafka, not Rabbit", "en").earlier is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        "so a bit a bit a bit really just just " * 200,
        "please can you please maybe possibly " * 300,
        "? " * 5_000,
        "a" * 16_384,
        "sorry, " * 2_000,
        "ich kann das nicht mehr so ganz genau " * 300,
        "mein mein mein die die das das hier hier " * 200,
    ],
)
def test_any_text_is_read_quickly(text: str, language: str) -> None:
    read_acts("warm up", language)
    began = time.perf_counter()
    read_acts(text[:16_384], language)
    assert time.perf_counter() - began < 2
