"""The edit `notes` as data: notes to add, to remove and to change, each by its place in the bars."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from workbench.domain.element_names import ElementName
from workbench.domain.errors import ParameterError, did_you_mean
from workbench.domain.request_errors import shown
from workbench.domain.request_fields import Whole
from workbench.domain.song import DRUM_ROLES
from workbench.editing.edit_base import BaseEdit

MOST_NOTES = 4096
"""Notes that one edit may name under each of its fields."""
_BAR: dict[str, Any] = {"ge": 1, "le": 100_000, "description": "Bar, counted from 1."}
_BEAT: dict[str, Any] = {
    "ge": 1,
    "le": 32,
    "description": "Place in the bar in quarter notes, the first is 1.",
    "json_schema_extra": {"unit": "quarter notes"},
}
_LENGTH: dict[str, Any] = {
    "ge": 1 / 64,
    "le": 256,
    "description": "Length in quarter notes.",
    "json_schema_extra": {"unit": "quarter notes"},
}
_VELOCITY: dict[str, Any] = {"ge": 1, "le": 127, "description": "Velocity, from 1, soft, to 127, hard."}
_SHIFT: dict[str, Any] = {
    "ge": -0.5,
    "le": 0.5,
    "description": "Human deviation from the grid, as score.json tells it.",
    "json_schema_extra": {"unit": "quarter notes"},
}
_PITCH_HELP = "MIDI number; of percussion a General MIDI drum note, or a role such as 'snare'."
_WANTED = f"expected a MIDI number from 0 to 127, or a drum role: {', '.join(DRUM_ROLES)}"


def _pitch(value: Any) -> Any:
    if isinstance(value, str):
        if value.strip() in DRUM_ROLES:
            return value.strip()
        raise ParameterError(f"{shown(value)} is not known{did_you_mean(value, DRUM_ROLES)}: {_WANTED}")
    if isinstance(value, bool) or not isinstance(value, int | float) or not float(value).is_integer():
        raise ParameterError(f"{shown(value)} is no pitch: {_WANTED}")
    if not 0 <= value <= 127:
        raise ParameterError(f"{shown(value)} is outside the range: {_WANTED}")
    return int(value)


Pitch = Annotated[int | str, BeforeValidator(_pitch)]


class NamedNote(BaseEdit):
    """A note that is there, by its place on the grid and its pitch."""

    bar: Whole = Field(**_BAR)
    beat: float = Field(**_BEAT)
    pitch: Pitch = Field(description=_PITCH_HELP)


class NewNote(NamedNote):
    """A note to add."""

    length_beats: float = Field(1.0, **_LENGTH)
    velocity: Whole = Field(90, **_VELOCITY)
    shift_beats: float | None = Field(None, **_SHIFT)


class NoteValues(BaseEdit):
    """What of a note becomes another; what is not named stays as it is, the deviation from the grid too."""

    bar: Whole | None = Field(None, **_BAR)
    beat: float | None = Field(None, **_BEAT)
    length_beats: float | None = Field(None, **_LENGTH)
    pitch: Pitch | None = Field(None, description=_PITCH_HELP)
    velocity: Whole | None = Field(None, **_VELOCITY)
    shift_beats: float | None = Field(None, **_SHIFT)

    @model_validator(mode="after")
    def _names_something(self) -> NoteValues:
        if not self.model_dump(exclude_none=True):
            raise ParameterError("names nothing: expected a bar, beat, length_beats, pitch, velocity or shift_beats")
        return self


class NoteChange(NamedNote):
    """A note that is there, and what becomes of it."""

    to: NoteValues = Field(description="The values that become others.")


class Notes(BaseEdit):
    """Write notes by hand: those that are named are removed or changed, then new ones are added.

    Names mean the notes as they are before the edit. The bass and leads play one note at a time, and no element strikes
    a pitch that still sounds: a note that reaches into the next one ends where that begins.
    """

    edit: Literal["notes"] = "notes"
    element: ElementName = Field(description="Whose notes; an element that is not in the song comes in.")
    add: tuple[NewNote, ...] | None = Field(None, strict=False, max_length=MOST_NOTES, description="New notes.")
    remove: tuple[NamedNote, ...] | None = Field(
        None, strict=False, max_length=MOST_NOTES, description="Notes that go, each by bar, beat and pitch."
    )
    change: tuple[NoteChange, ...] | None = Field(
        None, strict=False, max_length=MOST_NOTES, description="Notes that stay, with what of them becomes another."
    )

    @model_validator(mode="after")
    def _asks_for_something(self) -> Notes:
        if not (self.add or self.remove or self.change):
            raise ParameterError("expected notes to add, to remove or to change, got none")
        return self
