"""The gate that a model's sentence must pass before a candidate sees it. What is refused is asked for once more.

check            refused when
question         it asks more than one, none where one is due, or one where the program asks the next itself
length           it has more than 60 words, or more than 25 before a question that the program asks
language         it is in another language than the interview
manners          it hints, judges, praises, promises, speaks of scores, pretends, links, or touches a protected topic
facts            it states something that neither the facts nor the talk so far hold
said_before      one of its sentences was said, or says the same in other words
to_the_point     it shares nothing with the open question's subject or with what was just said
"""

# ruff: noqa: E501 - a pattern on one line can be searched for
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from domain.interview.events import Move, MoveKind
from domain.interview.model_turn import ModelReply, ReplyKind
from domain.interview.probing import missing_criteria
from domain.interview.state import Interview
from domain.interview.turn_filter import questions_in, violations
from domain.interview.unsaid import is_unsaid
from domain.plan.script_patterns import LEADING
from domain.plan.subjects import common_words, is_generic, shares_subject, subject_of
from domain.text.tokens import detect_language, sentences, similarity, stems, tokens

MOST_WORDS, MOST_BRIDGE_WORDS = 60, 25
# Two of our sentences say the same when their words are so much alike.
ALIKE = 0.6
# A bridge may have so many content words that are not the candidate's.
MOST_OWN_WORDS = 1
# A sentence of an answer may have this share of content words that nothing given holds.
MOST_NEW_SHARE = 0.34

