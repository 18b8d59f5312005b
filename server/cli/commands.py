"""What each `viva` command does. They work beside a running server, on the same database."""

import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import orjson
import sqlalchemy as sa

from domain.audit_chain import first_break
from domain.moments import stamp
from domain.scopes import ALL_SCOPES, Scope
from server import secrets as secret_keys
from server.app import now
from server.cli.doctor import examine
from server.cli.serve import run_server
from server.settings import Settings
from storage.access import audit, keys, workspaces
from storage.engine.ids import new_id
from storage.engine.migrate import migrate
from storage.engine.store import is_sqlite, sqlite_engine, with_psycopg
from storage.schema.tables import ApiKey, Workspace

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DAY_AND_HOUR_BEFORE = [1440, 60]

Work = Callable[[sa.Connection, Settings], None]


class Wrong(Exception):
    """The command cannot be carried out; the text says why and what to do."""


def serve(options: Namespace) -> int:
    """Start the server and stay."""
    chosen = {"role": options.role} if getattr(options, "role", None) else {}
    return run_server(Settings(**chosen))


def doctor(_options: Namespace) -> int:
    """Print what is on. The exit code is 1 when something that is needed does not work."""
    findings = examine(Settings())
    for finding in findings:
        print(f"{finding.mark} {finding.what}: {finding.state}")
        if finding.advice:
            print(f"    {finding.advice}")
    return int(any(finding.broken for finding in findings))


def workspace_create(options: Namespace) -> int:
    def work(db: sa.Connection, settings: Settings) -> None:
        workspace = make_workspace(
            db, options.slug, options.name, credits=options.credits, contact=options.contact
        )
        print(f"workspace {workspace.slug} ({workspace.id})")

    return _carried_out(work)


def workspace_list(_options: Namespace) -> int:
    def work(db: sa.Connection, settings: Settings) -> None:
        for row in workspaces.every(db):
            plan = "unlimited" if row["credit_limit"] is None else f"{row['credit_limit']} credits"
            print(f"{row['slug']}\t{row['name']}\t{plan}\t{row['id']}")

    return _carried_out(work)


def key_create(options: Namespace) -> int:
    def work(db: sa.Connection, settings: Settings) -> None:
        workspace = _chosen(db, options.workspace)
        key = make_key(db, settings, workspace, options.name, scopes_of(options.scopes))
        print("This key is shown once; keep it safe:", file=sys.stderr)
        print(key)

    return _carried_out(work)


def key_list(options: Namespace) -> int:
    def work(db: sa.Connection, settings: Settings) -> None:
        for row in keys.every(db, _chosen(db, options.workspace)):
            state = f"revoked {stamp(row['revoked_at'])}" if row["revoked_at"] else "live"
            used = stamp(row["last_used_at"]) if row["last_used_at"] else "never"
            print(f"{row['id']}\t…{row['hint']}\t{state}\tlast used {used}\t{row['name']}")

    return _carried_out(work)


def key_revoke(options: Namespace) -> int:
    def work(db: sa.Connection, settings: Settings) -> None:
        try:
            key = UUID(options.id)
        except ValueError:
            raise Wrong("That is not a key's id. `viva key list` shows the ids.") from None
        if not keys.revoke(db, _chosen(db, options.workspace), key, now()):
            raise Wrong("The workspace has no live key with this id. `viva key list` shows them.")
        print("revoked")

    return _carried_out(work)


def audit_export(options: Namespace) -> int:
    def work(db: sa.Connection, settings: Settings) -> None:
        for entry in audit.every(db, _chosen(db, options.workspace)):
            shown = entry | {"at": stamp(entry["at"])}
            print(orjson.dumps(shown, default=str).decode())

    return _carried_out(work)


def audit_verify(options: Namespace) -> int:
    def work(db: sa.Connection, settings: Settings) -> None:
        workspace = _chosen(db, options.workspace)
        number, digest = audit.head(db, workspace)
        broken = first_break(audit.every(db, workspace), number, digest)
        if broken is not None:
            raise Wrong(f"The chain is broken at entry {broken}: it was changed or removed.")
        print(f"{number} entries, the chain is whole; head {digest}")

    return _carried_out(work)


def scopes_of(text: str) -> frozenset[Scope]:
    """`all`, `read`, or a comma-separated list of scopes."""
    if text == "all":
        return ALL_SCOPES
    if text == "read":
        return frozenset(scope for scope in Scope if scope.endswith(".read"))
    names = {name.strip() for name in text.split(",") if name.strip()}
    unknown = sorted(names - set(Scope))
    if unknown or not names:
        raise Wrong(f"Scopes are: {', '.join(Scope)}; or all; or read.")
    return frozenset(Scope(name) for name in names)


def make_workspace(
    db: sa.Connection,
    slug: str,
    name: str | None = None,
    *,
    credits: int | None = None,
    contact: str | None = None,
) -> Workspace:
    """A new workspace, or `Wrong` when the slug is taken or malformed."""
    if not _SLUG.fullmatch(slug):
        raise Wrong("A slug is 1 to 63 lower-case letters, digits and hyphens.")
    if workspaces.by_slug(db, slug) is not None:
        raise Wrong("A workspace with this slug exists already.")
    workspace = Workspace(
        id=new_id(),
        slug=slug,
        name=name or slug,
        contact=contact,
        credit_limit=credits,
        reminder_minutes=_DAY_AND_HOUR_BEFORE,
        created_at=now(),
    )
    workspaces.add(db, workspace)
    return workspace


def make_key(
    db: sa.Connection, settings: Settings, workspace: UUID, name: str, scopes: frozenset[Scope]
) -> str:
    """A new key; only its digest is stored."""
    secret = secret_keys.load(settings.secret_key.get_secret_value(), settings.data_dir)
    key = secret_keys.new_key()
    row = ApiKey(
        id=new_id(),
        workspace_id=workspace,
        name=name,
        hint=key[-4:],
        digest=secret.digest_of_key(key),
        scopes=sorted(scopes),
        created_at=now(),
    )
    keys.add(db, row)
    return key


def _chosen(db: sa.Connection, slug: str | None) -> UUID:
    if slug is not None:
        found = workspaces.by_slug(db, slug)
        if found is None:
            raise Wrong("There is no workspace with this slug. `viva workspace list` shows them.")
        return UUID(str(found["id"]))
    every = workspaces.every(db)
    if len(every) != 1:
        raise Wrong("Say which workspace: --workspace SLUG. `viva workspace list` shows them.")
    return UUID(str(every[0]["id"]))


def _carried_out(work: Work) -> int:
    settings = Settings()
    migrate(settings.database)
    try:
        with transaction(settings) as db:
            work(db, settings)
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 2
    return 0


@contextmanager
def transaction(settings: Settings) -> Iterator[sa.Connection]:
    """One transaction on the server's database, from outside the server."""
    url = settings.database
    engine = sqlite_engine(url) if is_sqlite(url) else sa.create_engine(with_psycopg(url))
    with engine.begin() as db:
        yield db
    engine.dispose()
