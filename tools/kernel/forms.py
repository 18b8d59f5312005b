"""What a request's members may be: objects, lists, text. Read once from the request classes, for every face."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tools.kernel.shapes import KeepsEmpty, Part, Request, spellings


@dataclass(frozen=True, slots=True)
class Form:
    """What one value may be. `element` is the form of a list's elements, `model` the class of an object."""

    is_text: bool = False
    is_list: bool = False
    is_object: bool = False
    element: "Form | None" = None
    model: type[BaseModel] | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object, under its documented name."""

    name: str
    form: Form
    optional: bool
    announced: bool
    keeps_empty: bool


@dataclass(frozen=True, slots=True)
class Members:
    """The members of an object by documented name, and the other spellings of these names."""

    by_name: Mapping[str, Member]
    other_spellings: Mapping[str, str]


@cache
def members_of(model: type[BaseModel]) -> Members:
    """The members that may be sent. One that the tools do not announce is understood all the same."""
    by_name: dict[str, Member] = {}
    others: dict[str, str] = {}
    for name, field in model.model_fields.items():
        wire = field.alias or name
        by_name[wire] = Member(
            wire,
            _form_of(field.annotation),
            optional=not field.is_required(),
            announced=not _is_rest_only(field),
            keeps_empty=_keeps_empty(field),
        )
        if name != wire:
            others[name] = wire
    if issubclass(model, Request):
        others |= {other: wire for other, wire in spellings(model).items() if wire in by_name}
    elif issubclass(model, Part):
        others |= model.other_spellings
    return Members(by_name, others)


def form_at(model: type[BaseModel], path: Sequence[str | int]) -> Form:
    """The form of the value at this place of a request; one without any mark when the path leads nowhere."""
    form = Form(is_object=True, model=model)
    for step in path:
        if isinstance(step, int) and form.element is not None:
            form = form.element
        elif isinstance(step, str) and form.model is not None:
            known = members_of(form.model)
            member = known.by_name.get(known.other_spellings.get(step, step))
            form = member.form if member else Form()
        else:
            return Form()
    return form


def _form_of(annotation: Any) -> Form:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _form_of(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return _merge([_form_of(part) for part in get_args(annotation) if part is not NoneType])
    if origin in (list, tuple):
        return Form(is_list=True, element=_form_of(get_args(annotation)[0]))
    if origin is dict:
        return Form(is_object=True)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Form(is_object=True, model=annotation)
    return Form(is_text=annotation is str)


def _merge(forms: Sequence[Form]) -> Form:
    return Form(
        is_text=any(form.is_text for form in forms),
        is_list=any(form.is_list for form in forms),
        is_object=any(form.is_object for form in forms),
        element=next((form.element for form in forms if form.element), None),
        model=next((form.model for form in forms if form.model), None),
    )


def _is_rest_only(field: FieldInfo) -> bool:
    return isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra.get("x-rest-only"))


def _keeps_empty(field: FieldInfo) -> bool:
    return any(isinstance(mark, KeepsEmpty) for mark in field.metadata)
