"""One decision each: the request wins, then the text, then mood, reference, style and default; each with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.concept.mood import Mood
from workbench.concept.phrases import join_words
from workbench.concept.statements import Statements
from workbench.concept.style import Style
from workbench.domain.plan import Decision, Source
from workbench.domain.request import GenerationRequest
from workbench.domain.seeding import generator
from workbench.domain.song import ELEMENTS
from workbench.domain.theory import Key, Metre

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile

STATED = "it is stated in the request"
_BRIGHTNESS = {
    "lydian": 0.9, "major": 0.7, "mixolydian": 0.4, "dorian": -0.1, "minor": -0.5, "phrygian": -0.8, "locrian": -1.0,
}  # fmt: skip
"""Modes from dark to bright on the scale of valence."""


@dataclass(frozen=True, slots=True)
class Brief:
    """All that decisions stand on: the request, what its text states, its mood blended with the style's, references."""

    request: GenerationRequest
    said: Statements
    style: Style
    mood: Mood
    valence: float
    arousal: float
    references: tuple[ReferenceProfile, ...] = ()

    def generator(self, name: str) -> np.random.Generator:
        """A random generator for one decision, the same for the same seed and name."""
        return generator(self.request.options.seed, "concept", name)


def decide_metre(brief: Brief) -> tuple[Metre, Decision]:
    """Time signature."""
    stated, said = brief.request.parameters.technical.metre, brief.said.metre
    if stated:
        return Metre.parse(stated), Decision("metre", stated, "stated", STATED)
    if said:
        return said.value, Decision("metre", str(said.value), "text", _quoted(said.words, said.note))
    return Metre(), Decision("metre", "4/4", "default", "nothing asks for another metre")


def decide_key(brief: Brief) -> tuple[Key, Decision]:
    """Tonic and mode; the mode follows the mood among the style's, the tonic is drawn among the style's by the seed."""
    stated = brief.request.parameters.technical.key
    if stated:
        key = Key.parse(stated)
        return key, Decision("key", str(key), "stated", STATED + _mode_contradiction(key.mode, brief))
    if brief.said.key:
        key = brief.said.key.value
        return key, Decision(
            "key", str(key), "text", _quoted(brief.said.key.words) + _mode_contradiction(key.mode, brief)
        )
    tonic = brief.style.tonics[int(brief.generator("tonic").integers(len(brief.style.tonics)))]
    if brief.said.mode:
        key = Key.parse(f"{tonic} {brief.said.mode.value}")
        return key, Decision("key", str(key), "text", f"{_quoted(brief.said.mode.words)}; the seed draws the tonic")
    key = Key.parse(f"{tonic} {_mode(brief)}")
    source: Source = "mood" if brief.mood.weight else "style"
    why = f"{key.mode} suits valence {brief.valence:+.2f} in {brief.style.spoken}; the seed draws the tonic"
    return key, Decision("key", str(key), source, why)


def _mode(brief: Brief) -> str:
    """The style's mode that lies best for the mood: usual weight times a bell around the valence."""

    def fit(mode: str) -> float:
        return brief.style.modes[mode] * float(np.exp(-2.0 * (_BRIGHTNESS[mode] - brief.valence) ** 2))

    return max(sorted(brief.style.modes), key=fit)


def _mode_contradiction(mode: str, brief: Brief) -> str:
    if brief.mood.weight and abs(_BRIGHTNESS[mode] - brief.valence) > 1.1:
        return f"; the mood {brief.mood.describe()} would suggest another mode, but the statement wins"
    return ""


def decide_swing(brief: Brief) -> tuple[float, Decision]:
    """Swing in percent."""
    stated, said = brief.request.parameters.technical.swing, brief.said.swing_percent
    if stated is not None:
        return stated, Decision("swing", f"{stated:g} %", "stated", STATED)
    if said:
        return said.value, Decision("swing", f"{said.value:g} %", "text", _quoted(said.words))
    value = brief.style.groove.swing_percent
    return value, Decision("swing", f"{value:g} %", "style", f"usual for {brief.style.spoken}")


