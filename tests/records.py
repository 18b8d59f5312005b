"""`storage/schema/records.py` from the tables: `make snapshots` writes it, a test compares."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

from sqlmodel import SQLModel

from storage.schema import tables

FILE = Path(__file__).parent.parent / "storage" / "schema" / "records.py"
# lists of sessions leave out what is long (contract 9.9)
WITHOUT = {"SessionListRecord": (tables.Session, frozenset({"evaluation_breakdown", "request_digest"}))}

_HEAD = '''"""A frozen record for the rows of each table: made from `tables.py` by `make snapshots`, not by hand."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID
'''


def models() -> list[type[SQLModel]]:
    """The tables in the order in which they are declared."""
    return [
        each
        for each in vars(tables).values()
        if inspect.isclass(each) and issubclass(each, SQLModel) and hasattr(each, "__table__")
    ]


def text() -> str:
    """The whole file, formatted."""
    parts = [_HEAD]
    for model in models():
        parts.append(_record(f"{model.__name__}Record", model, frozenset()))
        parts += [_record(name, of, without) for name, (of, without) in WITHOUT.items() if of is model]
    return _formatted("\n\n".join(parts))


def _record(name: str, model: type[SQLModel], without: frozenset[str]) -> str:
    doc = (inspect.getdoc(model) or "").splitlines()[0]
    fields = [_field(node) for node in _fields(model) if _name(node) not in without]
    return (
        f'@dataclass(frozen=True, slots=True, kw_only=True)\nclass {name}:\n    """{doc}"""\n\n'
        + "\n".join(fields)
        + "\n"
    )


def _fields(model: type[SQLModel]) -> list[ast.AnnAssign]:
    (tree,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(tree, ast.ClassDef)
    return [
        node for node in tree.body if isinstance(node, ast.AnnAssign) and not _name(node).startswith("__")
    ]


def _name(node: ast.AnnAssign) -> str:
    return ast.unparse(node.target)


def _field(node: ast.AnnAssign) -> str:
    kind = ast.unparse(node.annotation).replace("datetime", "dt.datetime")
    default = _default(node.value)
    return f"    {_name(node)}: {kind}" + ("" if default is None else f" = {default}")


def _default(value: ast.expr | None) -> str | None:
    """The default that a new row has, where the table says one."""
    if value is None or isinstance(value, ast.Constant):
        return None if value is None else ast.unparse(value)
    assert isinstance(value, ast.Call)
    given = [word.value for word in value.keywords if word.arg == "default"]
    return ast.unparse(given[0]) if given else None


def _formatted(source: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(FILE), "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


def main() -> None:
    FILE.write_text(text())


if __name__ == "__main__":
    main()
