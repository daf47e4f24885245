"""The edits as data: what can be asked of a finished song, each field with its range, in JSON or in Python.

A place is `section` ("verse 2"; "verse" means every verse) or `bars` (first and last, counted from 1); without either
it is the whole song. An edit without `element` is for every element that plays there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, TypeAdapter, ValidationError, model_validator

from workbench.domain.element_names import ComposedName, ElementName, PitchedName
from workbench.domain.elements import ELEMENTS, PITCHED_ELEMENTS
from workbench.domain.errors import ParameterError, did_you_mean, reason
from workbench.domain.plugin_forms import MOST_INSERTS, PluginInsert, PluginSetting
from workbench.domain.request_errors import explain, finite, shown, without_duplicates
from workbench.domain.request_fields import ChordText, Whole
from workbench.editing.edit_base import BaseEdit, Drawn, PatchName, Placed, SectionText, TrackName
from workbench.editing.note_edit import Notes

if TYPE_CHECKING:
    Role: TypeAlias = str
else:
    Role = Literal[("melody", "chords", "drums", *ELEMENTS)]

LOWEST_BPM, HIGHEST_BPM = 40, 240
"""Tempi that can be asked for, in quarter notes a minute."""


class Regenerate(Placed, Drawn):
    """Compose anew: an element, a section, bars, or an element there; harmony takes what lies over it along."""

    edit: Literal["regenerate"] = "regenerate"
    element: ComposedName | None = Field(None, description="Element, or harmony; all that play there if left out.")


class Vary(Placed, Drawn):
    """Compose a share of the bars anew, so that the music stays recognisable."""

    edit: Literal["vary"] = "vary"
    element: ElementName | None = Field(None, description="Element; all that play there if left out.")
    strength: float = Field(0.5, gt=0, le=1, description="Share of the bars that are written anew, above 0 to 1.")


class Lock(Placed):
    """Hold the notes and the sound of an element: what names it is refused, what is meant for all leaves it alone."""

    edit: Literal["lock"] = "lock"
    element: ComposedName | None = Field(None, description="Element, or harmony; everything if left out.")


class Unlock(Placed):
    """Let go of what was locked."""

    edit: Literal["unlock"] = "unlock"
    element: ComposedName | None = Field(None, description="Element, or harmony; everything if left out.")


class Transpose(Placed):
    """Move pitches: of the whole song with key and chords, of a place with its chords, or of one element alone.

    An element keeps to what instruments play: the bass to MIDI 23 to 108 (B0 to C8), pads and leads to 21 to 108 (A0 to
    C8). Alone it is refused where it would leave its range; with the others it moves by whole octaves less.
    """

    edit: Literal["transpose"] = "transpose"
    semitones: Whole = Field(
        ge=-24, le=24, description="Up, or down if negative.", json_schema_extra={"unit": "semitones"}
    )
    element: PitchedName | None = Field(None, description="Pitched element; all, with the chords, if left out.")


class Tempo(BaseEdit):
    """Play the same notes faster or slower: the whole song, sections of their own tempo in proportion, or a section."""

    edit: Literal["tempo"] = "tempo"
    section: SectionText | None = Field(None, description="Section such as 'verse 2'; the whole song if left out.")
    bpm: float = Field(
        ge=LOWEST_BPM, le=HIGHEST_BPM, description="Tempo in quarter notes a minute.", json_schema_extra={"unit": "BPM"}
    )


class ChangePatch(BaseEdit):
    """Play an element on another patch, or percussion on another kit; refused while any bar of it is locked."""

    edit: Literal["patch"] = "patch"
    element: ElementName
    patch: PatchName = Field(description="Name of a patch, or of a kit.")


class Sound(BaseEdit):
    """Set parameters of an element's patch or kit by hand; those that were set before stay as they were set."""

    edit: Literal["sound"] = "sound"
    element: ElementName
    settings: dict[str, PluginSetting] = Field(
        min_length=1,
        max_length=200,
        description="Values by dotted name, such as {'filter.cutoff_hz': 800, 'oscillators.0.wave': 'saw'}; "
        "of a plug-in also points over which a parameter moves.",
    )


class EqBand(BaseEdit):
    """One band of a channel's own equaliser."""

    kind: Literal["peak", "low_shelf", "high_shelf", "low_pass", "high_pass", "notch"] = "peak"
    frequency_hz: float = Field(ge=20, le=20000, description="Centre or corner.", json_schema_extra={"unit": "Hz"})
    gain_db: float = Field(0.0, ge=-24, le=24, description="Of peaks and shelves.", json_schema_extra={"unit": "dB"})
    q: float = Field(0.7071, ge=0.1, le=20, description="Quality factor: higher is narrower.")


