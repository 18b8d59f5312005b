"""A REST client for a server in a process of its own, and what else can be seen of that server from outside."""

import email
import email.policy
import re
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import httpx

from tests.support.server_process import ServerProcess

Found = TypeVar("Found")


def wait_until(look: Callable[[], Found | None], seconds: float = 40) -> Found:
    """What `look` finds, once it finds something: another process is at work, and nothing wakes us."""
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


class RestClient:
    """Calls the REST interface. Every refusal is raised as `httpx.HTTPStatusError`."""

    def __init__(self, server: ServerProcess) -> None:
        self._http = httpx.Client(base_url=server.url, headers={"x-api-key": server.key})

    def __enter__(self) -> "RestClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        response = self._http.post(f"/api/v1/{path}", json=body)
        response.raise_for_status()
        data: dict[str, Any] = response.json()["data"]
        return data

    def get(self, path: str) -> dict[str, Any]:
        response = self._http.get(f"/api/v1/{path}")
        response.raise_for_status()
        data: dict[str, Any] = response.json()["data"]
        return data

    def cancel(self, link: str) -> None:
        """Cancel the session of this join link."""
        page = self._http.get("/api/v1/sessions").json()["data"]
        id = next(session["id"] for session in page if session["join_url"] == link)
        self._http.delete(f"/api/v1/sessions/{id}").raise_for_status()

    def book(self, name: str = "Ada") -> dict[str, Any]:
        template = self.post(
            "evaluation-templates",
            template_name="Backend engineer",
            use_case="hiring",
            status="active",
            skills=["Python"],
            default_duration_minutes=30,
        )
        self.post("evaluation-stages", evaluation_template_id=template["id"], type="screen")
        ada = self.post("participants", name=name, email=f"{name.lower()}@example.com")
        return self.post(
            "sessions", candidate_id=ada["id"], evaluation_template_id=template["id"], stage="screen"
        )


def find_join_link(data: Path) -> str | None:
    """The join link of the invitation in the outbox."""
    for path in data.rglob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        found = re.search(r"http://\S+/join/\S+", body.get_content() if body else "")
        if found:
            return found.group()
    return None
