"""The server's master secret and what is derived from it: key digests, join links, report links, encryption.

The audit log has a key of its own beside it.
"""

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

from domain.audit_chain import AuditKey
from storage.engine.private_files import make_private_folder

KEY_PREFIX = "iv_live_"
SECRET_FILE = "secret.key"
AUDIT_KEY_FILE = "audit.key"
_TAG = 20  # bytes of the authentication tag; with the 16 of the id, base64 needs no padding


class Secrets:
    """Derives a separate key for each purpose from one master secret."""

    def __init__(self, master: str) -> None:
        self._master = master.encode()
        self._pepper = self.derive("api-keys")
        self._join = self.derive("join-links")
        self._report = self.derive("report-links")

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose. It reveals nothing about the keys of other purposes."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(self._master)

    def audit_key(self) -> AuditKey:
        """The key that seals audit logs."""
        return AuditKey(self.derive("audit-log"))

    def digest_of_key(self, key: str) -> str:
        """The stored form of an API key. Keys are 256 random bits, so a fast keyed hash is enough."""
        return hmac.digest(self._pepper, key.encode(), "sha256").hex()

    def join_secret(self, session: UUID, version: int = 0) -> str:
        """The secret part of a session's join link. It is derived and never stored, so a database cannot leak it."""
        return urlsafe_b64encode(session.bytes + self._tag(session, version)).decode()

    def session_of(self, secret: str, version: int = 0) -> UUID | None:
        """The session of a join secret; None when the secret is not valid."""
        raw = _decode(secret)
        if len(raw) != 16 + _TAG:
            return None
        session = UUID(bytes=raw[:16])
        return session if hmac.compare_digest(raw[16:], self._tag(session, version)) else None

    def report_secret(self, workspace: UUID, session: UUID, until: datetime) -> str:
        """The secret part of the address of a session's report. It is valid until `until`."""
        payload = workspace.bytes + session.bytes + int(until.timestamp()).to_bytes(5, "big")
        return urlsafe_b64encode(payload + hmac.digest(self._report, payload, "sha256")[:_TAG]).decode()

    def report_of(self, secret: str, now: datetime) -> tuple[UUID, UUID] | None:
        """The workspace and session of a report secret; None when it is not valid or has expired."""
        payload = self._report_payload(secret)
        if payload is None:
            return None
        if now.timestamp() > int.from_bytes(payload[32:], "big"):
            return None
        return UUID(bytes=payload[:16]), UUID(bytes=payload[16:32])

    def is_report(self, secret: str) -> bool:
        """Whether this server made the secret, expired or not."""
        return self._report_payload(secret) is not None

    def _report_payload(self, secret: str) -> bytes | None:
        raw = _decode(secret)
        payload, tag = raw[:37], raw[37:]
        right = hmac.compare_digest(tag, hmac.digest(self._report, payload, "sha256")[:_TAG])
        return payload if right else None

    def seal(self, text: str, purpose: str) -> str:
        """Encrypt a text that must be read again, such as a webhook's secret."""
        nonce = os.urandom(12)
        sealed = AESGCM(self.derive(purpose)).encrypt(nonce, text.encode(), purpose.encode())
        return urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, purpose: str) -> str:
        """Decrypt what `seal` returned. Raises `cryptography.exceptions.InvalidTag` for anything else."""
        raw = urlsafe_b64decode(sealed)
        return AESGCM(self.derive(purpose)).decrypt(raw[:12], raw[12:], purpose.encode()).decode()

    def _tag(self, session: UUID, version: int) -> bytes:
        return hmac.digest(self._join, session.bytes + version.to_bytes(4, "big"), "sha256")[:_TAG]


def _decode(secret: str) -> bytes:
    """The bytes of a link's secret; empty when it cannot be one.

    Only the one form that this server writes is accepted: Python's decoder skips foreign characters, and takes
    padding, other alphabets and stray bits at the end.
    """
    try:
        raw = urlsafe_b64decode(secret.encode("ascii"))
    except ValueError:
        return b""
    return raw if urlsafe_b64encode(raw).decode() == secret else b""


def new_key() -> str:
    """A new random API key. It is shown once and never stored."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def load(configured: str, data_dir: Path) -> Secrets:
    """The secret from the settings, else the one in the data directory, which is created on first use."""
    return Secrets(configured or _load_or_create(data_dir / SECRET_FILE))


def load_audit_key(configured: str, data_dir: Path, shared_secret: str = "") -> AuditKey:
    """The audit log's key: from the settings, else from its file in the data directory, made on first use.

    Servers that share a database and a secret need one key without sharing a folder. With a `shared_secret` and
    no file, the key is derived from that secret, under a label of its own.
    """
    path = data_dir / AUDIT_KEY_FILE
    if not configured and shared_secret and not path.exists():
        return Secrets(shared_secret).audit_key()
    return audit_key_of(configured or _load_or_create(path))


def audit_key_of(text: str) -> AuditKey:
    """The audit log's key from its text, as a setting or a file holds it."""
    return Secrets(text.strip()).audit_key()


def _load_or_create(path: Path) -> str:
    """The secret in a file of the data directory, which is created on first use."""
    data_dir = path.parent
    make_private_folder(data_dir)
    try:
        # Written to a draft and then linked, so that two processes that start together agree on one secret.
        draft = data_dir / f".secret.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text().strip()
