"""Every error that Viva answers with: an HTTP status, a stable code, one sentence of fact and a hint what to do next.

Raise the class that names the case; `server.http.problem` renders it for all faces. Keyword facts become members of
the answer. Never put text from a caller or a candidate into a message or a fact: a model may read it.

    VivaError
     ├─ Invalid 400        ├─ NoKey 401        ├─ NoCredits 402     ├─ Forbidden 403
     ├─ NotFound 404       ├─ TimedOut 408     ├─ Conflict 409      ├─ TooLarge 413
     ├─ WrongMediaType 415 ├─ Unsupported 422  ├─ TooMany 429       ├─ HeadersTooLarge 431
     └─ Unavailable 502/503
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel


class Issue(BaseModel):
    """One field that is not acceptable (contract 9.4)."""

    path: list[str | int]
    message: str
    code: str


class VivaError(Exception):
    """The base class: an error that may be shown to the caller."""

    status: int = 400
    code: str = "refused"
    message: str = "This request cannot be carried out."
    hint: str = ""

    def __init__(self, *, hint: str | None = None, **facts: Any) -> None:
        self.facts = facts
        if hint is not None:
            self.hint = hint
        super().__init__(self.code)

    @property
    def issues(self) -> list[Issue] | None:
        """The fields at fault, for a 400; None when no field is at fault."""
        return None

    @property
    def headers(self) -> dict[str, str]:
        """HTTP headers of the answer besides the usual ones."""
        return {}


# 400 ----------------------------------------------------------------------------------------------


class Invalid(VivaError):
    """The request does not have the documented form; `issues` names each field."""

    status = 400
    code = "invalid"
    message = "Validation failed."
    hint = "Correct the fields named in issues and send the request again."

    def __init__(self, issues: Sequence[Issue] = (), *, hint: str | None = None, **facts: Any) -> None:
        super().__init__(hint=hint, **facts)
        self._issues = list(issues)

    @property
    def issues(self) -> list[Issue]:
        return self._issues

    @classmethod
    def field(cls, *path: str | int, message: str, code: str = "invalid_value") -> "Invalid":
        """The error for a single field."""
        return cls([Issue(path=list(path), message=message, code=code)])


class MalformedRequest(Invalid):
    """Bytes that are not an HTTP request."""

    code = "malformed_request"
    message = "This is not a valid HTTP request."
    hint = "Send an HTTP/1.1 request."


class SeveralHosts(Invalid):
    """A request with more than one Host header: proxies and servers may read different ones."""

    code = "several_hosts"
    message = "The request has more than one Host header."
    hint = "Send exactly one Host header."


class NotJson(Invalid):
    """The body is not JSON."""

    code = "not_json"
    message = "The body is not valid JSON."
    hint = "Send one JSON object, encoded as UTF-8."


class PastStart(Invalid):
    """A session would start in the past. The hint says what today is."""

    def __init__(self, field: str, *, hint: str) -> None:
        message = "Give a time that is not past."
        super().__init__([Issue(path=[field], message=message, code="past")], hint=hint)


class EmptyChange(Invalid):
    """A PATCH without any known field."""

    code = "empty_change"
    message = "The request changes nothing."
    hint = "Send at least one field to change."


# 401, 402, 403 ------------------------------------------------------------------------------------


class NoKey(VivaError):
    """The key is missing, malformed, unknown or revoked. The answer does not say which."""

    status = 401
    code = "no_key"
    message = "A valid API key is needed."
    hint = "Send a key as x-api-key or as Authorization: Bearer; make one with `viva key create`."

    @property
    def headers(self) -> dict[str, str]:
        return {"www-authenticate": 'Bearer realm="viva"'}


class NoCredits(VivaError):
    """The workspace's plan has no session left."""

    status = 402
    code = "no_credits"
    message = "The workspace has no session credits left."
    hint = "Ask the operator of this server to raise the plan's limit; nothing was scheduled."


class Forbidden(VivaError):
    """The key is valid but not allowed to do this."""

    status = 403
    code = "forbidden"
    message = "This key may not do that."


