"""Who is erased is gone from every byte of the data directory, also when the server is killed right after."""

import contextlib
import random
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from domain.interview.consent import CONSENT_TEXT
from server.adapters.mail import Outbox
from server.app import House
from server.cli.main import main
from server.jobs.scrub import ScrubJob
from storage.access import replays
from storage.engine.scrub import scrub
from storage.engine.store import is_sqlite, sqlite_engine
from tests.support.candidate_client import book_interview
from tests.support.clock import ManualClock
from tests.support.leftovers import leftovers
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_client import find_join_link, wait_until
from tests.support.rest_face import RestFace
from tests.support.seed import add_participant
from tests.support.server_process import ServerProcess
from tests.support.webhook_receivers import Received, Receiver
from tests.support.workspaces import Tenant

NAME = "Žofie Quillbrandtová"
EMAIL = "zofie.quillmail@quillbrandt.example"
PROFILE = {"title": "Wortzauberin", "organization": "Firma Xylophora", "location": "Nirgendbach"}
ANSWER = (
    "I rebuilt the krakenflux ledger at Zweihandwerk because it lost writes, and then measured it for a week."
)
WORDS = {
    "Quillbrandtová",
    "zofie.quillmail",
    "Wortzauberin",
    "Firma Xylophora",
    "Nirgendbach",
    "krakenflux",
    "Zweihandwerk",
    "ext-quill-77",
    "5550199321",
    "tagquillonia",
    "Zaubern III",
    "lebenslauf-quill",
    "metaquillwert",
    "notizquill",
    "reviewquillgrund",
    "helpquillbitte",
}


