"""What holds in every file: read from the syntax trees, so that it holds for files that nobody has written yet."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("domain", "storage", "tools", "server")
TRANSITIONS = "tools/sessions/transitions.py"


@cache
def sources() -> dict[str, ast.Module]:
    """Every file of the four packages, by its path; migrations are history and are left out."""
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
        for path in paths
        if "versions" not in path.parts and "harness" not in path.parts
    }


def called(node: ast.Call) -> str:
    """The last part of the name that is called."""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


# One writer of a session's status -------------------------------------------------------------------


def writers_of_a_status(files: dict[str, ast.Module]) -> set[str]:
    """Files that write a session's status: through `change_status`, a record with another status, or an update."""
    found = set()
    for path, tree in files.items():
        for call in calls(tree):
            named = {keyword.arg for keyword in call.keywords}
            copies = called(call) == "replace" and "status" in named and _knows_sessions(tree)
            if called(call) == "change_status" or copies:
                found.add(path)
            if called(call) == "values" and "status" in named and _updates_sessions(call, tree):
                found.add(path)
    return found


def _knows_sessions(tree: ast.Module) -> bool:
    """Whether a file has records of sessions in its hands: other records have a status too."""
    return any(getattr(node, "id", "") == "SessionRecord" for node in ast.walk(tree))


def _updates_sessions(call: ast.Call, tree: ast.Module) -> bool:
    """Whether a chain that ends in `.values(...)` began with an update of the table of sessions."""
    names = {"Session"} | {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.value) == "table(Session)"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return any(f"update({name})" in ast.unparse(call.func) for name in names)


def test_transitions_are_the_only_writer_of_a_sessions_status() -> None:
    assert writers_of_a_status(sources()) == {TRANSITIONS}


@pytest.mark.parametrize(
    "source",
    [
        "sessions.change_status(db, before, after)",
        "def end(row: SessionRecord): return replace(row, status='completed')",
        "T = table(Session)\ndb.execute(sa.update(T).where(T.c.id == id).values(status='failed'))",
    ],
)
def test_another_writer_of_a_status_is_found(source: str) -> None:
    assert writers_of_a_status({"tools/other.py": ast.parse(source)}) == {"tools/other.py"}


# Functions with an effect are verbs -----------------------------------------------------------------

# participles that do not end in -ed; "put", "set", "read" and the like are verbs as well
IRREGULAR = frozenset(
    [
        "begun",
        "bound",
        "broken",
        "brought",
        "built",
        "bought",
        "caught",
        "chosen",
        "done",
        "drawn",
        "driven",
        "fallen",
        "felt",
        "found",
        "forgotten",
        "frozen",
        "given",
        "gone",
        "gotten",
        "grown",
        "heard",
        "held",
        "hidden",
        "kept",
        "known",
        "laid",
        "led",
        "left",
        "lent",
        "lost",
        "made",
        "meant",
        "met",
        "paid",
        "rung",
        "said",
        "seen",
        "sent",
        "shown",
        "shut",
        "sold",
        "spent",
        "spoken",
        "stood",
        "stolen",
        "struck",
        "sworn",
        "taken",
        "taught",
        "thought",
        "thrown",
        "told",
        "understood",
        "woken",
        "won",
        "worn",
        "written",
    ]
)
# words that end in -ed and are none
NO_PARTICIPLE = frozenset({"need", "feed", "seed", "speed", "embed", "bed", "shed", "proceed", "exceed"})
STATEMENTS = re.compile(r"\b(insert|update|delete)\(")
EFFECTS = frozenset(
    {"enqueue", "flush", "write_text", "write_bytes", "unlink", "mkdir", "send_message", "insert_or_ignore"}
)


def is_participle(name: str) -> bool:
    """Whether a function's name begins with a participle and has no verb before it."""
    word = name.strip("_").split("_")[0]
    return word in IRREGULAR or (word.endswith("ed") and len(word) > 3 and word not in NO_PARTICIPLE)


