"""The audit log's chain: each entry's hash covers its content and the hash before it.

Whoever changes or removes an entry breaks the chain from there on; `first_break` finds where.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from domain.moments import stamp

GENESIS = "0" * 64

# What a hash covers, besides the hash before it.
_COVERED = ("seq", "actor", "client", "face", "operation", "subject", "fields")


def chained(entry: Mapping[str, Any], previous: str) -> str:
    """The hash of an entry that follows `previous`."""
    content = {name: entry[name] for name in _COVERED} | {"at": stamp(entry["at"]), "previous": previous}
    return sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def first_break(entries: Iterable[Mapping[str, Any]], head_seq: int, head_hash: str) -> int | None:
    """The number of the first entry that does not fit, or None when the chain is whole up to its head.

    Entries come in the order of `seq`, all of them.
    """
    previous, number = GENESIS, 0
    for entry in entries:
        number += 1
        fits = entry["seq"] == number and entry["previous"] == previous
        if not fits or entry["hash"] != chained(entry, previous):
            return number
        previous = entry["hash"]
    if number != head_seq or previous != head_hash:
        return number + 1
    return None
