"""When things happen: zones, both clock changes, reminders, the hold window, stale promises."""

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.lifecycle import SessionStatus
from domain.outgoing import TO_WORKSPACE, MailKind
from domain.scheduling import (
    APART,
    DEFAULT_REMINDERS,
    MOST_REMINDERS,
    hold_window,
    instant,
    interview_window,
    lead_times,
    next_reminder,
    offset_of,
    readings,
    reminders,
    still_true,
    zone_of_place,
)

START = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Africa/Casablanca",
    "America/St_Johns",
)


@pytest.mark.parametrize("name", ZONES)
def test_an_iana_name_is_a_zone(name: str) -> None:
    assert zone_of_place(name, field="timezone").key == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars/Olympus",
        "europe/berlin",
        "CEST",
        "UTC+2",
        "+02:00",
        "localtime",
        "posixrules",
        "Factory",
        "/etc/passwd",
        "../zoneinfo/UTC",
        "Europe/Berlin\x00",
        "\ud800",
        "Europe",
    ],
)
def test_anything_else_is_refused_and_the_field_named(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        zone_of_place(name, field="timezone")
    [issue] = refused.value.issues
    assert (issue.path, issue.code) == (["timezone"], "unknown_zone")


@pytest.mark.parametrize(
    ("wall", "zone", "moments"),
    [
        # Berlin: 02:00 → 03:00 in March, 03:00 → 02:00 in October
        ("2027-03-28T01:59", "Europe/Berlin", ["2027-03-28T00:59Z"]),
        ("2027-03-28T02:00", "Europe/Berlin", []),
        ("2027-03-28T02:59", "Europe/Berlin", []),
        ("2027-03-28T03:00", "Europe/Berlin", ["2027-03-28T01:00Z"]),
        ("2027-10-31T01:59", "Europe/Berlin", ["2027-10-30T23:59Z"]),
        ("2027-10-31T02:30", "Europe/Berlin", ["2027-10-31T00:30Z", "2027-10-31T01:30Z"]),
        ("2027-10-31T03:00", "Europe/Berlin", ["2027-10-31T02:00Z"]),
        # New York: 02:00 → 03:00 in March, 02:00 → 01:00 in November
        ("2027-03-14T02:30", "America/New_York", []),
        ("2027-11-07T01:30", "America/New_York", ["2027-11-07T05:30Z", "2027-11-07T06:30Z"]),
        ("2027-11-07T02:00", "America/New_York", ["2027-11-07T07:00Z"]),
        # Lord Howe moves by half an hour only, in the southern autumn backwards
        ("2027-10-03T02:15", "Australia/Lord_Howe", []),
        ("2027-10-03T02:30", "Australia/Lord_Howe", ["2027-10-02T15:30Z"]),
        ("2027-04-04T01:45", "Australia/Lord_Howe", ["2027-04-03T14:45Z", "2027-04-03T15:15Z"]),
        # no changes: an odd offset, and one that was given up in 2019
        ("2027-03-28T02:30", "Asia/Kathmandu", ["2027-03-27T20:45Z"]),
        ("2027-11-07T00:30", "America/Sao_Paulo", ["2027-11-07T03:30Z"]),
        ("2018-11-04T00:30", "America/Sao_Paulo", []),
        # Samoa left a whole day out
        ("2011-12-30T12:00", "Pacific/Apia", []),
    ],
)
def test_a_wall_clock_shows_a_time_once_twice_or_never(wall: str, zone: str, moments: list[str]) -> None:
    found = readings(datetime.fromisoformat(wall), ZoneInfo(zone))
    assert [f"{moment:%Y-%m-%dT%H:%MZ}" for moment in found] == moments


@pytest.mark.parametrize(
    ("wall", "said"),
    [
        ("2027-06-01T10:00", "it is +02:00 then"),
        ("2027-03-28T02:30", "leave this hour out"),
        ("2027-10-31T02:30", "+02:00 or +01:00"),
    ],
)
def test_a_time_without_an_offset_is_refused_with_the_offsets_it_could_have(wall: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        instant(datetime.fromisoformat(wall), ZoneInfo("Europe/Berlin"), field="scheduled_at")
    [issue] = refused.value.issues
    assert (issue.path, issue.code) == (["scheduled_at"], "timezone_missing")
    assert said in issue.message
    assert wall[11:] not in issue.message


@pytest.mark.parametrize("offset", ["+02:00", "+01:00"])
def test_an_offset_tells_the_two_readings_of_a_repeated_hour_apart(offset: str) -> None:
    moment = instant(
        datetime.fromisoformat(f"2027-10-31T02:30:00.9{offset}"), ZoneInfo("Europe/Berlin"), field="x"
    )
    assert moment.tzinfo is UTC
    assert moment.hour == (0 if offset == "+02:00" else 1)
    assert moment.microsecond == 0
    assert offset_of(moment, ZoneInfo("Europe/Berlin")) == offset


def test_an_offset_is_written_with_its_minutes_and_sign() -> None:
    shown = {zone: offset_of(START, ZoneInfo(zone)) for zone in ZONES}
    assert shown["UTC"] == "+00:00"
    assert shown["Asia/Kathmandu"] == "+05:45"
    assert shown["America/Sao_Paulo"] == "-03:00"
    assert shown["America/St_Johns"] == "-02:30"
    assert shown["Australia/Lord_Howe"] == "+10:30"


@given(
    moment=st.datetimes(
        min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)
    ),
    zone=st.sampled_from(ZONES),
)
def test_every_moment_is_a_reading_of_what_the_clocks_show_then(moment: datetime, zone: str) -> None:
    there = ZoneInfo(zone)
    assert moment in readings(moment.astimezone(there), there)


def test_an_interview_keeps_its_length_over_a_clock_change() -> None:
    start = datetime(2027, 3, 28, 1, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    window = interview_window(start, 60)
    assert window.closes - window.opens == timedelta(hours=1)
    assert window.closes.astimezone(ZoneInfo("Europe/Berlin")).hour == 3
    assert start in window
    assert window.closes not in window


@pytest.mark.parametrize(
    ("hold", "after", "held"), [(60, 0, True), (60, 59, True), (60, 60, False), (0, 0, False), (-5, 0, False)]
)
def test_a_mail_can_be_taken_back_while_its_hold_window_is_open(hold: int, after: int, held: bool) -> None:
    window = hold_window(START, timedelta(seconds=hold))
    assert (START + timedelta(seconds=after) in window) is held
    assert window.closes >= window.opens


@pytest.mark.parametrize(
    ("ahead", "due_before_start"),
    [
        (timedelta(days=3), [24 * 60, 60]),
        (timedelta(hours=25), [24 * 60, 60]),
        # the invitation of this moment says the same as a reminder minutes later
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
    due = reminders(START, DEFAULT_REMINDERS, START - ahead)
    assert [int((START - moment).total_seconds() // 60) for moment in due] == due_before_start
    assert next_reminder(START, DEFAULT_REMINDERS, START - ahead) == (due[0] if due else None)


def test_a_workspace_without_reminders_sends_none() -> None:
    assert next_reminder(START, (), START - timedelta(days=9)) is None


@given(leads=st.lists(st.integers(-10, 50_000), max_size=8), ahead=st.integers(-5_000, 60_000))
def test_no_reminder_is_due_too_soon_or_after_the_start(leads: list[int], ahead: int) -> None:
    now = START - timedelta(minutes=ahead)
    due = reminders(START, leads, now)
    assert list(due) == sorted(set(due))
    assert all(now + APART <= moment < START for moment in due)


def test_lead_times_are_kept_longest_first_and_once() -> None:
    assert lead_times([60, 1440, 60], field="reminders") == (1440, 60)
    assert lead_times([], field="reminders") == ()
    assert lead_times(DEFAULT_REMINDERS, field="reminders") == DEFAULT_REMINDERS


def test_wrong_lead_times_are_named_each_by_its_place() -> None:
    with pytest.raises(Invalid) as refused:
        lead_times([0, 60, -1, 43_201], field="reminders")
    assert [issue.path for issue in refused.value.issues] == [
        ["reminders", 0],
        ["reminders", 2],
        ["reminders", 3],
    ]
    with pytest.raises(Invalid) as many:
        lead_times(range(1, MOST_REMINDERS + 2), field="reminders")
    assert [issue.path for issue in many.value.issues] == [["reminders"]]


def holds(kind: MailKind, status: SessionStatus, behind: int = 0, late: timedelta = timedelta(-1)) -> bool:
    return still_true(
        kind,
        promised_generation=3 - behind,
        generation=3,
        status=status,
        start=START,
        now=START + late,
    )


@pytest.mark.parametrize(("kind", "status"), list(product(MailKind, SessionStatus)))
def test_a_mail_leaves_only_while_it_says_what_is_the_case(kind: MailKind, status: SessionStatus) -> None:
    fits = {
        MailKind.result: True,
        MailKind.help: True,
        MailKind.cancelled: status is SessionStatus.cancelled,
    }.get(kind, status is SessionStatus.scheduled)
    assert holds(kind, status) is fits


@pytest.mark.parametrize("kind", sorted(set(MailKind) - TO_WORKSPACE))
def test_a_mail_of_an_older_generation_is_stale(kind: MailKind) -> None:
    assert not any(holds(kind, status, behind=1) for status in SessionStatus)


def test_a_reminder_held_up_past_the_start_does_not_leave() -> None:
    assert not holds(MailKind.reminder, SessionStatus.scheduled, late=timedelta(0))
    assert holds(MailKind.invite, SessionStatus.scheduled, late=timedelta(hours=1))
