"""What holds for every face: one Host header, `nosniff`, and metrics that are not for strangers."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from server.app import House
from server.settings import Settings
from tests.support.app import PUBLIC_URL
from tests.support.postgres import free_port
from tests.support.server_process import ServerProcess
from tests.support.workspaces import Tenant

KEY = "a key for metrics"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("front")) as running:
        yield running


@pytest.fixture
def settings(pristine: Path, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, public_url=PUBLIC_URL, secret_key="a secret for tests")


FACES = [
    "/",
    "/docs",
    "/health",
    "/metrics",
    "/api/v1/sessions",
    "/api/v1/openapi.json",
    "/mcp",
    "/join/x",
    "/none",
]


@pytest.mark.parametrize("path", FACES)
def test_two_hosts_are_refused_in_words_on_every_face(server: ServerProcess, path: str) -> None:
    for second in (b"localhost", b"evil.example"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(
                b"GET %b HTTP/1.1\r\nhost: localhost\r\nHost: %b\r\nconnection: close\r\n\r\n"
                % (path.encode(), second)
            )
            answer = b""
            while piece := connection.recv(65_536):
                answer += piece
        assert answer.startswith(b"HTTP/1.1 400")
        assert b'"code":"several_hosts"' in answer
        assert b"x-content-type-options: nosniff" in answer
        assert b"evil" not in answer


def test_a_websocket_with_two_hosts_is_refused_in_words(server: ServerProcess) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(
            b"GET /join/x/ws HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
            b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        answer = b""
        while b"}" not in answer and (piece := connection.recv(65_536)):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"several_hosts" in answer


async def test_every_answer_says_nosniff_once(http: httpx.AsyncClient, grace: Tenant) -> None:
    good = {"x-api-key": grace.key, "accept": "application/json, text/event-stream"}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    answers = [
        *[await http.get(path) for path in FACES],
        *[await http.get(path, headers=good) for path in FACES],
        await http.post("/mcp", json=call, headers=good),
        await http.post("/mcp", content=b"{", headers=good),
        await http.post("/api/v1/participants", content=b"{", headers=good),
        await http.put("/health"),
        await http.get("/static/room/room.js"),
        await http.get("/static/none"),
    ]
    for answer in answers:
        assert answer.headers.get_list("x-content-type-options") == ["nosniff"], answer.request.url


async def test_an_error_that_nobody_foresaw_is_a_problem_with_nosniff(house: House) -> None:
    async def broken(*_: object) -> None:
        raise KeyError("a fault of ours")

    house.app.router.default = broken
    transport = httpx.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as http:
        answer = await http.get("/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (500, "unforeseen")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "fault" not in answer.text


@pytest.mark.parametrize(
    ("client", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("127.8.8.8", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.5", {}, 404),
        ("203.0.113.5", {}, 404),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.5"}, 404),
        ("127.0.0.1", {"forwarded": "for=203.0.113.5"}, 404),
        ("127.0.0.1", {"x-real-ip": "127.0.0.1"}, 404),
    ],
)
async def test_without_a_key_metrics_are_for_this_machine_only(
    house: House, client: str, headers: dict[str, str], status: int
) -> None:
    transport = httpx.ASGITransport(app=house.app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as http:
        assert (await http.get("/metrics", headers=headers)).status_code == status


def test_with_a_key_metrics_are_for_whoever_sends_it(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, {"VIVA_METRICS_KEY": KEY, "VIVA_WRONG_ATTEMPTS": "3"}) as server:
        address = f"{server.url}/metrics"
        right = {"authorization": f"Bearer {KEY}"}
        assert "viva_calls" in httpx.get(address, headers=right | {"x-forwarded-for": "203.0.113.5"}).text
        bare = httpx.get(address)
        assert (bare.status_code, bare.json()["code"]) == (401, "no_key")
        assert "www-authenticate" in bare.headers
        wrong = [
            httpx.get(address, headers={"authorization": f"Bearer x{KEY}"}).status_code for _ in range(4)
        ]
        assert wrong == [401, 401, 401, 429]
        assert httpx.get(address, headers=right).status_code == 200


@pytest.mark.parametrize("key", ["", KEY])
def test_metrics_can_have_an_address_of_their_own(tmp_path: Path, key: str) -> None:
    port = free_port()
    own = {"VIVA_METRICS_ADDRESS": f"127.0.0.1:{port}", "VIVA_METRICS_KEY": key}
    with ServerProcess(tmp_path, own) as server:
        assert httpx.get(f"{server.url}/metrics").status_code == 404
        address = f"http://127.0.0.1:{port}/metrics"
        answer = httpx.get(address, headers={"authorization": f"Bearer {KEY}"} if key else {})
        assert "viva_calls" in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert httpx.get(address).status_code == (401 if key else 200)
        assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 404
        assert server.stop() in (0, -signal.SIGTERM)


@pytest.mark.parametrize("address", ["9090", ":9090", "localhost", "localhost:x", "localhost:99999"])
def test_an_address_that_is_none_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(ValidationError, match="VIVA_METRICS_ADDRESS"):
        Settings(metrics_address=address)