def participles_with_an_effect(files: dict[str, ast.Module]) -> set[str]:
    """`path:name` of functions named as a participle that change something, themselves or through another one."""
    functions = [
        (path, node)
        for path, tree in files.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    acting = {node.name for _, node in functions if _acts(node)}
    # private names and those of modules are told apart by their file only roughly: too many is the safe side
    found: set[str] = set()
    while True:
        more = {
            node.name
            for _, node in functions
            if node.name not in acting and any(_names_one_of(call, acting) for call in calls(node))
        }
        if not more & {node.name for _, node in functions}:
            break
        acting |= more
    for path, node in functions:
        if is_participle(node.name) and node.name in acting:
            found.add(f"{path}:{node.name}")
    return found


def _acts(node: ast.AST) -> bool:
    for call in calls(node):
        name = called(call)
        if name in EFFECTS or (name == "run" and call.args and ast.unparse(call.args[0]) == "db"):
            return True
        if name == "execute" and STATEMENTS.search(ast.unparse(call)):
            return True
    return False


def _names_one_of(call: ast.Call, acting: set[str]) -> bool:
    # a method of a list or a set is none of ours
    common = {
        "add",
        "append",
        "remove",
        "get",
        "run",
        "pop",
        "update",
        "all",
        "one",
        "open",
        "close",
        "start",
        "stop",
    }
    return called(call) in acting - common


def test_functions_with_an_effect_are_named_as_verbs() -> None:
    assert participles_with_an_effect(sources()) == set()


def test_a_participle_with_an_effect_is_found_and_one_without_is_not() -> None:
    source = """
def taken(db): db.execute(sa.insert(T))
def announced(db): return _told(db)
def _told(db): taken(db)
def sorted_by(rows): return rows
def take(db): db.execute(sa.insert(T))
"""
    found = participles_with_an_effect({"x.py": ast.parse(source)})
    assert found == {"x.py:taken", "x.py:announced", "x.py:_told"}


# What is cited is there -----------------------------------------------------------------------------

CITED_PATH = re.compile(
    r"(?<![\w/.-])(?:domain|storage|tools|server|tests|docs|benchmarks)/[\w/.-]*\.(?:py|md|html|js|css|json|sh|txt)\b"
)
CITED_MODULE = re.compile(r"`((?:domain|storage|tools|server)(?:\.(?!json\b)\w+)+)`")
PROSE = (*(path.name for path in ROOT.glob("*.md")), "docs", "Makefile", "pyproject.toml")


def prose() -> Iterator[tuple[str, str]]:
    """Every file that may cite another: all sources, their tests, and the documents."""
    for place in (*PACKAGES, "tests", "benchmarks", *PROSE):
        found = [ROOT / place] if (ROOT / place).is_file() else (ROOT / place).rglob("*")
        for path in found:
            examples = {Path(__file__), ROOT / "tests" / "contract" / "test_document.py"}
            ours = path not in examples and "vendor" not in path.parts
            if ours and (path.suffix in {".py", ".md", ".toml"} or path.name == "Makefile"):
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def is_there(dotted: str) -> bool:
    """Whether a dotted name is a module of ours, or something that a module defines."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:length])
        if place.is_dir():
            return length == len(parts)
        if place.with_suffix(".py").is_file():
            text = place.with_suffix(".py").read_text(encoding="utf-8")
            return length == len(parts) or re.search(rf"\b{parts[length]}\b", text) is not None
    return False


def test_no_file_is_cited_that_is_not_there() -> None:
    lost = {
        f"{path}: {cited}"
        for path, text in prose()
        for cited in CITED_PATH.findall(text)
        if not (ROOT / cited).exists()
    }
    assert lost == set()


def test_no_module_is_cited_that_is_not_there() -> None:
    lost = {
        f"{path}: {cited}"
        for path, text in prose()
        for cited in CITED_MODULE.findall(text)
        if not is_there(cited)
    }
    assert lost == set()


# Packages say what lives in them --------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [path for path in sources() if path.endswith("__init__.py") and "migrations" not in path]
)
def test_a_package_says_in_one_sentence_what_lives_in_it(path: str) -> None:
    tree = sources()[path]
    text = ast.get_docstring(tree) or ""
    assert text.endswith("."), "say what lives here, and what may not"
    assert len(text.splitlines()) <= 2, "one sentence"
