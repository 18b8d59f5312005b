"""The webhook sender against receivers on loopback: normal ones, hostile ones, and names whose addresses change."""

import itertools
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from domain.webhooks.events import (
    SNIPPET_CHARACTERS,
    DeliveryError,
    EventEnvelope,
    Outcome,
    WebhookEvent,
    WebhookRequest,
    new_secret,
)
from domain.webhooks.networks import NetworkPolicy
from domain.webhooks.urls import UrlRules
from server.adapters.webhooks import Sender
from tests.support.webhook_receivers import (
    CertificateAuthority,
    Received,
    Receiver,
    ScriptedReceiver,
    StubResolver,
)

LOOPBACK = UrlRules(allow_http=True, networks=NetworkPolicy.parse("127.0.0.0/8"))
SECRET = new_secret()
BODY = (
    EventEnvelope(
        id="evt_1",
        event=WebhookEvent.session_scored,
        occurred_at=datetime(2026, 6, 2, 8, 21, 47, tzinfo=UTC),
        data={"session": {"id": "s1", "score": "8.2", "external_id": "Zoë-7"}},
    )
).body()


def posting(url: str, *secrets: str) -> WebhookRequest:
    # the public verifier looks at the wall clock, so this must too
    return WebhookRequest(url, "evt_1", BODY, sent_at=datetime.now(UTC), secrets=secrets or (SECRET,))


def sent(url: str, **options: Any) -> Outcome:
    return sender(**options).send(posting(url))


def sender(rules: UrlRules = LOOPBACK, seconds: float = 10, **options: Any) -> Sender:
    return Sender(rules, timeout=timedelta(seconds=seconds), **options)


# Honest receivers ---------------------------------------------------------------------------------------


def test_what_is_sent_can_be_verified_with_the_public_package() -> None:
    with Receiver() as receiver:
        outcome = sent(receiver.url + "/hooks?team=7")
    (came,) = receiver.received
    assert Webhook(SECRET).verify(came.body, came.headers)["data"]["session"]["external_id"] == "Zoë-7"
    assert came.path == "/hooks?team=7"
    assert came.headers["webhook-id"] == "evt_1"
    assert came.headers["content-type"] == "application/json"
    assert came.headers["host"] == receiver.url.removeprefix("http://")
    assert (outcome.delivered, outcome.status, outcome.snippet) == (True, 200, "thank you")


