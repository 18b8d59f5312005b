"""Seals, heads and anchors: what each notices, and what only an anchor does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.audit_chain import GENESIS, Anchor, AuditKey, Head, anchors_in, flaws, plain_hash

KEY = AuditKey(b"k" * 32)
OTHER = AuditKey(b"o" * 32)
ACME, RIVAL = UUID(int=1), UUID(int=2)
Entries = list[dict[str, Any]]


def chain(
    length: int, *, plain: int = 0, key: AuditKey = KEY, workspace: UUID = ACME
) -> tuple[Entries, Head]:
    """A genuine log and its head; its first `plain` entries are from before there was a key."""
    entries: Entries = []
    previous = GENESIS
    for seq in range(1, length + 1):
        entry: dict[str, Any] = {
            "seq": seq,
            "at": datetime(2026, 6, 1, 9, seq % 60, tzinfo=UTC),
            "actor": "key:1",
            "client": "curl",
            "face": "rest",
            "operation": "update_participant",
            "subject": str(UUID(int=seq)),
            "fields": ["name"],
            "previous": previous,
        }
        entry["hash"] = (
            plain_hash(entry, previous) if seq <= plain else key.seal_entry(workspace, entry, previous)
        )
        previous = entry["hash"]
        entries.append(entry)
    return entries, Head(length, previous, plain, key.seal_head(workspace, length, previous, plain))


def rewritten(entries: Entries, start: int) -> Entries:
    """What somebody without the key can do: change an entry and chain the rest by plain hashes."""
    changed = [dict(entry) for entry in entries]
    changed[start]["operation"] = "get_participant"
    previous = changed[start - 1]["hash"] if start else GENESIS
    for entry in changed[start:]:
        entry["previous"] = previous
        previous = entry["hash"] = plain_hash(entry, previous)
    return changed


@pytest.mark.parametrize(("length", "plain"), [(0, 0), (1, 0), (5, 0), (5, 3), (5, 5)])
def test_a_genuine_log_is_whole(length: int, plain: int) -> None:
    entries, head = chain(length, plain=plain)
    assert flaws(KEY, ACME, entries, head, [KEY.anchor(ACME, head)]) == []


def test_a_log_without_entries_needs_no_head() -> None:
    assert flaws(KEY, ACME, [], None) == []


CHANGES: dict[str, Callable[[Entries], Entries]] = {
    "changed": lambda all: [*all[:2], all[2] | {"actor": "key:2"}, *all[3:]],
    "moment": lambda all: [*all[:2], all[2] | {"at": datetime(2020, 1, 1, tzinfo=UTC)}, *all[3:]],
    "removed": lambda all: all[:2] + all[3:],
    "removed and renumbered": lambda all: all[:2] + [entry | {"seq": entry["seq"] - 1} for entry in all[3:]],
    "swapped": lambda all: [*all[:2], all[3] | {"seq": 3}, all[2] | {"seq": 4}, *all[4:]],
    "doubled": lambda all: [*all[:3], *all[2:]],
    "rewritten": lambda all: rewritten(all, 2),
}


@pytest.mark.parametrize("how", CHANGES)
@pytest.mark.parametrize("plain", [0, 2, 4])
def test_a_change_in_the_middle_is_noticed_where_it_is(how: str, plain: int) -> None:
    entries, head = chain(6, plain=plain)
    changed = CHANGES[how]([dict(entry) for entry in entries])
    (sentence,) = flaws(KEY, ACME, changed, head)
    # a plain stretch is rewritten without a trace in itself: the first seal after it does not fit
    at = 5 if how == "rewritten" and plain == 4 else 3 if how != "doubled" else 4
    assert f"entry {at}" in sentence


@pytest.mark.parametrize("plain", [0, 3, 6])
@pytest.mark.parametrize("start", [0, 2, 5])
def test_rewriting_from_an_entry_on_and_moving_the_head_is_noticed(start: int, plain: int) -> None:
    entries, head = chain(6, plain=plain)
    changed = rewritten(entries, start)
    for claimed in (plain, 6):  # also when the whole log is passed off as being from before there was a key
        moved = replace(head, hash=changed[-1]["hash"], plain=claimed)
        assert flaws(KEY, ACME, changed, moved)


def test_a_head_that_was_moved_back_over_a_cut_tail_is_noticed_without_its_seal() -> None:
    entries, head = chain(6)
    assert flaws(KEY, ACME, entries[:4], head)
    assert flaws(KEY, ACME, entries[:4], replace(head, seq=4, hash=entries[3]["hash"]))


def test_an_older_state_with_its_own_head_is_noticed_by_an_anchor_only() -> None:
    entries, head = chain(6)
    older_entries, older = chain(4)
    anchor = KEY.anchor(ACME, head)
    assert flaws(KEY, ACME, older_entries, older) == []
    (sentence,) = flaws(KEY, ACME, older_entries, older, [anchor])
    assert sentence == "Entry 6, which an anchor was made of, is gone: the chain has 4 entries."
    (sentence,) = flaws(KEY, ACME, [], None, [anchor])
    assert "Entry 6" in sentence
    assert flaws(KEY, ACME, entries, head, [KEY.anchor(ACME, older), anchor]) == []


def test_a_log_begun_anew_under_the_same_key_does_not_hold_an_old_anchor() -> None:
    entries, head = chain(3)
    other = [dict(entry) for entry in entries]
    previous = GENESIS
    for entry in other:
        entry["actor"] = "key:9"
        entry["previous"] = previous
        previous = entry["hash"] = KEY.seal_entry(ACME, entry, previous)
    anew = Head(3, previous, 0, KEY.seal_head(ACME, 3, previous, 0))
    assert flaws(KEY, ACME, other, anew) == []
    assert flaws(KEY, ACME, other, anew, [KEY.anchor(ACME, head)]) == [
        "Entry 3 is not the one that the anchor was made of."
    ]


def test_another_key_and_another_workspace_make_other_seals() -> None:
    entries, head = chain(3)
    assert flaws(OTHER, ACME, entries, head)
    assert flaws(KEY, RIVAL, entries, head)
    assert KEY.id != OTHER.id


def test_an_anchor_is_found_in_any_text() -> None:
    one, two = Anchor(ACME, 7, "a" * 64, KEY.id), Anchor(RIVAL, 8, "b" * 64, KEY.id)
    text = f'{{"event": "audit log anchored", "anchor": "{one}"}}\nnoise {two} {one}\n'
    assert anchors_in(text) == [one, two]
    assert anchors_in("viva-audit-1.zz.1.aa.bb") == []
