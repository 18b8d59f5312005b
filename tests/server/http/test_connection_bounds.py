"""Half-open, huge, slow and many connections against a real server: bounded before anybody is authenticated."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from server.http.connection_bounds import Bounds, Connections, Proxies, address_group
from tests.support.rest_client import RestClient, wait_until
from tests.support.server_process import ServerProcess

MIB = 1024 * 1024
# Short times by setting, so that no test waits for a default. No proxy stands before this server.
SHORT = {
    "VIVA_HEADER_SECONDS": "1",
    "VIVA_BODY_SECONDS": "1",
    "VIVA_IDLE_SECONDS": "1",
    "VIVA_FORWARDED_ALLOW_IPS": "",
}
PATIENCE = 20.0


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with the default bounds."""
    with ServerProcess(tmp_path_factory.mktemp("patient")) as running:
        yield running


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server that waits one second for everything."""
    with ServerProcess(tmp_path_factory.mktemp("strict"), SHORT) as running:
        yield running


def dial(server: ServerProcess) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)


def read_all(connection: socket.socket) -> bytes:
    """Everything until the server closes."""
    got = b""
    try:
        while piece := connection.recv(65_536):
            got += piece
    except ConnectionResetError:
        pass
    return got


def refused(answer: bytes, status: int, code: str) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().lower().split("\r\n")
    assert first.split()[1] == str(status), answer
    headers = dict(line.split(": ", 1) for line in lines)
    assert headers["content-type"] == "application/json"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["connection"] == "close"
    said = json.loads(body)
    assert said["code"] == code
    assert said["error"]
    assert said["hint"]


def memory_of(server: ServerProcess) -> int:
    """Resident memory in MiB."""
    lines = Path(f"/proc/{server.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024


def send_until_cut(connection: socket.socket, piece: bytes, most: int) -> int:
    """Send again and again until the server cuts; how many bytes it let through."""
    sent = 0
    try:
        while sent < most:
            connection.sendall(piece)
            sent += len(piece)
    except OSError:
        pass
    return sent


def is_quick(server: ServerProcess) -> None:
    """A stranger's request is answered at once."""
    began = time.monotonic()
    assert httpx.get(f"{server.url}/health", timeout=PATIENCE).status_code == 200
    assert time.monotonic() - began < 2


def test_three_hundred_half_open_requests_keep_nobody_waiting(patient: ServerProcess) -> None:
    with ExitStack() as stack:
        for number in range(300):
            half = stack.enter_context(dial(patient))
            half.sendall(b"GET /join/%d HTTP/1.1\r\nhost: x\r\nx-slow: " % number)
        is_quick(patient)


