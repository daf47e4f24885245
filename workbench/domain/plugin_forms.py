"""Plug-ins as requests and edits name them: parameters that stand or move, and whether the effect is heard."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from workbench.domain.automation import Lane, Point
from workbench.domain.errors import ParameterError
from workbench.domain.moves import Insert, PluginSettings
from workbench.domain.request_fields import whole

MOST_INSERTS = 8
MOST_POINTS = 4096


def _form(value: Any) -> str | None:
    if isinstance(value, bool):
        return None
    return (
        "a number" if isinstance(value, int | float) else "a word" if isinstance(value, str)
        else "a list of points" if isinstance(value, list | tuple) else None
    )  # fmt: skip


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, strict=True, allow_inf_nan=False)


class AutomationPoint(_Form):
    """Where a parameter stands at a place of the song."""

    bar: Annotated[int, BeforeValidator(whole)] = Field(ge=1, le=100_000, description="Bar, counted from 1.")
    beat: float = Field(
        1.0,
        ge=1,
        le=32,
        description="Place in the bar in quarter notes, the first is 1.",
        json_schema_extra={"unit": "quarter notes"},
    )
    value: float | str = Field(description="Number in the unit that the plug-in shows, or one of its words.")
    hold: bool = Field(False, description="Stay there and leap to the next point, instead of a straight line to it.")


Points = Annotated[tuple[AutomationPoint, ...], Field(strict=False, min_length=1, max_length=MOST_POINTS)]
PluginSetting = Annotated[
    Annotated[float, Tag("a number")] | Annotated[str, Tag("a word")] | Annotated[Points, Tag("a list of points")],
    Discriminator(
        _form, custom_error_type="setting_form", custom_error_message="expected a number, a word or a list of points"
    ),
]
"""A value, or the points over which it moves."""


class PluginInsert(_Form):
    """A plug-in effect in a channel."""

    plugin: str = Field(min_length=1, max_length=200, description="Name, as `beatsfoundry plugins` lists it.")
    settings: dict[str, PluginSetting] = Field(
        {},
        max_length=200,
        description="Parameters by name, each a value or a list of points; the others stay where the plug-in begins.",
    )
    bypass: bool = Field(False, description="Leave it out of the sound, and keep its settings.")

    @model_validator(mode="after")
    def _ordered(self) -> PluginInsert:
        plugin_settings(self.settings)
        return self


Inserts = Annotated[tuple[PluginInsert, ...], Field(strict=False, min_length=1, max_length=MOST_INSERTS)]
"""The effects of a channel, in their order."""


def plugin_settings(settings: dict[str, Any]) -> PluginSettings:
    """Settings of a form as the values that songs hold.

    Raises
    ------
    ParameterError
        If points do not stand in the order of their places.
    """
    return {name: _lane(name, one) if isinstance(one, tuple) else one for name, one in settings.items()}


def insert_of(form: PluginInsert) -> Insert:
    """The insert that a form names."""
    return Insert(form.plugin, plugin_settings(form.settings), form.bypass)


def _lane(name: str, points: tuple[AutomationPoint, ...]) -> Lane:
    places = [(point.bar, point.beat) for point in points]
    if places != sorted(places):
        raise ParameterError(f"{name}: expected points in the order of their places")
    return tuple(Point(point.bar, point.value, point.beat, point.hold) for point in points)
