"""Posts anchors of the audit logs to the operator's address, as guarded as webhooks are."""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from domain.audit_chain import Anchor
from domain.moments import stamp
from domain.webhooks.events import WebhookRequest
from server.adapters.webhooks import Sender
from storage.engine.ids import new_id

log = logging.getLogger(__name__)

_EVENT = "audit.anchored"


class AnchorSender:
    """Called with anchors, it makes one attempt. The body is JSON; nothing in it is secret, and it is not signed."""

    def __init__(self, sender: Sender, url: str, clock: Callable[[], datetime]) -> None:
        self._sender = sender
        self._url = url
        self._clock = clock

    def __call__(self, anchors: Sequence[Anchor]) -> bool:
        """Whether the receiver took them."""
        now = self._clock()
        body = {"event": _EVENT, "at": stamp(now), "anchors": [str(anchor) for anchor in anchors]}
        request = WebhookRequest(self._url, f"evt_{new_id().hex}", json.dumps(body).encode(), now, ())
        outcome = self._sender.send(request)
        taken = outcome.status is not None and 200 <= outcome.status < 300
        if not taken:
            why = outcome.error.value if outcome.error else str(outcome.status)
            log.warning(
                "anchors of the audit log were not taken; they are posted again", extra={"error": why}
            )
        return taken
