"""docs/contract.md holds every section and row that is cited, and no file names a Markdown file that is not here."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.document import DOCUMENT, TABLE, with_rows
from tests.contract.rows import ROWS

ROOT = DOCUMENT.parents[1]
PAGE = DOCUMENT.read_text(encoding="utf-8")
HEADING = re.compile(r"^(#+) (?P<title>.+)$", re.M)
SECTION = re.compile(r"^#{2,3} (?P<section>C\d*|\d+(?:\.\d+)?) \S", re.M)

FOLDERS = ("domain", "storage", "tools", "server", "benchmarks", "tests", "docs")
AT_THE_TOP = ("README.md", "CHANGELOG.md", "Makefile", "Dockerfile", "pyproject.toml")
KINDS = frozenset({".py", ".md", ".html", ".json", ".js", ".mjs", ".cjs", ".css", ".sh", ".yaml"})
# What others wrote names files of theirs.
FOREIGN = frozenset({"vendor", "node_modules"})

# A gap in a sentence may be the end of a line, with the comment's mark on the next.
_GAP = r"(?:\s|#|//)+"
_NUMBER = r"(?:C\d+|\d+(?:\.\d+)*)\b"
_MORE = rf"(?:,?{_GAP}and{_GAP}|,{_GAP}|[-\u2013])"
_NUMBERS = rf"(?P<numbers>{_NUMBER}(?:{_MORE}{_NUMBER})*)"
CITATION = re.compile(rf"\b[Cc]ontract(?:'s)?,?{_GAP}(?:[Ss]ections?{_GAP})?{_NUMBERS}")
# `(C2)`, `(C12: …)`, `(9.9)`, and `C9: …` where a comment or docstring begins.
BARE = re.compile(rf"(?:(?<![\w\])])\((?=C\d|9\.)|(?:\"\"\"|\"|# )(?=C\d)){_NUMBERS}(?=[):])")
NAMED = re.compile(r"(?<![\w/.-])(?P<path>[\w./-]*\w\.md)\b")


def cited(text: str) -> Iterator[tuple[int, str]]:
    """The line and section of each citation; of a range, every section in it."""
    for pattern in (CITATION, BARE):
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start("numbers")) + 1
            for part in re.split(rf",?{_GAP}and{_GAP}|,{_GAP}", found["numbers"]):
                yield from ((line, section) for section in _spread(part))


def _spread(part: str) -> list[str]:
    first, *more = re.split(r"[-\u2013]", part)
    if not more:
        return [first]
    chapter, _, start = first.rpartition(".")
    end = more[-1].removeprefix(f"{chapter}.")
    return [f"{chapter}.{number}" for number in range(int(start), int(end) + 1)]


def named(text: str) -> Iterator[tuple[int, str]]:
    """The line and name of each Markdown file that the text names."""
    for found in NAMED.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, found["path"]


def texts() -> Iterator[tuple[Path, str]]:
    """Every file of ours that people read, but for this one: its samples name what is not there."""
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in KINDS]
    for path in sorted([*paths, *(ROOT / name for name in AT_THE_TOP)]):
        foreign = path == Path(__file__) or FOREIGN & set(path.relative_to(ROOT).parts)
        if path.is_file() and not foreign:
            yield path, path.read_text(encoding="utf-8")


def sections() -> list[str]:
    return [found["section"] for found in SECTION.finditer(PAGE)]


def test_every_citation_names_a_section_of_the_document() -> None:
    known = set(sections())
    lost = [
        f"{path.relative_to(ROOT)}:{line}: contract {section}"
        for path, text in texts()
        for line, section in cited(text)
        if section not in known
    ]
    assert lost == [], "give docs/contract.md a section for these, or correct the citation"


def test_the_document_refers_only_to_sections_that_it_has() -> None:
    prose = TABLE.sub("", PAGE)
    assert set(re.findall(r"(?<![\w.])(?:C\d+|9\.\d+)", prose)) - set(sections()) == set()


def test_the_document_shows_every_row_in_its_section() -> None:
    assert with_rows(PAGE) == PAGE, "run `make snapshots`"
    assert {row.section for row in ROWS.values()} - set(sections()) == set()
    assert [id for id in ROWS if f"| `{id}` |" not in PAGE] == []


def test_each_table_stands_under_the_heading_of_its_section() -> None:
    tables = [found["section"] for found in TABLE.finditer(PAGE)]
    assert len(tables) == len(set(tables))
    for found in TABLE.finditer(PAGE):
        above = [heading["section"] for heading in SECTION.finditer(PAGE, 0, found.start())]
        assert above[-1] == found["section"]


def test_no_heading_is_without_sentences() -> None:
    headings = list(HEADING.finditer(PAGE))
    ends = [*(heading.start() for heading in headings[1:]), len(PAGE)]
    for heading, end in zip(headings, ends, strict=True):
        said = TABLE.sub("", PAGE[heading.end() : end])
        assert re.search(r"\w\w.*\.", said), f"{heading['title']} says nothing"


def test_sections_are_given_once_and_in_order() -> None:
    def place(section: str) -> list[int]:
        chapter, _, rest = section.partition(".")
        if chapter.startswith("C"):
            return [10_000, int(chapter[1:] or 0)]
        return [int(chapter), int(rest or -1)]

    assert sections() == sorted(set(sections()), key=place)


def test_every_markdown_file_that_is_named_is_in_the_repository() -> None:
    lost = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path, text in texts()
        for line, name in named(text)
        if not any((folder / name).is_file() for folder in (ROOT, path.parent, DOCUMENT.parent))
    ]
    assert lost == [], "cite a file that is here, or say it in plain words"


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("holds (contract 9.12).", ["9.12"]),
        ("holds (contract 2.4, 2.5 and 9.3)", ["2.4", "2.5", "9.3"]),
        ("booked (contract 3.5, 9.12-9.15)", ["3.5", "9.12", "9.13", "9.14", "9.15"]),
        ("waits (contract 9.30\u201332)", ["9.30", "9.31", "9.32"]),
        ("Contract C7: the rule decides", ["C7"]),
        ("the contract (C2, 9.8) says", ["C2", "9.8"]),
        ("names from the contract, section 2.3.", ["2.3"]),
        ("kept (contract 9.18).", ["9.18"]),
        ("as it says; contract\n    # 9.13", ["9.13"]),
        ("a pass mark on the scale (C4)", ["C4"]),
        ("how deep (C12: not the profile's)", ["C12"]),
        ("# C14, 2.2: a key", ["C14", "2.2"]),
        ('"""C9: the answer"""', ["C9"]),
        ("only to readers (9.9)", ["9.9"]),
        ("round(9.9) of values[0](9.1), Python 3.11, 9.0 ms", []),
        ("as the contract says, twice", []),
    ],
)
def test_citations_are_found_in_every_form(text: str, sections: list[str]) -> None:
    assert [section for _, section in cited(text)] == sections


def test_a_markdown_file_is_found_by_its_name() -> None:
    text = "see docs/LOST.md and [that](a/b-c.md#d)\nor x.mdx"
    assert list(named(text)) == [(1, "docs/LOST.md"), (1, "a/b-c.md")]
