"""One decision each: the request wins, then the text, then mood, reference, style and default; each with a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workbench.concept.brief import Brief
from workbench.concept.chord_keys import key_of_chords
from workbench.concept.extraction import Extracted
from workbench.concept.phrases import join_words
from workbench.domain.chord_lines import chords_of
from workbench.domain.elements import ELEMENTS
from workbench.domain.plan import Decision, Source
from workbench.domain.request import PROCESSING_STYLES
from workbench.domain.roman import is_roman
from workbench.domain.theory import Chord, Key, Metre, parse_pitch_class
from workbench.domain.user_styles import unknown_style, user_style_names

_BRIGHTNESS = {
    "lydian": 0.9, "major": 0.7, "mixolydian": 0.4, "dorian": -0.1, "minor": -0.5, "phrygian": -0.8, "locrian": -1.0,
}  # fmt: skip
"""Modes from dark to bright on the scale of valence."""

Chords = str | Mapping[str, str]

_KEY_WEIGHT = 0.5
"""References give their key from this weight on."""


def decided(parameter: str, value: str, source: Source, reason: str, contradiction: str = "") -> Decision:
    """A decision whose reason ends with what speaks against it, unless it says so already."""
    added = "" if contradiction in reason else f"; {contradiction}"
    return Decision(parameter, value, source, reason + added, contradiction)


def quoted(extracted: Extracted[Any]) -> str:
    """What the text says, and how it was bent, as a reason."""
    return f"the text says '{extracted.words}'" + (f"; this is {extracted.note}" if extracted.note else "")


def overruled(extracted: Extracted[Any] | None, stated: object, brief: Brief, field: str) -> str:
    """What to tell where the text says something else than the request; empty if both agree."""
    if extracted is None or field in brief.origins or str(extracted.value) == str(stated):
        return ""
    return f"the text says '{extracted.words}', but the request wins"


def decide_metre(brief: Brief) -> tuple[Metre, Decision]:
    """Time signature."""
    stated, extracted = brief.request.parameters.technical.metre, brief.extracted.metre
    if stated:
        against = overruled(extracted, stated, brief, "metre")
        return Metre.parse(stated), decided("metre", stated, "stated", brief.why_stated("metre"), against)
    if extracted:
        return extracted.value, decided(
            "metre", str(extracted.value), "text", quoted(extracted), extracted.note or extracted.against
        )
    return Metre(), Decision("metre", "4/4", "default", "nothing asks for another metre")


def decide_key(brief: Brief) -> tuple[Key, Decision]:
    """Tonic and mode; the mode follows the mood among the style's, the tonic is drawn among the style's by the seed."""
    stated, extracted = brief.request.parameters.technical.key, brief.extracted.key
    if stated:
        key = Key.parse(stated)
        against = overruled(extracted, key, brief, "key") or _mode_contradiction(key.mode, brief)
        return key, decided("key", str(key), "stated", brief.why_stated("key"), against)
    if extracted:
        return extracted.value, decided(
            "key",
            str(extracted.value),
            "text",
            quoted(extracted),
            extracted.against or _mode_contradiction(extracted.value.mode, brief),
        )
    heard = _heard_key(brief)
    chords = given_chords(brief)
    if chords and _degrees_mode(chords):
        tonic = heard[0].tonic if heard else parse_pitch_class(_tonic(brief))
        key = Key(tonic, _degrees_mode(chords))
        return key, Decision(
            "key", str(key), "text" if brief.extracted.chords else "stated", "the given degrees stand in it"
        )
    if chords:
        key = key_of_chords([Chord.parse(symbol) for symbol in _symbols(chords)])
        return key, Decision(
            "key", str(key), "text" if brief.extracted.chords else "stated", "the given chords stand in it"
        )
    if brief.extracted.mode:
        tonic = heard[0].tonic if heard else parse_pitch_class(_tonic(brief))
        key = Key(tonic, brief.extracted.mode.value)
        whence = f"{heard[1]} gives the tonic" if heard else "the seed draws the tonic"
        against = _mode_contradiction(key.mode, brief)
        return key, decided("key", str(key), "text", f"{quoted(brief.extracted.mode)}; {whence}", against)
    if heard:
        return heard[0], Decision("key", str(heard[0]), "reference", f"the key of {heard[1]}")
    key = Key.parse(f"{_tonic(brief)} {_mode(brief)}")
    source = brief.moves.source(["valence"], "mood" if brief.mood.weight else "style")
    why = f"{key.mode} suits valence {brief.valence:+.2f} in {brief.style.spoken}; the seed draws the tonic"
    return key, Decision("key", str(key), source, why)


def given_chords(brief: Brief) -> Chords | None:
    """The chords that the request states, or else those of its text."""
    stated, extracted = brief.request.parameters.technical.chords, brief.extracted.chords
    return stated if stated is not None else extracted.value if extracted else None


def _symbols(chords: Chords) -> list[str]:
    lines = [chords] if isinstance(chords, str) else list(chords.values())
    return [symbol for line in lines for symbol in chords_of(line)]


def _degrees_mode(chords: Chords) -> str:
    """The mode that Roman numerals speak of: minor where the first degree is small; "" if there are none."""
    degrees = [symbol for symbol in _symbols(chords) if is_roman(symbol)]
    if not degrees:
        return ""
    return "minor" if any(re.match(r"i(?![iv])", symbol) for symbol in degrees) else "major"


def _tonic(brief: Brief) -> str:
    return brief.style.tonics[int(brief.generator("tonic").integers(len(brief.style.tonics)))]


def _heard_key(brief: Brief) -> tuple[Key, str] | None:
    """The key of the first reference that has one, and the reference's id."""
    if brief.reference_weight < _KEY_WEIGHT:
        return None
    return next(((Key.parse(profile.key), profile.id) for profile in brief.references if profile.key), None)


