"""Drafts of scripts from a language model: one call, and one more in which it corrects the linter's errors.

Time and cost are bounded: two requests at most, never repeated by the SDK, within `seconds` in all; one draft at a time
for a workspace and `parallel` in all, others are refused at once. Nothing is stored.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError
from pydantic_ai import Agent, ModelRetry, RunContext
from pydantic_ai.exceptions import AgentRunError, ModelAPIError
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import UsageLimits

from domain.errors import DraftsBusy, DraftUnknown, DraftUnusable
from domain.plan.drafting import (
    Draft,
    DraftBrief,
    DraftedItems,
    DraftedScene,
    drafting_instructions,
    drafting_prompt,
    repair_order,
    script_of,
)
from domain.plan.script import Script
from server.adapters.model_findings import ModelDown
from server.adapters.model_link import ModelLink, ModelSpec

DRAFT_TOKENS = 12_000
REQUESTS = 2
PARALLEL = 2
RETRY_AFTER_SECONDS = 20


@dataclass(slots=True)
class _Attempt:
    """One draft on its way. `best` is the newest answer that is a script, whatever the linter says of it."""

    brief: DraftBrief
    asked: int = 0
    best: Script | None = None


class LlmDrafts:
    """Drafts scripts. Belongs to the server's event loop."""

    def __init__(self, spec: ModelSpec, *, seconds: float, parallel: int = PARALLEL) -> None:
        self.spec = spec
        self.seconds = seconds
        self.parallel = parallel
        self._link = ModelLink(spec, sdk_retries=0)
        self._working: set[UUID] = set()

    async def draft(self, workspace: UUID, brief: DraftBrief) -> Draft:
        """A draft for this brief, with errors left in it if the model could not correct them.

        `DraftsBusy` when one is being written already, `ModelDown` when the provider refuses or cannot be reached,
        `DraftUnknown` when it does not answer in time, `DraftUnusable` when neither answer is a script.
        """
        async with self._place(workspace):
            attempt = _Attempt(brief)
            finished = True
            try:
                async with asyncio.timeout(self.seconds):
                    await self._ask(attempt)
            except TimeoutError:
                if attempt.best is None:
                    raise DraftUnknown() from None
                finished = False
            except (ModelAPIError, OSError) as failed:
                if attempt.best is None:
                    raise ModelDown(hint=_INSTEAD) from failed
                finished = False
            except (AgentRunError, ValueError) as unusable:
                if attempt.best is None:
                    raise DraftUnusable() from unusable
                finished = False
            assert attempt.best is not None
            return Draft(
                script=attempt.best,
                author=self.spec.label,
                asked=attempt.asked if finished else REQUESTS,
                repair_failed=not finished,
            )

    async def close(self) -> None:
        await self._link.close()

    @asynccontextmanager
    async def _place(self, workspace: UUID) -> AsyncIterator[None]:
        if workspace in self._working or len(self._working) >= self.parallel:
            raise DraftsBusy(retry_after=RETRY_AFTER_SECONDS)
        self._working.add(workspace)
        try:
            yield
        finally:
            self._working.discard(workspace)

    async def _ask(self, attempt: _Attempt) -> None:
        marker = secrets.token_hex(8)
        brief = attempt.brief
        agent: Agent[_Attempt, DraftedItems | DraftedScene] = Agent(
            None,
            output_type=DraftedScene if brief.is_scene else DraftedItems,
            deps_type=_Attempt,
            retries={"output": REQUESTS - 1},
            instructions=drafting_instructions(brief, marker),
        )
        agent.output_validator(_is_sound)
        await agent.run(
            drafting_prompt(brief, marker),
            deps=attempt,
            model=self._link.model,
            model_settings=ModelSettings(max_tokens=DRAFT_TOKENS, timeout=self.seconds),
            usage_limits=UsageLimits(request_limit=REQUESTS),
        )


_INSTEAD = (
    "Nothing was stored. Try again later, write the script yourself with write_script, or take the library's draft "
    "from read_script."
)


def _is_sound(ctx: RunContext[_Attempt], output: DraftedItems | DraftedScene) -> DraftedItems | DraftedScene:
    """Keep the answer as the best so far; have the model correct it once if the linter finds errors."""
    attempt = ctx.deps
    attempt.asked = ctx.usage.requests
    try:
        script = script_of(output, attempt.brief)
    except ValidationError:
        raise ModelRetry("A text is empty or too long. Answer with the whole draft again.") from None
    attempt.best = script
    order = repair_order(script, attempt.brief)
    if order and ctx.usage.requests < REQUESTS:
        raise ModelRetry(order)
    return output
