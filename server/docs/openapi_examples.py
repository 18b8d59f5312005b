"""An example of each request body, by the name of its operation. A test sends every one to a real server.

Ids stand for records of the reader's own workspace. Only data.
"""

from typing import Any

_TEMPLATE = "0198a4f2-7c1e-7b6a-9d3e-5f2b8c4d1e01"
_STAGE = "0198a4f2-7c1e-7b6a-9d3e-5f2b8c4d1e02"
_PROFILE = "0198a4f2-7c1e-7b6a-9d3e-5f2b8c4d1e03"
_PARTICIPANT = "0198a4f2-7c1e-7b6a-9d3e-5f2b8c4d1e04"

EXAMPLES: dict[str, dict[str, Any]] = {
    "create_agent_profile": {
        "name": "Backend interviewer",
        "persona": "I am Viva, an AI interviewer. I ask about work you did yourself.",
        "useCase": "hiring",
        "evaluationDimensions": [
            {
                "name": "Debugging",
                "description": "Narrows a fault down and confirms the repair",
                "weight": 60,
            },
            {"name": "Communication", "description": "Names open points and next steps", "weight": 40},
        ],
        "interaction": {"tone": "friendly", "style": "structured", "probingDepth": "medium"},
        "scoring": {"scale": "0-10"},
    },
    "fork_agent_profile": {"sourceId": _PROFILE},
    "update_agent_profile": {"interaction": {"tone": "strict"}, "additionalInstructions": None},
    "create_evaluation_template": {
        "template_name": "Backend engineer",
        "use_case": "hiring",
        "skills": ["Python", "PostgreSQL"],
        "level": "senior",
        "default_duration_minutes": 30,
        "status": "active",
    },
    "update_evaluation_template": {"skills": ["Python", "PostgreSQL", "Kafka"], "industry": "logistics"},
    "create_evaluation_stage": {
        "evaluation_template_id": _TEMPLATE,
        "type": "technical",
        "stage_name": "Technical interview",
        "stage_type": "ai_interview",
        "stage_order": 1,
        "duration_minutes": 30,
        "agent_profile_id": _PROFILE,
        "pass_threshold": 6,
        "automation_rule": "none",
    },
    "update_evaluation_stage": {"duration_minutes": 45, "pass_threshold": None},
    "compose_evaluation_stages": {
        "stages": [
            {"type": "screen", "stage_name": "First talk", "duration_minutes": 20},
            {"type": "technical", "stage_name": "Technical interview", "duration_minutes": 45},
        ]
    },
    "write_script": {
        "language": "en",
        "opening": "We talk about work you have done yourself.",
        "items": [
            {
                "question": "Walk me through a change to a database that you brought into production.",
                "dimension": "Depth",
                "criteria": [
                    {
                        "text": "Names what was measured before the change",
                        "probe": "Which numbers did you look at beforehand?",
                    },
                    {
                        "text": "Names the way back",
                        "probe": "And if it had gone wrong in production?",
                        "must_have": True,
                    },
                ],
                "easier": "What do you look at before you add a column to a large table?",
                "follow_ups": {"expert": "What would you do differently with a table ten times that size?"},
                "anchors": {"low": "Ran it and hoped.", "high": "Measured, and could go back at any point."},
                "minutes": 8,
            }
        ],
        "facts": [{"question": "May I use notes?", "answer": "Yes, your own notes are fine."}],
        "closing": "A person of the team reads what you wrote.",
        "dry_run": True,
    },
    "draft_script": {"language": "en"},
    "create_participant": {
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "evaluation_template_id": _TEMPLATE,
        "external_id": "ats-4711",
        "tags": ["backend", "berlin"],
        "profile": {"title": "Engineer", "organization": "Analytical Engines"},
        "background": {"skills": ["Python"], "languages": ["English"]},
        "resume_url": "https://example.com/ada.pdf",
        "metadata": {"source": "referral"},
    },
    "bulk_import_participants": {
        "evaluation_template_id": _TEMPLATE,
        "participants": [
            {"name": "Grace Hopper", "email": "grace@example.com", "external_id": "ats-4712"},
            {"name": "Alan Turing", "email": "alan@example.com", "tags": ["referral"]},
        ],
    },
    "update_participant": {"profile": {"title": "Senior engineer"}, "phone": None},
    "schedule_session": {
        "candidate_id": _PARTICIPANT,
        "evaluation_template_id": _TEMPLATE,
        "stage": "screen",
        "interview_id": _STAGE,
        "scheduled_at": "2099-06-02T09:00:00+02:00",
        "timezone": "Europe/Berlin",
        "language": "en",
        "notes": "Please have a keyboard at hand.",
        "idempotency_key": "ats-4711-screen",
    },
    "schedule_sessions": {
        "candidate_ids": [_PARTICIPANT],
        "evaluation_template_id": _TEMPLATE,
        "stage": "screen",
        "scheduled_at": "2099-06-02T09:00:00+02:00",
        "every_minutes": 20,
        "timezone": "Europe/Berlin",
    },
    "reschedule_session": {"scheduled_at": "2099-06-04T15:00:00+02:00"},
    "run_code": {
        "language": "python",
        "code": "def add(a, b):\n    return a + b\n",
        "entry_point": "add",
        "test_cases": [
            {"args": [1, 2], "expected": 3, "name": "small"},
            {"args": [-1, 1], "expected": 0, "hidden": True},
        ],
    },
    "create_question": {
        "evaluation_template_id": _TEMPLATE,
        "interview_id": _STAGE,
        "question": "Tell me about a fault in production that you found yourself.",
        "dimension": "Debugging",
        "criteria": ["Names what was measured first", "Says how the repair was confirmed"],
        "probes": ["Where did you look first?", "When were you sure that it was over?"],
        "minutes": 6,
    },
    "update_question": {"easier": "Which fault do you remember best?", "mandatory": False},
    "create_coding_task": {
        "evaluation_template_id": _TEMPLATE,
        "title": "Sum of two numbers",
        "statement": "Read two numbers from one line and print their sum.",
        "languages": ["python", "typescript"],
        "cases": [
            {"input": "1 2", "expected_output": "3", "name": "small"},
            {"input": "-1 1", "expected_output": "0", "hidden": True},
        ],
        "minutes": 15,
    },
    "update_coding_task": {"minutes": 20},
    "submit_findings": {
        "author": "Claude for Grace Hopper",
        "dimensions": [
            {
                "dimension_id": "d1",
                "findings": [
                    {
                        "criterion_id": "i1.c1",
                        "status": "met",
                        "utterance_id": 5,
                        "quote": "I measured first",
                    }
                ],
                "rationale": "The order of steps is told with its reasons.",
            }
        ],
    },
    "rescore_session": {"method": "rules"},
    "review_session": {
        "by": "Grace Hopper",
        "passed": True,
        "reason": "Clear steps, checked the result.",
    },
    "create_webhook_endpoint": {
        "url": "https://hooks.example.com/viva",
        "events": ["session.completed", "session.scored"],
        "description": "Our applicant tracking system",
    },
    "update_webhook_endpoint": {"events": ["session.scored"], "enabled": True},
    "replay_webhook_events": {"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"},
    "update_workspace": {
        "sender_name": "Acme Recruiting",
        "reply_to": "jobs@example.com",
        "reminder_minutes": [1440],
    },
}
