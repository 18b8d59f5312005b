"""Which tools a caller sees, and calling one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qsl

import mcp_types as types
from mcp.shared.exceptions import MCPError

from domain.errors import ReadOnly
from domain.principal import Principal
from domain.scopes import Scope
from server.mcp.schemas import input_schema, output_schema
from tools.kernel.operation import EVERYDAY, Effect, Operation, Toolset

AnyOperation = Operation[Any, Any]


@dataclass(frozen=True, slots=True)
class View:
    """What the address of a connection asks to see: `?toolsets=all` or a list, `?read_only=1`."""

    toolsets: frozenset[Toolset] = EVERYDAY
    read_only: bool = False
    narrowed: bool = False

    @staticmethod
    @lru_cache(maxsize=512)
    def of(query: str) -> "View":
        """Read a query string; names of toolsets that do not exist are passed over."""
        asked = dict(parse_qsl(query))
        names = {name.strip() for name in asked.get("toolsets", "").split(",") if name.strip()}
        if "all" in names:
            toolsets = frozenset(Toolset)
        else:
            chosen = names | {set_.value for set_ in EVERYDAY} if "default" in names else names
            toolsets = frozenset(Toolset(name) for name in chosen if name in set(Toolset)) or EVERYDAY
        return View(toolsets, asked.get("read_only", "").lower() in ("1", "true", "yes"), "toolsets" in asked)


class Toolbox:
    """The catalog as tools. Lists are made once for each kind of caller."""

    def __init__(self, catalog: Mapping[str, AnyOperation]) -> None:
        self._catalog = catalog
        self._tools = {name: _tool(op) for name, op in catalog.items()}
        self._listed = lru_cache(maxsize=512)(self._list)
        self.headers = headers_checked(self._tools.values())

    @property
    def every(self) -> list[types.Tool]:
        """All tools, whoever may use them."""
        return list(self._tools.values())

    def listed(self, view: View, principal: Principal) -> types.ListToolsResult:
        """The tools this caller may use through this connection."""
        return self._listed(view, principal.scopes)

    def chosen(self, name: str, view: View) -> AnyOperation:
        """The operation behind a tool's name; an unknown one is a protocol error, as the specification says.

        Every tool can be called, shown or not, unless the address names its toolsets: whoever does means it.
        Scopes are left to `perform`, which says which one is missing.
        """
        op = self._catalog.get(name)
        if op is None:
            raise MCPError(types.INVALID_PARAMS, "There is no tool with this name; tools/list names them.")
        if view.narrowed and op.toolset not in view.toolsets:
            said = f"This connection does not offer that tool; its address would have to name {op.toolset.value}."
            raise MCPError(types.INVALID_PARAMS, said)
        if view.read_only and not op.reads:
            raise ReadOnly()
        return op

    def schema_of(self, name: str) -> Mapping[str, Any] | None:
        """The schema by which the SDK checks headers on every call; None where no header repeats an argument."""
        return self.headers.get(name)

    def _list(self, view: View, scopes: frozenset[Scope]) -> types.ListToolsResult:
        shown: Iterable[AnyOperation] = (
            op
            for op in self._catalog.values()
            if op.toolset in view.toolsets and op.scope in scopes and (op.reads or not view.read_only)
        )
        return types.ListToolsResult(tools=[self._tools[op.name] for op in shown])


def headers_checked(tools: Iterable[types.Tool]) -> dict[str, Mapping[str, Any]]:
    """The schemas by which headers that repeat arguments are checked, by tool."""
    return {tool.name: tool.input_schema for tool in tools if "x-mcp-header" in str(tool.input_schema)}


@cache
def _tool(op: AnyOperation) -> types.Tool:
    return types.Tool(
        name=op.name,
        title=op.title,
        description=_description(op),
        input_schema=input_schema(op),
        output_schema=_gives(op),
        annotations=types.ToolAnnotations(
            title=op.title,
            read_only_hint=op.reads,
            destructive_hint=Effect.deletes in op.effect,
            idempotent_hint=op.reads or Effect.creates not in op.effect,
            open_world_hint=op.sends,
        ),
    )


def _gives(op: AnyOperation) -> dict[str, Any] | None:
    # an operation that sends answers with a preview first, so its answer has one of two shapes
    return None if op.sends else output_schema(op.gives)


def _description(op: AnyOperation) -> str:
    """The docstring as prose: its lines were broken for readers of the source."""
    purpose = "\n\n".join(" ".join(part.split()) for part in op.purpose.split("\n\n"))
    if not op.sends:
        return purpose
    return (
        f"{purpose}\n\nThis writes to a person, so it takes two calls: the first returns a preview and a "
        "confirmation_token and does nothing; the second, with the same arguments and the token, does it."
    )
