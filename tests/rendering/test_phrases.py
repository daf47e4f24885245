"""Grouping of notes into voices."""

from __future__ import annotations

from workbench.domain.score import Note
from workbench.rendering.phrases import make_phrases

SAMPLES_PER_BEAT = 24000.0


def phrases(notes: list[Note], *, mono: bool = True, glide_always: bool = False):  # type: ignore[no-untyped-def]
    return make_phrases(
        notes, samples_per_beat=SAMPLES_PER_BEAT, sample_rate_hz=48000, mono=mono, glide_always=glide_always
    )


def test_a_polyphonic_note_is_its_own_phrase() -> None:
    chord = [Note(1.0, pitch, 2.0, 90) for pitch in (60, 64, 67)]
    made = phrases(chord, mono=False)
    assert [p.pitches for p in made] == [(67,), (64,), (60,)]
    assert all(p.start == 24000 and p.gate == 48000 and p.choke is None for p in made)


def test_overlapping_notes_are_tied() -> None:
    made = phrases([Note(0.0, 40, 1.5, 90), Note(1.0, 45, 1.0, 70)])
    assert len(made) == 1
    assert made[0].pitches == (40, 45)
    assert made[0].starts == (0, 24000)
    assert made[0].gate == 48000


def test_notes_that_only_touch_are_not_tied_and_never_overlap() -> None:
    made = phrases([Note(0.0, 40, 1.0, 90), Note(1.0, 45, 1.0, 70)])
    assert [p.pitches for p in made] == [(40,), (45,)]
    assert made[0].choke == 24000
    assert made[0].gate == 24000
    assert made[1].choke is None


def test_of_notes_that_start_together_the_highest_stays() -> None:
    made = phrases([Note(0.0, 40, 1.0, 90), Note(0.0, 52, 1.0, 90)])
    assert [p.pitches for p in made] == [(52,)]


def test_glide_always_begins_at_the_last_pitch() -> None:
    notes = [Note(0.0, 40, 0.5, 90), Note(2.0, 45, 1.0, 70)]
    assert [p.origin for p in phrases(notes, glide_always=True)] == [None, 40]
    assert [p.origin for p in phrases(notes)] == [None, None]


def test_human_timing_moves_the_start_to_the_sample() -> None:
    assert phrases([Note(1.0, 40, 0.5, 90, shift_beats=0.01)])[0].start == 24240
    assert phrases([Note(0.0, 40, 0.5, 90, shift_beats=-0.3)])[0].start == 0
