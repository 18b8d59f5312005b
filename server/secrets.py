"""The server's one secret, and what is derived from it: key digests, join links, sealed state."""

import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_PREFIX = "iv_live_"
_TAG = 20  # bytes of a join link that prove it; with the id's 16 they need no padding in base64


class Secrets:
    """Derives everything from one master secret, each purpose with a key of its own."""

    def __init__(self, master: str) -> None:
        self._master = master.encode()
        self._pepper = self.derive("api-keys")
        self._join = self.derive("join-links")
        self._report = self.derive("report-links")

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose; knowing them tells nothing about those of another."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(self._master)

    def digest_of_key(self, key: str) -> str:
        """What is stored of an API key. Keys are 256 random bits, so a fast keyed hash is enough."""
        return hmac.digest(self._pepper, key.encode(), "sha256").hex()

    def join_secret(self, session: UUID, version: int = 0) -> str:
        """The secret part of a session's join link: derived, not stored, so no database can leak it."""
        return urlsafe_b64encode(session.bytes + self._tag(session, version)).decode()

    def session_of(self, secret: str, version: int = 0) -> UUID | None:
        """The session a join secret belongs to, or None when it is not one of ours."""
        raw = _decoded(secret)
        if len(raw) != 16 + _TAG:
            return None
        session = UUID(bytes=raw[:16])
        return session if hmac.compare_digest(raw[16:], self._tag(session, version)) else None

    def report_secret(self, workspace: UUID, session: UUID, until: datetime) -> str:
        """The secret part of the address of a session's report, which works until then."""
        told = workspace.bytes + session.bytes + int(until.timestamp()).to_bytes(5, "big")
        return urlsafe_b64encode(told + hmac.digest(self._report, told, "sha256")[:_TAG]).decode()

    def report_of(self, secret: str, now: datetime) -> tuple[UUID, UUID] | None:
        """The workspace and session a report's secret is for; None when it is not ours or its time is over."""
        raw = _decoded(secret)
        told, tag = raw[:37], raw[37:]
        if not hmac.compare_digest(tag, hmac.digest(self._report, told, "sha256")[:_TAG]):
            return None
        if now.timestamp() > int.from_bytes(told[32:], "big"):
            return None
        return UUID(bytes=told[:16]), UUID(bytes=told[16:32])

    def seal(self, text: str, purpose: str) -> str:
        """Encrypt something that has to be read again, such as a webhook's secret."""
        nonce = os.urandom(12)
        sealed = AESGCM(self.derive(purpose)).encrypt(nonce, text.encode(), purpose.encode())
        return urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, purpose: str) -> str:
        """What `seal` was given; raises `cryptography.exceptions.InvalidTag` for anything else."""
        raw = urlsafe_b64decode(sealed)
        return AESGCM(self.derive(purpose)).decrypt(raw[:12], raw[12:], purpose.encode()).decode()

    def _tag(self, session: UUID, version: int) -> bytes:
        return hmac.digest(self._join, session.bytes + version.to_bytes(4, "big"), "sha256")[:_TAG]


def _decoded(secret: str) -> bytes:
    """The bytes of a link's secret; none when it cannot be one."""
    try:
        return urlsafe_b64decode(secret.encode("ascii"))
    except ValueError:
        return b""


def new_key() -> str:
    """A fresh API key. Shown once, never stored."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def load(configured: str, data_dir: Path) -> Secrets:
    """The secret from the settings, else the one kept in the data directory, made there on first use."""
    if configured:
        return Secrets(configured)
    path = data_dir / "secret.key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        # made whole beside its place and linked there, so that two starts at once agree on one
        fresh = data_dir / f".secret.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
    return Secrets(path.read_text().strip())
