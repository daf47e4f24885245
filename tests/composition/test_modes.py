"""Modes sound in the chords, and a bass steps into what comes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from workbench.composition.bass_line import ornament
from workbench.composition.harmony import write_chords
from workbench.composition.modes import contradicting_tone, state_mode
from workbench.domain.plan import PartTraits, Plan
from workbench.domain.score import Note
from workbench.domain.theory import CHARACTER_STEPS, Chord, Key, character_tone

MODES = list(CHARACTER_STEPS)


def chords(*symbols: str) -> list[Chord]:
    return [Chord.parse(symbol, onset_beats=4.0 * bar) for bar, symbol in enumerate(symbols)]


@pytest.mark.parametrize("mode", MODES)
def test_four_bars_state_their_mode(mode: str) -> None:
    key = Key(4, mode)
    stated = state_mode(
        chords("E", "A", "B", "E") if not key.has_minor_third else chords("Em", "Am", "Bm", "Em"), key, 4.0
    )
    tones = [set(chord.pitch_classes) for chord in stated]
    assert any(character_tone(key) in tone for tone in tones)
    assert not any(contradicting_tone(key) in tone for tone in tones)


def test_a_long_chord_changes_at_its_end_only() -> None:
    drone = [replace(Chord.parse("Em"), duration_beats=16.0)]
    stated = state_mode(drone, Key.parse("E phrygian"), 4.0)
    assert [(chord.symbol(), chord.duration_beats) for chord in stated] == [("Em", 8.0), ("F", 8.0)]


def test_major_and_minor_are_left_alone() -> None:
    assert state_mode(chords("C", "D"), Key.parse("C major"), 4.0) == chords("C", "D")


@pytest.mark.parametrize("mode", MODES)
def test_songs_state_their_mode(tiny_plan: Plan, mode: str) -> None:
    key = Key(5, mode)
    sections = tuple(
        replace(section, bars=4, start_bar=4 * number) for number, section in enumerate(tiny_plan.sections)
    )
    written = write_chords(replace(tiny_plan, key=key, sections=sections))
    for first in (0.0, 16.0):
        heard = [
            one
            for one in written
            if first <= one.onset_beats < first + 16.0 or one.onset_beats <= first < one.end_beats
        ]
        assert any(character_tone(key) in chord.pitch_classes for chord in heard)


def line(*pitches: int) -> list[Note]:
    return [Note(float(beat), pitch, 1.0, 90) for beat, pitch in enumerate(pitches)]


def with_bass(plan: Plan, **traits: float) -> Plan:
    return replace(plan, key=Key.parse("C"), parts={**plan.parts, "bass": PartTraits(0.5, 28, 55, **traits)})


def test_a_bass_steps_into_the_next_chord(tiny_plan: Plan) -> None:
    notes = line(36, 36, 36, 36, 41, 41, 41, 41)
    walked = ornament(notes, with_bass(tiny_plan, walking=1.0), "bass", chords("C", "F"))
    assert [note.pitch for note in walked] == [36, 36, 36, 40, 41, 41, 41, 41]
    assert [note.onset_beats for note in walked] == [note.onset_beats for note in notes]
    still = ornament(notes, with_bass(tiny_plan, walking=0.0), "bass", chords("C", "F"))
    assert list(still) == notes


def test_octaves_leap_off_the_beat_within_the_register(tiny_plan: Plan) -> None:
    notes = [Note(0.5 * place, 36, 0.5, 90) for place in range(8)]
    leaping = ornament(notes, with_bass(tiny_plan, walking=0.0, octaves=1.0), "bass", chords("C"))
    assert [note.pitch for note in leaping] == [36, 48] * 4
    high = [replace(note, pitch=46) for note in notes]
    assert list(ornament(high, with_bass(tiny_plan, walking=0.0, octaves=1.0), "bass", chords("C"))) == high
    assert all(abs(after.pitch - before.pitch) in (0, 12) for before, after in pairwise(leaping))
