"""Which status may follow which: every pair, written out from the contract (4.1, C6) and not from the code."""

from itertools import product

import pytest

from domain.errors import SessionOver
from domain.sessions.lifecycle import OPEN, TERMINAL, SessionStatus, blocks, may_reschedule, move
from tests.contract.promise import promise

# now, to, allowed, allowed in a manual review
STEPS = [
    ("scheduled", "scheduled", False, False),
    ("scheduled", "in_progress", True, True),
    ("scheduled", "completed", False, True),
    ("scheduled", "failed", True, True),
    ("scheduled", "cancelled", True, True),
    ("in_progress", "scheduled", False, False),
    ("in_progress", "in_progress", False, False),
    ("in_progress", "completed", True, True),
    ("in_progress", "failed", True, True),
    ("in_progress", "cancelled", False, False),
    ("completed", "scheduled", False, False),
    ("completed", "in_progress", False, False),
    ("completed", "completed", False, False),
    ("completed", "failed", False, False),
    ("completed", "cancelled", False, False),
    ("failed", "scheduled", False, False),
    ("failed", "in_progress", False, False),
    ("failed", "completed", False, False),
    ("failed", "failed", False, False),
    ("failed", "cancelled", False, False),
    ("cancelled", "scheduled", False, False),
    ("cancelled", "in_progress", False, False),
    ("cancelled", "completed", False, False),
    ("cancelled", "failed", False, False),
    ("cancelled", "cancelled", False, False),
]


def is_allowed(now: str, to: str, *, manual_review: bool) -> bool:
    try:
        return move(SessionStatus(now), SessionStatus(to), manual_review=manual_review) == to
    except SessionOver:
        return False


def test_the_table_lists_every_pair_once() -> None:
    assert [(now, to) for now, to, *_ in STEPS] == list(
        product([status.value for status in SessionStatus], repeat=2)
    )


@promise("lifecycle.states", "lifecycle.final", "lifecycle.cancel-before-joining")
@pytest.mark.parametrize(("now", "to", "allowed", "in_manual_review"), STEPS)
def test_a_status_follows_another_only_where_the_contract_says_so(
    now: str, to: str, allowed: bool, in_manual_review: bool
) -> None:
    assert is_allowed(now, to, manual_review=False) is allowed
    assert is_allowed(now, to, manual_review=True) is in_manual_review


def test_a_session_is_no_manual_review_unless_the_caller_says_so() -> None:
    with pytest.raises(SessionOver):
        move(SessionStatus.scheduled, SessionStatus.completed)


def test_three_statuses_are_final_and_two_are_open() -> None:
    assert {"completed", "failed", "cancelled"} == TERMINAL
    assert {"scheduled", "in_progress"} == OPEN


@pytest.mark.parametrize("status", ["in_progress", "completed", "failed", "cancelled"])
def test_only_a_scheduled_session_can_be_rescheduled(status: str) -> None:
    may_reschedule(SessionStatus.scheduled)
    with pytest.raises(SessionOver):
        may_reschedule(SessionStatus(status))


@pytest.mark.parametrize(
    ("status", "blocked", "blocked_with_retake"),
    [
        ("scheduled", True, True),
        ("in_progress", True, True),
        ("completed", True, False),
        ("failed", False, False),
        ("cancelled", False, False),
    ],
)
def test_a_session_blocks_another_while_open_and_when_completed_without_a_retake(
    status: str, blocked: bool, blocked_with_retake: bool
) -> None:
    assert blocks(SessionStatus(status), allow_retake=False) is blocked
    assert blocks(SessionStatus(status), allow_retake=True) is blocked_with_retake


def test_a_refused_step_names_the_status_that_the_session_has() -> None:
    with pytest.raises(SessionOver) as refused:
        move(SessionStatus.cancelled, SessionStatus.in_progress)
    assert refused.value.facts == {"session_status": "cancelled"}
