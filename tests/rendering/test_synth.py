"""Synthesiser voices: in tune, tied, released, without clicks."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.analysis.defects import clicks
from workbench.domain.audio import Audio
from workbench.domain.score import Note
from workbench.dsp.equaliser import Band, equalise
from workbench.rendering.library import list_patches, load_patch
from workbench.rendering.patch import Amplifier, Effects, Filter, Oscillator, Patch, Pitch
from workbench.rendering.synth import render_synth

RATE = 48000
BEAT = RATE * 0.5


def play(patch: Patch, *notes: Note, seconds: float = 3.0, seed: int = 1, preview: bool = False) -> np.ndarray:
    return render_synth(
        notes,
        patch,
        samples_per_beat=BEAT,
        length=round(seconds * RATE),
        sample_rate_hz=RATE,
        seed=seed,
        preview=preview,
    )


def sine_patch(**groups: object) -> Patch:
    values: dict[str, object] = {
        "oscillators": (Oscillator(wave="sine"),),
        "pitch": Pitch(drift_cents=0.0),
        "amplifier": Amplifier(attack_ms=2.0, sustain=1.0, release_ms=100.0),
    }
    return Patch(name="sine", element="leads", description="a sine", **{**values, **groups})  # type: ignore[arg-type]


def harmonic_level(sound: np.ndarray, frequency_hz: float) -> float:
    turn = np.exp(-2j * np.pi * frequency_hz * np.arange(sound.size) / RATE)
    return float(np.abs(np.sum(sound * np.hanning(sound.size) * turn)))


def pitch_class_share(sound: np.ndarray, frequency_hz: float) -> float:
    """Share of the energy that lies within 40 cents of the note's first harmonics or its octaves below."""
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size))) ** 2
    bins = np.fft.rfftfreq(sound.size, 1.0 / RATE)
    near = np.zeros(bins.size, dtype=bool)
    for multiple in (0.25, 0.5, *range(1, 40)):
        near |= np.abs(bins - multiple * frequency_hz) < np.maximum(3.0, 0.023 * multiple * frequency_hz)
    return float(power[near].sum() / power.sum())


@pytest.mark.parametrize(("element", "name"), [(e, n) for e in ("bass", "pads", "leads") for n in list_patches(e)])
def test_every_patch_plays_the_note_asked_for(element: str, name: str) -> None:
    pitch = {"bass": 45, "pads": 57, "leads": 69}[element]
    sound = play(load_patch(element, name), Note(0.0, pitch, 3.0, 100), seconds=2.0)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() < 2.0
    frequency = 440.0 * 2.0 ** ((pitch - 69) / 12.0)
    middle = sound.mean(axis=0)[4800:57600]
    assert pitch_class_share(middle, frequency) > 0.75  # inharmonic bells, breath and wide unison lie outside
    assert np.abs(sound[:, 0]).max() < 1e-3


def test_a_note_starts_at_its_sample_and_ends_after_its_release() -> None:
    sound = play(sine_patch(), Note(1.0, 69, 1.0, 127))[0]
    assert np.abs(sound[:24000]).max() == 0.0
    assert np.abs(sound[24010:24300]).max() > 1e-3
    heard = np.flatnonzero(np.abs(sound) > 1e-4)
    assert 48000 + 0.8 * 4800 < heard[-1] < 48000 + 1.3 * 4800


def test_nothing_clicks() -> None:
    notes = (Note(0.0, 69, 0.9, 127), Note(1.0, 72, 1.0, 40), Note(2.0, 69, 0.02, 127))
    sound = play(sine_patch(pitch=Pitch(mono="yes", drift_cents=0.0)), *notes)[0]
    steepest = 2.0 * np.pi * 523.3 / RATE * np.abs(sound).max()
    assert np.abs(np.diff(sound)).max() < 1.6 * steepest


def test_no_edges_of_the_strings_fall_together() -> None:
    """With two saws, their edges and those of the ensemble's delays met in one period of this D4 and stood alone.

    The shelf opens the sound as a mix does whose pads carry the highs.
    """
    beat = RATE * 60.0 / 87.0
    chord = [Note(96.0, pitch, 4.0, 68) for pitch in (53, 62)]
    strings = load_patch("pads", "analogue-strings")
    sound = render_synth(chord, strings, samples_per_beat=beat, length=round(100 * beat), sample_rate_hz=RATE, seed=7)
    opened = equalise(sound, [Band("high_pass", 130.0), Band("high_shelf", 4000.0, 9.0)], RATE)
    assert clicks(Audio(opened * np.float32(0.9 / np.abs(opened).max()), RATE)) == ()


