"""Webhook endpoints: where a workspace's events go (an extension; the contract leaves them to the dashboard).

Whoever makes an endpoint gets everything that is announced, people's names included: it takes the scope to write
interviews and, for `participant.created`, the one to read participants.
"""

from dataclasses import replace
from typing import Annotated, ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from domain.errors import LimitReached, NotFound, ScopeMissing
from domain.moments import Stamp
from domain.scopes import Scope
from domain.text.quoting import quoted
from domain.webhooks.events import SECRET_OVERLAP, WebhookEvent, new_secret
from domain.webhooks.urls import MAX_CHARACTERS, parse_webhook_url
from storage.delivery import webhooks
from storage.engine.ids import new_id
from storage.engine.records import changed, values_of
from storage.schema.records import WebhookEndpointRecord
from tools.kernel.consequences import Consequence, losses_in_words
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.shapes import ById, Deleted, Line, Many, One, Paged, Request, changes, documented, meta_of

MAX_ENDPOINTS = 20
# What secrets of endpoints are encrypted for; the job that signs opens them under the same name.
SEALED_FOR = "webhook-secret"

# Longer than the rule allows, so that the rule's own message answers.
Url = Annotated[
    str, Field(max_length=16_384, json_schema_extra=documented(format="uri", maxLength=MAX_CHARACTERS))
]
Events = Annotated[list[WebhookEvent], Field(min_length=1, max_length=len(WebhookEvent))]


class EndpointView(BaseModel):
    """An endpoint as it is shown: without its secret."""

    model_config = ConfigDict(populate_by_name=True)

    id: UUID
    url: str
    events: list[WebhookEvent]
    description: str | None
    enabled: bool
    disabled_reason: str | None
    failing_since: Stamp | None
    previous_secret_until: Stamp | None = Field(validation_alias="previous_until")
    created_at: Stamp
    updated_at: Stamp


class EndpointWithSecret(EndpointView):
    """An endpoint with its secret, which is shown this once: null when an earlier answer is repeated."""

    shown_once: ClassVar[frozenset[str]] = frozenset({"secret"})

    secret: str | None


class CreateWebhookEndpoint(Request):
    url: Url = Field(description="An https:// address on the public internet.")
    events: Events = Field(
        default_factory=lambda: list(WebhookEvent), description="Which events to send; all if left out."
    )
    description: Line | None = None
    enabled: bool = True


class UpdateWebhookEndpoint(ById):
    created_as: ClassVar[type[BaseModel] | None] = CreateWebhookEndpoint

    url: Url | None = None
    events: Events | None = None
    description: Line | None = None
    enabled: bool | None = Field(
        default=None, description="true also takes up an endpoint that was given up."
    )


class ListWebhookEndpoints(Paged):
    pass


class TheEndpoint(ById):
    id: UUID = Field(description="The endpoint's id.")


def _where(row: WebhookEndpointRecord) -> str:
    """The receiver in a sentence: its host alone, because addresses may hold secrets of theirs."""
    return f"the endpoint at {quoted(urlsplit(row.url).hostname or '')}"


def _new_address(call: Call, args: UpdateWebhookEndpoint) -> Consequence | None:
    before = existing_endpoint(call, args.id)
    if args.url is None or args.url == before.url:
        return None
    host = urlsplit(_url(call, args.url)).hostname or ""
    sentence = f"Send the events of {_where(before)} to {quoted(host)} instead, at the address given."
    return Consequence(sentence, state=(values_of(before),))


def _loss_of_endpoint(call: Call, args: TheEndpoint) -> Consequence:
    before = existing_endpoint(call, args.id)
    _, total = webhooks.list_deliveries(call.db, call.workspace, {"endpoint_id": args.id}, 1, 0)
    losses = {"deliveries": total}
    sentence = f"Stop sending to {_where(before)} for good, with the log of {losses_in_words(losses)}."
    # the log grows by itself while a person thinks about it
    return Consequence(sentence, losses, (before.url, before.created_at))


def _new_secret(call: Call, args: TheEndpoint) -> Consequence:
    before = existing_endpoint(call, args.id)
    sentence = f"Give {_where(before)} a new secret: the present one is refused after a day, and one before it at once."
    return Consequence(sentence, state=(values_of(before),))


@operation(
    "POST /api/v1/webhook-endpoints",
    scope=Scope.interviews_write,
    effect=Effect.creates,
    toolset=Toolset.webhooks,
    title="Create a webhook endpoint",
    extension=True,
)
def create_webhook_endpoint(call: Call, args: CreateWebhookEndpoint) -> One[EndpointWithSecret]:
    """Have the workspace's events sent to a URL, signed with a secret that is shown in this answer only.

    Receivers verify with any Standard Webhooks library. Next: list_webhook_deliveries shows what became of each.
    """
    url = _url(call, args.url)
    _check_may_read(call, args.events)
    if webhooks.count_endpoints(call.db, call.workspace) >= MAX_ENDPOINTS:
        raise LimitReached(hint=f"A workspace has at most {MAX_ENDPOINTS} endpoints; delete one first.")
    secret = new_secret()
    made = WebhookEndpointRecord(
        id=new_id(),
        workspace_id=call.workspace,
        url=url,
        events=_names(args.events),
        description=args.description,
        enabled=args.enabled,
        enabled_at=call.now,
        secret=call.services.seal(secret, SEALED_FOR),
        created_at=call.now,
        updated_at=call.now,
    )
    webhooks.add_endpoint(call.db, made)
    return _with_secret(made, secret)


