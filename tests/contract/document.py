"""The tables of docs/contract.md, made from the rows: `python -m tests.contract.document` (`make snapshots`)."""

import re
from pathlib import Path

from tests.contract.not_yet import NOT_YET
from tests.contract.rows import ROWS, Row

DOCUMENT = Path(__file__).parents[2] / "docs" / "contract.md"
# A table stands between `<!-- rows 9.13 -->` and `<!-- /rows -->`.
TABLE = re.compile(r"(<!-- rows (?P<section>[C.\d]+) -->\n).*?(<!-- /rows -->)", re.S)


def with_rows(text: str) -> str:
    """The text with its tables as they should be."""
    return TABLE.sub(lambda found: f"{found[1]}{_table(found['section'])}{found[3]}", text)


def _table(section: str) -> str:
    lines = [_line(row) for row in ROWS.values() if row.section == section]
    return "\n".join(["| row | origin | what holds |", "| --- | --- | --- |", *lines]) + "\n"


def _line(row: Row) -> str:
    reason = f" *Not yet: {NOT_YET[row.id]}.*" if row.id in NOT_YET else ""
    return f"| `{row.id}` | {row.origin.value} | {row.says}{reason} |"


def main() -> None:
    DOCUMENT.write_text(with_rows(DOCUMENT.read_text()))


if __name__ == "__main__":
    main()
