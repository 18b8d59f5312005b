"""Letting an assistant name a record instead of giving its id, where the name can mean only one.

Only the MCP face asks for this: REST's ids are UUIDs, as the contract says.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args, get_origin
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.text.names import resolve_name
from storage.setup import names
from tools.kernel.parsing import storable
from tools.kernel.shapes import Refers


def resolve(
    db: sa.Connection, workspace: UUID, model: type[BaseModel], raw: Mapping[str, Any], at: str = ""
) -> dict[str, Any]:
    """`raw` with every name that stands for an id replaced by that id; `at` is where `raw` itself stands."""
    known = dict(raw)
    for field, (what, several) in references(model).items():
        if field not in known:
            continue
        value = known[field]
        if several:
            # text where a list is wanted is no name: it is refused with the rest of the request
            if not isinstance(value, list):
                continue
            known[field] = [_id_of(db, workspace, what, at + field, one, known) for one in value]
        else:
            known[field] = _id_of(db, workspace, what, at + field, value, known)
    for field, part in parts(model).items():
        value = known.get(field)
        if isinstance(value, list):
            known[field] = [
                resolve(db, workspace, part, one, f"{at}{field}.{place}.") if isinstance(one, dict) else one
                for place, one in enumerate(value)
            ]
    return known


@cache
def references(model: type[BaseModel]) -> dict[str, tuple[str, bool]]:
    """The members of a request that refer to a record: what kind, and whether it is a list of them."""
    found = {}
    for name, info in model.model_fields.items():
        marked = _marked(info)
        if marked is not None:
            found[info.alias or name] = marked
    return found


@cache
def parts(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The members of a request that are lists of parts which refer to records themselves."""
    found = {}
    for name, info in model.model_fields.items():
        for inner in _elements(info.annotation):
            if isinstance(inner, type) and issubclass(inner, BaseModel) and references(inner):
                found[info.alias or name] = inner
    return found


def _elements(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is list:
        yield from get_args(annotation)


def _marked(info: FieldInfo) -> tuple[str, bool] | None:
    for mark in info.metadata:
        if isinstance(mark, Refers):
            return mark.what, False
    return _marked_inside(info.annotation, several=False)


def _marked_inside(annotation: Any, *, several: bool) -> tuple[str, bool] | None:
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, Refers):
            return mark.what, several
    several = several or get_origin(annotation) is list
    for inner in get_args(annotation):
        if (marked := _marked_inside(inner, several=several)) is not None:
            return marked
    return None


def _id_of(
    db: sa.Connection, workspace: UUID, what: str, field: str, value: Any, beside: Mapping[str, Any]
) -> Any:
    if not isinstance(value, str) or not _may_be_name(value):
        return value
    known = names.like(db, workspace, what, value, within=beside.get("evaluation_template_id"))
    return str(resolve_name(value, known, field=field, what=what.replace("_", " ")))


def _may_be_name(value: str) -> bool:
    """Neither an id nor something that is better refused with the rest of the request."""
    return bool(value.strip()) and len(value) <= 320 and storable(value) and not _is_id(value)


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
