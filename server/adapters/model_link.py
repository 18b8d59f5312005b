"""Connections to language models: which model the settings name, and its client.

Only `model_link`, `model_turns` and `model_findings` know pydantic-ai.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

import pydantic_ai
from pydantic import SecretStr
from pydantic_ai.models import Model

from domain.errors import Invalid

pydantic_ai.BANNER_ENABLED = False

SCORING_TIMEOUT_SECONDS = 60.0

Provider = Literal["anthropic", "openai", "openai-compatible"]
PROVIDERS: tuple[Provider, ...] = ("anthropic", "openai", "openai-compatible")


class BadModelSpec(Invalid):
    code = "bad_model_spec"
    message = "The model setting cannot be read."
    hint = "Use anthropic:NAME, openai:NAME, or openai-compatible:NAME together with VIVA_MODEL_BASE_URL."


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Which model, and where it is reached.

    `trusted`: it passed calibration on this deployment, so its findings may lead to a number and a recommendation. No
    model is trusted by its provider's name.
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
    """The model that the settings name; None for an empty setting. Raises `BadModelSpec` for any other text."""
    if not text.strip():
        return None
    kind, _, name = text.strip().partition(":")
    provider = next((known for known in PROVIDERS if known == kind), None)
    if provider is None or not name or (provider == "openai-compatible" and not base_url):
        raise BadModelSpec
    return ModelSpec(provider, name, base_url, SecretStr(api_key), trusted=calibrated)


class ModelLink:
    """A model with its connection. Close it when the server stops."""

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
            timeout=SCORING_TIMEOUT_SECONDS,
        )
        self.close = client.close
        if compatible:
            provider = OpenAICompatibleProvider("openai-compatible", openai_client=client)
            return OpenAIChatModel(self.spec.name, provider=provider)
        return OpenAIChatModel(self.spec.name, provider=OpenAIProvider(openai_client=client))


@dataclass(frozen=True, slots=True)
class Lanes:
    """How many calls run at once. Live turns have their own limit, so that scoring never keeps a candidate waiting."""

    live: asyncio.Semaphore
    scoring: asyncio.Semaphore

    @classmethod
    def of(cls, live: int = 16, scoring: int = 5) -> "Lanes":
        return cls(asyncio.Semaphore(live), asyncio.Semaphore(scoring))
