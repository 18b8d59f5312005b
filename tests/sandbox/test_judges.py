"""The workers that compare answers: bounded in time, replaced when they end, never with half an answer."""

import asyncio

from domain.code.matching import Comparison, Kind
from domain.code.runs import Question
from server.adapters.sandbox.judges import Judges


async def test_an_answer_that_takes_too_long_to_compare_is_wrong_and_says_why() -> None:
    judges = Judges(1, seconds=0.01)
    slow = Question(
        "[" + "[],[1]," * 200_000 + "0]", [[]] * 400_001, Comparison(Kind.UNORDERED), printed=False
    )
    judgement = await judges.judge(slow)
    assert (judgement.outcome, judgement.shown) == ("different", None)
    assert judgement.reason == "The answer takes too long to compare."
    quick = Judges(1)
    assert (await quick.judge(Question("1", "1", Comparison(), printed=True))).outcome == "same"
    await judges.stop()
    await quick.stop()


async def test_a_worker_that_was_killed_is_replaced_and_other_answers_are_judged_meanwhile() -> None:
    judges = Judges(2)
    fine = Question("1", "1", Comparison(), printed=True)
    assert (await judges.judge(fine)).outcome == "same"
    (worker,) = judges._idle
    worker._process.kill()
    await worker._process.wait()
    reason = (await judges.judge(fine)).reason
    assert reason is None or "too large" in reason
    assert [(await judges.judge(fine)).outcome for _ in range(3)] == ["same"] * 3
    outcomes = await asyncio.gather(*(judges.judge(fine) for _ in range(20)))
    assert {judgement.outcome for judgement in outcomes} == {"same"}
    await judges.stop()


async def test_a_judgement_that_is_given_up_leaves_no_worker_with_half_an_answer() -> None:
    judges = Judges(1)
    slow = Question("[" + "[]," * 400_000 + "[]]", [], Comparison(Kind.UNORDERED), printed=False)
    for wait in (0, 0.01, 0.05, 0.2):
        task = asyncio.create_task(judges.judge(slow))
        await asyncio.sleep(wait)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        judgement = await judges.judge(Question('"right"', "right", Comparison(), printed=False))
        assert (judgement.outcome, judgement.shown) == ("same", '"right"')
    await judges.stop()
