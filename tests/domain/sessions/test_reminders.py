"""When participants are reminded, and which queued mails are stale."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.sessions.lifecycle import SessionStatus
from domain.sessions.mail_status import TO_WORKSPACE, MailKind
from domain.sessions.reminders import MIN_GAP, is_still_wanted, next_reminder, reminders

START = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead", "due_before_start"),
    [
        (timedelta(days=3), [24 * 60, 60]),
        (timedelta(hours=25), [24 * 60, 60]),
        # the invitation sent now would be repeated by a reminder minutes later
        (timedelta(hours=24, minutes=10), [60]),
        (timedelta(hours=24), [60]),
        (timedelta(minutes=90), [60]),
        (timedelta(minutes=89), []),
        (timedelta(minutes=60), []),
        (timedelta(0), []),
        (timedelta(days=-1), []),
    ],
)
def test_only_reminders_that_still_make_sense_are_due(ahead: timedelta, due_before_start: list[int]) -> None:
    due = reminders(START, (24 * 60, 60), START - ahead)
    assert [int((START - moment).total_seconds() // 60) for moment in due] == due_before_start
    assert next_reminder(START, (24 * 60, 60), START - ahead) == (due[0] if due else None)


def test_a_workspace_without_reminders_sends_none() -> None:
    assert next_reminder(START, (), START - timedelta(days=9)) is None


@given(leads=st.lists(st.integers(-10, 50_000), max_size=8), ahead=st.integers(-5_000, 60_000))
def test_no_reminder_is_due_too_soon_or_after_the_start(leads: list[int], ahead: int) -> None:
    now = START - timedelta(minutes=ahead)
    due = reminders(START, leads, now)
    assert list(due) == sorted(set(due))
    assert all(now + MIN_GAP <= moment < START for moment in due)


def holds(kind: MailKind, status: SessionStatus, behind: int = 0, late: timedelta = timedelta(-1)) -> bool:
    return is_still_wanted(
        kind,
        mail_generation=3 - behind,
        generation=3,
        status=status,
        start=START,
        now=START + late,
    )


@pytest.mark.parametrize(("kind", "status"), list(product(MailKind, SessionStatus)))
def test_a_mail_is_sent_only_while_it_is_correct(kind: MailKind, status: SessionStatus) -> None:
    fits = {
        MailKind.result: True,
        MailKind.help: True,
        MailKind.cancelled: status is SessionStatus.cancelled,
    }.get(kind, status is SessionStatus.scheduled)
    assert holds(kind, status) is fits


@pytest.mark.parametrize("kind", sorted(set(MailKind) - TO_WORKSPACE))
def test_a_mail_of_an_older_generation_is_stale(kind: MailKind) -> None:
    assert not any(holds(kind, status, behind=1) for status in SessionStatus)


def test_a_reminder_is_not_sent_after_the_start() -> None:
    assert not holds(MailKind.reminder, SessionStatus.scheduled, late=timedelta(0))
    assert holds(MailKind.invite, SessionStatus.scheduled, late=timedelta(hours=1))
