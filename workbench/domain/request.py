"""The request: the published JSON form, extended with optional fields only.

Its ranges, units and descriptions are the one source for validation, the JSON schema, sliders and documentation.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from workbench.domain.errors import ParameterError
from workbench.domain.song import ELEMENTS, parse_section_name
from workbench.domain.theory import METRES, Chord, Key

ElementName = Literal["percussion", "bass", "pads", "leads"]
AudioFormat = Literal["wav", "aiff", "flac", "mp3"]
SampleRate = Literal[44100, 48000, 88200, 96000]
PROCESSING_STYLES = ("warm", "clean", "bright", "dark", "lo-fi", "aggressive", "wide", "vintage")


def _check_chord_text(text: str) -> str:
    for symbol in text.replace("|", " ").split():
        Chord.parse(symbol)
    if not text.replace("|", " ").split():
        raise ParameterError("chords are empty: write symbols such as 'Fm | Db Eb | Ab', one bar between the lines")
    return text


KeyText = Annotated[str, AfterValidator(lambda text: str(Key.parse(text)))]
SectionName = Annotated[str, AfterValidator(parse_section_name)]
ChordText = Annotated[str, AfterValidator(_check_chord_text)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", min_length=1, max_length=120)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Creative(_Frozen):
    """What the music is about."""

    concept: str = Field(min_length=1, max_length=4000, description="Description of the creative concept, free text.")
    mood: str | None = Field(None, min_length=1, max_length=400, description="Emotional target, free text.")
    references: tuple[Identifier, ...] = Field((), max_length=16, description="Ids of tracks in the reference library.")


class Technical(_Frozen):
    """What can be counted. Whatever is left out, the translation decides."""

    tempo: float | None = Field(None, ge=40, le=240, description="Tempo in quarter notes a minute.")
    key: KeyText | None = Field(None, description="Tonic and mode, such as 'F minor' or 'D dorian'.")
    duration: float | None = Field(None, ge=4, le=900, description="Length in seconds, without the last tail.")
    structure: tuple[SectionName, ...] | None = Field(
        None, min_length=1, max_length=64, description="Section names in order."
    )
    metre: Literal["4/4", "3/4"] | None = Field(None, description=f"Time signature: {', '.join(METRES)}.")
    chords: ChordText | dict[SectionName, ChordText] | None = Field(
        None, description="Chord symbols, bars parted by '|', for the whole song or by section name."
    )
    swing: float | None = Field(None, ge=50, le=75, description="Place of the off 16th in its pair, percent.")


class SoundDesign(_Frozen):
    """How it sounds."""

    palette: tuple[ElementName, ...] = Field(
        ELEMENTS, min_length=1, max_length=len(ELEMENTS), description="Elements that play."
    )
    texture_density: float | None = Field(None, ge=0, le=1, description="How much happens at once, 0 sparse to 1 full.")
    processing_style: Literal["warm", "clean", "bright", "dark", "lo-fi", "aggressive", "wide", "vintage"] | None = (
        Field(None, description="Colour of mix and master.")
    )
    patches: dict[ElementName, str] = Field({}, description="Patch (or drum kit) by element, by name.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(set(self.palette)) != len(self.palette):
            raise ParameterError(f"palette names an element twice: {', '.join(self.palette)}")
        foreign = [element for element in self.patches if element not in self.palette]
        if foreign:
            raise ParameterError(f"patches name {', '.join(foreign)}, which the palette does not hold")
        return self


class Parameters(_Frozen):
    """The three groups of parameters."""

    creative: Creative
    technical: Technical = Technical()
    sound_design: SoundDesign = SoundDesign()


class Options(_Frozen):
    """What is delivered."""

    stem_export: bool = Field(True, description="Write one file for each element beside the master.")
    iterations: int = Field(1, ge=1, le=10, description="Alternatives to make; the first is the master.")
    format: AudioFormat = Field("wav", description="Audio file format; mp3 is 320 kbit/s constant.")
    sample_rate: SampleRate = Field(48000, description="Sample rate in Hz.")
    bit_depth: Literal[16, 24] | None = Field(None, description="Bits a sample for wav, aiff and flac; 24 if left out.")
    target_loudness: float = Field(-14.0, ge=-30, le=-6, description="Integrated loudness of the master in LUFS.")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="Seed; the same request and seed give the same bytes.")
    preview: bool = Field(False, description="Render faster at lower quality; the notes stay the same.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.format == "mp3" and self.sample_rate > 48000:
            raise ParameterError(f"mp3 has no sample rate of {self.sample_rate} Hz: use 44100 or 48000, or another format")
        if self.format == "mp3" and self.bit_depth is not None:
            raise ParameterError("mp3 has no bit depth: leave bit_depth out, or use wav, aiff or flac")
        return self


class GenerationRequest(_Frozen):
    """Everything a user asks for. Only `parameters.creative.concept` has no default.

    Examples
    --------
    >>> request = GenerationRequest.from_concept("rainy lo-fi study beat")
    >>> request.options.format
    'wav'
    """

    project_id: Identifier = Field("untitled", description="Unique identifier of the project.")
    parameters: Parameters
    options: Options = Options()

    @classmethod
    def from_concept(cls, concept: str, **options: Any) -> GenerationRequest:
        """A request with nothing but a concept; keyword arguments go to `options`."""
        return parse_request({"parameters": {"creative": {"concept": concept}}, "options": options})

    @model_validator(mode="after")
    def _fits(self) -> Self:
        technical = self.parameters.technical
        if technical.structure and technical.duration:
            bar_seconds = 60.0 / (technical.tempo or 240.0) * (3 if technical.metre == "3/4" else 4)
            if technical.duration < bar_seconds * len(technical.structure):
                raise ParameterError(
                    f"duration {technical.duration:g} s is too short for {len(technical.structure)} sections: "
                    f"expected at least one bar each, {bar_seconds * len(technical.structure):.1f} s"
                )
        if isinstance(technical.chords, dict) and technical.structure:
            foreign = [name for name in technical.chords if name not in technical.structure]
            if foreign:
                raise ParameterError(f"chords name {', '.join(foreign)}, which the structure does not hold")
        return self


def parse_request(data: Any) -> GenerationRequest:
    """Validate a mapping in the published form.

    Raises
    ------
    ParameterError
        One line that names each wrong field, the value that came and the range expected.
    """
    if not isinstance(data, dict):
        raise ParameterError(f"request: expected a JSON object, got {type(data).__name__}")
    try:
        return GenerationRequest.model_validate(data)
    except ValidationError as error:
        raise ParameterError("; ".join(_explain(item) for item in error.errors(include_url=False))) from None


def load_request(path: str | Path) -> GenerationRequest:
    """Read a request from a JSON file.

    Raises
    ------
    ParameterError
        If the file is missing, is not JSON, or does not hold a valid request.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ParameterError(f"request file {path} does not exist") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(f"request file {path} cannot be read: {error}") from None
    except json.JSONDecodeError as error:
        raise ParameterError(f"request file {path} is not JSON: {error.msg} at line {error.lineno}") from None
    return parse_request(data)


def _explain(item: Any) -> str:
    field = ".".join(str(part) for part in item["loc"] if part != "function-after[_check_chord_text(), str]")
    message = item["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if item["type"] == "missing":
        return f"{field}: is required"
    if item["type"] == "extra_forbidden":
        return f"{field}: unknown field"
    if item["type"] == "value_error":
        return f"{field}: {message}" if field else message
    came = item["input"]
    shown = repr(came) if not isinstance(came, dict | list | tuple) or len(came) < 1 else f"{len(came)} items"
    return f"{field}: {message}, got {shown}"
