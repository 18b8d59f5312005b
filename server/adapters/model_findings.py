"""Findings on interviews from a language model, one dimension a call.

Quotes must stand in the candidate's own words, which domain code checks before a finding counts. A provider that fails
costs a scorecard nothing but time: `ModelDown` means that scoring can be tried again.
"""

import asyncio
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from pydantic import BaseModel, ConfigDict, Field
from pydantic_ai import Agent, ModelRetry, RunContext
from pydantic_ai.exceptions import ModelAPIError, UnexpectedModelBehavior
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from domain.errors import Unavailable
from domain.interview.prompts import (
    prompt_hash,
    scorer_instructions,
    scoring_prompt,
)
from domain.plan.items import Criterion, Dimension, InterviewPlan, Item
from domain.scoring.findings import (
    MAX_QUOTE_CHARACTERS,
    DimensionFindings,
    Evidence,
    Finding,
    Findings,
    Method,
    Provenance,
    Status,
    Utterance,
    finding_issues,
    median,
    samples_agree,
)
from server.adapters.model_link import Lanes, ModelSpec, require_all

SAMPLES = 3
AGREEING = 2
RETRIES = 2
FINDINGS_TOKENS = 8_192


class ModelDown(Unavailable):
    """The provider did not answer. Nothing was scored; the work can be done again later."""

    status = 502
    code = "model_down"
    message = "The model's provider did not answer."
    hint = "Try again later, or score by rules, by an assistant or by a person."


class ModelFinding(BaseModel):
    """The status of one criterion and the exact words that show it."""

    model_config = ConfigDict(json_schema_extra=require_all)

    criterion_id: str
    status: Status
    utterance_id: int | None = Field(default=None, description="Id of the utterance the quote is from.")
    quote: str = Field(
        default="",
        max_length=MAX_QUOTE_CHARACTERS,
        description="Exact words of the candidate; empty for not_met.",
    )


class ModelFindings(BaseModel):
    """Findings on one dimension."""

    model_config = ConfigDict(json_schema_extra=require_all)

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
            self._dimension(plan, dimension, asked[dimension.id], evidence)
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
        self, plan: InterviewPlan, dimension: Dimension, items: Sequence[Item], evidence: Evidence
    ) -> DimensionFindings:
        criteria = [criterion for item in items for criterion in item.criteria if not criterion.measured]
        said = evidence.answers_to(heard for item in items for heard in plan.listened_with(item))
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
            if len(samples) >= AGREEING and samples_agree(samples):
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
        )


def _quotes_are_real(ctx: RunContext[_Case], output: ModelFindings) -> ModelFindings:
    """Refuse findings that do not hold and have the model try again, told what is wrong in our own words."""
    issues = finding_issues([_finding(found) for found in output.findings], ctx.deps.criteria, ctx.deps.said)
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