@operation(
    "GET /api/v1/webhook-endpoints",
    scope=Scope.interviews_read,
    effect=Effect.reads,
    toolset=Toolset.webhooks,
    title="List webhook endpoints",
    extension=True,
)
def list_webhook_endpoints(call: Call, args: ListWebhookEndpoints) -> Many[EndpointView]:
    """Where the workspace's events go, newest first; shows which endpoints fail or were given up."""
    rows, total = webhooks.list_endpoints(call.db, call.workspace, args.page_size, args.offset)
    return Many(data=[_view(row) for row in rows], meta=meta_of(args, total))


@operation(
    "GET /api/v1/webhook-endpoints/{id}",
    scope=Scope.interviews_read,
    effect=Effect.reads,
    toolset=Toolset.webhooks,
    title="Read a webhook endpoint",
    extension=True,
)
def get_webhook_endpoint(call: Call, args: TheEndpoint) -> One[EndpointView]:
    """One endpoint, without its secret: that was shown when it was made."""
    return One(data=_view(existing_endpoint(call, args.id)))


@operation(
    "PATCH /api/v1/webhook-endpoints/{id}",
    scope=Scope.interviews_write,
    effect=Effect.updates,
    toolset=Toolset.webhooks,
    title="Change a webhook endpoint",
    consequence=_new_address,
    extension=True,
)
def update_webhook_endpoint(call: Call, args: UpdateWebhookEndpoint) -> One[EndpointView]:
    """Change where an endpoint sends, what it hears of, or whether it is enabled.

    Enabling one that was given up forgets its failures; send what it missed with replay_webhook_events.
    """
    sent = changes(args)
    before = existing_endpoint(call, args.id)
    if "url" in sent:
        sent["url"] = _url(call, sent["url"])
    if "events" in sent:
        _check_may_read(call, sent["events"])
        sent["events"] = _names(sent["events"])
    if sent.get("enabled"):
        sent |= {"disabled_reason": None, "failing_since": None}
    if sent.get("enabled") and not before.enabled:
        sent["enabled_at"] = call.now
    values = {**sent, "updated_at": call.now}
    webhooks.change_endpoint(call.db, call.workspace, args.id, values)
    if sent.get("enabled") is False:
        webhooks.withdraw_deliveries(call.db, call.workspace, args.id, call.now)
    return One(data=_view(replace(before, **values)))


@operation(
    "DELETE /api/v1/webhook-endpoints/{id}",
    scope=Scope.interviews_write,
    effect=Effect.deletes,
    toolset=Toolset.webhooks,
    title="Delete a webhook endpoint",
    consequence=_loss_of_endpoint,
    extension=True,
)
def delete_webhook_endpoint(call: Call, args: TheEndpoint) -> Deleted:
    """Stop sending to an endpoint for good; its delivery log goes with it. To pause one, disable it instead."""
    existing_endpoint(call, args.id)
    webhooks.remove_endpoint(call.db, call.workspace, args.id)
    return Deleted(id=args.id)


@operation(
    "POST /api/v1/webhook-endpoints/{id}/rotate-secret",
    scope=Scope.interviews_write,
    effect=Effect.updates,
    toolset=Toolset.webhooks,
    title="Rotate a webhook secret",
    consequence=_new_secret,
    extension=True,
)
def rotate_webhook_secret(call: Call, args: TheEndpoint) -> One[EndpointWithSecret]:
    """Give an endpoint a new secret, shown in this answer only; the old one stays valid for a day beside it."""
    before = existing_endpoint(call, args.id)
    secret = new_secret()
    after = replace(
        before,
        secret=call.services.seal(secret, SEALED_FOR),
        previous_secret=before.secret,
        previous_until=call.now + SECRET_OVERLAP,
        updated_at=call.now,
    )
    webhooks.change_endpoint(call.db, call.workspace, args.id, changed(before, after))
    return _with_secret(after, secret)


def existing_endpoint(call: Call, endpoint: UUID) -> WebhookEndpointRecord:
    """The workspace's endpoint, or `NotFound`."""
    row = webhooks.endpoint(call.db, call.workspace, endpoint)
    if row is None:
        raise NotFound(what="webhook endpoint")
    return row


def _url(call: Call, text: str) -> str:
    return str(parse_webhook_url(text, call.services.policy.webhook_urls))


def _check_may_read(call: Call, events: list[WebhookEvent]) -> None:
    """`ScopeMissing` for an event whose record the key may not read."""
    people = any(event.value.startswith(("participant.", "application.")) for event in events)
    wanted = [Scope.interviews_read, *([Scope.candidates_read] if people else [])]
    for scope in wanted:
        if scope not in call.principal.scopes:
            raise ScopeMissing(scope=scope.value)


def _names(events: list[WebhookEvent]) -> list[str]:
    """Each event once, in the order of the contract."""
    return [event.value for event in WebhookEvent if event in events]


def _view(row: WebhookEndpointRecord) -> EndpointView:
    return EndpointView.model_validate(row, from_attributes=True)


def _with_secret(row: WebhookEndpointRecord, secret: str) -> One[EndpointWithSecret]:
    """The endpoint with its secret as text; the record has it encrypted."""
    return One(data=EndpointWithSecret.model_validate({**values_of(row), "secret": secret}))
