"""The language model that the settings name: wording for interviews, findings for scoring, drafts of scripts."""

import asyncio
from dataclasses import dataclass, replace

from domain.plan.items import InterviewPlan
from domain.scoring.findings import Evidence, Findings
from server.adapters.model_drafts import LlmDrafts
from server.adapters.model_findings import LlmFindings
from server.adapters.model_link import Lanes, ModelLink, ModelSpec, read_spec
from server.adapters.model_turns import LlmTurns
from server.settings import Settings


@dataclass(frozen=True)
class ModelService:
    """One provider. Use `voice` and `drafts` on the server's event loop and `assess` in a worker's thread."""

    spec: ModelSpec
    link: ModelLink
    voice: LlmTurns
    drafts: LlmDrafts

    def assess(self, plan: InterviewPlan, evidence: Evidence, name: str = "") -> Findings:
        """Findings on an interview; blocks. `name` selects another model of the provider. `ModelDown` if it fails."""
        spec = replace(self.spec, name=name) if name else self.spec
        return asyncio.run(_assess(spec, plan, evidence))

    async def close(self) -> None:
        await self.link.close()
        await self.drafts.close()


async def _assess(spec: ModelSpec, plan: InterviewPlan, evidence: Evidence) -> Findings:
    # A connection belongs to one event loop, and each job has its own loop.
    link = ModelLink(spec)
    try:
        return await LlmFindings(link.model, spec, Lanes.of()).assess(plan, evidence)
    finally:
        await link.close()


def model_service_for(settings: Settings) -> ModelService | None:
    """The configured model, or None for the built-in interviewer."""
    spec = read_spec(settings.model, settings.model_base_url, settings.model_api_key.get_secret_value())
    if spec is None:
        return None
    link = ModelLink(spec)
    drafts = LlmDrafts(spec, seconds=settings.draft_seconds)
    return ModelService(spec, link, LlmTurns(link.model, spec.label, Lanes.of()), drafts)
