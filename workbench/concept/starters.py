"""Presets and templates: parts of a request under a name; data files that ship, and the user's own.

A preset is a kind of music (style, mood, sound, macros), a template the form of a song (structure, and what goes with
it). Both have the fields of a request, and fill in only what the request and its text leave open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from workbench.concept.statements import Statements
from workbench.domain.data_files import DataFolder
from workbench.domain.errors import ParameterError
from workbench.domain.request import GenerationRequest, parse_request

FOLDERS = {
    kind: DataFolder(kind, "workbench.concept", folder, users=True)
    for kind, folder in (("template", "templates"), ("preset", "presets"))
}
"""Kinds of starters and their folders, the one that wins first."""

_CREATIVE = ("style", "mood")
_GROUPS = ("technical", "sound_design")
_STATED_BY = {
    "tempo": ("tempo_bpm", "pace"), "key": ("key", "mode"), "duration": ("duration_seconds", "bars"),
    "structure": ("structure",), "metre": ("metre",), "chords": ("chords",),
    "swing": ("swing_percent",), "palette": ("palette",), "texture_density": ("texture_density",),
    "processing_style": ("processing_style",),
}  # fmt: skip
"""Statements of a text that win over a field of a starter."""


@dataclass(frozen=True, slots=True)
class Starter:
    """A preset or template: its kind and name, what it is for, and the part of a request that it fills in."""

    kind: str
    name: str
    description: str
    fields: Mapping[str, Any]
    macros: Mapping[str, float]


def list_starters(kind: str) -> tuple[str, ...]:
    """Names of all presets or templates; the user's own are among them.

    Parameters
    ----------
    kind : str
        "preset" or "template".

    Returns
    -------
    tuple of str
        Sorted.

    Examples
    --------
    >>> "verse-chorus" in list_starters("template")
    True
    """
    return FOLDERS[kind].names()


def load_starter(kind: str, name: str) -> Starter:
    """Read a preset or a template by name.

    Raises
    ------
    ParameterError
        If there is none of that name, or its file holds something that a request cannot.
    """
    return parse_starter(kind, name, FOLDERS[kind].read(name))


def parse_starter(kind: str, name: str, data: Any) -> Starter:
    """Build a preset or template from the values of its file; every field is checked as in a request.

    Raises
    ------
    ParameterError
        If a field is not known or outside its range.
    """
    known = {"description", *_CREATIVE, *_GROUPS, "macros"}
    if not isinstance(data, Mapping) or "description" not in data or set(data) - known:
        raise ParameterError(f"{kind} {name}: expected a description and any of {', '.join(sorted(known))}")
    creative = {"concept": name} | {field: data[field] for field in _CREATIVE if field in data}
    groups = {group: data[group] for group in _GROUPS if group in data}
    try:
        request = parse_request({"parameters": {"creative": creative} | groups, "macros": data.get("macros", {})})
    except ParameterError as error:
        raise ParameterError(f"{kind} {name}: {error}") from None
    parameters = request.parameters
    fields = {field: getattr(parameters.creative, field) for field in _CREATIVE if field in data}
    for group in (parameters.technical, parameters.sound_design):
        stated = group.model_fields_set
        fields |= {field: getattr(group, field) for field in type(group).model_fields if field in stated}
    return Starter(kind, name, str(data["description"]), fields, dict(request.macros))


@dataclass(frozen=True, slots=True)
class Completed:
    """A request with what starters filled in; `origins` tells by field which one did."""

    request: GenerationRequest
    origins: Mapping[str, str]


def complete(request: GenerationRequest, extracted: Statements, *, settled: Collection[str] = ()) -> Completed:
    """Fill in what a request's preset and template know and neither the request nor its text states.

    `settled` names fields of text (style, mood) that the concept tells by itself. Chords come with their key or not
    at all. A macro of the request hides the same macro of a preset or template.

    Raises
    ------
    ParameterError
        If a preset or template is not known, or what it fills in does not fit the request.
    """
    done = Completed(request, {})
    for starter in _named(request):
        done = _filled(done, starter, extracted, settled)
    return done


def _named(request: GenerationRequest) -> Iterator[Starter]:
    for kind in FOLDERS:
        name = getattr(request, kind)
        if name is not None:
            yield load_starter(kind, name)


def _filled(done: Completed, starter: Starter, extracted: Statements, settled: Collection[str]) -> Completed:
    parameters = done.request.parameters
    groups: dict[str, BaseModel] = {name: getattr(parameters, name) for name in type(parameters).model_fields}
    group_of = {field: name for name, model in groups.items() for field in type(model).model_fields}
    stated = {field for model in groups.values() for field in model.model_fields_set}
    offered = {**starter.fields, **_structure_as_said(starter.fields.get("structure"), extracted)}
    taken = {
        field: value
        for field, value in offered.items()
        if value != () and field not in stated and field not in settled and not _is_said(field, extracted)
    }
    if "key" in starter.fields and "key" not in taken:
        taken.pop("chords", None)
    for name, model in groups.items():
        fields = {field: value for field, value in taken.items() if group_of[field] == name}
        groups[name] = model.model_copy(update=fields)
    macros = {name: amount for name, amount in starter.macros.items() if name not in done.request.macros}
    origin = f"the {starter.kind} '{starter.name}'"
    update = {"parameters": parameters.model_copy(update=groups), "macros": {**macros, **done.request.macros}}
    return Completed(
        _checked(done.request.model_copy(update=update), starter),
        {**done.origins, **dict.fromkeys([*taken, *(f"macros.{name}" for name in macros)], origin)},
    )


def _structure_as_said(names: tuple[str, ...] | None, extracted: Statements) -> dict[str, tuple[str, ...]]:
    """A structure without the sections that the text denies; none at all if it lacks one that the text wants."""
    if names is None:
        return {}
    absent = extracted.absent_sections.value if extracted.absent_sections else ()
    wanted = extracted.sections.value if extracted.sections else ()
    return {"structure": tuple(name for name in names if name not in absent) if set(wanted) <= set(names) else ()}


def _is_said(field: str, extracted: Statements) -> bool:
    return any(getattr(extracted, name) is not None for name in _STATED_BY.get(field, ()))


def _checked(request: GenerationRequest, starter: Starter) -> GenerationRequest:
    """The same request, validated as one that somebody wrote: parts of both must fit each other."""
    try:
        return parse_request(request.model_dump(mode="json", exclude_unset=True))
    except ParameterError as error:
        raise ParameterError(f"{starter.kind} {starter.name} does not fit the request: {error}") from None
