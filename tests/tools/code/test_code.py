"""Running code through the API: what is answered, what is refused, and that nobody waits for somebody else's load."""

import asyncio
import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from domain.code.runs import Language, Run
from domain.errors import RunnerFailed
from domain.scopes import ALL_SCOPES, Scope
from server.adapters.sandbox import Sandbox
from server.app import House
from tests.contract.promise import promise
from tests.support.faces import Face
from tests.support.rest_face import RestFace
from tests.support.workspaces import Tenant, create_key

BOXED = pytest.mark.needs("sandbox")
DOUBLE = {
    "python": "print(int(input()) * 2)",
    "javascript": "console.log(Number(require('fs').readFileSync(0, 'utf8')) * 2)",
    "typescript": (
        "import fs from 'node:fs';\nconst n: number = Number(fs.readFileSync(0, 'utf8'));\nconsole.log(n * 2)"
    ),
}
ADD = {
    "python": "def add(a, b):\n    return a + b",
    "javascript": "function add(a, b) { return a + b }",
    "typescript": "export const add = (a: number, b: number): number => a + b",
}


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Nothing here is stored: one engine is enough."""
    path = tmp_path / "viva.db"
    shutil.copy(request.getfixturevalue("pristine"), path)
    return f"sqlite:///{path}"


async def run(face: Face, **args: Any) -> dict[str, Any]:
    answer = await face.ask("run_code", **args)
    assert "data" in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


@BOXED
@promise("code.languages", "code.single", "code.routes")
@pytest.mark.parametrize("language", DOUBLE)
async def test_a_single_run_answers_what_was_printed(face: Face, language: str) -> None:
    data = await run(face, language=language, code=DOUBLE[language], stdin="21\n")
    assert (data["stdout"], data["stderr"], data["exit_code"]) == ("42\n", "", 0)
    assert (data["language"], data["status"]) == (language, "finished")
    assert data["duration_ms"] > 0


@BOXED
@promise("code.batch", "code.fields")
@pytest.mark.parametrize("language", DOUBLE)
async def test_cases_on_standard_input_are_judged_and_hidden_ones_show_only_their_status(
    face: Face, language: str
) -> None:
    cases = [
        {"input": "1", "expected_output": "2", "name": "one"},
        {"input": "2", "expected_output": "5"},
        {"input": "3", "expected_output": "6", "hidden": True, "name": "secret"},
    ]
    data = await run(face, language=language, code=DOUBLE[language], test_cases=cases)
    assert (data["passed"], data["total"]) == (2, 3)
    first, second, hidden = data["results"]
    assert (first["name"], first["status"], first["passed"]) == ("one", "passed", True)
    assert (second["status"], second["actual_output"], second["expected_output"]) == (
        "wrong_answer",
        "4\n",
        "5",
    )
    told = {name: value for name, value in hidden.items() if value is not None}
    assert told == {"index": 2, "hidden": True, "status": "passed", "passed": True}


@BOXED
@pytest.mark.parametrize("language", ADD)
@pytest.mark.parametrize("shared", [False, True])
async def test_a_function_is_called_with_json_and_its_value_compared(
    face: Face, language: str, shared: bool
) -> None:
    cases = [
        {"args": [1, 2], "expected": 3},
        {"args": [1, 2], "expected": 4},
        {"args": ["a", "b"], "expected": "ab"},
    ]
    data = await run(
        face,
        language=language,
        code=ADD[language],
        entry_point="add",
        test_cases=cases,
        shared_process=shared,
    )
    assert [case["status"] for case in data["results"]] == ["passed", "wrong_answer", "passed"]
    assert data["results"][1]["actual_output"] == 3


@BOXED
@pytest.mark.parametrize(
    ("comparison", "expected", "passes"),
    [
        ("exact", [2, 1], False),
        ("unordered", [2, 1], True),
        ("json", [1, 2], True),
        ("float", [1.0000000001, 2], True),
    ],
)
async def test_the_comparison_is_chosen_by_the_caller(
    rest: RestFace, comparison: str, expected: list[float], passes: bool
) -> None:
    data = await run(
        rest,
        language="python",
        code="def f():\n    return [1, 2]",
        entry_point="f",
        test_cases=[{"args": [], "expected": expected}],
        comparison=comparison,
    )
    assert data["results"][0]["passed"] is passes


@BOXED
@promise("code.crash-200")
@pytest.mark.parametrize(
    ("language", "code"),
    [("python", "1 / 0"), ("javascript", "throw new Error('no')"), ("typescript", "process.exit(3)")],
)
async def test_a_crash_of_the_code_is_an_answer(rest: RestFace, language: str, code: str) -> None:
    response = await rest.send("run_code", language=language, code=code)
    assert response.status_code == 200
    data = response.json()["data"]
    assert data["status"] == "runtime_error"
    assert data["exit_code"] != 0


@BOXED
@pytest.mark.parametrize(
    ("language", "code", "line", "column"),
    [
        ("python", "x = 1\nif x = 2:\n    pass\n", 2, 4),
        ("javascript", "let a = 1;\nlet b = = 2;\n", 2, 9),
        ("typescript", "enum A { B }\nconst n: number = 1;\nlet y = ;\n", 3, 9),
    ],
)
async def test_code_that_cannot_be_read_names_the_line_and_column_of_the_candidates_file(
    face: Face, language: str, code: str, line: int, column: int
) -> None:
    data = await run(face, language=language, code=code)
    assert (data["status"], data["exit_code"]) == ("compile_error", 1)
    assert (data["compile_error"]["line"], data["compile_error"]["column"]) == (line, column)
    cases = [{"input": "", "expected_output": ""}]
    batched = await run(face, language=language, code=code, test_cases=cases)
    assert batched["compile_error"]["line"] == line
    assert batched["results"] is None


@BOXED
async def test_an_error_in_typescript_names_the_line_that_was_written(rest: RestFace) -> None:
    lines = [
        "interface A {",
        "  a: number",
        "}",
        "enum B { C }",
        "function f(a: A): never {",
        "  throw new Error()",
        "}",
    ]
    code = "\n".join([*lines, "f({ a: B.C });"])
    data = await run(rest, language="typescript", code=code)
    assert "main.ts:6" in data["stderr"]


@promise("code.400", "code.422")
async def test_an_unknown_language_is_400_alone_and_422_with_cases(face: Face, rest: RestFace) -> None:
    refused = await face.refused("run_code", language="cobol", code="x")
    assert refused["issues"][0]["path"] == ["language"]
    assert "cobol" not in str(refused)
    cases = [{"input": "", "expected_output": ""}]
    assert (await rest.send("run_code", language="cobol", code="x")).status_code == 400
    assert (await rest.send("run_code", language="cobol", code="x", test_cases=cases)).status_code == 422


@promise("code.limits")
@pytest.mark.parametrize(
    ("sent", "at"),
    [
        ({"code": "#" * 65_537}, "code"),
        ({"code": "x\0"}, "code"),
        ({"code": "   "}, "code"),
        ({"stdin": "x" * 300_000}, "stdin"),
        ({"test_cases": [{"input": "", "expected_output": ""}] * 51}, "test_cases"),
        ({"test_cases": [{"input": "x" * 300_000, "expected_output": ""}]}, "test_cases.0.input"),
        ({"test_cases": [{"input": ""}]}, "test_cases.0.expected_output"),
        ({"entry_point": "f", "test_cases": [{"args": []}]}, "test_cases.0.expected"),
        ({"entry_point": "f", "test_cases": [{"expected": 1}]}, "test_cases.0.args"),
        ({"entry_point": "os.system('x')", "test_cases": [{"args": [], "expected": 1}]}, "entry_point"),
        ({"comparison": "vibes"}, "comparison"),
        ({"tolerance": True}, "tolerance"),
    ],
)
async def test_what_cannot_be_run_is_refused_by_its_field(face: Face, sent: dict[str, Any], at: str) -> None:
    refused = await face.refused("run_code", **{"language": "python", "code": "print(1)", **sent})
    assert ".".join(map(str, refused["issues"][0]["path"])) == at


@BOXED
async def test_a_function_that_does_not_exist_is_the_candidates_error(face: Face) -> None:
    for language in ADD:
        data = await run(
            face,
            language=language,
            code=ADD[language],
            entry_point="missing",
            test_cases=[{"args": [], "expected": 1}],
        )
        (case,) = data["results"]
        assert case["status"] == "runtime_error"
        assert "missing" in case["stderr"]


@BOXED
async def test_other_spellings_and_the_alias_are_understood(rest: RestFace) -> None:
    body = {
        "language": "python",
        "source_code": "print(input())",
        "testCases": [{"input": "a", "expectedOutput": "a"}],
    }
    response = await rest.http.post("/api/v1/code-execution", json=body, headers={"x-api-key": rest.key})
    assert response.json()["data"]["passed"] == 1


@promise("scopes.code")
async def test_running_takes_the_scope_to_write_interviews(
    rest: RestFace, house: House, grace: Tenant
) -> None:
    reader = await create_key(house, grace.id, ALL_SCOPES - {Scope.interviews_write})
    refused = await rest.refused("run_code", reader, language="python", code="1")
    assert refused["code"] == "scope_missing"


@BOXED
@promise("code.408")
async def test_a_request_that_takes_longer_than_15_seconds_is_408(rest: RestFace) -> None:
    response = await rest.send("run_code", language="python", code="import time\ntime.sleep(30)")
    assert response.status_code == 408


@promise("code.502")
async def test_without_isolation_nothing_is_run_and_the_answer_is_502(tmp_path: Path) -> None:
    sandbox = Sandbox(1, programs=str(tmp_path))
    with pytest.raises(RunnerFailed) as refused:
        await sandbox.run(Run(Language.PYTHON, "print(1)", uuid4()))
    assert refused.value.status == 502
    assert "viva doctor" in (refused.value.hint or "")
    assert "is not there: install the package" in str(await sandbox.probe())


@BOXED
async def test_over_capacity_is_429_with_retry_after_and_one_workspace_cannot_crowd_out_another(
    rest: RestFace, mallory: Tenant
) -> None:
    async def sleeps() -> int:
        code = "import time\ntime.sleep(1)"
        return (await rest.send("run_code", mallory.key, language="python", code=code)).status_code

    crowd = [asyncio.create_task(sleeps()) for _ in range(20)]
    await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)
    refused = await rest.send("run_code", mallory.key, language="python", code="print(1)")
    served = await rest.send("run_code", language="python", code="print(1)")
    assert served.status_code == 200, "Grace is served between Mallory's"
    statuses = [await task for task in crowd]
    assert 429 in [*statuses, refused.status_code]
    assert {*statuses} <= {200, 408, 429}


@BOXED
async def test_the_probe_finds_no_fault_where_code_is_isolated() -> None:
    sandbox = Sandbox(1, warm=0)
    assert await sandbox.probe() is None
    await sandbox.stop()