def _mode(brief: Brief) -> str:
    """The style's mode that lies best for the mood: usual weight times a bell around the valence."""

    def fit(mode: str) -> float:
        return brief.style.modes[mode] * float(np.exp(-2.0 * (_BRIGHTNESS[mode] - brief.valence) ** 2))

    return max(sorted(brief.style.modes), key=fit)


def _mode_contradiction(mode: str, brief: Brief) -> str:
    if brief.mood.weight and abs(_BRIGHTNESS[mode] - brief.valence) > 1.1:
        return f"the mood {brief.mood.describe()} would suggest another mode, but the statement wins"
    return ""


def decide_swing(brief: Brief) -> tuple[float, Decision]:
    """Swing in percent."""
    stated, extracted = brief.request.parameters.technical.swing, brief.extracted.swing_percent
    if stated is not None:
        against = overruled(extracted, stated, brief, "swing")
        return stated, decided("swing", f"{stated:g} %", "stated", brief.why_stated("swing"), against)
    if extracted:
        return extracted.value, decided("swing", f"{extracted.value:g} %", "text", quoted(extracted), extracted.against)
    value = float(np.clip(brief.style.groove.swing_percent + brief.moves.total("swing"), 50.0, 75.0))
    why = f"usual for {brief.style.spoken}" + brief.moves.because("swing")
    return value, Decision("swing", f"{value:g} %", brief.moves.source(["swing"], "style"), why)


def decide_palette(brief: Brief) -> tuple[tuple[str, ...], Decision]:
    """Elements that play, in the order of composition."""
    sound, extracted = brief.request.parameters.sound_design, brief.extracted.palette
    stated = tuple(element for element in ELEMENTS if element in sound.palette)
    if "palette" in sound.model_fields_set:
        against = overruled(extracted, stated, brief, "palette")
        return stated, decided("palette", join_words(stated), "stated", brief.why_stated("palette"), against)
    if extracted:
        return extracted.value, decided(
            "palette", join_words(extracted.value), "text", quoted(extracted), extracted.note or extracted.against
        )
    return stated, Decision("palette", join_words(stated), "default", "nothing is left out, so every element plays")