class ScopeMissing(Forbidden):
    code = "scope_missing"
    message = "This key lacks the scope that the operation needs."
    hint = "Use a key with the scope named in `scope`."


class WrongWorkspace(Forbidden):
    code = "wrong_workspace"
    message = "accountSlug names another workspace than the key's own."
    hint = "Leave accountSlug out, or send the slug of the key's workspace."


class ReadOnly(Forbidden):
    code = "read_only"
    message = "This connection is read-only."
    hint = "Connect without read_only to change anything."


# 404, 408, 409, 413, 415, 422 ---------------------------------------------------------------------


class NotFound(VivaError):
    """There is no such record, or it belongs to another workspace. The answer does not say which."""

    status = 404
    code = "not_found"
    message = "There is nothing with this id in the workspace."
    hint = "List the resource to see the ids that exist."

    def __init__(self, *, what: str = "resource", hint: str | None = None, **facts: Any) -> None:
        super().__init__(hint=hint, what=what, **facts)


class NoSuchAddress(NotFound):
    message = "There is nothing at this address."
    hint = "The addresses that exist are listed at /docs."

    def __init__(self) -> None:
        super().__init__(what="address")


class RequestTooSlow(VivaError):
    """The head or the body of a request did not arrive in time."""

    status = 408
    code = "too_slow"
    message = "The request did not arrive in time."
    hint = "Send it again, without pauses; the connection is closed."


class TimedOut(VivaError):
    status = 408
    code = "timed_out"
    message = "The request took longer than it may."


class MethodNotAllowed(VivaError):
    status = 405
    code = "method_not_allowed"
    message = "This address does not answer that method."


class Conflict(VivaError):
    """The request contradicts the current state."""

    status = 409
    code = "conflict"
    message = "This contradicts what already stands."


class LimitReached(Conflict):
    code = "limit_reached"
    message = "There are as many of these as there may be."


class DuplicateParticipant(Conflict):
    code = "duplicate_participant"
    message = "A participant with this e-mail address already exists."
    hint = "Use the existing participant, or another address."


class DuplicateSession(Conflict):
    code = "duplicate_session"
    message = "This participant already has a session for this stage."
    hint = "Send force=true to book one more."


class SessionOver(Conflict):
    code = "session_over"
    message = "This session can no longer be changed."
    hint = "Sessions change only while scheduled; create a new session instead."


class ScriptChanged(Conflict):
    """The script was written again since the caller read it."""

    code = "script_changed"
    message = "The script of this stage has another version than if_version says."
    hint = (
        "Read it with read_script, add your change to what stands there, and send the version that you read."
    )


class ScriptNotReady(Conflict):
    """A stage would be held by a script that is not ready; facts hold the remarks."""

    code = "script_not_ready"
    message = "The script of this stage is not ready, so nobody is invited to it yet."
    hint = "Read the remarks with read_script, correct them with write_script (dry_run=true first), and schedule again."


class InUse(Conflict):
    code = "in_use"
    message = "Other records depend on this one."
    hint = "Archive it with status=archived, or remove what depends on it first."


class TooLarge(VivaError):
    status = 413
    code = "too_large"
    message = "The request body is larger than this address accepts."
    hint = "Split the request into smaller ones."


class HeadersTooLarge(VivaError):
    """The head of a request is larger, or has more headers, than the server takes."""

    status = 431
    code = "headers_too_large"
    message = "The headers of the request are too large or too many."
    hint = "Send fewer or shorter headers; cookies are not needed here."


class WrongMediaType(VivaError):
    status = 415
    code = "wrong_media_type"
    message = "The body must be JSON."
    hint = "Send Content-Type: application/json."


class Unsupported(VivaError):
    """The request is well-formed, but this combination is not possible."""

    status = 422
    code = "unsupported"
    message = "This combination is not supported."


class NoModel(Unsupported):
    """An operation asks a model, and the server has none."""

    code = "no_model"
    message = "No model is set up on this server, so none can draft a script."
    hint = (
        "Write the script yourself with write_script (dry_run=true first), or begin with the library's draft in "
        "read_script. The operator sets a model with VIVA_MODEL."
    )