class Client:
    """REST with an Idempotency-Key on every request, so that every answer is stored as well."""

    def __init__(self, server: ServerProcess) -> None:
        self.http = httpx.Client(
            base_url=f"{server.url}/api/v1", headers={"x-api-key": server.key}, timeout=30
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.http.post(path, json=body, headers={"idempotency-key": uuid4().hex})
        assert answer.is_success, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data


def echo(came: Received) -> tuple[int, bytes]:
    """A receiver that says back what it got, so that the delivery log holds some of it."""
    return 200, came.body[:400]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(echo) as listening:
        yield listening


def invite(api: Client, receiver: Receiver) -> tuple[str, str]:
    """The ids of a participant with words in every field, and of their session."""
    api.post("/webhook-endpoints", url=receiver.url)
    template = api.post(
        "/evaluation-templates",
        template_name="B",
        use_case="hiring",
        status="active",
        default_duration_minutes=10,
    )["id"]
    api.post("/evaluation-stages", evaluation_template_id=template, type="screen")
    person = api.post(
        "/participants",
        name=NAME,
        email=EMAIL,
        external_id="ext-quill-77",
        phone="+49 5550199321",
        tags=["tagquillonia"],
        profile=PROFILE,
        background={"skills": ["Zaubern III"]},
        resume_url="https://example.com/lebenslauf-quill.pdf",
        metadata={"note": "metaquillwert"},
    )["id"]
    booking = {"candidate_id": person, "evaluation_template_id": template, "stage": "screen"}
    return person, api.post("/sessions", **booking, notes="notizquill")["id"]


def interview(link: str) -> None:
    """All of an interview over the page's own address."""
    with httpx.Client(timeout=30) as page:

        def send(type: str, **body: Any) -> None:
            message = {"client_id": uuid4().hex, "type": type, "body": body}
            page.post(f"{link}/messages", json=message).raise_for_status()

        send("consent", version=CONSENT_TEXT, language="en")
        send("begin")
        send("help", kind="human", text="helpquillbitte")
        for _ in range(4):
            send("answer", text=ANSWER)
        send("leave")
        wait_until(lambda: page.get(f"{link}/state").json()["phase"] == "ended")


def test_every_word_is_gone_from_every_file_though_the_server_is_killed(
    tmp_path: Path, receiver: Receiver
) -> None:
    reach = {
        "VIVA_ALLOW_HTTP_WEBHOOKS": "true",
        "VIVA_WEBHOOK_NETWORKS": "127.0.0.0/8",
        "VIVA_INTERVIEW_GATHER_SECONDS": "0",  # each of these answers is a turn of its own
    }
    with ServerProcess(tmp_path, reach) as server:
        with Client(server) as api:
            person, session = invite(api, receiver)
            interview(wait_until(lambda: find_join_link(tmp_path)) or "")
            wait_until(lambda: api.http.get(f"/sessions/{session}").json()["data"]["summary"])
            api.post(f"/sessions/{session}/review", reason="reviewquillgrund", by="Grace", passed=True)
            wait_until(lambda: any(b"session.scored" in came.body for came in receiver.received))
            (tmp_path / "outbox" / ".left-by-a-kill.part").write_text(f"To: {EMAIL}")
            held = leftovers(tmp_path, WORDS)
            assert set().union(*held.values()) == WORDS, "or the search finds nothing"
            assert "server.log" not in held
            assert any(name.endswith(".eml") for name in held)
            erased = api.http.delete(f"/participants/{person}")
            assert erased.is_success, erased.text
        server.kill()
        server.start()
        wait_until(lambda: not leftovers(tmp_path, WORDS), seconds=100)
        assert server.viva("audit", "verify").startswith("main: ")
        with Client(server) as api:
            assert api.http.get("/sessions").json()["data"] == []
    assert leftovers(tmp_path, WORDS) == {}


@pytest.fixture
def torn(tmp_path: Path) -> tuple[str, list[str]]:
    """A database in which `secure_delete` left erased words: copies that page splits made. And those words."""
    path = tmp_path / "torn.db"
    dice = random.Random(1)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA secure_delete=ON")
        db.execute("CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT)")
        db.execute("CREATE INDEX by_email ON people (email)")
        db.execute("BEGIN")
        for n in range(5000):
            key, email = f"{dice.getrandbits(128):032x}", f"{dice.randrange(99999):05}QUILL{n:05}@example.com"
            db.execute("INSERT INTO people VALUES (?, ?)", (key, email))
        db.execute("COMMIT")
        words = [email[5:15] for (email,) in db.execute("SELECT email FROM people")]
        db.execute("DELETE FROM people WHERE rowid % 2")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = {email[5:15] for (email,) in db.execute("SELECT email FROM people")}
    return f"sqlite:///{path}", [word for word in words if word not in kept]


def test_copies_that_page_splits_leave_are_gone_after_a_scrub(
    tmp_path: Path, torn: tuple[str, list[str]]
) -> None:
    url, gone = torn
    assert scrub(url)
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [word for word in gone if word.encode() in content] == []
    assert content.count(b"QUILL") == 2 * 2500


def test_a_reader_in_the_way_is_waited_for(tmp_path: Path, torn: tuple[str, list[str]]) -> None:
    url, _ = torn
    job = ScrubJob(url)
    with contextlib.closing(sqlite3.connect(tmp_path / "torn.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM people").fetchone()
        again = job()
        assert again is not None
        assert again.after > timedelta()
        reader.execute("COMMIT")
        assert job() is None
    assert not [path for path in tmp_path.glob("*-wal") if path.stat().st_size]


def test_every_connection_of_ours_overwrites_what_it_deletes(tmp_path: Path) -> None:
    engine = sqlite_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.begin() as db:
        assert db.execute(sa.text("PRAGMA secure_delete")).scalar() == 1
    engine.dispose()


async def test_an_erasure_asks_for_one_scrub_a_minute_on_sqlite(
    rest: RestFace, house: House, grace: Tenant, jobs: RecordedJobs, clock: ManualClock
) -> None:
    for name in ("Ada", "Bob"):
        await rest.ask("delete_participant", id=str(await add_participant(house, grace.id, name)))
    on_sqlite = is_sqlite(house.settings.database)
    assert len(jobs.of("scrub")) == int(on_sqlite)
    clock.forward(minutes=1)
    await rest.ask("delete_participant", id=str(await add_participant(house, grace.id, "Eve")))
    assert len(jobs.of("scrub")) == 2 * int(on_sqlite)
    assert all(timedelta(0) < delay <= timedelta(seconds=65) for delay in jobs.delays("scrub"))
    assert ScrubJob(house.settings.database)() is None


async def test_answers_about_a_session_of_the_erased_go_and_others_stay(
    rest: RestFace, house: House, grace: Tenant
) -> None:
    kept = await add_participant(house, grace.id, "Bob")
    ids = []
    for name in ("Ada Quill", "Bob Quill"):
        headers = {"x-api-key": rest.key, "idempotency-key": name}
        body = {"name": name, "email": f"{name[:3].lower()}@quill.example"}
        made = await rest.http.post("/api/v1/participants", json=body, headers=headers)
        ids.append(made.json()["data"]["id"])
    session = await book_interview(rest, house, grace, name="Eve")

    def answer_about_the_session(db: sa.Connection) -> None:
        replays.begin(db, grace.id, "findings", "submit_findings", "digest", house.services.clock())
        replays.finish(db, grace.id, "findings", {"data": {"session_id": session["id"], "quote": "quill"}})

    await house.store.write(answer_about_the_session)
    await rest.ask("delete_participant", id=ids[0])
    await rest.ask("delete_participant", id=session["candidate_id"])
    keys = await house.store.read(lambda db: db.execute(sa.text("SELECT key FROM replays")).scalars().all())
    assert list(keys) == ["Bob Quill"]
    assert (await rest.ask("get_participant", id=str(kept)))["data"]["name"] == "Bob"


def test_drafts_that_a_killed_server_left_are_removed_and_those_in_work_are_not(tmp_path: Path) -> None:
    draft = tmp_path / ".abc.part"
    draft.write_text("half a mail")
    Outbox(tmp_path).remove("invite-1")
    assert draft.exists()
    Outbox(tmp_path).remove_drafts(older_than=timedelta())
    assert not draft.exists()


def test_the_operator_scrubs_by_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VIVA_DATA_DIR", str(tmp_path))
    assert main(["database", "scrub"]) == 0
    assert "No bytes of deleted rows are left" in capsys.readouterr().out
    monkeypatch.setenv("VIVA_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert main(["database", "scrub"]) == 2
