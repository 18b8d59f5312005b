"""Which participants are the same person (contract C3). No database."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID


class UsedAddresses:
    """E-mail addresses in use. Each may appear once per template; without a template, once in the workspace.

    Rows have `id`, `email_key` and `evaluation_template_id`.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._by_key: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            self.add(row)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a participant."""
        self._by_key.setdefault(row["email_key"], []).append(row)

    def find(self, email_key: str, template: UUID | None, *, except_for: UUID | None = None) -> UUID | None:
        """The participant who already uses this address for this template, or None.

        `except_for` is the participant being changed, who never conflicts with themselves.
        """
        for row in self._by_key.get(email_key, ()):
            participant: UUID = row["id"]
            if participant != except_for and (template is None or row["evaluation_template_id"] == template):
                return participant
        return None
