"""Completing what a person types: names and ids of the workspace's records."""

from uuid import UUID

from domain.principal import Principal
from domain.scopes import Scope
from domain.text.quoting import one_line
from storage.setup import names
from tools.kernel.operation import Services
from tools.kernel.parsing import storable

MOST = 50

# Who may see the names of what.
_NEEDS = {
    "agent_profile": Scope.interviews_read,
    "evaluation_template": Scope.evaluation_templates_read,
    "evaluation_stage": Scope.evaluation_stages_read,
    "participant": Scope.candidates_read,
    "session": Scope.interviews_read,
}


async def complete(services: Services, principal: Principal, what: str, text: str) -> list[str]:
    """At most 50 names that contain `text`, or ids that start with it; nothing without the scope to read."""
    if _NEEDS[what] not in principal.scopes or not storable(text):
        return []
    workspace: UUID = principal.workspace
    if what == "session" or _looks_like_an_id(text):
        ids = await services.store.read(lambda db: names.ids_starting(db, workspace, what, text, MOST))
        return [str(found) for found in ids]
    found = await services.store.read(lambda db: names.starting(db, workspace, what, text, MOST))
    # a name with what hides text is better given by id
    return [name for name in found if one_line(name) == " ".join(name.split())]


def _looks_like_an_id(text: str) -> bool:
    return (
        len(text) >= 4
        and all(letter in "0123456789abcdef-" for letter in text.lower())
        and any(letter.isdigit() for letter in text)
    )