def test_tied_notes_glide_without_a_new_attack() -> None:
    patch = sine_patch(pitch=Pitch(mono="yes", glide_ms=100.0, drift_cents=0.0))
    sound = play(patch, Note(0.0, 57, 1.5, 100), Note(1.0, 69, 1.0, 100))[0]
    envelope = np.abs(sound[20000:28800]).reshape(-1, 440).max(axis=1)
    assert envelope.min() > 0.9 * envelope.max()
    crossings = np.flatnonzero(np.diff(np.signbit(sound[24000:28800])))
    periods = np.diff(crossings)
    assert periods[0] > 1.5 * periods[-1]
    assert (np.diff(periods) <= 3).all()


def test_repeated_notes_of_a_mono_patch_never_overlap() -> None:
    patch = sine_patch(pitch=Pitch(mono="yes", drift_cents=0.0), amplifier=Amplifier(sustain=1.0, release_ms=2000.0))
    sound = play(patch, Note(0.0, 45, 1.0, 100), Note(1.0, 46, 1.0, 100))[0]
    later = sound[24000 + 960 : 44000]
    assert harmonic_level(later, 110.0) < 0.05 * harmonic_level(later, 116.54)


def test_polyphonic_notes_ring_together() -> None:
    sound = play(sine_patch(), Note(0.0, 57, 3.0, 100), Note(0.0, 64, 3.0, 100))[0][:48000]
    assert harmonic_level(sound, 220.0) == pytest.approx(harmonic_level(sound, 329.63), rel=0.05)


def test_velocity_sets_level_and_brightness() -> None:
    patch = sine_patch(oscillators=(Oscillator(wave="saw"),), filter=Filter(cutoff_hz=4000.0, velocity_octaves=2.0))
    loud, soft = (play(patch, Note(0.0, 57, 2.0, v))[0][:48000] for v in (127, 40))
    assert np.sqrt(np.mean(loud**2)) > 3.0 * np.sqrt(np.mean(soft**2))
    ratio = [harmonic_level(x, 220.0 * 12) / harmonic_level(x, 220.0) for x in (loud, soft)]
    assert ratio[0] > 2.0 * ratio[1]


def test_bass_is_mono_below_120_hz() -> None:
    for name in list_patches("bass"):
        sound = play(load_patch("bass", name), Note(0.0, 36, 3.0, 100), seconds=2.0)
        spectrum = [np.abs(np.fft.rfft(x * np.hanning(x.size))) for x in (sound[0] + sound[1], sound[0] - sound[1])]
        low = slice(0, round(100 * 2.0))
        assert spectrum[1][low].max() < 0.1 * spectrum[0][low].max(), name


def test_pads_are_wide_and_move() -> None:
    wide = 0
    for name in ("analogue-strings", "warm-juno", "choir", "evolving-wave", "glass", "power-strings"):
        chord = [Note(0.0, pitch, 7.0, 80) for pitch in (57, 60, 64)]
        sound = play(load_patch("pads", name), *chord, seconds=4.0)[:, 48000:]
        wide += bool(np.corrcoef(sound)[0, 1] < 0.8)
        early, late = np.abs(np.fft.rfft(sound[0, :48000])), np.abs(np.fft.rfft(sound[0, 72000:120000]))
        assert np.abs(early - late).sum() / early.sum() > 0.1, name
    assert wide == 6


def test_seed_changes_the_take_and_a_preview_is_lighter() -> None:
    patch = load_patch("leads", "supersaw")
    note = Note(0.0, 69, 1.0, 100)
    base = play(patch, note)
    np.testing.assert_array_equal(base, play(patch, note))
    assert not np.array_equal(base, play(patch, note, seed=2))
    assert not np.array_equal(base, play(patch, note, preview=True))


def test_effects_alone_cannot_make_sound() -> None:
    patch = sine_patch(effects=Effects(drive_db=20.0, drive_bias=0.5, chorus_mix=1.0))
    assert np.abs(play(patch)).max() < 1e-6
