"""Running a candidate's code: the request, what the sandbox observes, and the verdict on each case.

The sandbox receives `Case.given` but never the expected answer, and returns an `Observation`. The two are compared
outside the sandbox, so code cannot pass by claiming that it passed. The answer is hostile: `question_of` says what is
to be compared, a worker process compares it, and `decide` makes the verdict out of what the worker found.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from pydantic import JsonValue

from domain.code.matching import MAX_DEPTH, Comparison, Judgement, Outcome, too_deep
from domain.errors import Invalid, Issue

CODE_BYTES = 64 * 1024
INPUT_BYTES = 256 * 1024
STREAM_BYTES = 64 * 1024
# What the cases of one run may show together. After that, output is cut; the verdicts are made of all of it.
SHOWN_OUTPUT = 1024 * 1024
_SHOWN_OF_CUT = 1024
_CUT = f"All cases together printed more than {SHOWN_OUTPUT // 1024} KiB, so only the start is shown.\n"
MAX_CASES = 50
REQUEST_SECONDS = 15.0
MAX_DIGITS = 4300
_TOO_LARGE = 10**MAX_DIGITS
_TRIMMED = Comparison()
_BYTE_ORDER_MARK = "\ufeff"
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
    """What the sandbox observed. `value` is the returned value as JSON text, None where nothing was called.

    `changed_argument` is the first argument as JSON text after the call, where the function returned nothing and
    changed it.
    """

    status: RunStatus
    stdout: str = ""
    stderr: str = ""
    value: str | None = None
    changed_argument: str | None = None
    exit_code: int | None = 0
    duration_ms: float = 0.0
    memory_kb: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One answer to compare: `actual` is printed text or a returned value as JSON text."""

    actual: str
    expected: JsonValue
    comparison: Comparison
    printed: bool

    def judge(self) -> Judgement:
        """Compare here and now. A server does this in a worker process, because `actual` is hostile."""
        if self.printed:
            return self.comparison.judge_printed(self.actual, str(self.expected))
        return self.comparison.judge_returned(self.actual, self.expected)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case, its observation and the verdict. Internal: answers use `public_result`.

    `actual` is what can be shown of the returned value. `reason` is a sentence about the verdict.
    """

    case: Case
    status: CaseStatus
    observed: Observation
    actual: JsonValue = None
    reason: str | None = None


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


# A value that is not JSON: the harness always writes JSON, so the candidate's code wrote this.
_VERDICTS: Mapping[Outcome, CaseStatus] = {
    Outcome.SAME: CaseStatus.PASSED,
    Outcome.DIFFERENT: CaseStatus.WRONG_ANSWER,
    Outcome.UNREADABLE: CaseStatus.PROTOCOL_ERROR,
}


def check(run: Run) -> None:
    """Raise `Invalid`, naming each field, unless the run is within the limits and all its cases have one style."""
    issues = [*_code_issues(run), *_count_issues(run), *_entry_point_issues(run)]
    for place, case in enumerate(run.cases):
        issues += _case_issues(place, case, called=run.entry_point is not None)
    if issues:
        raise Invalid(issues)


def plain_lines(text: str) -> str:
    """The text as a program expects it: lines end with a line feed, and no byte order mark stands at the start."""
    return without_mark(text).replace("\r\n", "\n").replace("\r", "\n")


def without_mark(text: str) -> str:
    """The text without a byte order mark at its start."""
    return text.removeprefix(_BYTE_ORDER_MARK)


def cut_output(results: Iterable[CaseResult]) -> Iterator[CaseResult]:
    """The results with what was printed cut where the cases before leave no room to show it."""
    room = SHOWN_OUTPUT
    for result in results:
        seen = result.observed
        printed = len(seen.stdout) + len(seen.stderr)
        if printed > room:
            stdout, stderr = (text[:_SHOWN_OF_CUT] for text in (seen.stdout, seen.stderr))
            yield replace(result, observed=replace(seen, stdout=stdout, stderr=_join_lines(stderr, _CUT)))
        else:
            room -= printed
            yield result


def changes_arguments(observed: Iterable[Observation]) -> bool:
    """Whether the function is one that changes its first argument and returns nothing.

    One such case in a run is enough. In another case the same function may have nothing to change.
    """
    return any(one.changed_argument is not None for one in observed)


def question_of(
    case: Case, observed: Observation, comparison: Comparison, *, in_place: bool = False
) -> Question | None:
    """What is to be compared, None where the code did not end normally.

    With `in_place` the answer of a function that returned nothing is its first argument as it is after the call.
    """
    if observed.status is not RunStatus.FINISHED or observed.exit_code != 0:
        return None
    if isinstance(case.given, Stdin):
        return Question(observed.stdout, case.expected, comparison, printed=True)
    actual = observed.value or ""
    if in_place and actual == "null" and case.expected is not None:
        values = case.given.values
        actual = observed.changed_argument or json.dumps(values[0] if values else None)
    return Question(actual, case.expected, comparison, printed=False)


def decide(case: Case, observed: Observation, judgement: Judgement | None) -> CaseResult:
    """The verdict on one case. It passes only if the code ended normally and gave the expected answer."""
    if observed.status is not RunStatus.FINISHED:
        return CaseResult(case, CaseStatus(observed.status.value), observed)
    if observed.exit_code != 0 or judgement is None:
        return CaseResult(case, CaseStatus.RUNTIME_ERROR, observed)
    actual = None if judgement.shown is None else json.loads(judgement.shown)
    return CaseResult(case, _VERDICTS[judgement.outcome], observed, actual, judgement.reason)


def judge(case: Case, observed: Observation, comparison: Comparison) -> CaseResult:
    """The verdict on one case, judged here and now."""
    question = question_of(case, observed, comparison)
    return decide(case, observed, None if question is None else question.judge())


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
        actual_output=observed.stdout if isinstance(case.given, Stdin) else result.actual,
        expected_output=case.expected,
        stdout=observed.stdout,
        stderr=_stderr(result),
        duration_ms=observed.duration_ms,
        memory_kb=observed.memory_kb,
    )


def _join_lines(text: str, line: str) -> str:
    """The text with the line on a line of its own behind it."""
    return f"{text}\n{line}" if text and not text.endswith("\n") else text + line


def _stderr(result: CaseResult) -> str:
    """What was printed to standard error, with the reason for the verdict on a line of its own."""
    printed = result.observed.stderr
    if result.reason is None:
        return printed
    return _join_lines(printed, f"{result.reason}\n")


def _code_issues(run: Run) -> Iterator[Issue]:
    if not without_mark(run.code).strip():
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
    elif not _is_exact(value):
        message = f"Give finite numbers of at most {MAX_DIGITS} digits."
        yield Issue(path=path, message=message, code="not_a_number")


def _is_exact(value: JsonValue) -> bool:
    """Whether JSON can express all numbers of a value. `too_deep` has bounded the recursion."""
    if isinstance(value, list):
        return all(map(_is_exact, value))
    if isinstance(value, dict):
        return all(map(_is_exact, value.values()))
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or abs(value) < _TOO_LARGE
