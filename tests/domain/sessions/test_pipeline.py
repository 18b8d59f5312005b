"""The difference between two pipelines."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.sessions.pipeline import DesiredStage, PipelineDiff, diff_pipeline


def row(kind: str, place: int, status: str = "active", **columns: Any) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "type": kind,
        "stage_order": place,
        "status": status,
        "duration_minutes": 30,
        **columns,
    }


def want(kind: str, id: UUID | None = None, **fields: Any) -> DesiredStage:
    return DesiredStage(id, kind, fields)


def apply(existing: list[dict[str, Any]], diff: PipelineDiff) -> list[dict[str, Any]]:
    """The rows in order after `diff`, without archived ones."""
    rows = {known["id"]: dict(known) for known in existing}
    for known in diff.retired:
        rows[known["id"]]["status"] = "archived"
    for change in diff.changes:
        if change.before is None:
            made = {**row("", 0), **change.values}
            rows[made["id"]] = made
        else:
            rows[change.before["id"]] |= change.values
    living = [known for known in rows.values() if known["status"] != "archived"]
    return sorted(living, key=lambda known: known["stage_order"])


def test_an_empty_template_gets_every_stage_in_order() -> None:
    todo = diff_pipeline([], [want("screen"), want("final", duration_minutes=45)])
    assert [(change.place, change.before) for change in todo.changes] == [(0, None), (1, None)]
    assert todo.changes[1].values == {"type": "final", "stage_order": 1, "duration_minutes": 45}
    assert todo.retired == []


def test_stages_are_found_by_type_whatever_its_case_and_only_differences_are_set() -> None:
    screen, final = row("screen", 0), row("final", 1)
    todo = diff_pipeline([screen, final], [want("Screen", duration_minutes=30), want("final")])
    assert [change.values for change in todo.changes] == [{"type": "Screen"}, {}]


def test_an_id_wins_over_a_type_and_may_rename() -> None:
    screen, final = row("screen", 0), row("final", 1)
    todo = diff_pipeline([screen, final], [want("screen", final["id"]), want("screen")])
    assert [change.before and change.before["id"] for change in todo.changes] == [final["id"], screen["id"]]
    assert todo.changes[0].values == {"type": "screen", "stage_order": 0}


def test_two_stages_of_one_type_are_matched_in_their_order() -> None:
    first, second = row("technical", 0), row("technical", 1)
    todo = diff_pipeline([first, second], [want("technical"), want("technical"), want("technical")])
    assert [change.before and change.before["id"] for change in todo.changes] == [
        first["id"],
        second["id"],
        None,
    ]


def test_a_stage_that_is_left_out_is_retired_but_an_archived_one_stays_as_it_is() -> None:
    screen, old = row("screen", 0), row("old", 1, "archived")
    todo = diff_pipeline([screen, old], [want("final")])
    assert [known["id"] for known in todo.retired] == [screen["id"]]


def test_an_archived_stage_becomes_active_and_a_draft_stays_one_unless_the_request_says_so() -> None:
    old, draft = row("old", 0, "archived"), row("draft", 1, "draft")
    todo = diff_pipeline([old, draft], [want("old"), want("draft")])
    assert [dict(change.values) for change in todo.changes] == [{"status": "active"}, {}]
    explicit = diff_pipeline([old, draft], [want("old", status="draft"), want("draft", status="active")])
    assert [dict(change.values) for change in explicit.changes] == [{"status": "draft"}, {"status": "active"}]


def test_a_living_stage_is_preferred_to_an_archived_one() -> None:
    old, new = row("screen", 0, "archived"), row("screen", 1)
    todo = diff_pipeline([old, new], [want("screen")])
    assert todo.changes[0].before is new


def test_unknown_and_repeated_ids_are_refused_and_all_of_them_named() -> None:
    screen = row("screen", 0)
    with pytest.raises(Invalid) as wrong:
        diff_pipeline([screen], [want("a", uuid4()), want("b", screen["id"]), want("c", screen["id"])])
    assert [(issue.path, issue.code) for issue in wrong.value.issues] == [
        (["stages", 0, "id"], "unknown_stage"),
        (["stages", 2, "id"], "not_unique"),
    ]


KINDS = st.sampled_from(["screen", "technical", "final", "Final"])
STATES = st.sampled_from(["active", "draft", "archived"])


@given(st.lists(st.tuples(KINDS, STATES), max_size=6), st.lists(KINDS, min_size=1, max_size=6))
def test_what_comes_out_is_what_was_wanted_and_wanting_it_again_changes_nothing(
    before: list[tuple[str, str]], kinds: list[str]
) -> None:
    existing = [row(kind, place, status) for place, (kind, status) in enumerate(before)]
    wanted = [want(kind) for kind in kinds]
    after = apply(existing, diff_pipeline(existing, wanted))
    assert [known["type"] for known in after] == kinds
    again = diff_pipeline(after, wanted)
    assert [dict(change.values) for change in again.changes] == [{}] * len(kinds)
    assert again.retired == []
