"""The permissions that a key can hold. They add up; their names come from contract 2.3."""

from enum import StrEnum


class Scope(StrEnum):
    """One permission. Only participants have a separate scope for deleting."""

    candidates_read = "candidates.read"
    candidates_write = "candidates.write"
    candidates_delete = "candidates.delete"
    interviews_read = "interviews.read"
    interviews_write = "interviews.write"
    evaluation_templates_read = "evaluation_templates.read"
    evaluation_templates_write = "evaluation_templates.write"
    evaluation_stages_read = "evaluation_stages.read"
    evaluation_stages_write = "evaluation_stages.write"
    programs_read = "programs.read"
    programs_write = "programs.write"


ALL_SCOPES: frozenset[Scope] = frozenset(Scope)
