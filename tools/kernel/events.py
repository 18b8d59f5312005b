"""Telling receivers of webhooks what a call did: written down in the call's own transaction."""

from collections.abc import Mapping
from typing import Any

from domain.webhooks.events import WebhookEvent
from domain.webhooks.payloads import participant_told, session_told
from storage.delivery.events import announced
from tools.kernel.operation import Call


def announce_session(call: Call, event: WebhookEvent, row: Mapping[str, Any]) -> None:
    """Tell of a session as it is now; `row` is its row after the change."""
    data = session_told(row, call.services.policy.public_url)
    promise = announced(call.db, call.workspace, event, row["candidate_id"], data, call.now)
    if promise is not None:
        call.promised.append(promise)


def announce_participant(call: Call, row: Mapping[str, Any]) -> None:
    """Tell of a new participant."""
    data = participant_told(row)
    created = WebhookEvent.participant_created
    promise = announced(call.db, call.workspace, created, row["id"], data, call.now)
    if promise is not None:
        call.promised.append(promise)
