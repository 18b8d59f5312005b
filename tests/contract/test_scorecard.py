"""Rows about the interview's life and its scorecard, shown by interviews that were really held."""

import json
import re
from typing import Any

import httpx
import pytest

from server.app import House
from server.jobs.scoring import ScoreJob
from tests.contract.promise import promise
from tests.support.candidate_client import CandidateClient
from tests.support.clock import ManualClock
from tests.support.interview_helper import InterviewHelper, build_findings
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import add_participant
from tests.support.webhook_worker import WebhookWorker
from tests.support.workspaces import Tenant

MEMBERS = {"tab_switch_count", "paste_events", "voice_spoofing_flags", "screen_share_detections"}


class ScorecardHelper(InterviewHelper):
    """Holds interviews in a workspace and scores them."""

    def score(self, session: str) -> None:
        ScoreJob(self.house.store.engine, self.house.units)(session)

    async def profile(self, **members: Any) -> str:
        made = await self.rest.ask(
            "create_agent_profile",
            name="Nora",
            persona="I am an AI interviewer.",
            useCase="hiring",
            evaluationDimensions=[
                {"name": "Depth", "description": "How far an explanation goes.", "weight": 70},
                {"name": "Clarity", "description": "How well it can be followed.", "weight": 30},
            ],
            **members,
        )
        return str(made["data"]["id"])

    async def held(self, *, template: dict[str, Any] | None = None, **stage: Any) -> dict[str, Any]:
        """A finished interview, scored by rules."""
        made = await self.rest.ask(
            "create_evaluation_template",
            **{"template_name": "Backend", "use_case": "hiring", "status": "active", **(template or {})},
        )
        self.template = made["data"]["id"]
        made = await self.rest.ask(
            "create_evaluation_stage", evaluation_template_id=self.template, type="screen", **stage
        )
        who = await add_participant(self.house, self.grace.id, f"Ada{len(self.jobs.enqueued)}")
        made = await self.rest.ask(
            "schedule_session", candidate_id=str(who), evaluation_template_id=self.template, stage="screen"
        )
        candidate = CandidateClient(self.house, self.http, self.clock, made["data"])
        await candidate.start_interview()
        await candidate.send("signal", kind="tab_hidden")
        await candidate.send("signal", kind="paste", length=120)
        await candidate.finish()
        self.score(made["data"]["id"])
        return await self.read(made["data"]["id"])

    async def read(self, id: str) -> dict[str, Any]:
        data: dict[str, Any] = (await self.rest.ask("get_session", id=id))["data"]
        return data

    async def judged(self, session: dict[str, Any], status: str = "met") -> dict[str, Any]:
        """The same session scored by a person."""
        given = await build_findings(self.rest, session["id"], status)
        await self.rest.ask(
            "submit_findings", id=session["id"], dimensions=given, author="Grace", by_person=True
        )
        return await self.read(session["id"])


@pytest.fixture
def stage(
    rest: RestFace,
    house: House,
    grace: Tenant,
    http: httpx.AsyncClient,
    clock: ManualClock,
    jobs: RecordedJobs,
) -> ScorecardHelper:
    return ScorecardHelper(rest, house, grace, http, clock, jobs)


@promise(
    "scorecard.score-text",
    "scorecard.breakdown",
    "scorecard.transcript",
    "scorecard.signals-shape",
    "scorecard.summary",
    "scorecard.links",
    "lifecycle.scored-is-no-status",
    "sessions.join-any-time",
)
async def test_a_scored_session_has_every_member_in_its_form(stage: ScorecardHelper) -> None:
    scored = await stage.judged(await stage.held())
    assert scored["status"] == "completed"
    assert re.fullmatch(r"\d+\.\d", scored["score"])
    row = scored["evaluation_breakdown"][0]
    assert set(row) == {"name", "weight", "score", "reasoning", "citations"}
    assert set(scored["transcript"][0]) == {"turn", "speaker", "text", "start_ms", "end_ms"}
    assert {turn["speaker"] for turn in scored["transcript"]} == {"ai", "participant"}
    assert set(scored["authenticity_signals"]) == MEMBERS
    assert scored["authenticity_signals"]["tab_switch_count"] == 1
    assert scored["authenticity_signals"]["paste_events"][0]["length"] == 120
    assert len(scored["summary"].split("\n\n")) == 2
    told = await stage.http.get(scored["transcript_url"], headers={"x-api-key": stage.grace.key})
    assert told.json()["data"]["turns"] == scored["transcript"]
    assert scored["recording_url"] is None


@promise("scorecard.weighted", "scorecard.score-scale", "scorecard.passed", "scorecard.recommendation")
async def test_a_score_is_the_weighted_average_on_the_profiles_scale(stage: ScorecardHelper) -> None:
    profile = await stage.profile(scoring={"scale": "0-100"})
    scored = await stage.judged(await stage.held(agent_profile_id=profile, pass_threshold=50))
    rows = [row for row in scored["evaluation_breakdown"] if row["score"] is not None]
    average = sum(row["weight"] * float(row["score"]) for row in rows) / sum(row["weight"] for row in rows)
    assert abs(float(scored["score"]) - average) <= 0.1
    assert scored["score_scale"] == "0-100"
    assert scored["passed"] is (float(scored["score"]) >= 50)
    assert scored["recommendation"] in ("hire", "borderline")
    failed = await stage.judged(await stage.held(), "not_met")
    assert (failed["passed"], failed["recommendation"]) == (False, "no_hire")


