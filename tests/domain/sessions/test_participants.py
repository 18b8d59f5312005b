"""Who counts as the same participant, as a table."""

from uuid import UUID, uuid4

import pytest

from domain.sessions.participants import Taken
from tests.contract.promise import promise

BACKEND, FRONTEND = uuid4(), uuid4()
ADA = "ada@example.com"


def known(template: UUID | None, email: str = ADA) -> dict[str, object]:
    return {"id": uuid4(), "email_key": email, "evaluation_template_id": template}


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
    rows = [known(template) for template in there]
    rival = Taken(rows).by(ADA, wanted)
    assert (rival is not None) is taken
    assert rival is None or rival in {row["id"] for row in rows}


def test_another_address_is_free() -> None:
    assert Taken([known(None)]).by("bob@example.com", None) is None


def test_a_participants_own_address_is_no_duplicate() -> None:
    row = known(BACKEND)
    own = UUID(str(row["id"]))
    assert Taken([row]).by(ADA, BACKEND, but=own) is None
    assert Taken([row, known(FRONTEND)]).by(ADA, None, but=own) is not None
