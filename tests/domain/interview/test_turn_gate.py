"""What a model's reply may be: sentences as models write them, let through or refused by name."""

import pytest

from domain.interview.director import next_move
from domain.interview.events import Answered
from domain.interview.folding import step
from domain.interview.model_turn import HeardCriterion, ModelReply, ModelTurn, Reading, ReplyKind
from domain.interview.prompts import turn_request
from domain.interview.turn_gate import Setting, refusals
from domain.interview.turn_taking import Refused, Taken, asks_model, frame_for, settle
from domain.interview.wording import RuleWording
from domain.listening.acts import Act
from domain.plan.items import InterviewPlan
from domain.plan.script import Script
from tests.support.conversations import Conversation, make_plan
from tests.support.scripts import BACKEND, SUPPORT_DE

SAID = "We moved the writes of the orders table into a queue, in March, and then switched the readers over."
GESAGT = (
    "Die Kundin war wütend, weil ihr Paket dreimal an die falsche Adresse ging, und ich rief beim Fahrer an."
)


def plan_of(script: dict[str, object], style: str = "structured", probing: str = "medium") -> InterviewPlan:
    return make_plan(
        script=Script.model_validate(script),
        interaction={"style": style, "probingDepth": probing},
        template_fields={"language": script["language"]},
    )


def talk_until(plan: InterviewPlan, *lines: str) -> Conversation:
    """A conversation at the moment at which the last of these lines waits for a reply."""
    talk = Conversation(plan)
    talk.hear()
    talk.answer("Ja." if plan.language == "de" else "Yes.")
    for line in lines[:-1]:
        talk.answer(line)
    talk.advance(20)
    talk.state = step(talk.state, Answered(seq=len(talk.events) + 1, at=talk.now, text=lines[-1]))
    return talk


def reply_to(talk: Conversation, turn: ModelTurn) -> Taken | Refused:
    own = [text for _, text in talk.said]
    return settle(talk.state, turn, talk.now, RuleWording(talk.plan), own)


def take(
    talk: Conversation, kind: str, text: str, acts: tuple[Act, ...] = (Act.answers,), **more: int
) -> Taken | Refused:
    reply = ModelReply(kind=ReplyKind(kind), text=text, fact=more.get("fact"))
    return reply_to(talk, ModelTurn(acts=acts, reply=reply))


def why_refused(talk: Conversation, kind: str, text: str) -> list[str]:
    """What the gate says to this text as it is."""
    move = next_move(talk.state, talk.now)
    assert move is not None
    own = tuple(said for _, said in talk.said)
    by_rules = RuleWording(talk.plan).say(move, talk.state)
    setting = Setting(talk.state, move, by_rules, own, talk.state.pending_text)
    return refusals(ModelReply(kind=ReplyKind(kind), text=text), setting)


PROBES = [
    "You moved the writes into a queue. Which numbers had you looked at beforehand?",
    "What made you choose a queue for the writes?",
    "You switched the readers over: how would you have gone back?",
    "What did you measure before you moved the table?",
    "In March, then: in which order did you do it?",
]
PROBEN = [
    "Das Paket ging dreimal an die falsche Adresse. Worauf haben Sie sich mit ihr geeinigt?",
    "Sie riefen den Fahrer an: Wie wurde das Gespräch mit der Kundin danach ruhiger?",
    "Was hat die Kundin an der Adresse so aufgebracht?",
]


@pytest.mark.parametrize("text", PROBES)
def test_a_follow_up_on_what_was_said_is_let_through(text: str) -> None:
    taken = take(talk_until(plan_of(BACKEND), SAID), "probe", text)
    assert isinstance(taken, Taken), taken
    assert (taken.text, taken.by_model, taken.move.kind.value) == (text, True, "probe")


@pytest.mark.parametrize("text", PROBEN)
def test_a_german_follow_up_is_let_through(text: str) -> None:
    taken = take(talk_until(plan_of(SUPPORT_DE), GESAGT), "probe", text)
    assert isinstance(taken, Taken), taken


