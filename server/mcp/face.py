"""The MCP face, on the official SDK: operations as tools, records as resources, workflows as prompts.

One stateless endpoint serves both protocol eras. Nothing is decided here: every call goes through `perform`, and an
operation that sends mail or deletes needs a confirmation first (`tools.kernel.confirm`).
"""

from collections.abc import Mapping
from contextlib import suppress
from math import isfinite
from typing import Any

import mcp_types as types
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.shared.exceptions import MCPError
from opentelemetry.trace import ProxyTracerProvider, get_tracer_provider

from domain.errors import BadConfirmation, Invalid
from domain.principal import Face, Principal
from server.http import metrics
from server.http.problem import problem_of
from server.mcp.answers import answer_of, declined_answer, preview_of, question_of, refusal_of
from server.mcp.guide import GUIDE
from server.mcp.prompts import Prompts
from server.mcp.resources import Resources
from server.mcp.tools import Toolbox
from server.mcp.view import View
from tools.kernel.confirm import preview, token_id
from tools.kernel.operation import Operation, Services
from tools.kernel.perform import admit, perform

Context = ServerRequestContext[Any, Any]
_CONFIRM = "confirm"
_FIRST_WITH_FORMS = "2026-07-28"


class McpFace:
    """The handlers that the SDK's server calls."""

    def __init__(self, services: Services, catalog: Mapping[str, Operation[Any, Any]]) -> None:
        self._services = services
        self._toolbox = Toolbox(catalog)
        self._resources = Resources(services, catalog)
        self._prompts = Prompts(services)

    def server(self, version: str, seal_key: bytes) -> Server[Any]:
        """The SDK's server with every handler set. `seal_key` encrypts the state that clients carry between calls."""
        list_hint = CacheHint(ttl_ms=60_000, scope="private")
        server: Server[Any] = Server(
            "viva",
            version=version,
            title="Viva",
            description="AI interviews: set them up, invite people, read scorecards that can be checked.",
            instructions=GUIDE,
            get_tool_input_schema=self._toolbox.schema_of,
            cache_hints={
                "tools/list": list_hint,
                "prompts/list": list_hint,
                "resources/templates/list": list_hint,
            },
            on_list_tools=self.list_tools,
            on_call_tool=self.call_tool,
            on_list_resources=self._resources.list_resources,
            on_list_resource_templates=self._resources.list_templates,
            on_read_resource=self._resources.read,
            on_list_prompts=self._prompts.list_prompts,
            on_get_prompt=self._prompts.get,
            on_completion=self._prompts.complete,
        )
        if isinstance(get_tracer_provider(), ProxyTracerProvider):
            # No tracing is set up in this process, so spans would be created for nothing.
            server.middleware.clear()
        security = RequestStateSecurity(keys=[seal_key], bind_principal=_caller_name)
        server.middleware.append(RequestStateBoundary(security, default_audience="viva"))
        return server

    async def list_tools(
        self, ctx: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return self._toolbox.tools_for(view_of(ctx), principal_in(ctx))

    async def call_tool(
        self, ctx: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        op: Operation[Any, Any] | None = None
        try:
            op = self._toolbox.operation(params.name, view_of(ctx))
            answer = await self._answer(ctx, op, params)
        except MCPError:
            metrics.count_answer(Face.mcp, op.name if op else "none", 400)
            raise  # the SDK answers protocol errors
        except Exception as error:
            problem = problem_of(error)
            metrics.count_answer(Face.mcp, op.name if op else "none", problem.status)
            return refusal_of(problem)
        metrics.count_answer(Face.mcp, op.name, 200)
        return answer

    async def _answer(
        self, ctx: Context, op: Operation[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        admit(op, principal_in(ctx))
        arguments = dict(params.arguments or {})
        reject_non_finite_numbers(arguments)
        full = take_detail(arguments) if op.reads else True
        if op.may_ask:
            return await self._call_with_confirmation(ctx, op, arguments, params)
        out = await perform(self._services, op, arguments, principal_in(ctx), via=Face.mcp)
        return answer_of(op, out, full=full)

    async def _call_with_confirmation(
        self,
        ctx: Context,
        op: Operation[Any, Any],
        arguments: dict[str, Any],
        params: types.CallToolRequestParams,
    ) -> types.CallToolResult | types.InputRequiredResult:
        token = arguments.pop("confirmation_token", None) or None
        if params.request_state is not None:
            # The state is sealed by us and bound to this caller and these arguments. It holds the preview's token.
            confirmed = _confirmed(params)
            if confirmed is False:
                return declined_answer()
            token = params.request_state if confirmed else None
        principal = principal_in(ctx)
        if token is None:
            if not op.sends:
                # most calls of such a tool need no confirmation, so it is asked for when one turns out to
                with suppress(BadConfirmation):
                    out = await perform(self._services, op, arguments, principal, via=Face.mcp)
                    return answer_of(op, out, full=True)
            previewed = await preview(self._services, op, arguments, principal, Face.mcp)
            if _supports_forms(ctx):
                return _confirmation_request(previewed.confirmation_token, question_of(op, previewed))
            return preview_of(op, previewed)
        out = await perform(
            self._services,
            op,
            arguments,
            principal,
            via=Face.mcp,
            confirmation=token_id(token) if isinstance(token, str) else None,
        )
        return answer_of(op, out, full=True)


def take_detail(arguments: dict[str, Any]) -> bool:
    """Take `detail` out of the arguments of a reading tool: whether the whole answer is wanted."""
    asked = arguments.pop("detail", None) or "concise"
    if asked not in ("concise", "full"):
        raise Invalid.field("detail", message="Give concise or full.", code="enum")
    return bool(asked == "full")


def reject_non_finite_numbers(value: Any, *path: str | int) -> None:
    """Raise `Invalid` for NaN and infinity. The SDK's parser accepts them; JSON and databases do not."""
    if isinstance(value, float) and not isfinite(value):
        field = [step for step in path[:1] if str(step).isidentifier()]
        raise Invalid.field(*field, message="Give a finite number.", code="finite_number")
    if isinstance(value, dict):
        for name, member in value.items():
            reject_non_finite_numbers(member, *path, name)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            reject_non_finite_numbers(member, *path, index)


def principal_in(ctx: Context) -> Principal:
    """The caller that `AuthMiddleware` authenticated."""
    caller: Any = ctx.request.user if ctx.request is not None else None
    principal: Principal = caller.principal
    return principal


def view_of(ctx: Context) -> View:
    """Which tools the address of this connection asks for; the endpoint has refused what cannot be read."""
    assert ctx.request is not None
    return View.of(ctx.request.scope["query_string"].decode("latin-1"))


def _caller_name(ctx: Context) -> str | None:
    caller = ctx.request.scope.get("user") if ctx.request is not None else None
    return None if caller is None else caller.principal.name


def _supports_forms(ctx: Context) -> bool:
    """Whether the client can show its user a form during a call."""
    capabilities = ctx.session.client_capabilities
    if ctx.protocol_version < _FIRST_WITH_FORMS or capabilities is None or capabilities.elicitation is None:
        return False
    # A client that names neither mode means forms: they were the only mode at first.
    return capabilities.elicitation.form is not None or capabilities.elicitation.url is None


def _confirmation_request(token: str, message: str) -> types.InputRequiredResult:
    request = types.ElicitRequest(
        params=types.ElicitRequestFormParams(
            message=message,
            requested_schema={
                "type": "object",
                "properties": {_CONFIRM: {"type": "boolean", "title": "Go ahead"}},
                "required": [_CONFIRM],
            },
        )
    )
    return types.InputRequiredResult(input_requests={_CONFIRM: request}, request_state=token)


def _confirmed(params: types.CallToolRequestParams) -> bool | None:
    """The person's yes or no; None when the client sent no answer, and the question is asked again."""
    response = (params.input_responses or {}).get(_CONFIRM)
    if not isinstance(response, types.ElicitResult):
        return None
    return response.action == "accept" and (response.content or {}).get(_CONFIRM) is True
