"""Delay: exact times, feedback, ping-pong, filters."""

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.dsp.delay import Delay, add_echoes, delay_samples, echo

RATE = 48000


def response(delay: Delay, tempo_bpm: float = 120.0, seconds: float = 3.0, level: float = 1.0) -> np.ndarray:
    impulse = np.zeros((2, int(seconds * RATE)), dtype=np.float32)
    impulse[:, 0] = level
    return echo(impulse, delay, tempo_bpm, RATE)


@pytest.mark.parametrize(("beats", "tempo_bpm"), [(0.75, 120.0), (0.5, 97.3), (1.0, 174.0)])
def test_echoes_fall_exactly_on_the_beat(beats, tempo_bpm):
    out = response(Delay(beats=beats, low_cut_hz=0.01, high_cut_hz=23000, ping_pong=False), tempo_bpm)
    step = delay_samples(beats, tempo_bpm, RATE)
    assert step == round(beats * 60 / tempo_bpm * RATE)
    assert not out[:, :step].any()
    assert np.abs(out[0, 1:]).argmax() + 1 == step
    assert np.abs(out[0, step + 100 : 2 * step + 100]).argmax() + step + 100 == 2 * step


def test_feedback_sets_the_level_of_each_repeat():
    out = response(Delay(beats=0.5, feedback=0.5, low_cut_hz=0.01, high_cut_hz=23500, ping_pong=False))
    energies = [(out[0, k * 12000 - 50 : k * 12000 + 50].astype(float).sum()) for k in (1, 2, 3)]
    assert energies[1] / energies[0] == pytest.approx(0.5, abs=0.01)
    assert energies[2] / energies[1] == pytest.approx(0.5, abs=0.01)
    once = response(Delay(beats=0.5, feedback=0.0, ping_pong=False))
    assert not once[:, 20000:30000].round(6).any()


def test_ping_pong_alternates_and_left_is_first():
    out = response(Delay(beats=0.5, ping_pong=True))
    window = lambda c, k: np.abs(out[c, k * 12000 - 10 : k * 12000 + 200]).max()  # noqa: E731
    assert window(0, 1) > 0.05
    assert window(1, 1) < 1e-4
    assert window(1, 2) > 0.01
    assert window(0, 2) < 1e-3


def test_filters_narrow_each_repeat():
    out = response(Delay(beats=0.5, feedback=0.8, low_cut_hz=300, high_cut_hz=3000, ping_pong=False))
    spectra = [np.abs(np.fft.rfft(out[0, k * 12000 - 100 : k * 12000 + 8000])) for k in (1, 3)]
    hz = np.fft.rfftfreq(8100, 1 / RATE)
    high = [s[np.argmin(np.abs(hz - 8000))] / s[np.argmin(np.abs(hz - 1000))] for s in spectra]
    low = [s[np.argmin(np.abs(hz - 100))] / s[np.argmin(np.abs(hz - 1000))] for s in spectra]
    assert high[1] < 0.5 * high[0]
    assert low[1] < 0.5 * low[0]
    assert abs(out[0].sum()) < 0.05, "no DC"


def test_drive_bounds_the_echo():
    clean, driven = (response(Delay(drive=drive, ping_pong=False), level=8.0) for drive in (0.0, 4.0))
    assert np.abs(driven).max() <= 0.25
    assert np.abs(clean).max() > 0.5


def test_wrong_delays_are_refused():
    with pytest.raises(ParameterError, match="feedback"):
        Delay(feedback=1.0)
    with pytest.raises(ParameterError, match="low_cut_hz"):
        Delay(low_cut_hz=5000, high_cut_hz=100)
    with pytest.raises(ParameterError, match="tempo_bpm"):
        echo(np.zeros((2, 10), np.float32), Delay(), 0.0, RATE)


def test_echoes_are_added_in_place_of_what_is_sent() -> None:
    rng = np.random.default_rng(4)
    samples = rng.standard_normal((2, RATE)).astype(np.float32)
    send = rng.random(RATE).astype(np.float32)
    delay = Delay(beats=0.25, feedback=0.5, ping_pong=True, drive=0.5)
    wanted = samples + np.float32(0.3) * echo(samples * send, delay, 120.0, RATE)
    own = samples.copy()
    assert add_echoes(own, delay, 120.0, RATE, level=0.3, send=send) is own
    assert np.array_equal(own, wanted)
    assert np.array_equal(
        add_echoes(samples.copy(), delay, 120.0, RATE), samples + echo(samples, delay, 120.0, RATE)
    ), "without a curve all of it is sent"
