"""Facts that the text states outright: "92 bpm", "in D minor", "2 minutes", "no drums", "swung", "half-time"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.concept import chord_words, element_words, form_words, playing_words, time_words, tonal_words
from workbench.concept.bare_tempo import read_bare_tempo
from workbench.concept.said import Said, against_itself
from workbench.domain.plan import Ending
from workbench.domain.theory import Key, Metre


@dataclass(frozen=True, slots=True)
class Statements:
    """What a text states; None where it says nothing.

    `pace` places the tempo in the style's range, -1 slow to 1 fast; `mode` has no tonic. `structure` is a whole order
    of sections, `sections` and `absent_sections` are single ones that must or must not occur.
    """

    tempo_bpm: Said[float] | None = None
    pace: Said[float] | None = None
    feel: Said[str] | None = None
    key: Said[Key] | None = None
    mode: Said[str] | None = None
    chords: Said[str] | None = None
    key_change: Said[int] | None = None
    bars_per_chord: Said[float] | None = None
    chord_count: Said[int] | None = None
    duration_seconds: Said[float] | None = None
    bars: Said[float] | None = None
    metre: Said[Metre] | None = None
    swing_percent: Said[float] | None = None
    palette: Said[tuple[str, ...]] | None = None
    texture_density: Said[float] | None = None
    processing_style: Said[str] | None = None
    structure: Said[tuple[str, ...]] | None = None
    sections: Said[tuple[str, ...]] | None = None
    absent_sections: Said[tuple[str, ...]] | None = None
    section_bars: Said[Mapping[str, int]] | None = None
    loudness_lufs: Said[float] | None = None
    louder_lu: Said[float] | None = None
    dry: Said[tuple[str, ...]] | None = None
    absent_drums: Said[tuple[str, ...]] | None = None
    drumming: Said[tuple[str, ...]] | None = None
    ending: Said[Ending] | None = None
    section_sizes: Said[Mapping[str, float]] | None = None
    vocals: Said[bool] | None = None


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
