"""Who counts as the same participant (contract C3). No database."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID


class Address(Protocol):
    """A participant's address as it is compared, and the template that the participant belongs to."""

    @property
    def id(self) -> UUID: ...

    @property
    def email_key(self) -> str: ...

    @property
    def evaluation_template_id(self) -> UUID | None: ...


class AddressesInUse:
    """Each address is in use once per template, and without a template once in the whole account."""

    def __init__(self, addresses: Iterable[Address]) -> None:
        self._known: dict[str, list[Address]] = {}
        for address in addresses:
            self.add(address)

    def add(self, address: Address) -> None:
        """One more participant."""
        self._known.setdefault(address.email_key, []).append(address)

    def holder(self, email_key: str, template: UUID | None, *, but: UUID | None = None) -> UUID | None:
        """The participant who keeps this address from being used for this template, if any.

        `but` is the participant who asks: their own address never counts against them.
        """
        for known in self._known.get(email_key, ()):
            if known.id != but and (template is None or known.evaluation_template_id == template):
                return known.id
        return None
