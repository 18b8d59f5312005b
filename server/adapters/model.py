"""Language models: the one module that knows pydantic-ai. A factory, wording of turns, findings on dimensions.

Whatever a model says is checked by domain code before anybody sees it: turns pass `domain.wording`'s gate, quotes must
stand in the candidate's own words. A provider that is slow, dead or talks rubbish costs a candidate at most
`patience` seconds, after which the rule wording speaks; it costs a scorecard nothing but time (`ModelDown`, try again).
"""

import asyncio
import hashlib
import random
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Literal

import pydantic_ai
from pydantic import BaseModel, Field, SecretStr
from pydantic_ai import Agent, ModelRetry, RunContext
from pydantic_ai.exceptions import ModelAPIError, UnexpectedModelBehavior
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from domain.errors import Invalid, Unavailable
from domain.findings import (
    MOST_QUOTE_CHARACTERS,
    DimensionFindings,
    Evidence,
    Finding,
    Findings,
    Method,
    Provenance,
    Status,
    Utterance,
    agree,
    faults,
    median,
)
from domain.interview import Interview, Move
from domain.plan import Criterion, Dimension, InterviewPlan, Item
from domain.prompts import (
    MOST_TURNS,
    Said,
    directive,
    fenced,
    interviewer_instructions,
    prompt_hash,
    scorer_instructions,
    scoring_prompt,
)
from domain.wording import MODEL_WORDED, RuleWording, TurnGate

pydantic_ai.BANNER_ENABLED = False

PATIENCE_SECONDS = 8.0
SAMPLES = 3
AGREEING = 2
RETRIES = 2
TURN_TOKENS, FINDINGS_TOKENS = 1_024, 8_192
SCORING_TIMEOUT_SECONDS = 60.0

Provider = Literal["anthropic", "openai", "openai-compatible"]
PROVIDERS: tuple[Provider, ...] = ("anthropic", "openai", "openai-compatible")


class BadModelSpec(Invalid):
    code = "bad_model_spec"
    message = "The model setting cannot be read."
    hint = "Use anthropic:NAME, openai:NAME, or openai-compatible:NAME together with VIVA_MODEL_BASE_URL."


class ModelDown(Unavailable):
    """The provider did not answer. Nothing was scored; the work can be done again later."""

    status = 502
    code = "model_down"
    message = "The model's provider did not answer."
    hint = "Try again later, or score by rules, by an assistant or by a person."


