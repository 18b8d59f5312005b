"""Words for the interviewer's moves: sentences from a catalog, and the filter that a model's sentences must pass.

A model words questions and follow-ups only. The opening turn, which says that an AI asks and that everything is
recorded, the reminders, the tasks and the closing always come from the catalog. So does a question when the model fails.
"""

# ruff: noqa: E501 - a pattern on one line can be searched for
import re
from decimal import ROUND_HALF_UP, Decimal

from domain.interview.events import Move, MoveKind
from domain.interview.phrases import phrases_for
from domain.interview.scene import in_role
from domain.interview.state import Interview
from domain.plan.items import InterviewPlan
from domain.text.protected_topics import protected_topics
from domain.text.tokens import detect_language, sentences, stems
from domain.vocabulary import SessionMode, Style

# The moves that a model may word.
MODEL_WORDED: frozenset[MoveKind] = frozenset({MoveKind.ask, MoveKind.probe})
MAX_CHARACTERS = 700

_INTRODUCES = re.compile(
    r"^(?:hi|hello|i am|i'm|my name is|hallo|guten tag|ich bin|ich heiße|mein name)\b", re.IGNORECASE
)
_ADDRESSED = re.compile(r"^(?:you are|you're|act as|sie sind|du bist)\s+(?:an? |the |eine? )?", re.IGNORECASE)


class RuleWording:
    """Words every move without a model. The same move in the same state always gets the same words."""

    def __init__(self, plan: InterviewPlan) -> None:
        self.plan = plan
        self.words = phrases_for(plan.language)
        self.tone = plan.manner.tone.value

    def say(self, move: Move, state: Interview) -> str:
        """The text of the turn. `state` is the state in which the move was decided."""
        if in_role(move):
            return move.text or self.words.remind["role_nudge"]
        match move.kind:
            case MoveKind.open:
                return self._open()
            case MoveKind.ask:
                return _join(self._lead(move, state), self._manner(), move.text)
            case MoveKind.code_task:
                return _join(self._lead(move, state), self._task(move))
            case MoveKind.probe:
                return self._probe(move, state)
            case MoveKind.clarify:
                return self._clarify(move)
            case MoveKind.remind:
                return self.words.remind[move.reason].format(question=move.text).strip()
            case MoveKind.close:
                return self._close(move)

    def _open(self) -> str:
        words, plan = self.words, self.plan
        disclosure = (
            words.disclosure.format(minutes=_minutes(plan.seconds))
            if plan.timed
            else words.disclosure_untimed
        )
        roleplay = plan.mode is SessionMode.roleplay_simulation
        situation = plan.scene.situation if plan.scene else plan.manner.scenario
        scenario = words.scenario.format(scenario=_sentence(situation)) if situation else ""
        talked = roleplay and plan.scene is None
        mode = words.mode.get("situation" if talked else plan.mode.value, "")
        return _join(
            words.greeting[self.tone],
            self._introduction(),
            disclosure,
            words.extra_time if plan.extra_percent and plan.timed else "",
            mode,
            scenario if roleplay else "",
            _sentence(plan.opening) if plan.opening else "",
            words.ready[self.tone],
        )

    def _introduction(self) -> str:
        """The persona if it can be spoken as it is, else its name, else neither."""
        persona, name = " ".join(self.plan.manner.persona.split()), self.plan.manner.name.strip()
        speaks = _INTRODUCES.match(persona)
        if speaks and "?" not in persona and not violations(persona, self.plan):
            return _join(_sentence(persona), self.words.unnamed)
        called = re.split(r"[.,;:\n]", _ADDRESSED.sub("", persona))[0].strip()
        if called and not speaks and len(called.split()) <= 5 and not violations(called, self.plan):
            return self.words.introduction.format(name=called)
        return self.words.introduction.format(name=name) if name else self.words.unnamed

    def _lead(self, move: Move, state: Interview) -> str:
        """What comes before a new question: thanks, a transition or its number, depending on tone and style."""
        words, plan = self.words, self.plan
        if plan.mode is SessionMode.roleplay_simulation:
            return ""
        if move.reason in words.moving_on and state.asked:
            return words.moving_on[move.reason]
        number = len(state.asked) + 1
        thanks = self._acknowledgement(state) if state.asked else ""
        if plan.manner.style is Style.structured:
            return _join(thanks, words.numbered.format(number=number, total=len(plan.items)))
        if not state.asked or move.item_id is None:
            return thanks
        same_topic = plan.item(move.item_id).dimension_id == plan.item(state.asked[-1].item_id).dimension_id
        transitions = words.transition["same_topic" if same_topic else "new_topic"]
        return _join(thanks, transitions[number % len(transitions)])

    def _acknowledgement(self, state: Interview) -> str:
        options = self.words.acknowledged[self.tone]
        return options[state.turns % len(options)]

    def _manner(self) -> str:
        if self.plan.mode is SessionMode.roleplay_simulation:
            return ""
        return self.words.manner.get(self.plan.manner.difficulty.value, "")

    def _task(self, move: Move) -> str:
        item = self.plan.item(move.item_id or "")
        title = item.code.title if item.code else ""
        return self.words.code.format(title=title, minutes=_minutes(float(item.minutes) * 60))

    def _probe(self, move: Move, state: Interview) -> str:
        if move.reason in ("criterion", "follow_up"):
            in_role = self.plan.mode is SessionMode.roleplay_simulation
            terse = self.plan.manner.style is Style.structured or in_role
            return move.text if terse else _join(self._acknowledgement(state), move.text)
        return self.words.probe[move.reason][self.tone].format(question=move.text)

    def _clarify(self, move: Move) -> str:
        reason = "person_unasked" if move.reason == "person" and not move.text else move.reason
        return self.words.clarify[reason].format(question=move.text).strip()

    def _close(self, move: Move) -> str:
        mode = self.plan.mode.value
        if self.plan.mode is SessionMode.roleplay_simulation and self.plan.scene is None:
            mode = "default"
        steps = self.words.next_steps.get(mode, self.words.next_steps["default"])
        closing = self.plan.closing if move.reason in ("finished", "time_over") else ""
        return _join(self.words.close[move.reason], closing, self.words.thanks[self.tone], steps)


