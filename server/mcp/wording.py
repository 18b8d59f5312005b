"""Sentences about an answer. Names in them are written by people, so they are quoted and sanitized."""

import re
from typing import Any

# Members that name a record, the most specific first.
_NAME_MEMBERS = ("template_name", "stage_name", "name", "stage", "type", "slug")
_MAX_CHARACTERS = 80
# Brackets and backticks make links and code in a chat. Control and direction characters hide text.
_UNSAFE = re.compile(r"[\[\]<>`\\]|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_URL_START = re.compile(r"\b(?:[a-z][a-z0-9+.-]*://|javascript:|data:|www\.)", re.I)


def quoted(text: str) -> str:
    """A person's text as a short quotation that a chat renders as plain text."""
    plain = " ".join(_UNSAFE.sub(" ", _URL_START.sub("", text)).split())
    return f"“{plain if len(plain) <= _MAX_CHARACTERS else plain[:_MAX_CHARACTERS] + '…'}”"


def describe(body: dict[str, Any]) -> str:
    """One sentence that says which record this is, or which page of a list."""
    data, meta = body.get("data"), body.get("meta")
    if isinstance(data, list) and isinstance(meta, dict):
        return _list_position(len(data), meta)
    if isinstance(data, dict) and "id" in data:
        return _record(data)
    return ""


def _list_position(shown: int, meta: dict[str, Any]) -> str:
    if not meta["total"]:
        return "Nothing was found."
    text = f"{shown} of {meta['total']}, page {meta['page']} of {meta['totalPages']}."
    return text if meta["page"] >= meta["totalPages"] else f"{text} page={meta['page'] + 1} goes on."


def _record(data: dict[str, Any]) -> str:
    name = next((str(data[member]) for member in _NAME_MEMBERS if data.get(member)), "")
    status = f", {data['status']}" if isinstance(data.get("status"), str) else ""
    return f"{quoted(name) if name else 'The record'} has id {data['id']}{status}."