# --- The factory ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Which model, where, and whether the operator vouches for it.

    `trusted`: its findings may lead to a recommendation. Providers' models are, others only after a calibration.
    """

    provider: Provider
    name: str
    base_url: str = ""
    api_key: SecretStr = field(default_factory=lambda: SecretStr(""))
    trusted: bool = False

    @property
    def label(self) -> str:
        return f"{self.provider}:{self.name}"


def read_spec(
    text: str, base_url: str = "", api_key: str = "", *, calibrated: bool = False
) -> ModelSpec | None:
    """The model that settings name; None for an empty setting. `BadModelSpec` if it makes no sense."""
    if not text.strip():
        return None
    kind, _, name = text.strip().partition(":")
    provider = next((known for known in PROVIDERS if known == kind), None)
    if provider is None or not name or (provider == "openai-compatible" and not base_url):
        raise BadModelSpec
    return ModelSpec(
        provider, name, base_url, SecretStr(api_key), trusted=calibrated or provider != "openai-compatible"
    )


class ModelLink:
    """A model with its connection. Close it when the server stops."""

    def __init__(self, spec: ModelSpec, *, sdk_retries: int = 2) -> None:
        self.spec = spec
        self._retries = sdk_retries
        self.model = self._anthropic() if spec.provider == "anthropic" else self._openai()

    # The SDKs are heavy, so each is imported only for the provider in use.

    def _anthropic(self) -> Model:
        from anthropic import AsyncAnthropic
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider

        client = AsyncAnthropic(
            api_key=self.spec.api_key.get_secret_value() or None,
            base_url=self.spec.base_url or None,
            max_retries=self._retries,
            timeout=SCORING_TIMEOUT_SECONDS,
        )
        self.close = client.close
        return AnthropicModel(self.spec.name, provider=AnthropicProvider(anthropic_client=client))

    def _openai(self) -> Model:
        from openai import AsyncOpenAI
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.providers.openai import OpenAIProvider
        from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

        compatible = self.spec.provider == "openai-compatible"
        # a key from the environment must never travel to another service
        key = self.spec.api_key.get_secret_value() or ("none" if compatible else None)
        client = AsyncOpenAI(
            api_key=key,
            base_url=self.spec.base_url or None,
            max_retries=self._retries,
            timeout=SCORING_TIMEOUT_SECONDS,
        )
        self.close = client.close
        if compatible:
            provider = OpenAICompatibleProvider("openai-compatible", openai_client=client)
            return OpenAIChatModel(self.spec.name, provider=provider)
        return OpenAIChatModel(self.spec.name, provider=OpenAIProvider(openai_client=client))


@dataclass(frozen=True, slots=True)
class Lanes:
    """How many calls run at once: talking has its own lane, so that scoring never keeps a candidate waiting."""

    live: asyncio.Semaphore
    scoring: asyncio.Semaphore

    @classmethod
    def of(cls, live: int = 16, scoring: int = 5) -> "Lanes":
        return cls(asyncio.Semaphore(live), asyncio.Semaphore(scoring))


# --- Wording ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a turn that may be shown already. Never logged."""

    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A finished turn: log this. If `degraded`, it replaces whatever deltas were shown."""

    text: str
    source: Literal["rules", "model"]
    degraded: bool = False
    reason: str = ""


class LlmWording:
    """Words the turns that a model may word, and speaks by rule for all others and whenever the model fails."""

    def __init__(self, model: Model, lanes: Lanes, *, patience: float = PATIENCE_SECONDS) -> None:
        self.model = model
        self.lanes = lanes
        self.patience = patience
        self._secret = secrets.token_hex(16)
        self._agent: Agent[None, str] = Agent(None, output_type=str, deps_type=type(None), retries=0)

    async def say(
        self,
        plan: InterviewPlan,
        move: Move,
        state: Interview,
        history: Sequence[Said],
        minutes_left: int | None = None,
    ) -> AsyncIterator[Delta | Turn]:
        """Deltas that passed the filter, then exactly one `Turn`. Never raises for a provider's fault."""
        rules = RuleWording(plan)
        spoken = rules.say(move, state)
        if move.kind not in MODEL_WORDED or move.reason in ("last_word", "again"):
            yield Turn(spoken, "rules")
            return
        gate = TurnGate(plan, spoken)
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        task = asyncio.create_task(self._stream(plan, spoken, history, minutes_left, pieces))
        reason = ""
        deadline = asyncio.get_running_loop().time() + self.patience
        try:
            while not gate.refused:
                left = deadline - asyncio.get_running_loop().time()
                piece = await asyncio.wait_for(pieces.get(), left)
                if piece is None:
                    break
                if shown := gate.feed(piece):
                    yield Delta(shown)
        except TimeoutError:
            reason = "too_slow"
        finally:
            task.cancel()
            outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        if not reason and isinstance(outcome, Exception):
            reason = f"provider:{type(outcome).__name__}"
        rest = gate.finish() if not reason else ""
        if gate.refused and not reason:
            reason = f"refused:{gate.refused[0]}"
        if reason:
            yield Turn(spoken, "rules", degraded=True, reason=reason)
            return
        if rest:
            yield Delta(rest)
        yield Turn(gate.text.strip(), "model")

    async def _stream(
        self,
        plan: InterviewPlan,
        prescribed: str,
        history: Sequence[Said],
        minutes_left: int | None,
        pieces: asyncio.Queue[str | None],
    ) -> None:
        """Put the model's words on the queue, and None at the end, whatever the end is."""
        marker = self._marker(plan)
        try:
            async with (
                self.lanes.live,
                self._agent.run_stream(
                    directive(prescribed, minutes_left),
                    model=self.model,
                    instructions=interviewer_instructions(plan, marker),
                    message_history=_messages(history, marker),
                    model_settings=ModelSettings(max_tokens=TURN_TOKENS),
                ) as run,
            ):
                async for delta in run.stream_text(delta=True, debounce_by=None):
                    pieces.put_nowait(delta)
        finally:
            pieces.put_nowait(None)

    def _marker(self, plan: InterviewPlan) -> str:
        # the same within an interview, for the provider's cache; not to be guessed from outside
        return hashlib.sha256(f"{self._secret}|{plan.model_dump_json()}".encode()).hexdigest()[:16]


def _messages(history: Sequence[Said], marker: str) -> list[ModelMessage]:
    """The conversation as a model knows it: the candidate's turns fenced, the interviewer's as its own."""
    messages: list[ModelMessage] = []
    for said in history[-MOST_TURNS:]:
        if said.by_candidate:
            messages.append(ModelRequest(parts=[UserPromptPart(fenced(said.text, marker))]))
        else:
            messages.append(ModelResponse(parts=[TextPart(said.text)]))
    return messages


# --- Findings ---------------------------------------------------------------------------------------------


class ModelFinding(BaseModel):
    """The status of one criterion and the exact words that show it."""

    criterion_id: str
    status: Status
    utterance_id: int | None = Field(default=None, description="Id of the utterance the quote is from.")
    quote: str = Field(
        default="",
        max_length=MOST_QUOTE_CHARACTERS,
        description="Exact words of the candidate; empty for not_met.",
    )


class ModelFindings(BaseModel):
    """Findings on one dimension."""

    findings: list[ModelFinding]
    manipulation_attempt: bool = False
    rationale: str = Field(max_length=2_000)


@dataclass(frozen=True, slots=True)
class _Case:
    """One reading of one dimension."""

    criteria: tuple[str, ...]
    said: dict[int, str]


