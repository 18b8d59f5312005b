"""Finds the records that a reference means, over all rows of a workspace: by id, address, external id or name.

Every part of the query goes through an index. A profile that another workspace made public is found by its id alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.moments import stamp
from domain.text.fencing import fence
from domain.text.folding import fold, reference_key
from domain.text.names import MAX_CANDIDATES, NamedRecord, normalise_name
from storage.engine.prepared import PreparedQuery
from storage.engine.store import heavy
from storage.schema.tables import AgentProfile, EvaluationStage, EvaluationTemplate, Participant, table

_PROFILES, _TEMPLATES = table(AgentProfile), table(EvaluationTemplate)
_STAGES, _PEOPLE = table(EvaluationStage), table(Participant)

# More records of one name are as ambiguous as this many.
_MOST = 50
# Words of a reference that a suggestion is looked up by.
_MAX_WORDS = 6


@dataclass(frozen=True, slots=True)
class Reference:
    """What was given for a record: as it is, as an id, as an address, and as a name in the form for comparing."""

    text: str
    id: UUID | None
    email_key: str
    key: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where a kind of record has its names."""

    table: sa.Table
    # (column, the column with its form for comparing); the first is shown
    names: tuple[tuple[sa.Column[Any], sa.Column[Any]], ...]
    has_status: bool = True


