"""The generated tables of the README."""

import re
from pathlib import Path
from typing import Any

from server.settings import Settings
from tools.catalog import CATALOG
from tools.kernel.operation import EVERYDAY

README = Path(__file__).parent.parent / "README.md"


def with_tables(text: str) -> str:
    """The text with its generated parts as they should be."""
    for name, table in (("settings", _settings()), ("tools", _tools())):
        pattern = re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- /{name} -->)", re.S)
        text = pattern.sub(lambda found, table=table: f"{found[1]}{table}{found[2]}", text)  # type: ignore[misc]
    return text


def _settings() -> str:
    rows = ["| variable | default | what it does |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `VIVA_{name.upper()}` | {_default(field.default)} | {field.description} |")
    return "\n".join(rows) + "\n"


def _default(value: Any) -> str:
    shown = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    return f"`{str(shown).lower() if isinstance(shown, bool) else shown}`" if str(shown) else "empty"


def _tools() -> str:
    rows = ["| tool | toolset | what it does |", "| --- | --- | --- |"]
    for op in CATALOG.values():
        shown = op.toolset.value + ("" if op.toolset in EVERYDAY else " (on request)")
        rows.append(f"| `{op.name}` | {shown} | {op.purpose.splitlines()[0]} |")
    return "\n".join(rows) + "\n"


def main() -> None:
    README.write_text(with_tables(README.read_text()))


if __name__ == "__main__":
    main()
