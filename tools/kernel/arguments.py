"""Reading the arguments that a model fills in: stricter about names than REST, more lenient about how values look.

A name that a tool does not have is refused, in nested objects too: a model that invents `start_time` must not book for
now. Lists and objects may come as JSON text where the schema says array or object. An empty text for an optional
member counts as left out. The schemas do not announce the first with `additionalProperties`, which some models'
interfaces refuse.
"""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel

from domain import json_codec
from domain.errors import Invalid, Issue
from domain.text.fencing import unfence
from tools.kernel.forms import Form, Members, members_of
from tools.kernel.parsing import safe_step

_MAX_ISSUES = 20
_Path = tuple[str | int, ...]


def read_arguments(
    model: type[BaseModel], raw: Mapping[str, Any], *, controls: Collection[str] = ()
) -> dict[str, Any]:
    """`raw` with documented names, read values and without empty optionals; `Invalid` names what is unknown.

    `controls` are arguments of the face itself, which have been taken out: they are only suggested.
    """
    issues: list[Issue] = []
    known = _read_object(model, raw, (), issues, controls)
    if issues:
        raise Invalid(
            issues[:_MAX_ISSUES], hint="Nothing was done. Send the call again with known names only."
        )
    return known


def _read_object(
    model: type[BaseModel],
    raw: Mapping[str, Any],
    path: _Path,
    issues: list[Issue],
    controls: Collection[str] = (),
) -> dict[str, Any]:
    members = members_of(model)
    result: dict[str, Any] = {}
    for sent, value in raw.items():
        name = members.other_spellings.get(sent, sent)
        member = members.by_name.get(name)
        if member is None:
            issues.append(_unknown(sent, path, members, controls))
        elif value == "" and member.optional and not member.keeps_empty:
            continue
        else:
            # two spellings of one name are for the request class to compare
            at = sent if name in raw else name
            result[at] = _read(member.form, value, (*path, name), issues)
    return result


def _read(form: Form, value: Any, path: _Path, issues: list[Issue]) -> Any:
    if isinstance(value, str):
        # a model may copy what it was shown
        value = unfence(value)
    if isinstance(value, str) and not form.is_text and (form.is_list or form.is_object):
        value = _decode(form, value)
    if isinstance(value, list) and form.element is not None:
        return [_read(form.element, each, (*path, place), issues) for place, each in enumerate(value)]
    if isinstance(value, dict) and form.model is not None:
        return _read_object(form.model, value, path, issues)
    return value


def _decode(form: Form, text: str) -> Any:
    """The list or object that a JSON text holds; the text itself when it holds no such thing."""
    try:
        value = json_codec.loads(text)
    except ValueError:
        return text
    fits = (form.is_list and isinstance(value, list)) or (form.is_object and isinstance(value, dict))
    return value if fits else text


def _unknown(name: str, path: _Path, members: Members, controls: Collection[str]) -> Issue:
    known = [name for name, member in members.by_name.items() if member.announced]
    near = _nearest(name, [*known, *controls])
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    rest = f" Known here: {', '.join(known)}." if known else " It takes none."
    return Issue(
        path=[*path, safe_step(name)],
        message=f"There is no argument of this name.{meant}{rest}",
        code="unknown_argument",
    )


def _nearest(name: str, known: Iterable[str]) -> list[str]:
    """Up to three known names that look like this one, the nearest first."""
    plain = {_plain(each): each for each in known}
    return [plain[each] for each in get_close_matches(_plain(name[:64]), plain, n=3, cutoff=0.6)]


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
