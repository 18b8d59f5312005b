"""What Viva keeps on the disk is for its own user only, whatever the umask and whatever was there before."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.cli.doctor import examine
from server.data_dir import protect, readable_by_others
from server.secrets import load
from server.settings import Settings
from storage.engine.migrate import migrate
from tests.support.server_process import ServerProcess

# of the process that holds the server in these tests
_NOT_OURS = {"server.log"}


@pytest.fixture(params=[0o000, 0o022, 0o027, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox has tests of its own, and takes a second."""

    async def probe(_self: object) -> None:
        return None

    monkeypatch.setattr("server.cli.doctor.Sandbox.probe", probe)
    monkeypatch.setattr("server.cli.doctor.find_program", lambda name: name)


def modes(folder: Path) -> dict[str, str]:
    """The mode of the folder and of everything in it."""
    paths = [folder, *(path for path in folder.rglob("*") if path.name not in _NOT_OURS)]
    return {str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode)) for path in paths}


def fitting(folder: Path) -> dict[str, str]:
    """What `modes` should be: folders 0700, files 0600."""
    paths = [folder, *(path for path in folder.rglob("*") if path.name not in _NOT_OURS)]
    return {str(path.relative_to(folder)): oct(0o700 if path.is_dir() else 0o600) for path in paths}


def invite_somebody(server: ServerProcess) -> None:
    """Have a mail written to the outbox."""
    with httpx.Client(base_url=f"{server.url}/api/v1", headers={"x-api-key": server.key}) as http:
        template = http.post("/evaluation-templates", json={"template_name": "B", "use_case": "hiring"})
        ids = {"evaluation_template_id": template.json()["data"]["id"]}
        http.post("/evaluation-stages", json={**ids, "type": "screen"}).raise_for_status()
        who = http.post("/participants", json={"name": "Ada", "email": "ada@example.com"})
        booking = {**ids, "candidate_id": who.json()["data"]["id"], "stage": "screen"}
        made = http.post("/sessions", json=booking).json()["data"]["id"]
        server.until(lambda: http.get(f"/sessions/{made}").json()["data"]["invite_status"] == "sent")


def test_a_running_server_keeps_everything_to_itself_and_narrows_what_it_finds(
    tmp_path: Path, open_umask: None
) -> None:
    data = tmp_path / "made by somebody" / "data"
    data.mkdir(parents=True)
    assert modes(data) == {".": "0o777"}
    with ServerProcess(data) as server:
        invite_somebody(server)
        assert modes(data) == fitting(data)
        assert {"viva.db", "viva.db-wal", "viva.db-shm", "viva.lock", "secret.key", "outbox"} <= modes(
            data
        ).keys()
        assert any(name.endswith(".eml") for name in modes(data))
        server.kill()
        for path in (data, *data.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        server.start()
        assert modes(data) == fitting(data)
        assert "other users may read" not in server.log.read_text()
    assert modes(data) == fitting(data)


def test_a_command_makes_the_folder_as_the_server_does(tmp_path: Path, open_umask: None) -> None:
    server = ServerProcess(tmp_path / "data")
    (tmp_path / "data").mkdir()
    server.viva("workspace", "create", "acme")
    server.viva("key", "create", "--workspace", "acme", "--name", "x")
    assert modes(tmp_path / "data") == fitting(tmp_path / "data")


def test_parts_that_make_files_give_them_their_modes(tmp_path: Path, umask: int) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    migrate(settings.database)
    load("", settings.data_dir)
    assert modes(settings.data_dir) == fitting(settings.data_dir)


def test_a_database_elsewhere_is_narrowed_and_its_folder_is_not(tmp_path: Path, open_umask: None) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    settings = Settings(data_dir=tmp_path / "data", database_url=f"sqlite:///{elsewhere / 'x.db'}")
    migrate(settings.database)
    (elsewhere / "x.db").chmod(0o644)
    protect(settings)
    assert modes(elsewhere) == {".": "0o755", "x.db": "0o600", "x.db.migrating": "0o600"}


def test_files_of_others_and_what_links_lead_to_are_left_alone(tmp_path: Path, open_umask: None) -> None:
    data, foreign = tmp_path / "data", tmp_path / "foreign.key"
    data.mkdir()
    for path in (foreign, data / "notes.txt"):
        path.write_text("")
    (data / "linked.key").symlink_to(foreign)
    protect(Settings(data_dir=data))
    assert modes(data) == {".": "0o700", "notes.txt": "0o666", "linked.key": "0o666"}


def test_a_folder_that_everybody_shares_is_not_closed(
    tmp_path: Path, open_umask: None, caplog: pytest.LogCaptureFixture
) -> None:
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    (shared / "secret.key").write_text("x")
    protect(Settings(data_dir=shared))
    assert modes(shared) == {".": "0o1777", "secret.key": "0o600"}
    assert [record.path for record in caplog.records] == [str(shared)]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("no_sandbox")
def test_the_doctor_says_what_others_may_read_and_changes_nothing(tmp_path: Path, open_umask: None) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    migrate(settings.database)
    (finding,) = [each for each in examine(settings) if each.what == "data directory"]
    assert finding.fine
    (tmp_path / "data" / "viva.db").chmod(0o640)
    before = modes(tmp_path)
    (finding,) = [each for each in examine(settings) if each.what == "data directory"]
    assert (finding.fine, finding.broken) == (False, False)
    assert "viva.db" in finding.state
    assert "next start" in finding.advice
    assert modes(tmp_path) == before
    assert [path.name for path in readable_by_others(settings)] == ["viva.db"]


@pytest.mark.usefixtures("no_sandbox")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")
def test_the_doctor_names_whose_file_it_is(
    tmp_path: Path, open_umask: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    protect(settings)
    key = tmp_path / "data" / "secret.key"
    key.write_text("x")
    os.chown(key, 12345, 12345)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    (finding,) = [each for each in examine(settings) if each.what == "data directory"]
    assert "belongs to another user" in finding.advice
