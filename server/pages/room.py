"""The candidate's page behind a join link, and what it calls: state, messages, WebSocket, event stream.

The link is the permission. A wrong link and a link to an erased session get the same answer. Looking at the page or
its state changes nothing; a line, which takes over from the one before, is opened by the page once a person goes on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Protocol
from uuid import UUID

import orjson
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from domain.errors import TooMany
from domain.interview.page_messages import MESSAGE_BYTES, MessageRefused
from server.http.brake import Brake
from server.http.front import deny_socket, is_escaped
from server.http.problem import problem_of
from server.pages import texts
from server.pages.robots import is_robot
from server.pages.room_page import ROOM_HEADERS, gone_state, page_language, render_room
from server.secrets import Secrets

PING_SECONDS = 20.0
_GOING_AWAY, _BAD_DATA, _NOT_FOUND = 1001, 1003, 4404


class OpenLine(Protocol):
    """What these endpoints need of a connection to a room."""

    async def next(self) -> dict[str, Any] | None: ...

    def close(self) -> None: ...


class OpenRoom(Protocol):
    """What these endpoints need of a room."""

    def facts(self) -> dict[str, Any]: ...

    async def attach(self, tab: str, after: int) -> Any: ...

    def detach(self, line: Any) -> None: ...

    def active(self) -> None: ...

    async def take(self, raw: bytes | str) -> dict[str, Any]: ...


class OpenRooms(Protocol):
    """What these endpoints need of the registry of rooms."""

    async def room(self, session: UUID) -> Any: ...


def room_routes(rooms: OpenRooms, secrets: Secrets, brake: Brake) -> list[BaseRoute]:
    """`/join/{secret}` and what its page calls. Wrong links meet the brake."""
    endpoints = _RoomEndpoints(rooms, secrets, brake)
    return [
        Route("/join/{secret}", endpoints.page),
        Route("/join/{secret}/state", endpoints.state),
        Route("/join/{secret}/messages", endpoints.messages, methods=["POST"]),
        Route("/join/{secret}/events", endpoints.events),
        WebSocketRoute("/join/{secret}/ws", endpoints.socket),
    ]


class _RoomEndpoints:
    def __init__(self, rooms: OpenRooms, secrets: Secrets, brake: Brake) -> None:
        self._rooms = rooms
        self._secrets = secrets
        self._brake = brake

    async def _room(self, connection: HTTPConnection) -> OpenRoom | None:
        """The room behind the link. `TooMany` for one wrong link too many from this address."""
        session = self._secrets.session_of(connection.path_params["secret"])
        if session is None or is_escaped(connection):
            self._brake.count_wrong(connection.scope)
            return None
        room: OpenRoom | None = await self._rooms.room(session)
        return room

    async def page(self, request: Request) -> Response:
        status, headers = 404, dict(ROOM_HEADERS)
        try:
            room = await self._room(request)
        except TooMany as error:
            room, status, headers = None, error.status, headers | error.headers
        if room is None:
            return HTMLResponse(
                render_room(gone_state(), _requested_language(request)), status, headers=headers
            )
        state = _state(room)
        state["language"] = page_language(state, request.query_params.get("language"))
        return HTMLResponse(render_room(state, state["language"]), headers=dict(ROOM_HEADERS))

    async def state(self, request: Request) -> Response:
        room = await self._room(request)
        return _json(_state(room) if room else gone_state(), 200 if room else 404)

    async def messages(self, request: Request) -> Response:
        room = await self._room(request)
        if room is None:
            return _json(_NO_INTERVIEW, 404)
        try:
            raw = await _body(request)
            if _is_signal(raw, "typing"):
                room.active()
                return _json({"seq": 0, "duplicate": False})
            answer = await room.take(raw)
        except MessageRefused as refused:
            retry = {"retry-after": "2"} if refused.status == 429 else {}
            return _json(refused.body, refused.status, retry)
        return _json({"seq": answer["seq"], "duplicate": answer["duplicate"]})

    async def events(self, request: Request) -> Response:
        room = await self._room(request)
        if room is None:
            return _json(_NO_INTERVIEW, 404)
        headers = {**ROOM_HEADERS, "x-accel-buffering": "no"}
        if request.method == "HEAD":
            return Response(headers=headers, media_type="text/event-stream")
        if is_robot(request.headers):
            return _json(_NO_PERSON, 403)
        line = await room.attach(_tab(request), _after(request))
        return StreamingResponse(_event_stream(room, line), media_type="text/event-stream", headers=headers)

    async def socket(self, socket: WebSocket) -> None:
        if not _same_origin(socket) or is_robot(socket.headers):
            await socket.close(_NOT_FOUND)
            return
        try:
            room = await self._room(socket)
        except TooMany as error:
            await deny_socket(socket, problem_of(error))
            return
        if room is None:
            await socket.close(_NOT_FOUND)
            return
        await socket.accept()
        line: OpenLine = await room.attach(_tab(socket), _after(socket))
        writer = asyncio.create_task(_write_frames(socket, line))
        reader = asyncio.create_task(_read_messages(socket, room))
        try:
            await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            room.detach(line)
            for task in (writer, reader):
                task.cancel()
            await asyncio.gather(writer, reader, return_exceptions=True)
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(_GOING_AWAY)


_NO_INTERVIEW = {"error": "This interview is not there.", "code": "gone", "hint": "Ask whoever invited you."}
_NO_PERSON = {
    "error": "A line to an interview is only for the candidate.",
    "code": "robot",
    "hint": "Open the link in a browser.",
}


async def _write_frames(socket: WebSocket, line: OpenLine) -> None:
    await socket.send_text('{"type":"ping"}')
    while True:
        frame = await _next_frame(line)
        if frame is None:
            return
        await socket.send_text(orjson.dumps(frame).decode())


async def _next_frame(line: OpenLine) -> dict[str, Any] | None:
    """The next frame, or a ping when there is none for a while. The page takes silence as a lost connection."""
    try:
        async with asyncio.timeout(PING_SECONDS):
            return await line.next()
    except TimeoutError:
        return {"type": "ping"}


async def _read_messages(socket: WebSocket, room: OpenRoom) -> None:
    while True:
        received = await socket.receive()
        if received["type"] != "websocket.receive":
            return
        raw = received.get("text")
        if raw is None:
            await socket.close(_BAD_DATA)
            return
        if _is_signal(raw, "pong"):
            continue
        if _is_signal(raw, "typing"):
            room.active()
            continue
        try:
            answer = await room.take(raw)
        except MessageRefused as refused:
            answer = {"type": "refused", "client_id": _client_id_of(raw), "body": refused.body}
        await socket.send_text(orjson.dumps(answer).decode())


async def _event_stream(room: OpenRoom, line: OpenLine) -> AsyncIterator[bytes]:
    try:
        yield b": hello\n\n"
        while (frame := await _next_frame(line)) is not None:
            event_id = b"id: %d\n" % frame["seq"] if "seq" in frame else b""
            yield event_id + b"data: " + orjson.dumps(frame) + b"\n\n"
    finally:
        room.detach(line)


def _is_signal(raw: bytes | str, kind: str) -> bool:
    """Whether this is a signal of the page, such as `typing`, and not a message."""
    if len(raw) > 200:
        return False
    try:
        return bool(orjson.loads(raw).get("type") == kind)
    except (ValueError, AttributeError):
        return False


def _client_id_of(raw: bytes | str) -> str | None:
    try:
        found = orjson.loads(raw)["client_id"]
    except (ValueError, TypeError, KeyError):
        return None
    return found if isinstance(found, str) and len(found) <= 64 else None


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MESSAGE_BYTES:
                raise MessageRefused("too_long", "This message is too long.", "Shorten it.", 413)
    except ClientDisconnect:
        raise MessageRefused("unreadable", "This message did not arrive whole.", "Send it again.") from None
    return bytes(body)


def _state(room: OpenRoom) -> dict[str, Any]:
    return {**room.facts(), "languages": list(texts.languages())}


def _json(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    sent = {**ROOM_HEADERS, **(headers or {})}
    return Response(orjson.dumps(body), status, headers=sent, media_type="application/json")


def _requested_language(request: Request) -> str:
    return request.query_params.get("language", texts.FALLBACK)


def _tab(connection: HTTPConnection) -> str:
    return connection.query_params.get("tab", "")[:64]


def _after(connection: HTTPConnection) -> int:
    text = connection.query_params.get("after", "0")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _same_origin(socket: WebSocket) -> bool:
    """Whether the socket was not opened by another site's page. Browsers send the page's origin."""
    origin = socket.headers.get("origin")
    host = socket.headers.get("host", "")
    return origin is None or origin.partition("://")[2] == host
