"""Words for the interviewer's moves, from a catalog: the same move in the same state always gets the same words.

A model words follow-ups, replies to what candidates ask and the words before a question
(`domain.interview.turn_taking`). The opening turn, which says that an AI asks and that everything is recorded,
questions, tasks, reminders and the closing always come from here. So does everything when the model fails. No sentence
that nobody asked for is said twice: where the catalog has no unsaid one left, the question comes without it.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from domain.interview.events import Move, MoveKind
from domain.interview.phrases.catalog import LANGUAGE_NOTES, phrases_for
from domain.interview.scene import in_role
from domain.interview.state import Interview
from domain.interview.turn_filter import violations
from domain.interview.unsaid import first_unsaid, is_fresh_start
from domain.plan.items import InterviewPlan
from domain.vocabulary import SessionMode, Style

# How long a link goes on working unless the operator set it.
LINK_HOURS = 72.0

_INTRODUCES = re.compile(
    r"^(?:hi|hello|i am|i'm|my name is|hallo|guten tag|ich bin|ich heiße|mein name)\b", re.IGNORECASE
)
_ADDRESSED = re.compile(r"^(?:you are|you're|act as|sie sind|du bist)\s+(?:an? |the |eine? )?", re.IGNORECASE)
# After these the question is not pointed at again: they put it, or somebody leaves or is not well.
_STANDS_ALONE = frozenset({"moment", "pause", "leave", "upset", "crisis", "hostile", "chats", "unclear"})


class RuleWording:
    """Words every move without a model. `link_hours` says how long an invitation's link goes on working."""

    def __init__(self, plan: InterviewPlan, link_hours: float = LINK_HOURS) -> None:
        self.plan = plan
        self.words = phrases_for(plan.language)
        self.tone = plan.manner.tone.value
        self.link_hours = link_hours

    def say(self, move: Move, state: Interview, bridge: str = "") -> str:
        """The text of the turn. `state` is the state in which the move was decided.

        `bridge` stands before a question in place of the catalog's own.
        """
        if bridge and move.kind in (MoveKind.ask, MoveKind.code_task):
            task = self._task(move) if move.kind is MoveKind.code_task else move.text
            return _join(bridge, self._number(state), task)
        if bridge and move.kind is MoveKind.probe:
            return _join(bridge, move.text or self._probe(move, state))
        if in_role(move):
            return move.text or self.words.remind["role_nudge"][0]
        match move.kind:
            case MoveKind.open:
                return self._open()
            case MoveKind.ask:
                return _join(self._lead(move, state), self._manner(state), move.text)
            case MoveKind.code_task:
                return _join(self._lead(move, state), self._task(move))
            case MoveKind.probe:
                return self._probe(move, state)
            case MoveKind.clarify:
                return self._clarify(move, state)
            case MoveKind.remind:
                return self._fresh(self.words.remind[move.reason], state, question=move.text)
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
        """What comes before a new question: a bridge, a transition or its number, depending on tone and style."""
        words, plan = self.words, self.plan
        if plan.mode is SessionMode.roleplay_simulation:
            return ""
        if move.reason in words.moving_on and state.asked:
            return first_unsaid(words.moving_on[move.reason], state.said)
        bridge = self._bridge(move, state) if state.asked else ""
        if plan.manner.style is Style.structured:
            return _join(bridge, self._number(state))
        if not state.asked or move.item_id is None:
            return bridge
        same_topic = plan.item(move.item_id).dimension_id == plan.item(state.asked[-1].item_id).dimension_id
        transitions = words.transition["same_topic" if same_topic else "new_topic"]
        return _join(bridge, first_unsaid(transitions, state.said))

    def _number(self, state: Interview) -> str:
        """Which question this is, in a structured interview."""
        if self.plan.manner.style is not Style.structured:
            return ""
        return self.words.numbered.format(number=len(state.asked) + 1, total=len(self.plan.items))

    def point_back(self, state: Interview) -> str:
        """A few words that lead back to the open question."""
        return self._fresh(self.words.back, state)

    def _bridge(self, move: Move, state: Interview) -> str:
        """What the candidate asked for, or a few neutral words that fit what they did. Empty when all are used up."""
        if move.parts:
            return self._reply_parts(move, state)
        accepted = self.words.accepted.get(move.reason.removeprefix("accepted_"))
        if accepted is not None:
            return first_unsaid(accepted, state.said)
        return first_unsaid(self.words.bridge[self.tone], state.said) if state.heard.answers else ""

    def _manner(self, state: Interview) -> str:
        if self.plan.mode is SessionMode.roleplay_simulation:
            return ""
        words = self.words.manner.get(self.plan.manner.difficulty.value, "")
        return first_unsaid([words], state.said)

    def _task(self, move: Move) -> str:
        item = self.plan.item(move.item_id or "")
        title = item.code.title if item.code else ""
        return self.words.code.format(title=title, minutes=_minutes(float(item.minutes) * 60))

    def _probe(self, move: Move, state: Interview) -> str:
        if move.reason in ("criterion", "follow_up"):
            played = self.plan.mode is SessionMode.roleplay_simulation
            terse = self.plan.manner.style is Style.structured or played
            bridge = "" if terse and not move.parts else self._bridge(move, state)
            return _join(bridge, move.text)
        told = self._reply_parts(move, state) if move.parts else ""
        phrases = self.words.probe[move.reason][self.tone]
        return _join(told, self._fresh(phrases, state, question=move.text))

    # --- Replies ------------------------------------------------------------------------------------------

    def _clarify(self, move: Move, state: Interview) -> str:
        """A reply to something that was no answer."""
        words = self.words
        if move.reason in ("opening", "stop", "resume"):
            return self._fresh(words.clarify[move.reason], state, question=move.text)
        if move.reason == "person":
            return self._fresh(
                words.clarify["person" if move.text else "person_unasked"], state, question=move.text
            )
        told = self._reply_parts(move, state)
        if not state.asked and not told.endswith("?"):
            return _join(told, self._fresh(words.clarify["begin"], state))
        points_back = move.reason not in _STANDS_ALONE and move.text and move.text not in told
        asks = told.rstrip().endswith("?")
        return _join(told, self._fresh(words.back, state) if points_back and not asks else "")

    def _reply_parts(self, move: Move, state: Interview) -> str:
        """The parts of a reply, one after the other."""
        parts = move.parts or (move.reason,)
        return _join(*(self._part(part, move, state) for part in parts))

    def _part(self, part: str, move: Move, state: Interview) -> str:
        words, timed = self.words, self.plan.timed
        if part == "fact":
            return _join(*move.told)
        if part in words.topic:
            return self._fresh(
                words.topic[part],
                state,
                minutes=move.minutes_left or 0,
                count=move.questions_left or 0,
                language=words.language,
                title=self.plan.title,
            )
        if part in ("meaning", "example"):
            kinds = words.kind if part == "meaning" else words.example
            kind = self._fresh(kinds[self._kind_of(move.text)], state)
            return self._fresh(words.clarify[part], state, kind=kind, question=move.text)
        if part == "other_language":
            note = LANGUAGE_NOTES.get(move.language or "", {}).get(self.plan.language.split("-")[0], "")
            return self._fresh(words.clarify[part], state, note=note, language=words.language).strip()
        if part in ("pause", "leave") and not timed:
            part = f"{part}_untimed"
        return self._fresh(words.clarify[part], state, question=move.text, link=self._link())

    def _kind_of(self, question: str) -> str:
        """The kind of answer that a question asks for."""
        low = question.casefold()
        kinds = self.words.question_kinds.items()
        return next((kind for kind, pattern in kinds if re.search(pattern, low)), "other")

    def _link(self) -> str:
        """How long the link goes on working, in words."""
        days = self.link_hours >= 48
        count = int(self.link_hours // 24) if days else max(1, int(self.link_hours))
        unit = ("day" if days else "hour") + ("" if count == 1 else "s")
        return self.words.link[unit].format(count=count)

    def _fresh(self, options: Sequence[str], state: Interview, **gaps: object) -> str:
        """The first of these that was not said yet, filled in; else one of them in turn: it was asked for."""
        blank = {**gaps, "question": "", "kind": ""}
        fresh = [each for each in options if is_fresh_start(each.format(**blank), state.said)]
        chosen = fresh[0] if fresh else options[state.turns % len(options)]
        return chosen.format(**gaps).strip()

    def _close(self, move: Move) -> str:
        mode = self.plan.mode.value
        if self.plan.mode is SessionMode.roleplay_simulation and self.plan.scene is None:
            mode = "default"
        steps = self.words.next_steps.get(mode, self.words.next_steps["default"])
        closing = self.plan.closing if move.reason in ("finished", "time_over") else ""
        if closing and steps == self.words.next_steps["default"]:
            steps = ""  # what happens next is told once, in the words of whoever invited
        return _join(self.words.close[move.reason], closing, self.words.thanks[self.tone], steps)


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _sentence(text: str) -> str:
    text = " ".join(text.replace("?", ".").split())
    return text if text.endswith((".", "!", "…")) else f"{text}."


def _minutes(seconds: float) -> int:
    return int((Decimal(str(seconds)) / 60).quantize(Decimal(1), ROUND_HALF_UP))
