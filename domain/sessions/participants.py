"""Who counts as the same participant (contract C3). No database."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID


class Taken:
    """Addresses in use: each once per template, and without a template once in the whole account.

    Made from rows with `id`, `email_key` and `evaluation_template_id`.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._known: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            self.add(row)

    def add(self, row: Mapping[str, Any]) -> None:
        """One more participant."""
        self._known.setdefault(row["email_key"], []).append(row)

    def by(self, email_key: str, template: UUID | None, *, but: UUID | None = None) -> UUID | None:
        """The participant who keeps this address from being used for this template, if any.

        `but` is the participant who asks: nobody is in their own way.
        """
        for row in self._known.get(email_key, ()):
            known: UUID = row["id"]
            if known != but and (template is None or row["evaluation_template_id"] == template):
                return known
        return None
