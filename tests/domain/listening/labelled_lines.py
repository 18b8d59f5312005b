"""Labelled lines of candidates: what is an answer and what is not, in halves for building and for measuring."""

import tomllib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a candidate. `label` is what it does; `question` is the one that was open, often left out."""

    text: str
    label: str
    answers: bool
    question: str = ""

    @property
    def held_out(self) -> bool:
        """Whether the line is for measuring only. Half of all lines are, chosen by their hash."""
        return sha256(self.text.encode()).digest()[0] % 2 == 1


def labelled_lines(file: str) -> list[Line]:
    """All lines of a file such as `lines.en.toml`."""
    groups = tomllib.loads((FOLDER / file).read_text(encoding="utf-8"))
    return [
        _line(raw, label, answers)
        for kind, answers in (("no_answers", False), ("answers", True))
        for label, block in groups[kind].items()
        for raw in block.strip("\n").split("\n")
    ]


def _line(raw: str, label: str, answers: bool) -> Line:
    question, found, text = raw.partition(" || ")
    return Line((text if found else raw).replace("\\n", "\n"), label, answers, question if found else "")
