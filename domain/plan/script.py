"""The script of a stage: what is asked, what is listened for and what may be told, written before anybody is invited.

An assistant writes it with `write_script`, a person accepts one drafted by a model, or it comes from the library of
role families (`domain.plan.library`). The engine conducts it and never adds a subject of its own. A script belongs to
one stage in one language; `domain.plan.script_linter` says what is wrong with it.
"""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from domain.frozen import Frozen
from domain.text.names import NOT_BLANK
from domain.vocabulary import Difficulty

# White space around a text does not count; one without anything else is empty.
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600, pattern=NOT_BLANK)
]
Short = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=NOT_BLANK)
]
Passage = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]

MAX_ITEMS, MAX_FACTS = 200, 60
MIN_CRITERIA, MAX_CRITERIA = 2, 5
MIN_OBJECTIONS, MAX_OBJECTIONS = 3, 6


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("decimal_type", "Input should be a valid number")
    return value


def _plain_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


# Minutes as a number on the wire, though they are counted exactly.
ItemMinutes = Annotated[
    Decimal,
    Field(ge=1, le=60),
    BeforeValidator(_number),
    PlainSerializer(_plain_number, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 1, "maximum": 60}),
]


class ScriptCriterion(Frozen):
    """What a listener could tick off, and the question that asks about it without giving the answer."""

    text: Line = Field(
        description="One observable statement, e.g. Names what was measured before the change."
    )
    probe: Line = Field(description="Asks about the same subject, without the answer.")
    must_have: bool = Field(default=False, description="Without it the item is not passed.")


class ScriptItem(Frozen):
    """One main question with its criteria, for one dimension of the profile."""

    question: Line = Field(description="One open question.")
    dimension: Short = Field(description="Name of the profile's dimension that it serves.")
    criteria: Annotated[
        tuple[ScriptCriterion, ...], Field(min_length=MIN_CRITERIA, max_length=MAX_CRITERIA)
    ] = Field(description="Two to five.")
    easier: Line | None = Field(default=None, description="An easier way in, for somebody who is stuck.")
    follow_ups: dict[Difficulty, Line] = Field(
        default_factory=dict,
        description="A further question by level (beginner, intermediate, advanced, expert), asked when the criteria "
        "are heard.",
    )
    anchors: dict[str, Line] = Field(
        default_factory=dict, description="What answers say, by low, middle and high."
    )
    minutes: ItemMinutes = Field(
        default=Decimal(5), description="Planned time.", json_schema_extra={"default": 5}
    )
    may_skip: bool = Field(
        default=True, description="Whether the candidate may pass without giving a reason."
    )


class Fact(Frozen):
    """Something candidates ask, and what the operator allows the interviewer to tell."""

    question: Line = Field(description="As a candidate would ask it, e.g. What is the pay range?")
    answer: Line = Field(description="What is told, word for word.")


class Objection(Frozen):
    """One turn of the other person in a role play, and what brings it about."""

    trigger: Line = Field(description="When it is said, e.g. The seller names the price.")
    line: Line = Field(description="What the other person says, in role.")


class SceneDimension(Frozen):
    """The criteria of one dimension within a scene. A probe here is a line in role that gives an occasion for it."""

    dimension: Short
    criteria: Annotated[tuple[ScriptCriterion, ...], Field(min_length=MIN_CRITERIA, max_length=MAX_CRITERIA)]


class Scene(Frozen):
    """A role play: in role from the opening line to one of the two endings."""

    role: Line = Field(
        description="Who the interviewer plays, e.g. Ms Weber, head of purchasing at a bakery chain."
    )
    situation: Line = Field(description="What the candidate is told before it starts.")
    opening: Line = Field(description="The first line, in role.")
    private: tuple[Fact, ...] = Field(
        default=(), max_length=20, description="Known to the role; told when asked."
    )
    objections: Annotated[
        tuple[Objection, ...], Field(min_length=MIN_OBJECTIONS, max_length=MAX_OBJECTIONS)
    ] = Field(description="Three to six, in their usual order.")
    good_ending: Line = Field(description="The last line in role when the candidate reached the aim.")
    bad_ending: Line = Field(description="The last line in role when not.")
    dimensions: Annotated[tuple[SceneDimension, ...], Field(min_length=1, max_length=6)] = Field(
        description="What is listened for in the scene, by dimension."
    )


class Script(Frozen):
    """Opening, items, facts and closing of one stage; or a scene in place of the items."""

    language: Short = Field(default="en", description="Language of all its texts, e.g. de.")
    opening: Passage = Field(default="", description="Said first, after greeting and AI notice.")
    items: Annotated[tuple[ScriptItem, ...], Field(max_length=MAX_ITEMS)] = ()
    scene: Scene | None = None
    facts: Annotated[tuple[Fact, ...], Field(max_length=MAX_FACTS)] = ()
    closing: Passage = Field(default="", description="Said last, before the thanks.")

    @property
    def minutes(self) -> Decimal:
        """The planned time of all items."""
        return sum((item.minutes for item in self.items), Decimal(0))
