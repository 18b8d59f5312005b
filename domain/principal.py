"""Who is asking, and through which door. Every face makes one of these; nothing below a face knows more."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.scopes import Scope


class Face(StrEnum):
    """The door a call came through."""

    rest = "rest"
    mcp = "mcp"
    page = "page"
    cli = "cli"

    @property
    def is_assistant(self) -> bool:
        """Whether a model fills in the arguments: it gets less benefit of the doubt, and more help."""
        return self is Face.mcp


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whose identity was checked: a key today, a signed-in user with the dashboard.

    `rate_limit` is calls a minute for this caller, None for the server's default. `client` is the name the
    client program gives itself: a claim, kept for the audit log.
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
        """A stable name of the caller: what confirmation tokens and rate limits are bound to."""
        return f"key:{self.key_id}" if self.key_id else f"user:{self.user_id}"