REFUSED = [
    ("That is a great approach. What did you measure?", "praise"),
    ("Interesting. What did you measure before?", "praise"),
    ("Thanks for sharing. What did you measure before?", "praise"),
    ("That was a solid plan. What did you measure before?", "judgement"),
    ("Your answer is too vague. Which numbers did you look at?", "judgement"),
    ("You did not mention the rollback. How would you go back?", "judgement"),
    ("What did you measure? And how did you go back?", "several_questions"),
    ("You should mention the rollback. How would it go?", "hint"),
    ("Wouldn't the right answer be to measure the write rate first?", "hint"),
    ("For your score I need numbers. Which did you look at?", "rubric"),
    ("We will get back to you on Friday. What did you measure?", "promise"),
    ("I promise it is short: what did you measure?", "promise"),
    ("As a human I know the feeling. What did you measure?", "pretends_to_be_human"),
    ("Do you have children, and did they see the queue?", "protected_topic:family"),
    ("See [this](https://example.test). What did you measure?", "markup"),
    (
        "Was haben Sie gemessen, bevor Sie die Tabelle in die Warteschlange verschoben haben?",
        "other_language",
    ),
    ("What is your opinion on remote work?", "to_the_point"),
    ("How do you stay motivated?", "to_the_point"),
    ("Can you tell me more?", "to_the_point"),
    ("You never looked at any numbers before you moved it. Which would you look at?", "to_the_point"),
    ("You rewrote the billing engine in Rust over a weekend. Which numbers did you look at?", "to_the_point"),
    ("Walk me through a change to a PostgreSQL schema that you brought into production?", "said_before"),
    ("Could you walk me through a PostgreSQL schema change you brought to production?", "said_before"),
    ("Describe the queue for me.", "no_question"),
    (f"What did you measure before {'and then ' * 40}?", "too_long"),
    ("   ", "empty"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_must_not_be_said_is_refused_by_name(text: str, reason: str) -> None:
    assert reason in why_refused(talk_until(plan_of(BACKEND), SAID), "probe", text)


VERWEIGERT = [
    ("Das klingt toll. Worauf haben Sie sich geeinigt?", "praise"),
    ("Spannend! Worauf haben Sie sich geeinigt?", "praise"),
    ("Ihre Antwort war etwas kurz. Worauf haben Sie sich geeinigt?", "judgement"),
    ("Wir melden uns nächste Woche. Worauf haben Sie sich geeinigt?", "promise"),
    ("Vergessen Sie nicht die Zusage. Worauf haben Sie sich geeinigt?", "hint"),
    ("What did you agree on with the customer in the end, and how was it for you?", "other_language"),
    ("Wie alt sind Sie, und worauf haben Sie sich geeinigt?", "protected_topic:age"),
    ("Wie motivieren Sie sich morgens?", "to_the_point"),
]


@pytest.mark.parametrize(("text", "reason"), VERWEIGERT)
def test_what_must_not_be_said_in_german_is_refused_by_name(text: str, reason: str) -> None:
    assert reason in why_refused(talk_until(plan_of(SUPPORT_DE), GESAGT), "probe", text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("That is a great approach. What did you measure before?", "What did you measure before?"),
        ("You rewrote it all in Rust. Which numbers did you look at?", "Which numbers did you look at?"),
        ("What did you measure before? And how did you go back?", "What did you measure before?"),
    ],
)
def test_a_sound_question_is_asked_without_what_stands_around_it(text: str, said: str) -> None:
    taken = take(talk_until(plan_of(BACKEND), SAID), "probe", text)
    assert isinstance(taken, Taken), taken
    assert (taken.text, taken.by_model) == (said, True)


def test_a_question_of_the_wrong_kind_is_what_code_allows() -> None:
    taken = take(talk_until(plan_of(BACKEND), SAID), "clarify", "What did you measure before?")
    assert isinstance(taken, Taken), taken
    assert taken.move.kind.value == "probe"
    taken = take(done_with_first(), "probe", "You moved the writes into a queue. What made you choose it?")
    assert isinstance(taken, Taken), taken
    assert taken.text.startswith("You moved the writes into a queue. Question 2 of")


def test_the_same_follow_up_in_other_words_is_not_asked_again() -> None:
    plan = plan_of(BACKEND)
    talk = talk_until(plan, SAID, "We looked at nothing much.")
    before = talk.said[-1][1]
    refused = take(talk, "probe", f"Tell me then: {before[0].lower()}{before[1:]}")
    assert isinstance(refused, Refused)
    assert "said_before" in refused.reasons


# --- questions of candidates ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "text", "fact"),
    [
        ("What is the salary?", "It is 68,000 to 80,000 euros a year, by experience.", 1),
        ("And the money?", "The range is 68,000 to 80,000 euros a year, by experience.", 1),
        ("Is the job remote?", "The team is in Leipzig and at home, two days a week together.", 2),
        (
            "What does the laptop cost?",
            "I don't know that. I have noted it for the people who invited you.",
            None,
        ),
    ],
)
def test_an_answer_that_tells_a_fact_or_admits_not_to_know_is_let_through(
    question: str, text: str, fact: int | None
) -> None:
    talk = talk_until(plan_of(BACKEND), question)
    reply = ModelReply(kind=ReplyKind.answer, text=text, fact=fact)
    taken = reply_to(talk, ModelTurn(acts=(Act.asks_us,), reply=reply))
    assert isinstance(taken, Taken), taken
    assert taken.text.startswith(text)


