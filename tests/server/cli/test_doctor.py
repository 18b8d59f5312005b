"""`viva doctor` looks and changes nothing."""

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from server.cli.doctor import Finding, examine
from server.settings import Settings
from storage.engine.migrate import config_for, migrate
from storage.engine.store import sqlite_engine, with_psycopg
from tests.support.postgres import Cluster


def disk(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file and folder: when it was changed, and what it holds."""
    return {
        str(path.relative_to(folder.parent)): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in (folder, *folder.rglob("*"))
        if path.exists()
    }


def found(settings: Settings, what: str = "database") -> Finding:
    [finding] = [each for each in examine(settings) if each.what == what]
    return finding


@pytest.fixture(autouse=True)
def no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox has tests of its own, and takes a second."""

    async def probe(_self: object) -> None:
        return None

    monkeypatch.setattr("server.cli.doctor.Sandbox.probe", probe)
    monkeypatch.setattr("server.cli.doctor.find_program", lambda name: name)


def test_where_nothing_is_yet_nothing_is_made(tmp_path: Path) -> None:
    data = tmp_path / "not" / "there"
    before = disk(tmp_path)
    finding = found(Settings(data_dir=data))
    assert (finding.fine, finding.broken) == (True, False)
    assert "not there yet" in finding.state
    assert "not there yet" in found(Settings(data_dir=data), "secret key").state
    assert disk(tmp_path) == before
    assert not data.parent.exists()


def test_an_old_database_is_not_migrated(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    migrate(settings.database)
    engine = sqlite_engine(settings.database)
    with engine.begin() as db:
        command.downgrade(config_for(db), "0004")
    engine.dispose()
    before = disk(tmp_path)
    finding = found(settings)
    assert "migrations behind" in finding.state
    assert not finding.broken
    assert disk(tmp_path) == before


def test_a_database_that_is_up_to_date_is_left_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    migrate(settings.database)
    before = disk(tmp_path)
    assert "schema up to date" in found(settings).state
    assert disk(tmp_path) == before


def test_what_a_running_server_has_committed_is_seen(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    migrate(settings.database)
    engine = sqlite_engine(settings.database)
    with engine.connect() as held:
        # the last but one that there is
        head = ScriptDirectory.from_config(config_for(held)).get_current_head()
        held.execute(
            sa.text("UPDATE alembic_version SET version_num = :before"),
            {"before": f"{int(head or 0) - 1:04}"},
        )
        held.commit()
        names = {path.name for path in tmp_path.iterdir()}
        assert {"viva.db-wal", "viva.db-shm"} <= names
        assert "1 migrations behind" in found(settings).state
        assert {path.name for path in tmp_path.iterdir()} == names
    engine.dispose()


@pytest.mark.parametrize("name", ["my data", "50%", "what?", "a#b", "ü"])
def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    data = tmp_path / name
    database = f"sqlite:///{data / 'viva.db'}"
    data.mkdir()
    sqlite3.connect(data / "viva.db").close()
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(data / "viva.db")))
    with engine.begin() as db:
        command.upgrade(config_for(db), "head")
    engine.dispose()
    before = disk(tmp_path)
    if name != "what?":  # a question mark ends the path of a database's address
        assert "schema up to date" in found(Settings(data_dir=data, database_url=database)).state
    assert disk(tmp_path) == before


def test_a_database_of_a_later_version_is_named(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    migrate(settings.database)
    engine = sqlite_engine(settings.database)
    with engine.begin() as db:
        db.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    finding = found(settings)
    assert finding.broken
    assert "later" in finding.advice


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "viva.db").write_text("not a database, but a text of some length" * 100)
    before = disk(tmp_path)
    assert found(Settings(data_dir=tmp_path)).broken
    assert disk(tmp_path) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert found(Settings(data_dir=tmp_path / "data")).broken
    finally:
        tmp_path.chmod(0o700)


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert found(Settings(data_dir=tmp_path / "data")).broken


def test_postgresql_is_not_migrated_either(cluster: Cluster, tmp_path: Path) -> None:
    with cluster.fresh() as url:
        settings = Settings(data_dir=tmp_path / "data", database_url=url)
        assert "schema up to date" in found(settings).state
        engine = sa.create_engine(with_psycopg(url))
        with engine.begin() as db:
            db.execute(sa.text("DROP SCHEMA public CASCADE"))
            db.execute(sa.text("CREATE SCHEMA public"))
        assert "migrations behind" in found(settings).state
        with engine.connect() as db:
            assert sa.inspect(db).get_table_names() == []
        engine.dispose()
    assert list(tmp_path.iterdir()) == []
