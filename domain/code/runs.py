"""Running a candidate's code: the request, what the sandbox observes, and the verdict on each case.

The sandbox receives `Case.given` but never the expected answer, and returns an `Observation`. `judge` compares the
two outside the sandbox, so code cannot pass by claiming that it passed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pydantic import JsonValue

from domain.code.matching import MAX_DEPTH, Comparison, read_json, too_deep
from domain.errors import Invalid, Issue

CODE_BYTES = 64 * 1024
INPUT_BYTES = 256 * 1024
STREAM_BYTES = 64 * 1024
MAX_CASES = 50
REQUEST_SECONDS = 15.0
_TRIMMED = Comparison()
_NAME = r"[^\W\d][\w$]*|[$][\w$]*"
# The name of a function, or of a class and its method.
ENTRY_POINT = rf"({_NAME})([.]({_NAME}))?"
_ENTRY_POINT = re.compile(ENTRY_POINT)


class Language(StrEnum):
    """The languages that code may be written in."""

    PYTHON = "python"
    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"


class RunStatus(StrEnum):
    """How a run ended, as seen from outside the sandbox."""

    FINISHED = "finished"
    RUNTIME_ERROR = "runtime_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    PROTOCOL_ERROR = "protocol_error"


class CaseStatus(StrEnum):
    """The result of one case. `protocol_error` is internal: answers show it as `runtime_error`."""

    PASSED = "passed"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    PROTOCOL_ERROR = "protocol_error"


@dataclass(frozen=True, slots=True)
class Stdin:
    """The program reads this text from standard input."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Arguments:
    """The run's entry point is called with these values."""

    values: tuple[JsonValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One case. With `Stdin`, `expected` is the text to print; with `Arguments`, the JSON value to return."""

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
    """A request to run code: once with `stdin`, or once for each case."""

    language: Language
    code: str
    workspace: UUID
    stdin: str = ""
    cases: tuple[Case, ...] = ()
    entry_point: str | None = None
    comparison: Comparison = _TRIMMED
    shared_process: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """What the sandbox observed. `value` is the returned value as JSON text, None where nothing was called."""

    status: RunStatus
    stdout: str = ""
    stderr: str = ""
    value: str | None = None
    exit_code: int | None = 0
    duration_ms: float = 0.0
    memory_kb: int | None = None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case, its observation and the verdict. Internal: answers use `public_result`."""

    case: Case
    status: CaseStatus
    observed: Observation


@dataclass(frozen=True, slots=True)
class PublicCaseResult:
    """A case's result as answers show it. None means withheld, or absent."""

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
    """Why the code could not start. Line and column count from 1 in the candidate's own file."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class RunResult:
    """The result of a run: `single` without cases, `cases` with them, neither when the code does not compile."""

    language: Language
    duration_ms: float
    single: Observation | None = None
    cases: tuple[CaseResult, ...] = ()
    compile_error: CompileError | None = None

    @property
    def total(self) -> int:
        return len(self.cases)

    @property
    def passed(self) -> int:
        return sum(result.status is CaseStatus.PASSED for result in self.cases)


def check(run: Run) -> None:
    """Raise `Invalid`, naming each field, unless the run is within the limits and all its cases have one style."""
    issues = [*_code_issues(run), *_count_issues(run), *_entry_point_issues(run)]
    for place, case in enumerate(run.cases):
        issues += _case_issues(place, case, called=run.entry_point is not None)
    if issues:
        raise Invalid(issues)


def judge(case: Case, observed: Observation, comparison: Comparison) -> CaseResult:
    """The verdict on one case. It passes only if the code ended normally and gave the expected answer."""
    return CaseResult(case, _verdict(case, observed, comparison), observed)


def public_result(index: int, result: CaseResult) -> PublicCaseResult:
    """The result as answers show it. A hidden case shows its index and status, never its input or output."""
    case, observed = result.case, result.observed
    status = CaseStatus.RUNTIME_ERROR if result.status is CaseStatus.PROTOCOL_ERROR else result.status
    passed = result.status is CaseStatus.PASSED
    if case.hidden:
        return PublicCaseResult(index, status, passed, hidden=True)
    return PublicCaseResult(
        index,
        status,
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


def _verdict(case: Case, observed: Observation, comparison: Comparison) -> CaseStatus:
    if observed.status is not RunStatus.FINISHED:
        return CaseStatus(observed.status.value)
    if observed.exit_code != 0:
        return CaseStatus.RUNTIME_ERROR
    if isinstance(case.given, Stdin):
        same = comparison.same_text(observed.stdout, str(case.expected))
    else:
        try:
            same = comparison.same_value(read_json(observed.value or ""), case.expected)
        except ValueError:  # the harness always writes JSON, so the candidate's code wrote this
            return CaseStatus.PROTOCOL_ERROR
    return CaseStatus.PASSED if same else CaseStatus.WRONG_ANSWER


def _actual(case: Case, observed: Observation) -> JsonValue:
    """What was printed or returned. None for a value that is not JSON or is nested too deeply."""
    if isinstance(case.given, Stdin):
        return observed.stdout
    try:
        value = read_json(observed.value or "")
    except ValueError:
        return None
    return None if too_deep(value) else value


def _code_issues(run: Run) -> Iterator[Issue]:
    if not run.code.strip():
        yield Issue(path=["code"], message="Give the code to run.", code="empty")
    yield from _text_issues(["code"], run.code, CODE_BYTES)
    yield from _text_issues(["stdin"], run.stdin, INPUT_BYTES)


def _count_issues(run: Run) -> Iterator[Issue]:
    if len(run.cases) > MAX_CASES:
        yield Issue(path=["test_cases"], message=f"Give at most {MAX_CASES} cases.", code="count")


def _entry_point_issues(run: Run) -> Iterator[Issue]:
    if run.entry_point is not None and not _ENTRY_POINT.fullmatch(run.entry_point):
        message = "Give the name of a function, or Class.method."
        yield Issue(path=["entry_point"], message=message, code="not_a_name")


def _case_issues(place: int, case: Case, *, called: bool) -> Iterator[Issue]:
    path: list[str | int] = ["test_cases", place]
    if called is isinstance(case.given, Stdin):
        message = "With an entry_point give args and expected; without, input and expected_output."
        yield Issue(path=path, message=message, code="other_style")
    elif isinstance(case.given, Stdin):
        yield from _text_issues([*path, "input"], case.given.text, INPUT_BYTES)
        yield from _text_issues([*path, "expected_output"], str(case.expected), INPUT_BYTES)
    else:
        yield from _value_issues([*path, "args"], list(case.given.values))
        yield from _value_issues([*path, "expected"], case.expected)


def _text_issues(path: list[str | int], text: str, limit: int) -> Iterator[Issue]:
    # a lone surrogate cannot be encoded; the check below refuses it
    if len(text.encode("utf-8", "surrogatepass")) > limit:
        yield Issue(path=path, message=f"Give at most {limit // 1024} KiB of UTF-8.", code="too_long")
    if "\0" in text or re.search("[\ud800-\udfff]", text):
        message = "Give text without NUL and without halves of characters."
        yield Issue(path=path, message=message, code="not_text")


def _value_issues(path: list[str | int], value: JsonValue) -> Iterator[Issue]:
    if too_deep(value):
        message = f"Give a value nested at most {MAX_DEPTH} deep."
        yield Issue(path=path, message=message, code="too_deep")