class Mix(BaseEdit):
    """Move a channel of the desk, or choose another processing style; what is not named stays as it is."""

    edit: Literal["mix"] = "mix"
    element: ElementName | None = Field(None, description="Whose channel; left out for the processing style.")
    gain_db: float | None = Field(
        None, ge=-48, le=24, description="Fader, 0 is as the profile has it.", json_schema_extra={"unit": "dB"}
    )
    pan: float | None = Field(None, ge=-1, le=1, description="From -1, left, to 1, right.")
    mute: bool | None = Field(None, description="Silence on the desk; its notes stay.")
    eq: tuple[EqBand, ...] | None = Field(
        None, strict=False, max_length=16, description="Bands after the profile's own, in place of earlier ones."
    )
    reverb_send_db: float | None = Field(
        None, ge=-60, le=12, description="Send to the reverb.", json_schema_extra={"unit": "dB"}
    )
    delay_send_db: float | None = Field(
        None, ge=-60, le=12, description="Send to the delay.", json_schema_extra={"unit": "dB"}
    )
    inserts: tuple[PluginInsert, ...] | None = Field(
        None,
        strict=False,
        max_length=MOST_INSERTS,
        description="Plug-in effects before the channel, in place of earlier ones.",
    )
    processing_style: str | None = Field(
        None, min_length=1, max_length=60, description="Processing style of the whole song."
    )


class ChangeStyle(Drawn):
    """Write one element in another style; the rest of the song stays in its own."""

    edit: Literal["style"] = "style"
    element: ElementName
    style: str = Field(min_length=1, max_length=60, description="Name of a style.")
    keep_patch: bool = Field(False, description="Keep the sound, and change the notes only.")


class Mute(Placed):
    """Silence an element; its notes are kept for `unmute`. What began before a place rings out."""

    edit: Literal["mute"] = "mute"
    element: ElementName


class Unmute(Placed):
    """Bring the very notes back that were muted."""

    edit: Literal["unmute"] = "unmute"
    element: ElementName


class Add(Placed, Drawn):
    """Compose an element that does not play there yet, to what stands."""

    edit: Literal["add"] = "add"
    element: ElementName
    patch: PatchName | None = Field(None, description="Patch or kit; the style's if left out.")
    style: str | None = Field(None, min_length=1, max_length=60, description="Style, if not the song's.")


class Drop(BaseEdit):
    """Take an element out of the song."""

    edit: Literal["drop"] = "drop"
    element: ElementName


class Extend(Drawn):
    """Make a section longer: its music goes on, and its last bar stays the last."""

    edit: Literal["extend"] = "extend"
    section: SectionText
    bars: Whole = Field(ge=1, le=128, description="Bars to add.", json_schema_extra={"unit": "bars"})
    strength: float = Field(0.5, ge=0, le=1, description="Share of the added bars that are written anew.")


class Shorten(BaseEdit):
    """Make a section shorter: bars before its last are taken out."""

    edit: Literal["shorten"] = "shorten"
    section: SectionText
    bars: Whole = Field(ge=1, le=128, description="Bars to take out.", json_schema_extra={"unit": "bars"})


class Reorder(BaseEdit):
    """Put the sections in another order; one may come twice, or be left out."""

    edit: Literal["reorder"] = "reorder"
    sections: tuple[SectionText, ...] = Field(
        strict=False,
        min_length=1,
        max_length=64,
        description="Every section in its new place, such as ['intro', 'verse 2', 'chorus'].",
        json_schema_extra={"expected": 'a list of sections such as ["intro", "verse 2", "chorus"]'},
    )


class Loop(Placed):
    """Cut to a place, or keep the whole song, and let its end flow into its beginning without a seam."""

    edit: Literal["loop"] = "loop"


class Chords(Placed, Drawn):
    """State the chords of a place; bass, pads and leads are composed anew over them."""

    edit: Literal["chords"] = "chords"
    chords: ChordText = Field(description="Chord symbols, bars parted by '|'.")


