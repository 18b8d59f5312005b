"""The REST face. Its routes come from the catalog; none is written here by hand."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from domain import json_codec
from domain.errors import Invalid, MethodNotAllowed, NoSuchAddress, NotJson, WrongMediaType, WrongWorkspace
from domain.principal import Face, Principal
from server.http import metrics
from server.http.auth import principal_of, send_problem
from server.http.problem import problem_of
from tools.kernel.operation import Effect, Operation, Services
from tools.kernel.perform import admit, perform

AnyOperation = Operation[Any, Any]

BASE = "/api/v1"
_ID_STEP = 4  # in "/api/v1/sessions/{id}".split("/")
_JSON = (b"content-type", b"application/json")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def rest_routes(services: Services, catalog: Iterable[AnyOperation]) -> list[Route]:
    """One route for all of REST. A look-up finds the resource, which is faster than matching many patterns."""
    paths: dict[str, list[tuple[str, dict[str, str], AnyOperation]]] = defaultdict(list)
    for op in catalog:
        for route in op.routes:
            method, address = route.split(" ", 1)
            path, _, query = address.partition("?")
            paths[path].append((method, dict(parse_qsl(query)), op))
    resources = {path: Resource(services, entries) for path, entries in paths.items()}
    return [Route(f"{BASE}/{{path:path}}", Resources(resources), name="rest")]


class Resources:
    """Finds the resource for a path: the path itself, or the path with `{id}` in place of its fourth step."""

    def __init__(self, resources: Mapping[str, "Resource"]) -> None:
        for path in resources:
            parameters = [place for place, step in enumerate(path.split("/")) if step.startswith("{")]
            if parameters not in ([], [_ID_STEP]):
                raise ValueError(f"{path}: an id stands after the resource's name, and nowhere else")
        self._resources = resources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        resource = self._resources.get(path)
        parameters: dict[str, str] = {}
        if resource is None:
            steps = path.split("/")
            if len(steps) > _ID_STEP and steps[_ID_STEP]:
                parameters = {"id": steps[_ID_STEP]}
                steps[_ID_STEP] = "{id}"
                resource = self._resources.get("/".join(steps))
        if resource is None:
            await send_problem(send, problem_of(NoSuchAddress()))
            return
        scope["path_params"] = parameters
        await resource(scope, receive, send)


class Resource:
    """Everything that can be done at one path."""

    def __init__(self, services: Services, entries: list[tuple[str, dict[str, str], AnyOperation]]) -> None:
        self._services = services
        # An operation with a fixed query is more specific, so it comes first.
        self._entries = sorted(entries, key=lambda entry: -len(entry[1]))
        self._allow = ", ".join(sorted({method for method, _, _ in entries}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = "none"
        try:
            op = self._find_operation(scope["method"], _query_of(scope))
            name = op.name
            # before anything that is sent is read: 403 comes before 400 (contract 9.6)
            admit(op, principal_of(scope))
            query = _strict_query_of(scope)
            status, body = await self._answer(op, scope, receive, query)
        except Exception as error:
            problem = problem_of(error)
            metrics.count_answer(Face.rest, name, problem.status)
            if isinstance(error, MethodNotAllowed):
                problem.headers["allow"] = self._allow
            await send_problem(send, problem)
            return
        metrics.count_answer(Face.rest, name, status)
        headers = [] if status == 204 else [_JSON, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _find_operation(self, method: str, query: Mapping[str, str]) -> AnyOperation:
        for verb, fixed, op in self._entries:
            if verb == method and fixed.items() <= query.items():
                return op
        raise MethodNotAllowed(allow=self._allow)

    async def _answer(
        self, op: AnyOperation, scope: Scope, receive: Receive, query: dict[str, str]
    ) -> tuple[int, bytes]:
        principal = principal_of(scope)
        headers = Headers(scope=scope)
        _require_own_workspace(principal, query.get("accountSlug"))
        body = await _json_body(headers, receive) if scope["method"] in _WITH_BODY else {}
        _require_own_workspace(principal, query.get("accountSlug", body.get("accountSlug")))
        _require_same_id(scope["path_params"].get("id"), body.get("id"))
        raw = {**query, **body, **scope["path_params"]}
        out = await perform(
            self._services, op, raw, principal, via=Face.rest, replay_key=_replay_key(op, headers)
        )
        if scope["method"] == "DELETE":
            return 204, b""
        return status_of(op, out), out.__pydantic_serializer__.to_json(out, by_alias=True)


def status_of(op: AnyOperation, out: Any) -> int:
    """201 for what was created, 200 for everything else, a replay included (contract 9.1, 9.2)."""
    declared: int | None = getattr(type(out), "http_status", None)
    if declared is not None:
        return declared
    created = Effect.creates in op.effect and not getattr(out, "idempotent", False)
    return 201 if created else 200


def _query_of(scope: Scope) -> dict[str, str]:
    """The query as far as it can be read: enough to find the operation."""
    raw: bytes = scope["query_string"]
    return dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True, errors="replace")) if raw else {}


def _strict_query_of(scope: Scope) -> dict[str, str]:
    raw: bytes = scope["query_string"]
    if not raw:
        return {}
    try:
        return dict(parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict"))
    except (UnicodeDecodeError, ValueError):
        raise Invalid.field("query", message="The query is not valid UTF-8.", code="bad_query") from None


async def _json_body(headers: Headers, receive: Receive) -> dict[str, Any]:
    raw = await _read_body(receive)
    if not raw:
        return {}
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise WrongMediaType()
    try:
        body = json_codec.loads(raw)
    except json_codec.NumberTooLong:
        message = "A number in the body has too many digits."
        raise Invalid.field(message=message, code="number_too_long") from None
    except ValueError:
        raise NotJson() from None
    if not isinstance(body, dict):
        raise NotJson(hint="Send one JSON object.")
    return body


async def _read_body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            # What came of the body may be whole JSON all the same, and nobody asked for that.
            raise NotJson()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _require_own_workspace(principal: Principal, slug: Any) -> None:
    # contract C14, 2.2: a call may name the slug of the key's own workspace, and no other
    if slug is not None and slug != principal.slug:
        raise WrongWorkspace()


def _require_same_id(in_path: str | None, in_body: Any) -> None:
    if in_path is not None and in_body is not None and str(in_body).lower() != in_path.lower():
        message = "The address names another record. Leave id out of the body."
        raise Invalid.field("id", message=message, code="contradiction")


def _replay_key(op: AnyOperation, headers: Headers) -> str | None:
    key = headers.get("idempotency-key")
    if key is None or op.reads:
        return None
    if not 1 <= len(key) <= 255:
        raise Invalid.field("Idempotency-Key", message="Give 1 to 255 characters.", code="string_length")
    return key
