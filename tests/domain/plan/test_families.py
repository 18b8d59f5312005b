"""The library of role families: what every text of it must keep, in both languages."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from domain.plan.library import Family, FamilyItem, families
from domain.plan.linter import MAX_PROBE_OVERLAP, MAX_QUESTION_OVERLAP, MAX_SIMILARITY
from domain.plan.script import Scene, ScriptCriterion
from domain.text.names import normalise_name
from domain.text.protected_topics import protected_topics
from domain.text.tokens import detect_language, similarity, stems, tokens

LANGUAGES = ("en", "de")
# Those of one trade. A family without roles serves whoever has none of them.
FAMILIES = tuple(family for family in families() if family.roles)
NAMES = tuple(dict.fromkeys(family.family for family in FAMILIES))
# How many scenes a family has; the others have none.
SCENES = {
    "sales_inside": 2,
    "account_management": 1,
    "support": 2,
    "team_lead": 1,
    "teacher": 1,
    "nurse": 1,
}
MAX_QUESTION_WORDS, MAX_PROBE_WORDS = 35, 30
# A stage of half an hour holds at least one item for each of up to five dimensions.
LEAST_MINUTES, MOST_MINUTES = Decimal(3), Decimal(7)
_JUDGEMENT = re.compile(
    r"\b(?:good|great|excellent|convincing|confident|professional|suitable|gut|gute[nrs]?|überzeugend\w*|souverän\w*)\b"
)

every_family = pytest.mark.parametrize(
    "family", FAMILIES, ids=[f"{family.family}.{family.language}" for family in FAMILIES]
)


def _in(name: str, language: str) -> Family:
    return next(each for each in FAMILIES if (each.family, each.language) == (name, language))


def _groups(family: Family) -> Iterator[tuple[str, str, tuple[ScriptCriterion, ...]]]:
    """Place, question or situation, and criteria of every item and of every dimension of every scene."""
    for item in family.items:
        yield item.id, item.question, item.criteria
    for scene in family.scenes:
        for dimension in scene.scene.dimensions:
            yield f"{scene.id}/{dimension.dimension}", scene.scene.situation, dimension.criteria


def _spoken_of_item(item: FamilyItem) -> list[str]:
    return [item.question, item.easier, *item.follow_ups.values(), *(each.probe for each in item.criteria)]


def _lines(scene: Scene) -> list[str]:
    return [
        scene.opening,
        *(each.line for each in scene.objections),
        *(each.answer for each in scene.private),
        *(each.probe for dimension in scene.dimensions for each in dimension.criteria),
        scene.good_ending,
        scene.bad_ending,
    ]


def _spoken(family: Family) -> list[str]:
    """Everything that the interviewer may say of its own accord."""
    spoken = [family.opening, family.closing]
    spoken += [text for item in family.items for text in _spoken_of_item(item)]
    for each in family.scenes:
        spoken += [each.scene.situation, *_lines(each.scene)]
    return spoken


def _texts(family: Family) -> list[str]:
    """Every text that a candidate or a reader of a scorecard may see."""
    texts = [*_spoken(family), *(f"{each.question} {each.answer}" for each in family.facts)]
    texts += [each.text for _, _, criteria in _groups(family) for each in criteria]
    texts += [anchor for item in family.items for anchor in item.anchors.values()]
    texts += [each.description for each in family.dimensions]
    return texts


def _overlap(criterion: str, said: str, language: str) -> float:
    wanted = set(stems(criterion, language))
    return len(wanted & set(stems(said, language))) / len(wanted) if wanted else 0.0


def test_every_family_is_there_in_every_language() -> None:
    assert len(NAMES) >= 12
    assert {(each.family, each.language) for each in FAMILIES} == {
        (name, language) for name in NAMES for language in LANGUAGES
    }


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_ask_the_same(name: str) -> None:
    english, german = _in(name, "en"), _in(name, "de")
    assert [each.id for each in english.items] == [each.id for each in german.items]
    assert [(each.id, each.weight) for each in english.dimensions] == [
        (each.id, each.weight) for each in german.dimensions
    ]
    for one, other in zip(english.items, german.items, strict=True):
        assert (one.dimension, one.minutes, one.levels) == (other.dimension, other.minutes, other.levels)
        assert len(one.criteria) == len(other.criteria), one.id
        assert [each.must_have for each in one.criteria] == [each.must_have for each in other.criteria]
        assert set(one.follow_ups) == set(other.follow_ups), one.id
        assert ("{skill}" in one.question) == ("{skill}" in other.question)
    assert len(english.facts) == len(german.facts)
    for mine, theirs in zip(english.scenes, german.scenes, strict=True):
        assert mine.id == theirs.id
        assert len(mine.scene.objections) == len(theirs.scene.objections)
        assert len(mine.scene.private) == len(theirs.scene.private)
        assert [len(each.criteria) for each in mine.scene.dimensions] == [
            len(each.criteria) for each in theirs.scene.dimensions
        ]


@every_family
def test_dimensions_weigh_a_hundred_and_have_two_items_each(family: Family) -> None:
    assert 3 <= len(family.dimensions) <= 5
    assert sum(each.weight for each in family.dimensions) == 100
    known = [each.id for each in family.dimensions]
    assert len(known) == len(set(known))
    for dimension in family.dimensions:
        assert sum(item.dimension == dimension.id for item in family.items) >= 2, dimension.id
        assert dimension.words
        assert all(word == word.lower() for word in dimension.words)
    assert {item.dimension for item in family.items} <= set(known)
    for scene in family.scenes:
        named = {each.dimension for each in scene.scene.dimensions}
        assert named <= {each.name for each in family.dimensions}


@every_family
def test_items_are_as_many_and_as_long_as_a_stage_can_hold(family: Family) -> None:
    assert 8 <= len(family.items) <= 12
    ids = [item.id for item in family.items]
    assert len(ids) == len(set(ids))
    for item in family.items:
        assert LEAST_MINUTES <= item.minutes <= MOST_MINUTES, item.id
        assert set(item.anchors) == {"low", "middle", "high"}, item.id
        assert all(skill == skill.lower() for skill in item.skills), item.id
    assert len(family.scenes) == SCENES.get(family.family, 0)


@every_family
def test_roles_are_many_and_in_lower_case(family: Family) -> None:
    assert len(family.roles) >= 15
    assert len(family.roles) == len(set(family.roles))
    assert all(role == role.lower() for role in family.roles)


def test_no_role_belongs_to_two_families() -> None:
    for language in LANGUAGES:
        owner: dict[str, str] = {}
        for name in NAMES:
            for role in _in(name, language).roles:
                assert owner.setdefault(normalise_name(role), name) == name, role


@every_family
def test_a_question_is_one_open_question(family: Family) -> None:
    for item in family.items:
        for text in (item.question, item.easier):
            assert text.count("?") == 1, text
            assert len(text.split()) <= MAX_QUESTION_WORDS, text
        for text in (*item.follow_ups.values(), *(each.probe for each in item.criteria)):
            assert text.count("?") <= 1, text
            assert len(text.split()) <= MAX_PROBE_WORDS, text


@every_family
def test_nothing_is_said_twice_in_a_family(family: Family) -> None:
    spoken = [normalise_name(text) for text in _spoken(family)]
    assert sorted(text for text in set(spoken) if spoken.count(text) > 1) == []
    criteria = [normalise_name(each.text) for _, _, group in _groups(family) for each in group]
    assert sorted(text for text in set(criteria) if criteria.count(text) > 1) == []


@every_family
def test_neither_question_nor_probe_gives_the_criterion_away(family: Family) -> None:
    for place, question, criteria in _groups(family):
        for at, each in enumerate(criteria):
            assert _overlap(each.text, question, family.language) < MAX_QUESTION_OVERLAP, (place, each.text)
            assert _overlap(each.text, each.probe, family.language) < MAX_PROBE_OVERLAP, (place, each.text)
            for other in criteria[:at]:
                alike = similarity(stems(each.text, family.language), stems(other.text, family.language))
                assert alike < MAX_SIMILARITY, (place, each.text)


@every_family
def test_criteria_can_be_observed(family: Family) -> None:
    for place, _, criteria in _groups(family):
        for each in criteria:
            assert not _JUDGEMENT.search(each.text.lower()), (place, each.text)
            assert not each.text.endswith((".", "?")), (place, each.text)


@every_family
def test_no_protected_topic_is_touched(family: Family) -> None:
    for text in _texts(family):
        assert protected_topics(text) == [], text


@every_family
def test_every_text_is_in_the_language_of_its_family(family: Family) -> None:
    for place, question, criteria in _groups(family):
        together = " ".join([question, *(f"{each.text}. {each.probe}" for each in criteria)])
        assert detect_language(together) == family.language, place
    foreign = {"en": "de", "de": "en"}[family.language]
    wrong = [text for text in _texts(family) if detect_language(text) == foreign and len(tokens(text)) > 6]
    assert wrong == []


@every_family
def test_a_skill_is_asked_about_by_name_where_one_can_be_listed(family: Family) -> None:
    placeholders = {name for text in _texts(family) for name in re.findall(r"\{.*?\}", text)}
    assert placeholders <= {"{skill}"}
    asking = [item for item in family.items if "{skill}" in item.question]
    assert len(asking) <= 2
    for item in asking:
        assert not item.skills, item.id
        # used for two skills, an item must not say the same sentence twice
        assert all("{skill}" in each.probe for each in item.criteria), item.id
        assert "{skill}" in item.easier, item.id
    for item in family.items:
        if item not in asking:
            assert "{skill}" not in " ".join([*_spoken_of_item(item), *item.anchors.values()]), item.id


@every_family
def test_an_item_names_the_skills_that_it_is_said_to_ask_about(family: Family) -> None:
    for item in family.items:
        texts = [*_spoken_of_item(item), *(each.text for each in item.criteria)]
        said = set(stems(" ".join(texts), family.language))
        for skill in item.skills:
            assert set(stems(skill, family.language)) <= said, (item.id, skill)


@every_family
def test_opening_and_facts_say_what_holds_in_every_interview(family: Family) -> None:
    assert len([mark for mark in family.opening if mark in ".!?"]) == 2
    assert len(family.facts) == 5
    wanted = {"en": ("skip", "ask"), "de": ("überspringen", "nachfragen")}[family.language]
    assert all(word in family.opening for word in wanted)


@every_family
def test_scenes_are_in_role_and_give_an_occasion_for_each_criterion(family: Family) -> None:
    for each in family.scenes:
        scene = each.scene
        assert 3 <= len(scene.private) <= 20
        assert len({normalise_name(line.trigger) for line in scene.objections}) == len(scene.objections)
        assert all(word == word.lower() and word.isalpha() for word in each.words)
        for line in _lines(scene):
            assert line.count("?") <= 1, line