def decide_palette(brief: Brief) -> tuple[tuple[str, ...], Decision]:
    """Elements that play, in the order of composition."""
    sound = brief.request.parameters.sound_design
    stated = tuple(element for element in ELEMENTS if element in sound.palette)
    if "palette" in sound.model_fields_set:
        note = ""
        if brief.said.palette and set(brief.said.palette.value) != set(stated):
            note = f"; the text says '{brief.said.palette.words}', but the request wins"
        return stated, Decision("palette", join_words(stated), "stated", STATED + note)
    if brief.said.palette:
        value = brief.said.palette.value
        return value, Decision("palette", join_words(value), "text", _quoted(brief.said.palette.words))
    return stated, Decision("palette", join_words(stated), "default", "nothing is left out, so every element plays")


def decide_density(brief: Brief) -> tuple[float, Decision]:
    """Texture density, 0 to 1."""
    stated, said = brief.request.parameters.sound_design.texture_density, brief.said.texture_density
    if stated is not None:
        return stated, Decision("texture_density", f"{stated:g}", "stated", STATED)
    if said:
        return said.value, Decision("texture_density", f"{said.value:g}", "text", _quoted(said.words))
    value = round(
        float(np.clip(brief.style.texture_density + 0.25 * (brief.arousal - brief.style.arousal), 0.05, 1.0)), 2
    )
    if brief.mood.weight and value != brief.style.texture_density:
        why = f"usual for {brief.style.spoken}, moved by arousal {brief.arousal:+.2f}"
        return value, Decision("texture_density", f"{value:g}", "mood", why)
    return value, Decision("texture_density", f"{value:g}", "style", f"usual for {brief.style.spoken}")


def decide_processing(brief: Brief) -> tuple[str, Decision]:
    """Colour of mix and master."""
    stated, said = brief.request.parameters.sound_design.processing_style, brief.said.processing_style
    if stated:
        return stated, Decision("processing_style", stated, "stated", STATED)
    if said:
        return said.value, Decision("processing_style", said.value, "text", _quoted(said.words))
    for profile in brief.references:
        heard = _heard_colour(profile)
        if heard:
            return heard, Decision(
                "processing_style", heard, "reference", f"{profile.id} stands out so in spectrum or width"
            )
    felt = _felt_colour(brief) if brief.mood.weight else None
    if felt:
        why = f"the mood {brief.mood.describe()} asks for it"
        return felt, Decision("processing_style", felt, "mood", why)
    value = brief.style.processing_style
    return value, Decision("processing_style", value, "style", f"usual for {brief.style.spoken}")


def _heard_colour(profile: ReferenceProfile) -> str | None:
    """A colour for a reference track that stands out: bright or dark by its spectral tilt, wide by its sides.

    The limits are the outer sixths of the reference tracks that ship with the project.
    """
    tilt, width = profile.measurements.get("spectral_tilt_db_per_octave"), profile.measurements.get("width")
    if tilt is not None and tilt <= -3.1:
        return "dark"
    if tilt is not None and tilt >= -1.0:
        return "bright"
    return "wide" if width is not None and width >= 0.35 else None


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
        candidates = brief.style.patches[element]
        if element in stated:
            patches[element] = stated[element]
            decisions.append(Decision(parameter, patches[element], "stated", STATED))
        elif element in named:
            patches[element], words = named[element]
            decisions.append(Decision(parameter, patches[element], "text", _quoted(words)))
        else:
            weights = 0.5 ** np.arange(len(candidates))
            index = brief.generator(parameter).choice(len(candidates), p=weights / weights.sum())
            patches[element] = candidates[int(index)]
            why = f"one of the sounds of {brief.style.spoken}, drawn by the seed"
            decisions.append(Decision(parameter, patches[element], "style", why))
    return patches, tuple(decisions)


def _quoted(words: str, note: str = "") -> str:
    return f"the text says '{words}'" + (f"; this is {note}" if note else "")
