"""The model that the settings name, as the house uses it: a voice for rooms, findings for the scoring job."""

import asyncio
from dataclasses import dataclass, replace

from domain.plan.items import InterviewPlan
from domain.scoring.findings import Evidence, Findings
from server.adapters.model import Lanes, LlmFindings, LlmWording, ModelLink, ModelSpec, read_spec
from server.settings import Settings


@dataclass(frozen=True)
class Modelling:
    """One provider: `voice` belongs to the server's loop, `assess` runs in a worker's thread."""

    spec: ModelSpec
    link: ModelLink
    voice: LlmWording

    def assess(self, plan: InterviewPlan, evidence: Evidence, name: str = "") -> Findings:
        """Findings on an interview, by another of the provider's models if named; blocks. `ModelDown` if it fails."""
        spec = replace(self.spec, name=name) if name else self.spec
        return asyncio.run(_assessed(spec, plan, evidence))

    async def close(self) -> None:
        await self.link.close()


async def _assessed(spec: ModelSpec, plan: InterviewPlan, evidence: Evidence) -> Findings:
    # a connection belongs to one event loop, and each job has its own
    link = ModelLink(spec)
    try:
        return await LlmFindings(link.model, spec, Lanes.of()).assess(plan, evidence)
    finally:
        await link.close()


def modelling_for(settings: Settings) -> Modelling | None:
    """The provider in use, or None for the built-in interviewer."""
    spec = read_spec(settings.model, settings.model_base_url, settings.model_api_key.get_secret_value())
    if spec is None:
        return None
    link = ModelLink(spec)
    return Modelling(spec, link, LlmWording(link.model, Lanes.of()))