@promise("scorecard.tokens")
@pytest.mark.parametrize(
    ("use_case", "outcome", "word"),
    [
        ("hiring", "hire_no_hire", "no_hire"),
        ("admissions", "admit_reject", "reject"),
        ("training", "ready_needs_training", "needs_training"),
        ("training", "certified_not_certified", "not_certified"),
        ("custom_api", "pass_fail", "fail"),
    ],
)
async def test_the_outcome_decides_the_word_of_a_recommendation(
    stage: ScorecardHelper, use_case: str, outcome: str, word: str
) -> None:
    scored = await stage.held(template={"use_case": use_case, "success_outcome": outcome})
    assert (await stage.judged(scored, "not_met"))["recommendation"] == word


@promise("scorecard.signals")
async def test_signals_never_move_a_score(stage: ScorecardHelper) -> None:
    one = await stage.judged(await stage.held())
    assert one["authenticity_signals"]["paste_events"]
    assert one["passed"] is True


@promise("scorecard.output-flags")
async def test_the_profile_decides_what_appears(stage: ScorecardHelper) -> None:
    silent = {"includeTranscript": False, "includeScoreBreakdown": False, "includeRecommendation": False}
    profile = await stage.profile(output=silent)
    scored = await stage.judged(await stage.held(agent_profile_id=profile))
    assert scored["score"] is not None
    assert [scored[name] for name in ("transcript", "evaluation_breakdown", "recommendation")] == [None] * 3


@promise("scorecard.rule-fallback")
async def test_rules_without_logic_fall_back_to_the_average(stage: ScorecardHelper) -> None:
    profile = await stage.profile(scoring={"scoringMethod": "rule_based"})
    scored = await stage.held(agent_profile_id=profile)
    versions = (await stage.rest.ask("list_scorecards", id=scored["id"]))["data"]["versions"]
    assert versions[0]["card"]["scoring_method"] == "weighted_average"


@promise("lifecycle.events", "webhooks.scored-after-completed", "lifecycle.two-minutes")
async def test_each_step_is_announced_and_scoring_follows_the_end_at_once(
    stage: ScorecardHelper, house: House, jobs: RecordedJobs, clock: ManualClock
) -> None:
    office = WebhookWorker(house, jobs, clock)
    await stage.rest.ask("create_webhook_endpoint", url="https://hooks.example.com/viva")
    held = await stage.held()
    (job,) = jobs.of("score")
    assert job.delay.total_seconds() == 0
    postings = [json.loads(posting.body) for posting in office.run_jobs()]
    steps = ["session.created", "session.started", "session.completed"]
    assert [each["event"] for each in postings if each["event"].startswith("session.")] == steps
    await stage.judged(held)
    (scored,) = [json.loads(posting.body) for posting in office.run_jobs()]
    assert scored["event"] == "session.scored"
    assert scored["data"]["session"]["score"] == "10.0"
    assert scored["data"]["session"]["assessment"]["state"] == "decided"


@promise("scorecard.awaiting")
async def test_what_nobody_has_assessed_has_no_number_and_is_not_announced(
    stage: ScorecardHelper, house: House, jobs: RecordedJobs, clock: ManualClock
) -> None:
    office = WebhookWorker(house, jobs, clock)
    await stage.rest.ask("create_webhook_endpoint", url="https://hooks.example.com/viva")
    held = await stage.held()
    assert [held[name] for name in ("score", "passed", "recommendation")] == [None] * 3
    assert held["assessment"] == {"state": "awaiting_assessment", "by": None, "at": None}
    assert held["evaluation_breakdown"]
    assert {row["score"] for row in held["evaluation_breakdown"]} == {None}
    assert "session.scored" not in [json.loads(posting.body)["event"] for posting in office.run_jobs()]


@promise("scorecard.proposal")
async def test_an_assistants_card_is_a_proposal_that_moves_nobody_on(
    stage: ScorecardHelper, house: House, jobs: RecordedJobs, clock: ManualClock
) -> None:
    office = WebhookWorker(house, jobs, clock)
    await stage.rest.ask("create_webhook_endpoint", url="https://hooks.example.com/viva")
    held = await stage.held(automation_rule="auto_advance")
    await stage.rest.ask(
        "create_evaluation_stage", evaluation_template_id=stage.template, type="technical", stage_order=2
    )
    office.run_jobs()
    given = await build_findings(stage.rest, held["id"])
    for _ in range(2):
        await stage.rest.ask("submit_findings", id=held["id"], dimensions=given, author="Claude")
    events = [json.loads(posting.body)["event"] for posting in office.run_jobs()]
    assert events == ["session.scored"], "the same outcome is announced once"
    proposed = await stage.read(held["id"])
    assert (proposed["score"], proposed["passed"]) == ("10.0", True)
    assert (proposed["assessment"]["state"], proposed["assessment"]["by"]) == ("proposed", "Claude")
    sessions = await stage.rest.ask("list_sessions", candidate_id=held["candidate_id"])
    assert sessions["meta"]["total"] == 1
    await stage.rest.ask("rescore_session", id=held["id"])
    assert await stage.read(held["id"]) == proposed, "word search takes no proposal away"
    await stage.rest.ask("review_session", id=held["id"], by="Grace", reason="Clear.", passed=True)
    decided = await stage.read(held["id"])
    assert (decided["assessment"]["state"], decided["assessment"]["by"]) == ("decided", "Grace")
    sessions = await stage.rest.ask("list_sessions", candidate_id=held["candidate_id"])
    assert sessions["meta"]["total"] == 2
