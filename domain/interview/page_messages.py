"""What the candidate's page may send: each message is checked for its form, its size and its phase.

The text inside a message comes from a stranger. It is stored exactly as it was sent.
"""

from collections.abc import Mapping
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from domain.frozen import Frozen
from domain.interview.log import Phase

TEXT_BYTES, CODE_BYTES = 16 * 1024, 64 * 1024
MESSAGE_BYTES = 6 * CODE_BYTES  # JSON may write a character as six


class MessageRefused(Exception):
    """A message that is not accepted. `body` has a fact and a next move for the page; `status` is the HTTP status."""

    def __init__(self, code: str, error: str, hint: str, status: int = 400) -> None:
        super().__init__(code)
        self.body = {"error": error, "code": code, "hint": hint}
        self.status = status


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    @field_validator("*")
    @classmethod
    def _replace_nul(cls, value: Any) -> Any:
        # PostgreSQL cannot store NUL in text
        return value.replace("\0", "\ufffd") if isinstance(value, str) else value


class Consent(_Body):
    version: str = Field(max_length=300)
    language: str = Field(max_length=40)


class Practice(_Body):
    text: str


class Empty(_Body):
    pass


class Answer(_Body):
    text: str


class Code(_Body):
    task: str = Field(max_length=100)
    language: str = Field(max_length=40)
    code: str


class Signal(_Body):
    kind: Literal["tab_hidden", "paste"]
    length: int = Field(default=0, ge=0, le=10**9)


class Help(_Body):
    kind: str = Field(max_length=40)
    text: str


_BODIES: Mapping[str, type[_Body]] = {
    "consent": Consent,
    "practice": Practice,
    "begin": Empty,
    "answer": Answer,
    "code_run": Code,
    "code_submit": Code,
    "signal": Signal,
    "help": Help,
    "leave": Empty,
}
# Types of messages that have another name as an entry of the log.
_LOG_KINDS: Mapping[str, str] = {"begin": "begun", "code_submit": "code_submitted"}
_PHASES: Mapping[str, frozenset[Phase]] = {
    "consent": frozenset({Phase.lobby}),
    "practice": frozenset({Phase.practice}),
    "begin": frozenset({Phase.practice}),
    "help": frozenset({Phase.lobby, Phase.practice, Phase.interview}),
    **dict.fromkeys(("answer", "code_run", "code_submit", "signal", "leave"), frozenset({Phase.interview})),
}


class Message(Frozen):
    """A message of the page: the id that the page gave it, its type and its checked body."""

    client_id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+$")
    type: str
    body: dict[str, Any]

    @property
    def kind(self) -> str:
        """The kind of the log entry that stores it."""
        return _LOG_KINDS.get(self.type, self.type)


def read_message(raw: bytes | str, consent: str) -> Message:
    """Parse a message. Raises `MessageRefused` for a wrong form, a wrong size, or an outdated consent text.

    `consent` is the version of the text that holds now.
    """
    if len(raw) > MESSAGE_BYTES:
        raise _too_long()
    try:
        parsed = orjson.loads(raw)
        model = _BODIES[parsed["type"]]
        body = model.model_validate(parsed.get("body") or {})
        message = Message(client_id=parsed["client_id"], type=parsed["type"], body=body.model_dump())
    except (ValueError, TypeError, KeyError, AttributeError, ValidationError):
        raise MessageRefused(
            "unreadable", "This message cannot be read.", "Reload the page and try again."
        ) from None
    limit = CODE_BYTES if isinstance(body, Code) else TEXT_BYTES
    if any(len(value.encode()) > limit for value in message.body.values() if isinstance(value, str)):
        raise _too_long()
    if isinstance(body, Answer | Practice) and not body.text.strip():
        raise MessageRefused("empty", "There is nothing in this message.", "Write something first.")
    if isinstance(body, Consent) and body.version != consent:
        raise MessageRefused(
            "other_version", "The text to agree to has changed.", "Reload the page and read it again."
        )
    return message


def _too_long() -> MessageRefused:
    return MessageRefused(
        "too_long", "This message is too long.", "Shorten it: 16 KiB of text, 64 KiB of code.", 413
    )


def admit(message: Message, phase: Phase) -> None:
    """Raise `MessageRefused` unless such a message is accepted in this phase."""
    if phase not in _PHASES[message.type]:
        raise MessageRefused(
            "not_now", "This cannot be taken now.", "Reload the page to see where things stand.", 409
        )
