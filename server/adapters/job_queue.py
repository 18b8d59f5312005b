"""Promises kept through crashes: DBOS, with its tables in the same database as ours.

Pitfalls this file exists for are in docs/durability.md. The short form: every process has an executor id of its
own; a wait is a delayed workflow, never a sleep; a job runs as one step that returns what to do next instead of
raising; the application version is ours and changes only when a job's arguments do.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions

from domain.jobs import Job
from storage.engine.store import is_sqlite, with_psycopg

log = logging.getLogger(__name__)

# Raise only when the arguments of a job change: work enqueued by another version waits for that version.
WORK_VERSION = "1"
QUEUE = "viva"
_APPLICATION = "viva"
_LOCK_SPACE = 7001
_ADOPT_EVERY = 5.0
_FAULT_WAIT = timedelta(seconds=10)
_FAULTS_MOST = 20
_OPEN = ["ENQUEUED", "DELAYED", "PENDING"]
_DONE = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_FORGOTTEN_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class RunAgain:
    """A job's wish to be run once more, after a while."""

    after: timedelta


# What a job does with the arguments of its promise. It runs at least once, so it must not mind a second time.
JobHandler = Callable[..., RunAgain | None]


class DurableJobQueue:
    """Keeps promises in the caller's transaction and, unless it only answers calls, runs them."""

    def __init__(self, database: str, *, concurrency: int, works: bool, patience: float = 20.0) -> None:
        self._sqlite = is_sqlite(database)
        self._url = database if self._sqlite else with_psycopg(database)
        self._concurrency = concurrency
        self._works = works
        self._patience = patience
        self._jobs: dict[str, JobHandler] = {}
        self._client: DBOSClient | None = None
        self._adopter: Adopter | None = None
        # On SQLite there is one process (server.cli.single_process keeps it so), and a restart takes up its own work.
        self.executor_id = "local" if self._sqlite else f"viva-{uuid4()}"

    def enqueue(self, db: sa.Connection, job: Job) -> None:
        """Enqueue in the caller's transaction; the same id again is no second promise."""
        assert self._client is not None, "start the durable engine before keeping promises"
        options: EnqueueOptions = {
            "workflow_name": job.name,
            "queue_name": QUEUE,
            "workflow_id": job.id,
        }
        if job.delay > timedelta():
            options["delay_seconds"] = job.delay.total_seconds()
        self._client.enqueue_in_transaction(db, options, job.id, 0, *job.args)

    def add(self, jobs: Mapping[str, JobHandler]) -> None:
        """Say what each job does; before `start`."""
        self._jobs.update(jobs)

    def start(self) -> None:
        """Open the engine. Blocks for a moment: call it in a thread."""
        _quiet()
        config: DBOSConfig = {
            "name": _APPLICATION,
            "system_database_url": self._url,
            "application_version": WORK_VERSION,
            "executor_id": self.executor_id,
            "log_level": "ERROR",
            "enable_otlp": False,
        }
        DBOS(config=config)
        for name, job in self._jobs.items():
            _register(name, job)
        if not self._works:
            DBOS.listen_queues([])
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=self._concurrency, polling_interval_sec=0.2)
        self._client = DBOSClient(system_database_url=self._url, application_name=_APPLICATION)
        if self._works and not self._sqlite:
            self._adopter = Adopter(self._url, self.executor_id)
            self._adopter.start()

    def stop(self) -> None:
        """Let running jobs finish, then close. What did not finish is taken up at the next start."""
        if self._adopter is not None:
            self._adopter.stop()
        DBOS.destroy(workflow_completion_timeout_sec=int(self._patience), destroy_registry=True)
        if self._client is not None:
            self._client.destroy()
            self._client = None

    def has_work(self, job: str) -> bool:
        """Whether something waits or runs for this promise, however often it was tried."""
        assert self._client is not None
        found = self._client.list_workflows(
            workflow_id_prefix=job, status=_OPEN, load_input=False, load_output=False, limit=1
        )
        return bool(found)

    def forget(self, before: datetime) -> int:
        """Remove work that was finished before then; how much there was, at most one batch."""
        assert self._client is not None
        done = self._client.list_workflows(
            status=_DONE,
            completed_before=before.isoformat(),
            load_input=False,
            load_output=False,
            limit=_FORGOTTEN_AT_ONCE,
        )
        if done:
            self._client.delete_workflows([workflow.workflow_id for workflow in done])
        return len(done)

    def healthy(self) -> bool:
        """Whether promises can be kept now."""
        return self._client is not None and (self._adopter is None or self._adopter.holds)


