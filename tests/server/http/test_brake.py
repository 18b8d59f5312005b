"""Wrong keys and links meet a brake for each address; right ones never do. Links have one form only."""

from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from domain.errors import TooMany
from server.app import House
from server.http.brake import MAX_ADDRESSES, Brake
from server.secrets import Secrets
from server.settings import Settings
from tests.support.app import PUBLIC_URL
from tests.support.candidate_client import book_interview
from tests.support.rest_client import RestClient
from tests.support.rest_face import RestFace
from tests.support.server_process import ServerProcess
from tests.support.workspaces import Tenant

ALLOWED = 3
SESSION = UUID("0193b3a0-0000-7000-8000-000000000000")


class TickingClock:
    """A clock in seconds that tests move by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def scope_of(host: str) -> dict[str, Any]:
    return {"type": "http", "client": (host, 1)}


def is_braked(brake: Brake, host: str) -> bool:
    try:
        brake.count_wrong(scope_of(host))
    except TooMany:
        return True
    return False


def test_so_many_wrong_ones_are_allowed_in_any_stretch_of_time_and_then_they_wait() -> None:
    ticks = TickingClock()
    brake = Brake(5, 100, ticks)
    assert [is_braked(brake, "192.0.2.1") for _ in range(7)] == [False] * 5 + [True] * 2
    assert not is_braked(brake, "192.0.2.2")
    with pytest.raises(TooMany) as braked:
        brake.count_wrong(scope_of("192.0.2.1"))
    assert braked.value.retry_after == 20
    ticks.now += 20
    assert [is_braked(brake, "192.0.2.1") for _ in range(2)] == [False, True]
    ticks.now += 100
    assert [is_braked(brake, "192.0.2.1") for _ in range(6)] == [False] * 5 + [True]


def test_addresses_of_one_ipv6_network_are_one() -> None:
    brake = Brake(2, 100, TickingClock())
    assert [is_braked(brake, f"2001:db8::{number}") for number in range(1, 4)] == [False, False, True]
    assert not is_braked(brake, "2001:db8:0:1::1")


def test_many_addresses_take_no_more_memory_than_a_bound() -> None:
    brake = Brake(1, 100, TickingClock())
    for number in range(MAX_ADDRESSES + 500):
        brake.count_wrong(scope_of(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"))
    assert len(brake) == MAX_ADDRESSES
    assert is_braked(brake, f"10.0.{10_400 >> 8}.{10_400 & 255}")


def test_no_attempts_means_no_brake() -> None:
    brake = Brake(0, 100, TickingClock())
    assert not any(is_braked(brake, "192.0.2.1") for _ in range(1_000))


@pytest.fixture
def settings(pristine: Path, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        public_url=PUBLIC_URL,
        rate_limit_per_minute=0,
        secret_key="a secret for tests",
        wrong_attempts=ALLOWED,
    )


@pytest.fixture
async def link(rest: RestFace, house: House, grace: Tenant) -> str:
    return str((await book_interview(rest, house, grace))["join_url"])


@pytest.fixture
async def stranger(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody at another address."""
    transport = httpx.ASGITransport(app=house.app, client=("192.0.2.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
        yield client


MCP_CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


async def wrong(http: httpx.AsyncClient, way: str) -> httpx.Response:
    """One wrong guess."""
    bad = {"x-api-key": "iv_live_" + "x" * 43, "accept": "application/json, text/event-stream"}
    if way == "rest":
        return await http.get("/api/v1/sessions", headers=bad)
    if way == "mcp":
        return await http.post("/mcp", json=MCP_CALL, headers=bad)
    if way == "messages":
        return await http.post("/join/wrong/messages", json={})
    if way == "report":
        return await http.get("/reports/wrong")
    return await http.get(f"/join/wrong{way}")


@pytest.mark.parametrize("way", ["rest", "mcp", "", "/state", "/events", "messages", "report"])
async def test_wrong_ones_are_refused_with_429_and_right_ones_pass(
    http: httpx.AsyncClient, stranger: httpx.AsyncClient, grace: Tenant, link: str, way: str
) -> None:
    answers = [await wrong(http, way) for _ in range(ALLOWED + 2)]
    expected = 401 if way in ("rest", "mcp") else 404
    assert [answer.status_code for answer in answers] == [expected] * ALLOWED + [429] * 2
    assert int(answers[-1].headers["retry-after"]) >= 1
    if way:
        assert answers[-1].json()["code"] == "too_many"
        assert answers[-1].json()["hint"]
    for other in ("rest", "/state"):
        assert (await wrong(http, other)).status_code == 429
    good = {"x-api-key": grace.key, "accept": "application/json, text/event-stream"}
    assert (await http.get("/api/v1/sessions", headers=good)).status_code == 200
    assert (await http.post("/mcp", json=MCP_CALL, headers=good)).status_code == 200
    for part in ("", "/state"):
        assert (await http.get(link + part)).status_code == 200
    assert (await wrong(stranger, way)).status_code == expected


async def test_a_call_without_any_key_is_no_guess(http: httpx.AsyncClient) -> None:
    statuses = {(await http.get("/api/v1/sessions")).status_code for _ in range(20)}
    assert statuses == {401}


async def test_a_link_of_an_erased_session_was_right_once(http: httpx.AsyncClient, house: House) -> None:
    link = f"/join/{house.secrets.join_secret(SESSION)}"
    assert {(await http.get(link)).status_code for _ in range(20)} == {404}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("brake"), {"VIVA_WRONG_ATTEMPTS": "3"}) as running:
        yield running


def test_a_websocket_with_a_wrong_link_meets_the_brake_and_a_right_one_does_not(
    server: ServerProcess,
) -> None:
    with RestClient(server) as api:
        link = str(api.book("braked")["join_url"]).replace("http", "ws", 1)
    # counted by the address that a trusted proxy names
    statuses = []
    for _ in range(5):
        with pytest.raises(InvalidStatus) as refused:
            connect(f"{server.url.replace('http', 'ws', 1)}/join/wrong/ws")
        statuses.append(refused.value.response.status_code)
    assert statuses == [403] * 3 + [429] * 2
    assert int(refused.value.response.headers["retry-after"]) >= 1
    with connect(f"{link}/ws?tab=one&after=0") as line:
        assert "ping" in line.recv(20)
    elsewhere = {"x-forwarded-for": "203.0.113.5"}
    assert httpx.get(f"{server.url}/join/wrong/state", headers=elsewhere).status_code == 404
    assert httpx.get(f"{server.url}/join/wrong/state").status_code == 429


SECRETS = Secrets("a secret for tests")
SECRET = SECRETS.join_secret(SESSION)
STANDARD = SECRET.replace("-", "+").replace("_", "/")


@pytest.mark.parametrize(
    "changed",
    [
        SECRET + "=",
        SECRET + "====",
        SECRET + "A",
        SECRET[:-1],
        SECRET + "\n",
        " " + SECRET,
        SECRET[:10] + " " + SECRET[10:],
        SECRET[:10] + "." + SECRET[10:],
        SECRET[:10] + "=" + SECRET[10:],
        SECRET + "\u00e9",
        SECRET.replace("A", "\uff21", 1) if "A" in SECRET else SECRET + "\uff21",
        "",
    ],
)
def test_a_link_written_in_any_other_way_is_wrong(changed: str) -> None:
    assert SECRETS.session_of(changed) is None


def test_the_other_alphabet_and_stray_bits_are_wrong() -> None:
    sessions = (UUID(int=number << 64 | 0xFBFF_FFFF) for number in range(1, 200))
    found = next(secret for secret in map(SECRETS.join_secret, sessions) if "-" in secret and "_" in secret)
    assert SECRETS.session_of(found) is not None
    assert SECRETS.session_of(found.replace("-", "+")) is None
    assert SECRETS.session_of(found.replace("_", "/")) is None
    # a report's secret has 57 bytes, no padding, and its own tag: nor is it a link to an interview
    assert len(urlsafe_b64decode(found)) == 36


async def test_a_link_with_percent_signs_is_wrong_on_every_path(http: httpx.AsyncClient, link: str) -> None:
    start, _, secret = link.rpartition("/")
    escaped = f"{start}/%{ord(secret[0]):02X}{secret[1:]}"
    assert (await http.get(f"{start}/{secret}")).status_code == 200
    assert (await http.get(escaped)).status_code == 404
    assert (await http.get(f"{escaped}/state")).status_code == 404
