"""The main job, from end to end: a conversation's worth of calls, and the invitation arrives.

A real server process, a real MCP client over HTTP in both eras, a real SMTP server.
"""

import asyncio
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx2
import mcp_types as types
import pytest
from icalendar import Calendar
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.support.mcp_face import Era
from tests.support.server_process import ServerProcess
from tests.support.smtp_server import SmtpServer

HOLD_NOTHING = {"VIVA_HOLD_SECONDS_MCP": "0"}


async def called(client: Client, tool: str, /, **args: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, args)
    assert isinstance(result, types.CallToolResult)
    assert not result.is_error, result.structured_content
    return dict(result.structured_content or {})


def invitation(mail: EmailMessage) -> tuple[str, str, Any]:
    """The text, the HTML and the calendar event of an invitation."""
    text = mail.get_body(("plain",))
    html = mail.get_body(("html",))
    assert text is not None
    assert html is not None
    [attached] = [part for part in mail.iter_attachments() if part.get_filename() == "interview.ics"]
    payload = attached.get_payload(decode=True)
    assert isinstance(payload, bytes)
    [event] = Calendar.from_ical(payload).walk("VEVENT")
    return text.get_content(), html.get_content(), event


@pytest.mark.parametrize("era", ["auto", "legacy"])
async def test_an_assistant_sets_up_an_interview_and_the_invitation_arrives(tmp_path: Path, era: Era) -> None:
    with SmtpServer() as smtp, ServerProcess(tmp_path, smtp.settings | HOLD_NOTHING) as server:
        async with (
            httpx2.AsyncClient(headers={"x-api-key": server.key}) as http,
            Client(streamable_http_client(f"{server.url}/mcp", http_client=http), mode=era) as client,
        ):
            profile = await called(
                client,
                "create_agent_profile",
                name="Alex",
                persona="I am Alex, an engineer.",
                useCase="hiring",
                evaluationDimensions=[
                    {"name": "Systems", "description": "Designs for failure", "weight": 70},
                    {"name": "Communication", "description": "Explains trade-offs", "weight": 30},
                ],
            )
            await called(
                client,
                "create_evaluation_template",
                template_name="Backend Engineer",
                use_case="hiring",
                skills=["Python", "PostgreSQL"],
            )
            pipeline = await called(
                client,
                "compose_evaluation_stages",
                id="Backend Engineer",
                stages=[
                    {"type": "screen", "agent_profile_id": profile["data"]["id"], "duration_minutes": 20},
                    {"type": "final", "stage_name": "Final round"},
                ],
            )
            assert [stage["type"] for stage in pipeline["data"]] == ["screen", "final"]
            await called(client, "create_participant", name="Ada Lovelace", email="ada@example.com")
            wanted = {
                "candidate_ids": ["Ada Lovelace"],
                "evaluation_template_id": "Backend Engineer",
                "stage": "screen",
                "scheduled_at": "2027-03-28T09:30:00+02:00",
                "timezone": "Europe/Berlin",
            }
            preview = await called(client, "schedule_sessions", **wanted)
            assert smtp.mailbox.mails == []
            booked = await called(
                client, "schedule_sessions", **wanted, confirmation_token=preview["confirmation_token"]
            )
            session = booked["data"][0]["session"]
            [mail] = smtp.mailbox.wait(1)
    text, html, event = invitation(mail)
    assert mail["To"] == "Ada Lovelace <ada@example.com>"
    assert "Main" in str(mail["From"])
    assert session["join_url"] in text
    assert session["join_url"] in html
    assert "Sunday, 28 March 2027, 09:30 (Europe/Berlin, UTC+2) = 2027-03-28 07:30 UTC" in text
    assert "An AI conducts this interview" in text
    assert "interviewed by a person" in text
    assert event["UID"].startswith(f"session-{session['id']}@")
    assert event["SEQUENCE"] == 0
    assert event["DTSTART"].dt.isoformat() == "2027-03-28T09:30:00+02:00"
    assert (event["DTEND"].dt - event["DTSTART"].dt).total_seconds() == 20 * 60


async def test_the_same_over_rest_with_mails_in_the_outbox(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        headers = {"x-api-key": server.key}
        async with httpx2.AsyncClient(base_url=server.url, headers=headers) as http:

            async def post(path: str, **body: Any) -> Any:
                answer = await http.post(f"/api/v1/{path}", json=body)
                assert answer.status_code == 201, answer.text
                return answer.json()["data"]

            template = await post("evaluation-templates", template_name="Backend", use_case="hiring")
            await post("evaluation-stages", evaluation_template_id=template["id"], type="screen")
            ada = await post("participants", name="Ada", email="ada@example.com")
            session = await post(
                "sessions", candidate_id=ada["id"], evaluation_template_id=template["id"], stage="screen"
            )
            async with asyncio.timeout(30):
                while session["invite_status"] != "sent":
                    session = (await http.get(f"/api/v1/sessions/{session['id']}")).json()["data"]
        [mail] = list((tmp_path / "outbox").glob("*.eml"))
        assert session["join_url"] in mail.read_text()