def test_a_class_of_five_hundred_and_more_behind_one_address_gets_in(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, {"VIVA_FORWARDED_ALLOW_IPS": ""}) as server, ExitStack() as stack:
        pupils = [stack.enter_context(dial(server)) for _ in range(520)]
        for pupil in pupils:
            pupil.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        for pupil in pupils:
            assert pupil.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize(
    "start", [b"x-huge: ", b"x-a: 1\r\n", b"GET-is-no-method"], ids=["one", "many", "name"]
)
def test_headers_of_300_mb_are_cut_early_and_take_no_memory(patient: ServerProcess, start: bytes) -> None:
    before = memory_of(patient)
    piece = start * (65_536 // len(start)) if start.endswith(b"\n") else b"a" * 65_536
    with dial(patient) as connection:
        connection.sendall(b"GET /api/v1/sessions HTTP/1.1\r\nhost: x\r\n" + start)
        assert send_until_cut(connection, piece, 300 * MIB) < 16 * MIB
        refused(read_all(connection), 431, "headers_too_large")
    assert memory_of(patient) - before < 20
    is_quick(patient)


def test_a_line_of_300_mb_is_cut_early(patient: ServerProcess) -> None:
    with dial(patient) as connection:
        connection.sendall(b"GET /")
        assert send_until_cut(connection, b"a" * 65_536, 300 * MIB) < 16 * MIB
        refused(read_all(connection), 431, "headers_too_large")


def test_trailers_and_chunk_extensions_are_headers_too(patient: ServerProcess) -> None:
    before = memory_of(patient)
    head = b"POST /join/x/messages HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    for start in (b"0\r\nx-huge: ", b"1;", b"1\r\na\r\n0\r\n" + b"x: y\r\n" * 50):
        with dial(patient) as connection:
            connection.sendall(head + start)
            assert send_until_cut(connection, b"a" * 65_536, 300 * MIB) < 16 * MIB
            read_all(connection)
    assert memory_of(patient) - before < 20
    is_quick(patient)


def test_a_hundred_headers_pass_and_more_are_refused(patient: ServerProcess) -> None:
    for count, status in ((99, b"200"), (100, b"431")):
        with dial(patient) as connection:
            headers = b"".join(b"x-%d: 1\r\n" % number for number in range(count))
            connection.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n" + headers + b"\r\n")
            assert connection.recv(65_536).split()[1] == status


def test_a_head_as_large_as_allowed_passes_however_it_is_cut(patient: ServerProcess) -> None:
    frame = b"GET /health HTTP/1.1\r\nhost: x\r\nx-a: %b\r\n\r\n"
    for size, status in ((65_536, b"200"), (65_537, b"431")):
        wire = frame % (b"a" * (size - len(frame) + 2))
        assert len(wire) == size
        for step in (size, 1_000):
            with dial(patient) as connection:
                for start in range(0, size, step):
                    connection.sendall(wire[start : start + step])
                assert connection.recv(65_536).split()[1] == status


def test_slow_headers_are_answered_with_408(strict: ServerProcess) -> None:
    with dial(strict) as connection:
        connection.settimeout(0.1)
        got = b""
        for byte in b"GET /health HTTP/1.1\r\nhost: x\r\nx-slow: " + b"a" * 200:
            try:
                connection.sendall(bytes([byte]))
                got += connection.recv(65_536)
            except TimeoutError:
                continue
            except OSError:
                break
            if got:
                break
        connection.settimeout(PATIENCE)
        refused(got + read_all(connection), 408, "too_slow")


def test_a_connection_that_says_nothing_is_closed_without_a_word(strict: ServerProcess) -> None:
    with dial(strict) as connection:
        assert read_all(connection) == b""


def test_a_connection_that_is_idle_after_an_answer_is_closed(strict: ServerProcess) -> None:
    with dial(strict) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        assert read_all(connection).startswith(b"HTTP/1.1 200")


def test_blank_lines_do_not_keep_an_idle_connection_open(strict: ServerProcess) -> None:
    with dial(strict) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        connection.sendall(b"\r\n")
        read_all(connection)


@pytest.mark.parametrize("path", ["/api/v1/participants", "/mcp", "/join/LINK/messages"])
@pytest.mark.parametrize("framing", ["content-length: 5000", "transfer-encoding: chunked"])
def test_a_slow_body_is_answered_with_408_and_changes_nothing(
    strict: ServerProcess, path: str, framing: str
) -> None:
    with RestClient(strict) as api:
        link = str(
            api.book(f"{path}{framing}".replace("/", "").replace(" ", "").replace(":", ""))["join_url"]
        )
    path = path.replace("LINK", link.rpartition("/")[2])
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost:{strict.port}\r\nx-api-key: {strict.key}\r\n"
        f"content-type: application/json\r\naccept: application/json, text/event-stream\r\n{framing}\r\n\r\n"
    )
    # whole JSON, but not the whole body
    part = b'{"name": "Slow", "email": "slow@example.com"}'
    body = part if "length" in framing else b"%x\r\n%b\r\n" % (len(part), part)
    with dial(strict) as connection:
        connection.sendall(head.encode() + body)
        refused(read_all(connection), 408, "too_slow")
    found = httpx.get(
        f"{strict.url}/api/v1/participants?search=slow@example.com", headers={"x-api-key": strict.key}
    )
    assert "slow@example.com" not in found.text
    assert "Traceback" not in strict.log.read_text()
    assert "incident" not in strict.log.read_text()


def test_a_large_body_with_a_wrong_key_is_answered_and_cut(patient: ServerProcess) -> None:
    with dial(patient) as connection:
        connection.sendall(
            b"POST /api/v1/participants HTTP/1.1\r\nhost: x\r\nx-api-key: wrong\r\ncontent-length: 314572800\r\n\r\n"
        )
        assert send_until_cut(connection, b"a" * 65_536, 300 * MIB) < 64 * MIB
        assert read_all(connection).startswith(b"HTTP/1.1 401")
    is_quick(patient)


def test_a_connection_lives_on_after_a_refusal_that_came_before_the_body(patient: ServerProcess) -> None:
    with dial(patient) as connection:
        connection.sendall(b"POST /api/v1/participants HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n")
        answer = b""
        while not answer.endswith(b"}"):
            answer += connection.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 401")
        connection.sendall(b"{}  GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")


