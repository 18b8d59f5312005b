"""Parts of the OpenAPI document that many operations refer to: error responses, headers, parameters, security."""

from collections.abc import Iterator
from typing import Any

from domain.errors import VivaError

JSON = "application/json"
TAG_DESCRIPTIONS = {
    "workspace": "The workspace that the key belongs to.",
    "agent-profiles": "Interviewers: persona, manner and the rubric they assess by.",
    "evaluation-templates": "What is assessed: a role or programme, its skills and its pipeline of stages.",
    "evaluation-stages": "The steps of a template, in order.",
    "participants": "The people who are interviewed.",
    "sessions": "One AI interview each: scheduled, moved, cancelled, read with its scorecard.",
    "execute": "Running a candidate's code in isolation.",
    "webhooks": "Where this server tells others what happened, and what became of it.",
    "audit-log": "Every write in the workspace: who, when, over which face, on what.",
    "extensions": "Additions to the public contract.",
}

_REFUSALS = {
    400: ("Invalid", "The request does not have the documented form; `issues` names each field."),
    401: ("NoKey", "No key, or one that is malformed, unknown or revoked: which of them is not told."),
    402: ("NoCredits", "The workspace's plan has no session left; nothing was scheduled."),
    403: ("Forbidden", "The key is valid and may not do this; `scope` names the scope it lacks."),
    404: ("NotFound", "There is no such thing, or it belongs to another workspace: which is not told."),
    408: ("TimedOut", "It took longer than it may."),
    409: ("Conflict", "What is asked contradicts what already stands; nothing was changed."),
    413: ("TooLarge", "The body is larger than 1 MiB (bulk addresses: 4 MiB)."),
    415: ("WrongMediaType", "The body is not `application/json`."),
    422: ("Unsupported", "Well-formed, understood, and not possible in this combination."),
    429: ("TooMany", "Too many requests; `Retry-After` says in how many seconds to come back."),
    500: ("Unforeseen", "Something went wrong on the server; `incident` is an id to tell the operator."),
    502: ("Unavailable", "A part of the server that this needs is not available."),
    503: ("Busy", "The database did not answer in time; nothing was changed."),
}

_RATE = {
    "X-RateLimit-Limit": "Calls a minute for this key. Without a limit none of these headers is sent.",
    "X-RateLimit-Remaining": "Calls left now.",
    "X-RateLimit-Reset": "When the allowance is whole again, unix seconds.",
}
_RETRY = {"Retry-After": "Seconds to wait before the next try."}
_EXTRA_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": {"$ref": "#/components/headers/Retry-After"}},
    503: {"Retry-After": {"$ref": "#/components/headers/Retry-After"}},
}

# Published component names by the names that the classes' current modules would give. Modules may move.
PUBLISHED_AS = {
    "tools__setup__agent_profiles__": "tools__agent_profiles__",
    "tools__setup__questions__": "tools__questions__",
    "tools__results__findings__": "tools__findings__",
    "tools__code__run_code__": "tools__code__",
    "TranscriptView": "Told",
}

SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "description": "A refusal: what is the case, and what to do next. Further members are facts about it.",
        "required": ["error", "code", "hint"],
        "properties": {
            "error": {"type": "string", "description": "What is the case, in a sentence."},
            "code": {
                "type": "string",
                "description": "The same for programs; it stays when wording changes.",
            },
            "hint": {"type": "string", "description": "What to do next; may be empty."},
            "issues": {
                "type": "array",
                "description": "With a 400: one entry for each field.",
                "items": {"$ref": "#/components/schemas/Issue"},
            },
        },
    },
    "Issue": {
        "type": "object",
        "description": "One field that cannot be accepted.",
        "required": ["path", "message", "code"],
        "properties": {
            "path": {"type": "array", "items": {"type": ["string", "integer"]}},
            "message": {"type": "string"},
            "code": {"type": "string"},
        },
    },
}

PARAMETERS: dict[str, Any] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "The same key with the same request answers what it answered before; with another "
        "request it is refused with 422.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    },
    "AccountSlug": {
        "name": "accountSlug",
        "in": "query",
        "required": False,
        "description": "The workspace's slug. A key knows its workspace; another one's slug is refused with 403.",
        "schema": {"type": "string"},
    },
}


def components() -> dict[str, Any]:
    """The shared components, without the operations' schemas."""
    return {
        "parameters": PARAMETERS,
        "responses": {name: _response(status) for status, (name, _) in _REFUSALS.items()},
        "headers": {
            name: {"description": text, "schema": {"type": "integer"}}
            for name, text in (_RATE | _RETRY).items()
        },
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "x-api-key", "description": "`iv_live_…`"},
            "bearer": {"type": "http", "scheme": "bearer", "description": "The same key."},
        },
    }


def parameter(name: str) -> dict[str, Any]:
    """A reference to a shared parameter."""
    return {"$ref": f"#/components/parameters/{name}"}


def refusal(status: int) -> dict[str, Any]:
    """A reference to a shared error response."""
    return {"$ref": f"#/components/responses/{_REFUSALS[status][0]}"}


def rate_headers() -> dict[str, Any]:
    """References to the headers of every answer."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in _RATE}


def _response(status: int) -> dict[str, Any]:
    text = _REFUSALS[status][1]
    codes = sorted({known.code for known in _errors(VivaError) if known.status == status})
    if codes:
        text += f" Codes: {', '.join(f'`{code}`' for code in codes)}."
    return {
        "description": text,
        "headers": rate_headers() | _EXTRA_HEADERS.get(status, {}),
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _errors(root: type[VivaError]) -> Iterator[type[VivaError]]:
    for known in root.__subclasses__():
        # Subclasses from other modules, for example from tests, are not part of the contract.
        if known.__module__ == VivaError.__module__:
            yield known
        yield from _errors(known)
