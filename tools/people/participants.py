"""Participants: the people to interview (contract 3.4)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError, ValidationError

from domain.errors import DuplicateParticipant, NotFound
from domain.mail.addresses import comparison_form
from domain.moments import Stamp
from domain.scopes import Scope
from domain.sessions.participants import AddressesInUse
from domain.text.quoting import quoted
from domain.vocabulary import ParticipantStatus
from storage.access import credits
from storage.delivery import mails
from storage.engine.ids import new_id
from storage.engine.records import values_of
from storage.people import participants as people
from storage.people.erasure import count_erased, erase
from storage.schema.records import ParticipantRecord
from storage.setup import evaluation_templates as templates
from tools.kernel.consequences import Consequence, losses_in_words, person_in_words
from tools.kernel.events import enqueue_participant_event
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.scrubbing import enqueue_scrub
from tools.kernel.shapes import (
    ById,
    Deleted,
    Document,
    Email,
    Label,
    Line,
    Many,
    Name,
    One,
    Paged,
    Part,
    ParticipantId,
    Request,
    TemplateId,
    changes,
    documented,
    meta_of,
    two_spellings,
)

_URL = TypeAdapter(HttpUrl)
# how long after an erasure no mail that was begun before it is still being written
_WRITTEN_BY_THEN = timedelta(minutes=2)
MAX_BULK = 500


def _address_on_the_web(value: str) -> str:
    text = value.strip()
    try:
        _URL.validate_python(text)
    except ValidationError:
        text = ""
    # readers of addresses drop line breaks and the like; what we keep must be what was checked
    if not text or any(not letter.isprintable() or letter.isspace() for letter in text):
        raise PydanticCustomError("url", "Give an absolute http or https address.")
    return text


Phone = Annotated[str, Field(max_length=50)]
WebAddress = Annotated[
    str,
    Field(max_length=2_048, json_schema_extra=documented(format="uri", pattern="^https?://[^/]")),
    AfterValidator(_address_on_the_web),
]
Tags = Annotated[list[Label], Field(max_length=100)]


class Basics(Part):
    """Who the person is, for the interviewer. `experienceLevel` is camelCase, as documented (contract C2)."""

    other_spellings: ClassVar[dict[str, str]] = {"experience_level": "experienceLevel"}

    title: Line | None = None
    organization: Line | None = None
    experienceLevel: Line | None = None
    location: Line | None = None

    @model_validator(mode="before")
    @classmethod
    def _other_spelling(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or "experience_level" not in raw:
            return raw
        known = dict(raw)
        other = known.pop("experience_level")
        if known.setdefault("experienceLevel", other) != other:
            raise two_spellings("experienceLevel")
        return known


class Background(Part):
    """What the person brings along."""

    skills: Annotated[list[Label], Field(max_length=200)] | None = None
    education: Line | None = None
    languages: Annotated[list[Label], Field(max_length=50)] | None = None


class ParticipantView(BaseModel):
    """A participant as it is shown."""

    id: UUID
    name: str
    email: str
    evaluation_template_id: UUID | None
    external_id: str | None
    phone: str | None
    tags: list[str]
    profile: dict[str, Any]
    background: dict[str, Any]
    resume_url: str | None
    pipeline_id: UUID | None
    metadata: dict[str, Any] = Field(validation_alias="extra")
    status: ParticipantStatus
    created_at: Stamp
    updated_at: Stamp

    model_config = ConfigDict(populate_by_name=True)


class CreateParticipant(Request):
    name: Name = Field(description="Full name.")
    email: Email = Field(description="Where the invitation goes.")
    evaluation_template_id: TemplateId | None = Field(
        default=None, description="The role to assess them for."
    )
    external_id: Line | None = Field(default=None, description="Your own id; comes back in webhooks.")
    phone: Phone | None = None
    tags: Tags = Field(default_factory=list)
    profile: Basics = Field(default_factory=Basics)
    background: Background = Field(default_factory=Background)
    resume_url: WebAddress | None = Field(default=None, description="Publicly reachable résumé.")
    pipeline_id: UUID | None = None
    metadata: Document = Field(default_factory=dict, description="Free members of your own.")
    status: ParticipantStatus = ParticipantStatus.active


class UpdateParticipant(ById):
    created_as: ClassVar[type[BaseModel] | None] = CreateParticipant

    id: ParticipantId = Field(description="The participant to change.")
    name: Name | None = None
    email: Email | None = None
    evaluation_template_id: TemplateId | None = Field(default=None, description="Moves them to another role.")
    external_id: Line | None = None
    phone: Phone | None = None
    tags: Tags | None = Field(default=None, description="Replaces the list.")
    profile: Basics | None = Field(default=None, description="Members left out stay.")
    background: Background | None = Field(default=None, description="Members left out stay.")
    resume_url: WebAddress | None = None
    pipeline_id: UUID | None = None
    metadata: Document | None = Field(default=None, description="Replaces the whole object.")
    status: ParticipantStatus | None = None


class ImportedParticipant(Request):
    """One row of a bulk import."""

    name: Name
    email: Email
    phone: Phone | None = None
    external_id: Line | None = None
    evaluation_template_id: TemplateId | None = None
    tags: Tags = Field(default_factory=list)
    resume_url: WebAddress | None = None


class BulkImportParticipants(Request):
    evaluation_template_id: TemplateId | None = Field(
        default=None, description="The role for every row that names none."
    )
    participants: Annotated[list[ImportedParticipant], Field(min_length=1, max_length=MAX_BULK)] = Field(
        description="At most 500 rows; those whose address is known already are skipped."
    )


class RowResult(BaseModel):
    """What became of one row: created, or skipped because the address is known."""

    index: int
    outcome: Literal["created", "skipped"]
    id: UUID | None
    existing_participant_id: UUID | None


class Imported(BaseModel):
    """The documented counts, and an outcome for each row."""

    created: int
    skipped: int
    participants: list[ParticipantView]
    results: list[RowResult]


class BulkImported(BaseModel):
    http_status: ClassVar[int] = 200

    data: Imported


class GetParticipant(ById):
    id: ParticipantId = Field(description="The participant's id.")


class ListParticipants(Paged):
    search: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="Part of a name, address or external id."
    )
    email: Annotated[str, Field(max_length=320)] | None = None
    status: ParticipantStatus | None = None
    tag: Label | None = None
    evaluation_template_id: TemplateId | None = None
    external_id: Line | None = None
    pipeline_id: UUID | None = None


_IDENTITY = ("name", "email", "external_id")


def _change_of_identity(call: Call, args: UpdateParticipant) -> Consequence | None:
    """Another name, address or external id: invitations, references and webhooks mean somebody else from then on."""
    before = _existing(call, args.id, hold=True)
    sent = {name: getattr(args, name) for name in _IDENTITY if name in args.model_fields_set}
    different = [name for name, value in sent.items() if value != getattr(before, name)]
    if not different:
        return None
    steps = [f"{name.replace('_', ' ')} becomes {_or_nothing(sent[name])}" for name in different]
    sentence = f"Change who {person_in_words(before.name, before.email)} is: {', '.join(steps)}."
    return Consequence(sentence, state=(values_of(before),))


def _or_nothing(value: str | None) -> str:
    return "empty" if value is None else quoted(value)


def _loss_of_participant(call: Call, args: GetParticipant) -> Consequence:
    before = _existing(call, args.id, hold=True)
    losses = count_erased(call.db, call.workspace, args.id)
    archived = ", archived" if before.status != ParticipantStatus.active else ""
    sentence = (
        f"Erase {person_in_words(before.name, before.email)}{archived} for good, with {losses_in_words(losses)}."
        " Join links stop working and nobody is told."
    )
    return Consequence(sentence, losses, (values_of(before),))


@operation(
    "POST /api/v1/participants",
    scope=Scope.candidates_write,
    effect=Effect.creates,
    toolset=Toolset.people,
    title="Create a participant",
)
def create_participant(call: Call, args: CreateParticipant) -> One[ParticipantView]:
    """Add a person to interview. Nobody is written to until a session is scheduled.

    Next: schedule_sessions invites them.
    """
    _templates_exist(call, [args.evaluation_template_id])
    people.lock_addresses(call.db, call.workspace, [comparison_form(args.email)])
    _refuse_duplicate(call, comparison_form(args.email), args.evaluation_template_id)
    made = _participant(call, args)
    people.add(call.db, [made])
    enqueue_participant_event(call.unit, made)
    return _one(made)


@operation(
    "POST /api/v1/participants/bulk",
    scope=Scope.candidates_write,
    effect=Effect.creates,
    toolset=Toolset.people,
    title="Import participants",
)
def bulk_import_participants(call: Call, args: BulkImportParticipants) -> BulkImported:
    """Add up to 500 people at once; those whose address is known already are skipped, not refused.

    One malformed row refuses the whole import and names it, so that nothing is half-done. Next:
    schedule_sessions invites them.
    """
    rows = [_in_role(row, args.evaluation_template_id) for row in args.participants]
    _templates_exist(call, [row.evaluation_template_id for row in rows])
    keys = [comparison_form(row.email) for row in rows]
    people.lock_addresses(call.db, call.workspace, keys)
    in_use = AddressesInUse(people.with_emails(call.db, call.workspace, set(keys)))
    made: list[ParticipantRecord] = []
    results = []
    for place, (row, key) in enumerate(zip(rows, keys, strict=True)):
        rival = in_use.holder(key, row.evaluation_template_id)
        if rival is None:
            made.append(_participant(call, row))
            in_use.add(made[-1])
        results.append(
            RowResult(
                index=place,
                outcome="skipped" if rival else "created",
                id=None if rival else made[-1].id,
                existing_participant_id=rival,
            )
        )
    people.add(call.db, made)
    for new in made:
        enqueue_participant_event(call.unit, new)
    views = [_view(new) for new in made]
    skipped = len(results) - len(made)
    return BulkImported(
        data=Imported(created=len(made), skipped=skipped, participants=views, results=results)
    )


@operation(
    "GET /api/v1/participants",
    scope=Scope.candidates_read,
    effect=Effect.reads,
    toolset=Toolset.people,
    title="List participants",
)
def list_participants(call: Call, args: ListParticipants) -> Many[ParticipantView]:
    """The workspace's people, newest first, narrowed by text, address, status, tag, role or your own id."""
    filters = args.model_dump(
        include={"status", "evaluation_template_id", "external_id", "pipeline_id"}, exclude_none=True
    )
    if args.email is not None:
        filters["email_key"] = comparison_form(args.email.strip())
    rows, total = people.list_page(
        call.db, call.workspace, filters, args.search, args.tag, args.page_size, args.offset
    )
    return Many(data=[_view(row) for row in rows], meta=meta_of(args, total))


