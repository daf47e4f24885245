"""The octave below the bass: which notes have one, how loud it is, and that it follows the note."""

import numpy as np
import pytest

from workbench.analysis.defects import clicks
from workbench.domain.audio import Audio
from workbench.domain.plan import SectionPlan
from workbench.domain.score import Note, Part, Score
from workbench.domain.theory import Key, Metre
from workbench.domain.units import midi_to_hz
from workbench.dsp.delay import Delay
from workbench.dsp.reverb import Reverb
from workbench.mixing.profiles import Colour, Strip
from workbench.mixing.strip import StripContext, run_strip
from workbench.mixing.sub import add_sub_octave, sub_pitch

RATE = 48000
D2, G2, F3 = 38, 43, 53
LOUDEST_ERROR_DB = 0.5


def song(*pitches: int, bars: int = 1, tempo_bpm: float = 120.0) -> Score:
    """One note a bar of four beats, each two seconds at 120 BPM."""
    notes = tuple(Note(4.0 * place, pitch, 4.0, 90) for place, pitch in enumerate(pitches))
    sections = (SectionPlan("verse", "verse", 0, bars, 0.5, ("bass",)),)
    return Score("", tempo_bpm, Metre(), Key.parse("D"), sections, (), {"bass": Part("bass", notes)})


def played(*pitches: int, fall_db: float = 0.0, octave_db: float | None = None) -> np.ndarray:
    """Two seconds a note; each falls by `fall_db` over its length, with an octave of its own where asked for."""
    seconds = np.arange(2 * RATE) / RATE
    notes = []
    for pitch in pitches:
        wave = np.sin(2 * np.pi * midi_to_hz(float(pitch)) * seconds)
        if octave_db is not None:
            wave = wave + 10 ** (octave_db / 20) * np.sin(np.pi * midi_to_hz(float(pitch)) * seconds)
        edge = np.minimum(1.0, np.minimum(seconds, seconds[::-1]) / 0.02)
        notes.append(0.2 * wave * edge * 10 ** (-fall_db / 20 * seconds / 2))
    return np.tile(np.concatenate(notes), (2, 1)).astype(np.float32)


def with_sub(samples: np.ndarray, score: Score, asked_db: float, rate: int) -> np.ndarray:
    return add_sub_octave(samples.copy(), score, asked_db, rate)


def level_db(samples: np.ndarray, hz: float) -> float:
    """Level of one frequency, full scale at 0 dB."""
    window = np.hanning(samples.shape[1])
    turn = np.exp(-2j * np.pi * hz * np.arange(samples.shape[1]) / RATE)
    return float(20 * np.log10(abs((samples[0] * window * turn).sum()) / window.sum() * 2 + 1e-12))


@pytest.mark.parametrize("pitch", [D2, 40, F3])
def test_the_octave_is_as_loud_as_asked_for(pitch: int) -> None:
    below = sub_pitch(pitch)
    assert below is not None
    assert 36.0 < midi_to_hz(float(below)) < 47.0
    for asked in (-9.0, -15.0):
        out = with_sub(played(pitch), song(pitch), asked, RATE)
        against = level_db(out, midi_to_hz(float(below))) - level_db(out, midi_to_hz(float(pitch)))
        # Some of a note above the lows' edge is not counted with them: F3 lies a little above it.
        lost = 20 * np.log10(np.hypot(1.0, (midi_to_hz(float(pitch)) / 160.0) ** 2))
        assert against == pytest.approx(asked - lost, abs=LOUDEST_ERROR_DB)


def test_notes_whose_octave_lies_elsewhere_are_left_alone() -> None:
    for pitch in (G2, 28, 36):
        samples = played(pitch)
        np.testing.assert_array_equal(with_sub(samples, song(pitch), -9.0, RATE), samples)
    both = with_sub(played(D2, G2), song(D2, G2, bars=2), -9.0, RATE) - played(D2, G2)
    assert np.abs(both[:, : 2 * RATE]).max() > 0.05
    assert np.abs(both[:, round(2.1 * RATE) :]).max() < 1e-4


def test_a_sound_with_an_octave_of_its_own_gets_what_is_missing() -> None:
    loud = played(D2, octave_db=-6.0)
    np.testing.assert_array_equal(with_sub(loud, song(D2), -9.0, RATE), loud)
    faint = played(D2, octave_db=-12.0)
    added = with_sub(faint, song(D2), -9.0, RATE) - faint
    plain = with_sub(played(D2), song(D2), -9.0, RATE) - played(D2)
    assert -6.0 < 20 * np.log10(added.std() / plain.std()) < -1.0


def test_it_dies_away_with_the_note_and_starts_where_the_note_does() -> None:
    falling = played(D2, fall_db=24.0)
    added = with_sub(falling, song(D2), -9.0, RATE) - falling
    early, late = (added[0, at : at + RATE // 2].std() for at in (RATE // 4, 5 * RATE // 4))
    assert 20 * np.log10(late / early) == pytest.approx(-12.0, abs=1.0)
    slow = song(G2, D2, bars=2, tempo_bpm=60.0)
    samples = np.concatenate([played(G2, G2), played(D2, D2)], axis=1)
    added = with_sub(samples, slow, -9.0, RATE) - samples
    assert np.abs(added[:, : round(3.9 * RATE)]).max() < 1e-4 < np.abs(added[:, 5 * RATE :]).max()


def test_it_does_not_click_where_notes_follow_each_other() -> None:
    line = (D2, 40, G2, 41, D2)
    out = with_sub(played(*line), song(*line, bars=5), 0.0, RATE)
    added = out - played(*line)
    assert clicks(Audio(out, RATE)) == ()
    assert np.abs(np.diff(added[0])).max() < 2.0 * 2 * np.pi * 47.0 / RATE * np.abs(added).max()


def test_it_is_the_same_in_both_channels_and_silence_stays_silent() -> None:
    samples = played(D2)
    samples[1] *= 0.25
    added = with_sub(samples, song(D2), -9.0, RATE) - samples
    np.testing.assert_allclose(added[0], added[1], atol=1e-6)
    silence = np.zeros((2, RATE), np.float32)
    assert not with_sub(silence, song(D2), -9.0, RATE).any()
    without = Score("", 120.0, Metre(), Key.parse("D"), song(D2).sections, (), {})
    np.testing.assert_array_equal(with_sub(samples, without, -9.0, RATE), samples)


def test_the_strip_adds_it() -> None:
    context = StripContext(song(D2), (), Reverb(decay_seconds=1.0), Delay(beats=0.5), 0.5, RATE)
    plain = Colour("plain", "")
    without, with_it = (run_strip(played(D2), Strip(sub_db=level), plain, context) for level in (None, -9.0))
    hz = midi_to_hz(26.0)
    assert level_db(with_it, hz) > level_db(without, hz) + 20.0
