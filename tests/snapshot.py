"""The wire as it is: `python -m tests.snapshot` writes it down (`make snapshots`), a test compares."""

import json
from pathlib import Path
from typing import Any

from server.docs.openapi import openapi
from server.mcp.tools import Toolbox
from tests.support.app import PUBLIC_URL
from tools.catalog import CATALOG

FOLDER = Path(__file__).parent / "snapshots"
NAMES = ("openapi", "tools")


def build_snapshot(name: str) -> Any:
    """One snapshot, as JSON reads it back."""
    return json.loads(_text(name))


def _text(name: str) -> str:
    if name == "openapi":
        whole: Any = openapi(CATALOG.values(), version="snapshot", url=PUBLIC_URL)
    else:
        whole = [
            tool.model_dump(mode="json", by_alias=True, exclude_none=True)
            for tool in Toolbox(CATALOG).all_tools
        ]
    return json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every snapshot."""
    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        (FOLDER / f"{name}.json").write_text(_text(name))


if __name__ == "__main__":
    main()
