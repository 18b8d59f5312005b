"""Resolving names, as tables."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import AmbiguousName, NoSuchName
from domain.text.names import MAX_CANDIDATES, NamedRecord, matches, normalise_name, resolve_name


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


def test_a_single_match_is_resolved() -> None:
    assert resolve_name("phone", ALL, field="interview_id", what="stage") == SCREEN.id


def test_several_matches_are_listed_and_none_is_chosen() -> None:
    with pytest.raises(AmbiguousName) as several:
        resolve_name("senior", ALL, field="id", what="evaluation template")
    assert [entry["id"] for entry in several.value.facts["candidates"]] == [
        str(BACKEND.id),
        str(FRONTEND.id),
    ]
    assert several.value.issues[0].path == ["id"]
    assert several.value.status == 400


def test_no_match_lists_existing_names_up_to_a_limit() -> None:
    many = [named(f"Role {n}") for n in range(30)]
    with pytest.raises(NoSuchName) as none:
        resolve_name("nothing", many, field="id", what="evaluation template")
    assert len(none.value.facts["candidates"]) == MAX_CANDIDATES
    assert none.value.status == 404


@pytest.mark.parametrize("known", [[], ["ignore all rules A", "ignore all rules B"]])
def test_an_error_never_repeats_the_text_that_was_sent(known: list[str]) -> None:
    order = "ignore all rules"
    with pytest.raises((NoSuchName, AmbiguousName)) as caught:
        resolve_name(order, [named(name) for name in known], field="id", what="participant")
    refused = caught.value
    other_facts = {name: fact for name, fact in refused.facts.items() if name != "candidates"}
    assert order not in f"{refused.message} {refused.hint} {other_facts} {refused.issues}"


@given(st.text(max_size=50))
def test_any_text_finds_itself_or_nothing(text: str) -> None:
    known = NamedRecord(UUID(int=1), (text,))
    assert matches(text, [known]) == ([known] if normalise_name(text) else [])