def decide_density(brief: Brief) -> tuple[float, Decision]:
    """Texture density, 0 to 1."""
    stated, extracted = brief.request.parameters.sound_design.texture_density, brief.extracted.texture_density
    if stated is not None:
        against = overruled(extracted, stated, brief, "texture_density")
        why = brief.why_stated("texture_density")
        return stated, decided("texture_density", f"{stated:g}", "stated", why, against)
    if extracted:
        return extracted.value, decided(
            "texture_density", f"{extracted.value:g}", "text", quoted(extracted), extracted.against
        )
    usual = brief.style.texture_density
    felt = 0.25 * (brief.arousal - brief.style.arousal)
    value = round(float(np.clip(usual + felt + brief.moves.total("texture_density"), 0.05, 1.0)), 2)
    why = f"usual for {brief.style.spoken}"
    source: Source = "style"
    if brief.mood.weight and round(felt, 2):
        source, why = "mood", f"{why}, moved by arousal {brief.arousal:+.2f}"
    source = brief.moves.source(["texture_density"], source)
    return value, Decision("texture_density", f"{value:g}", source, why + brief.moves.because("texture_density"))


def decide_processing(brief: Brief) -> tuple[str, Decision]:
    """Colour of mix and master."""
    stated, extracted = brief.request.parameters.sound_design.processing_style, brief.extracted.processing_style
    if stated:
        if stated not in (*PROCESSING_STYLES, *user_style_names()):
            raise unknown_style(stated, PROCESSING_STYLES)
        against = overruled(extracted, stated, brief, "processing_style")
        return stated, decided("processing_style", stated, "stated", brief.why_stated("processing_style"), against)
    if extracted:
        return extracted.value, Decision("processing_style", extracted.value, "text", quoted(extracted))
    felt = _felt_colour(brief) if brief.mood.weight else None
    if felt:
        why = f"the mood {brief.mood.describe()} asks for it"
        return felt, Decision("processing_style", felt, "mood", why)
    value = brief.style.processing_style
    return value, Decision("processing_style", value, "style", f"usual for {brief.style.spoken}")


def _felt_colour(brief: Brief) -> str | None:
    """A colour where the mood lies far from the style's own."""
    valence, arousal = brief.mood.valence, brief.mood.arousal
    if abs(valence - brief.style.valence) < 0.35 and abs(arousal - brief.style.arousal) < 0.5:
        return None
    if valence <= -0.3:
        return "aggressive" if arousal >= 0.6 else "dark"
    if arousal <= -0.4:
        return "warm"
    return "bright" if valence >= 0.4 else None


def decide_patches(
    brief: Brief, palette: Sequence[str], named: dict[str, tuple[str, str]]
) -> tuple[dict[str, str], tuple[Decision, ...]]:
    """A patch (or kit) for each element: stated, named in the text, or drawn among the style's, typical ones first."""
    stated = brief.request.parameters.sound_design.patches
    patches: dict[str, str] = {}
    decisions: list[Decision] = []
    for element in palette:
        parameter = f"patches.{element}"
        candidates = brief.style.patches_of(element)
        if element in stated:
            patches[element] = stated[element]
            decisions.append(Decision(parameter, patches[element], "stated", brief.why_stated("patches")))
        elif element in named:
            patches[element], words = named[element]
            decisions.append(Decision(parameter, patches[element], "text", f"the text says '{words}'"))
        else:
            weights = 0.5 ** np.arange(len(candidates))
            index = brief.generator(parameter).choice(len(candidates), p=weights / weights.sum())
            patches[element] = candidates[int(index)]
            why = f"one of the sounds of {brief.style.spoken}, drawn by the seed"
            decisions.append(Decision(parameter, patches[element], "style", why))
    return patches, tuple(decisions)
