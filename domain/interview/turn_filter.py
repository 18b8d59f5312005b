"""What no sentence of the interviewer may do: hint, speak of scores, promise, pretend, touch a protected topic.

`domain.interview.turn_gate` adds what a model's sentence must do besides.
"""

# ruff: noqa: E501 - a pattern on one line can be searched for
import re

from domain.plan.items import InterviewPlan
from domain.text.protected_topics import protected_topics
from domain.text.tokens import stems

MAX_CHARACTERS = 700

_HINTS = re.compile(
    r"\b(?:the (?:right|correct|best|expected|ideal|model) (?:answer|solution|approach) (?:is|would|might|could)|(?:a )?good answer(?:s)? (?:would|should|might|could|usually|mention)|you (?:should|could|might want to|need to) (?:mention|say|talk about|include|bring up|name)"
    r"|(?:don't|do not) forget to (?:mention|say)|(?:here is|here's|as|let me give you|a small|one) (?:a )?hint|for example,? you (?:could|might) say|that(?:'s| is) (?:exactly |absolutely |quite |not quite |not )?(?:right|correct|wrong|incorrect)|you(?:'re| are) (?:right|wrong|correct)|great answer|excellent answer|perfect answer|well done|spot on|you (?:missed|forgot|left out|have not mentioned|haven't mentioned|didn't mention)"
    r"|die (?:richtige|beste|erwartete) (?:antwort|lösung)|eine gute antwort|sie (?:sollten|könnten|müssten) (?:noch )?(?:erwähnen|sagen|nennen)|vergessen sie nicht|kleiner (?:tipp|hinweis)|das ist (?:genau |völlig |leider |nicht )?(?:richtig|falsch|korrekt)|sehr gute antwort|sie haben (?:vergessen|nicht erwähnt))\b",
    re.IGNORECASE,
)
_RUBRIC_TALK = re.compile(
    r"\b(?:criteri(?:a|on)|rubric|scoring|your score|points? (?:for|out of)|threshold|pass mark|weighting|system prompt|my instructions|i (?:was|am|have been) (?:instructed|told|programmed)|bewertungskriteri\w*|kriterium|kriterien|punktzahl|ihre punkte|bestehensgrenze|meine anweisungen)\b",
    re.IGNORECASE,
)
_PROMISES = re.compile(
    r"\b(?:you (?:have |'ve )?(?:passed|failed|got the job)|you(?:'re| are) (?:hired|in|rejected|accepted)|we (?:will|would) (?:hire|accept|admit|reject) you|i (?:will|would) recommend you|sie (?:haben bestanden|sind eingestellt|sind angenommen|sind durchgefallen)|wir stellen sie ein)\b",
    re.IGNORECASE,
)
_PRETENDS = re.compile(
    r"\b(?:i am|i'm|as) (?:a )?(?:human|real person|not an? (?:ai|bot|machine))\b|\bich bin (?:ein mensch|keine (?:ki|maschine))\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"https?://|www\.|</?[a-z][^>]*>|```|\[[^\]]+\]\([^)]+\)|!\[", re.IGNORECASE)
_QUESTION_MARK = re.compile("[?\uff1f\u061f]+")
# A turn leaks a criterion if it has this many of its words and this share of them.
LEAK_WORDS, LEAK_SHARE = 3, 0.6


def questions_in(text: str) -> int:
    """How many questions a turn asks. `?!` and `??` count as one."""
    return len(_QUESTION_MARK.findall(text))


def violations(text: str, plan: InterviewPlan, prescribed: str = "") -> list[str]:
    """The rules that a turn breaks, by name. Empty when the turn may be shown.

    What the prescribed question itself says is never a violation.
    """
    found = [
        f"protected_topic:{topic}"
        for topic in protected_topics(text)
        if topic not in protected_topics(prescribed)
    ]
    patterns = {
        "hint": _HINTS,
        "rubric": _RUBRIC_TALK,
        "promise": _PROMISES,
        "pretends_to_be_human": _PRETENDS,
        "markup": _MARKUP,
    }
    found += [
        name for name, pattern in patterns.items() if pattern.search(text) and not pattern.search(prescribed)
    ]
    if questions_in(text) > 1:
        found.append("several_questions")
    if len(text) > MAX_CHARACTERS + len(prescribed):
        found.append("too_long")
    if leaked_criteria(text, plan, prescribed):
        found.append("rubric_leak")
    return found


def leaked_criteria(text: str, plan: InterviewPlan, prescribed: str = "") -> list[str]:
    """The ids of the criteria that a turn leaks."""
    language = plan.language.split("-")[0]
    new = set(stems(text, language)) - set(stems(prescribed, language))
    found: list[str] = []
    for item in plan.items:
        for criterion in item.criteria:
            wanted = set(stems(criterion.text, language))
            hits = len(wanted & new)
            if hits >= min(LEAK_WORDS, max(2, len(wanted))) and hits >= LEAK_SHARE * len(wanted):
                found.append(criterion.id)
    return found
