"""What stands in front of every face: one Host header for each request, and `nosniff` on each answer."""

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from domain.errors import SeveralHosts
from server.http.auth import send_problem
from server.http.problem import Problem, problem_of

_NOSNIFF = (b"x-content-type-options", b"nosniff")


class Front:
    """ASGI middleware: refuses requests that name several hosts, and keeps browsers from guessing media types."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        several = sum(name == b"host" for name, _ in scope["headers"]) > 1
        if scope["type"] == "websocket":
            if several:
                await deny_socket(WebSocket(scope, receive, send), problem_of(SeveralHosts()))
            else:
                await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start" and not _has_nosniff(message):
                message["headers"] = [*message.get("headers", ()), _NOSNIFF]
            await send(message)

        if several:
            await send_problem(send_safely, problem_of(SeveralHosts()))
        else:
            await self._app(scope, receive, send_safely)


async def deny_socket(socket: WebSocket, problem: Problem) -> None:
    """Refuse to open a WebSocket, in words where the server can send them."""
    if "websocket.http.response" in socket.scope.get("extensions", {}):
        await socket.send_denial_response(problem_response(problem))
    else:
        await socket.close()


def problem_response(problem: Problem) -> Response:
    """A problem as a response of Starlette's."""
    headers = {"x-content-type-options": "nosniff", **problem.headers}
    return JSONResponse(problem.body, problem.status, headers=headers)


def is_escaped(connection: HTTPConnection) -> bool:
    """Whether the address was written with percent signs. A link has one form, and needs none."""
    return b"%" in connection.scope.get("raw_path", b"")


def _has_nosniff(message: Message) -> bool:
    return any(name.lower() == _NOSNIFF[0] for name, _ in message.get("headers", ()))
