"""Answers for an assistant in which texts stand that come from another workspace's profile."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from domain.text.fencing import fence_at
from storage.setup import agent_profiles
from tools.kernel.operation import Call

View = TypeVar("View", bound=BaseModel)


def foreign_among(call: Call, profiles: Sequence[UUID | None]) -> frozenset[UUID]:
    """Those of these profiles whose texts come from another workspace; empty unless an assistant asks."""
    ids = frozenset(profile for profile in profiles if profile is not None)
    if not ids or not call.via.is_assistant:
        return frozenset()
    return agent_profiles.foreign(call.db, call.workspace, ids)


def fence_foreign(call: Call, view: View, profile: UUID | None, paths: Sequence[str]) -> View:
    """The answer as the caller may see it: for an assistant, a foreign profile's texts are marked at these paths."""
    return fence_paths(view, paths) if foreign_among(call, [profile]) else view


def fence_paths(view: View, paths: Sequence[str]) -> View:
    """The answer with its texts marked at these paths."""
    document = view.model_dump(mode="python")
    for path in paths:
        document = fence_at(document, path)
    return type(view).model_validate(document, by_name=True)
