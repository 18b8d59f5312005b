"""Typical interview tasks in each language: right, wrong, slow and crashing solutions get the right status."""

import json
from uuid import uuid4

import pytest

from domain.code.matching import Comparison, Kind
from domain.code.runs import Case, CaseStatus, Language, Run
from server.adapters.sandbox import Sandbox
from tests.sandbox.corpus.tasks import TASKS, Task

pytestmark = pytest.mark.needs("sandbox")
_EVERY = [(language, task) for task in TASKS for language in Language]
_IDS = [f"{task.name}-{language.value}" for language, task in _EVERY]
_SLOW = {
    Language.PYTHON: "while True: pass\n",
    Language.JAVASCRIPT: "for (;;);\n",
    Language.TYPESCRIPT: "for (;;);\n",
}
_CRASH = {
    Language.PYTHON: "raise ValueError('no idea')\n",
    Language.JAVASCRIPT: "throw new Error('no idea');\n",
    Language.TYPESCRIPT: "throw new Error('no idea');\n",
}


def right(language: Language, task: Task) -> str:
    return {
        Language.PYTHON: task.python,
        Language.JAVASCRIPT: task.javascript,
        Language.TYPESCRIPT: task.typescript,
    }[language]


def wrong(language: Language, task: Task) -> str:
    code, (piece, instead) = right(language, task), task.mistake[language is not Language.PYTHON]
    assert piece in code
    return code.replace(piece, instead)


def at_the_start_of_the_body(language: Language, task: Task, line: str) -> str:
    head, _, rest = right(language, task).partition("\n")
    return f"{head}\n{'    ' if language is Language.PYTHON else ''}{line}{rest}"


def cases(task: Task) -> tuple[Case, ...]:
    return tuple(Case.called(args, expected) for args, expected in task.examples)


async def judged(language: Language, task: Task, code: str, *, seconds: float = 5) -> list[CaseStatus]:
    sandbox = Sandbox(2, warm=1, case_seconds=seconds)
    run = Run(
        language,
        code,
        uuid4(),
        cases=cases(task)[:1] if seconds < 5 else cases(task),
        entry_point=task.name,
        comparison=Comparison(Kind(task.comparison), 1e-4),
        shared_process=True,
    )
    result = await sandbox.run(run)
    await sandbox.stop()
    assert result.compile_error is None, result.compile_error
    return [case.status for case in result.cases]


@pytest.mark.parametrize(("language", "task"), _EVERY, ids=_IDS)
async def test_right_wrong_slow_and_crashing_solutions_get_their_status(
    language: Language, task: Task
) -> None:
    assert set(await judged(language, task, right(language, task))) == {CaseStatus.PASSED}
    mistaken = await judged(language, task, wrong(language, task))
    assert set(mistaken) & {CaseStatus.WRONG_ANSWER, CaseStatus.RUNTIME_ERROR}
    slow = at_the_start_of_the_body(language, task, _SLOW[language])
    assert await judged(language, task, slow, seconds=0.15) == [CaseStatus.TIME_LIMIT]
    crashing = at_the_start_of_the_body(language, task, _CRASH[language])
    assert set(await judged(language, task, crashing)) == {CaseStatus.RUNTIME_ERROR}


def printing(language: Language, task: Task) -> str:
    """The same solution as a program that reads its arguments as JSON and prints the answer as JSON."""
    if language is Language.PYTHON:
        return f"{task.python}\nimport json, sys\nprint(json.dumps({task.name}(*json.load(sys.stdin))))"
    read = "JSON.parse(require('node:fs').readFileSync(0, 'utf8'))"
    return f"{right(language, task)}\nconsole.log(JSON.stringify({task.name}(...{read})));"


@pytest.mark.parametrize(("language", "task"), _EVERY[::4], ids=_IDS[::4])
async def test_the_same_solutions_pass_as_programs_that_read_and_print(
    language: Language, task: Task
) -> None:
    sandbox = Sandbox(2, warm=1)
    kind = Kind.JSON if task.comparison == "exact" else Kind(task.comparison)
    printed = tuple(Case.printed(json.dumps(args), json.dumps(expected)) for args, expected in task.examples)
    run = Run(language, printing(language, task), uuid4(), cases=printed, comparison=Comparison(kind, 1e-4))
    result = await sandbox.run(run)
    await sandbox.stop()
    assert [case.status for case in result.cases] == [CaseStatus.PASSED] * len(printed)
