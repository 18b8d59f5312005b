"""The rate limit, alone and over HTTP."""

from pathlib import Path

import httpx
import pytest

from server.app import House
from server.http.rate_limit import RateLimiter
from server.settings import Settings
from tests.contract.promise import promise
from tests.support.app import PUBLIC_URL
from tests.support.workspaces import Tenant, create_tenant

TEMPLATES = "/api/v1/evaluation-templates"


class TickingClock:
    """A clock in seconds that tests move by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_holds_as_many_calls_as_the_limit_and_then_lets_them_in_one_by_one() -> None:
    ticks = TickingClock()
    limiter = RateLimiter(60, ticks)
    verdicts = [limiter.take("grace") for _ in range(61)]
    assert [verdict.remaining for verdict in verdicts[:3]] == [59, 58, 57]
    assert all(verdict.retry_after == 0 for verdict in verdicts[:60])
    assert verdicts[60].retry_after == 1
    ticks.now += 1
    assert limiter.take("grace").retry_after == 0
    assert limiter.take("grace").retry_after == 1
    assert limiter.take("ada").retry_after == 0


def test_a_limit_of_zero_limits_nothing() -> None:
    limiter = RateLimiter(0, TickingClock())
    assert all(limiter.take("grace").retry_after == 0 for _ in range(10_000))


@pytest.fixture
def settings(pristine: Path, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path, public_url=PUBLIC_URL, rate_limit_per_minute=3, secret_key="a secret for tests"
    )


async def test_over_the_limit_is_429_with_a_time_to_come_back(http: httpx.AsyncClient, grace: Tenant) -> None:
    headers = {"x-api-key": grace.key}
    answers = [await http.get(TEMPLATES, headers=headers) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["x-ratelimit-limit"] == "3"
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert int(answers[3].headers["retry-after"]) == answers[3].json()["retry_after"] >= 1
    assert "x-ratelimit-reset" in answers[3].headers


async def test_a_workspace_may_have_a_limit_of_its_own(http: httpx.AsyncClient, house: House) -> None:
    rich = await create_tenant(house, "rich", rate_limit=100)
    answers = [await http.get(TEMPLATES, headers={"x-api-key": rich.key}) for _ in range(10)]
    assert {answer.status_code for answer in answers} == {200}


@promise("limits.headers")
async def test_guessing_keys_is_limited_by_address(http: httpx.AsyncClient) -> None:
    answers = [await http.get(TEMPLATES, headers={"x-api-key": f"iv_live_{n}"}) for n in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0", "0"]
