"""The durable job queue: DBOS, with its tables in the same database as ours.

docs/durability.md describes the pitfalls that this module avoids. In short: every process has its own executor id;
a wait is a delayed workflow, never a sleep; a job runs as one step that returns whether to run again instead of
raising; the application version changes only when a job's arguments do.
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

# Raise only when the arguments of a job change. A job waits for a process of the version that enqueued it.
APPLICATION_VERSION = "1"
QUEUE = "viva"
_APPLICATION = "viva"
_LOCK_SPACE = 7001
_ADOPT_INTERVAL_SECONDS = 5.0
_RETRY_WAIT = timedelta(seconds=10)
_MAX_FAILURES = 20
_UNFINISHED = ["ENQUEUED", "DELAYED", "PENDING"]
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_DELETE_BATCH = 1000


@dataclass(frozen=True, slots=True)
class RunAgain:
    """Returned by a job that must run once more, after this time."""

    after: timedelta


# Runs a job with its arguments. A job runs at least once, so running it twice must do no harm.
JobHandler = Callable[..., RunAgain | None]


class DurableJobQueue:
    """Enqueues jobs in the caller's transaction. With `runs_jobs` this process runs them too."""

    def __init__(
        self, database: str, *, concurrency: int, runs_jobs: bool, drain_seconds: float = 20.0
    ) -> None:
        self._sqlite = is_sqlite(database)
        self._url = database if self._sqlite else with_psycopg(database)
        self._concurrency = concurrency
        self._runs_jobs = runs_jobs
        self._drain_seconds = drain_seconds
        self._handlers: dict[str, JobHandler] = {}
        self._client: DBOSClient | None = None
        self._adopter: Adopter | None = None
        # On SQLite there is only one process (see server.cli.single_process), and a restart resumes its own jobs.
        self.executor_id = "local" if self._sqlite else f"viva-{uuid4()}"

    def enqueue(self, db: sa.Connection, job: Job) -> None:
        """Enqueue a job in the caller's transaction. A job whose id is known already is ignored."""
        assert self._client is not None, "start the queue before enqueueing jobs"
        options: EnqueueOptions = {
            "workflow_name": job.name,
            "queue_name": QUEUE,
            "workflow_id": job.id,
        }
        if job.delay > timedelta():
            options["delay_seconds"] = job.delay.total_seconds()
        self._client.enqueue_in_transaction(db, options, job.id, 0, *job.args)

    def add(self, jobs: Mapping[str, JobHandler]) -> None:
        """Register what runs each job, by name. Call it before `start`."""
        self._handlers.update(jobs)

    def start(self) -> None:
        """Start the queue. It blocks for a moment, so call it in a thread."""
        _silence_dbos_logging()
        config: DBOSConfig = {
            "name": _APPLICATION,
            "system_database_url": self._url,
            "application_version": APPLICATION_VERSION,
            "executor_id": self.executor_id,
            "log_level": "ERROR",
            "enable_otlp": False,
        }
        DBOS(config=config)
        for name, job in self._handlers.items():
            _register_workflow(name, job)
        if not self._runs_jobs:
            DBOS.listen_queues([])
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=self._concurrency, polling_interval_sec=0.2)
        self._client = DBOSClient(system_database_url=self._url, application_name=_APPLICATION)
        if self._runs_jobs and not self._sqlite:
            self._adopter = Adopter(self._url, self.executor_id)
            self._adopter.start()

    def stop(self) -> None:
        """Wait for running jobs, then close. Jobs that did not finish run again after the next start."""
        if self._adopter is not None:
            self._adopter.stop()
        DBOS.destroy(workflow_completion_timeout_sec=int(self._drain_seconds), destroy_registry=True)
        if self._client is not None:
            self._client.destroy()
            self._client = None

    def has_work(self, job: str) -> bool:
        """Whether a run of this job is waiting or running. `job` is the id it was enqueued with."""
        assert self._client is not None
        found = self._client.list_workflows(
            workflow_id_prefix=job, status=_UNFINISHED, load_input=False, load_output=False, limit=1
        )
        return bool(found)

    def forget(self, before: datetime) -> int:
        """Delete jobs that finished before this time, at most one batch, and return how many."""
        assert self._client is not None
        done = self._client.list_workflows(
            status=_FINISHED,
            completed_before=before.isoformat(),
            load_input=False,
            load_output=False,
            limit=_DELETE_BATCH,
        )
        if done:
            self._client.delete_workflows([workflow.workflow_id for workflow in done])
        return len(done)

    def healthy(self) -> bool:
        """Whether jobs can be enqueued and taken over now."""
        return self._client is not None and (self._adopter is None or self._adopter.holds_lock)