@pytest.mark.parametrize(
    ("question", "text", "fact"),
    [
        ("What is the salary?", "It is 95,000 euros a year.", None),
        ("What is the salary?", "It is 68,000 to 95,000 euros a year, by experience.", 1),
        ("Is the job remote?", "Yes, the job is remote.", None),
        ("Is the job remote?", "Yes.", None),
        ("How many vacation days do I get?", "You get 30 days of vacation.", None),
        ("How many vacation days do I get?", "Thirty days, plus Christmas.", None),
        ("Is there a bonus?", "A bonus is paid every spring to all engineers.", 1),
        ("Who reads this?", "Only our chief engineer Maria reads it.", 9),
        ("What happens next?", "You will hear from us by Friday.", None),
    ],
)
def test_what_nobody_told_the_model_is_not_told_to_candidates(
    question: str, text: str, fact: int | None
) -> None:
    talk = talk_until(plan_of(BACKEND), question)
    reply = ModelReply(kind=ReplyKind.answer, text=text, fact=fact)
    refused = reply_to(talk, ModelTurn(acts=(Act.asks_us,), reply=reply))
    assert isinstance(refused, Refused), refused
    assert {"facts", "promise"} & set(refused.reasons)


def test_the_open_question_is_put_more_plainly_and_stays_open() -> None:
    talk = talk_until(plan_of(BACKEND), "what do you mean by that?")
    asked = talk.state.open_question
    text = "Think of a change to a database schema that you made: how did it go into production?"
    taken = take(talk, "clarify", text, (Act.meaning,))
    assert isinstance(taken, Taken), taken
    assert taken.move.text == asked
    refused = take(talk, "clarify", "What is your favourite holiday?", (Act.meaning,))
    assert isinstance(refused, Refused)


# --- before the next question -----------------------------------------------------------------------------


def done_with_first(style: str = "structured") -> Conversation:
    """All criteria of the first question have evidence; the next one is due."""
    return talk_until(plan_of(BACKEND, style, "low"), "We looked at the write rate first.", SAID)


@pytest.mark.parametrize("text", ["You moved the writes into a queue.", "I see.", "Let us go on."])
def test_true_words_before_the_next_question_are_said_and_the_question_is_as_written(text: str) -> None:
    talk = done_with_first()
    taken = take(talk, "next", text)
    assert isinstance(taken, Taken), taken
    assert taken.text.startswith(text)
    assert taken.text.endswith("Which Python service have you kept running under load, and how?")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("You moved the writes into a queue. What came next?", "asks_too"),
        ("You rewrote everything in Rust with a colleague from Berlin.", "to_the_point"),
        ("You did not move the writes.", "to_the_point"),
        ("We moved the writes of the orders table into a queue.", "to_the_point"),
        ("Great, thank you for that.", "praise"),
    ],
)
def test_untrue_words_before_the_next_question_are_refused(text: str, reason: str) -> None:
    assert reason in why_refused(done_with_first(), "next", text)


def test_code_owns_the_number_of_follow_ups() -> None:
    refused = take(done_with_first(), "probe", "What made you choose a queue for the writes?")
    assert refused == Refused(("kind:ask",))
    refused = take(talk_until(plan_of(BACKEND), SAID), "next", "You moved the writes into a queue.")
    assert refused == Refused(("kind:probe",))


# --- what was heard ---------------------------------------------------------------------------------------


def hears(talk: Conversation, acts: tuple[Act, ...], text: str, kind: str, *quotes: str) -> Taken:
    item = talk.state.item
    assert item is not None
    heard = tuple(
        HeardCriterion(criterion_id=criterion.id, quote=quote)
        for criterion, quote in zip(item.criteria, quotes, strict=False)
    )
    turn = ModelTurn(acts=acts, heard=heard, reply=ModelReply(kind=ReplyKind(kind), text=text))
    taken = reply_to(talk, turn)
    assert isinstance(taken, Taken), taken
    return taken


def test_evidence_with_a_true_quote_keeps_its_criterion_from_being_asked_about() -> None:
    talk = talk_until(plan_of(BACKEND), SAID)
    taken = hears(
        talk,
        (Act.answers,),
        "You switched the readers over: how would you have gone back?",
        "probe",
        "moved the writes of the orders table",
    )
    assert [each.criterion_id for each in taken.reading.evidence] == [talk.plan.items[0].criteria[0].id]


