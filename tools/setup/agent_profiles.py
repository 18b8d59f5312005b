"""Agent profiles: who interviews, in what manner, by which rubric (contract 3.1). camelCase on the wire."""

from dataclasses import fields, replace
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from domain.errors import InUse, NotFound
from domain.moments import Stamp
from domain.scopes import Scope
from domain.scoring.rubric import MAX_DIMENSIONS, check_dimensions, check_threshold
from domain.text.fencing import fence, fence_all
from domain.text.quoting import quoted
from domain.vocabulary import (
    ProbingDepth,
    ProfileDifficulty,
    Scale,
    ScoringMethod,
    Style,
    Tone,
    UseCase,
)
from storage.engine.ids import new_id
from storage.engine.records import values_of
from storage.schema.records import AgentProfileRecord
from storage.setup import agent_profiles as profiles
from tools.kernel.consequences import Consequence
from tools.kernel.foreign_texts import foreign_among
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.shapes import (
    NO_BOOLEAN_NUMBER,
    ById,
    Deleted,
    Document,
    Label,
    Many,
    Name,
    One,
    OneSpelling,
    Paged,
    Part,
    ProfileId,
    Prose,
    Request,
    Shown,
    changes,
    meta_of,
)

_CAMEL = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")

Weight = Annotated[float, Field(gt=0, le=100, allow_inf_nan=False), NO_BOOLEAN_NUMBER]
# null restores the default, as for every other optional member
Switch = Annotated[bool, BeforeValidator(lambda value: True if value is None else value)]


class Dimension(Part):
    """One line of the rubric."""

    name: Label
    description: Annotated[str, Field(max_length=4_000)] = ""
    weight: Weight = Field(description="Share in percent; all weights sum to 100.")


class Context(Part):
    """Background for the interviewer, or the scene of a role-play."""

    model_config = _CAMEL

    organization_context: Prose | None = None
    domain_context: Prose | None = None
    scenario_context: Prose | None = None


class Interaction(Part):
    """How the interviewer behaves. It changes the conversation, never the criteria."""

    model_config = _CAMEL

    tone: Tone | None = None
    style: Style | None = None
    difficulty: ProfileDifficulty | None = None
    probing_depth: ProbingDepth | None = None


class Scoring(Part):
    """How scores arise."""

    model_config = _CAMEL

    scale: Scale | None = None
    scoring_method: ScoringMethod | None = None
    recommendation_logic: Prose | Document | None = Field(
        default=None, description="Rules for rule_based scoring; text or an object."
    )


class Output(OneSpelling):
    """What the scorecard contains; everything unless switched off."""

    model_config = _CAMEL

    include_transcript: Switch = True
    include_score_breakdown: Switch = True
    include_recommendation: Switch = True
    include_improvement_feedback: Switch = True


Dimensions = Annotated[list[Dimension], Field(min_length=1, max_length=MAX_DIMENSIONS)]


class DimensionView(BaseModel):
    """One line of the rubric as it is shown."""

    name: str
    description: str
    weight: Shown


