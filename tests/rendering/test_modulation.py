"""The modulation matrix: LFOs that run in time with the song."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workbench.domain.score import Note
from workbench.dsp.oscillators import control_length
from workbench.rendering import load_patch
from workbench.rendering.modulation import modulation, smooth_steps
from workbench.rendering.patch import PERIODS_BEATS, Route
from workbench.rendering.synth import render_synth

RATE = 48000


def moved(route: Route, first_beat: float, *, beats_per_second: float = 2.0) -> np.ndarray:
    length = 2 * RATE
    count = control_length(length)
    beats = first_beat + np.arange(count) * 32 / RATE * beats_per_second
    flat = np.zeros(count)
    found = modulation(
        (route,), "level", pitch=flat, velocity=flat, beats=beats, length=length, sample_rate_hz=RATE,
        rng=np.random.default_rng(1),
    )  # fmt: skip
    assert found is not None
    return found


@pytest.mark.parametrize("sync", [name for name, beats in PERIODS_BEATS.items() if 0 < beats <= 2])
def test_an_lfo_in_time_repeats_with_the_beat_whenever_its_note_begins(sync: str) -> None:
    route = Route(target="level", amount=1.0, shape="triangle", sync=sync, time_ms=1.0)
    period = PERIODS_BEATS[sync]
    settled = slice(4, None)
    np.testing.assert_allclose(
        moved(route, 3.0)[settled], moved(route, 3.0 + 4.0 * period)[settled], atol=1e-6, err_msg="whole periods later"
    )
    half = moved(route, 3.0 + 0.5 * period)[settled]
    assert np.abs(half + moved(route, 3.0)[settled]).max() < 1e-6, "half a period turns a triangle over"


def test_a_free_lfo_runs_by_its_own_clock() -> None:
    route = Route(target="level", amount=1.0, rate_hz=3.0)
    np.testing.assert_array_equal(moved(route, 0.0), moved(route, 0.37))


def test_the_gate_closes_at_the_same_place_of_every_beat_for_every_note() -> None:
    patch = load_patch("pads", "trance-gate")
    patch = replace(patch, effects=replace(patch.effects, width=0.0))

    def level(tempo_bpm: float) -> np.ndarray:
        samples = RATE * 60.0 / tempo_bpm
        notes = [Note(0.37, 60, 4.0, 100), Note(0.61, 67, 4.0, 100)]
        stem = render_synth(
            notes, patch, samples_per_beat=samples, length=round(4 * samples), sample_rate_hz=RATE, seed=1
        )
        eighth = round(samples / 2)
        beats = stem[0, : 8 * eighth].reshape(8, eighth)[3:7]
        return np.sqrt(np.mean(beats.reshape(4, 2, eighth // 2)[:, :, 200:-400] ** 2, axis=2))

    for tempo_bpm in (125.0, 150.0):
        heard = level(tempo_bpm)
        assert (heard[:, 0] > 4.0 * heard[:, 1]).all(), "the first sixteenth sounds, the second is gated"


def test_steps_are_rounded_and_nothing_else_is_changed() -> None:
    step = np.repeat([0.0, 1.0], 20)
    rounded = smooth_steps(step)
    assert np.abs(np.diff(rounded)).max() == pytest.approx(0.2)
    np.testing.assert_allclose(rounded[[0, 10, 30, -1]], step[[0, 10, 30, -1]])
