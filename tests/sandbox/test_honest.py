"""What people paste from other judges runs here as it does there."""

from uuid import uuid4

import pytest

from domain.code.matching import Comparison, Kind
from domain.code.runs import Case, CaseStatus, CompileError, Language, Run
from server.adapters.sandbox import Sandbox
from tests.sandbox.corpus.programs import PROGRAMS, Program
from tests.sandbox.corpus.solutions import SOLUTIONS, Solution

pytestmark = pytest.mark.needs("sandbox")


@pytest.mark.parametrize("warm", [0, 1])
@pytest.mark.parametrize("program", PROGRAMS, ids=[program.name for program in PROGRAMS])
async def test_a_pasted_program_passes(program: Program, warm: int) -> None:
    sandbox = Sandbox(1, warm=warm)
    case = Case.printed(program.input, program.prints)
    kind = Kind.JSON if program.prints.startswith("[") else Kind.EXACT
    run = Run(program.language, program.code, uuid4(), cases=(case,), comparison=Comparison(kind))
    (result,) = (await sandbox.run(run)).cases
    await sandbox.stop()
    assert result.status is CaseStatus.PASSED, result.observed


@pytest.mark.parametrize("solution", SOLUTIONS, ids=[solution.name for solution in SOLUTIONS])
async def test_a_pasted_solution_passes(solution: Solution) -> None:
    sandbox = Sandbox(1, warm=0)
    cases = tuple(Case.called(args, expected) for args, expected in solution.examples)
    run = Run(solution.language, solution.code, uuid4(), cases=cases, entry_point=solution.entry_point)
    result = await sandbox.run(run)
    await sandbox.stop()
    assert [case.status for case in result.cases] == [CaseStatus.PASSED] * len(cases), result


async def test_a_name_that_is_neither_defined_nor_usual_is_still_an_error() -> None:
    sandbox = Sandbox(1, warm=0)
    single = (await sandbox.run(Run(Language.PYTHON, "print(SortedList)", uuid4()))).single
    await sandbox.stop()
    assert single is not None
    assert "NameError: name 'SortedList' is not defined" in single.stderr


@pytest.mark.parametrize(
    ("language", "code", "line", "column"),
    [
        (Language.TYPESCRIPT, "const d = (t: any) => t;\n\n\n@d\nclass A {\n  x: number = 1;\n}", 4, 1),
        (Language.TYPESCRIPT, "enum E { A, B }\n\nclass A {\n  @readonly x: number = 1;\n}", 4, 3),
        (
            Language.TYPESCRIPT,
            "enum E { A, B }\nclass A {\n  constructor(\n    @Inject() x: number,\n  ) {}\n}",
            4,
            5,
        ),
        (Language.TYPESCRIPT, "enum E { A }\n\n@Component({\n  a: 1,\n})\n@Other\nexport class A {}", 3, 1),
        (Language.TYPESCRIPT, "class A {\n  @memoize\n  get x(): number { return 1 }\n}", 2, 3),
        (Language.JAVASCRIPT, "class A {\n  @readonly\n  foo() {}\n}", 2, 3),
    ],
)
async def test_a_decorator_is_refused_in_words_at_its_own_line(
    language: Language, code: str, line: int, column: int
) -> None:
    sandbox = Sandbox(1, warm=0)
    result = await sandbox.run(Run(language, code, uuid4()))
    await sandbox.stop()
    message = "Decorators are not supported: call the function yourself, or leave the decorator out."
    assert result.compile_error == CompileError(line, column, message)


@pytest.mark.parametrize(
    "code",
    [
        "enum E { A, B }\n\n\nlet a: number = 1;\nlet a = 2;",
        "interface I {\n  a: number\n}\n\nlet a = 1;\nlet a = 2",
    ],
)
async def test_an_error_that_only_javascript_sees_has_its_line_in_typescript(code: str) -> None:
    sandbox = Sandbox(1, warm=0)
    result = await sandbox.run(Run(Language.TYPESCRIPT, code, uuid4()))
    await sandbox.stop()
    assert result.compile_error is not None
    assert result.compile_error.line == code.count("\n") + 1
    assert "already been declared" in result.compile_error.message
