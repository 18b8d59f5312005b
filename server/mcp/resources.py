"""Records as resources: `viva://<kind>/<id>`, read through the same operations as everything else."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import mcp_types as types
import orjson
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError

from domain.errors import NotFound, VivaError
from domain.principal import Face, Principal
from server.mcp.guide import GUIDE
from tools.operation import Operation, Services
from tools.perform import perform

Context = ServerRequestContext[Any, Any]

SCHEME = "viva://"
_JSON = "application/json"

# kind in the address → (operation that reads one, title, what it shows)
KINDS: dict[str, tuple[str, str, str]] = {
    "agent-profiles": ("get_agent_profile", "Agent profile", "An interviewer with its rubric."),
    "evaluation-templates": (
        "get_evaluation_template",
        "Evaluation template",
        "A role or programme with its stages.",
    ),
    "participants": ("get_participant", "Participant", "A person to interview."),
    "sessions": ("get_session", "Session", "An interview: status, invite, scorecard."),
}

# what the `{id}` of each kind completes to
COMPLETES = {
    "agent-profiles": "agent_profile",
    "evaluation-templates": "evaluation_template",
    "participants": "participant",
    "sessions": "session",
}


class Resources:
    """Lists and reads resources for a caller."""

    def __init__(self, services: Services, catalog: Mapping[str, Operation[Any, Any]]) -> None:
        self._services = services
        self._catalog = catalog

    async def listed(
        self, ctx: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        """The two that always exist; records are reached through the templates."""
        return types.ListResourcesResult(
            resources=[
                types.Resource(
                    uri=f"{SCHEME}workspace",
                    name="workspace",
                    title="Workspace",
                    description="What the workspace holds and what state its interviews are in.",
                    mime_type=_JSON,
                ),
                types.Resource(
                    uri=f"{SCHEME}guide",
                    name="guide",
                    title="Guide",
                    description="How to set up interviews with Viva, step by step.",
                    mime_type="text/markdown",
                ),
            ]
        )

    async def templates(
        self, ctx: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(
            resource_templates=[
                types.ResourceTemplate(
                    uri_template=f"{SCHEME}{kind}/{{id}}",
                    name=kind,
                    title=title,
                    description=description,
                    mime_type=_JSON,
                )
                for kind, (_, title, description) in KINDS.items()
            ]
        )

    async def read(self, ctx: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        """One resource. What a caller may not see does not exist."""
        caller: Any = ctx.request.user if ctx.request is not None else None
        text, kind = await self._content(caller.principal, params.uri)
        return types.ReadResourceResult(
            contents=[types.TextResourceContents(uri=params.uri, text=text, mime_type=kind)]
        )

    async def _content(self, principal: Principal, uri: str) -> tuple[str, str]:
        if uri == f"{SCHEME}guide":
            return GUIDE, "text/markdown"
        name, arguments = _operation_for(uri)
        op = self._catalog.get(name)
        if op is None:
            raise _unknown()
        try:
            out = await perform(self._services, op, arguments, principal, via=Face.mcp)
        except NotFound:
            raise _unknown() from None
        except VivaError as refused:
            raise MCPError(types.INVALID_PARAMS, f"{refused.message} {refused.hint}".strip()) from None
        return orjson.dumps(out.model_dump(mode="json", by_alias=True)).decode(), _JSON


def _operation_for(uri: str) -> tuple[str, dict[str, Any]]:
    if uri == f"{SCHEME}workspace":
        return "workspace_status", {}
    kind, slash, id_ = uri.removeprefix(SCHEME).partition("/")
    if not uri.startswith(SCHEME) or not slash or not id_ or kind not in KINDS:
        raise _unknown()
    return KINDS[kind][0], {"id": unquote(id_)}


def _unknown() -> MCPError:
    # invalid params is what revision 2026-07-28 asks for; it replaced -32002
    return MCPError(types.INVALID_PARAMS, "Resource not found.")