def test_open_lines_of_a_candidate_outlive_every_deadline(strict: ServerProcess) -> None:
    with RestClient(strict) as api:
        link, other = (str(api.book(name)["join_url"]) for name in ("socket", "stream"))
    with (
        connect(f"{link.replace('http', 'ws', 1)}/ws?tab=one&after=0") as line,
        httpx.stream("GET", f"{other}/events?tab=one&after=0", timeout=3) as stream,
    ):
        assert json.loads(line.recv(PATIENCE))["type"] == "ping"
        pieces = stream.iter_lines()
        assert next(pieces) == ": hello"
        # three times as long as every deadline, and silence is all that comes
        with pytest.raises(httpx.ReadTimeout):
            list(pieces)
        line.send('{"client_id": "message-1", "type": "help", "body": {"kind": "human", "text": "here"}}')
        assert json.loads(line.recv(PATIENCE))["type"] in ("ack", "help")


def is_served(server: ServerProcess) -> bool:
    """Whether one more connection is taken. The server learns in its own time that another one was closed."""
    with dial(server) as again:
        again.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        return read_all(again).startswith(b"HTTP/1.1 200")


def test_more_connections_of_one_address_than_allowed_are_told_so(tmp_path: Path) -> None:
    bounds = {"VIVA_CONNECTIONS_PER_ADDRESS": "5", "VIVA_FORWARDED_ALLOW_IPS": ""}
    with ServerProcess(tmp_path, bounds) as server, ExitStack() as stack:
        held = [stack.enter_context(dial(server)) for _ in range(5)]
        for each in held:
            each.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
            assert each.recv(65_536).startswith(b"HTTP/1.1 200")
        with dial(server) as sixth:
            sixth.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
            refused(read_all(sixth), 429, "too_many_connections")
        held[0].close()
        wait_until(lambda: is_served(server))


def test_more_connections_than_the_server_takes_are_told_so(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, {"VIVA_CONNECTIONS": "5"}) as server, ExitStack() as stack:
        with RestClient(server) as api:
            link = str(api.book("held")["join_url"]).replace("http", "ws", 1)
        for _ in range(2):
            stack.enter_context(dial(server))
        # a WebSocket is a connection as well, and is given back when it closes
        lines = [stack.enter_context(connect(f"{link}/ws?tab={tab}&after=0")) for tab in "abc"]
        lines[2].recv(PATIENCE)
        answer = b""
        for _ in range(10):
            with dial(server) as sixth:
                sixth.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                answer = read_all(sixth)
            if not answer.startswith(b"HTTP/1.1 200"):
                break
            # older tabs were closed by the newest: their places are free
            stack.enter_context(dial(server))
        refused(answer, 503, "no_connection_left")
        lines[2].close()
        wait_until(lambda: is_served(server))


def test_what_is_no_http_is_told_so_as_a_problem(patient: ServerProcess) -> None:
    for wire in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ):
        with dial(patient) as connection:
            connection.sendall(wire)
            refused(read_all(connection), 400, "malformed_request")


def test_many_requests_in_one_packet_are_answered_or_cut(patient: ServerProcess) -> None:
    with dial(patient) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n" * 2_000)
        connection.shutdown(socket.SHUT_WR)
        read_all(connection)
    is_quick(patient)


def test_a_few_requests_in_one_packet_are_all_answered(patient: ServerProcess) -> None:
    with dial(patient) as connection:
        one = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
        connection.sendall(one * 9 + one.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        assert read_all(connection).count(b"HTTP/1.1 200") == 10


@pytest.mark.parametrize(
    ("host", "group"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a name", "a name"),
    ],
)
def test_what_counts_as_one_address(host: str, group: str) -> None:
    assert address_group(host) == group


def test_connections_of_proxies_are_counted_in_all_but_not_by_address() -> None:
    class Transport:
        pass

    held = Connections(Bounds(connections=3, connections_per_address=1, proxies="10.0.0.0/8, 192.0.2.7"))
    proxied = [Transport() for _ in range(3)]
    for each in proxied:
        held.open(each, "10.1.2.3")  # type: ignore[arg-type]
    assert not held.too_many()
    assert not any(held.too_many_of(each) for each in proxied)  # type: ignore[arg-type]
    direct = [Transport(), Transport()]
    for each in direct:
        held.open(each, "2001:db8::1")  # type: ignore[arg-type]
    assert held.too_many()
    assert held.too_many_of(direct[1])  # type: ignore[arg-type]
    for each in (*proxied, *direct, *direct):
        held.close(each)  # type: ignore[arg-type]
    assert len(held) == 0
    assert "10.9.9.9" in Proxies("*")
    assert "11.0.0.1" not in Proxies("10.0.0.0/8")