# --- The filter ---------------------------------------------------------------------------------------------

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
    """The rules that a model's turn breaks, by name. Empty when the turn may be shown.

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


def turn_violations(text: str, plan: InterviewPlan, prescribed: str = "") -> list[str]:
    """The violations of a whole turn, which must also ask a question in the interview's language."""
    found = violations(text, plan, prescribed)
    if questions_in(text) == 0:
        found.append("no_question")
    spoken = detect_language(text)
    if spoken is not None and spoken != plan.language.split("-")[0] and detect_language(prescribed) != spoken:
        found.append("other_language")
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


class TurnFilter:
    """Releases a model's streamed turn sentence by sentence, and stops at the first violation.

    What a candidate has seen cannot be undone, so a sentence is checked as a whole before it is released.
    """

    def __init__(self, plan: InterviewPlan, prescribed: str) -> None:
        self.plan = plan
        self.prescribed = prescribed
        self.text = ""
        self.released = 0
        self.violations: list[str] = []

    def feed(self, delta: str) -> str:
        """Add a piece of the turn. Returns the text that may be shown now."""
        self.text += delta
        ends = [start + len(sentence) for start, sentence in sentences(self.text)]
        whole = [end for end in ends if end < len(self.text) and self.text[end - 1] in ".!?…"]
        if not whole or whole[-1] <= self.released or self.violations:
            self._check_length()
            return ""
        return self._release(whole[-1])

    def finish(self) -> str:
        """Check the whole turn. Returns the rest of its text, empty if there is a violation."""
        if not self.violations:
            self.violations = turn_violations(self.text, self.plan, self.prescribed)
        return "" if self.violations else self._release(len(self.text))

    def _release(self, end: int) -> str:
        self.violations = self.violations or violations(self.text[:end], self.plan, self.prescribed)
        if self.violations:
            return ""
        shown, self.released = self.text[self.released : end], end
        return shown

    def _check_length(self) -> None:
        if not self.violations and len(self.text) > MAX_CHARACTERS + len(self.prescribed):
            self.violations = ["too_long"]


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _sentence(text: str) -> str:
    text = " ".join(text.replace("?", ".").split())
    return text if text.endswith((".", "!", "…")) else f"{text}."


def _minutes(seconds: float) -> int:
    return int((Decimal(str(seconds)) / 60).quantize(Decimal(1), ROUND_HALF_UP))
