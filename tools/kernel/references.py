"""Letting an assistant name a record instead of giving its id: a reference means one record or none.

A reference is an id, a full e-mail address, an external id or a whole name, over all rows of the workspace. When it
means several records in different ways, such as one's name and another's id, it is refused like a name that two have.
Only the MCP face asks for this: REST's ids are UUIDs, as the contract says.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args, get_origin
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.mail.addresses import comparison_form
from domain.text.folding import reference_key
from domain.text.names import choose_record
from storage.setup import references as queries
from storage.setup.references import Reference
from tools.kernel.parsing import storable
from tools.kernel.shapes import Refers

_ONE_TEMPLATE = ("evaluation_template", False)


def resolve(
    db: sa.Connection, workspace: UUID, model: type[BaseModel], raw: Mapping[str, Any], at: str = ""
) -> dict[str, Any]:
    """`raw` with every name that stands for an id replaced by that id; `at` is where `raw` itself stands."""
    known = dict(raw)
    marked = references(model)
    within = _template_of(marked)
    for field, (what, several) in marked.items():
        if field not in known:
            continue
        value = known[field]
        if several:
            # text where a list is wanted is no name: it is refused with the rest of the request
            if not isinstance(value, list):
                continue
            known[field] = [_id_of(db, workspace, what, at + field, one, known.get(within)) for one in value]
        else:
            known[field] = _id_of(db, workspace, what, at + field, value, known.get(within))
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


def _template_of(marked: Mapping[str, tuple[str, bool]]) -> str:
    """The member that names the template in which a request's stages are looked for; empty where there is none."""
    found = (name for name in ("evaluation_template_id", "id") if marked.get(name) == _ONE_TEMPLATE)
    return next(found, "")


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


def _id_of(db: sa.Connection, workspace: UUID, what: str, field: str, value: Any, template: Any) -> Any:
    """The id that `value` means. Stages are looked for in `template`, where the request names one."""
    if not isinstance(value, str) or not _may_refer(value):
        return value
    reference = Reference(value, _uuid(value), comparison_form(value.strip()), reference_key(value))
    # resolved before: it stands first in every request
    within = _uuid(template) if isinstance(template, str) else None
    found = queries.find(db, workspace, what, reference, within=within)
    if len(found) == 1:
        return str(found[0])
    if not found and reference.id is not None:
        # an id that leads nowhere: the operation says so
        return value
    meant = queries.describe(db, workspace, what, found) if found else []
    similar = [] if found else queries.find_similar(db, workspace, what, value)
    return str(choose_record(meant, similar, field=field, what=what.replace("_", " ")))


def _may_refer(value: str) -> bool:
    """Not something that is better refused with the rest of the request."""
    return bool(value.strip()) and len(value) <= 500 and storable(value)


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value.strip())
    except ValueError:
        return None
