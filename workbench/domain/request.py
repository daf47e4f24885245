"""The request: the published JSON form, extended with optional fields only.

Its ranges, units and descriptions are the one source for validation, the JSON schema, sliders and documentation.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from workbench.domain.element_names import ComposedName, ElementName
from workbench.domain.elements import ELEMENTS, USUAL_ELEMENTS
from workbench.domain.errors import ParameterError, reason
from workbench.domain.plugin_forms import Inserts
from workbench.domain.request_errors import explain, finite, shown, without_duplicates
from workbench.domain.request_fields import (
    AudioFormat,
    Bars,
    Chords,
    DeliveryName,
    FeelName,
    Identifier,
    KeyText,
    MacroAmount,
    ModelName,
    SampleRate,
    SectionName,
    SectionReference,
    Tempo,
    Whole,
)
from workbench.domain.song import SECTION_NAMES, check_sections
from workbench.domain.theory import METRES, Metre

_BY_SECTION = ("section_bars", "section_tempos", "section_keys", "section_feels")
PROCESSING_STYLES = ("warm", "clean", "bright", "dark", "lo-fi", "aggressive", "wide", "vintage")


def _expected(words: str) -> dict[str, Any]:
    return {"expected": words}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, strict=True, allow_inf_nan=False)


class Creative(_Frozen):
    """What the music is about."""

    concept: str = Field(
        min_length=1,
        max_length=4000,
        description="Description of the creative concept, free text.",
        json_schema_extra=_expected("a description of the music in a few words"),
    )
    mood: str | None = Field(
        None,
        min_length=1,
        max_length=400,
        description="Emotional target, free text.",
        json_schema_extra=_expected("a few words of feeling, such as 'calm and hopeful'"),
    )
    references: tuple[Identifier, ...] = Field(
        (),
        strict=False,
        max_length=16,
        description="Ids of tracks in the reference library.",
        json_schema_extra=_expected("a list of ids of reference tracks"),
    )
    reference_weight: float = Field(
        1.0,
        ge=0,
        le=1,
        description="How far the references move tempo, key, brightness, width, dynamics and density: 0 not, 1 wholly.",
    )
    style: Identifier | None = Field(
        None,
        description="Style by name, whatever the concept says.",
        json_schema_extra=_expected("the name of a style such as 'house'"),
    )


class Technical(_Frozen):
    """What can be counted. Whatever is left out, the translation decides."""

    tempo: float | None = Field(
        None, ge=40, le=240, description="Tempo in quarter notes a minute.", json_schema_extra={"unit": "BPM"}
    )
    key: KeyText | None = Field(
        None,
        description="Tonic and mode, such as 'F minor' or 'D dorian'.",
        json_schema_extra=_expected("a key such as 'F minor'"),
    )
    duration: float | None = Field(
        None,
        ge=4,
        le=900,
        description="Length in seconds, without the last tail.",
        json_schema_extra={"unit": "seconds"},
    )
    structure: tuple[SectionName, ...] | None = Field(
        None,
        strict=False,
        min_length=1,
        max_length=64,
        description=f"Section names in order: {', '.join(SECTION_NAMES)}.",
        json_schema_extra=_expected('a list of section names such as ["intro", "verse", "chorus"]'),
    )
    metre: Literal["4/4", "3/4", "6/8", "9/8", "12/8", "5/4", "7/8", "7/4"] | None = Field(
        None, description=f"Time signature: {', '.join(METRES)}."
    )
    chords: Chords | None = Field(
        None,
        description="Chord symbols or degrees ('i VI III VII', 'G7b9', 'N.C.' for none), bars parted by '|' "
        "(one a bar without it), for the whole song or by section name; 'chorus 2' means the second one only.",
        json_schema_extra=_expected("chords such as 'Fm | Db Eb | Ab', or an object with such a line by section name"),
    )
    section_bars: dict[SectionReference, Bars] | None = Field(
        None,
        description="Bars of sections by name ('chorus', or 'chorus 2' for the second one only).",
        json_schema_extra=_expected('an object such as {"chorus": 8}'),
    )
    section_tempos: dict[SectionReference, Tempo] | None = Field(
        None,
        description="Tempo of sections that have their own, by name, in quarter notes a minute.",
        json_schema_extra=_expected('an object such as {"bridge": 80}'),
    )
    section_keys: dict[SectionReference, KeyText] | None = Field(
        None,
        description="Key of sections that have their own, by name.",
        json_schema_extra=_expected('an object such as {"chorus 3": "G minor"}'),
    )
    section_feels: dict[SectionReference, FeelName] | None = Field(
        None,
        description="Backbeat of sections at half or twice the pace, by name: normal, half-time, double-time.",
        json_schema_extra=_expected('an object such as {"bridge": "half-time"}'),
    )
    variation: float | None = Field(
        None, ge=0, le=1, description="How much comes back changed: 0 as it was, 1 much developed; 0.5 if left out."
    )
    swing: float | None = Field(
        None,
        ge=50,
        le=75,
        description="Place of the off 16th in its pair, percent.",
        json_schema_extra={"unit": "percent"},
    )

    def by_section(self) -> dict[str, Collection[str]]:
        """What is stated by section: the names that each field has."""
        chords = self.chords if isinstance(self.chords, dict) else {}
        return {"chords": chords} | {field: getattr(self, field) or {} for field in _BY_SECTION}


class SoundDesign(_Frozen):
    """How it sounds."""

    palette: tuple[ElementName, ...] = Field(
        USUAL_ELEMENTS,
        strict=False,
        min_length=1,
        max_length=len(ELEMENTS),
        description="Elements that play.",
        json_schema_extra=_expected(f"at least one of {', '.join(ELEMENTS)}"),
    )
    texture_density: float | None = Field(None, ge=0, le=1, description="How much happens at once, 0 sparse to 1 full.")
    processing_style: Identifier | None = Field(
        None,
        description=f"Colour of mix and master: {', '.join(PROCESSING_STYLES)}, "
        "or a style of your own in ~/.beatsfoundry/styles, by name.",
        json_schema_extra=_expected("the name of a processing style such as 'warm'") | {"examples": PROCESSING_STYLES},
    )
    patches: dict[ElementName, Annotated[str, Field(min_length=1, max_length=120)]] = Field(
        {},
        description="Patch (or drum kit) by element, by name.",
        json_schema_extra=_expected('an object such as {"bass": "sub-sine"}'),
    )
    inserts: dict[ElementName, Inserts] = Field(
        {},
        description="Plug-in effects by element, before its channel and in their order: name, settings (values, or "
        "points over bars), bypass.",
        json_schema_extra=_expected('an object such as {"bass": [{"plugin": "ZamComp", "settings": {"Ratio": 4}}]}'),
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(set(self.palette)) != len(self.palette):
            raise ParameterError(f"palette names an element twice: {', '.join(self.palette)}")
        for field, elements in (("patches", self.patches), ("inserts", self.inserts)):
            foreign = [element for element in elements if element not in self.palette]
            if foreign:
                raise ParameterError(f"{field} name {', '.join(foreign)}, which the palette does not hold")
        return self


class Parameters(_Frozen):
    """The three groups of parameters."""

    creative: Creative = Field(json_schema_extra=_expected("an object with a concept"))
    technical: Technical = Field(Technical(), json_schema_extra=_expected('an object such as {"tempo": 120}'))
    sound_design: SoundDesign = Field(
        SoundDesign(), json_schema_extra=_expected('an object such as {"palette": ["bass"]}')
    )


class Options(_Frozen):
    """What is delivered."""

    stem_export: bool = Field(True, description="Write one file for each element beside the master.")
    iterations: Whole = Field(1, ge=1, le=10, description="Candidates to make; the best becomes the master.")
    format: AudioFormat = Field("wav", description="Audio file format; mp3 is 320 kbit/s constant.")
    sample_rate: SampleRate = Field(48000, description="Sample rate in Hz.", json_schema_extra={"unit": "Hz"})
    bit_depth: Literal[16, 24] | None = Field(
        None, description="Bits a sample for wav, aiff and flac; 24 if left out.", json_schema_extra={"unit": "bits"}
    )
    delivery: DeliveryName | None = Field(
        None,
        description="Where the master goes, which sets its loudness and its true-peak ceiling; streaming if left out.",
    )
    target_loudness: float | None = Field(
        None,
        ge=-30,
        le=-6,
        description="Integrated loudness of the master in LUFS, whatever its delivery asks for.",
        json_schema_extra={"unit": "LUFS"},
    )
    seed: Whole = Field(0, ge=0, le=2**32 - 1, description="Seed; the same request and seed give the same bytes.")
    preview: bool = Field(False, description="Render faster at lower quality; the notes stay the same.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.format == "mp3" and self.sample_rate > 48000:
            raise ParameterError(
                f"mp3 has no sample rate of {self.sample_rate} Hz: use 44100 or 48000, or another format"
            )
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
    parameters: Parameters = Field(json_schema_extra=_expected("an object that holds creative with a concept"))
    options: Options = Field(Options(), json_schema_extra=_expected('an object such as {"format": "wav"}'))
    models: dict[ComposedName, ModelName] = Field(
        {},
        description="Fine-tuned network by element, by name; the shipped one for each that is left out.",
        json_schema_extra=_expected('an object such as {"bass": "my-adapter"}'),
    )
    preset: Identifier | None = Field(
        None,
        description="Preset by name: a kind of music; what the request or its text states wins over it.",
        json_schema_extra=_expected("the name of a preset; `beatsfoundry presets` lists them"),
    )
    template: Identifier | None = Field(
        None,
        description="Template by name: the form of a song; what the request or its text states wins over it.",
        json_schema_extra=_expected("the name of a template; `beatsfoundry presets` lists them"),
    )
    macros: dict[Identifier, MacroAmount] = Field(
        {},
        description="Controls that move many parameters, each -1 to 1: "
        "intensity, darkness, complexity, space, drive, humanise, and your own.",
        json_schema_extra=_expected('an object such as {"intensity": 0.5}, each from -1 to 1'),
    )

    @classmethod
    def from_concept(cls, concept: str, **options: Any) -> GenerationRequest:
        """A request with nothing but a concept; keyword arguments go to `options`."""
        return parse_request({"parameters": {"creative": {"concept": concept}}, "options": options})

    @model_validator(mode="after")
    def _fits(self) -> Self:
        technical = self.parameters.technical
        writing = ("harmony", *self.parameters.sound_design.palette)
        silent = [element for element in self.models if element not in writing]
        if silent:
            raise ParameterError(f"models name {', '.join(silent)}, which the palette does not hold")
        if technical.structure and technical.duration:
            bar_seconds = 60.0 / (technical.tempo or 240.0) * Metre.parse(technical.metre or "4/4").bar_beats
            if technical.duration < bar_seconds * len(technical.structure):
                raise ParameterError(
                    f"duration {technical.duration:g} s is too short for {len(technical.structure)} sections: "
                    f"expected at least one bar each, {bar_seconds * len(technical.structure):.1f} s"
                )
        if technical.structure:
            check_sections(technical.by_section(), technical.structure, "the structure")
        return self


def parse_request(data: Any) -> GenerationRequest:
    """Validate a mapping in the published form.

    Returns
    -------
    GenerationRequest

    Raises
    ------
    ParameterError
        One line that names each wrong field, the value that came and the range expected.

    Examples
    --------
    >>> parse_request({"parameters": {"creative": {"concept": "rain"}, "technical": {"tempo": 900}}})
    Traceback (most recent call last):
    workbench.domain.errors.ParameterError: parameters.technical.tempo: 900 is above the limit; expected 40 to 240 BPM
    """
    if not isinstance(data, dict):
        raise ParameterError(f"request: expected a JSON object, got {shown(data)}")
    try:
        return GenerationRequest.model_validate(data)
    except ValidationError as error:
        raise ParameterError(explain(error.errors(include_url=False), GenerationRequest)) from None


def parse_request_text(text: str, name: str = "request") -> GenerationRequest:
    """Validate JSON text, called `name` in messages; ParameterError also for NaN, Infinity and double fields."""
    try:
        data = json.loads(text, parse_constant=finite, object_pairs_hook=without_duplicates)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ParameterError(f"{name} is not JSON: {where}: {error.msg[:1].lower()}{error.msg[1:]}") from None
    except ValueError as error:
        raise ParameterError(f"{name} is not JSON: {error}") from None
    except RecursionError:
        raise ParameterError(f"{name} is not a request: its objects are nested too deeply") from None
    return parse_request(data)


def load_request(path: str | Path) -> GenerationRequest:
    """Read a request from a JSON file.

    Returns
    -------
    GenerationRequest

    Raises
    ------
    ParameterError
        If the file is missing, is not JSON, or does not hold a valid request.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ParameterError(f"request file {path} does not exist") from None
    except UnicodeDecodeError:
        raise ParameterError(f"request file {path} is not JSON: it is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        raise ParameterError(f"request file {path} cannot be read: {reason(error)}") from None
    return parse_request_text(text, f"request file {path}")


def request_schema() -> dict[str, Any]:
    """The JSON schema of a request, with a description, range and unit for each parameter."""
    schema = GenerationRequest.model_json_schema()
    # The description is for people who write requests: examples in Python are not.
    schema["description"] = schema["description"].split("\n\nExamples")[0]
    return schema
