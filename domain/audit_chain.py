"""The audit log's hash chain: each entry's hash covers its content and the hash of the entry before it.

Changing or removing an entry breaks the chain from there on; `first_break` says where.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from domain.moments import stamp

GENESIS = "0" * 64

# The members that a hash covers, besides the moment and the previous hash.
_HASHED = ("seq", "actor", "client", "face", "operation", "subject", "fields")


def entry_hash(entry: Mapping[str, Any], previous: str) -> str:
    """The hash of an entry that follows `previous`."""
    content = {name: entry[name] for name in _HASHED} | {"at": stamp(entry["at"]), "previous": previous}
    return sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def first_break(entries: Iterable[Mapping[str, Any]], head_seq: int, head_hash: str) -> int | None:
    """The `seq` of the first entry that does not fit, or None when the chain is intact up to its head.

    `entries` are all entries in the order of `seq`.
    """
    previous, number = GENESIS, 0
    for entry in entries:
        number += 1
        fits = entry["seq"] == number and entry["previous"] == previous
        if not fits or entry["hash"] != entry_hash(entry, previous):
            return number
        previous = entry["hash"]
    if number != head_seq or previous != head_hash:
        return number + 1
    return None
