"""A candidate's code: what may be asked of it, what was measured, and what that is worth.

The box that runs it is told `Case.given` and nothing else, and hands back an `Observed`, which knows no expectation.
`judge` compares outside the box, so code can only be right, never claim it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pydantic import JsonValue

from domain.code.matching import MOST_DEPTH, Comparison, read_json, too_deep
from domain.errors import Invalid, Issue

CODE_BYTES = 64 * 1024
INPUT_BYTES = 256 * 1024
STREAM_BYTES = 64 * 1024
MOST_CASES = 50
REQUEST_SECONDS = 15.0
_TRIMMED = Comparison()
_NAME = r"[^\W\d][\w$]*|[$][\w$]*"
_ENTRY_POINT = re.compile(rf"({_NAME})([.]({_NAME}))?")


class Language(StrEnum):
    """What can be run, batched as well."""

    PYTHON = "python"
    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"


class Ended(StrEnum):
    """How a run came to its end, as the box's parent saw it."""

    FINISHED = "finished"
    RUNTIME_ERROR = "runtime_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    PROTOCOL_ERROR = "protocol_error"


class CaseStatus(StrEnum):
    """What became of one case. `protocol_error` is internal: whoever asked reads `runtime_error`."""

    PASSED = "passed"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    PROTOCOL_ERROR = "protocol_error"


