"""Sentences about an answer. Names in them were written by people, so they are quoted and made harmless."""

import re
from typing import Any

# What a record is called, by the member that names it, the most telling first.
_NAMES = ("template_name", "stage_name", "name", "stage", "type", "slug")
_LONGEST = 80
# Brackets and backticks make links and code in a chat; controls and direction marks hide what is there.
_ACTIVE = re.compile(r"[\[\]<>`\\]|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_ADDRESS = re.compile(r"\b(?:[a-z][a-z0-9+.-]*://|javascript:|data:|www\.)", re.I)


def quoted(text: str) -> str:
    """Somebody's text as one short quotation that renders as nothing but itself."""
    plain = " ".join(_ACTIVE.sub(" ", _ADDRESS.sub("", text)).split())
    return f"“{plain if len(plain) <= _LONGEST else plain[:_LONGEST] + '…'}”"


def about(body: dict[str, Any]) -> str:
    """One sentence that says which record this is, or which part of a list."""
    data, meta = body.get("data"), body.get("meta")
    if isinstance(data, list) and isinstance(meta, dict):
        return _place(len(data), meta)
    if isinstance(data, dict) and "id" in data:
        return _record(data)
    return ""


def _place(shown: int, meta: dict[str, Any]) -> str:
    if not meta["total"]:
        return "Nothing was found."
    said = f"{shown} of {meta['total']}, page {meta['page']} of {meta['totalPages']}."
    return said if meta["page"] >= meta["totalPages"] else f"{said} page={meta['page'] + 1} goes on."


def _record(data: dict[str, Any]) -> str:
    name = next((str(data[member]) for member in _NAMES if data.get(member)), "")
    status = f", {data['status']}" if isinstance(data.get("status"), str) else ""
    return f"{quoted(name) if name else 'The record'} has id {data['id']}{status}."
