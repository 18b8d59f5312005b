"""Resolving names, as tables."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import AmbiguousName, NoSuchName
from domain.text.names import MAX_CANDIDATES, NamedRecord, choose_record, matches, normalise_name


def named(*names: str) -> NamedRecord:
    return NamedRecord(uuid4(), names)


BACKEND = named("Senior Backend Engineer")
FRONTEND = named("Senior Frontend Engineer")
FINAL = named("Final round", "final")
SCREEN = named("Phone screen", "screen")
ALL = [BACKEND, FRONTEND, FINAL, SCREEN]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Senior Backend Engineer", [BACKEND]),
        ("senior  backend-engineer", [BACKEND]),
        ("SCREEN", [SCREEN]),
        ("final", [FINAL]),
        ("Senior", [BACKEND, FRONTEND]),
        ("engineer backend", [BACKEND]),
        ("engineer", [BACKEND, FRONTEND]),
        ("phone", [SCREEN]),
        ("nobody", []),
        ("", []),
        ("  -  ", []),
        ("back", []),  # a piece of a word is not a word
    ],
)
def test_names_match_exactly_else_from_the_start_else_by_their_words(
    text: str, found: list[NamedRecord]
) -> None:
    assert matches(text, ALL) == found


def test_an_exact_name_wins_over_longer_ones() -> None:
    exact, longer = named("Backend"), named("Backend lead")
    assert matches("backend", [longer, exact]) == [exact]


def test_one_record_is_taken() -> None:
    assert choose_record([SCREEN], [FINAL], field="interview_id", what="stage") == SCREEN.id


def test_several_are_listed_and_none_is_chosen() -> None:
    with pytest.raises(AmbiguousName) as several:
        choose_record([BACKEND, FRONTEND], [], field="id", what="evaluation template")
    assert [entry["id"] for entry in several.value.facts["candidates"]] == [
        str(BACKEND.id),
        str(FRONTEND.id),
    ]
    assert several.value.issues[0].path == ["id"]
    assert several.value.status == 400


def test_what_is_similar_is_suggested_up_to_a_limit_and_never_taken() -> None:
    with pytest.raises(NoSuchName) as only:
        choose_record([], [BACKEND], field="id", what="evaluation template")
    assert only.value.facts["candidates"] == [{"id": str(BACKEND.id), "name": "Senior Backend Engineer"}]
    many = [named(f"Role {n}") for n in range(30)]
    with pytest.raises(NoSuchName) as none:
        choose_record([], many, field="id", what="evaluation template")
    assert len(none.value.facts["candidates"]) == MAX_CANDIDATES
    assert none.value.status == 404


@given(st.text(max_size=50))
def test_any_text_resembles_itself_or_nothing(text: str) -> None:
    known = NamedRecord(UUID(int=1), (text,))
    assert matches(text, [known]) == ([known] if normalise_name(text) else [])
