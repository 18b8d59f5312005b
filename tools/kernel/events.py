"""Telling receivers of webhooks what a call did: written down in the call's own transaction."""

from collections.abc import Mapping
from typing import Any

from domain.webhooks.events import WebhookEvent
from domain.webhooks.payloads import participant_payload, session_payload
from storage.delivery.events import enqueue_event
from tools.kernel.operation import Call


def enqueue_session_event(call: Call, event: WebhookEvent, row: Mapping[str, Any]) -> None:
    """Tell of a session as it is now; `row` is its row after the change."""
    data = session_payload(row, call.services.policy.public_url)
    job = enqueue_event(call.db, call.workspace, event, row["candidate_id"], data, call.now)
    if job is not None:
        call.queued.append(job)


def enqueue_participant_event(call: Call, row: Mapping[str, Any]) -> None:
    """Tell of a new participant."""
    data = participant_payload(row)
    created = WebhookEvent.participant_created
    job = enqueue_event(call.db, call.workspace, created, row["id"], data, call.now)
    if job is not None:
        call.queued.append(job)