class NothingToDraft(Conflict):
    """Nobody is interviewed in this stage."""

    code = "nothing_to_draft"
    message = "A person reviews this stage by hand: nobody is interviewed, so there is no script to draft."
    hint = "Draft one for a stage with interviews, or change this one's stage_type."


class KeyReused(Unsupported):
    code = "idempotency_key_reused"
    message = "This idempotency key was used with another request."
    hint = "Use a new key for a new request."


# 429, 502, 503 ------------------------------------------------------------------------------------


class TooMany(VivaError):
    """A limit is exceeded. `retry_after` is the number of seconds to wait."""

    status = 429
    code = "too_many"
    message = "Too many requests."
    hint = "Wait as long as Retry-After says, then back off exponentially."

    def __init__(self, *, retry_after: int, hint: str | None = None, **facts: Any) -> None:
        super().__init__(hint=hint, retry_after=retry_after, **facts)
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        return {"retry-after": str(self.retry_after)}


class TooManyConnections(VivaError):
    """One address has more connections open than it may."""

    status = 429
    code = "too_many_connections"
    message = "Too many connections from this address are open."
    hint = "Close some, or use one for several requests."

    @property
    def headers(self) -> dict[str, str]:
        return {"retry-after": "5"}


class SandboxBusy(TooMany):
    code = "sandbox_busy"
    message = "More code waits to be run than this server can take."


class DraftsBusy(TooMany):
    code = "drafts_busy"
    message = "A draft is being written for this workspace, or the server writes as many as it can."
    hint = "Wait for the one that is being written; nothing was asked of the model."


class Unavailable(VivaError):
    """Something that the operation depends on is not available. The request itself is fine."""

    status = 502
    code = "unavailable"
    message = "A part of the server that this needs is not available."
    hint = "Try again later; `viva doctor` tells the operator what is missing."


class RunnerFailed(Unavailable):
    """The sandbox could not run the code. Code never runs outside the sandbox."""

    code = "runner_failed"
    message = "The code could not be run safely on this server."


class DraftUnknown(Unavailable):
    """The model did not finish in time. What became of the request at its provider cannot be known."""

    code = "draft_unknown"
    message = (
        "The model did not answer in time. Whether its provider finished, and charges for it, is unknown."
    )
    hint = (
        "Nothing was stored, and the draft is lost. Try again later, write the script yourself with write_script, or "
        "take the library's draft from read_script."
    )


class DraftUnusable(Unavailable):
    """The model answered, and what it sent is no script."""

    code = "draft_unusable"
    message = "The model answered, and its answer is no script, also when it was told what is wrong."
    hint = (
        "Nothing was stored. Write the script yourself with write_script, take the library's draft from read_script, "
        "or ask the operator for a more capable model."
    )


class NoConnectionLeft(Unavailable):
    """The server has as many connections or waiting requests as it takes."""

    status = 503
    code = "no_connection_left"
    message = "The server has as many connections as it takes."
    hint = "Try again in a few seconds."

    @property
    def headers(self) -> dict[str, str]:
        return {"retry-after": "5"}


class Busy(Unavailable):
    status = 503
    code = "busy"
    message = "The database did not answer in time."
    hint = "Nothing was changed. Try again in a few seconds."


# References by name ------------------------------------------------------------------------------


class NoSuchName(NotFound):
    """No record has this name. `candidates` lists existing ones as `{id, name}`."""

    code = "no_such_name"
    message = "Nothing in the workspace has this name."
    hint = "Use an id or a name from candidates."


class AmbiguousName(Invalid):
    """Several records match this name. `candidates` lists them as `{id, name}`."""

    code = "ambiguous_name"
    message = "Several records match this name."
    hint = "Use the id of one of the candidates."


# Confirmation of effects that reach a person ------------------------------------------------------


class BadConfirmation(Conflict):
    """The token is unknown, used or expired, or belongs to other arguments or another caller."""

    code = "bad_confirmation"
    message = "The confirmation token does not fit this call."
    hint = "Call without confirmation_token for a new preview, then send the same arguments with its token."
