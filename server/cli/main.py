"""The command line of `viva`: run the server, manage workspaces and keys, check the installation."""

import argparse
import sys
from collections.abc import Sequence

from server import data_dir
from server.cli import audit, commands


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Without a command, run the server."""
    data_dir.set_umask()
    options = _parser().parse_args(argv)
    run = getattr(options, "run", commands.serve)
    return int(run(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="viva", description="AI interviews, operated from any MCP client.")
    parser.add_argument("--role", choices=["all", "api", "worker"], help="what this process does (VIVA_ROLE)")
    parser.set_defaults(run=commands.serve)
    areas = parser.add_subparsers(title="commands", metavar="COMMAND")

    serve = areas.add_parser("serve", help="start the server (the default)")
    serve.add_argument("--role", choices=["all", "api", "worker"], help="what this process does (VIVA_ROLE)")
    serve.set_defaults(run=commands.serve)

    doctor = areas.add_parser("doctor", help="say what is on, what is not, and what to do about it")
    doctor.set_defaults(run=commands.doctor)

    _workspace(areas.add_parser("workspace", help="make and list workspaces"))
    _key(areas.add_parser("key", help="make, list and revoke API keys"))
    _audit(areas.add_parser("audit", help="export, verify and anchor the audit log"))
    _database(areas.add_parser("database", help="remove what is deleted from the database's files"))
    return parser


def _database(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    scrub = verbs.add_parser("scrub", help="rewrite a SQLite database without the bytes of deleted rows")
    scrub.set_defaults(run=commands.database_scrub)


def _workspace(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    create = verbs.add_parser("create", help="make a workspace")
    create.add_argument("slug", help="short name in addresses, e.g. acme")
    create.add_argument("--name", help="shown in mails; the slug if left out")
    create.add_argument(
        "--credits", type=int, help="most sessions at a time in the plan; unlimited if left out"
    )
    create.add_argument("--contact", help="address of a person, shown to candidates")
    create.set_defaults(run=commands.workspace_create)
    verbs.add_parser("list", help="list workspaces").set_defaults(run=commands.workspace_list)


def _key(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    create = verbs.add_parser("create", help="make a key; it is shown once")
    create.add_argument("--workspace", help="slug; may be left out when there is only one")
    create.add_argument("--name", required=True, help="what the key is for")
    create.add_argument("--scopes", default="all", help="comma-separated scopes, or all, or read")
    create.set_defaults(run=commands.key_create)
    listing = verbs.add_parser("list", help="list keys")
    listing.add_argument("--workspace", help="slug; may be left out when there is only one")
    listing.set_defaults(run=commands.key_list)
    revoke = verbs.add_parser("revoke", help="make a key worthless from the next call on")
    revoke.add_argument("id", help="the key's id, from viva key list")
    revoke.add_argument("--workspace", help="slug; may be left out when there is only one")
    revoke.set_defaults(run=commands.key_revoke)


def _audit(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    export = verbs.add_parser("export", help="write the log as JSON lines to standard output")
    export.add_argument("--workspace", help="slug; may be left out when there is only one")
    export.set_defaults(run=audit.export)
    verify = verbs.add_parser(
        "verify", help="check that no entry was changed or removed; exit code 1 if one was"
    )
    verify.add_argument(
        "--anchor",
        metavar="FILE_OR_TEXT",
        help="anchors kept elsewhere: a file that holds some, such as a log; an anchor itself; - for standard input",
    )
    verify.set_defaults(run=audit.verify)
    anchor = verbs.add_parser(
        "anchor", help="print the end of each log; keep it where the server cannot write"
    )
    anchor.set_defaults(run=audit.anchor)
    for verb in (verify, anchor):
        verb.add_argument("--workspace", help="slug; all workspaces if left out")
    reseal = verbs.add_parser("reseal", help="seal all logs with the present key; stop the servers before")
    reseal.add_argument("--old-key", metavar="FILE", help="file with the key that sealed them so far")
    reseal.add_argument(
        "--accept",
        action="store_true",
        help="take the logs as they stand, though they are not whole or their key is lost",
    )
    reseal.set_defaults(run=audit.reseal)


if __name__ == "__main__":
    sys.exit(main())