def test_during_a_rotation_the_old_secret_and_the_new_one_both_verify() -> None:
    new = new_secret()
    with Receiver() as receiver:
        sender().send(posting(receiver.url, new, SECRET))
    (came,) = receiver.received
    for secret in (SECRET, new):
        Webhook(secret).verify(came.body, came.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(came.body, came.headers)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_a_success(status: int) -> None:
    with Receiver(lambda _: (status, b"")) as receiver:
        assert sent(receiver.url).delivered


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_an_error_status_is_a_failure_with_the_beginning_of_the_body(status: int) -> None:
    with Receiver(lambda _: (status, b"<b>no\x00\r\n way</b>")) as receiver:
        outcome = sent(receiver.url)
    assert (outcome.delivered, outcome.status, outcome.error) == (False, status, None)
    assert outcome.snippet == "<b>no way</b>"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_is_not_followed(status: int) -> None:
    with Receiver(lambda _: (status, b"")) as receiver:
        outcome = sent(receiver.url)
    assert (outcome.delivered, outcome.status) == (False, status)
    assert len(receiver.received) == 1


def test_an_outcome_has_the_time_that_it_took() -> None:
    ticks = itertools.count(100.0, 0.25)
    with Receiver() as receiver:
        outcome = sent(receiver.url, stopwatch=lambda: next(ticks))
    assert outcome.duration == timedelta(milliseconds=250)


async def test_it_can_be_awaited_too() -> None:
    with Receiver() as receiver:
        outcome = await sender().post(posting(receiver.url))
    assert outcome.delivered


def test_many_threads_may_send_at_once() -> None:
    with Receiver() as receiver:
        shared = sender()
        outcomes: list[Outcome] = []
        threads = [
            threading.Thread(target=lambda: outcomes.append(shared.send(posting(receiver.url))))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [outcome.delivered for outcome in outcomes] == [True] * 8


def test_a_proxy_from_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedReceiver(lambda *_: None) as proxy, Receiver() as receiver:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert sent(receiver.url).delivered
    assert proxy.connections == 0


# Rude receivers -----------------------------------------------------------------------------------------

Script = Callable[[socket.socket, threading.Event], None]


def hear(connection: socket.socket) -> None:
    """Read the whole request."""
    heard = b""
    while not heard.endswith(BODY):
        heard += connection.recv(65536)


def hangs(connection: socket.socket, over: threading.Event) -> None:
    hear(connection)
    over.wait()


def drips_headers(connection: socket.socket, over: threading.Event) -> None:
    hear(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.wait(0.02):
        connection.sendall(b"x-drop: 1\r\n")


def says_please_wait_for_ever(connection: socket.socket, over: threading.Event) -> None:
    hear(connection)
    while not over.wait(0.02):
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")


@pytest.mark.parametrize("script", [hangs, drips_headers, says_please_wait_for_ever])
def test_a_receiver_that_never_answers_is_left_when_time_is_up(script: Script) -> None:
    with ScriptedReceiver(script) as receiver:
        outcome = sent(receiver.url, seconds=0.3)
    assert (outcome.status, outcome.error) == (None, DeliveryError.timed_out)
    assert timedelta(seconds=0.25) < outcome.duration < timedelta(seconds=5)


def never_reads(connection: socket.socket, over: threading.Event) -> None:
    over.wait()


def test_a_receiver_that_does_not_read_is_left_when_time_is_up() -> None:
    big = WebhookRequest("", "evt_1", b"x" * 30_000_000, sent_at=datetime.now(UTC), secrets=(SECRET,))
    with ScriptedReceiver(never_reads) as receiver:
        outcome = sender(seconds=0.3).send(
            WebhookRequest(receiver.url, big.event, big.body, big.sent_at, secrets=big.secrets)
        )
    assert outcome.error is DeliveryError.timed_out


def closes_early(connection: socket.socket, over: threading.Event) -> None:
    hear(connection)


def closes_at_once(connection: socket.socket, over: threading.Event) -> None:
    pass


def resets(connection: socket.socket, over: threading.Event) -> None:
    hear(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def speaks_something_else(connection: socket.socket, over: threading.Event) -> None:
    hear(connection)
    connection.sendall(b"220 mail.example ESMTP \x00\xff\r\n")


def breaks_off_in_its_headers(connection: socket.socket, over: threading.Event) -> None:
    hear(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-le")


def has_endless_headers(connection: socket.socket, over: threading.Event) -> None:
    hear(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"x-more: " + b"a" * 60_000 + b"\r\n")


@pytest.mark.parametrize(
    "script",
    [
        closes_early,
        closes_at_once,
        resets,
        speaks_something_else,
        breaks_off_in_its_headers,
        has_endless_headers,
    ],
)
def test_an_answer_that_is_not_http_is_a_failure(script: Script) -> None:
    with ScriptedReceiver(script) as receiver:
        outcome = sent(receiver.url)
    assert (outcome.status, outcome.error) == (None, DeliveryError.bad_answer)


def test_a_port_where_nobody_listens_is_told_as_such() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        outcome = sent(f"http://127.0.0.1:{closed.getsockname()[1]}")
    assert outcome.error is DeliveryError.not_connected


class Flood:
    """Answers yes with 100 MB and counts how much of it was taken."""

    def __init__(self) -> None:
        self.taken = 0

    def __call__(self, connection: socket.socket, over: threading.Event) -> None:
        hear(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n")
        for _ in range(1000):
            connection.sendall(b"y" * 100_000)
            self.taken += 100_000


def test_of_an_answer_of_100_megabytes_only_the_beginning_is_read() -> None:
    flood = Flood()
    with ScriptedReceiver(flood) as receiver:
        outcome = sent(receiver.url)
    assert outcome.delivered
    assert outcome.snippet == "y" * (SNIPPET_CHARACTERS - 1) + "…"
    assert flood.taken < 20_000_000  # what the kernel's buffers held


def drips_its_text(connection: socket.socket, over: threading.Event) -> None:
    hear(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n")
    while not over.wait(0.05):
        connection.sendall(b"z")


def test_a_2xx_with_a_dripping_body_is_a_success_and_soon_left() -> None:
    with ScriptedReceiver(drips_its_text) as receiver:
        outcome = sent(receiver.url)
    assert outcome.delivered
    assert set(outcome.snippet) == {"z"}
    assert outcome.duration < timedelta(seconds=5)


def breaks_off_in_its_text(connection: socket.socket, over: threading.Event) -> None:
    hear(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")


def test_a_2xx_whose_body_breaks_off_is_a_success() -> None:
    with ScriptedReceiver(breaks_off_in_its_text) as receiver:
        outcome = sent(receiver.url)
    assert (outcome.delivered, outcome.error) == (True, None)


def is_brotli(_: Received) -> tuple[int, bytes]:
    return 500, b"\x1f\x8b\x08\x00" + bytes(range(256))


def test_bytes_that_are_no_text_leave_a_printable_line() -> None:
    with Receiver(is_brotli) as receiver:
        outcome = sent(receiver.url)
    assert outcome.snippet.isprintable()


# Addresses ----------------------------------------------------------------------------------------------


def test_a_name_is_asked_once_and_the_address_that_was_checked_is_the_one_connected_to() -> None:
    names = StubResolver(hooks=["127.0.0.1", "127.0.0.2"])
    only_one = UrlRules(allow_http=True, networks=NetworkPolicy.parse("127.0.0.1/32"))
    with Receiver() as checked, Receiver(address="127.0.0.2", port=checked.port) as inside:
        url = f"http://hooks.example:{checked.port}/"
        first = sent(url, rules=only_one, resolver=names)
        assert names.asked == ["hooks.example"]
        second = sent(url, rules=only_one, resolver=names)
    assert first.delivered
    assert checked.received[0].headers["host"] == f"hooks.example:{checked.port}"
    assert second.error is DeliveryError.address_refused
    assert inside.received == []


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fe80::1", "0.0.0.0"]
)
def test_a_name_of_a_private_address_is_refused_before_anything_is_connected(address: str) -> None:
    with Receiver() as receiver:
        outcome = sent(
            f"http://hooks.example:{receiver.port}",
            rules=UrlRules(allow_http=True),
            resolver=StubResolver(hooks=[address]),
        )
    assert outcome.error is DeliveryError.address_refused
    assert receiver.received == []


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    outside_too = StubResolver(hooks=[["127.0.0.1", "10.0.0.1"]])
    with Receiver() as receiver:
        outcome = sent(f"http://hooks.example:{receiver.port}", resolver=outside_too)
    assert outcome.error is DeliveryError.address_refused
    assert receiver.received == []


def test_when_the_first_address_does_not_answer_the_next_is_tried() -> None:
    with Receiver() as receiver:
        names = StubResolver(hooks=[["127.0.0.9", "127.0.0.1"]])
        assert sent(f"http://hooks.example:{receiver.port}", resolver=names).delivered


def test_a_url_that_is_no_longer_allowed_is_not_called() -> None:
    with Receiver() as receiver:
        outcome = sent(receiver.url, rules=UrlRules())
    assert outcome.error is DeliveryError.bad_url
    assert receiver.received == []


async def unknown(name: str) -> list[object]:
    raise socket.gaierror(socket.EAI_NONAME, "unknown")


async def nothing(name: str) -> list[object]:
    return []


@pytest.mark.parametrize("resolver", [unknown, nothing])
def test_a_name_without_addresses_is_told_as_such(resolver: object) -> None:
    assert sent("http://hooks.example/", resolver=resolver).error is DeliveryError.name_unknown


def test_a_look_up_that_hangs_is_left_when_time_is_up() -> None:
    class Slow:
        def __init__(self) -> None:
            self.over = threading.Event()

        async def __call__(self, name: str) -> list[object]:
            await anyio.to_thread.run_sync(self.over.wait, abandon_on_cancel=True)
            return []

    slow = Slow()
    try:
        assert sent("http://hooks.example/", resolver=slow, seconds=0.2).error is DeliveryError.timed_out
    finally:
        slow.over.set()


def test_this_machines_own_name_is_looked_up_by_the_operating_system() -> None:
    with Receiver() as receiver:
        rules = UrlRules(allow_http=True, networks=NetworkPolicy.parse("127.0.0.0/8, ::1"))
        assert sent(f"http://localhost:{receiver.port}", rules=rules).delivered


def has_ipv6() -> bool:
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")
def test_an_ipv6_address_is_connected_to_and_named_in_brackets() -> None:
    with Receiver(address="::1") as receiver:
        assert sent(
            receiver.url, rules=UrlRules(allow_http=True, networks=NetworkPolicy.parse("::1"))
        ).delivered
    assert receiver.received[0].headers["host"] == f"[::1]:{receiver.port}"


# TLS ----------------------------------------------------------------------------------------------------


@pytest.fixture
def authority(tmp_path: Path) -> CertificateAuthority:
    return CertificateAuthority(tmp_path)


def test_over_tls_the_name_in_the_url_is_what_is_asked_for_and_checked(
    authority: CertificateAuthority,
) -> None:
    asked: list[str | None] = []
    serving = authority.serving("hooks.example")
    serving.sni_callback = lambda _connection, name, _context: asked.append(name)
    with Receiver(tls=serving) as receiver:
        outcome = sent(
            f"https://Hooks.Example:{receiver.port}/",
            rules=UrlRules(networks=NetworkPolicy.parse("127.0.0.1")),
            resolver=StubResolver(hooks=["127.0.0.1"]),
            trust=authority.trusted(),
        )
    assert outcome.delivered
    assert asked == ["hooks.example"]
    assert receiver.received[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_over_tls_an_address_in_the_url_is_checked_against_the_certificate_too(
    authority: CertificateAuthority,
) -> None:
    with Receiver(tls=authority.serving("127.0.0.1")) as receiver:
        assert sent(receiver.url, trust=authority.trusted()).delivered


@pytest.mark.parametrize("name", ["other.example", "127.0.0.1"])
def test_a_certificate_for_something_else_is_refused(authority: CertificateAuthority, name: str) -> None:
    with Receiver(tls=authority.serving(name)) as receiver:
        outcome = sent(
            f"https://hooks.example:{receiver.port}",
            resolver=StubResolver(hooks=["127.0.0.1"]),
            trust=authority.trusted(),
        )
    assert outcome.error is DeliveryError.tls_failed
    assert receiver.received == []


def test_a_certificate_of_an_unknown_authority_is_refused(authority: CertificateAuthority) -> None:
    with Receiver(tls=authority.serving("127.0.0.1")) as receiver:
        outcome = sent(receiver.url)
    assert outcome.error is DeliveryError.tls_failed
    assert receiver.received == []


def test_a_receiver_that_speaks_no_tls_is_told_as_such() -> None:
    def plain(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        over.wait()

    with ScriptedReceiver(plain) as receiver:
        outcome = sent(receiver.url.replace("http:", "https:"))
    assert outcome.error is DeliveryError.tls_failed


def test_a_handshake_that_hangs_is_left_when_time_is_up_and_leaves_nothing_open() -> None:
    with ScriptedReceiver(never_reads) as receiver:
        outcome = sent(receiver.url.replace("http:", "https:"), seconds=0.3)
    assert outcome.error is DeliveryError.timed_out
