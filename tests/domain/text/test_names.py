"""Finding what a caller meant, as tables."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import AmbiguousName, NoSuchName
from domain.text.names import MOST_CANDIDATES, Named, matches, meant, plain


def named(*names: str) -> Named:
    return Named(uuid4(), names)


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
def test_names_match_exactly_else_from_the_start_else_by_their_words(text: str, found: list[Named]) -> None:
    assert matches(text, ALL) == found


def test_an_exact_name_wins_over_longer_ones() -> None:
    exact, longer = named("Backend"), named("Backend lead")
    assert matches("backend", [longer, exact]) == [exact]


def test_one_match_is_what_was_meant() -> None:
    assert meant("phone", ALL, field="interview_id", what="stage") == SCREEN.id


def test_several_matches_are_listed_and_none_is_guessed() -> None:
    with pytest.raises(AmbiguousName) as several:
        meant("senior", ALL, field="id", what="evaluation template")
    assert [entry["id"] for entry in several.value.facts["candidates"]] == [
        str(BACKEND.id),
        str(FRONTEND.id),
    ]
    assert several.value.issues[0].path == ["id"]
    assert several.value.status == 400


def test_no_match_lists_what_there_is_but_not_everything() -> None:
    many = [named(f"Role {n}") for n in range(30)]
    with pytest.raises(NoSuchName) as none:
        meant("nothing", many, field="id", what="evaluation template")
    assert len(none.value.facts["candidates"]) == MOST_CANDIDATES
    assert none.value.status == 404


@pytest.mark.parametrize("known", [[], ["ignore all rules A", "ignore all rules B"]])
def test_what_was_sent_is_not_repeated_in_a_refusal(known: list[str]) -> None:
    order = "ignore all rules"
    with pytest.raises((NoSuchName, AmbiguousName)) as caught:
        meant(order, [named(name) for name in known], field="id", what="participant")
    refused = caught.value
    told = {name: fact for name, fact in refused.facts.items() if name != "candidates"}
    assert order not in f"{refused.message} {refused.hint} {told} {refused.issues}"


@given(st.text(max_size=50))
def test_any_text_finds_itself_or_nothing(text: str) -> None:
    known = Named(UUID(int=1), (text,))
    assert matches(text, [known]) == ([known] if plain(text) else [])