def _register(name: str, job: JobHandler) -> None:
    """One workflow of one step; when the job wants to run again, the next run is enqueued, delayed."""

    @DBOS.step(name=f"{name}.step")
    def once(attempt: int, *args: Any) -> float | None:
        try:
            again = job(*args)
        except Exception as error:
            # a fault of ours must not lose the promise: it is looked at again, more and more rarely
            again = RunAgain(_FAULT_WAIT * 2 ** min(attempt, 9)) if attempt < _FAULTS_MOST else None
            log.error("a job failed", extra={"job": name, "attempt": attempt}, exc_info=error)
        return None if again is None else again.after.total_seconds()

    @DBOS.workflow(name=name)
    def run(origin: str, attempt: int, *args: Any) -> None:
        wait = once(attempt, *args)
        if wait is not None:
            options: EnqueueOptions = {
                "workflow_name": name,
                "queue_name": QUEUE,
                "workflow_id": f"{origin}#{attempt + 1}",
                "delay_seconds": wait,
            }
            DBOS.enqueue_workflow_with_options(options, origin, attempt + 1, *args)


def _quiet() -> None:
    """Keep DBOS from adding a handler of its own, so that its logs go where ours go."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


class Adopter:
    """Takes up the work of replicas that died (PostgreSQL).

    Every replica holds an advisory lock on its executor id for as long as its connection lives. Who can take
    the lock of another id knows that its owner is gone, and has its running work done again.
    """

    def __init__(self, url: str, executor_id: str) -> None:
        self._engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True, pool_size=2)
        self._id = executor_id
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="viva-adopter", daemon=True)
        self.holds = False

    def start(self) -> None:
        self._guard = self._engine.connect()
        self._hold()
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self._guard.close()
        self._engine.dispose()

    def _hold(self) -> None:
        self._guard.execute(
            sa.text("SELECT pg_advisory_lock(:space, hashtext(:id))"), {"space": _LOCK_SPACE, "id": self._id}
        )
        self.holds = True

    def _run(self) -> None:
        while not self._stopped.wait(_ADOPT_EVERY):
            try:
                self._keep_holding()
                self._adopt()
            except sa.exc.DBAPIError:
                self.holds = False
                log.warning("the database did not answer the adopter; trying again")

    def _keep_holding(self) -> None:
        """Notice a lost connection: with it went the lock that shows that this replica lives."""
        try:
            self._guard.execute(sa.text("SELECT 1"))
        except sa.exc.DBAPIError:
            self.holds = False
            self._guard.close()
            self._guard = self._engine.connect()
            self._hold()

    def _adopt(self) -> None:
        with self._engine.connect() as db:
            others = sa.text(
                "SELECT DISTINCT executor_id FROM dbos.workflow_status"
                " WHERE status = 'PENDING' AND executor_id <> :id"
            )
            for (owner,) in db.execute(others, {"id": self._id}).all():
                self._adopt_from(db, owner)

    def _adopt_from(self, db: sa.Connection, owner: str) -> None:
        lock = {"space": _LOCK_SPACE, "id": owner}
        take = sa.text("SELECT pg_try_advisory_lock(:space, hashtext(:id))")
        if not db.execute(take, lock).scalar():
            return
        try:
            log.info("taking up the work of a replica that is gone")
            # private, but its UPDATE is conditional on the owner, unlike the public resume_workflow
            DBOS._recover_pending_workflows([owner])
        finally:
            db.execute(sa.text("SELECT pg_advisory_unlock(:space, hashtext(:id))"), lock)
