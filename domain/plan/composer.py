"""The items of a plan: attached questions first, derived ones where there are none, coding tasks last.

The same rubric gives the same items to everybody: nothing here depends on a participant or on chance.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.plan.dimensions import clauses
from domain.plan.items import CodingTask, Criterion, Dimension, Item, ItemKind
from domain.plan.question_patterns import ENGLISH, SETTINGS, SIGNALS, Kind, Signal
from domain.plan.question_patterns_de import GERMAN
from domain.plan.sources import CodingTaskSource, QuestionSource, TemplateSource
from domain.text.names import plain
from domain.text.tokens import stems, tokens
from domain.vocabulary import SessionMode

KINDS: Mapping[str, Mapping[str, Kind]] = {"en": ENGLISH, "de": GERMAN}
FEWEST_CRITERIA, MOST_CRITERIA = 3, 6
ENOUGH_CRITERIA = 4
# Opening and closing take time too.
RESERVED_MINUTES = Decimal("1.5")
TWO_ITEMS_FROM = Decimal(7)
SHORTEST_ITEM = Decimal(2)
QUESTION_MINUTES = Decimal(4)
EXPLANATION_MINUTES = Decimal(3)
_OF_CODE = re.compile(r"\b(?:cod(?:e|ing)|program(?:ming|mier)\w*|algorithm\w*|software\w*)\b", re.IGNORECASE)
MOST_CODE_SHARE = Decimal("0.7")

# What an answer can show depends on what was asked: nobody can report the result of a case.
_IN_A_CASE = (Signal.steps, Signal.reasons, Signal.trade_offs, Signal.others)
_IN_A_SCENE = (Signal.others, Signal.steps, Signal.reasons, Signal.trade_offs)
_IN_THE_PAST = (Signal.own_part, Signal.example, Signal.result, Signal.reflection)

_WITH = {"en": "{topic} with {skill}", "de": "{topic} mit {skill}"}
_SPECIFIC = {
    "en": "What is said about {skill} is correct and specific",
    "de": "Die Aussagen zu {skill} sind richtig und konkret",
}
_SPECIFIC_PROBE = {
    "en": "What does that look like in detail, down to one concrete spot?",
    "de": "Wie sieht das im Einzelnen aus, an einer konkreten Stelle?",
}
_IN_ROLE = {
    "en": (
        "And what exactly are you going to do now?",
        "Why should that work this time?",
        "What does that mean for me?",
        "And if it does not work?",
    ),
    "de": (
        "Und was genau tun Sie jetzt?",
        "Warum sollte das diesmal klappen?",
        "Was heißt das für mich?",
        "Und wenn es nicht klappt?",
    ),
}
_EXPLAIN = {
    "en": (
        "How does your solution work, in a few sentences?",
        "Why did you solve it this way, and where does your solution reach its limits?",
        "How does your solution behave with very large or unusual input, and what would you change?",
    ),
    "de": (
        "Wie funktioniert Ihre Lösung, in wenigen Sätzen?",
        "Warum haben Sie es so gelöst, und wo stößt Ihre Lösung an Grenzen?",
        "Wie verhält sich Ihre Lösung bei sehr großen oder ungewöhnlichen Eingaben, und was würden Sie ändern?",
    ),
}
_EXPLANATION = {
    "en": (
        (
            "Describes correctly what the code does",
            "Which part of the code does the main work?",
            Signal.steps,
        ),
        ("Names the cost in time or memory", "What does it cost to run?", None),
        ("Names cases that need special care", "Which input would you try next?", None),
        ("Gives reasons for the approach", "What else did you consider?", Signal.reasons),
    ),
    "de": (
        (
            "Beschreibt richtig, was der Code tut",
            "Welcher Teil des Codes leistet die Hauptarbeit?",
            Signal.steps,
        ),
        ("Nennt den Aufwand an Zeit oder Speicher", "Was kostet die Ausführung?", None),
        (
            "Nennt Fälle, die besondere Sorgfalt brauchen",
            "Welche Eingabe würden Sie als Nächstes versuchen?",
            None,
        ),
        ("Begründet den Ansatz", "Was haben Sie noch erwogen?", Signal.reasons),
    ),
}
_TESTS = {"en": "Passes the test cases", "de": "Besteht die Testfälle"}
_ANCHORS = {
    "en": {
        "low": "Meets few of the criteria, stays general or does not answer the question.",
        "middle": "Meets about half of the criteria; some statements cannot be checked.",
        "high": "Meets all or nearly all criteria with statements that can be checked{level}.",
    },
    "de": {
        "low": "Erfüllt wenige Kriterien, bleibt allgemein oder beantwortet die Frage nicht.",
        "middle": "Erfüllt etwa die Hälfte der Kriterien; manche Aussagen sind nicht überprüfbar.",
        "high": "Erfüllt alle oder fast alle Kriterien mit überprüfbaren Aussagen{level}.",
    },
}


class Composer:
    """Makes the items of one plan."""

    def __init__(
        self,
        template: TemplateSource,
        mode: SessionMode,
        language: str,
        dimensions: Sequence[Dimension],
        minutes: Decimal,
    ) -> None:
        self.template = template
        self.mode = mode
        self.language = language.split("-")[0]
        self.words = self.language if self.language in KINDS else "en"
        self.dimensions = dimensions
        self.minutes = minutes
        self.items: list[Item] = []
        self.left_out: list[str] = []

    def compose(
        self, questions: Sequence[QuestionSource], tasks: Sequence[CodingTaskSource]
    ) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        """The items in the order in which they are asked, and what there was no time for."""
        planned = self._fitting(tasks)
        for_code = sum((task.minutes + EXPLANATION_MINUTES for task in planned), Decimal(0))
        talk = max(self.minutes - for_code - RESERVED_MINUTES, SHORTEST_ITEM)
        for dimension in self._order(talk):
            self._ask_about(dimension, talk * self._share(dimension), questions)
        for task in planned:
            self._set(task)
        return tuple(self.items), tuple(self.left_out)

    # --- dimensions ---------------------------------------------------------------------------------------

    def _order(self, talk: Decimal) -> list[Dimension]:
        """The rubric's order; when time is too short for all, the heaviest first, so that least is lost."""
        if len(self.dimensions) * SHORTEST_ITEM <= talk:
            return list(self.dimensions)
        return sorted(self.dimensions, key=lambda dimension: -dimension.weight)

    def _share(self, dimension: Dimension) -> Decimal:
        # half by weight, half evenly: a light dimension still needs a whole question
        total = sum(each.weight for each in self.dimensions)
        return (1 / Decimal(len(self.dimensions)) + dimension.weight / total) / 2

    def _ask_about(self, dimension: Dimension, minutes: Decimal, questions: Sequence[QuestionSource]) -> None:
        kind = self._kind(dimension)
        attached = self._attached(dimension, minutes, questions)
        if attached:
            for question in attached:
                self._add(self._from_bank(dimension, kind, question, minutes / len(attached)))
            return
        count = 2 if minutes >= TWO_ITEMS_FROM else 1
        for turn in range(count):
            self._add(self._derived(dimension, kind, turn, minutes / count))

    def _kind(self, dimension: Dimension) -> Kind:
        """The kind of question that suits a dimension; its name counts more than its description."""
        said = tokens(dimension.name) * 3 + tokens(dimension.description)
        kinds = KINDS[self.words]
        hits = {
            name: sum(any(word.startswith(start) for start in kind.words) for word in said)
            for name, kind in kinds.items()
        }
        best = max(hits, key=lambda name: hits[name])
        return kinds[best] if hits[best] else kinds["general"]

    def _attached(
        self, dimension: Dimension, minutes: Decimal, questions: Sequence[QuestionSource]
    ) -> list[QuestionSource]:
        """The bank's questions for a dimension: every mandatory one, optional ones as time allows."""
        own = [
            question
            for question in questions
            if self._belongs(question.dimension, question.question) is dimension
        ]
        chosen = [question for question in own if question.mandatory]
        free = minutes - sum((question.minutes or QUESTION_MINUTES for question in chosen), Decimal(0))
        for question in own:
            needed = question.minutes or QUESTION_MINUTES
            if question.mandatory:
                continue
            if not chosen or needed <= free:
                chosen.append(question)
                free -= needed
            else:
                self.left_out.append(question.question)
        return chosen

    def _belongs(self, name: str, text: str) -> Dimension:
        """The dimension of that name, else the one whose words are nearest, else the first."""
        for dimension in self.dimensions:
            if name and plain(name) == plain(dimension.name):
                return dimension
        said = set(stems(f"{name} {text}", self.language))
        return max(
            self.dimensions,
            key=lambda each: len(said & set(stems(f"{each.name} {each.description}", self.language))),
        )

    # --- talk -----------------------------------------------------------------------------------------------

    def _derived(self, dimension: Dimension, kind: Kind, turn: int, minutes: Decimal) -> Item:
        skill = self._skill(dimension, kind, turn)
        if self.mode is SessionMode.roleplay_simulation:
            scene = kind.scene
            patterns = (scene[0], scene[0], scene[1]) if turn == 0 else (scene[1], scene[2], scene[2])
            signals: tuple[Signal, ...] = _IN_A_SCENE
        elif turn == 0:
            patterns, signals = kind.past, (*kind.signals, *_IN_THE_PAST)
        else:
            patterns, signals = kind.case, _IN_A_CASE
        easier, common, harder = (self._filled(pattern, dimension, skill) for pattern in patterns)
        named = skill if "{skill}" in patterns[1] and self._is_skill(skill) else ""
        return self._item(
            dimension,
            questions=(easier, common, harder),
            criteria=self._criteria(dimension, kind, signals, named),
            minutes=minutes,
        )

    def _filled(self, pattern: str, dimension: Dimension, skill: str) -> str:
        setting = SETTINGS[self.words][self.template.use_case.value]
        if self._is_skill(skill) and plain(skill) not in plain(dimension.name):
            skill = _WITH[self.words].format(topic=dimension.name, skill=skill)
        return pattern.format(topic=dimension.name, skill=skill, setting=setting)

    def _skill(self, dimension: Dimension, kind: Kind, turn: int) -> str:
        """A skill of the template to ask about; the dimension's own name where there is none."""
        named = [
            skill
            for skill in self.template.skills
            if plain(skill) in plain(f"{dimension.name} {dimension.description}")
        ]
        skills = named or list(self.template.skills)
        used = sum(item.dimension_id != dimension.id for item in self.items)
        return skills[(turn + (0 if named else used)) % len(skills)] if skills else dimension.name

    def _is_skill(self, skill: str) -> bool:
        return skill in self.template.skills

    def _criteria(
        self, dimension: Dimension, kind: Kind, signals: Sequence[Signal], skill: str
    ) -> list[Criterion]:
        """Three to six observable statements: the rubric's own first, then what any good answer shows."""
        stated = clauses(dimension.description, self.language) + self._required(dimension)
        probes = _IN_ROLE[self.words] if self.mode is SessionMode.roleplay_simulation else kind.probes
        found = [
            Criterion(id="", text=text, probe=probes[at % len(probes)])
            for at, text in enumerate(_distinct(stated, self.language)[:4])
        ]
        if skill:
            text = _SPECIFIC[self.words].format(skill=skill)
            probe = _SPECIFIC_PROBE[self.words]
            found.append(Criterion(id="", text=text, probe=probe, signal=Signal.specific, terms=(skill,)))
        return self._filled_up(found, signals, ENOUGH_CRITERIA)

    def _filled_up(self, found: list[Criterion], signals: Sequence[Signal], enough: int) -> list[Criterion]:
        for at, signal in enumerate(dict.fromkeys(signals)):
            # one quality of form at least, so that a rubric of nouns alone does not decide
            if len(found) >= enough and (at > 0 or len(found) >= MOST_CRITERIA):
                break
            phrased = SIGNALS[self.words][signal]
            in_role = _IN_ROLE[self.words]
            probe = (
                in_role[at % len(in_role)] if self.mode is SessionMode.roleplay_simulation else phrased.probe
            )
            found.append(Criterion(id="", text=phrased.text, probe=probe, signal=signal))
        return found[:MOST_CRITERIA]

    def _required(self, dimension: Dimension) -> list[str]:
        """The template's requirements that speak of this dimension."""
        return [
            clause
            for clause in clauses(self.template.requirements, self.language)
            if set(stems(clause, self.language))
            & set(stems(f"{dimension.name} {dimension.description}", self.language))
        ]

    def _from_bank(self, dimension: Dimension, kind: Kind, source: QuestionSource, minutes: Decimal) -> Item:
        probes = [*source.probes, *kind.probes]
        must = {plain(text) for text in source.must_have}
        found = [
            Criterion(id="", text=text, probe=probes[at % len(probes)], must_have=plain(text) in must)
            for at, text in enumerate(source.criteria[:MOST_CRITERIA])
        ]
        if not found:
            found = self._criteria(dimension, kind, (*kind.signals, *_IN_A_CASE), "")
        elif len(found) < FEWEST_CRITERIA:
            found = self._filled_up(found, (*kind.signals, *_IN_A_CASE), FEWEST_CRITERIA)
        return self._item(
            dimension,
            questions=(source.easier or source.question, source.question, source.harder or source.question),
            criteria=found,
            minutes=source.minutes or minutes,
            anchors=source.anchors,
        )

    # --- code -----------------------------------------------------------------------------------------------

    def _fitting(self, tasks: Sequence[CodingTaskSource]) -> list[CodingTaskSource]:
        """The coding tasks that leave time to talk, in their order; the first always counts as fitting."""
        chosen: list[CodingTaskSource] = []
        free = self.minutes * MOST_CODE_SHARE
        for task in tasks:
            if chosen and task.minutes + EXPLANATION_MINUTES > free:
                self.left_out.append(task.title)
                continue
            chosen.append(task)
            free -= task.minutes + EXPLANATION_MINUTES
        return chosen

    def _set(self, task: CodingTaskSource) -> None:
        """A coding task, judged by its tests alone, and the question about it, judged as talk."""
        dimension = self._code_dimension(task)
        measured = Criterion(id="", text=_TESTS[self.words], measured=True)
        code = CodingTask.model_validate(task.model_dump())
        statement = (task.statement,) * 3
        item = self._item(dimension, statement, [measured], task.minutes)
        item = item.model_copy(update={"kind": ItemKind.code, "code": code, "weight": 2})
        self._add(item)
        explained = [
            Criterion(id="", text=text, probe=probe, signal=signal)
            for text, probe, signal in _EXPLANATION[self.words]
        ]
        follow = self._item(dimension, _EXPLAIN[self.words], explained, EXPLANATION_MINUTES)
        self._add(follow.model_copy(update={"after": self.items[-1].id}))

    def _code_dimension(self, task: CodingTaskSource) -> Dimension:
        """The named dimension, else one that speaks of code, of knowledge or problems, else the nearest in words."""
        for dimension in self.dimensions:
            if task.dimension and plain(task.dimension) == plain(dimension.name):
                return dimension
        speaking = [each for each in self.dimensions if _OF_CODE.search(each.name)]
        speaking += [each for each in self.dimensions if _OF_CODE.search(each.description)]
        if speaking:
            return speaking[0]
        kinds = KINDS[self.words]
        for wanted in ("knowledge", "problem_solving"):
            for dimension in self.dimensions:
                if self._kind(dimension) is kinds[wanted]:
                    return dimension
        return self._belongs(task.dimension, task.title)

    # --- both -----------------------------------------------------------------------------------------------

    def _item(
        self,
        dimension: Dimension,
        questions: tuple[str, str, str],
        criteria: Sequence[Criterion],
        minutes: Decimal,
        anchors: Mapping[str, str] | None = None,
    ) -> Item:
        return Item(
            id="",
            dimension_id=dimension.id,
            questions=questions,
            criteria=tuple(criteria),
            anchors=dict(anchors or self._anchors()),
            minutes=minutes.quantize(Decimal("0.1")),
        )

    def _anchors(self) -> dict[str, str]:
        level = f" ({self.template.level})" if self.template.level else ""
        return {name: text.format(level=level) for name, text in _ANCHORS[self.words].items()}

    def _add(self, item: Item) -> None:
        """Number the item and its criteria; the first of a dimension is the one that everybody is asked alike."""
        number = f"q{len(self.items) + 1}"
        criteria = tuple(
            criterion.model_copy(update={"id": f"{number}.c{at}"})
            for at, criterion in enumerate(item.criteria, start=1)
        )
        first = all(other.dimension_id != item.dimension_id for other in self.items)
        self.items.append(item.model_copy(update={"id": number, "criteria": criteria, "anchor": first}))


def _distinct(texts: Sequence[str], language: str) -> list[str]:
    """The texts without those that say nothing new."""
    kept: list[str] = []
    for text in texts:
        said = set(stems(text, language))
        if not any(len(said & set(stems(other, language))) >= 0.6 * len(said) for other in kept):
            kept.append(text)
    return kept
