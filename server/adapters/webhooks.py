"""Sends webhooks to untrusted servers from inside the operator's network.

httpcore does the HTTP: it uses no proxies from the environment, follows no redirects, keeps no cookies, decompresses
no answers, and lets us make the connection. We resolve the name once, check the addresses and connect to one of them,
so no second look-up can give another answer (DNS rebinding). The Host header, SNI and the certificate check still use
the name in the URL.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Protocol

import anyio
import anyio.to_thread
import httpcore2

from domain.webhooks.events import (
    SNIPPET_BYTES,
    DeliveryError,
    Outcome,
    WebhookRequest,
    signed_headers,
    snippet,
)
from domain.webhooks.networks import Address, NetworkPolicy, ip_literal
from domain.webhooks.urls import BadWebhookUrl, UrlRules, WebhookUrl, parse_webhook_url

# At most this many addresses of a name are tried, each for this many seconds.
_MAX_ADDRESSES = 4
_CONNECT_SECONDS = 3.0
# Once the status is known, the beginning of the answer's text is read for at most this many seconds.
_READ_SECONDS = 1.0


class Resolver(Protocol):
    """Resolves a name to its addresses."""

    async def __call__(self, name: str) -> Sequence[Address]:
        """At least one address, or OSError."""
        ...


async def system_addresses(name: str) -> Sequence[Address]:
    """The addresses from the operating system's resolver."""
    # A look-up cannot be cancelled. When the time is over, its thread is left to finish by itself.
    addresses = await anyio.to_thread.run_sync(_look_up, name, abandon_on_cancel=True)
    return list(dict.fromkeys(addresses))


def _look_up(name: str) -> list[Address]:
    answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return [ip_address(str(address[0])) for *_, address in answers]


class Sender:
    """Makes delivery attempts. It keeps no connection between them and may be used from several threads."""

    def __init__(
        self,
        rules: UrlRules,
        *,
        agent: str = "Viva",
        timeout: timedelta = timedelta(seconds=10),
        resolver: Resolver = system_addresses,
        trust: ssl.SSLContext | None = None,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rules = rules
        self._agent = agent
        self._timeout = timeout.total_seconds()
        self._resolver = resolver
        self._trust = trust or ssl.create_default_context()
        self._stopwatch = stopwatch

    def send(self, posting: WebhookRequest) -> Outcome:
        """The same as `post`, for a thread that may block."""
        return asyncio.run(self.post(posting))

    async def post(self, posting: WebhookRequest) -> Outcome:
        """Make one attempt within the timeout, and read only the beginning of the answer. Never raises."""
        started = self._stopwatch()
        answer = await self._post(posting)
        return Outcome(
            duration=timedelta(seconds=self._stopwatch() - started),
            status=answer.status,
            snippet=snippet(answer.text),
            error=None if answer.status else answer.trouble,
        )

    async def _post(self, posting: WebhookRequest) -> "_Answer":
        answer = _Answer()
        with anyio.move_on_after(self._timeout):
            try:
                await self._exchange(parse_webhook_url(posting.url, self._rules), posting, answer)
            except BadWebhookUrl:
                answer.trouble = DeliveryError.bad_url
            except _NotConnected as error:
                answer.trouble = error.trouble
            except (OSError, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
                answer.trouble = _trouble_of(error)
            except httpcore2.TimeoutException:
                answer.trouble = DeliveryError.timed_out
        return answer

    async def _exchange(self, url: WebhookUrl, posting: WebhookRequest, answer: "_Answer") -> None:
        """Make one request. `answer` holds what has arrived so far, also when a timeout ends this."""
        headers = {
            "Host": url.authority,
            "User-Agent": self._agent,
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **signed_headers(posting.event, posting.sent_at, posting.body, posting.secrets),
        }
        target = httpcore2.URL(
            scheme=url.scheme.encode(), host=url.host.encode(), port=url.port, target=url.target.encode()
        )
        async with (
            CheckedNetworkBackend(self._rules.networks, self._resolver) as network,
            httpcore2.AsyncHTTPConnection(
                target.origin, ssl_context=self._trust, network_backend=network
            ) as connection,
            connection.stream("POST", target, headers=[*headers.items()], content=posting.body) as response,
        ):
            answer.status = response.status
            with anyio.move_on_after(_READ_SECONDS):
                async with aclosing(response.aiter_stream()) as chunks:
                    async for chunk in chunks:
                        answer.text += chunk[:SNIPPET_BYTES]
                        if len(answer.text) >= SNIPPET_BYTES:
                            return


@dataclass(slots=True)
class _Answer:
    """What has arrived from a receiver so far. The initial values are the outcome of a timeout."""

    status: int | None = None
    text: bytes = b""
    trouble: DeliveryError = DeliveryError.timed_out


class _NotConnected(Exception):
    """No connection is made. `trouble` says why."""

    def __init__(self, trouble: DeliveryError) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def _trouble_of(error: Exception) -> DeliveryError:
    if isinstance(error.__cause__, ssl.SSLError):
        return DeliveryError.tls_failed
    if isinstance(error, (httpcore2.ConnectError, OSError)):
        return DeliveryError.not_connected
    return DeliveryError.bad_answer


class CheckedNetworkBackend(httpcore2.AsyncNetworkBackend):
    """Connects to allowed addresses only. Leaving the `async with` block closes all its connections."""

    def __init__(self, reach: NetworkPolicy, resolver: Resolver) -> None:
        self._reach = reach
        self._resolver = resolver
        self._network = httpcore2.AnyIOBackend()
        self._streams = AsyncExitStack()

    async def __aenter__(self) -> "CheckedNetworkBackend":
        return self

    async def __aexit__(self, *_: object) -> None:
        # A TLS handshake that is cancelled leaves its socket open.
        with anyio.CancelScope(shield=True), suppress(OSError, httpcore2.NetworkError):
            await self._streams.aclose()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        failure: Exception = _NotConnected(DeliveryError.name_unknown)
        for address in (await self._checked_addresses(host))[:_MAX_ADDRESSES]:
            try:
                stream = await self._network.connect_tcp(str(address), port, _CONNECT_SECONDS)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
                continue
            self._streams.push_async_callback(stream.aclose)
            return stream
        raise failure

    async def _checked_addresses(self, host: str) -> Sequence[Address]:
        """The addresses of a host. If one of them is not allowed, all are refused: it looks like an attack."""
        address = ip_literal(host)
        try:
            addresses = [address] if address else await self._resolver(host)
        except (OSError, UnicodeError):
            raise _NotConnected(DeliveryError.name_unknown) from None
        if any(self._reach.refusal(address) for address in addresses):
            raise _NotConnected(DeliveryError.address_refused)
        return addresses
