"""Whole numbers beyond 64 bits as arguments and results of code."""

import pytest

from tests.support.faces import Face


@pytest.mark.needs("sandbox")
async def test_arguments_and_results_keep_every_digit(face: Face) -> None:
    answer = await face.send(
        "run_code",
        language="python",
        code="def double(n):\n    return 2 * n\n",
        test_cases=[
            {"args": [10**30], "expected": 2 * 10**30},
            {"args": [10**30], "expected": 2 * 10**30 + 1},
        ],
        entry_point="double",
    )
    assert answer.status_code == 200, answer.json()
    results = answer.json()["data"]["results"]
    assert [each["passed"] for each in results] == [True, False]
    assert results[0]["actual_output"] == 2 * 10**30
