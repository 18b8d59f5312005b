"""Who is calling: a key today, a signed-in person with the dashboard. One gate before every face.

The gate checks the key, counts the call, bounds the body, and puts the `Principal` where all faces find it
(`scope["user"]`). Every answer that passes it carries the rate-limit headers.
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

from domain.errors import NoKey, TooLarge, TooMany
from domain.principal import Principal
from domain.scopes import Scope as Permission
from server.http.problem import Problem, problem
from server.http.rate_limit import RateLimiter, Verdict
from server.secrets import KEY_PREFIX, Secrets
from storage.access import keys
from storage.engine.store import Store

MIB = 1024 * 1024
BODY_MOST = MIB
BULK_MOST = 4 * MIB
# A bulk import may come as a tool call, and what a tool call is shows only in its body.
_LARGE = ("/bulk", "/mcp")
_TOUCH_EVERY = 60.0
_REMEMBERED = 10_000
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._/;:()+-]")

Authenticate = Callable[[Headers], Awaitable[Principal | None]]


class Caller(BaseUser):
    """The principal in the form in which Starlette and the MCP SDK hand users on."""

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
    """Turns a key into a principal, and never from memory that may be stale.

    A revoked key is worthless at once: what is remembered counts only as long as the database says that nobody
    has committed anything since, and where it cannot say so cheaply each call looks the key up.
    """

    def __init__(self, store: Store, secrets: Secrets, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._secrets = secrets
        self._clock = clock
        self._used: dict[UUID, datetime] = {}
        self._known: dict[tuple[str, str], Principal] = {}
        self._known_at: int | None = None
        self._touched = time.monotonic()

    async def __call__(self, headers: Headers) -> Principal | None:
        key = _key_in(headers)
        if key is None or not key.startswith(KEY_PREFIX) or len(key) > 200:
            return None
        claim = (self._secrets.digest_of_key(key), headers.get("user-agent", ""))
        version = self._store.version()
        if version is None or version != self._known_at or len(self._known) > _REMEMBERED:
            self._known, self._known_at = {}, version
        principal = self._known.get(claim)
        if principal is None:
            principal = await self._looked_up(claim[0], headers)
            if principal is None:
                return None
            self._known[claim] = principal
        assert principal.key_id is not None
        await self._note(principal.key_id)
        return principal

    async def _looked_up(self, digest: str, headers: Headers) -> Principal | None:
        row = await self._store.read(lambda db: keys.by_digest(db, digest))
        if row is None:
            return None
        return Principal(
            workspace=row["workspace_id"],
            slug=row["slug"],
            scopes=_scopes(tuple(row["scopes"])),
            key_id=row["id"],
            rate_limit=row["rate_limit"],
            client=_client_name(headers),
        )

    async def _note(self, key: UUID) -> None:
        """Remember that the key was used; written down once a minute, not on every call."""
        first = key not in self._used
        self._used[key] = self._clock()
        if first or time.monotonic() - self._touched > _TOUCH_EVERY:
            await self.flush()

    async def flush(self) -> None:
        """Write down when keys were last used."""
        used, self._touched = dict(self._used), time.monotonic()
        if used:
            await self._store.write(lambda db: keys.touch(db, used))


_KNOWN_SCOPES: dict[tuple[str, ...], frozenset[Permission]] = {}


def _scopes(names: tuple[str, ...]) -> frozenset[Permission]:
    known = _KNOWN_SCOPES.get(names)
    if known is None:
        # a scope that a later version invented is no permission in this one
        known = _KNOWN_SCOPES[names] = frozenset(
            Permission(name) for name in names if name in set(Permission)
        )
    return known


def _client_name(headers: Headers) -> str:
    """The name the client program gives itself, cut to what may stand in a log."""
    return _NOT_PLAIN.sub("", headers.get("user-agent", ""))[:80]


def _key_in(headers: Headers) -> str | None:
    if key := headers.get("x-api-key"):
        return key.strip()
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" and credentials else None


class AuthMiddleware:
    """ASGI middleware around everything that needs a caller."""

    def __init__(self, app: ASGIApp, *, authenticate: Authenticate, limiter: RateLimiter) -> None:
        self._app = app
        self._authenticate = authenticate
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _guarded(scope["path"]):
            await self._app(scope, receive, send)
            return
        verdict: Verdict | None = None
        try:
            headers = Headers(scope=scope)
            principal = await self._authenticate(headers)
            verdict = self._count(scope, principal)
            if verdict.retry_after:
                raise TooMany(retry_after=verdict.retry_after)
            if principal is None:
                raise NoKey()
            receive = await _bounded(scope, headers, receive)
        except Exception as error:
            await refuse(send, problem(error), verdict)
            return
        scope["user"] = Caller(principal)
        scope["auth"] = None
        limited = verdict.headers

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *limited]
            await send(message)

        await self._app(scope, receive, counted)

    def _count(self, scope: Scope, principal: Principal | None) -> Verdict:
        if principal is not None:
            return self._limiter.take(principal.name, principal.rate_limit)
        client = scope.get("client")
        return self._limiter.take(f"address:{client[0] if client else ''}")


def principal_of(scope: Scope) -> Principal:
    """Who the gate let in."""
    caller: Caller = scope["user"]
    return caller.principal


def _guarded(path: str) -> bool:
    if path in ("/api/v1/openapi.json",):
        return False
    return path.startswith(("/api/", "/mcp/")) or path == "/mcp"


async def refuse(send: Send, trouble: Problem, verdict: Verdict | None = None) -> None:
    """Answer with a problem."""
    body = orjson.dumps(trouble.body)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        *((name.encode(), value.encode()) for name, value in trouble.headers.items()),
        *(verdict.headers if verdict else ()),
    ]
    await send({"type": "http.response.start", "status": trouble.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _bounded(scope: Scope, headers: Headers, receive: Receive) -> Receive:
    """The same body, or `TooLarge`; one sent without a length is gathered here, so that nobody reads on."""
    most = BULK_MOST if scope["path"].endswith(_LARGE) else BODY_MOST
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
            break
        body += message.get("body", b"")
        if len(body) > most:
            raise TooLarge(most_bytes=most)
        if not message.get("more_body"):
            break
    return _replayed(bytes(body), receive)


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
