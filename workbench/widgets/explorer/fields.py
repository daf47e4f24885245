"""Every field of the request as a control: kind, range, unit, choices and help come from the request's own schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from workbench.analysis.references import ReferenceLibrary
from workbench.concept import list_macros, list_starters, list_styles, load_macro
from workbench.domain.elements import ELEMENTS
from workbench.domain.request import PROCESSING_STYLES, Creative, GenerationRequest, Options, SoundDesign, Technical
from workbench.domain.song import SECTION_NAMES
from workbench.domain.theory import NOTE_NAMES_FLAT, NOTE_NAMES_SHARP, SCALES
from workbench.domain.user_styles import user_style_names
from workbench.models.elements import SPECS
from workbench.models.library import list_names
from workbench.output.figures.palette import element_colour
from workbench.rendering import list_patches

_GROUPS: Mapping[str, tuple[str, type[BaseModel]]] = {
    "Music": ("parameters.technical", Technical),
    "Sound": ("parameters.sound_design", SoundDesign),
    "Idea": ("parameters.creative", Creative),
    "Delivery": ("options", Options),
}
_TONICS = tuple(dict.fromkeys(name for both in zip(NOTE_NAMES_SHARP, NOTE_NAMES_FLAT, strict=True) for name in both))
"""Both spellings of the black keys: F# minor is as common as Gb major."""
_FIRST = {"parameters.creative.concept"}
"""Fields that stand above the others in a place of their own."""


def request_fields() -> list[dict[str, Any]]:
    """A description of each control, by group, in the order of the schema."""
    found = [field for title, (path, model) in _GROUPS.items() for field in _of_model(title, path, model)]
    return [*found, *_patches(), *_starting(), *_networks(), *_macros()]


def _of_model(title: str, path: str, model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    for name, info in model.model_fields.items():
        here = f"{path}.{name}"
        if here not in _FIRST and name != "patches":
            yield {"group": title, "path": here, "label": name.replace("_", " "), **_help(info), **_control(here, info)}


def _help(info: FieldInfo) -> dict[str, Any]:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return {"help": info.description or "", "unit": extra.get("unit", "")}


def _control(path: str, info: FieldInfo) -> dict[str, Any]:
    known = _choices(path) or _literals(info.annotation)
    limits = {key: getattr(item, key) for item in info.metadata for key in ("ge", "le") if hasattr(item, key)}
    if path.endswith(".palette"):
        return {"kind": "toggles", "options": [{"name": one, "colour": element_colour(one)} for one in ELEMENTS]}
    if path.endswith(".structure"):
        return {"kind": "blocks", "options": list(SECTION_NAMES)}
    if path.endswith(".references"):
        return {"kind": "many", "options": known}
    if path.endswith(".inserts"):
        return {"kind": "inserts", "options": list(ELEMENTS)}
    if (by_section := _by_section(path, info)) is not None:
        return {"kind": "sections", "places": list(SECTION_NAMES), **by_section}
    if info.annotation is bool:
        return {"kind": "flag"}
    if known:
        return {"kind": "choice", "options": known}
    if "ge" in limits:
        whole = "int" in str(info.annotation)
        step = 1.0 if whole or limits["le"] - limits["ge"] > 20 else 0.01
        return {"kind": "number", "low": limits["ge"], "high": limits["le"], "step": step, "whole": whole}
    return {"kind": "text"}


def _by_section(path: str, info: FieldInfo) -> dict[str, Any] | None:
    """What is stated of sections by name: the control of one value, `song` where the whole song may have one."""
    name = path.rsplit(".", 1)[-1]
    if name == "chords":
        return {"each": "text", "song": True, "example": "i VI III VII"}
    mapping = next((one for one in get_args(info.annotation) if get_origin(one) is dict), None)
    if mapping is None:
        return None
    value = get_args(mapping)[1]
    if name == "section_keys":
        return {"each": "choice", "options": _choices("key"), "like": "parameters.technical.key"}
    if known := _literals(value):
        return {"each": "choice", "options": known, "like": ""}
    limits = {key: getattr(item, key) for item in _limits(value) for key in ("ge", "le") if hasattr(item, key)}
    like = "parameters.technical.tempo" if name == "section_tempos" else ""
    step = 1 if name == "section_bars" else 0.1
    return {"each": "number", "low": limits["ge"], "high": limits["le"], "step": step, "start": 8, "like": like}


def _limits(annotation: Any) -> Iterator[Any]:
    """Metadata of an annotated type, those of pydantic's own fields inside too."""
    for item in getattr(annotation, "__metadata__", ()):
        yield item
        yield from getattr(item, "metadata", ())


def _choices(path: str) -> list[Any]:
    name = path.rsplit(".", 1)[-1]
    if name == "key":
        return [f"{tonic} {mode}" for mode in SCALES for tonic in _TONICS]
    if name == "processing_style":
        return [*PROCESSING_STYLES, *user_style_names()]
    if name == "references":
        return list(ReferenceLibrary().ids())
    return list(list_styles()) if name == "style" else []


def _literals(annotation: Any) -> list[Any]:
    if isinstance(annotation, str | int) and not isinstance(annotation, bool):
        return [annotation]
    text = str(annotation)
    if "Literal" not in text or "dict" in text or "tuple" in text:
        return []
    return [value for inner in get_args(annotation) for value in _literals(inner)]


def _patches() -> list[dict[str, Any]]:
    help_ = str(SoundDesign.model_fields["patches"].description)
    return [
        {
            "group": "Sound", "path": f"parameters.sound_design.patches.{element}", "label": f"{element} sound",
            "help": help_, "unit": "", "kind": "choice", "options": list(list_patches(element)),
        }
        for element in ELEMENTS
    ]  # fmt: skip


def _starting() -> list[dict[str, Any]]:
    starters = [
        _plain("Start", name, name, kind="choice", options=list(list_starters(name))) for name in ("preset", "template")
    ]
    return list(starters)


def _networks() -> list[dict[str, Any]]:
    """The network of each element: those of one's own by name; left open the shipped one."""
    field = _plain("Networks", "models", "")
    return [
        {**field, "path": f"models.{element}", "label": f"{element} network", "kind": "choice", "open": "shipped",
         "options": list_names(element)}
        for element in SPECS
    ]  # fmt: skip


def _plain(group: str, path: str, label: str, **control: Any) -> dict[str, Any]:
    """A field of the request itself."""
    return {"group": group, "path": path, "label": label, **_help(GenerationRequest.model_fields[path]), **control}


def _macros() -> list[dict[str, Any]]:
    control = {"group": "Macros", "unit": "", "kind": "number", "low": -1.0, "high": 1.0, "step": 0.05, "whole": False}
    return [
        {**control, "path": f"macros.{name}", "label": name, "help": load_macro(name).description}
        for name in list_macros()
    ]
