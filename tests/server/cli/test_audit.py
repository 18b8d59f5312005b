"""`viva audit`: whatever is done to the tables is noticed, and every command says it plainly."""

import asyncio
import io
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from alembic import command
from pydantic import ValidationError

from domain.audit_chain import Anchor, AuditKey, anchors_in, plain_hash
from domain.webhooks.networks import NetworkPolicy
from domain.webhooks.urls import UrlRules
from server.adapters.anchor_sender import AnchorSender
from server.adapters.webhooks import Sender
from server.app import House
from server.cli.main import main
from server.database import OtherAuditKey, load_audit_key, open_database, transaction
from server.jobs.anchors import Anchors
from server.settings import Settings
from storage.access import audit
from storage.engine.migrate import config_for, migrate
from storage.engine.store import snapshot
from storage.schema.tables import AuditEntry, AuditHead, table
from tests.support.clock import ManualClock
from tests.support.rest_face import RestFace
from tests.support.server_process import ServerProcess
from tests.support.webhook_receivers import Receiver
from tests.support.workspaces import Tenant

ENTRIES, HEADS = table(AuditEntry), table(AuditHead)
Viva = Callable[..., tuple[int, str, str]]


@pytest.fixture
def viva(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Viva:
    """Runs a command beside the server: its exit code, its output, its complaints."""
    monkeypatch.setenv("VIVA_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("VIVA_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("VIVA_SECRET_KEY", settings.secret_key.get_secret_value())

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["audit", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
async def written(rest: RestFace, house: House, grace: Tenant) -> None:
    """Grace's log has five entries."""
    for name in "ABCDE":
        await rest.ask("create_evaluation_template", template_name=name, use_case="hiring")


def sql(settings: Settings, *statements: str) -> None:
    """What somebody with write access to the database does."""
    with transaction(settings) as db:
        for statement in statements:
            db.execute(sa.text(statement))


def rewrite_from(settings: Settings, first: int, *, move_head: bool = True) -> None:
    """Change an entry, chain the rest by plain hashes as older versions did, and move the head."""
    with transaction(settings) as db:
        rows = [dict(row) for row in db.execute(sa.select(ENTRIES).order_by(ENTRIES.c.seq)).mappings()]
        previous = rows[first - 2]["hash"] if first > 1 else "0" * 64
        for row in rows[first - 1 :]:
            row["operation"] = "get_workspace" if row["seq"] == first else row["operation"]
            row["hash"] = plain_hash(row, previous)
            changed = {"operation": row["operation"], "previous": previous, "hash": row["hash"]}
            db.execute(sa.update(ENTRIES).where(ENTRIES.c.id == row["id"]).values(**changed))
            previous = row["hash"]
        if move_head:
            db.execute(sa.update(HEADS).values(hash=previous))


@pytest.mark.usefixtures("written")
def test_a_whole_log_is_said_to_be_whole(viva: Viva) -> None:
    code, out, err = viva("verify")
    assert (code, err) == (0, "")
    assert "grace: 5 entries, the chain is whole" in out
    assert viva("verify", "--workspace", "grace")[0] == 0


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE audit_entries SET operation = 'x' WHERE seq = 2"], "entry 2"),
        (["UPDATE audit_entries SET actor = 'system' WHERE seq = 5"], "entry 5"),
        (["DELETE FROM audit_entries WHERE seq = 3"], "entry 3"),
        (
            [
                "UPDATE audit_entries SET seq = 99 WHERE seq = 2",
                "UPDATE audit_entries SET seq = 2 WHERE seq = 3",
                "UPDATE audit_entries SET seq = 3 WHERE seq = 99",
            ],
            "entry 2",
        ),
        (["DELETE FROM audit_entries WHERE seq = 5"], "4 entries and its head says 5"),
        (
            [
                "DELETE FROM audit_entries WHERE seq > 3",
                "UPDATE audit_heads SET seq = 3, hash = (SELECT hash FROM audit_entries WHERE seq = 3)",
            ],
            "seal does not fit",
        ),
        (["DELETE FROM audit_heads"], "head were removed"),
        (["DELETE FROM audit_entries"], "0 entries and its head says 5"),
        (["UPDATE audit_heads SET seal = ''"], "seal does not fit"),
        (["UPDATE audit_heads SET plain = 5"], "entry 1"),
    ],
)
def test_what_is_changed_in_the_tables_is_noticed(
    viva: Viva, settings: Settings, statements: list[str], said: str
) -> None:
    sql(settings, *statements)
    code, out, err = viva("verify")
    assert (code, out) == (1, "")
    assert said in err
    assert err.startswith("grace: ")


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("first", [1, 3, 5])
@pytest.mark.parametrize("claim", ["", "UPDATE audit_heads SET plain = 5"])
def test_rewriting_from_an_entry_on_and_moving_the_head_is_noticed(
    viva: Viva, settings: Settings, first: int, claim: str
) -> None:
    rewrite_from(settings, first)
    sql(settings, *filter(None, [claim]))
    assert viva("verify")[0] == 1


@pytest.mark.parametrize(
    "statements",
    [
        [
            "DELETE FROM audit_entries WHERE seq > 3",
            "UPDATE audit_heads SET seq = 3, hash = (SELECT hash FROM audit_entries WHERE seq = 3)",
        ],
        ["DELETE FROM audit_heads"],
        ["UPDATE audit_heads SET seal = ''"],
    ],
)
@pytest.mark.usefixtures("written")
async def test_writing_on_after_it_does_not_hide_what_was_done(
    viva: Viva, settings: Settings, rest: RestFace, statements: list[str]
) -> None:
    sql(settings, *statements)
    for name in "FG":
        await rest.ask("create_evaluation_template", template_name=name, use_case="hiring")
    code, _, err = viva("verify")
    assert code == 1
    assert "seal does not fit" in err


@pytest.mark.usefixtures("written")
async def test_an_older_state_put_back_is_noticed_against_an_anchor(
    viva: Viva, settings: Settings, rest: RestFace, tmp_path: Path
) -> None:
    with transaction(settings) as db:
        [older] = [dict(row) for row in db.execute(sa.select(HEADS)).mappings()]
    for name in "FG":
        await rest.ask("create_evaluation_template", template_name=name, use_case="hiring")
    code, out, _ = viva("anchor")
    (anchor,) = anchors_in(out)
    assert (code, anchor.seq) == (0, 7)
    kept = tmp_path / "kept.log"
    kept.write_text(f'{{"event": "audit log anchored", "anchor": "{anchor}", "level": "info"}}\n')
    assert viva("verify", "--anchor", str(kept))[0] == 0
    with transaction(settings) as db:
        db.execute(sa.delete(ENTRIES).where(ENTRIES.c.seq > 5))
        db.execute(sa.update(HEADS).values(**older))
    assert viva("verify")[0] == 0, "the tables alone cannot show it"
    for given in (str(kept), str(anchor)):
        code, _, err = viva("verify", "--anchor", given)
        assert code == 1
        assert "Entry 7, which an anchor was made of, is gone: the chain has 5 entries." in err


@pytest.mark.usefixtures("written")
async def test_emptying_everything_is_noticed_against_an_anchor(
    viva: Viva, settings: Settings, rest: RestFace, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchor = viva("anchor", "--workspace", "grace")[1]
    sql(settings, "DELETE FROM audit_entries", "DELETE FROM audit_heads")
    assert viva("verify")[0] == 0, "the tables alone cannot show it"
    monkeypatch.setattr("sys.stdin", io.StringIO(anchor))
    code, _, err = viva("verify", "--anchor", "-")
    assert code == 1
    assert "Entry 5" in err
    for name in "ABCDE":  # a new log of the same length is another one
        await rest.ask("create_evaluation_template", template_name=name, use_case="hiring")
    assert "not the one that the anchor was made of" in viva("verify", "--anchor", anchor)[2]


@pytest.mark.usefixtures("written")
def test_another_key_verifies_nothing_and_starts_no_server(
    viva: Viva, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVA_AUDIT_KEY", "another one")
    code, _, err = viva("verify")
    assert code == 1
    assert "sealed with another key" in err
    with pytest.raises(OtherAuditKey, match="viva audit reseal"):
        open_database(Settings())


@pytest.mark.usefixtures("written")
def test_an_anchor_of_another_deployment_is_noticed(viva: Viva, settings: Settings) -> None:
    key = load_audit_key(settings)
    foreign = Anchor(UUID(int=5), 3, "a" * 64, key.id)
    code, _, err = viva("verify", "--anchor", str(foreign))
    assert code == 1
    assert "which this database does not have" in err
    other = AuditKey(b"elsewhere")
    code, _, err = viva("verify", "--anchor", str(Anchor(foreign.workspace, 3, "a" * 64, other.id)))
    assert code == 1
    assert "made with another key" in err


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    "words",
    [
        ["verify", "--anchor", "no such file"],
        ["verify", "--anchor", "/dev/null"],
        ["verify", "--workspace", "nobody"],
        ["anchor", "--workspace", "nobody"],
        ["export", "--workspace", "nobody"],
    ],
)
def test_what_cannot_be_looked_at_is_refused(viva: Viva, words: list[str]) -> None:
    code, out, err = viva(*words)
    assert (code, out) == (2, "")
    assert err.strip()


@pytest.mark.usefixtures("written")
def test_each_workspace_has_a_log_of_its_own(viva: Viva, mallory: Tenant, settings: Settings) -> None:
    out = viva("verify")[1]
    assert "grace: 5 entries" in out
    assert "mallory: 0 entries" in out
    # an entry of one cannot be put into the log of another
    hers = f"'{mallory.id.hex if settings.on_sqlite else mallory.id}'"
    sql(
        settings,
        f"INSERT INTO audit_heads SELECT {hers}, seq, hash, plain, seal FROM audit_heads",
        f"UPDATE audit_entries SET workspace_id = {hers}",
    )
    code, _, err = viva("verify", "--workspace", "mallory")
    assert code == 1
    assert "entry 1" in err


@pytest.mark.usefixtures("written")
async def test_the_log_is_verified_as_it_is_at_one_moment(
    viva: Viva, settings: Settings, rest: RestFace
) -> None:
    with snapshot(settings.database) as db:
        before = audit.heads(db)
        await rest.ask("create_evaluation_template", template_name="F", use_case="hiring")
        assert audit.heads(db) == before


@pytest.mark.usefixtures("written")
async def test_a_log_from_before_there_were_seals_is_sealed_as_it_stands(
    viva: Viva, settings: Settings, grace: Tenant, rest: RestFace
) -> None:
    rewrite_from(settings, 1)
    with transaction(settings) as db:
        command.downgrade(config_for(db), "0007")
    with pytest.raises(RuntimeError, match="audit key"):
        migrate(settings.database)
    migrate(settings.database, load_audit_key(settings))
    code, out, _ = viva("verify")
    assert code == 0
    assert "5 entries" in out
    await rest.ask("create_evaluation_template", template_name="F", use_case="hiring")
    assert "6 entries" in viva("verify")[1]
    rewrite_from(settings, 2)
    assert viva("verify")[0] == 1


@pytest.mark.usefixtures("written")
def test_resealing_changes_the_key_and_refuses_a_log_that_is_not_whole(
    viva: Viva, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = viva("anchor")[1]
    monkeypatch.setenv("VIVA_AUDIT_KEY", "a new one")
    sql(settings, "UPDATE audit_entries SET client = 'x' WHERE seq = 4")
    code, _, err = viva("reseal")
    assert code == 2
    assert "entry 4" in err
    sql(settings, "UPDATE audit_entries SET client = '' WHERE seq = 4")
    code, out, _ = viva("reseal", "--accept")
    assert code == 0
    assert viva("verify", "--anchor", out)[0] == 0
    assert viva("verify", "--anchor", old)[0] == 1
    open_database(Settings())
    # and back, with the old key in a file
    (tmp_path / "old.txt").write_text("a new one\n")
    monkeypatch.setenv("VIVA_AUDIT_KEY", "a third")
    assert viva("reseal")[0] == 2
    assert viva("reseal", "--old-key", str(tmp_path / "old.txt"))[0] == 0
    assert "5 entries, the chain is whole" in viva("verify")[1]


class Post:
    """An address that takes anchors, or not."""

    def __init__(self) -> None:
        self.up = True
        self.got: list[Anchor] = []

    def __call__(self, anchors: Any) -> bool:
        if self.up:
            self.got.extend(anchors)
        return self.up


@pytest.mark.usefixtures("written")
async def test_ends_are_exported_when_they_are_new_and_due(
    house: House, rest: RestFace, clock: ManualClock, caplog: pytest.LogCaptureFixture, viva: Viva
) -> None:
    caplog.set_level("INFO", "server.jobs.anchors")
    post = Post()
    export = Anchors(house.store.engine, house.services.audit_key, clock, timedelta(hours=1), post)
    assert export() == 1
    [record] = caplog.records
    assert anchors_in(record.anchor) == post.got  # type: ignore[attr-defined]
    assert viva("verify", "--anchor", record.anchor)[0] == 0  # type: ignore[attr-defined]
    assert export() == 0
    await rest.ask("create_evaluation_template", template_name="F", use_case="hiring")
    assert export() == 0, "not due yet"
    clock.forward(hours=1)
    post.up = False
    assert export() == 1
    assert [anchor.seq for anchor in post.got] == [5]
    post.up = True
    clock.forward(hours=1)
    assert export() == 0, "the log has it already"
    assert [anchor.seq for anchor in post.got] == [5, 6]


async def test_writers_at_once_keep_one_chain(
    viva: Viva, settings: Settings, house: House, grace: Tenant
) -> None:
    """From threads on connections of their own, beside the server's writer."""
    key = house.services.audit_key

    def append(db: sa.Connection, operation: str) -> None:
        audit.append(
            db,
            grace.id,
            key,
            at=house.services.clock(),
            actor="system",
            client="",
            face="system",
            operation=operation,
            subject=None,
            fields=(),
        )

    def write(n: int) -> None:
        for _ in range(10):
            with house.store.engine.begin() as db:
                append(db, f"thread {n}")

    by_server = [house.store.write(lambda db: append(db, "server")) for _ in range(20)]
    by_thread = [asyncio.to_thread(write, n) for n in range(3)]
    await asyncio.gather(*by_server, *by_thread)
    assert "grace: 50 entries, the chain is whole" in viva("verify")[1]


def test_anchors_are_posted_to_an_address_and_tried_again() -> None:
    anchor = Anchor(UUID(int=5), 3, "a" * 64, "b" * 16)
    answers = [500, 204]
    rules = UrlRules(True, NetworkPolicy.parse("127.0.0.0/8"))
    with Receiver(lambda _: (answers.pop(0), b"")) as receiver:
        post = AnchorSender(Sender(rules), receiver.url + "/anchors", ManualClock())
        assert [post([anchor]), post([anchor])] == [False, True]
        assert [anchors_in(came.body.decode()) for came in receiver.received] == [[anchor], [anchor]]
        guarded = AnchorSender(Sender(UrlRules(True, NetworkPolicy.parse(""))), receiver.url, ManualClock())
        assert not guarded([anchor])
        assert len(receiver.received) == 2


@pytest.mark.parametrize(
    "url", ["http://collector.example", "https://10.0.0.1/", "https://x:y@collector.example"]
)
def test_an_address_that_webhooks_could_not_have_keeps_the_server_from_starting(url: str) -> None:
    with pytest.raises(ValidationError, match="VIVA_AUDIT_ANCHOR_URL") as refused:
        Settings(audit_anchor_url=url, secret_key="do not print this")
    assert "do not print this" not in str(refused.value)


def test_a_server_exports_at_start_and_stop(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        with httpx.Client(base_url=server.url, headers={"x-api-key": server.key}) as http:
            body = {"template_name": "B", "use_case": "hiring"}
            http.post("/api/v1/evaluation-templates", json=body).raise_for_status()
        assert anchors_in(server.log.read_text()) == []
        server.stop()
        assert [anchor.seq for anchor in anchors_in(server.log.read_text())] == [1]
        server.start()
        assert server.log.read_text().count("viva-audit-1.") == 2
        assert "it holds the anchor" in server.viva("audit", "verify", "--anchor", str(server.log))
        with pytest.raises(subprocess.CalledProcessError) as refused:
            server.viva("audit", "reseal")
        assert refused.value.returncode == 2
        assert "Stop it first" in refused.value.stderr
