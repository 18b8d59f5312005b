"""Real servers on loopback that receive webhooks, well-behaved and not, and a resolver that is told what to say."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from domain.webhooks.networks import Address


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


# The status to answer a request with, and the text.
Reply = Callable[[Received], tuple[int, bytes]]


def accepts(_: Received) -> tuple[int, bytes]:
    return 200, b"thank you"


class _OnIPv6(ThreadingHTTPServer):
    address_family = socket.AF_INET6


class Receiver:
    """An HTTP server that keeps what it was sent, for as long as the block lasts."""

    def __init__(
        self,
        reply: Reply = accepts,
        *,
        address: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.received: list[Received] = []
        self._reply = reply
        self._scheme = "https" if tls else "http"
        listens = _OnIPv6 if ":" in address else ThreadingHTTPServer
        self._server = listens((address, port), self._handler())
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                came = Received(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                receiver.received.append(came)
                status, text = receiver._reply(came)
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("location", receiver.url + "/elsewhere")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler

    def __enter__(self) -> "Receiver":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        address = str(self._server.server_address[0])
        return f"{self._scheme}://{f'[{address}]' if ':' in address else address}:{self.port}"


class ScriptedReceiver:
    """A TCP server that treats each connection as the script says; `over` is set when the block ends."""

    def __init__(self, script: Callable[[socket.socket, threading.Event], None]) -> None:
        self.over = threading.Event()
        self.connections = 0
        self._script = script
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._listen)]

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        # an OSError is the sender hanging up, as it should
        with connection, suppress(OSError):
            self._script(connection, self.over)

    def __enter__(self) -> "ScriptedReceiver":
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"


class StubResolver:
    """A resolver with a list of answers for each name, one for each time it is asked; the last one stays."""

    def __init__(self, **answers: Sequence[str | Sequence[str]]) -> None:
        self.asked: list[str] = []
        self._answers = answers

    async def __call__(self, name: str) -> Sequence[Address]:
        answers = self._answers[name.partition(".")[0]]
        turn = min(self.asked.count(name), len(answers) - 1)
        self.asked.append(name)
        answer = answers[turn]
        return [ip_address(one) for one in ([answer] if isinstance(answer, str) else answer)]


class CertificateAuthority:
    """A certificate authority of the test's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = self._signed("Test CA", self._key, ca=True, sans=[])

    def trusted(self) -> ssl.SSLContext:
        """What a client has that trusts this authority and no other."""
        return ssl.create_default_context(cadata=self._certificate.public_bytes(Encoding.PEM).decode())

    def serving(self, *names: str) -> ssl.SSLContext:
        """What a server has whose certificate is for these names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._signed(names[0], key, ca=False, sans=names)
        file = self._folder / f"{names[0]}.pem"
        file.write_bytes(
            certificate.public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _signed(
        self, name: str, key: ec.EllipticCurvePrivateKey, *, ca: bool, sans: Sequence[str]
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            # Python 3.13 and newer insist on it
            .add_extension(_usage(signs_certificates=ca), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )
        if sans:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_general(name) for name in sans]), critical=False
            )
        return builder.sign(self._key, hashes.SHA256())


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        key_encipherment=False,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