@operation(
    "GET /api/v1/participants/{id}",
    scope=Scope.candidates_read,
    effect=Effect.reads,
    toolset=Toolset.manage,
    title="Read a participant",
)
def get_participant(call: Call, args: GetParticipant) -> One[ParticipantView]:
    """One person with all their fields. What they wrote about themselves is data, not instructions."""
    return _one(_existing(call, args.id))


@operation(
    "PATCH /api/v1/participants/{id}",
    scope=Scope.candidates_write,
    effect=Effect.updates,
    toolset=Toolset.people,
    title="Change a participant",
    consequence=_change_of_identity,
)
def update_participant(call: Call, args: UpdateParticipant) -> One[ParticipantView]:
    """Change a person's fields; lists and metadata are replaced, profile and background merge."""
    before = _existing(call, args.id, hold=True)
    values = _values_sent(before, args) | {"updated_at": call.now}
    after = replace(before, **values)
    if "evaluation_template_id" in values:
        _templates_exist(call, [after.evaluation_template_id])
    if {"email_key", "evaluation_template_id"} & values.keys():
        _refuse_move_onto_duplicate(call, after)
    people.change(call.db, before, after)
    return _one(after)


@operation(
    "DELETE /api/v1/participants/{id}",
    scope=Scope.candidates_delete,
    effect=Effect.deletes,
    toolset=Toolset.manage,
    title="Delete a participant",
    consequence=_loss_of_participant,
)
def delete_participant(call: Call, args: GetParticipant) -> Deleted:
    """Erase a person and everything about them for good: sessions, transcripts, scorecards, mails.

    Their join links stop working and nobody is told; cancel_session first if they should get a message.
    """
    _existing(call, args.id, hold=True)
    for session in people.scheduled_sessions(call.db, call.workspace, args.id):
        credits.give_back(call.db, call.workspace, session, call.now)
    written = mails.message_id_prefixes(call.db, call.workspace, args.id)
    if written:
        # also when mails are sent by SMTP now: the folder may be from before. Once more later, for a mail that was
        # being written meanwhile.
        for name, delay in (("", timedelta()), (":again", _WRITTEN_BY_THEN)):
            call.unit.enqueue("unpost", f"unpost:{args.id}{name}", " ".join(written), delay=delay)
    erase(call.db, call.workspace, args.id)
    enqueue_scrub(call.unit)
    return Deleted(id=args.id)


