"""The HTTP and WebSocket protocols of the server, bounded before anybody is authenticated.

uvicorn with httptools has no limit on the size, number and time of headers, on the time of a body, or on connections
of one address, and its total limit answers in plain text. These subclasses add them. An answer in words is sent where
one is still possible; then the connection is closed. An open WebSocket or event stream has no deadline: its own
pings find a line that is dead.
"""

import asyncio

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from domain.errors import (
    HeadersTooLarge,
    MalformedRequest,
    NoConnectionLeft,
    RequestTooSlow,
    TooManyConnections,
    VivaError,
)
from server.http.connection_bounds import Bounds, Connections
from server.http.problem import problem_of

# After a refusal, what the client still sends is read and dropped for a moment: closing at once would reset the
# connection, and the client would never see the answer.
LINGER_SECONDS = 2.0
LINGER_BYTES = 4 * 1024 * 1024
MAX_LINGERING = 200
MAX_PIPELINED = 16


class Refused(Exception):
    """Stops the parser. The error that the client is told is kept by the connection."""


def bounded_protocols(
    bounds: Bounds,
) -> tuple[type["BoundedHttpProtocol"], type["BoundedWebSocketProtocol"]]:
    """The protocol classes for `uvicorn.Config(http=…, ws=…)`, with one count of connections for both."""
    shared = Shared(bounds)
    http = type("BoundedHttp", (BoundedHttpProtocol,), {"shared": shared})
    ws = type("BoundedWebSocket", (BoundedWebSocketProtocol,), {"shared": shared})
    return http, ws


