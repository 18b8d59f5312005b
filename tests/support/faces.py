"""What both faces have in common: asking an operation by its name, and noticing when it is refused."""

from abc import ABC, abstractmethod
from typing import Any, Protocol

import jsonschema_rs


class Refused(Exception):
    """The server refused an operation. `status` is the HTTP status, `body` the refusal as it was sent."""

    def __init__(self, operation: str, status: int, body: dict[str, Any]) -> None:
        self.operation = operation
        self.status = status
        self.body = body
        super().__init__(f"{operation}: {status} {body.get('code')}: {body.get('error')}{_details(body)}")


class Answer(Protocol):
    """As much of a raw response as tests of both faces look at."""

    @property
    def status_code(self) -> int: ...

    @property
    def content(self) -> bytes: ...

    def json(self) -> Any: ...


class Face(ABC):
    """One way to reach the server, with the key of a workspace."""

    name: str
    key: str

    async def ask(self, operation: str, key: str | None = None, **args: Any) -> dict[str, Any]:
        """The answer's body, `{}` when it has none. Raises `Refused` when the operation is refused.

        Also raises AssertionError when the answer does not fit the operation's published schema.
        """
        answer = await self.send(operation, key, **args)
        if answer.status_code >= 400:
            raise Refused(operation, answer.status_code, answer.json())
        body: dict[str, Any] = answer.json() if answer.content else {}
        self.check(operation, body)
        return body

    async def refused(self, operation: str, key: str | None = None, **args: Any) -> dict[str, Any]:
        """The body of the refusal that the test expects. Raises AssertionError when there is none."""
        answer = await self.send(operation, key, **args)
        assert answer.status_code >= 400, f"{operation} was not refused: {answer.status_code}"
        body: dict[str, Any] = answer.json()
        assert isinstance(body.get("error"), str), f"{operation}: a refusal without an error: {body}"
        return body

    @abstractmethod
    async def send(self, operation: str, key: str | None = None, **args: Any) -> Answer:
        """The raw response, whatever it is."""

    @abstractmethod
    def schema_of(self, operation: str) -> dict[str, Any] | None:
        """The JSON schema of the operation's answer as this face publishes it; None where it has no body."""

    def check(self, operation: str, body: dict[str, Any]) -> None:
        """Raise AssertionError unless this answer fits the schema that the face publishes for it."""
        validator = _validator(self, operation)
        if validator is None:
            assert not body, f"{operation} answers {body} and says that it has no body"
            return
        wrong = [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(body)]
        assert not wrong, f"{operation} answers against its schema: {'; '.join(wrong[:5])}"


# compiled once for each face and operation: compiling takes far longer than checking
_validators: dict[tuple[str, str], jsonschema_rs.Draft202012Validator | None] = {}


def _validator(face: Face, operation: str) -> jsonschema_rs.Draft202012Validator | None:
    known = (face.name, operation)
    if known not in _validators:
        schema = face.schema_of(operation)
        _validators[known] = (
            None if schema is None else jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        )
    return _validators[known]


def _details(body: dict[str, Any]) -> str:
    """The fields that were found wrong, for the message."""
    return "".join(f"\n  {issue.get('path')}: {issue.get('message')}" for issue in body.get("issues") or [])