_KINDS = {
    "agent_profile": _Kind(_PROFILES, ((_PROFILES.c.name, _PROFILES.c.name_key),), has_status=False),
    "evaluation_template": _Kind(_TEMPLATES, ((_TEMPLATES.c.template_name, _TEMPLATES.c.name_key),)),
    "evaluation_stage": _Kind(
        _STAGES, ((_STAGES.c.stage_name, _STAGES.c.name_key), (_STAGES.c.type, _STAGES.c.type_key))
    ),
    "participant": _Kind(_PEOPLE, ((_PEOPLE.c.name, _PEOPLE.c.name_key),)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    id: UUID


def find(
    db: sa.Connection, workspace: UUID, kind: str, reference: Reference, *, within: UUID | None = None
) -> Sequence[UUID]:
    """The ids of the records that a reference means; none, one or several. `within` narrows stages to a template."""
    given = {
        "workspace": workspace,
        "id": reference.id,
        # marks alone leave nothing to compare, and that is no name
        "key": reference.key or None,
        "email": reference.email_key,
        "text": reference.text,
        "stripped": reference.text.strip(),
        "within": within,
    }
    query, names = _exact(kind, scoped=kind == "evaluation_stage" and within is not None)
    hits = query.all(db, **{name: given[name] for name in names})
    return list(dict.fromkeys(hit.id for hit in hits))


@cache
def _exact(kind: str, *, scoped: bool) -> tuple[PreparedQuery[_Hit], tuple[str, ...]]:
    """One statement of several parts, each of which an index answers, and its parameters."""
    of = _KINDS[kind]
    rows = of.table
    ours = rows.c.workspace_id == sa.bindparam("workspace")
    named = [key == sa.bindparam("key") for _, key in of.names]
    if scoped:
        named = [each & (rows.c.evaluation_template_id == sa.bindparam("within")) for each in named]
    parts = [sa.select(rows.c.id).where(ours, condition).limit(_MOST) for condition in named]
    visible = ours | rows.c.is_public.is_(sa.true()) if kind == "agent_profile" else ours
    parts.append(sa.select(rows.c.id).where(visible, rows.c.id == sa.bindparam("id", type_=sa.Uuid())))
    names = ["workspace", "key", "id", *(["within"] if scoped else [])]
    if kind == "participant":
        addressed = rows.c.email_key == sa.bindparam("email")
        role = rows.c.evaluation_template_id
        # two partial indexes hold the addresses
        parts += [sa.select(rows.c.id).where(ours, addressed, role.is_(None))]
        parts += [sa.select(rows.c.id).where(ours, addressed, role.is_not(None)).limit(_MOST)]
        external = rows.c.external_id.in_([sa.bindparam("text"), sa.bindparam("stripped")])
        parts += [sa.select(rows.c.id).where(ours, external).limit(_MOST)]
        names += ["email", "text", "stripped"]
    found = sa.union_all(*(sa.select(part.subquery().c.id) for part in parts)).subquery()
    return PreparedQuery(sa.select(found.c.id), _Hit), tuple(names)


def describe(db: sa.Connection, workspace: UUID, kind: str, ids: Sequence[UUID]) -> Sequence[NamedRecord]:
    """These records with what tells them apart: address, role, date of creation, and that one is archived."""
    of = _KINDS[kind]
    rows = of.table
    statement = _details(kind).where(rows.c.workspace_id == workspace, rows.c.id.in_(ids[:MAX_CANDIDATES]))
    return [_named(kind, row._mapping) for row in db.execute(statement.order_by(*_newest(rows)))]


def find_similar(db: sa.Connection, workspace: UUID, kind: str, text: str) -> Sequence[NamedRecord]:
    """Up to ten records that share words with `text`, those with most of them first; for suggesting only.

    Where nothing does, the newest records, but never people that nobody asked about.
    """
    heavy(db)
    rows = _KINDS[kind].table
    ours = _details(kind).where(rows.c.workspace_id == workspace).limit(MAX_CANDIDATES)
    shared = [_holds(kind, word) for word in _words(text)]
    found: Sequence[sa.Row[Any]] = []
    if shared:
        count = sum((sa.case((each, 1), else_=0) for each in shared), start=sa.literal(0))
        found = db.execute(ours.where(sa.or_(*shared)).order_by(count.desc(), *_newest(rows))).all()
    if not found and kind != "participant":
        found = db.execute(ours.order_by(*_newest(rows))).all()
    return [_named(kind, row._mapping) for row in found]


def _words(text: str) -> list[str]:
    words = dict.fromkeys(normalise_name(text).split())
    return [word for word in words if len(word) > 1][:_MAX_WORDS] or list(words)[:_MAX_WORDS]


def _holds(kind: str, word: str) -> sa.ColumnElement[bool]:
    keys = [key.contains(reference_key(word), autoescape=True) for _, key in _KINDS[kind].names]
    if kind == "participant":
        keys.append(_PEOPLE.c.search_text.contains(fold(word), autoescape=True))
    return sa.or_(*keys)


def _newest(rows: sa.Table) -> tuple[sa.ColumnElement[Any], ...]:
    return rows.c.created_at.desc(), rows.c.id.desc()


@cache
def _details(kind: str) -> sa.Select[Any]:
    of = _KINDS[kind]
    rows = of.table
    columns = [rows.c.id, rows.c.created_at, *(column for column, _ in of.names)]
    columns += [rows.c.forked_from] if kind == "agent_profile" else []
    columns += [rows.c.status] if of.has_status else []
    if kind == "participant":
        columns += [rows.c.email]
    if "evaluation_template_id" not in rows.c:
        return sa.select(*columns)
    ours = (_TEMPLATES.c.workspace_id == rows.c.workspace_id) & (
        _TEMPLATES.c.id == rows.c.evaluation_template_id
    )
    return sa.select(*columns, _TEMPLATES.c.template_name.label("role")).outerjoin_from(
        rows, _TEMPLATES, ours
    )


def _named(kind: str, row: Mapping[Any, Any]) -> NamedRecord:
    names = tuple(row[column.name] for column, _ in _KINDS[kind].names if row[column.name])
    created: datetime = row["created_at"]
    if row.get("forked_from") is not None:
        # a copy of another workspace's profile: the text is theirs
        names = tuple(map(fence, names))
    details = {name: row[name] for name in ("email", "role") if row.get(name)}
    details["created_at"] = stamp(created)
    if row.get("status") not in (None, "active"):
        details["status"] = row["status"]
    return NamedRecord(row["id"], names, details)
