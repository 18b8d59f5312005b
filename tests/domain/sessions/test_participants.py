"""Who counts as the same participant, as a table."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from domain.sessions.participants import AddressesInUse
from tests.contract.promise import promise

BACKEND, FRONTEND = uuid4(), uuid4()
ADA = "ada@example.com"


@dataclass(frozen=True)
class Known:
    """A participant with Ada's address."""

    evaluation_template_id: UUID | None
    email_key: str = ADA
    id: UUID = field(default_factory=uuid4)


@promise("participants.once-per-template", "participants.once-without-template")
@pytest.mark.parametrize(
    ("there", "wanted", "taken"),
    [
        ([], None, False),
        ([None], None, True),
        ([BACKEND], None, True),
        ([BACKEND], BACKEND, True),
        ([BACKEND], FRONTEND, False),
        ([BACKEND, FRONTEND], None, True),
        # somebody without a template does not keep the address from a template
        ([None], BACKEND, False),
    ],
)
def test_an_address_is_once_per_template_and_alone_once_at_all(
    there: list[UUID | None], wanted: UUID | None, taken: bool
) -> None:
    rows = [Known(template) for template in there]
    rival = AddressesInUse(rows).holder(ADA, wanted)
    assert (rival is not None) is taken
    assert rival is None or rival in {row.id for row in rows}


def test_another_address_is_free() -> None:
    assert AddressesInUse([Known(None)]).holder("bob@example.com", None) is None


def test_a_participants_own_address_is_no_duplicate() -> None:
    row = Known(BACKEND)
    assert AddressesInUse([row]).holder(ADA, BACKEND, but=row.id) is None
    assert AddressesInUse([row, Known(FRONTEND)]).holder(ADA, None, but=row.id) is not None
