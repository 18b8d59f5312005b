"""What every test may ask for. The cast: Grace recruits, Ada applies, Mallory has another workspace."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import hypothesis
import pytest

from server.app import House, build
from server.settings import Settings
from storage.engine.migrate import migrate
from tests.support.clock import HandClock
from tests.support.held import Holding
from tests.support.house import PUBLIC_URL, RecordedJobs, Tenant, tenant
from tests.support.lifespan import alive
from tests.support.mcp_face import McpFace
from tests.support.postgres import Cluster
from tests.support.rest_face import RestFace

# a slow machine is no counterexample
hypothesis.settings.register_profile("viva", deadline=None)
hypothesis.settings.load_profile("viva")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server, started when the first test needs it."""
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
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def jobs() -> RecordedJobs:
    """What was promised for after the commit."""
    return RecordedJobs()


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database,
        public_url=PUBLIC_URL,
        rate_limit_per_minute=0,
        secret_key="a secret for tests",
    )


@pytest.fixture
async def house(settings: Settings, clock: HandClock, jobs: RecordedJobs) -> AsyncIterator[House]:
    """A whole Viva in this process."""
    built = build(settings, clock=clock, jobs=jobs)
    async with alive(built.app):
        yield built


@pytest.fixture
async def grace(house: House) -> Tenant:
    return await tenant(house, "grace")


@pytest.fixture
async def mallory(house: House) -> Tenant:
    return await tenant(house, "mallory")


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
def holding(
    rest: RestFace,
    house: House,
    grace: Tenant,
    http: httpx.AsyncClient,
    clock: HandClock,
    jobs: RecordedJobs,
) -> Holding:
    """Interviews in Grace's workspace."""
    return Holding(rest, house, grace, http, clock, jobs)
