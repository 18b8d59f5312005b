"""Connections to language models: which model the settings name, and its client.

Only the files `model_*` of this package know pydantic-ai.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Literal

import pydantic_ai
from pydantic import SecretStr
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.models import Model
from pydantic_ai.models.fallback import FallbackModel
from pydantic_ai.profiles import ModelProfile

from domain.errors import Invalid

pydantic_ai.BANNER_ENABLED = False

SCORING_TIMEOUT_SECONDS = 60.0
# A server of one's own may run on a processor: 2,000 tokens read and 500 written take it about 80 s.
SELF_HOSTED_TIMEOUT_SECONDS = 300.0

# What servers answer that know no JSON schema as a form of output.
_REFUSED_FORM = (400, 422, 501)
# The schema also stands in the instructions: a server that ignores `response_format` then still says it to the model.
_BOUND_BY_SCHEMA = ModelProfile(
    default_structured_output_mode="native",
    supports_json_schema_output=True,
    native_output_requires_schema_in_instructions=True,
)

Provider = Literal["anthropic", "openai", "openai-compatible"]
PROVIDERS: tuple[Provider, ...] = ("anthropic", "openai", "openai-compatible")


class BadModelSpec(Invalid):
    code = "bad_model_spec"
    message = "The model setting cannot be read."
    hint = "Use anthropic:NAME, openai:NAME, or openai-compatible:NAME together with VIVA_MODEL_BASE_URL."


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Which model, and where it is reached. Whether its findings may lead to a number is no property of it: what was
    measured on this deployment says so (`server.jobs.scoring`).
    """

    provider: Provider
    name: str
    base_url: str = ""
    api_key: SecretStr = field(default_factory=lambda: SecretStr(""))

    @property
    def label(self) -> str:
        return f"{self.provider}:{self.name}"


def read_spec(text: str, base_url: str = "", api_key: str = "") -> ModelSpec | None:
    """The model that the settings name; None for an empty setting. Raises `BadModelSpec` for any other text."""
    if not text.strip():
        return None
    kind, _, name = text.strip().partition(":")
    provider = next((known for known in PROVIDERS if known == kind), None)
    if provider is None or not name or (provider == "openai-compatible" and not base_url):
        raise BadModelSpec
    return ModelSpec(provider, name, base_url, SecretStr(api_key))


class ModelLink:
    """A model with its connection. Close it when the server stops.

    Structured output is asked of `anthropic` and `openai` by a tool call. An OpenAI-compatible server binds the output
    to the JSON schema, which also holds where small models cannot call tools; where it refuses the schema, a tool call.
    """

    def __init__(self, spec: ModelSpec, *, sdk_retries: int = 2) -> None:
        self.spec = spec
        self._retries = sdk_retries
        self.model = self._anthropic() if spec.provider == "anthropic" else self._openai()

    # The SDKs are slow to import, so each is imported only when its provider is used.

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
        # A key from the environment must never be sent to another service.
        key = self.spec.api_key.get_secret_value() or ("none" if compatible else None)
        client = AsyncOpenAI(
            api_key=key,
            base_url=self.spec.base_url or None,
            max_retries=self._retries,
            timeout=SELF_HOSTED_TIMEOUT_SECONDS if compatible else SCORING_TIMEOUT_SECONDS,
        )
        self.close = client.close
        if compatible:
            provider = OpenAICompatibleProvider("openai-compatible", openai_client=client)
            bound = OpenAIChatModel(self.spec.name, provider=provider, profile=_BOUND_BY_SCHEMA)
            calling = OpenAIChatModel(self.spec.name, provider=provider)
            return FallbackModel(bound, calling, fallback_on=_refuses_form)
        return OpenAIChatModel(self.spec.name, provider=OpenAIProvider(openai_client=client))


def require_all(schema: dict[str, Any]) -> None:
    """For the schema of an output type: every field must be written.

    A small model that is bound to the schema leaves out what it need not write.
    """
    schema["required"] = list(schema["properties"])


def _refuses_form(error: Exception) -> bool:
    return isinstance(error, ModelHTTPError) and error.status_code in _REFUSED_FORM


@dataclass(frozen=True, slots=True)
class Lanes:
    """How many calls run at once. Live turns have their own limit, so that scoring never keeps a candidate waiting."""

    live: asyncio.Semaphore
    scoring: asyncio.Semaphore

    @classmethod
    def of(cls, live: int = 16, scoring: int = 5) -> "Lanes":
        return cls(asyncio.Semaphore(live), asyncio.Semaphore(scoring))