class AgentProfileView(BaseModel):
    """A profile as it is shown."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True)

    id: UUID
    name: str
    persona: str
    use_case: UseCase
    evaluation_dimensions: list[DimensionView]
    context: dict[str, Any]
    interaction: dict[str, Any]
    scoring: dict[str, Any]
    output: dict[str, Any]
    additional_instructions: str | None
    is_public: bool
    forked_from: UUID | None
    created_at: Stamp
    updated_at: Stamp


class CreateAgentProfile(Request):
    model_config = _CAMEL

    name: Name = Field(description="Display name.")
    persona: Annotated[Prose, Field(min_length=1)] = Field(
        description="How the AI introduces itself at the start; sets its voice."
    )
    use_case: UseCase = Field(description="Decides the words of the recommendation; fixed after creation.")
    evaluation_dimensions: Dimensions = Field(description="The rubric; weights sum to 100.")
    context: Context = Field(default_factory=Context)
    interaction: Interaction = Field(default_factory=Interaction)
    scoring: Scoring = Field(default_factory=Scoring)
    output: Output = Field(default_factory=Output)
    additional_instructions: Prose | None = Field(default=None, description="Edge cases, constraints.")
    is_public: bool = Field(default=False, description="Publish to the library shared by all workspaces.")


class UpdateAgentProfile(ById):
    created_as: ClassVar[type[BaseModel] | None] = CreateAgentProfile

    model_config = _CAMEL

    id: ProfileId = Field(description="The profile to change.")
    name: Name | None = None
    persona: Annotated[Prose, Field(min_length=1)] | None = None
    evaluation_dimensions: Dimensions | None = Field(default=None, description="Replaces the whole rubric.")
    context: Context | None = Field(default=None, description="Members left out stay.")
    interaction: Interaction | None = Field(default=None, description="Members left out stay.")
    scoring: Scoring | None = Field(default=None, description="Members left out stay.")
    output: Output | None = Field(default=None, description="Members left out stay.")
    additional_instructions: Prose | None = None
    is_public: bool | None = None


class ForkAgentProfile(Request):
    model_config = _CAMEL

    source_id: UUID = Field(description="The public profile to copy.")


class GetAgentProfile(ById):
    id: ProfileId = Field(description="The profile's id.")


class ListAgentProfiles(Paged):
    model_config = _CAMEL

    use_case: UseCase | None = None
    visibility: Literal["own", "public"] = Field(
        default="own", description="public adds the library shared by all workspaces."
    )


def _publication(name: str, state: tuple[Any, ...]) -> Consequence:
    sentence = (
        f"Publish the interviewer {quoted(name)} with its whole rubric to every workspace of this server."
    )
    return Consequence(f"{sentence} Others may copy it and keep their copies.", state=state)


def _first_publication(_call: Call, args: CreateAgentProfile) -> Consequence | None:
    return _publication(args.name, ()) if args.is_public else None


def _later_publication(call: Call, args: UpdateAgentProfile) -> Consequence | None:
    before = profiles.for_change(call.db, call.workspace, args.id)
    if before is None:
        raise NotFound(what="agent profile")
    return (
        _publication(before.name, (values_of(before),)) if args.is_public and not before.is_public else None
    )


def _loss_of_profile(call: Call, args: GetAgentProfile) -> Consequence:
    before = profiles.for_change(call.db, call.workspace, args.id)
    if before is None:
        raise NotFound(what="agent profile")
    sentence = f"Delete the interviewer {quoted(before.name)} with its rubric for good."
    return Consequence(sentence, state=(values_of(before),))


@operation(
    "POST /api/v1/agent-profiles?action=fork",
    scope=Scope.interviews_write,
    effect=Effect.creates,
    toolset=Toolset.manage,
    title="Fork a public agent profile",
)
def fork_agent_profile(call: Call, args: ForkAgentProfile) -> One[AgentProfileView]:
    """Copy a public profile into the workspace; the copy is private and can be changed freely.

    Find public ones with list_agent_profiles and visibility=public.
    """
    source = profiles.visible(call.db, call.workspace, args.source_id)
    if source is None or not source.is_public:
        raise NotFound(what="public agent profile")
    copy = replace(
        source,
        id=new_id(),
        workspace_id=call.workspace,
        is_public=False,
        forked_from=source.id,
        created_at=call.now,
        updated_at=call.now,
    )
    profiles.add(call.db, copy)
    return _one(call, copy)


@operation(
    "POST /api/v1/agent-profiles",
    scope=Scope.interviews_write,
    effect=Effect.creates,
    toolset=Toolset.setup,
    title="Create an agent profile",
    consequence=_first_publication,
)
def create_agent_profile(call: Call, args: CreateAgentProfile) -> One[AgentProfileView]:
    """Define an interviewer: persona, manner and the rubric it assesses by.

    The weights of the dimensions must sum to 100. Next: attach its id to stages with
    compose_evaluation_stages.
    """
    document = args.model_dump(mode="json", by_alias=True)
    check_dimensions(document["evaluationDimensions"], field="evaluationDimensions")
    profile = AgentProfileRecord(
        id=new_id(),
        workspace_id=call.workspace,
        created_at=call.now,
        updated_at=call.now,
        **_columns(document),
    )
    profiles.add(call.db, profile)
    return _one(call, profile)


@operation(
    "GET /api/v1/agent-profiles",
    scope=Scope.interviews_read,
    effect=Effect.reads,
    toolset=Toolset.setup,
    title="List agent profiles",
)
def list_agent_profiles(call: Call, args: ListAgentProfiles) -> Many[AgentProfileView]:
    """The workspace's interviewers, newest first; visibility=public adds those shared by all workspaces.

    Use it to find a profile's id, or one to fork.
    """
    filters = {"use_case": args.use_case} if args.use_case else {}
    find = profiles.library if args.visibility == "public" else profiles.list_page
    rows, total = find(call.db, call.workspace, filters, args.page_size, args.offset)
    foreign = foreign_among(call, [row.id for row in rows])
    return Many(data=[_view(call, row, foreign) for row in rows], meta=meta_of(args, total))


@operation(
    "GET /api/v1/agent-profiles/{id}",
    scope=Scope.interviews_read,
    effect=Effect.reads,
    toolset=Toolset.manage,
    title="Read an agent profile",
)
def get_agent_profile(call: Call, args: GetAgentProfile) -> One[AgentProfileView]:
    """One interviewer with its whole rubric; public ones of other workspaces can be read too."""
    row = profiles.visible(call.db, call.workspace, args.id)
    if row is None:
        raise NotFound(what="agent profile")
    return _one(call, row)


@operation(
    "PATCH /api/v1/agent-profiles/{id}",
    scope=Scope.interviews_write,
    effect=Effect.updates,
    toolset=Toolset.manage,
    title="Change an agent profile",
    consequence=_later_publication,
)
def update_agent_profile(call: Call, args: UpdateAgentProfile) -> One[AgentProfileView]:
    """Change an interviewer. The rubric is replaced as a whole; grouped settings merge member by member.

    useCase is fixed. Sessions that were scored keep the rubric they were scored by.
    """
    before = profiles.for_change(call.db, call.workspace, args.id)
    if before is None:
        raise NotFound(what="agent profile")
    document = _sent_document(before, args)
    if "evaluationDimensions" in document:
        check_dimensions(document["evaluationDimensions"], field="evaluationDimensions")
    if "scoring" in document:
        _check_pass_marks(call, args.id, document["scoring"])
    values = _columns(document) | {"updated_at": call.now}
    profiles.change(call.db, call.workspace, args.id, values)
    return _one(call, replace(before, **values))


@operation(
    "DELETE /api/v1/agent-profiles/{id}",
    scope=Scope.interviews_write,
    effect=Effect.deletes,
    toolset=Toolset.manage,
    title="Delete an agent profile",
    consequence=_loss_of_profile,
)
def delete_agent_profile(call: Call, args: GetAgentProfile) -> Deleted:
    """Delete an interviewer for good; refused while a stage or session uses it."""
    if profiles.get(call.db, call.workspace, args.id) is None:
        raise NotFound(what="agent profile")
    if using := profiles.users(call.db, args.id):
        raise InUse(hint=_OURS_USE_IT if call.workspace in using else _OTHERS_USE_IT)
    profiles.remove(call.db, call.workspace, args.id)
    return Deleted(id=args.id)


_OURS_USE_IT = "Stages or sessions of the workspace use it; give those stages another profile first."
_OTHERS_USE_IT = "Other workspaces use this public profile; isPublic=false keeps more of them from it."


def _view(call: Call, row: AgentProfileRecord, foreign: frozenset[UUID]) -> AgentProfileView:
    """A profile as the caller may see it: what comes from another workspace is marked for a model.

    So is a copy of it, changed or not: nobody knows which of its texts somebody has read since. Its name is left as
    it is, on one line, for it is what people and assistants call it by.
    """
    view = AgentProfileView.model_validate(row, from_attributes=True)
    if row.id not in foreign:
        return view
    named = view if row.workspace_id == call.workspace else view.model_copy(update={"name": fence(view.name)})
    return _fenced(named)


def _fenced(view: AgentProfileView) -> AgentProfileView:
    rubric = [
        line.model_copy(
            update={"name": fence(line.name), "description": line.description and fence(line.description)}
        )
        for line in view.evaluation_dimensions
    ]
    scoring = dict(view.scoring)
    if rules := scoring.get("recommendationLogic"):
        scoring["recommendationLogic"] = fence_all(rules)
    return view.model_copy(
        update={
            "persona": fence(view.persona),
            "evaluation_dimensions": rubric,
            "context": {name: fence_all(text) for name, text in view.context.items()},
            "scoring": scoring,
            "additional_instructions": view.additional_instructions and fence(view.additional_instructions),
        }
    )


def _one(call: Call, row: AgentProfileRecord) -> One[AgentProfileView]:
    return One(data=_view(call, row, foreign_among(call, [row.id])))


_GROUPS = ("context", "interaction", "scoring", "output")


def _sent_document(before: AgentProfileRecord, args: UpdateAgentProfile) -> dict[str, Any]:
    """What a PATCH sends as a document: groups merge with what is stored, null takes the default back."""
    document: dict[str, Any] = {}
    for name, value in changes(args).items():
        if name in _GROUPS:
            cleared = getattr(args, name) is None
            sent = value.model_dump(mode="json", by_alias=True, exclude_unset=not cleared)
            document[name] = sent if cleared else getattr(before, name) | sent
        elif name == "evaluation_dimensions":
            document["evaluationDimensions"] = [line.model_dump(mode="json") for line in value]
        else:
            document[to_camel(name)] = value
    return document


def _columns(document: dict[str, Any]) -> dict[str, Any]:
    """A document's members as columns; groups keep their wire names and drop what is null."""
    columns = {}
    for wire, value in document.items():
        name = _COLUMN.get(wire, wire)
        columns[name] = _without_nulls(value) if wire in _GROUPS else value
    return columns


def _without_nulls(group: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in group.items() if value is not None}


_COLUMN = {to_camel(column.name): column.name for column in fields(AgentProfileRecord)}


def _check_pass_marks(call: Call, profile: UUID, scoring: dict[str, Any]) -> None:
    """`Invalid` when a stage that uses the profile has a pass mark beyond the scale."""
    scale = Scale(scoring.get("scale") or Scale.ten)
    check_threshold(profiles.highest_threshold(call.db, profile), scale, ("scoring", "scale"))