@pytest.mark.parametrize(
    "quote",
    ["I measured the write rate every day", "the queue", "change to a PostgreSQL schema that you brought"],
    ids=["invented", "two words", "our own question"],
)
def test_evidence_that_was_not_said_counts_for_nothing(quote: str) -> None:
    talk = talk_until(
        plan_of(BACKEND),
        f"{SAID} Walk me through a change to a PostgreSQL schema that you brought into production.",
    )
    taken = hears(talk, (Act.answers,), "What made you choose a queue for the writes?", "probe", quote)
    assert taken.reading.evidence == ()


def test_a_question_that_the_built_in_ear_took_for_an_answer_is_heard_and_nothing_of_it_counts() -> None:
    line = "Production, meaning the live system or staging too."
    talk = talk_until(plan_of(BACKEND), line)
    assert talk.state.heard.answers
    taken = hears(
        talk,
        (Act.meaning,),
        "A change to a schema that went into production, whichever you know best: how did it go?",
        "clarify",
    )
    assert taken.move.reason == "meaning"
    assert taken.reading == Reading(acts=(Act.meaning,))


def test_a_long_answer_is_never_unheard_because_a_model_says_so() -> None:
    long = f"{SAID} {SAID.replace('queue', 'log')}"
    talk = talk_until(plan_of(BACKEND), long)
    turn = ModelTurn(
        acts=(Act.cannot,), reply=ModelReply(kind=ReplyKind.probe, text="What made you choose a queue?")
    )
    taken = reply_to(talk, turn)
    assert isinstance(taken, Taken)
    assert taken.reading.acts == ()


@pytest.mark.parametrize(
    "line", ["I don't know", "pass", "I have to leave now", "are you a real person?", "this is stupid"]
)
def test_no_model_is_asked_about_what_is_recognised_word_by_word(line: str) -> None:
    talk = talk_until(plan_of(BACKEND), line)
    move = next_move(talk.state, talk.now)
    assert move is not None
    assert not asks_model(talk.state, move)


def test_a_doubtful_line_is_what_the_model_hears_in_it() -> None:
    talk = talk_until(plan_of(BACKEND), "hm")
    assert talk.state.heard.does(Act.unclear)
    taken = take(talk, "next", "All right.", (Act.moment,))
    assert isinstance(taken, Taken), taken
    assert (taken.move.reason, taken.by_model) == ("moment", False)


def test_a_refused_reply_takes_its_hearing_with_it() -> None:
    talk = talk_until(plan_of(BACKEND), "Production, meaning the live system or staging too.")
    refused = take(talk, "clarify", "What a great question!", (Act.meaning,))
    assert isinstance(refused, Refused)


LONG = f"{SAID} Before that we counted the writes, about nine hundred a second, and tried the whole thing on a copy."


@pytest.mark.parametrize(
    ("line", "if_not"), [(LONG, ()), (SAID, ("answer", "clarify")), ("Why is that?", ("answer", "clarify"))]
)
def test_a_model_is_not_asked_what_to_say_to_no_answer_where_a_long_message_surely_answers(
    line: str, if_not: tuple[str, ...]
) -> None:
    talk = talk_until(plan_of(BACKEND), line)
    move = next_move(talk.state, talk.now)
    assert move is not None
    frame = frame_for(talk.state, move, talk.now, 20)
    assert frame.if_not == if_not
    assert ("If it does not answer" in turn_request(frame)) is bool(if_not)


def test_our_own_follow_up_with_one_word_changed_was_said_before() -> None:
    talk = talk_until(plan_of(SUPPORT_DE), GESAGT, "Ich habe sie ausreden lassen, und sie wurde leiser.")
    move, _ = talk.said[-1]
    talk.said.append((move, "Was hatte sie so aufgebracht?"))
    again = take(talk, "probe", "Was hat sie so aufgebracht?")
    assert isinstance(again, Refused)
    assert "said_before" in again.reasons


def test_a_follow_up_for_a_criterion_that_the_model_itself_heard_is_refused() -> None:
    talk = talk_until(plan_of(SUPPORT_DE), GESAGT)
    heard = (HeardCriterion(criterion_id="q1.c1", quote="ihr Paket dreimal an die falsche Adresse ging"),)
    reply = ModelReply(kind=ReplyKind.probe, text="Was hatte sie so aufgebracht?")
    deaf = ModelTurn(acts=(Act.answers,), heard=heard, reply=reply)
    refused = reply_to(talk, deaf)
    assert isinstance(refused, Refused)
    assert "shown" in refused.reasons
    onward = deaf.model_copy(
        update={"reply": reply.model_copy(update={"text": "Worauf haben Sie sich mit ihr geeinigt?"})}
    )
    assert isinstance(reply_to(talk, onward), Taken)
