"""The library of role families: scripts that we wrote, one file for each family and language.

A file `families/<family>.<language>.toml` has the same ids in every language, so that two candidates for one role are
asked the same in their languages. `domain.plan.library_choice` picks and fills items by role, skills and level.
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources

from pydantic import Field

from domain.frozen import Frozen
from domain.plan.script import Fact, Line, Scene, ScriptCriterion, Short
from domain.vocabulary import Difficulty


class FamilyDimension(Frozen):
    """A dimension that the family's items serve, for profiles without dimensions of their own.

    `words` are starts of words that assign a dimension of somebody's profile to this one.
    """

    id: Short
    name: Short
    description: Line
    weight: Decimal
    words: tuple[str, ...]


class FamilyItem(Frozen):
    """An item of the library.

    `skills` are skills, in lower case, that the item is about. `{skill}` in its texts stands for skills of the template
    that no other item is about: one, or several as a choice, since the same sentence for another skill would be the
    same question. `levels` are the levels it suits; all when empty.
    """

    id: Short
    dimension: Short
    question: Line
    easier: Line
    criteria: tuple[ScriptCriterion, ...] = Field(min_length=2, max_length=5)
    follow_ups: Mapping[Difficulty, Line] = Field(default_factory=dict)
    anchors: Mapping[str, Line]
    minutes: Decimal = Decimal(5)
    skills: tuple[str, ...] = ()
    levels: tuple[Difficulty, ...] = ()


class FamilyScene(Frozen):
    """A role play of the library. `words` are starts of words in a scenario or role that call for this scene."""

    id: Short
    words: tuple[str, ...]
    scene: Scene


class Family(Frozen):
    """One role family in one language. `roles` are names of jobs and courses that belong to it, in lower case; with one
    of the words in `unless` they mean another trade.
    """

    family: Short
    language: Short
    title: Short
    roles: tuple[str, ...]
    unless: tuple[str, ...] = ()
    opening: Line
    closing: Line
    dimensions: tuple[FamilyDimension, ...]
    items: tuple[FamilyItem, ...] = Field(min_length=8, max_length=14)
    scenes: tuple[FamilyScene, ...] = ()
    facts: tuple[Fact, ...] = Field(
        default=(),
        description="Only what is true of every interview held by Viva; nothing about an employer.",
    )


@cache
def families() -> tuple[Family, ...]:
    """Every family in every language that we wrote, by name and language."""
    folder = resources.files("domain.plan") / "families"
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name
    )
    return tuple(Family.model_validate(tomllib.loads(entry.read_text("utf-8"))) for entry in files)
