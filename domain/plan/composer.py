"""Composes the items of a plan: attached questions, derived ones for dimensions without any, coding tasks last.

The same rubric gives every candidate the same items: nothing here depends on a participant or on randomness.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.plan.criterion_texts import (
    ABOUT_SITUATION,
    ANCHOR_TEXTS,
    EXPLANATION_CRITERIA,
    EXPLANATION_QUESTIONS,
    SPECIFIC_CRITERION,
    SPECIFIC_PROBE,
    TEST_CRITERION,
    TOPIC_WITH_SKILL,
)
from domain.plan.dimensions import clauses
from domain.plan.items import CodingTask, Criterion, Dimension, Item, ItemKind
from domain.plan.question_patterns import ENGLISH, SETTINGS, SIGNALS, DimensionKind, Signal
from domain.plan.question_patterns_de import GERMAN
from domain.plan.script_items import nearest_dimension
from domain.plan.sources import CodingTaskSource, QuestionSource, TemplateSource
from domain.text.names import normalise_name
from domain.text.tokens import stems, tokens
from domain.vocabulary import SessionMode

KINDS: Mapping[str, Mapping[str, DimensionKind]] = {"en": ENGLISH, "de": GERMAN}
MIN_CRITERIA, MAX_CRITERIA = 3, 6
TARGET_CRITERIA = 4
# Time for opening and closing the conversation.
RESERVED_MINUTES = Decimal("1.5")
MIN_TWO_ITEMS_MINUTES = Decimal(7)
MIN_ITEM_MINUTES = Decimal(2)
QUESTION_MINUTES = Decimal(4)
EXPLANATION_MINUTES = Decimal(3)
_CODE_WORDS = re.compile(
    r"\b(?:cod(?:e|ing)|program(?:ming|mier)\w*|algorithm\w*|software\w*)\b", re.IGNORECASE
)
MAX_CODE_SHARE = Decimal("0.7")

# Which signals an answer can show depends on the question: a hypothetical case has no result to report.
_CASE_SIGNALS = (Signal.steps, Signal.reasons, Signal.trade_offs, Signal.others)
_PAST_SIGNALS = (Signal.own_part, Signal.example, Signal.result, Signal.reflection)


class ItemComposer:
    """Composes the items of one plan. `minutes` is the length of the interview.

    `items` and `left_out` fill up while composing; ids of items and criteria follow their order.
    """

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
        self.catalog_language = self.language if self.language in KINDS else "en"
        self.dimensions = dimensions
        self.minutes = minutes
        self.items: list[Item] = []
        self.left_out: list[str] = []

    def compose(
        self,
        questions: Sequence[QuestionSource],
        tasks: Sequence[CodingTaskSource],
        written: Sequence[Item] = (),
        derived: Sequence[str] | None = None,
    ) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        """Compose the items in the order in which they are asked, and name the questions and tasks without time.

        `written` items come first, as they are. `derived` names the dimensions that get items from the question bank
        or the rubric; all when it is None.
        """
        planned = self._select_tasks(tasks)
        talk = talking_minutes(self.minutes, planned)
        for item in written:
            self._add(item)
        for dimension in self._ordered_dimensions(talk):
            if derived is None or dimension.name in derived:
                self._add_items(dimension, talk * self._time_share(dimension), questions)
        for task in planned:
            self._add_task(task)
        return tuple(self.items), tuple(self.left_out)

    # --- dimensions ---------------------------------------------------------------------------------------

    def _ordered_dimensions(self, talk: Decimal) -> list[Dimension]:
        """The dimensions in the rubric's order; the heaviest first when there is not enough time for all of them."""
        if len(self.dimensions) * MIN_ITEM_MINUTES <= talk:
            return list(self.dimensions)
        return sorted(self.dimensions, key=lambda dimension: -dimension.weight)

    def _time_share(self, dimension: Dimension) -> Decimal:
        """The dimension's share of the talking time, between 0 and 1."""
        # half by weight, half evenly: a light dimension still needs a whole question
        total = sum(each.weight for each in self.dimensions)
        return (1 / Decimal(len(self.dimensions)) + dimension.weight / total) / 2

    def _add_items(self, dimension: Dimension, minutes: Decimal, questions: Sequence[QuestionSource]) -> None:
        kind = self._kind_of(dimension)
        attached = self._select_questions(dimension, minutes, questions)
        if attached:
            for question in attached:
                self._add(self._bank_item(dimension, kind, question, minutes / len(attached)))
            return
        count = 2 if minutes >= MIN_TWO_ITEMS_MINUTES else 1
        for turn in range(count):
            self._add(self._derived_item(dimension, kind, turn, minutes / count))

    def _kind_of(self, dimension: Dimension) -> DimensionKind:
        """The kind of a dimension. Words of its name count three times as much as those of its description."""
        said = tokens(dimension.name) * 3 + tokens(dimension.description)
        kinds = KINDS[self.catalog_language]
        hits = {
            name: sum(any(word.startswith(start) for start in kind.keywords) for word in said)
            for name, kind in kinds.items()
        }
        best = max(hits, key=lambda name: hits[name])
        return kinds[best] if hits[best] else kinds["general"]

    def _select_questions(
        self, dimension: Dimension, minutes: Decimal, questions: Sequence[QuestionSource]
    ) -> list[QuestionSource]:
        """Select the bank's questions for a dimension: all mandatory ones, optional ones as time allows."""
        own = [
            question
            for question in questions
            if self._nearest_dimension(question.dimension, question.question) is dimension
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

    def _nearest_dimension(self, name: str, text: str) -> Dimension:
        """The dimension with that name, else the one with most words in common, else the first."""
        return nearest_dimension(name, text, self.dimensions, self.language)

    # --- talk -----------------------------------------------------------------------------------------------

    def _derived_item(self, dimension: Dimension, kind: DimensionKind, turn: int, minutes: Decimal) -> Item:
        skill = self._skill(dimension, kind, turn)
        if self.mode is SessionMode.roleplay_simulation:
            about = ABOUT_SITUATION[self.catalog_language]
            patterns = about[min(turn, 1)]
            signals: tuple[Signal, ...] = _CASE_SIGNALS
        elif turn == 0:
            patterns, signals = kind.past, (*kind.signals, *_PAST_SIGNALS)
        else:
            patterns, signals = kind.case, _CASE_SIGNALS
        easier, common, harder = (self._question_text(pattern, dimension, skill) for pattern in patterns)
        named = skill if "{skill}" in patterns[1] and self._is_skill(skill) else ""
        return self._item(
            dimension,
            questions=(easier, common, harder),
            criteria=self._criteria(dimension, kind, signals, named),
            minutes=minutes,
        )

    def _question_text(self, pattern: str, dimension: Dimension, skill: str) -> str:
        setting = SETTINGS[self.catalog_language][self.template.use_case.value]
        if self._is_skill(skill) and normalise_name(skill) not in normalise_name(dimension.name):
            skill = TOPIC_WITH_SKILL[self.catalog_language].format(topic=dimension.name, skill=skill)
        return pattern.format(topic=dimension.name, skill=skill, setting=setting)

    def _skill(self, dimension: Dimension, kind: DimensionKind, turn: int) -> str:
        """A skill of the template to ask about; the dimension's own name when there is none."""
        named = [
            skill
            for skill in self.template.skills
            if normalise_name(skill) in normalise_name(f"{dimension.name} {dimension.description}")
        ]
        skills = named or list(self.template.skills)
        used = sum(item.dimension_id != dimension.id for item in self.items)
        return skills[(turn + (0 if named else used)) % len(skills)] if skills else dimension.name

    def _is_skill(self, skill: str) -> bool:
        return skill in self.template.skills

    def _criteria(
        self, dimension: Dimension, kind: DimensionKind, signals: Sequence[Signal], skill: str
    ) -> list[Criterion]:
        """Three to six criteria: the rubric's own statements first, then qualities of any good answer."""
        stated = clauses(dimension.description, self.language) + self._requirements_about(dimension)
        probes = kind.probes
        found = [
            Criterion(id="", text=text, probe=probes[at % len(probes)])
            for at, text in enumerate(_distinct(stated, self.language)[:4])
        ]
        if skill:
            text = SPECIFIC_CRITERION[self.catalog_language].format(skill=skill)
            probe = SPECIFIC_PROBE[self.catalog_language]
            found.append(Criterion(id="", text=text, probe=probe, signal=Signal.specific, terms=(skill,)))
        return self._with_signal_criteria(found, signals, TARGET_CRITERIA)

    def _with_signal_criteria(
        self, found: list[Criterion], signals: Sequence[Signal], enough: int
    ) -> list[Criterion]:
        for at, signal in enumerate(dict.fromkeys(signals)):
            # at least one quality of form, so that naming the rubric's nouns is not enough
            if len(found) >= enough and (at > 0 or len(found) >= MAX_CRITERIA):
                break
            template = SIGNALS[self.catalog_language][signal]
            found.append(Criterion(id="", text=template.text, probe=template.probe, signal=signal))
        return found[:MAX_CRITERIA]

    def _requirements_about(self, dimension: Dimension) -> list[str]:
        """The template's requirements that share a word with this dimension."""
        return [
            clause
            for clause in clauses(self.template.requirements, self.language)
            if set(stems(clause, self.language))
            & set(stems(f"{dimension.name} {dimension.description}", self.language))
        ]

    def _bank_item(
        self, dimension: Dimension, kind: DimensionKind, source: QuestionSource, minutes: Decimal
    ) -> Item:
        probes = [*source.probes, *kind.probes]
        must = {normalise_name(text) for text in source.must_have}
        found = [
            Criterion(
                id="", text=text, probe=probes[at % len(probes)], must_have=normalise_name(text) in must
            )
            for at, text in enumerate(source.criteria[:MAX_CRITERIA])
        ]
        if not found:
            found = self._criteria(dimension, kind, (*kind.signals, *_CASE_SIGNALS), "")
        elif len(found) < MIN_CRITERIA:
            found = self._with_signal_criteria(found, (*kind.signals, *_CASE_SIGNALS), MIN_CRITERIA)
        return self._item(
            dimension,
            questions=(source.easier or source.question, source.question, source.harder or source.question),
            criteria=found,
            minutes=source.minutes or minutes,
            anchors=source.anchors,
        )

    # --- code -----------------------------------------------------------------------------------------------

    def _select_tasks(self, tasks: Sequence[CodingTaskSource]) -> list[CodingTaskSource]:
        """Select the coding tasks that leave time to talk, in their order; the first one in any case."""
        chosen: list[CodingTaskSource] = []
        free = self.minutes * MAX_CODE_SHARE
        for task in tasks:
            if chosen and task.minutes + EXPLANATION_MINUTES > free:
                self.left_out.append(task.title)
                continue
            chosen.append(task)
            free -= task.minutes + EXPLANATION_MINUTES
        return chosen

    def _add_task(self, task: CodingTaskSource) -> None:
        """Add a coding task, scored by its tests alone, and a question about it, scored like any other answer."""
        dimension = self._code_dimension(task)
        measured = Criterion(id="", text=TEST_CRITERION[self.catalog_language], measured=True)
        code = CodingTask.model_validate(task.model_dump())
        statement = (task.statement,) * 3
        item = self._item(dimension, statement, [measured], task.minutes)
        item = item.model_copy(update={"kind": ItemKind.code, "code": code, "weight": 2})
        self._add(item)
        explained = [
            Criterion(id="", text=text, probe=probe, signal=signal)
            for text, probe, signal in EXPLANATION_CRITERIA[self.catalog_language]
        ]
        follow = self._item(
            dimension, EXPLANATION_QUESTIONS[self.catalog_language], explained, EXPLANATION_MINUTES
        )
        self._add(follow.model_copy(update={"after": self.items[-1].id}))

    def _code_dimension(self, task: CodingTaskSource) -> Dimension:
        """The named dimension, else one about code, knowledge or problem solving, else the nearest in words."""
        for dimension in self.dimensions:
            if task.dimension and normalise_name(task.dimension) == normalise_name(dimension.name):
                return dimension
        about_code = [each for each in self.dimensions if _CODE_WORDS.search(each.name)]
        about_code += [each for each in self.dimensions if _CODE_WORDS.search(each.description)]
        if about_code:
            return about_code[0]
        kinds = KINDS[self.catalog_language]
        for wanted in ("knowledge", "problem_solving"):
            for dimension in self.dimensions:
                if self._kind_of(dimension) is kinds[wanted]:
                    return dimension
        return self._nearest_dimension(task.dimension, task.title)

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
            anchors=dict(anchors or self._anchor_texts()),
            minutes=minutes.quantize(Decimal("0.1")),
        )

    def _anchor_texts(self) -> dict[str, str]:
        level = f" ({self.template.level})" if self.template.level else ""
        return {name: text.format(level=level) for name, text in ANCHOR_TEXTS[self.catalog_language].items()}

    def _add(self, item: Item) -> None:
        """Number the item and its criteria and append it; the first item of a dimension becomes its anchor."""
        number = f"q{len(self.items) + 1}"
        criteria = tuple(
            criterion.model_copy(update={"id": f"{number}.c{at}"})
            for at, criterion in enumerate(item.criteria, start=1)
        )
        first = all(other.dimension_id != item.dimension_id for other in self.items)
        self.items.append(item.model_copy(update={"id": number, "criteria": criteria, "anchor": first}))


def talking_minutes(minutes: Decimal, tasks: Sequence[CodingTaskSource]) -> Decimal:
    """The minutes to talk in an interview of this length beside these coding tasks."""
    code = sum((task.minutes + EXPLANATION_MINUTES for task in tasks), Decimal(0))
    return max(minutes - code - RESERVED_MINUTES, MIN_ITEM_MINUTES)


def _distinct(texts: Sequence[str], language: str) -> list[str]:
    """The texts without those that mostly repeat an earlier one."""
    kept: list[str] = []
    for text in texts:
        said = set(stems(text, language))
        if not any(len(said & set(stems(other, language))) >= 0.6 * len(said) for other in kept):
            kept.append(text)
    return kept
