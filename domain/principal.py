"""Who is calling, and through which face. Each face builds a `Principal`; nothing below a face knows more."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.scopes import Scope


class Face(StrEnum):
    """The interface that a call came through."""

    rest = "rest"
    mcp = "mcp"
    page = "page"
    cli = "cli"

    @property
    def is_assistant(self) -> bool:
        """Whether a model fills in the arguments: such calls get stricter checks and more help."""
        return self is Face.mcp


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller: an API key, or a user signed in to the dashboard.

    `rate_limit` is in calls a minute; None means the server's default. `client` is the name that the client program
    gives itself: unverified, for the audit log.
    """

    workspace: UUID
    slug: str
    scopes: frozenset[Scope]
    key_id: UUID | None = None
    user_id: UUID | None = None
    rate_limit: int | None = None
    client: str = ""

    @property
    def name(self) -> str:
        """A stable name of the caller. Confirmation tokens and rate limits are bound to it."""
        return f"key:{self.key_id}" if self.key_id else f"user:{self.user_id}"