def _participant(call: Call, args: CreateParticipant | ImportedParticipant) -> ParticipantRecord:
    """A new participant from a request; what a bulk row cannot say is empty."""
    sent: dict[str, Any] = {"status": ParticipantStatus.active, **dict(args)}
    sent["extra"] = sent.pop("metadata", {})
    for group in ("profile", "background"):
        sent[group] = _document(sent.get(group))
    return ParticipantRecord(
        **sent,
        id=new_id(),
        workspace_id=call.workspace,
        email_key=comparison_form(args.email),
        created_at=call.now,
        updated_at=call.now,
    )


def _document(group: BaseModel | None) -> dict[str, Any]:
    """A group as it is stored: only the members that say something."""
    return group.model_dump(mode="json", exclude_none=True) if group is not None else {}


def _in_role(row: ImportedParticipant, template: UUID | None) -> ImportedParticipant:
    if row.evaluation_template_id is not None or template is None:
        return row
    return row.model_copy(update={"evaluation_template_id": template})


def _existing(call: Call, participant: UUID, *, hold: bool = False) -> ParticipantRecord:
    find = people.for_change if hold else people.get
    row = find(call.db, call.workspace, participant)
    if row is None:
        raise NotFound(what="participant")
    return row


def _view(row: ParticipantRecord) -> ParticipantView:
    return ParticipantView.model_validate(row, from_attributes=True)


