"""The catalog as MCP tools: which tools a caller sees, and the operation behind each."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

import mcp_types as types
from mcp.shared.exceptions import MCPError

from domain.errors import ReadOnly
from domain.principal import Principal
from domain.scopes import Scope
from server.mcp.schemas import input_schema, output_schema
from server.mcp.view import View
from tools.kernel.operation import Effect, Operation

AnyOperation = Operation[Any, Any]


class Toolbox:
    """The catalog as tools. Each combination of view and scopes gets a cached list."""

    def __init__(self, catalog: Mapping[str, AnyOperation]) -> None:
        self._catalog = catalog
        self._tools = {name: _tool(op) for name, op in catalog.items()}
        self._cached_list = lru_cache(maxsize=512)(self._select)
        self.headers = header_schemas(self._tools.values())

    @property
    def all_tools(self) -> list[types.Tool]:
        """All tools, for any caller."""
        return list(self._tools.values())

    def tools_for(self, view: View, principal: Principal) -> types.ListToolsResult:
        """The tools this caller may use through this connection."""
        return self._cached_list(view, principal.scopes)

    def operation(self, name: str, view: View) -> AnyOperation:
        """The operation behind a tool's name. An unknown name is a protocol error, as the specification requires.

        A tool can be called even if it is not listed, except when the address names its toolsets. Scopes are
        checked by `perform`, which names the missing one.
        """
        op = self._catalog.get(name)
        if op is None:
            raise MCPError(types.INVALID_PARAMS, "There is no tool with this name; tools/list names them.")
        if view.names_toolsets and op.toolset not in view.toolsets:
            message = f"This connection does not offer that tool; its address would have to name {op.toolset.value}."
            raise MCPError(types.INVALID_PARAMS, message)
        if view.read_only and not op.reads:
            raise ReadOnly()
        return op

    def schema_of(self, name: str) -> Mapping[str, Any] | None:
        """The schema by which the SDK compares headers with arguments; None when no header repeats an argument."""
        return self.headers.get(name)

    def _select(self, view: View, scopes: frozenset[Scope]) -> types.ListToolsResult:
        offered: Iterable[AnyOperation] = (
            op
            for op in self._catalog.values()
            if op.toolset in view.toolsets and op.scope in scopes and (op.reads or not view.read_only)
        )
        return types.ListToolsResult(tools=[self._tools[op.name] for op in offered])


def header_schemas(tools: Iterable[types.Tool]) -> dict[str, Mapping[str, Any]]:
    """By tool name, the input schemas that declare headers which repeat arguments."""
    return {tool.name: tool.input_schema for tool in tools if "x-mcp-header" in str(tool.input_schema)}


@cache
def _tool(op: AnyOperation) -> types.Tool:
    return types.Tool(
        name=op.name,
        title=op.title,
        description=_description(op),
        input_schema=input_schema(op),
        output_schema=_output_schema(op),
        annotations=types.ToolAnnotations(
            title=op.title,
            read_only_hint=op.reads,
            destructive_hint=Effect.deletes in op.effect,
            idempotent_hint=op.reads or Effect.creates not in op.effect,
            open_world_hint=op.sends,
        ),
    )


def _output_schema(op: AnyOperation) -> dict[str, Any] | None:
    # An operation that may answer with a preview first has a result of two possible shapes.
    return None if op.may_ask else output_schema(op.gives)


def _description(op: AnyOperation) -> str:
    """The docstring as prose, without the line breaks of the source."""
    purpose = "\n\n".join(" ".join(part.split()) for part in op.purpose.split("\n\n"))
    if op.sends:
        return (
            f"{purpose}\n\nThis writes to a person, so it takes two calls: the first returns a preview and a "
            "confirmation_token and does nothing; the second, with the same arguments and the token, does it."
        )
    if op.may_ask:
        when = "This" if Effect.deletes in op.effect else "A change that needs a person's word"
        return f"{purpose}\n\n{when} takes two calls: a preview with a confirmation_token, then the same with it."
    return purpose
