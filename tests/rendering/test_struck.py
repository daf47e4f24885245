"""Struck strings and bars, strums, release noises and bodies, each against its formula."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from workbench.domain.score import Note
from workbench.dsp.equaliser import response_db
from workbench.rendering.effects import _BODIES
from workbench.rendering.library import load_patch
from workbench.rendering.patch import BODIES, Amplifier, Effects, Oscillator, Patch, Pitch, ReleaseNoise, StruckModel
from workbench.rendering.phrases import strummed
from workbench.rendering.struck import strike
from workbench.rendering.synth import render_synth

RATE = 48000


def peak_near(sound: np.ndarray, hz: float) -> float:
    """Frequency of the strongest line within 3 % of `hz`."""
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size)))
    bins = np.fft.rfftfreq(sound.size, 1.0 / RATE)
    near = np.abs(bins / hz - 1.0) < 0.03
    return float(bins[near][np.argmax(power[near])])


def centroid_hz(sound: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size)))
    return float((power * np.fft.rfftfreq(sound.size, 1.0 / RATE)).sum() / power.sum())


def test_partials_of_a_stiff_string_are_stretched_and_its_note_is_in_tune() -> None:
    stiffness = 0.001
    model = StruckModel(stiffness=stiffness, strings_cents=0.0, damping=0.0)
    sound = strike(model, 48, 110, 2 * RATE, RATE)
    base_hz = 440.0 * 2.0 ** ((48 - 69) / 12.0)
    assert peak_near(sound, base_hz) == pytest.approx(base_hz, abs=0.5)
    tenth = 10.0 * base_hz * np.sqrt((1.0 + stiffness * 100.0) / (1.0 + stiffness))
    assert peak_near(sound, tenth) == pytest.approx(tenth, abs=1.0)
    assert tenth / (10.0 * base_hz) > 1.04


def test_bars_ring_at_their_own_ratios() -> None:
    for body, ratio in (("undercut bar", 3.98), ("free bar", 2.756)):
        sound = strike(StruckModel(body=body, strings_cents=0.0, damping=0.0, hardness_hz=9000.0), 69, 127, RATE, RATE)
        assert peak_near(sound, 440.0 * ratio) == pytest.approx(440.0 * ratio, abs=1.5)


def test_a_partial_with_a_node_under_the_hammer_is_missing() -> None:
    sound = strike(StruckModel(strike_position=0.25, strings_cents=0.0, stiffness=0.0), 57, 127, RATE, RATE)
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size)))
    fourth, third = power[880], power[660]
    assert 20 * np.log10(third / fourth) > 20.0


def test_harder_strokes_are_brighter_in_every_struck_patch() -> None:
    for element, name in (
        ("pads", "grand-piano"),
        ("pads", "felt-piano"),
        ("leads", "piano-lead"),
        ("leads", "celesta"),
    ):
        model = load_patch(element, name).struck
        assert model is not None
        soft, middle, hard = (centroid_hz(strike(model, 60, velocity, RATE, RATE)) for velocity in (30, 70, 120))
        assert soft < 0.93 * middle < 0.93 * hard, name


def test_the_sound_of_two_strings_falls_in_two_stages() -> None:
    sound = strike(StruckModel(strings_cents=0.0, damping=0.0, decay_ms=2000.0), 60, 100, 4 * RATE, RATE)
    levels = [10 * np.log10(np.square(sound[k * RATE // 2 :][: RATE // 2]).mean()) for k in range(7)]
    falls = [a - b for a, b in pairwise(levels)]
    assert falls[0] > 1.5 * falls[-1], "first at the strings' own rate, then at that of their after-sound"
    assert falls[-1] == pytest.approx(60.0 / (2.0 * 3.2) * 0.5, abs=0.6)


def test_a_stroke_goes_down_on_the_beat_and_up_between_and_ends_as_written() -> None:
    chord = [Note(0.0, pitch, 1.0, 90, 0.01) for pitch in (64, 60, 67)]
    off = [Note(1.5, pitch, 1.0, 90) for pitch in (64, 60, 67)]
    down, up = (sorted(strummed(one, 0.03), key=lambda note: note.start_beats) for one in (chord, off))
    assert [note.pitch for note in down] == [60, 64, 67]
    assert [note.pitch for note in up] == [67, 64, 60]
    assert [note.start_beats for note in down] == pytest.approx([0.01, 0.04, 0.07])
    assert {round(note.end_beats, 9) for note in down} == {1.01}
    assert strummed(chord, 0.0) is chord


def test_letting_go_is_heard_where_the_note_ends() -> None:
    patch = Patch(
        name="x",
        element="pads",
        description="a sine that is let go",
        oscillators=(Oscillator(wave="sine", level_db=-48.0),),
        release=ReleaseNoise(level_db=-6.0, centre_hz=2000.0, decay_ms=50.0),
        amplifier=Amplifier(release_ms=200.0),
        pitch=Pitch(drift_cents=0.0),
    )

    def at(velocity: int) -> np.ndarray:
        note = Note(0.0, 60, 1.0, velocity)
        return render_synth([note], patch, samples_per_beat=RATE / 2, length=RATE, sample_rate_hz=RATE, seed=1)

    loud, soft = at(120), at(40)
    before, after = loud[:, : RATE // 2 - 100], loud[:, RATE // 2 : RATE // 2 + 2400]
    assert np.abs(after).max() > 10.0 * np.abs(before).max()
    assert np.abs(loud).max() > 2.0 * np.abs(soft[:, RATE // 2 :]).max()


def test_every_body_has_its_resonances() -> None:
    assert set(_BODIES) == set(BODIES) - {"none"}
    hz = np.geomspace(40.0, 16_000.0, 200)
    curves = [response_db(_BODIES[name], hz, RATE) for name in _BODIES]
    for i, one in enumerate(curves):
        assert all(np.abs(one - other).mean() > 1.0 for other in curves[:i])
    cabinet = response_db(_BODIES["cabinet"], np.array([1000.0, 2700.0, 12_000.0]), RATE)
    assert cabinet[1] > cabinet[0] + 3.0
    assert cabinet[2] < cabinet[0] - 20.0, "a speaker gives back hardly anything above 6 kHz"
    assert Effects(body="guitar").body == "guitar"
