"""docs/webhooks.md is correct: its samples verify real deliveries, and its tables match the rules."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.webhooks.events import (
    ATTEMPT_DELAYS,
    SNIPPET_CHARACTERS,
    EventEnvelope,
    WebhookEvent,
    WebhookRequest,
    new_secret,
)
from domain.webhooks.networks import NetworkPolicy
from domain.webhooks.urls import MAX_CHARACTERS, UrlRules
from server.adapters.webhooks import Sender
from tests.support.webhook_receivers import Received, Receiver

PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text()
RECEIVER, BY_HAND = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
SECRET = new_secret()


def cells(column: int, heading: str) -> list[str]:
    """A column of the table under this heading."""
    table = PAGE.partition(heading)[2].partition("\n\n")[0]
    return [row.split("|")[column].strip() for row in table.splitlines()[2:]]


@pytest.fixture
def came() -> Received:
    """A real delivery as a receiver gets it."""
    envelope = EventEnvelope(
        id="evt_1",
        event=WebhookEvent.session_scored,
        occurred_at=datetime.now(UTC),
        data={"session": {"id": "ü"}},
    )
    rules = UrlRules(allow_http=True, networks=NetworkPolicy.parse("127.0.0.0/8"))
    with Receiver() as receiver:
        Sender(rules).send(
            WebhookRequest(
                receiver.url, envelope.id, envelope.body(), datetime.now(UTC), secrets=(SECRET, new_secret())
            )
        )
    return receiver.received[0]


def test_the_sample_receiver_stores_an_event_once_and_refuses_a_forged_one(
    came: Received, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    sample: dict[str, Any] = {}
    exec(RECEIVER, sample)
    try:
        answers = [sample["receive"](came.headers, came.body) for _ in range(2)]
        forged = sample["receive"](came.headers, came.body.replace(b"evt_1", b"evt_2"))
        kept = sample["inbox"].execute("SELECT id, body FROM inbox").fetchall()
    finally:
        sample["inbox"].close()
    assert (answers, forged) == ([204, 204], 401)
    assert kept == [("evt_1", came.body)]


def test_the_sample_without_a_library_accepts_what_is_genuine_and_nothing_else(came: Received) -> None:
    sample: dict[str, Any] = {}
    exec(BY_HAND, sample)
    old = came.headers | {"webhook-timestamp": str(int(came.headers["webhook-timestamp"]) - 301)}
    assert sample["is_genuine"](SECRET, came.headers, came.body)
    assert not sample["is_genuine"](SECRET, came.headers, came.body + b" ")
    assert not sample["is_genuine"](new_secret(), came.headers, came.body)
    assert not sample["is_genuine"](SECRET, old, came.body)


def test_the_events_in_the_page_are_those_that_exist() -> None:
    assert [cell.strip("`") for cell in cells(1, "| event | when | `data` |")] == list(WebhookEvent)


def test_the_waits_in_the_page_are_those_that_are_kept() -> None:
    told = cells(2, "| attempt | after the one before |")
    waits = [timedelta()] + [
        timedelta(**{unit.removesuffix("s") + "s": int(count)}) for count, unit in map(str.split, told[1:])
    ]
    assert told[0] == "at once"
    assert waits == list(ATTEMPT_DELAYS)


def test_the_limits_in_the_page_are_those_that_are_kept() -> None:
    assert f"{MAX_CHARACTERS:,} characters" in PAGE
    assert f"first {SNIPPET_CHARACTERS} characters" in PAGE
