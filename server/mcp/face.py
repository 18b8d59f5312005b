"""The MCP face: the catalog as tools, records as resources, stories as prompts, over the official SDK.

One endpoint serves both protocol eras, without sessions. Nothing is decided here: every call goes through
`perform`, and what reaches a person goes through `tools.kernel.confirm` first.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any

import mcp_types as types
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.shared.exceptions import MCPError
from opentelemetry.trace import ProxyTracerProvider, get_tracer_provider

from domain.errors import Invalid
from domain.principal import Face, Principal
from server.http import metrics
from server.http.problem import problem
from server.mcp.answers import answer_of, declined, preview_of, question_of, refusal_of
from server.mcp.guide import GUIDE
from server.mcp.prompts import Prompts
from server.mcp.resources import Resources
from server.mcp.tools import Toolbox, View
from tools.kernel.confirm import preview, token_id
from tools.kernel.operation import Operation, Services
from tools.kernel.perform import perform

Context = ServerRequestContext[Any, Any]
_CONFIRM = "confirm"
_MODERN = "2026-07-28"


class McpFace:
    """What the SDK's server calls."""

    def __init__(self, services: Services, catalog: Mapping[str, Operation[Any, Any]]) -> None:
        self._services = services
        self._toolbox = Toolbox(catalog)
        self._resources = Resources(services, catalog)
        self._prompts = Prompts(services)

    def server(self, version: str, seal_key: bytes) -> Server[Any]:
        """The protocol server with every handler set."""
        lists = CacheHint(ttl_ms=60_000, scope="private")
        server: Server[Any] = Server(
            "viva",
            version=version,
            title="Viva",
            description="AI interviews: set them up, invite people, read scorecards that can be checked.",
            instructions=GUIDE,
            get_tool_input_schema=self._toolbox.schema_of,
            cache_hints={
                "tools/list": lists,
                "prompts/list": lists,
                "resources/templates/list": lists,
            },
            on_list_tools=self.list_tools,
            on_call_tool=self.call_tool,
            on_list_resources=self._resources.listed,
            on_list_resource_templates=self._resources.templates,
            on_read_resource=self._resources.read,
            on_list_prompts=self._prompts.listed,
            on_get_prompt=self._prompts.get,
            on_completion=self._prompts.complete,
        )
        if isinstance(get_tracer_provider(), ProxyTracerProvider):
            # nobody set tracing up in this process, so spans would be made for nobody
            server.middleware.clear()
        security = RequestStateSecurity(keys=[seal_key], bind_principal=_name_of_caller)
        server.middleware.append(RequestStateBoundary(security, default_audience="viva"))
        return server

    async def list_tools(
        self, ctx: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return self._toolbox.listed(view_of(ctx), principal_in(ctx))

    async def call_tool(
        self, ctx: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        op: Operation[Any, Any] | None = None
        try:
            op = self._toolbox.chosen(params.name, view_of(ctx))
            answer = await self._answer(ctx, op, params)
        except MCPError:
            metrics.answered(Face.mcp, op.name if op else "none", 400)
            raise  # an error of the protocol itself: the SDK answers it
        except Exception as error:
            trouble = problem(error)
            metrics.answered(Face.mcp, op.name if op else "none", trouble.status)
            return refusal_of(trouble)
        metrics.answered(Face.mcp, op.name, 200)
        return answer

    async def _answer(
        self, ctx: Context, op: Operation[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        arguments = dict(params.arguments or {})
        refuse_what_json_has_not(arguments)
        full = arguments.pop("detail", None) == "full" or not op.reads
        if op.sends:
            return await self._two_steps(ctx, op, arguments, params)
        out = await perform(self._services, op, arguments, principal_in(ctx), via=Face.mcp)
        return answer_of(op, out, full=full)

    async def _two_steps(
        self,
        ctx: Context,
        op: Operation[Any, Any],
        arguments: dict[str, Any],
        params: types.CallToolRequestParams,
    ) -> types.CallToolResult | types.InputRequiredResult:
        token = arguments.pop("confirmation_token", None)
        if params.request_state is not None:
            # sealed by us, and bound to this caller and these arguments; it holds the token of the preview
            said = _answer_of_person(params)
            if said is False:
                return declined()
            token = params.request_state if said else None
        principal = principal_in(ctx)
        if token is None:
            shown = await preview(self._services, op, arguments, principal, Face.mcp)
            if _can_ask(ctx):
                return _question(shown.confirmation_token, question_of(op, shown))
            return preview_of(op, shown)
        out = await perform(
            self._services,
            op,
            arguments,
            principal,
            via=Face.mcp,
            confirmation=token_id(token) if isinstance(token, str) else None,
        )
        return answer_of(op, out, full=True)


def refuse_what_json_has_not(value: Any, *path: str | int) -> None:
    """The SDK's reader lets NaN and infinity through; JSON has neither, and databases refuse them."""
    if isinstance(value, float) and not isfinite(value):
        field = [step for step in path[:1] if str(step).isidentifier()]
        raise Invalid.field(*field, message="Give a finite number.", code="finite_number")
    if isinstance(value, dict):
        for name, member in value.items():
            refuse_what_json_has_not(member, *path, name)
    elif isinstance(value, list):
        for place, member in enumerate(value):
            refuse_what_json_has_not(member, *path, place)


def principal_in(ctx: Context) -> Principal:
    """Who the gate let in."""
    caller: Any = ctx.request.user if ctx.request is not None else None
    principal: Principal = caller.principal
    return principal


def view_of(ctx: Context) -> View:
    """What the address of this connection asks to see."""
    assert ctx.request is not None
    return View.of(ctx.request.scope["query_string"].decode("latin-1"))


def _name_of_caller(ctx: Context) -> str | None:
    caller = ctx.request.scope.get("user") if ctx.request is not None else None
    return None if caller is None else caller.principal.name


def _can_ask(ctx: Context) -> bool:
    """Whether the client can put a form to its user in the course of a call."""
    capabilities = ctx.session.client_capabilities
    if ctx.protocol_version < _MODERN or capabilities is None or capabilities.elicitation is None:
        return False
    # neither mode named means forms, as before there were two
    return capabilities.elicitation.form is not None or capabilities.elicitation.url is None


def _question(token: str, message: str) -> types.InputRequiredResult:
    ask = types.ElicitRequest(
        params=types.ElicitRequestFormParams(
            message=message,
            requested_schema={
                "type": "object",
                "properties": {_CONFIRM: {"type": "boolean", "title": "Go ahead"}},
                "required": [_CONFIRM],
            },
        )
    )
    return types.InputRequiredResult(input_requests={_CONFIRM: ask}, request_state=token)


def _answer_of_person(params: types.CallToolRequestParams) -> bool | None:
    """Yes, no, or None when the client brought no answer to our question: then it is asked again."""
    response = (params.input_responses or {}).get(_CONFIRM)
    if not isinstance(response, types.ElicitResult):
        return None
    return response.action == "accept" and (response.content or {}).get(_CONFIRM) is True