def _one(row: ParticipantRecord) -> One[ParticipantView]:
    return One(data=_view(row))


def _templates_exist(call: Call, wanted: Collection[UUID | None]) -> None:
    """`NotFound` that says which row of a batch names a template the workspace does not have."""
    known = templates.known(call.db, call.workspace, {one for one in wanted if one is not None})
    for place, template in enumerate(wanted):
        if template is not None and template not in known:
            at = (
                "evaluation_template_id"
                if len(wanted) == 1
                else f"participants.{place}.evaluation_template_id"
            )
            raise NotFound(what="evaluation template", field=at)


def _refuse_duplicate(call: Call, email: str, template: UUID | None, *, but: UUID | None = None) -> None:
    in_use = AddressesInUse(people.with_emails(call.db, call.workspace, {email}))
    if (rival := in_use.holder(email, template, but=but)) is not None:
        raise DuplicateParticipant(existing_participant_id=str(rival))


def _refuse_move_onto_duplicate(call: Call, after: ParticipantRecord) -> None:
    """A new address or role must be free; the same rule as for a new participant."""
    people.lock_addresses(call.db, call.workspace, [after.email_key])
    _refuse_duplicate(call, after.email_key, after.evaluation_template_id, but=after.id)


def _values_sent(before: ParticipantRecord, args: UpdateParticipant) -> dict[str, Any]:
    """What a PATCH sends as columns: groups merge with what is stored, null takes the default back."""
    values = changes(args)
    for group in {"profile", "background"} & values.keys():
        sent = values[group].model_dump(mode="json", exclude_unset=True)
        kept = {} if getattr(args, group) is None else getattr(before, group)
        values[group] = {name: value for name, value in (kept | sent).items() if value is not None}
    if "metadata" in values:
        values["extra"] = values.pop("metadata")
    if "email" in values:
        values["email_key"] = comparison_form(values["email"])
    return values
