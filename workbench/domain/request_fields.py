"""What single fields of a request may hold: names, keys, chords, tempi, bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from workbench.domain.chord_lines import chords_of
from workbench.domain.deliveries import DELIVERIES
from workbench.domain.paths import MODEL_NAME
from workbench.domain.roman import parse_chord
from workbench.domain.song import parse_section_name, parse_section_reference
from workbench.domain.theory import Key

AudioFormat = Literal["wav", "aiff", "flac", "mp3"]
SampleRate = Literal[44100, 48000, 88200, 96000]
if TYPE_CHECKING:
    DeliveryName: TypeAlias = str
else:
    DeliveryName = Literal[DELIVERIES]

_ANY_KEY = Key(0, "major")
"""Degrees are read in the song's key once it is known; whether they can be read does not depend on it."""


def _check_chord_text(text: str) -> str:
    for symbol in chords_of(text):
        parse_chord(symbol, _ANY_KEY)
    return text


def _chord_form(value: Any) -> str | None:
    return "text" if isinstance(value, str) else "by section" if isinstance(value, dict) else None


def whole(value: Any) -> Any:
    """JSON knows one kind of number: 2.0 is as whole as 2."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


KeyText = Annotated[str, Field(max_length=40), AfterValidator(lambda text: str(Key.parse(text)))]
SectionName = Annotated[str, Field(max_length=40), AfterValidator(parse_section_name)]
ChordText = Annotated[str, Field(max_length=4000), AfterValidator(_check_chord_text)]
SectionReference = Annotated[str, Field(max_length=40), AfterValidator(parse_section_reference)]
FeelName = Literal["normal", "half-time", "double-time"]
Chords = Annotated[
    Annotated[ChordText, Tag("text")] | Annotated[dict[SectionReference, ChordText], Tag("by section")],
    Discriminator(_chord_form),
]
Whole = Annotated[int, BeforeValidator(whole)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", min_length=1, max_length=120)]
Bars = Annotated[Whole, Field(ge=1, le=128, json_schema_extra={"unit": "bars"})]
Tempo = Annotated[float, Field(ge=40, le=240, json_schema_extra={"unit": "BPM"})]
MacroAmount = Annotated[float, Field(ge=-1, le=1)]
ModelName = Annotated[str, Field(pattern=MODEL_NAME, min_length=1, max_length=64)]
