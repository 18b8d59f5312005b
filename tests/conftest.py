"""Fixtures for every test. Grace recruits, Ada applies, Mallory has another workspace."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import hypothesis
import pytest

from server.app import House, build
from server.settings import Settings
from storage.engine.migrate import migrate
from tests.support.app import PUBLIC_URL, run_app
from tests.support.clock import ManualClock
from tests.support.interview_helper import InterviewHelper
from tests.support.mcp_face import McpFace
from tests.support.needs import lack
from tests.support.postgres import Cluster
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.workspaces import Tenant, create_tenant

# a slow machine is no counterexample
hypothesis.settings.register_profile("viva", deadline=None)
hypothesis.settings.load_profile("viva")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs something that this machine lacks: from one place, so that it is one line for all of them."""
    for mark in item.iter_markers("needs"):
        if trouble := lack(mark.args[0]):
            pytest.skip(trouble)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server, started when the first test needs it."""
    if trouble := lack("postgresql"):
        pytest.skip(trouble)
    running = Cluster()
    yield running
    running.remove()


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("pristine") / "viva.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database; tests that use it run once on each engine."""
    if request.param == "sqlite":
        path = tmp_path / "viva.db"
        shutil.copy(request.getfixturevalue("pristine"), path)
        yield f"sqlite:///{path}"
        return
    with request.getfixturevalue("cluster").fresh() as url:
        yield url


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def jobs() -> RecordedJobs:
    """The jobs that were enqueued; none of them runs by itself."""
    return RecordedJobs()


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database,
        public_url=PUBLIC_URL,
        rate_limit_per_minute=0,
        interview_gather_seconds=0,
        secret_key="a secret for tests",
    )


@pytest.fixture
async def house(settings: Settings, clock: ManualClock, jobs: RecordedJobs) -> AsyncIterator[House]:
    """A whole Viva in this process."""
    built = build(settings, clock=clock, jobs=jobs)
    async with run_app(built.app):
        yield built


@pytest.fixture
async def grace(house: House) -> Tenant:
    return await create_tenant(house, "grace")


@pytest.fixture
async def mallory(house: House) -> Tenant:
    return await create_tenant(house, "mallory")


@pytest.fixture
async def http(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A plain HTTP client of the server, without a key."""
    transport = httpx.ASGITransport(app=house.app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
        yield client


@pytest.fixture
def rest(http: httpx.AsyncClient, grace: Tenant) -> RestFace:
    """Grace over REST."""
    return RestFace(http, grace.key)


@pytest.fixture
def assistant(house: House, grace: Tenant) -> McpFace:
    """Grace's assistant over MCP."""
    return McpFace(house.app, grace.key)


@pytest.fixture(params=["rest", "mcp"])
def face(request: pytest.FixtureRequest, house: House, grace: Tenant) -> RestFace | McpFace:
    """Grace over either face: a test that uses it runs once on each."""
    name = "rest" if request.param == "rest" else "assistant"
    chosen: RestFace | McpFace = request.getfixturevalue(name)
    return chosen


@pytest.fixture
def interviews(
    rest: RestFace,
    house: House,
    grace: Tenant,
    http: httpx.AsyncClient,
    clock: ManualClock,
    jobs: RecordedJobs,
) -> InterviewHelper:
    """Books and conducts interviews in Grace's workspace."""
    return InterviewHelper(rest, house, grace, http, clock, jobs)