class Import(Drawn):
    """Take a melody, chords or drums from a MIDI file, and compose the rest around them."""

    edit: Literal["import"] = "import"
    file: str = Field(min_length=1, max_length=4000, description="A standard MIDI file.")
    role: Role = Field(
        description="What the file holds. The name of an element means a melody for it, percussion means drums."
    )
    element: PitchedName = Field("leads", description="Which element plays a melody.")
    bar: Whole = Field(1, ge=1, description="Bar where it begins, counted from 1.")
    track: TrackName | None = Field(
        None,
        description="Which of the file's tracks with notes, by number from 1 or by name; each channel counts.",
        json_schema_extra={"expected": "a whole number from 1, or the name of a track"},
    )
    semitones: Whole = Field(0, ge=-48, le=48, description="Transposition.", json_schema_extra={"unit": "semitones"})
    around: bool = Field(True, description="Compose the other elements anew there, to fit.")
    sha256: str | None = Field(None, pattern="^[0-9a-f]{64}$", description="The file that is meant; filled in.")

    @model_validator(mode="before")
    @classmethod
    def _element_as_role(cls, fields: Any) -> Any:
        """A melody for the bass, where the role is its name."""
        role = fields.get("role") if isinstance(fields, dict) else None
        if role in ELEMENTS and role not in PITCHED_ELEMENTS:
            return {**fields, "role": "drums"}
        if role not in PITCHED_ELEMENTS:
            return fields
        if fields.get("element", role) != role:
            raise ValueError("role and element name different elements: expected one")
        return {**fields, "role": "melody", "element": role}


class Remix(BaseEdit):
    """Set the desk anew for all stems together; edits before it leave it as it stands."""

    edit: Literal["remix"] = "remix"


Edit: TypeAlias = (
    Regenerate | Vary | Lock | Unlock | Transpose | Tempo | ChangePatch | Sound | Mix | ChangeStyle | Mute | Unmute
    | Add | Drop | Extend | Shorten | Reorder | Loop | Chords | Notes | Import | Remix
)  # fmt: skip
KINDS: dict[str, type[Edit]] = {str(kind.model_fields["edit"].default): kind for kind in Edit.__args__}
"""Every edit by its name."""

_LIST: TypeAdapter[Any] = TypeAdapter(list[Annotated[Edit, Discriminator("edit")]])


def parse_edits(data: Any) -> tuple[Edit, ...]:
    """Validate a list of edits.

    Parameters
    ----------
    data : sequence
        Each an edit already, or a mapping in the JSON form.

    Returns
    -------
    tuple of Edit
        In their order.

    Raises
    ------
    ParameterError
        One line that names the edit, the field, what came and what was expected.

    Examples
    --------
    >>> parse_edits([{"edit": "tempo", "bpm": 300}])
    Traceback (most recent call last):
    workbench.domain.errors.ParameterError: edit 1 (tempo): bpm: 300 is above the limit; expected 40 to 240 BPM
    """
    if isinstance(data, Mapping) and set(data) == {"edits"}:
        data = data["edits"]  # as the HTTP API takes them
    if isinstance(data, Mapping) and "edit" in data:
        data = [data]
    if isinstance(data, str) or not isinstance(data, Sequence):
        raise ParameterError(
            f'edits: expected a list such as [{{"edit": "drop", "element": "pads"}}], got {shown(data)}'
        )
    if not data:
        raise ParameterError("edits: the list is empty, so there is nothing to change")
    return tuple(_parse_edit(item, number) for number, item in enumerate(data, start=1))


def parse_edits_text(text: str, name: str = "edits") -> tuple[Edit, ...]:
    """Validate JSON text; `name` stands for it in messages.

    Raises
    ------
    ParameterError
        If the text is not JSON, or holds no valid edits.
    """
    try:
        data = json.loads(text, parse_constant=finite, object_pairs_hook=without_duplicates)
    except (ValueError, RecursionError) as error:
        raise ParameterError(f"{name} is not JSON: {error}") from None
    return parse_edits(data)


def load_edits(path: str | Path) -> tuple[Edit, ...]:
    """Read edits from a JSON file; MIDI files that they name lie relative to it.

    Raises
    ------
    ParameterError
        If the file is missing or does not hold valid edits.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        what = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else reason(error)
        raise ParameterError(f"edits file {path} cannot be read: {what}") from None
    here = Path(path).parent
    edits = parse_edits_text(text, f"edits file {path}")
    return tuple(
        edit.model_copy(update={"file": str(here / edit.file)}) if isinstance(edit, Import) else edit for edit in edits
    )


def edits_schema() -> dict[str, Any]:
    """The JSON schema of a list of edits."""
    return _LIST.json_schema()


def _parse_edit(item: Any, number: int) -> Edit:
    if isinstance(item, BaseEdit):
        return item  # type: ignore[return-value]
    if not isinstance(item, dict):
        raise ParameterError(f"edit {number}: expected an object with the field edit, got {shown(item)}")
    name = item.get("edit")
    if not isinstance(name, str) or name not in KINDS:
        hint = did_you_mean(str(name), KINDS)
        raise ParameterError(f"edit {number}: {shown(name)} is not known{hint}: expected one of {', '.join(KINDS)}")
    try:
        return KINDS[name].model_validate(item)
    except ValidationError as error:
        fault = explain(error.errors(include_url=False), KINDS[name])
        raise ParameterError(f"edit {number} ({name}): {fault}") from None
