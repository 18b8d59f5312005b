"""Sentences about an answer. Names in them are written by people, so they are quoted."""

from typing import Any

from domain.text.fencing import is_marked, unfence
from domain.text.quoting import quoted

# Members that name a record, the most specific first.
_NAME_MEMBERS = ("template_name", "stage_name", "name", "stage", "type", "slug")


def describe(body: dict[str, Any]) -> str:
    """One sentence that says which record this is, or which page of a list."""
    data, meta = body.get("data"), body.get("meta")
    if isinstance(data, list) and isinstance(meta, dict):
        return _list_position(len(data), meta)
    if isinstance(data, dict) and "id" in data:
        return _record(data)
    return ""


def quoted_name(name: str) -> str:
    """A record's name as a short quotation, with a word on where it comes from if that is another workspace."""
    return f"{quoted(unfence(name))}{' (text from another workspace)' if is_marked(name) else ''}"


def _list_position(shown: int, meta: dict[str, Any]) -> str:
    if not meta["total"]:
        return "Nothing was found."
    text = f"{shown} of {meta['total']}, page {meta['page']} of {meta['totalPages']}."
    return text if meta["page"] >= meta["totalPages"] else f"{text} page={meta['page'] + 1} goes on."


def _record(data: dict[str, Any]) -> str:
    name = next((str(data[member]) for member in _NAME_MEMBERS if data.get(member)), "")
    status = f", {data['status']}" if isinstance(data.get("status"), str) else ""
    return f"{quoted_name(name) if name else 'The record'} has id {data['id']}{status}."