class Shared:
    """What all connections of one server share."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.connections = Connections(bounds)
        self.lingering = 0


class BoundedWebSocketProtocol(WebSocketsSansIOProtocol):
    """A WebSocket. It was counted as a connection before it was upgraded."""

    shared: Shared

    def connection_lost(self, exc: Exception | None) -> None:
        self.shared.connections.close(self.transport)
        super().connection_lost(exc)


class BoundedHttpProtocol(HttpToolsProtocol):
    """An HTTP connection within `Bounds`."""

    shared: Shared

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._bounds = self.shared.bounds
        # Whether the head of a request is awaited, and how much of it has come.
        self._in_head = True
        self._head_bytes = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._write_deadline: asyncio.TimerHandle | None = None
        # Bytes of a body's framing or trailers since the last piece of the body itself.
        self._framing_bytes = 0
        self._error: VivaError | None = None
        self._closing = False
        self._dropped_bytes = 0
        connections = self.shared.connections
        connections.open(transport, self.client[0] if self.client else None)
        if connections.too_many():
            self._refuse(NoConnectionLeft())
        elif connections.too_many_of(transport):
            self._refuse(TooManyConnections())
        else:
            self._set_deadline(self._bounds.header_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._clear_deadlines()
        if self._closing:
            self.shared.lingering -= 1
        self.shared.connections.close(self.transport)
        super().connection_lost(exc)

    # --- What arrives ---------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self._closing:
            self._drop(data)
            return
        if self._in_head and self._head_bytes + len(data) > self._bounds.header_bytes:
            # The head may end within this piece, so only as much as a head may have is parsed first.
            room = self._bounds.header_bytes - self._head_bytes
            data, rest = data[:room], data[room:]
        else:
            rest = b""
        self._feed(data)
        if rest and not self._over:
            if self._in_head and self._head_bytes >= self._bounds.header_bytes:
                self._refuse(HeadersTooLarge())
            else:
                self._feed(rest)
        if not self._over:
            self._watch()

    @property
    def _answering(self) -> bool:
        """Whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def _over(self) -> bool:
        """Whether this protocol has nothing more to read: refused, closed or upgraded."""
        return self._closing or self.transport.is_closing() or self.transport.get_protocol() is not self

    def _feed(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        else:
            self._framing_bytes += len(data)
        super().data_received(data)
        if self._framing_bytes > self._bounds.header_bytes and not self._over:
            self._refuse(HeadersTooLarge())

    def _watch(self) -> None:
        """See to it that what has begun to arrive has a deadline."""
        if self._in_head:
            if self._head_bytes and self._deadline is None:
                self._set_deadline(self._bounds.header_seconds)
        elif self._deadline is None:
            self._set_deadline(self._bounds.body_seconds)

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) >= self._bounds.header_count:
            self._stop(HeadersTooLarge())
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= MAX_PIPELINED:
            self._stop(NoConnectionLeft())
        super().on_headers_complete()
        self._in_head = False
        self._clear_deadline()

    def on_body(self, body: bytes) -> None:
        self._framing_bytes = 0
        if self.cycle is not None and self.cycle.response_complete:
            self._drop(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head = True
        self._head_bytes = self._framing_bytes = 0
        self._clear_deadline()
        if self.cycle is not None and self.cycle.response_complete:
            # The answer came before the end of the body, and what has come since took uvicorn's timer away.
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def handle_websocket_upgrade(self) -> None:
        self._clear_deadlines()
        super().handle_websocket_upgrade()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._in_head and not self.pipeline and not self._over:
            # Answered before the body was there: what still comes is dropped, but not for long.
            self._dropped_bytes = 0
            self._clear_deadline()
            self._set_deadline(LINGER_SECONDS)

    def _stop(self, error: VivaError) -> None:
        self._error = error
        raise Refused

    # --- Deadlines ------------------------------------------------------------------------------------------

    def _set_deadline(self, seconds: float) -> None:
        self._deadline = self.loop.call_later(seconds, self._on_deadline)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _clear_deadlines(self) -> None:
        self._clear_deadline()
        if self._write_deadline is not None:
            self._write_deadline.cancel()
            self._write_deadline = None

    def _on_deadline(self) -> None:
        self._deadline = None
        if self._over:
            return
        if self.flow.read_paused or (self._in_head and self._answering):
            # The server itself did not read on, or answers an earlier request: that is no fault of the client.
            self._set_deadline(self._bounds.body_seconds)
        elif not self._in_head and not self._answering and self.cycle is not None:
            self.transport.close()
        elif self._in_head and not self._head_bytes:
            # Browsers open connections ahead of need. An answer to no question would only confuse them.
            self.transport.close()
        else:
            self._refuse(RequestTooSlow())

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._write_deadline is None:
            self._write_deadline = self.loop.call_later(self._bounds.body_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._write_deadline is not None:
            self._write_deadline.cancel()
            self._write_deadline = None

    # --- Refusals -------------------------------------------------------------------------------------------

    def send_400_response(self, msg: str) -> None:
        """Answer what the parser does not take."""
        error, self._error = self._error, None
        self._refuse(error or MalformedRequest())

    def _refuse(self, error: VivaError) -> None:
        """Answer with this error if nothing else is being answered, and close."""
        cycle = self.cycle
        if self._answering:
            if self._in_head or cycle.response_started or self.pipeline:
                self.transport.abort()
                return
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.write(self._answer(error))
        self._linger()

    def _answer(self, error: VivaError) -> bytes:
        problem = problem_of(error)
        body = orjson.dumps(problem.body)
        headers: list[tuple[bytes, bytes]] = [
            *self.server_state.default_headers,
            (b"content-type", b"application/json"),
            (b"x-content-type-options", b"nosniff"),
            (b"content-length", b"%d" % len(body)),
            *((name.encode(), value.encode()) for name, value in problem.headers.items()),
            (b"connection", b"close"),
        ]
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        return b"%b%b\r\n%b" % (STATUS_LINE[problem.status], lines, body)

    def _linger(self) -> None:
        """Say that nothing more is sent, drop what still comes for a moment, and close."""
        self._clear_deadline()
        self._unset_keepalive_if_required()
        self._closing = True
        self.shared.lingering += 1
        if self.shared.lingering > MAX_LINGERING:
            self.transport.close()
            return
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._deadline = self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def _drop(self, data: bytes) -> None:
        self._dropped_bytes += len(data)
        if self._dropped_bytes > LINGER_BYTES:
            self.transport.abort()
