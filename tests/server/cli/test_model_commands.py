"""`viva model`: what a model may do here follows from what was measured here, and from nothing else."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from domain.interview.prompts import prompt_hash
from domain.scoring.calibration import LETTERS, calibration_set
from domain.text.tokens import visible
from server.cli.main import main
from server.database import transaction
from server.settings import Settings
from storage.access import calibrations
from tests.server.adapters.test_model import criteria_in, finds, utterance_in
from tests.support.fake_models import Asked, Calls, Fails, Line, provider

Viva = Callable[..., tuple[int, str, str]]
LABEL = "openai-compatible:fake"


@pytest.fixture
def viva(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Viva:
    """Runs `viva model …` on the test's database: its exit code, its output, its complaints."""
    monkeypatch.setenv("VIVA_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("VIVA_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("VIVA_SECRET_KEY", settings.secret_key.get_secret_value())

    def run(verb: str, url: str = "") -> tuple[int, str, str]:
        monkeypatch.setenv("VIVA_MODEL", LABEL if url else "")
        monkeypatch.setenv("VIVA_MODEL_BASE_URL", f"{url}/v1" if url else "")
        capsys.readouterr()
        code = main(["model", verb])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def like_a_rater() -> Calls:
    """A model that judges each answer of the set as its first rater did."""
    by_text = {
        visible(text): answer
        for answer in calibration_set().answers
        for text in (answer.text, answer.without)
        if text
    }

    def arguments(asked: Asked) -> dict[str, Any]:
        said = utterance_in(asked)
        letters = by_text[said["text"]].labels[0]
        quote = " ".join(said["text"].split()[:6])
        findings: list[dict[str, Any]] = []
        # criteria come in another order in each reading; their ids end with their place in the plan
        for key in criteria_in(asked):
            letter = letters[int(key.rpartition("c")[2]) - 1]
            shown = {} if letter == "n" else {"utterance_id": said["utterance_id"], "quote": quote}
            findings.append({"criterion_id": key, "status": LETTERS[letter].value, **shown})
        return {"findings": findings, "rationale": "As labelled."}

    return Calls(arguments)


async def run_with(viva: Viva, verb: str, *script: Line) -> tuple[int, str, str]:
    async with provider(*script) as fake:
        return await asyncio.to_thread(viva, verb, fake.url)


def may_score(settings: Settings) -> bool:
    with transaction(settings) as db:
        return calibrations.passed(db, LABEL, prompt_hash())


async def test_a_model_that_says_met_to_everything_does_not_pass(viva: Viva, settings: Settings) -> None:
    code, said, _ = await run_with(viva, "calibrate", finds("met"))
    assert code == 1
    assert "Not passed" in said
    assert not may_score(settings)
    code, said, _ = await run_with(viva, "show", finds("met"))
    assert code == 1
    assert "marks passages only" in said


async def test_a_model_that_judges_as_people_did_passes_until_it_is_measured_worse(
    viva: Viva, settings: Settings
) -> None:
    assert not may_score(settings)
    code, said, _ = await run_with(viva, "calibrate", like_a_rater())
    assert (code, "Passed" in said) == (0, True), said
    assert may_score(settings)
    code, said, _ = await run_with(viva, "show", like_a_rater())
    assert code == 0
    assert "may give scores" in said
    with transaction(settings) as db:
        assert not calibrations.passed(db, LABEL, "another prompt")
        assert not calibrations.passed(db, "openai-compatible:other", prompt_hash())
    await run_with(viva, "calibrate", finds("met"))
    assert not may_score(settings), "the newest measurement counts"


async def test_a_model_that_does_not_answer_is_not_measured(viva: Viva, settings: Settings) -> None:
    code, _, complaint = await run_with(viva, "calibrate", Fails(400))
    assert code == 2
    assert "Nothing was stored" in complaint
    with transaction(settings) as db:
        assert calibrations.every(db) == []


def test_without_a_model_there_is_nothing_to_calibrate(viva: Viva) -> None:
    code, _, complaint = viva("calibrate")
    assert code == 2
    assert "VIVA_MODEL is not set" in complaint
