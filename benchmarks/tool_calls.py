"""A call of an MCP tool as one plain request."""

import json

from benchmarks.load import Ask

_META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
}


def tool_call(tool: str, key: str, **arguments: str) -> Ask:
    """Call `tool` with `arguments`, without a session before it."""
    headers = {
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": tool,
        "x-api-key": key,
    }
    params = {"name": tool, "arguments": arguments, "_meta": _META}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return Ask("POST", "/mcp", headers, json.dumps(body))
