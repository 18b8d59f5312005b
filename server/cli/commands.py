"""The `viva` commands. They may run beside a running server, on the same database."""

import sys
from argparse import Namespace
from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa

from domain.moments import stamp
from server import data_dir
from server.app import now
from server.cli.bootstrap import CommandError, make_key, make_workspace, scopes_of
from server.cli.doctor import examine
from server.cli.serve import run_server
from server.cli.workspace_choice import chosen_workspace
from server.database import load_audit_key, transaction
from server.settings import Settings
from storage.access import keys, workspaces
from storage.engine.migrate import migrate
from storage.engine.scrub import scrub

Command = Callable[[sa.Connection, Settings], None]


def serve(options: Namespace) -> int:
    """Run the server until it is stopped."""
    overrides = {"role": options.role} if getattr(options, "role", None) else {}
    return run_server(Settings(**overrides))


def doctor(_options: Namespace) -> int:
    """Print the state of every part. The exit code is 1 when a required part does not work."""
    findings = examine(Settings())
    for finding in findings:
        print(f"{finding.mark} {finding.what}: {finding.state}")
        if finding.advice:
            print(f"    {finding.advice}")
    return int(any(finding.broken for finding in findings))


def workspace_create(options: Namespace) -> int:
    def command(db: sa.Connection, settings: Settings) -> None:
        workspace = make_workspace(
            db, options.slug, options.name, credits=options.credits, contact=options.contact
        )
        print(f"workspace {workspace.slug} ({workspace.id})")

    return _run(command)


def workspace_list(_options: Namespace) -> int:
    def command(db: sa.Connection, settings: Settings) -> None:
        for row in workspaces.every(db):
            plan = "unlimited" if row.credit_limit is None else f"{row.credit_limit} credits"
            print(f"{row.slug}\t{row.name}\t{plan}\t{row.id}")

    return _run(command)


def key_create(options: Namespace) -> int:
    def command(db: sa.Connection, settings: Settings) -> None:
        workspace = chosen_workspace(db, options.workspace)
        key = make_key(db, settings, workspace, options.name, scopes_of(options.scopes))
        print("This key is shown once; keep it safe:", file=sys.stderr)
        print(key)

    return _run(command)


def key_list(options: Namespace) -> int:
    def command(db: sa.Connection, settings: Settings) -> None:
        for row in keys.every(db, chosen_workspace(db, options.workspace)):
            state = f"revoked {stamp(row.revoked_at)}" if row.revoked_at else "live"
            used = stamp(row.last_used_at) if row.last_used_at else "never"
            print(f"{row.id}\t…{row.hint}\t{state}\tlast used {used}\t{row.name}")

    return _run(command)


def key_revoke(options: Namespace) -> int:
    def command(db: sa.Connection, settings: Settings) -> None:
        try:
            key = UUID(options.id)
        except ValueError:
            raise CommandError("That is not a key's id. `viva key list` shows the ids.") from None
        if not keys.revoke(db, chosen_workspace(db, options.workspace), key, now()):
            raise CommandError("The workspace has no live key with this id. `viva key list` shows them.")
        print("revoked")

    return _run(command)


def database_scrub(_options: Namespace) -> int:
    """Remove the bytes of deleted rows from a SQLite database. The exit code is 2 when somebody was in the way."""
    settings = Settings()
    data_dir.protect(settings)
    if not settings.on_sqlite:
        print("PostgreSQL keeps its own files; docs/operating.md says what to do there.", file=sys.stderr)
        return 2
    migrate(settings.database, load_audit_key(settings))
    if not scrub(settings.database):
        print("Somebody reads or writes the database. Run it again in a moment.", file=sys.stderr)
        return 2
    print("No bytes of deleted rows are left in the database's files.")
    return 0


def _run(command: Command) -> int:
    """Run a command in one transaction. The exit code is 2 when it raises `CommandError`."""
    settings = Settings()
    data_dir.protect(settings)
    migrate(settings.database, load_audit_key(settings))
    try:
        with transaction(settings) as db:
            command(db, settings)
    except CommandError as error:
        print(error, file=sys.stderr)
        return 2
    return 0
