"""A role play: what the other person says, from the opening line to an ending, in role throughout.

All lines are written in the scene; none is made up. What only the role knows is told when asked; objections come when
their trigger is heard, else in their order; then lines that give occasion for criteria without evidence; then an
ending. The director speaks for itself only before the first line and after the last.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.interview.events import Move, MoveKind
from domain.interview.state import Interview, seconds_left
from domain.listening.acts import Act
from domain.plan.items import Criterion, ItemKind
from domain.plan.script import Fact, Scene
from domain.plan.subjects import Subject, canonical_words, common_words, shares_subject, subject_of
from domain.scoring.coverage import PreparedAnswer, is_covered
from domain.text.tokens import sentences

# Every reason of a move in role begins so; wording says such a move's text as it is.
IN_ROLE = "role_"
# With less time left than this the scene comes to its end.
ENDING_SECONDS = 60.0
# After the last line the candidate may still say a word; then the director closes.
AFTER_ENDING_SECONDS = 30.0
# The role asks once whether somebody is still there, and gives up after the second of these.
SILENCE_SECONDS = (120.0, 270.0)
# From this share of criteria that seem covered, the scene ends well. It is a line of the story and scores nothing.
GOOD_ENDING_SHARE = 0.4


def in_role(move: Move) -> bool:
    """Whether a move is a line of the scene, to be said as it is written."""
    return move.reason.startswith(IN_ROLE)


def is_playing(state: Interview) -> bool:
    """Whether the conversation is in the scene, its last line included."""
    item = state.item
    return state.plan.scene is not None and item is not None and item.kind is ItemKind.scene


def has_ended(state: Interview) -> bool:
    """Whether the scene's last line was said."""
    return any(key.endswith("_ending") for key in _said(state))


def opening_line(scene: Scene, item_id: str, not_reached: Sequence[str]) -> Move:
    """The first line in role."""
    return Move(
        kind=MoveKind.ask,
        reason=f"{IN_ROLE}opening",
        item_id=item_id,
        text=scene.opening,
        not_reached=tuple(not_reached),
    )


def next_line(state: Interview, now: datetime) -> Move | None:
    """The reply in role to the candidate's last turn. None when the scene is over."""
    scene = state.plan.scene
    if scene is None or has_ended(state):
        return None
    language = state.plan.language.split("-")[0]
    if state.plan.timed and seconds_left(state, now) < ENDING_SECONDS:
        return ending(state)
    asks_back = state.heard.does(Act.repeat) or state.heard.does(Act.meaning)
    if asks_back and state.last_move is not None:
        return _line(state, "repeat", last_line(state))
    return (
        _fact(state, scene, language)
        or _objection(state, scene, language)
        or _occasion(state)
        or ending(state)
    )


def nudge(state: Interview) -> Move:
    """The role asks whether somebody is still there; the words are the catalog's."""
    return _line(state, "nudge", "")


def ending(state: Interview) -> Move:
    """The last line in role, good or bad by what the candidate's words seem to cover."""
    scene = state.plan.scene
    assert scene is not None
    criteria = scene_criteria(state)
    missing = _missing(state)
    good = len(criteria) - len(missing) >= GOOD_ENDING_SHARE * len(criteria)
    return (
        _line(state, "good_ending", scene.good_ending)
        if good
        else _line(state, "bad_ending", scene.bad_ending)
    )


def last_line(state: Interview) -> str:
    """What the role said last; repeated when the candidate asks for it."""
    return state.last_move.text if state.last_move is not None else ""


def scene_criteria(state: Interview) -> list[Criterion]:
    """The criteria of all dimensions of the scene."""
    return [
        criterion for item in state.plan.items if item.kind is ItemKind.scene for criterion in item.criteria
    ]


# --- facts and objections -------------------------------------------------------------------------------


def _fact(state: Interview, scene: Scene, language: str) -> Move | None:
    """What only the role knows, if the candidate asks for it."""
    asked = " ".join(each for _, each in sentences(state.pending_text) if _asks(each))
    if not asked:
        return None
    scored = [(_fit(fact, asked, language), -at, fact) for at, fact in enumerate(scene.private)]
    best = max(scored, key=lambda each: (each[0], each[1]), default=None)
    if best is None or best[0] <= 0:
        return None
    return _line(state, f"fact_{-best[1]}", best[2].answer)


def _asks(sentence: str) -> bool:
    """Whether a sentence asks something: a question mark, or a request to be told."""
    words = sentence.casefold().split()
    return "?" in sentence or words[:2] in (["tell", "me"], ["erzählen", "sie"], ["sagen", "sie"])


def _fit(fact: Fact, asked: str, language: str) -> float:
    """How well a question fits a fact: by most of its words, or by what it is after together with a word."""
    wanted, said = canonical_words(fact.question, language), canonical_words(asked, language)
    share = len(wanted & said) / len(wanted) if wanted else 0.0
    if share > 0.5:
        return 1 + share
    own, heard = subject_of(fact.question, language, probe=True), subject_of(asked, language, probe=True)
    aspects = len(own.aspects & heard.aspects)
    if aspects and common_words(own, heard):
        return 0.5 + share
    named = common_words(subject_of(fact.answer, language), heard)
    return 0.4 if aspects > 1 else 0.3 if aspects and named else 0.0


def _objection(state: Interview, scene: Scene, language: str) -> Move | None:
    """The objection whose trigger was heard, else the next in order."""
    said = _said(state)
    left = [
        (at, each) for at, each in enumerate(scene.objections) if f"probe:{IN_ROLE}objection_{at}" not in said
    ]
    if not left:
        return None
    heard = subject_of(state.pending_text, language)
    common = _in_several([each.trigger for each in scene.objections], language)
    for at, each in left:
        trigger = subject_of(each.trigger, language)
        telling = Subject.of_words(trigger.words - common, trigger.aspects - _aspects_of(common, language))
        if shares_subject(telling, heard):
            return _line(state, f"objection_{at}", each.line)
    at, each = left[0]
    return _line(state, f"objection_{at}", each.line)


def _in_several(triggers: Sequence[str], language: str) -> frozenset[str]:
    """Words that stand in several triggers, such as `seller`: they tell none apart."""
    seen = [subject_of(trigger, language).words for trigger in triggers]
    return frozenset(word for words in seen for word in words if sum(word in each for each in seen) > 1)


def _aspects_of(words: frozenset[str], language: str) -> frozenset[str]:
    return subject_of(" ".join(sorted(words)), language).aspects


# --- occasions and endings ------------------------------------------------------------------------------


def _occasion(state: Interview) -> Move | None:
    """A line that gives occasion for a criterion without evidence, each once."""
    said = _said(state)
    for criterion in _missing(state):
        if criterion.probe and f"probe:{criterion.id}" not in said:
            return _line(state, "probe", criterion.probe, criterion.id)
    return None


def _missing(state: Interview) -> list[Criterion]:
    current = state.current
    answers = "\n".join(current.answers) if current else ""
    heard = PreparedAnswer.of(answers, "", state.plan.language)
    return [each for each in scene_criteria(state) if not is_covered(each, heard)]


def _said(state: Interview) -> frozenset[str]:
    return state.current.move_keys if state.current else frozenset()


def _line(state: Interview, reason: str, text: str, criterion: str | None = None) -> Move:
    current = state.current
    return Move(
        kind=MoveKind.probe,
        reason=f"{IN_ROLE}{reason}",
        item_id=current.item_id if current else None,
        criterion_id=criterion,
        variant=current.variant if current else 2,
        text=text,
    )