class LlmFindings:
    """Assesses interviews: one dimension a call, up to three readings each, quotes verified before they count."""

    def __init__(
        self,
        model: Model,
        spec: ModelSpec,
        lanes: Lanes,
        *,
        samples: int = SAMPLES,
        temperature: float | None = None,
    ) -> None:
        self.model = model
        self.spec = spec
        self.lanes = lanes
        self.samples = samples
        self.temperature = temperature
        self._agent: Agent[_Case, ModelFindings] = Agent(
            None,
            output_type=ModelFindings,
            deps_type=_Case,
            retries={"output": RETRIES},
            instructions=scorer_instructions(),
        )
        self._agent.output_validator(_quotes_are_real)

    async def assess(self, plan: InterviewPlan, evidence: Evidence) -> Findings:
        """Findings on every dimension that was asked about. `ModelDown` if the provider fails: score again later."""
        asked = {
            dimension.id: [item for item in plan.items_of(dimension.id) if item.id in evidence.asked]
            for dimension in plan.dimensions
        }
        jobs = [
            self._dimension(dimension, asked[dimension.id], evidence)
            for dimension in plan.dimensions
            if any(not criterion.measured for item in asked[dimension.id] for criterion in item.criteria)
        ]
        down: BaseExceptionGroup[Exception] | None = None
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(job) for job in jobs]
        except* (ModelAPIError, OSError, TimeoutError) as failed:
            # raised below: what is raised in here comes out in a group of its own, as Debian's Python 3.11.2 has it
            down = failed
        if down is not None:
            raise ModelDown from down
        return Findings(
            method=Method.model,
            provenance=self._provenance(),
            dimensions=tuple(task.result() for task in tasks),
        )

    async def _dimension(
        self, dimension: Dimension, items: Sequence[Item], evidence: Evidence
    ) -> DimensionFindings:
        criteria = [criterion for item in items for criterion in item.criteria if not criterion.measured]
        said = evidence.on(item.id for item in items)
        if not said:
            silent = tuple(Finding(criterion_id=c.id, status=Status.not_met) for c in criteria)
            return DimensionFindings(dimension_id=dimension.id, findings=silent, samples=(silent,))
        readings: list[ModelFindings] = []
        for number in range(self.samples):
            try:
                readings.append(await self._reading(dimension, items, criteria, said, number))
            except UnexpectedModelBehavior:
                # it was asked again and still could not show its evidence
                return DimensionFindings(dimension_id=dimension.id, problem="needs_review")
            samples = [_findings(reading, criteria) for reading in readings]
            if len(samples) >= AGREEING and agree(samples):
                break
        return DimensionFindings(
            dimension_id=dimension.id,
            findings=median(samples),
            rationale=readings[0].rationale,
            samples=tuple(samples),
            remarks=("manipulation_attempt",) if any(r.manipulation_attempt for r in readings) else (),
        )

    async def _reading(
        self,
        dimension: Dimension,
        items: Sequence[Item],
        criteria: Sequence[Criterion],
        said: Sequence[Utterance],
        number: int,
    ) -> ModelFindings:
        """One sample: the criteria in another order each time, the data behind a fresh marker."""
        shuffled = list(criteria)
        random.Random(f"{dimension.id}:{number}").shuffle(shuffled)
        anchors = [item.anchors for item in items]
        prompt = scoring_prompt(dimension, shuffled, anchors, said, secrets.token_hex(8))
        case = _Case(tuple(c.id for c in criteria), {each.id: each.text for each in said})
        settings = ModelSettings(max_tokens=FINDINGS_TOKENS)
        if self.temperature is not None:
            settings["temperature"] = self.temperature
        async with self.lanes.scoring:
            run = await self._agent.run(prompt, deps=case, model=self.model, model_settings=settings)
        return run.output

    def _provenance(self) -> Provenance:
        return Provenance(
            author=self.spec.label,
            provider=self.spec.provider,
            model=self.spec.name,
            prompt_hash=prompt_hash(),
            temperature=self.temperature,
            library=f"pydantic-ai-slim {version('pydantic-ai-slim')}",
            trusted=self.spec.trusted,
        )


def _quotes_are_real(ctx: RunContext[_Case], output: ModelFindings) -> ModelFindings:
    """Refuse findings that do not hold and have the model try again, told what is wrong in our own words."""
    issues = faults([_finding(found) for found in output.findings], ctx.deps.criteria, ctx.deps.said)
    if issues:
        told = "; ".join(f"{'.'.join(map(str, issue.path))}: {issue.message}" for issue in issues[:10])
        raise ModelRetry(f"Correct these findings: {told}")
    return output


def _finding(found: ModelFinding) -> Finding:
    bare = found.status is Status.not_met and not found.quote.strip()
    return Finding(
        criterion_id=found.criterion_id,
        status=found.status,
        utterance_id=None if bare else found.utterance_id,
        quote="" if bare else found.quote,
    )


def _findings(reading: ModelFindings, criteria: Sequence[Criterion]) -> tuple[Finding, ...]:
    """A reading in the order of the plan."""
    by_id = {found.criterion_id: _finding(found) for found in reading.findings}
    return tuple(by_id[criterion.id] for criterion in criteria)