def _register_workflow(name: str, job: JobHandler) -> None:
    """Register a workflow of one step. When the job must run again, it enqueues the next run with a delay."""

    @DBOS.step(name=f"{name}.step")
    def run_step(attempt: int, *args: Any) -> float | None:
        try:
            retry = job(*args)
        except Exception as error:
            # A bug must not lose the job: it runs again, at growing intervals.
            retry = RunAgain(_RETRY_WAIT * 2 ** min(attempt, 9)) if attempt < _MAX_FAILURES else None
            log.error("a job failed", extra={"job": name, "attempt": attempt}, exc_info=error)
        return None if retry is None else retry.after.total_seconds()

    @DBOS.workflow(name=name)
    def run(origin: str, attempt: int, *args: Any) -> None:
        wait = run_step(attempt, *args)
        if wait is not None:
            options: EnqueueOptions = {
                "workflow_name": name,
                "queue_name": QUEUE,
                "workflow_id": f"{origin}#{attempt + 1}",
                "delay_seconds": wait,
            }
            DBOS.enqueue_workflow_with_options(options, origin, attempt + 1, *args)


def _silence_dbos_logging() -> None:
    """Keep DBOS from adding its own log handler, so that its records go where ours go."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


class Adopter:
    """Takes over the jobs of replicas that died (PostgreSQL).

    Every replica holds an advisory lock on its executor id for as long as its connection lives. A replica that
    gets the lock of another id knows that its owner is gone, and runs the owner's jobs again.
    """

    def __init__(self, url: str, executor_id: str) -> None:
        self._engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True, pool_size=2)
        self._id = executor_id
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="viva-adopter", daemon=True)
        self.holds_lock = False

    def start(self) -> None:
        self._connection = self._engine.connect()
        self._lock_own_id()
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self._connection.close()
        self._engine.dispose()

    def _lock_own_id(self) -> None:
        self._connection.execute(
            sa.text("SELECT pg_advisory_lock(:space, hashtext(:id))"), {"space": _LOCK_SPACE, "id": self._id}
        )
        self.holds_lock = True

    def _run(self) -> None:
        while not self._stopped.wait(_ADOPT_INTERVAL_SECONDS):
            try:
                self._check_lock()
                self._adopt()
            except sa.exc.DBAPIError:
                self.holds_lock = False
                log.warning("the database did not answer the adopter; trying again")

    def _check_lock(self) -> None:
        """Reconnect and lock again after a lost connection, which loses the lock."""
        try:
            self._connection.execute(sa.text("SELECT 1"))
        except sa.exc.DBAPIError:
            self.holds_lock = False
            self._connection.close()
            self._connection = self._engine.connect()
            self._lock_own_id()

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
        try_lock = sa.text("SELECT pg_try_advisory_lock(:space, hashtext(:id))")
        if not db.execute(try_lock, lock).scalar():
            return
        try:
            log.info("taking up the work of a replica that is gone")
            # This method is private, but its UPDATE is conditional on the owner, unlike the public resume_workflow.
            DBOS._recover_pending_workflows([owner])
        finally:
            db.execute(sa.text("SELECT pg_advisory_unlock(:space, hashtext(:id))"), lock)