_PRAISE = re.compile(
    r"\b(?:great|excellent|perfect(?:ly)?|impressive|amazing|awesome|fantastic|brilliant|wonderful|superb|well done|well said|good (?:point|job|answer|example|choice)|nice (?:work|job|one|answer)|(?:very|really|so|that's|that is|how) (?:interesting|insightful|good|helpful|clear|nice)|interesting|insightful|love (?:that|it)|makes (?:perfect |a lot of |total )?sense|thanks for (?:that|the|your|sharing)|thank you for (?:that|the|your|sharing)"
    r"|toll|super|klasse|prima|hervorragend|ausgezeichnet|perfekt|beeindruckend|spannend|interessant|großartig|sehr gut|gut gemacht|gute[rs]? (?:punkt|antwort|beispiel|ansatz)|gutes beispiel|das klingt (?:gut|toll|vernünftig|nach)|danke für (?:das|die|den|ihre|deine))\b",
    re.IGNORECASE,
)
_JUDGES = re.compile(
    r"\b(?:(?:that|this|it|your answer)(?:'s| is| was| sounds?| seems?) (?:too |not |quite |very |a bit |rather |still |an? )*(?:vague|short|brief|weak|strong|solid|poor|incomplete|complete|wrong|right|reasonable|sensible|enough|sufficient|good|bad)|you (?:did not|didn't|have not|haven't|failed to) (?:answer|explain|mention|say|address)|unfortunately|as expected|exactly what"
    r"|(?:das|ihre antwort|dies) (?:ist|war|klingt|wirkt) (?:zu |nicht |etwas |sehr |noch |ziemlich |eine? )*(?:vage|kurz|schwach|stark|unvollständig|vollständig|falsch|richtig|vernünftig|ausreichend|gut|schlecht)|sie haben (?:die frage )?nicht (?:beantwortet|erklärt|gesagt)|leider|wie erwartet|genau das)\b",
    re.IGNORECASE,
)
_RIGHT_ANSWER = re.compile(
    r"\b(?:the (?:right|correct|best|usual|obvious) (?:answer|solution|way|approach|thing)|(?:die|der) (?:richtige|beste|übliche) (?:antwort|lösung|weg|ansatz))\b",
    re.IGNORECASE,
)
_PROMISES = re.compile(
    r"\b(?:i promise|guarantee|you(?:'ll| will) (?:hear|get|receive|be (?:invited|contacted|hired|paid))|we(?:'ll| will) (?:contact|invite|call|hire|pay|let you know|get back)|ich verspreche|garantier\w+|sie werden (?:hören|bekommen|erhalten|eingeladen)|wir (?:melden uns|laden sie|rufen sie|stellen sie))\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
# Words with which somebody says that they do not know, or points back to the question. They state nothing.
_SPEECH = {
    "en": "know note noted pass passed people person invite invited inviting ask asked asking question questions answer answers tell say said sorry interview interviewer unfortunately sure here now back open still let us please people's team yes course may can take time minute minutes left example kind mean means meant think anything something thing things talk about want like would go on whenever ready know knows who whom hear heard word words way own experience situation describe case work matter matters program decide",
    "de": "weiß wissen notiert notiere gebe weiter menschen person personen eingeladen einladen frage fragen antwort antworten sagen gesagt leider gespräch hier jetzt zurück offen noch bitte ja natürlich können dürfen zeit minute minuten übrig beispiel meine meint gemeint etwas gern gerne weiter bereit nehmen lassen erzählen eigene erfahrung situation fall arbeit geht kenne wort worte beschreiben",
}
_DOES_NOT_KNOW = re.compile(
    r"\b(?:(?:do not|don't|can't|cannot) (?:know|say|tell)|not something i (?:know|can)|weiß (?:das |ich |es )*nicht|kann (?:ich |das |ihnen )*nicht sagen)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|nobody|nothing|without|\w+n't|nicht|kein\w*|nie|niemals|niemand|nichts|ohne)\b",
    re.IGNORECASE,
)
_IN_THEIR_PLACE = re.compile(
    r"\b(?:we\b(?! (?:go|leave|come|move on)\b)|our|my|wir\b(?! (?:gehen|lassen|kommen|machen)\b)|unser\w*|mein\w*)\b",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(r"\b(?:[Yy]ou|[Yy]our|Sie|Ihre?\w*)\b")
# What was asked for may be said again.
_ASKED_FOR = frozenset({"repeat", "meaning", "example", "unclear", "asks_us"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What the gate compares a reply with.

    `move` is what the program decided, `by_rules` what it would say, `own` all our turns so far, `answer` the
    candidate's last turn.
    """

    state: Interview
    move: Move
    by_rules: str
    own: tuple[str, ...]
    answer: str

    @property
    def language(self) -> str:
        return self.state.plan.language.split("-")[0]

    @property
    def asks_itself(self) -> bool:
        """Whether the program asks the next question itself, so that the reply only goes before it."""
        return self.move.kind in (MoveKind.ask, MoveKind.code_task) or self.move.reason == "last_word"


def refusals(reply: ModelReply, setting: Setting) -> list[str]:
    """Why this reply may not be said, by name; empty when it may."""
    text = reply.text.strip()
    if not tokens(text):
        return ["empty"]
    found = _form(reply, text, setting)
    found += violations(text, setting.state.plan, _given(setting))
    found += [name for name, broken in _manners(text, setting) if broken]
    if reply.kind in (ReplyKind.answer, ReplyKind.clarify) and not _is_grounded(reply, text, setting):
        found.append("facts")
    if setting.move.reason not in _ASKED_FOR and not _is_new(text, setting):
        found.append("said_before")
    if reply.kind is ReplyKind.probe and _asks_what_was_shown(text, setting):
        found.append("shown")
    if not _is_to_the_point(reply, text, setting):
        found.append("to_the_point")
    return list(dict.fromkeys(found))


def _form(reply: ModelReply, text: str, setting: Setting) -> list[str]:
    before_question = setting.asks_itself or reply.kind in (ReplyKind.bridge, ReplyKind.next)
    count = questions_in(text)
    found: list[str] = []
    if len(tokens(text)) > (MOST_BRIDGE_WORDS if before_question else MOST_WORDS):
        found.append("too_long")
    if before_question and count:
        found.append("asks_too")
    elif reply.kind is ReplyKind.probe and count == 0:
        found.append("no_question")
    spoken = detect_language(text)
    if spoken is not None and spoken != setting.language:
        found.append("other_language")
    return found


def _manners(text: str, setting: Setting) -> Iterable[tuple[str, bool]]:
    given = " ".join(fact.answer for fact in setting.state.plan.facts)
    yield "praise", bool(_PRAISE.search(text))
    yield "judgement", bool(_JUDGES.search(text)) and not _JUDGES.search(setting.by_rules)
    yield "hint", bool(_RIGHT_ANSWER.search(text) or LEADING.search(text))
    promise = _PROMISES.search(text)
    yield "promise", promise is not None and promise.group().casefold() not in given.casefold()


def _given(setting: Setting) -> str:
    """What was said or prescribed already, and so gives nothing away."""
    item = setting.state.item
    lines = [setting.by_rules, setting.move.text, setting.answer]
    if item is not None:
        lines += [*item.questions, *(criterion.probe for criterion in item.criteria)]
    return "\n".join(lines)


# --- facts ----------------------------------------------------------------------------------------------


def _is_grounded(reply: ModelReply, text: str, setting: Setting) -> bool:
    """Whether what the reply states is given: in the facts, in what the program would say, or in the talk."""
    facts = setting.state.plan.facts
    told = setting.move.told
    if reply.fact is not None and not 1 <= reply.fact <= len(facts):
        return False
    item = setting.state.item
    sources = [_given(setting), setting.state.open_question, setting.state.plan.title, *told]
    sources += [f"{fact.question} {fact.answer}" for fact in facts]
    sources += [criterion.probe for criterion in item.criteria] if item is not None else []
    known = "\n".join(sources)
    if told and not all(_holds(text, fact) for fact in told):
        return False  # the program found the fact that answers this: it must be told
    if reply.fact is not None and not _holds(text, facts[reply.fact - 1].answer):
        return False
    if setting.move.reason == "asks_us" and not told and reply.fact is None and not _admits(text, setting):
        return False  # nothing given answers this: whatever else is said is made up
    if set(_NUMBER.findall(text)) - set(_NUMBER.findall(known)):
        return False
    words = set(stems(known, setting.language)) | _speech(setting.language)
    return all(_new_share(sentence, words, setting.language) <= MOST_NEW_SHARE for sentence in _stated(text))


def _admits(text: str, setting: Setting) -> bool:
    """Whether the reply says that it does not know, or what the program would say."""
    rule = set(stems(setting.by_rules, setting.language))
    same = len(rule & set(stems(text, setting.language))) * 2 >= len(rule)
    return same or bool(_DOES_NOT_KNOW.search(text))


def _holds(text: str, fact: str) -> bool:
    """Whether a text tells this fact: its numbers, and most of its words."""
    numbers = set(_NUMBER.findall(fact))
    wanted = set(tokens(fact))
    return numbers <= set(_NUMBER.findall(text)) and len(wanted & set(tokens(text))) * 2 >= len(wanted)


def _stated(text: str) -> list[str]:
    """The sentences that are no questions."""
    return [sentence for _, sentence in sentences(text) if not sentence.endswith("?")]


def _new_share(sentence: str, known: set[str], language: str) -> float:
    own = set(stems(sentence, language))
    new = {each for each in own if each not in known}
    return len(new) / len(own) if own else 0.0


# --- said before, to the point --------------------------------------------------------------------------


def _is_new(text: str, setting: Setting) -> bool:
    """Whether no sentence of this was said before, in these words or much the same ones."""
    if not is_unsaid(text, setting.state.said):
        return False
    language = setting.language
    before = [each for turn in setting.own for _, each in sentences(turn)]
    return not any(_alike(sentence, old, language) for _, sentence in sentences(text) for old in before)


def _alike(one: str, other: str, language: str) -> bool:
    """Whether two sentences say much the same. With one content word in common the small words decide."""
    first, second = set(stems(one, language)), set(stems(other, language))
    if len(first) < 2:
        return bool(first) and first == second and similarity(tokens(one), tokens(other)) >= ALIKE
    return similarity(first, second) >= ALIKE


def _asks_what_was_shown(text: str, setting: Setting) -> bool:
    """Whether a question is the written probe of a criterion that has evidence, also by the model's own hearing."""
    item, current = setting.state.item, setting.state.current
    if item is None or current is None:
        return False
    missing = {criterion.id for criterion in missing_criteria(setting.state, item, current)}
    shown = [each.probe for each in item.criteria if each.probe and each.id not in missing]
    return any(
        _alike(sentence, probe, setting.language)
        for _, sentence in sentences(text)
        if sentence.endswith("?")
        for probe in shown
    )


def _is_to_the_point(reply: ModelReply, text: str, setting: Setting) -> bool:
    """Whether the reply belongs here: it takes up what was said, or asks about what has no evidence yet."""
    if reply.kind in (ReplyKind.bridge, ReplyKind.next) or setting.asks_itself:
        return _is_true_bridge(text, setting)
    if reply.kind is ReplyKind.probe:
        question = [sentence for _, sentence in sentences(text) if sentence.endswith("?")]
        return _takes_up(" ".join(question), setting) and all(
            _is_true_bridge(each, setting) for each in _stated(text)
        )
    if setting.move.reason in ("repeat", "meaning", "example"):
        return _shares(text, [setting.state.open_question, *_probes(setting)], setting.language)
    return True  # what an answer may say is bounded by the facts


def _takes_up(question: str, setting: Setting) -> bool:
    language = setting.language
    if is_generic(question, language) and not _shares(question, [setting.answer], language):
        return False
    item, current = setting.state.item, setting.state.current
    open_points: list[str] = []
    if item is not None and current is not None:
        open_points = [f"{c.text} {c.probe}" for c in missing_criteria(setting.state, item, current)]
        open_points += [item.follow_up] if item.follow_up else []
    asked = subject_of(question, language)
    if common_words(asked, subject_of(setting.answer, language)):
        return True
    return any(shares_subject(asked, subject_of(each, language)) for each in open_points)


def _is_true_bridge(text: str, setting: Setting) -> bool:
    """Whether every content word before a question is the candidate's, but for one, or says nothing at all."""
    language = setting.language
    if _NEGATION.search(text) and not _NEGATION.search(setting.answer):
        return False
    if _IN_THEIR_PLACE.search(text) and not _ADDRESSES.search(text):
        return False  # it speaks as if it were the candidate
    speech = _speech(language)
    theirs = subject_of(f"{setting.answer}\n{setting.state.open_question}", language)
    new = [
        word
        for word in subject_of(text, language).words
        if word not in speech and not common_words(subject_of(word, language), theirs)
    ]
    return len(new) <= MOST_OWN_WORDS


@cache
def _speech(language: str) -> frozenset[str]:
    return frozenset(stems(_SPEECH.get(language, ""), language))


def _probes(setting: Setting) -> list[str]:
    item = setting.state.item
    return [criterion.probe for criterion in item.criteria] if item is not None else []


def _shares(text: str, others: Sequence[str], language: str) -> bool:
    subject = subject_of(text, language, probe=True)
    return any(common_words(subject, subject_of(other, language, probe=True)) for other in others)