@dataclass(frozen=True, slots=True)
class Stdin:
    """The box is told to feed this text."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Arguments:
    """The box is told to call the run's entry point with these."""

    values: tuple[JsonValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One case. The style follows `given`: expected is text that is printed, or a JSON value that is returned."""

    given: Stdin | Arguments
    expected: JsonValue
    name: str | None = None
    hidden: bool = False

    @classmethod
    def printed(
        cls, input: str, expected_output: str, *, name: str | None = None, hidden: bool = False
    ) -> "Case":
        return cls(Stdin(input), expected_output, name, hidden)

    @classmethod
    def called(
        cls, args: list[JsonValue], expected: JsonValue, *, name: str | None = None, hidden: bool = False
    ) -> "Case":
        return cls(Arguments(tuple(args)), expected, name, hidden)


@dataclass(frozen=True, slots=True)
class Run:
    """What is asked: the code once with `stdin`, or once a case."""

    language: Language
    code: str
    workspace: UUID
    stdin: str = ""
    cases: tuple[Case, ...] = ()
    entry_point: str | None = None
    comparison: Comparison = _TRIMMED
    shared_process: bool = False


@dataclass(frozen=True, slots=True)
class Observed:
    """What the box measured. `value` is the returned value as JSON text, None where no call was asked for."""

    status: Ended
    stdout: str = ""
    stderr: str = ""
    value: str | None = None
    exit_code: int | None = 0
    duration_ms: float = 0.0
    memory_kb: int | None = None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case, its measurement and the verdict: for us; others see what `shown` leaves."""

    case: Case
    status: CaseStatus
    observed: Observed


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as whoever asked may see it; None is withheld, or was not there."""

    index: int
    status: CaseStatus
    passed: bool
    hidden: bool
    name: str | None = None
    actual_output: JsonValue = None
    expected_output: JsonValue = None
    stdout: str | None = None
    stderr: str | None = None
    duration_ms: float | None = None
    memory_kb: int | None = None


@dataclass(frozen=True, slots=True)
class CompileError:
    """Why the code could not start; line and column count from 1 in the candidate's own file."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class RunResult:
    """What became of a run: `single` without cases, `cases` with them, neither when it did not compile."""

    language: Language
    duration_ms: float
    single: Observed | None = None
    cases: tuple[CaseResult, ...] = ()
    compile_error: CompileError | None = None

    @property
    def total(self) -> int:
        return len(self.cases)

    @property
    def passed(self) -> int:
        return sum(result.status is CaseStatus.PASSED for result in self.cases)


def check(run: Run) -> None:
    """`Invalid` naming each field, unless the run is within the limits and its cases are of one style."""
    issues = [*_code(run), *_too_much(run), *_entry_point(run)]
    for place, case in enumerate(run.cases):
        issues += _case(place, case, called=run.entry_point is not None)
    if issues:
        raise Invalid(issues)


def judge(case: Case, observed: Observed, comparison: Comparison) -> CaseResult:
    """The verdict on one case: passed only if the code ended well and gave what was expected."""
    return CaseResult(case, _verdict(case, observed, comparison), observed)


def shown(index: int, result: CaseResult) -> ShownCase:
    """The case as it may be seen: of a hidden one its place and status, nothing that tells what it asked."""
    case, observed = result.case, result.observed
    told = CaseStatus.RUNTIME_ERROR if result.status is CaseStatus.PROTOCOL_ERROR else result.status
    passed = result.status is CaseStatus.PASSED
    if case.hidden:
        return ShownCase(index, told, passed, hidden=True)
    return ShownCase(
        index,
        told,
        passed,
        hidden=False,
        name=case.name,
        actual_output=_actual(case, observed),
        expected_output=case.expected,
        stdout=observed.stdout,
        stderr=observed.stderr,
        duration_ms=observed.duration_ms,
        memory_kb=observed.memory_kb,
    )


def _verdict(case: Case, observed: Observed, comparison: Comparison) -> CaseStatus:
    if observed.status is not Ended.FINISHED:
        return CaseStatus(observed.status.value)
    if observed.exit_code != 0:
        return CaseStatus.RUNTIME_ERROR
    if isinstance(case.given, Stdin):
        same = comparison.same_text(observed.stdout, str(case.expected))
    else:
        try:
            same = comparison.same_value(read_json(observed.value or ""), case.expected)
        except ValueError:  # our harness writes JSON; what is not came from somebody else
            return CaseStatus.PROTOCOL_ERROR
    return CaseStatus.PASSED if same else CaseStatus.WRONG_ANSWER


def _actual(case: Case, observed: Observed) -> JsonValue:
    """What was printed or returned; a value nobody can read or follow is left out."""
    if isinstance(case.given, Stdin):
        return observed.stdout
    try:
        value = read_json(observed.value or "")
    except ValueError:
        return None
    return None if too_deep(value) else value


def _code(run: Run) -> Iterator[Issue]:
    if not run.code.strip():
        yield Issue(path=["code"], message="Give the code to run.", code="empty")
    yield from _text(["code"], run.code, CODE_BYTES)
    yield from _text(["stdin"], run.stdin, INPUT_BYTES)


def _too_much(run: Run) -> Iterator[Issue]:
    if len(run.cases) > MOST_CASES:
        yield Issue(path=["test_cases"], message=f"Give at most {MOST_CASES} cases.", code="count")


def _entry_point(run: Run) -> Iterator[Issue]:
    if run.entry_point is not None and not _ENTRY_POINT.fullmatch(run.entry_point):
        message = "Give the name of a function, or Class.method."
        yield Issue(path=["entry_point"], message=message, code="not_a_name")


def _case(place: int, case: Case, *, called: bool) -> Iterator[Issue]:
    path: list[str | int] = ["test_cases", place]
    if called is isinstance(case.given, Stdin):
        message = "With an entry_point give args and expected; without, input and expected_output."
        yield Issue(path=path, message=message, code="other_style")
    elif isinstance(case.given, Stdin):
        yield from _text([*path, "input"], case.given.text, INPUT_BYTES)
        yield from _text([*path, "expected_output"], str(case.expected), INPUT_BYTES)
    else:
        yield from _value([*path, "args"], list(case.given.values))
        yield from _value([*path, "expected"], case.expected)


def _text(path: list[str | int], text: str, most: int) -> Iterator[Issue]:
    # a lone surrogate has no UTF-8; it is refused below, not here
    if len(text.encode("utf-8", "surrogatepass")) > most:
        yield Issue(path=path, message=f"Give at most {most // 1024} KiB of UTF-8.", code="too_long")
    if "\0" in text or re.search("[\ud800-\udfff]", text):
        message = "Give text without NUL and without halves of characters."
        yield Issue(path=path, message=message, code="not_text")


def _value(path: list[str | int], value: JsonValue) -> Iterator[Issue]:
    if too_deep(value):
        message = f"Give a value nested at most {MOST_DEPTH} deep."
        yield Issue(path=path, message=message, code="too_deep")
