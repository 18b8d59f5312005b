"""Tool results: structured content for programs, the same as text for models, and what to do next."""

import re
from typing import Any

import mcp_types as types
import orjson
from pydantic import BaseModel

from server.problem import Problem
from tools.confirm import Preview
from tools.operation import Operation

_NEXT = re.compile(r"\bNext: (.+?\.)(?:\s|$)", re.S)
_LONGEST = 280


def answer_of(op: Operation[Any, Any], out: BaseModel, *, full: bool) -> types.CallToolResult:
    """What a tool answers. Concise leaves out empty members, and in lists the end of long texts."""
    body = out.model_dump(mode="json", by_alias=True)
    if not full:
        body = _concise(body, cut=isinstance(body.get("data"), list))
    blocks = [_text(_json(body))]
    if (next_step := _NEXT.search(op.purpose)) is not None:
        blocks.append(_text("Next: " + " ".join(next_step.group(1).split())))
    return types.CallToolResult(content=blocks, structured_content=body)


def preview_of(shown: Preview) -> types.CallToolResult:
    """A preview: nothing has happened, and how to make it happen."""
    body = shown.model_dump(mode="json", by_alias=True)
    said = (
        f"Nothing has been done yet. {summary_of(shown)} Show this to the person you work for. To go ahead, call "
        f"{shown.operation} again with exactly the same arguments and confirmation_token="
        f"{shown.confirmation_token}. The token works once, until {body['expires_at']}."
    )
    return types.CallToolResult(content=[_text(said), _text(_json(body))], structured_content=body)


def summary_of(shown: Preview) -> str:
    """One sentence about who would be written to and when."""
    if not shown.mails:
        return "No mail would be sent."
    lines = [
        f"{mail['to']} would get “{mail['subject']}”, leaving {mail['leaves_at']}" for mail in shown.mails[:5]
    ]
    more = len(shown.mails) - len(lines)
    return "; ".join(lines) + (f"; and {more} more." if more else ".")


def refusal_of(trouble: Problem) -> types.CallToolResult:
    """A refusal as a tool result that a model can correct itself by; the body is that of the REST face."""
    body = trouble.body
    said = f"{body['error']} {body.get('hint', '')}".strip()
    return types.CallToolResult(
        content=[_text(_json(body)), _text(said)], structured_content=body, is_error=True
    )


def declined() -> types.CallToolResult:
    """The person said no."""
    return types.CallToolResult(
        content=[_text("The person did not confirm. Nothing was done.")], is_error=True
    )


def _text(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)


def _json(body: Any) -> str:
    return orjson.dumps(body).decode()


def _concise(value: Any, *, cut: bool) -> Any:
    if isinstance(value, dict):
        return {name: _concise(member, cut=cut) for name, member in value.items() if not _empty(member)}
    if isinstance(value, list):
        return [_concise(member, cut=cut) for member in value]
    if cut and isinstance(value, str) and len(value) > _LONGEST:
        return value[:_LONGEST] + "…"
    return value


def _empty(value: Any) -> bool:
    return value is None
