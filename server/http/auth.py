"""Authentication, rate limit and body limit in front of every face.

`AuthMiddleware` checks the key, counts the call, limits the body and puts the `Principal` into `scope["user"]`,
where all faces find it. Every answer carries the rate-limit headers.
"""

import re
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import orjson
from starlette.authentication import BaseUser
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import NoKey, NotJson, TooLarge, TooMany
from domain.principal import Principal
from domain.scopes import Scope as Permission
from server.http.brake import Brake
from server.http.connection_bounds import address_group
from server.http.problem import Problem, problem_of
from server.http.rate_limit import Decision, RateLimiter
from server.secrets import KEY_PREFIX, Secrets
from storage.access import keys
from storage.engine.store import Store

MIB = 1024 * 1024
MAX_BODY_BYTES = MIB
MAX_BULK_BODY_BYTES = 4 * MIB
# A bulk import may come as a tool call, and which tool is called shows only in the body.
_BULK_PATHS = ("/bulk", "/mcp")
_FLUSH_SECONDS = 60.0
_CACHE_SIZE = 10_000
_UNSAFE_IN_LOGS = re.compile(r"[^A-Za-z0-9 ._/;:()+-]")

Authenticate = Callable[[Headers], Awaitable[Principal | None]]


class Caller(BaseUser):
    """A principal as the user object that Starlette and the MCP SDK expect."""

    def __init__(self, principal: Principal) -> None:
        self.principal = principal

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def display_name(self) -> str:
        return self.principal.slug

    @property
    def identity(self) -> str:
        return self.principal.name


class KeyAuth:
    """Authenticates API keys. A revoked key is refused from the next call on.

    Principals are cached only while the database's version shows that nothing was committed since. A database
    without a cheap version is asked on every call.
    """

    def __init__(self, store: Store, secrets: Secrets, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._secrets = secrets
        self._clock = clock
        self._last_used: dict[UUID, datetime] = {}
        self._cache: dict[tuple[str, str], Principal] = {}
        self._cache_version: int | None = None
        self._flushed_at = time.monotonic()

    async def __call__(self, headers: Headers) -> Principal | None:
        key = _key_from(headers)
        if key is None or not key.startswith(KEY_PREFIX) or len(key) > 200:
            return None
        claim = (self._secrets.digest_of_key(key), headers.get("user-agent", ""))
        version = self._store.version()
        if version is None or version != self._cache_version or len(self._cache) > _CACHE_SIZE:
            self._cache, self._cache_version = {}, version
        principal = self._cache.get(claim)
        if principal is None:
            principal = await self._look_up(claim[0], headers)
            if principal is None:
                return None
            self._cache[claim] = principal
        assert principal.key_id is not None
        await self._record_use(principal.key_id)
        return principal

    async def _look_up(self, digest: str, headers: Headers) -> Principal | None:
        row = await self._store.read(lambda db: keys.by_digest(db, digest))
        if row is None:
            return None
        return Principal(
            workspace=row.workspace_id,
            slug=row.slug,
            scopes=_scopes(tuple(row.scopes)),
            key_id=row.id,
            rate_limit=row.rate_limit,
            client=_client_name(headers),
        )

    async def _record_use(self, key: UUID) -> None:
        """Note that the key was used. The times are stored once a minute, not on every call."""
        first = key not in self._last_used
        self._last_used[key] = self._clock()
        if first or time.monotonic() - self._flushed_at > _FLUSH_SECONDS:
            await self.flush()

    async def flush(self) -> None:
        """Store when keys were last used."""
        used, self._flushed_at = dict(self._last_used), time.monotonic()
        if used:
            await self._store.write(lambda db: keys.touch(db, used))


_KNOWN_SCOPES: dict[tuple[str, ...], frozenset[Permission]] = {}


def _scopes(names: tuple[str, ...]) -> frozenset[Permission]:
    known = _KNOWN_SCOPES.get(names)
    if known is None:
        # A later version may have stored a scope that this version does not know.
        known = _KNOWN_SCOPES[names] = frozenset(
            Permission(name) for name in names if name in set(Permission)
        )
    return known


def _client_name(headers: Headers) -> str:
    """The user agent, without characters that could do harm in a log."""
    return _UNSAFE_IN_LOGS.sub("", headers.get("user-agent", ""))[:80]


def _key_from(headers: Headers) -> str | None:
    if key := headers.get("x-api-key"):
        return key.strip()
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" and credentials else None


class AuthMiddleware:
    """ASGI middleware that lets only authenticated calls within their rate limit through."""

    def __init__(
        self, app: ASGIApp, *, authenticate: Authenticate, limiter: RateLimiter, brake: Brake
    ) -> None:
        self._app = app
        self._brake = brake
        self._authenticate = authenticate
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _requires_key(scope["path"]):
            await self._app(scope, receive, send)
            return
        decision: Decision | None = None
        try:
            headers = Headers(scope=scope)
            principal = await self._authenticate(headers)
            decision = self._count(scope, principal)
            if decision.retry_after:
                raise TooMany(retry_after=decision.retry_after)
            if principal is None:
                if _key_from(headers) is not None:
                    self._brake.count_wrong(scope)
                raise NoKey()
            receive = await _limit_body(scope, headers, receive)
        except Exception as error:
            await send_problem(send, problem_of(error), decision)
            return
        scope["user"] = Caller(principal)
        scope["auth"] = None
        limit_headers = decision.headers

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *limit_headers]
            await send(message)

        await self._app(scope, receive, send_with_limits)

    def _count(self, scope: Scope, principal: Principal | None) -> Decision:
        if principal is not None:
            return self._limiter.take(principal.name, principal.rate_limit)
        client = scope.get("client")
        return self._limiter.take(f"address:{address_group(client[0]) if client else ''}")


def principal_of(scope: Scope) -> Principal:
    """The caller that `AuthMiddleware` authenticated."""
    caller: Caller = scope["user"]
    return caller.principal


def _requires_key(path: str) -> bool:
    if path in ("/api/v1/openapi.json",):
        return False
    return path.startswith(("/api/", "/mcp/")) or path == "/mcp"


async def send_problem(send: Send, problem: Problem, decision: Decision | None = None) -> None:
    """Send a problem as the response."""
    body = orjson.dumps(problem.body)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        *((name.encode(), value.encode()) for name, value in problem.headers.items()),
        *(decision.headers if decision else ()),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _limit_body(scope: Scope, headers: Headers, receive: Receive) -> Receive:
    """A `receive` for the same body. Raises `TooLarge` beyond the limit.

    A body without a declared length is read here, because only reading it shows its size.
    """
    most = MAX_BULK_BODY_BYTES if scope["path"].endswith(_BULK_PATHS) else MAX_BODY_BYTES
    length = headers.get("content-length")
    if length is not None:
        if not length.isdecimal() or int(length) > most:
            raise TooLarge(most_bytes=most)
        return receive
    if "transfer-encoding" not in headers:
        return receive
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            # What came of the body may be whole JSON all the same, and nobody asked for that.
            raise NotJson()
        body += message.get("body", b"")
        if len(body) > most:
            raise TooLarge(most_bytes=most)
        if not message.get("more_body"):
            break
    return _replay(bytes(body), receive)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that returns this body first."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
