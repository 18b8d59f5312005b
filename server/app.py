"""Builds everything: the one place that knows all parts. Read it to see what a running Viva consists of."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Lifespan

from domain.audit_chain import AuditKey
from domain.errors import MethodNotAllowed, NoSuchAddress, TooMany
from domain.principal import Face
from server import secrets as secret_keys
from server.adapters.anchor_sender import AnchorSender
from server.adapters.job_queue import DurableJobQueue, JobHandler
from server.adapters.mail import Outbox
from server.adapters.mail_transport import mailer_for
from server.adapters.model_service import ModelService, model_service_for
from server.adapters.sandbox import Sandbox
from server.adapters.webhooks import Sender
from server.database import open_database
from server.docs.pages import docs_routes
from server.http.auth import AuthMiddleware, KeyAuth
from server.http.brake import Brake
from server.http.front import Front, problem_response
from server.http.health import health_routes
from server.http.metrics_route import metrics_route
from server.http.problem import problem_of
from server.http.rate_limit import RateLimiter
from server.http.rest import rest_routes
from server.interview.context import InterviewContext
from server.interview.rooms import Rooms
from server.interview.turns import TurnTaker
from server.jobs.anchors import Anchors
from server.jobs.expiry import Expire
from server.jobs.housekeeping import Reconcile, Retention, Rounds
from server.jobs.mail import MailJob
from server.jobs.mail_composer import Composer
from server.jobs.notices import NoticeJob, Notices
from server.jobs.scoring import RescoreJob, ScoreJob
from server.jobs.scrub import ScrubJob
from server.jobs.webhooks import AnnounceJob, DeliverJob
from server.mcp.endpoint import manager_for, mcp_routes
from server.mcp.face import McpFace
from server.pages import texts
from server.pages.report import report_routes
from server.pages.room import room_routes
from server.secrets import Secrets
from server.settings import Settings
from storage.engine.store import Store, open_store
from tools.catalog import CATALOG
from tools.kernel.operation import Policy, Services
from tools.kernel.unit import JobQueue, Units
from tools.webhooks.endpoints import SEALED_FOR

VERSION = version("viva")


@dataclass(frozen=True)
class House:
    """A built Viva: what the server runs, what commands use and what tests look into."""

    app: Starlette
    settings: Settings
    store: Store
    secrets: Secrets
    services: Services
    rooms: Rooms
    units: Units


def now() -> datetime:
    """The clock that production uses."""
    return datetime.now(UTC)


def build(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = now,
    jobs: JobQueue | None = None,
) -> House:
    """Put a server together. Tests hand in a clock and a job queue; without them both are real ones."""
    audit_key = open_database(settings)
    store = open_store(settings.database)
    secrets = secret_keys.load(settings.secret_key.get_secret_value(), settings.data_dir)
    durable, rounds = None, None
    anchors = _anchors(settings, store, audit_key, clock)
    model = model_service_for(settings)
    if jobs is None:
        jobs = durable = DurableJobQueue(
            settings.database, concurrency=settings.worker_concurrency, runs_jobs=settings.role != "api"
        )
    units = Units(clock, jobs, settings.url, audit_key)
    composer = Composer(settings, secrets, clock)
    if durable is not None:
        durable.add(_job_handlers(settings, store, secrets, units, composer, model))
        if settings.role != "api":
            rounds = _rounds(settings, store, durable, units, anchors)
    sandbox = Sandbox(settings.sandbox_parallel, warm=settings.sandbox_warm)
    services = Services(
        store=store,
        jobs=jobs,
        mail_previews=composer,
        policy=_policy(settings),
        clock=clock,
        join_secret=secrets.join_secret,
        report_secret=secrets.report_secret,
        seal=secrets.seal,
        audit_key=audit_key,
        sandbox=sandbox,
        drafter=model.drafts if model else None,
    )
    rooms = Rooms(
        InterviewContext(
            store=store,
            units=units,
            practice_reply=lambda language: texts.text(language, "practice.stored"),
            sandbox=sandbox,
            turns=TurnTaker(model.voice if model else None, settings.model_patience_seconds),
            model=model.spec.label if model else "",
            grace=settings.interview_grace_seconds,
            gather=settings.interview_gather_seconds,
            link_hours=settings.interview_expiry_hours,
            shared=not settings.on_sqlite,
        )
    )
    auth = KeyAuth(store, secrets, clock)
    brake = brake_of(settings)
    server = McpFace(services, CATALOG).server(VERSION, secrets.derive("mcp-request-state"))
    manager = manager_for(server, settings.url, settings.trusted_hosts)
    document, documents = docs_routes(CATALOG.values(), version=VERSION, url=settings.url)
    app = Starlette(
        routes=[
            *mcp_routes(manager, "viva", VERSION, settings.url),
            # before REST, which takes everything else below /api/v1
            document,
            *rest_routes(services, CATALOG.values()),
            *health_routes(store, durable),
            *(
                []
                if settings.metrics_address
                else [metrics_route(settings.metrics_key.get_secret_value(), brake)]
            ),
            *room_routes(rooms, secrets, brake),
            *report_routes(services, secrets, brake),
            *documents,
            Mount("/static", StaticFiles(packages=[("server", "web/static")])),
        ],
        middleware=[
            Middleware(Front),
            Middleware(
                AuthMiddleware,
                authenticate=auth,
                limiter=RateLimiter(settings.rate_limit_per_minute, time.time),
                brake=brake,
            ),
        ],
        exception_handlers={404: _refused, 405: _refused, TooMany: _problem, Exception: _problem},
        lifespan=_lifespan(store, auth, durable, rounds, rooms, sandbox, manager, model, anchors),
    )
    return House(app, settings, store, secrets, services, rooms, units)


def brake_of(settings: Settings) -> Brake:
    """The brake on wrong keys and links."""
    return Brake(settings.wrong_attempts, settings.wrong_attempts_seconds, time.monotonic)


def _policy(settings: Settings) -> Policy:
    return Policy(
        public_url=settings.url,
        interviewer=settings.model or "rules",
        mail=settings.mail,
        webhook_urls=settings.webhook_rules,
        hold={
            Face.mcp: timedelta(seconds=settings.hold_seconds_mcp),
            Face.rest: timedelta(seconds=settings.hold_seconds_rest),
        },
    )


def _job_handlers(
    settings: Settings,
    store: Store,
    secrets: Secrets,
    units: Units,
    composer: Composer,
    model: ModelService | None,
) -> Mapping[str, JobHandler]:
    """What runs each job. Names are stored with jobs that wait, so they stay."""
    outbox = Outbox(settings.outbox)
    if settings.on_sqlite:
        # no other process writes there, so what is unfinished is what a killed one left
        outbox.remove_drafts(older_than=timedelta())
    engine, notices, mailer = store.engine, Notices(), mailer_for(settings)
    sender = Sender(settings.webhook_rules, agent=f"Viva/{VERSION}")
    assess = model.assess if model else None
    handlers: dict[str, JobHandler] = {
        "mail": MailJob(engine, units, composer, mailer, notices.about_mail),
        "unpost": outbox.remove,
        "notice": NoticeJob(engine, units, composer, mailer),
        "announce": AnnounceJob(engine, units),
        "deliver": DeliverJob(
            engine, units, sender, lambda sealed: secrets.unseal(sealed, SEALED_FOR), notices.about_endpoint
        ),
        "scrub": ScrubJob(settings.database),
        "score": ScoreJob(engine, units, assess, model.spec.label if model else ""),
    }
    if assess is not None:
        handlers["rescore"] = RescoreJob(engine, units, assess, model.spec.label if model else "")
    return handlers


def _rounds(
    settings: Settings, store: Store, durable: DurableJobQueue, units: Units, anchors: Anchors
) -> Rounds:
    kept = timedelta(days=settings.event_days)
    chores = (
        Reconcile(store.engine, durable, units.clock),
        Retention(store.engine, durable, units.clock, kept),
        Expire(store.engine, units, timedelta(hours=settings.interview_expiry_hours)),
        anchors,
    )
    return Rounds(chores, timedelta(minutes=1))


def _anchors(settings: Settings, store: Store, key: AuditKey, clock: Callable[[], datetime]) -> Anchors:
    post = None
    if url := settings.audit_anchor_url:
        post = AnchorSender(Sender(settings.webhook_rules, agent=f"Viva/{VERSION}"), url, clock)
    return Anchors(store.engine, key, clock, timedelta(minutes=settings.audit_anchor_minutes), post)


def _lifespan(
    store: Store,
    auth: KeyAuth,
    durable: DurableJobQueue | None,
    rounds: Rounds | None,
    rooms: Rooms,
    sandbox: Sandbox,
    manager: StreamableHTTPSessionManager,
    model: ModelService | None,
    anchors: Anchors,
) -> Lifespan[Starlette]:
    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if durable is not None:
            await asyncio.to_thread(durable.start)
        await asyncio.to_thread(anchors.export)
        if rounds is not None:
            rounds.start()
        rooms.start()
        async with manager.run():
            yield
        await rooms.stop()
        await sandbox.stop()
        if model is not None:
            await model.close()
        await auth.flush()
        if rounds is not None:
            await asyncio.to_thread(rounds.stop)
        if durable is not None:
            await asyncio.to_thread(durable.stop)
        await asyncio.to_thread(anchors.export)
        await store.close()

    return lifespan


async def _refused(request: Request, error: Exception) -> Response:
    """Answer what Starlette itself refuses with a problem of ours."""
    status = getattr(error, "status_code", 404)
    problem = problem_of(MethodNotAllowed() if status == 405 else NoSuchAddress())
    return JSONResponse(problem.body, problem.status, getattr(error, "headers", None))


async def _problem(_request: Request, error: Exception) -> Response:
    """Answer an error that no face caught: one wrong link too many, or what nobody foresaw."""
    return problem_response(problem_of(error))
