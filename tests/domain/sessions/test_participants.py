"""Which addresses conflict, as a table."""

from uuid import UUID, uuid4

import pytest

from domain.sessions.participants import UsedAddresses
from tests.contract.promise import promise

BACKEND, FRONTEND = uuid4(), uuid4()
ADA = "ada@example.com"


def known(template: UUID | None, email: str = ADA) -> dict[str, object]:
    return {"id": uuid4(), "email_key": email, "evaluation_template_id": template}


@promise("participants.once-per-template", "participants.once-without-template")
@pytest.mark.parametrize(
    ("existing", "wanted", "conflict"),
    [
        ([], None, False),
        ([None], None, True),
        ([BACKEND], None, True),
        ([BACKEND], BACKEND, True),
        ([BACKEND], FRONTEND, False),
        ([BACKEND, FRONTEND], None, True),
        # a participant without a template does not block the address for a template
        ([None], BACKEND, False),
    ],
)
def test_an_address_appears_once_per_template_and_once_at_all_without_one(
    existing: list[UUID | None], wanted: UUID | None, conflict: bool
) -> None:
    rows = [known(template) for template in existing]
    rival = UsedAddresses(rows).find(ADA, wanted)
    assert (rival is not None) is conflict
    assert rival is None or rival in {row["id"] for row in rows}


def test_another_address_is_free() -> None:
    assert UsedAddresses([known(None)]).find("bob@example.com", None) is None


def test_a_participant_never_conflicts_with_themselves() -> None:
    row = known(BACKEND)
    own = UUID(str(row["id"]))
    assert UsedAddresses([row]).find(ADA, BACKEND, except_for=own) is None
    assert UsedAddresses([row, known(FRONTEND)]).find(ADA, None, except_for=own) is not None
