"""Asks over HTTP as a REST client would."""

from collections.abc import Mapping
from typing import Any

import httpx

from server.docs.openapi import openapi
from tests.support.faces import Face
from tools.catalog import CATALOG


class RestFace(Face):
    """Asks over HTTP as a REST client would, by the operation's name."""

    name = "rest"

    def __init__(self, http: httpx.AsyncClient, key: str) -> None:
        self.http = http
        self.key = key

    async def send(self, operation: str, key: str | None = None, **args: Any) -> httpx.Response:
        method, path, query = _route(CATALOG[operation].rest, args)
        body = None if method in ("GET", "DELETE") else args
        return await self.http.request(
            method,
            path,
            params={**query, **({} if body is not None else args)},
            json=body,
            headers={"x-api-key": key or self.key},
        )

    def schema_of(self, operation: str) -> dict[str, Any] | None:
        """What the OpenAPI document says; its references lead into its components."""
        op = CATALOG[operation]
        document = openapi([op], version="0", url="https://viva.example")
        method, address = op.rest.split(" ", 1)
        responses = document["paths"][address.partition("?")[0]][method.lower()]["responses"]
        said = next(response for status, response in responses.items() if status.startswith("2"))
        if "content" not in said:
            return None
        return {**said["content"]["application/json"]["schema"], "components": document["components"]}


def _route(rest: str, args: dict[str, Any]) -> tuple[str, str, Mapping[str, str]]:
    """The method, the path with its parameters taken out of `args`, and a fixed query."""
    method, address = rest.split(" ", 1)
    path, _, query = address.partition("?")
    for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
        path = path.replace("{" + name + "}", str(args.pop(name)))
    return method, path, dict(pair.split("=") for pair in query.split("&") if pair)
