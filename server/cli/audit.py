"""The commands about the audit log. They may run beside a running server, except `reseal`.

Exit codes: 0 the log is whole, 1 it is not, 2 it could not be looked at.
"""

import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import orjson
import sqlalchemy as sa

from domain.audit_chain import Anchor, AuditKey, Head, anchors_in, flaws
from domain.moments import stamp
from server import data_dir, secrets
from server.cli.bootstrap import CommandError
from server.cli.single_process import AlreadyRunning, ProcessLock
from server.cli.workspace_choice import chosen_workspace
from server.database import load_audit_key, transaction
from server.settings import Settings
from storage.access import audit, workspaces
from storage.engine.migrate import migrate
from storage.engine.records import values_of
from storage.engine.store import snapshot

_NOT_WHOLE = 1
_REFUSED = 2


def export(options: Namespace) -> int:
    """Print a workspace's log as JSON lines."""
    with _settings() as settings, snapshot(settings.database) as db:
        for entry in audit.every(db, chosen_workspace(db, options.workspace)):
            shown = values_of(entry) | {"at": stamp(entry.at)}
            print(orjson.dumps(shown, default=str).decode())
        return 0
    return _REFUSED


def verify(options: Namespace) -> int:
    """Check the logs of all workspaces, or of one, also against anchors that were kept elsewhere."""
    with _settings() as settings, snapshot(settings.database) as db:
        anchors = _anchors(options.anchor)
        key = load_audit_key(settings)
        found = _verify_key(db, key, anchors)
        if not found:
            slugs = _slugs(db, options.workspace)
            found = _foreign(anchors, slugs if options.workspace is None else _slugs(db, None))
            for workspace, slug in slugs.items():
                found += _verify_one(db, key, workspace, slug, anchors)
        for sentence in found:
            print(sentence, file=sys.stderr)
        return _NOT_WHOLE if found else 0
    return _REFUSED


def anchor(options: Namespace) -> int:
    """Print an anchor of each workspace's log."""
    with _settings() as settings, snapshot(settings.database) as db:
        key = load_audit_key(settings)
        for workspace in _slugs(db, options.workspace):
            print(key.anchor(workspace, audit.head(db, workspace) or Head()))
        return 0
    return _REFUSED


def reseal(options: Namespace) -> int:
    """Seal every log with the present key: after a change of the key, or of what `verify` found."""
    with _settings() as settings, _no_server(settings):
        key = load_audit_key(settings)
        with transaction(settings) as db:
            if not options.accept:
                _refuse_unless_whole(db, _old_key(db, settings, options.old_key))
            for workspace in _slugs(db, None):
                print(key.anchor(workspace, audit.reseal(db, workspace, key)))
        print("Resealed. Anchors from before no longer count; the new ones stand above.", file=sys.stderr)
        return 0
    return _REFUSED


@contextmanager
def _settings() -> Iterator[Settings]:
    """The settings, with the database migrated. A `CommandError` in the block is printed and ends it."""
    settings = Settings()
    data_dir.protect(settings)
    migrate(settings.database, load_audit_key(settings))
    try:
        yield settings
    except CommandError as error:
        print(error, file=sys.stderr)


@contextmanager
def _no_server(settings: Settings) -> Iterator[None]:
    """On SQLite no server may run meanwhile. On PostgreSQL nobody can know; the command's help says it."""
    if not settings.on_sqlite:
        yield
        return
    lock = ProcessLock(settings.data_dir)
    try:
        lock.acquire()
    except AlreadyRunning:
        raise CommandError("A server runs on this data directory. Stop it first.") from None
    try:
        yield
    finally:
        lock.release()


def _slugs(db: sa.Connection, slug: str | None) -> Mapping[UUID, str]:
    """The slug of every workspace, or of the one that was named."""
    if slug is not None:
        return {chosen_workspace(db, slug): slug}
    return {row.id: row.slug for row in workspaces.every(db)}


def _anchors(given: str | None) -> Sequence[Anchor]:
    """The anchors in a file, in a text or on standard input."""
    if given is None:
        return ()
    try:
        text = sys.stdin.read() if given == "-" else _text_of(given)
    except (OSError, UnicodeDecodeError):
        raise CommandError("The file with the anchors cannot be read.") from None
    anchors = anchors_in(text)
    if not anchors:
        raise CommandError("There is no anchor in it. `viva audit anchor` prints what one looks like.")
    return anchors


def _text_of(given: str) -> str:
    return given if anchors_in(given) else Path(given).read_text()


def _verify_key(db: sa.Connection, key: AuditKey, anchors: Sequence[Anchor]) -> list[str]:
    if audit.key_id(db) not in (None, key.id):
        return [
            "The audit log is sealed with another key than this server's VIVA_AUDIT_KEY or audit.key, so it cannot be"
            " verified. Run this with the key that sealed it."
        ]
    if any(anchor.key_id != key.id for anchor in anchors):
        return [
            "An anchor was made with another key: on another deployment, or before the log was sealed anew."
            " Leave it out if you know which."
        ]
    return []


def _foreign(anchors: Sequence[Anchor], slugs: Mapping[UUID, str]) -> list[str]:
    unknown = {anchor.workspace for anchor in anchors} - slugs.keys()
    return [
        f"An anchor is of workspace {each}, which this database does not have." for each in sorted(unknown)
    ]


def _verify_one(
    db: sa.Connection, key: AuditKey, workspace: UUID, slug: str, anchors: Sequence[Anchor]
) -> list[str]:
    """What is wrong with one workspace's log. One that is whole is printed."""
    ours = [anchor for anchor in anchors if anchor.workspace == workspace]
    end = audit.head(db, workspace)
    found = flaws(key, workspace, map(values_of, audit.every(db, workspace)), end, ours)
    if not found:
        end = end or Head()
        held = f"; it holds {_anchors_text(len(ours))}" if ours else ""
        print(f"{slug}: {end.seq} entries, the chain is whole{held}; head {end.hash}")
    return [f"{slug}: {sentence}" for sentence in found]


def _anchors_text(count: int) -> str:
    return "the anchor" if count == 1 else f"all {count} anchors"


def _old_key(db: sa.Connection, settings: Settings, file: str | None) -> AuditKey:
    """The key that sealed the logs so far: from the file, or one that this server knows."""
    texts = [settings.audit_key.get_secret_value(), settings.secret_key.get_secret_value()]
    try:
        texts += [Path(file).read_text()] if file else []
    except (OSError, UnicodeDecodeError):
        raise CommandError("The file with the old key cannot be read.") from None
    file_of_own = settings.data_dir / secrets.AUDIT_KEY_FILE
    texts += [file_of_own.read_text()] if file_of_own.exists() else []
    wanted = audit.key_id(db)
    for key in (secrets.audit_key_of(text) for text in texts if text.strip()):
        if wanted in (None, key.id):
            return key
    raise CommandError(
        "None of the keys here sealed the log. Give its key with --old-key FILE, or take the log as it stands with"
        " --accept if the key is lost."
    )


def _refuse_unless_whole(db: sa.Connection, key: AuditKey) -> None:
    for workspace, slug in _slugs(db, None).items():
        end = audit.head(db, workspace)
        if found := flaws(key, workspace, map(values_of, audit.every(db, workspace)), end):
            raise CommandError(
                f"{slug}: {found[0]} Look into it; then take the log as it stands with --accept."
            )
