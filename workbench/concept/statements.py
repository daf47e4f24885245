"""Facts that the text states outright: "92 bpm", "in D minor", "2 minutes", "no drums", "swung", "half-time"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.concept import chord_words, element_words, form_words, playing_words, time_words, tonal_words
from workbench.concept.bare_tempo import read_bare_tempo
from workbench.concept.extraction import Extracted, against_itself
from workbench.domain.moves import StripMove
from workbench.domain.plan import Ending
from workbench.domain.theory import Key, Metre


@dataclass(frozen=True, slots=True)
class Statements:
    """What a text states; None where it says nothing.

    `pace` places the tempo in the style's range, -1 slow to 1 fast; `mode` has no tonic. `structure` is a whole order
    of sections, `sections` and `absent_sections` are single ones that must or must not occur.
    """

    tempo_bpm: Extracted[float] | None = None
    pace: Extracted[float] | None = None
    feel: Extracted[str] | None = None
    key: Extracted[Key] | None = None
    mode: Extracted[str] | None = None
    chords: Extracted[str] | None = None
    key_change: Extracted[int] | None = None
    bars_per_chord: Extracted[float] | None = None
    chord_count: Extracted[int] | None = None
    duration_seconds: Extracted[float] | None = None
    bars: Extracted[float] | None = None
    metre: Extracted[Metre] | None = None
    swing_percent: Extracted[float] | None = None
    palette: Extracted[tuple[str, ...]] | None = None
    texture_density: Extracted[float] | None = None
    processing_style: Extracted[str] | None = None
    structure: Extracted[tuple[str, ...]] | None = None
    sections: Extracted[tuple[str, ...]] | None = None
    absent_sections: Extracted[tuple[str, ...]] | None = None
    section_bars: Extracted[Mapping[str, int]] | None = None
    loudness_lufs: Extracted[float] | None = None
    louder_lu: Extracted[float] | None = None
    dry: Extracted[tuple[str, ...]] | None = None
    absent_drums: Extracted[tuple[str, ...]] | None = None
    drumming: Extracted[tuple[str, ...]] | None = None
    ending: Extracted[Ending] | None = None
    section_sizes: Extracted[Mapping[str, float]] | None = None
    vocals: Extracted[bool] | None = None
    desk: Extracted[Mapping[str, StripMove]] | None = None


def read_statements(text: str) -> Statements:
    """Find the facts in a free text; what it does not state is None.

    Examples
    --------
    >>> facts = read_statements("slow waltz in F# minor, 92 bpm, no drums")
    >>> facts.tempo_bpm.value, str(facts.key.value), facts.palette.value
    (92.0, 'F# minor', ('bass', 'pads', 'leads'))
    """
    plain = " ".join(text.replace("\u2019", "'").split())
    lower = plain.lower()
    key = against_itself(plain, tonal_words.read_key)
    return Statements(
        tempo_bpm=time_words.read_tempo(lower) or read_bare_tempo(lower),
        pace=time_words.read_pace(lower),
        feel=time_words.read_feel(lower),
        key=key,
        mode=None if key else tonal_words.read_mode(lower),
        chords=chord_words.read_chords(plain),
        key_change=tonal_words.read_key_change(lower),
        bars_per_chord=tonal_words.read_bars_per_chord(lower),
        chord_count=tonal_words.read_chord_count(lower),
        duration_seconds=time_words.read_duration(lower),
        bars=time_words.read_bars(lower),
        metre=time_words.read_metre(lower),
        swing_percent=time_words.read_swing(lower),
        palette=element_words.read_palette(lower),
        texture_density=element_words.read_density(lower),
        processing_style=element_words.read_processing(lower),
        structure=form_words.read_structure(lower),
        sections=form_words.read_sections(lower),
        section_bars=form_words.read_section_bars(lower),
        absent_sections=form_words.read_absent_sections(lower),
        loudness_lufs=time_words.read_loudness(lower),
        louder_lu=time_words.read_louder(lower),
        dry=element_words.read_dry(lower),
        absent_drums=element_words.read_absent_drums(lower),
        drumming=playing_words.read_drumming(lower),
        ending=playing_words.read_ending(lower),
        section_sizes=playing_words.read_sizes(lower),
        vocals=element_words.read_vocals(lower),
    )
