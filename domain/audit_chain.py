"""The audit log's chain: each entry is sealed with a key, over its content and the seal of the entry before it.

The key is not in the database, so whoever can write to the tables cannot make a seal. Three things hold the log:
the entries' seals (a change, a gap, a swap), the head's seal in a table of its own (a tail that was cut), and anchors
kept elsewhere (older tables put back, or everything emptied). Entries from before there was a key carry a plain
SHA-256 and are held by the seals that follow them.
"""

import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from domain.moments import stamp

GENESIS = "0" * 64
# The seal of a head whose predecessor had none that fits: it never fits, so the damage stays visible.
UNSEALED = ""

# The members that a seal covers, besides the workspace, the moment and the seal before.
_COVERED = ("seq", "actor", "client", "face", "operation", "subject", "fields")
# made once: `json.dumps` with these options makes an encoder for each call
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_ANCHOR = re.compile(r"viva-audit-1\.([0-9a-f]{32})\.([0-9]{1,18})\.([0-9a-f]{64})\.([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: number and seal of the last entry. The first `plain` entries carry no key's seal."""

    seq: int = 0
    hash: str = GENESIS
    plain: int = 0
    seal: str = UNSEALED


@dataclass(frozen=True, slots=True)
class Anchor:
    """That a workspace's chain has this entry. Kept outside the database, it shows when entries are gone."""

    workspace: UUID
    seq: int
    hash: str
    key_id: str

    def __str__(self) -> str:
        return f"viva-audit-1.{self.workspace.hex}.{self.seq}.{self.hash}.{self.key_id}"


def anchors_in(text: str) -> list[Anchor]:
    """Every anchor in a text, such as a log file, in order and each once."""
    found = (
        Anchor(UUID(workspace), int(seq), digest, key)
        for workspace, seq, digest, key in _ANCHOR.findall(text)
    )
    return list(dict.fromkeys(found))


class AuditKey:
    """Makes and checks seals. `id` names the key and reveals nothing of it."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.id = self._seal(b"key id")[:16]

    def seal_entry(self, workspace: UUID, entry: Mapping[str, Any], previous: str) -> str:
        """The seal of an entry that follows `previous`."""
        return self._seal(_bytes(_content(entry, previous) | {"workspace": workspace.hex}))

    def seal_head(self, workspace: UUID, seq: int, digest: str, plain: int) -> str:
        """The seal of a head. Its text can never be that of an entry, which is JSON."""
        return self._seal(f"head {workspace.hex} {seq} {digest} {plain}".encode())

    def fits(self, workspace: UUID, head: Head) -> bool:
        """Whether the head carries this key's seal."""
        return hmac.compare_digest(head.seal, self.seal_head(workspace, head.seq, head.hash, head.plain))

    def anchor(self, workspace: UUID, head: Head) -> Anchor:
        """The anchor of a chain as it is now."""
        return Anchor(workspace, head.seq, head.hash, self.id)

    def _seal(self, text: bytes) -> str:
        return hmac.digest(self._secret, text, "sha256").hex()


def plain_hash(entry: Mapping[str, Any], previous: str) -> str:
    """What an entry from before there was a key carries."""
    return sha256(_bytes(_content(entry, previous))).hexdigest()


def flaws(
    key: AuditKey,
    workspace: UUID,
    entries: Iterable[Mapping[str, Any]],
    head: Head | None,
    anchors: Sequence[Anchor] = (),
) -> list[str]:
    """What is wrong with a workspace's log, as sentences; empty when it is whole.

    `entries` are all entries in the order of `seq`, `head` what the table of heads says, `anchors` what was kept
    elsewhere about this workspace.
    """
    end = head or Head()
    awaited: dict[int, set[str]] = {}
    for anchor in anchors:
        if anchor.seq > 0:
            awaited.setdefault(anchor.seq, set()).add(anchor.hash)
    found: list[str] = []
    previous, number = GENESIS, 0
    for entry in entries:
        number += 1
        seal = (
            plain_hash(entry, previous) if number <= end.plain else key.seal_entry(workspace, entry, previous)
        )
        if entry["seq"] != number or entry["previous"] != previous or entry["hash"] != seal:
            return [f"The chain is broken at entry {number}: it was changed, moved or removed."]
        previous = entry["hash"]
        if awaited.pop(number, {previous}) != {previous}:
            found.append(f"Entry {number} is not the one that the anchor was made of.")
    if head is not None and not key.fits(workspace, head):
        found.append(
            "The head's seal does not fit: the head was moved, or the log was changed and written on."
        )
    if (number, previous) != (end.seq, end.hash):
        found.append(
            f"The chain has {number} entries and its head says {end.seq}: entries or the head were removed."
        )
    if awaited:
        found.append(
            f"Entry {max(awaited)}, which an anchor was made of, is gone: the chain has {number} entries."
        )
    return found


def _content(entry: Mapping[str, Any], previous: str) -> dict[str, Any]:
    return {name: entry[name] for name in _COVERED} | {"at": stamp(entry["at"]), "previous": previous}


def _bytes(content: Mapping[str, Any]) -> bytes:
    return _encode(content).encode()
