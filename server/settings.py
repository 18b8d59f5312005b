"""The operator's settings: `VIVA_*` environment variables, each with a working default."""

from functools import cached_property
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.webhooks.networks import NetworkPolicy
from domain.webhooks.urls import BadWebhookUrl, UrlRules, parse_webhook_url
from storage.engine.store import is_sqlite


class Settings(BaseSettings):
    """Frozen settings. The field descriptions are the README's configuration table."""

    model_config = SettingsConfigDict(
        env_prefix="VIVA_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    data_dir: Path = Field(
        default=Path("data"), description="Where the database, outbox and secret key live."
    )
    database_url: str = Field(
        default="", description="postgresql://… to use PostgreSQL; empty is SQLite in the data directory."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on.")
    public_url: str = Field(
        default="", description="How people and clients reach this server; links in mails start with it."
    )
    trusted_hosts: str = Field(
        default="", description="Further host names, comma-separated, under which MCP clients may call."
    )
    forwarded_allow_ips: str = Field(
        default="127.0.0.1", description="Proxies whose X-Forwarded-* headers are believed."
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Signs links, digests keys. Empty: made once, kept in the data directory. Replicas must share it.",
    )
    audit_key: SecretStr = Field(
        default=SecretStr(""),
        description="Seals the audit log. Empty: made once, kept in the data directory. Replicas must share it.",
    )
    audit_anchor_minutes: int = Field(
        default=60,
        ge=1,
        le=10_080,
        description="How often the ends of the audit logs are written to the log, for `viva audit verify --anchor`.",
    )
    audit_anchor_url: str = Field(
        default="",
        description="Where they are posted as well; addresses are checked as those of webhooks are.",
    )
    role: Literal["all", "api", "worker"] = Field(
        default="all", description="What this process does: answer calls, do the durable work, or both."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log line that is written."
    )
    rate_limit_per_minute: int = Field(
        default=600, ge=0, description="Calls a minute for each key; 0 means no limit."
    )
    header_bytes: int = Field(
        default=65_536, ge=1_024, le=1_048_576, description="Most bytes of a request's line and headers."
    )
    header_count: int = Field(default=100, ge=10, le=10_000, description="Most headers of a request.")
    header_seconds: float = Field(
        default=10,
        gt=0,
        le=3600,
        description="Time for a request's headers, from the first byte or the connection.",
    )
    body_seconds: float = Field(
        default=60,
        gt=0,
        le=3600,
        description="Time for a request's body, and for an answer that nobody reads.",
    )
    idle_seconds: float = Field(
        default=75, gt=0, le=3600, description="How long a connection may wait for its next request."
    )
    connections: int = Field(default=10_000, ge=1, description="Most open connections.")
    connections_per_address: int = Field(
        default=1_000,
        ge=1,
        description="Most open connections of one address (IPv6: of one /64); proxies are not counted.",
    )
    wrong_attempts: int = Field(
        default=100,
        ge=0,
        description="Wrong keys and links that one address may try; then wrong ones wait. 0 means no brake.",
    )
    wrong_attempts_seconds: float = Field(
        default=600, gt=0, le=86_400, description="The time in which that many wrong ones are allowed."
    )
    metrics_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key for /metrics, as Bearer. Empty: /metrics answers this machine only.",
    )
    metrics_address: str = Field(
        default="", description="HOST:PORT that serves /metrics instead of the main address; empty is none."
    )
    hold_seconds_mcp: int = Field(
        default=60,
        ge=0,
        le=86_400,
        description="How long a mail asked for by an assistant waits before it leaves.",
    )
    hold_seconds_rest: int = Field(default=0, ge=0, le=86_400, description="The same for calls over REST.")
    mail: Literal["outbox", "smtp"] = Field(
        default="outbox", description="outbox writes .eml files into the data directory; smtp sends."
    )
    mail_from: str = Field(default="interviews@localhost", description="Sender address of every mail.")
    smtp_host: str = Field(default="localhost", description="SMTP server.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="SMTP port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the SMTP connection is protected."
    )
    smtp_username: str = Field(default="", description="SMTP user; empty means no authentication.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="SMTP password.")
    worker_concurrency: int = Field(
        default=12, ge=1, le=64, description="Durable jobs that run at the same time in this process."
    )
    allow_http_webhooks: bool = Field(
        default=False, description="Accept http:// webhook addresses as well as https://."
    )
    webhook_networks: str = Field(
        default="", description="Private networks, comma-separated CIDR, that webhooks may reach."
    )
    event_days: int = Field(
        default=90, ge=1, le=3650, description="Days that events and the delivery log of webhooks are kept."
    )
    sandbox_parallel: int = Field(
        default=2, ge=1, le=64, description="Candidate programs that run at the same time."
    )
    sandbox_warm: int = Field(
        default=1, ge=0, le=16, description="Boxes kept ready for each interpreter once it was used."
    )
    interview_grace_seconds: float = Field(
        default=20,
        ge=0,
        le=3600,
        description="How long a candidate's line may be down before the clock stands.",
    )
    interview_gather_seconds: float = Field(
        default=1.5,
        ge=0,
        le=30,
        description="How long a candidate is quiet before a message is answered: several in a row are one turn.",
    )
    interview_expiry_hours: float = Field(
        default=72,
        gt=0,
        le=8760,
        description="An interview fails when nobody came, or came back, for so long.",
    )
    model: str = Field(
        default="",
        description="anthropic:NAME, openai:NAME or openai-compatible:NAME; empty means the built-in interviewer.",
    )
    model_base_url: str = Field(default="", description="Base URL of an OpenAI-compatible server.")
    model_api_key: SecretStr = Field(default=SecretStr(""), description="Key for the model's provider.")
    model_patience_seconds: float = Field(
        default=8,
        gt=0,
        le=600,
        description="How long a candidate waits at most for the model's words; then the built-in ones are said.",
    )
    draft_seconds: float = Field(
        default=120, ge=1, le=600, description="How long the model may take to draft a script."
    )

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("VIVA_PUBLIC_URL must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("metrics_address")
    @classmethod
    def _check_metrics_address(cls, value: str) -> str:
        if value:
            host, _, port = value.rpartition(":")
            if not host or not port.isdecimal() or int(port) > 65_535:
                raise ValueError("VIVA_METRICS_ADDRESS must be HOST:PORT, such as 127.0.0.1:9090")
        return value

    @field_validator("webhook_networks")
    @classmethod
    def _check_networks(cls, value: str) -> str:
        try:
            NetworkPolicy.parse(value)
        except ValueError:
            message = "VIVA_WEBHOOK_NETWORKS must be networks such as 10.20.0.0/16,fd12::/48"
            raise ValueError(message) from None
        return value

    @model_validator(mode="after")
    def _check_anchor_url(self) -> Self:
        if self.audit_anchor_url:
            try:
                parse_webhook_url(self.audit_anchor_url, self.webhook_rules)
            except BadWebhookUrl as error:
                raise ValueError(f"VIVA_AUDIT_ANCHOR_URL cannot be used. {error.hint}") from None
        return self

    @property
    def webhook_rules(self) -> UrlRules:
        """What the operator lets webhooks reach."""
        return UrlRules(self.allow_http_webhooks, NetworkPolicy.parse(self.webhook_networks))

    @cached_property
    def url(self) -> str:
        """The public address, without a trailing slash."""
        return (
            self.public_url
            or f"http://{'localhost' if self.host in ('0.0.0.0', '::') else self.host}:{self.port}"
        )

    @cached_property
    def database(self) -> str:
        """The URL of the database in use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'viva.db'}"

    @property
    def on_sqlite(self) -> bool:
        return is_sqlite(self.database)

    @property
    def outbox(self) -> Path:
        return self.data_dir / "outbox"
