"""Sends webhooks to strangers' servers from inside the operator's network.

httpcore does the HTTP: it knows no proxies from the environment, follows no redirect, keeps no cookies and inflates
no answers, and it lets us make the connection. The connection is made to an address that was checked, in one
place, so there is no second look-up in between that could be answered differently (DNS rebinding); the name in the
URL still is what the Host header, SNI and the certificate check use.
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

from domain.webhooks.events import SNIPPET_BYTES, Outcome, Posting, Trouble, signed_headers, snippet
from domain.webhooks.networks import Address, Reach, literal
from domain.webhooks.urls import BadWebhookUrl, UrlRules, WebhookUrl, accepted

# A name may have many addresses: so many are tried, each for so many seconds.
_TRIED = 4
_CONNECTING = 3.0
# Once the status is known only the beginning of the answer's text is wanted, and not for long.
_READING = 1.0


class Resolver(Protocol):
    """Says which addresses a name has."""

    async def __call__(self, name: str) -> Sequence[Address]:
        """At least one address, or OSError."""
        ...


async def system_addresses(name: str) -> Sequence[Address]:
    """The addresses as the operating system knows them."""
    # a look-up cannot be cancelled: when time runs out, its thread is left to finish by itself
    found = await anyio.to_thread.run_sync(_looked_up, name, abandon_on_cancel=True)
    return list(dict.fromkeys(found))


def _looked_up(name: str) -> list[Address]:
    answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return [ip_address(str(address[0])) for *_, address in answers]


class Sender:
    """Makes attempts to deliver. Holds no connection between them; safe to use from several threads."""

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

    def send(self, posting: Posting) -> Outcome:
        """`post` for a thread that may wait."""
        return asyncio.run(self.post(posting))

    async def post(self, posting: Posting) -> Outcome:
        """Make one attempt: at most the timeout, never more than the beginning of the answer, never an error."""
        began = self._stopwatch()
        answer = await self._answer(posting)
        return Outcome(
            duration=timedelta(seconds=self._stopwatch() - began),
            status=answer.status,
            snippet=snippet(answer.text),
            trouble=None if answer.status else answer.trouble,
        )

    async def _answer(self, posting: Posting) -> "_Answer":
        answer = _Answer()
        with anyio.move_on_after(self._timeout):
            try:
                await self._exchange(accepted(posting.url, self._rules), posting, answer)
            except BadWebhookUrl:
                answer.trouble = Trouble.bad_url
            except _Refused as refused:
                answer.trouble = refused.trouble
            except (OSError, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
                answer.trouble = _trouble(error)
            except httpcore2.TimeoutException:
                answer.trouble = Trouble.timed_out
        return answer

    async def _exchange(self, url: WebhookUrl, posting: Posting, answer: "_Answer") -> None:
        """One request; `answer` holds what has been heard so far, at whatever moment this is cut off."""
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
            Guarded(self._rules.reach, self._resolver) as network,
            httpcore2.AsyncHTTPConnection(
                target.origin, ssl_context=self._trust, network_backend=network
            ) as connection,
            connection.stream("POST", target, headers=[*headers.items()], content=posting.body) as response,
        ):
            answer.status = response.status
            with anyio.move_on_after(_READING):
                async with aclosing(response.aiter_stream()) as pieces:
                    async for piece in pieces:
                        answer.text += piece[:SNIPPET_BYTES]
                        if len(answer.text) >= SNIPPET_BYTES:
                            return


@dataclass(slots=True)
class _Answer:
    """What has been heard of a receiver so far: at first nothing, which is what a timeout leaves."""

    status: int | None = None
    text: bytes = b""
    trouble: Trouble = Trouble.timed_out


class _Refused(Exception):
    """We do not connect."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def _trouble(error: Exception) -> Trouble:
    if isinstance(error.__cause__, ssl.SSLError):
        return Trouble.tls_failed
    if isinstance(error, (httpcore2.ConnectError, OSError)):
        return Trouble.not_connected
    return Trouble.bad_answer


class Guarded(httpcore2.AsyncNetworkBackend):
    """Makes connections, to addresses within reach only. Closes what it opened when the block ends."""

    def __init__(self, reach: Reach, resolver: Resolver) -> None:
        self._reach = reach
        self._resolver = resolver
        self._network = httpcore2.AnyIOBackend()
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> "Guarded":
        return self

    async def __aexit__(self, *_: object) -> None:
        # a TLS handshake that is cut off leaves its socket to us
        with anyio.CancelScope(shield=True), suppress(OSError, httpcore2.NetworkError):
            await self._opened.aclose()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        failure: Exception = _Refused(Trouble.name_unknown)
        for address in (await self._checked(host))[:_TRIED]:
            try:
                stream = await self._network.connect_tcp(str(address), port, _CONNECTING)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
                continue
            self._opened.push_async_callback(stream.aclose)
            return stream
        raise failure

    async def _checked(self, host: str) -> Sequence[Address]:
        """The addresses of a host, all within reach. One that is not spoils the rest: somebody is trying."""
        address = literal(host)
        try:
            addresses = [address] if address else await self._resolver(host)
        except (OSError, UnicodeError):
            raise _Refused(Trouble.name_unknown) from None
        if any(self._reach.refusal(address) for address in addresses):
            raise _Refused(Trouble.address_refused)
        return addresses
