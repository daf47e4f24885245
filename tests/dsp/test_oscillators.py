"""Oscillators: in tune, band-limited, and every parameter heard."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.dsp.fm import fm_oscillator
from workbench.dsp.oscillators import WAVES, control_length, make_tables, wave_tables, wavetable_oscillator

RATE = 48000
LENGTH = RATE


def tone(wave: str, frequency_hz: float, **options: object) -> np.ndarray:
    control = np.full(control_length(LENGTH), frequency_hz)
    return wavetable_oscillator(wave_tables(wave), control, length=LENGTH, sample_rate_hz=RATE, **options)[0]


def spectrum_db(sound: np.ndarray) -> np.ndarray:
    """Blackman-Harris spectrum in dB below its strongest bin; one bin is 1 Hz."""
    from scipy.signal import windows

    size = np.abs(np.fft.rfft(sound * windows.blackmanharris(sound.size)))
    return 20.0 * np.log10(size / size.max() + 1e-12)


@pytest.mark.parametrize("wave", ["saw", "square", "pulse", "vocal", "reed"])
@pytest.mark.parametrize("frequency_hz", [55.3, 440.7, 1867.3, 4187.1])
def test_aliasing_stays_below_80_db(wave: str, frequency_hz: float) -> None:
    level = spectrum_db(tone(wave, frequency_hz))
    bins = np.arange(level.size)
    distance = np.abs(bins / frequency_hz - np.round(bins / frequency_hz)) * frequency_hz
    alias = level[(distance > 6.0) & (bins > 20)]
    assert alias.max() < -80.0


def test_a_saw_holds_its_harmonics_up_to_16_khz() -> None:
    level = spectrum_db(tone("saw", 500.0))
    for harmonic in (2, 5, 10, 20, 32):
        assert level[500 * harmonic] == pytest.approx(-20.0 * np.log10(harmonic), abs=0.5)


@pytest.mark.parametrize("wave", WAVES)
def test_every_wave_is_in_tune_without_dc_and_of_like_level(wave: str) -> None:
    sound = tone(wave, 220.0)
    assert abs(sound.mean()) < 1e-4
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(0.5, abs=0.03)
    strongest = np.fft.rfftfreq(sound.size, 1.0 / RATE)[np.abs(np.fft.rfft(sound)).argmax()]
    assert strongest % 220.0 == pytest.approx(0.0, abs=0.5)


def test_the_control_array_moves_the_pitch() -> None:
    control = np.where(np.arange(control_length(LENGTH)) < 750, 200.0, 400.0)
    sound = wavetable_oscillator(wave_tables("sine"), control, length=LENGTH, sample_rate_hz=RATE)[0]
    crossings = np.diff(np.signbit(sound))
    assert crossings[: 750 * 32].sum() == pytest.approx(200, abs=2)
    assert crossings[750 * 32 :].sum() == pytest.approx(400, abs=2)
    assert np.abs(np.diff(sound)).max() < 0.05  # no jump where the pitch changes


def test_unison_is_wide_and_keeps_its_level() -> None:
    control = np.full(control_length(LENGTH), 220.0)
    stereo = wavetable_oscillator(
        wave_tables("saw"),
        control,
        length=LENGTH,
        sample_rate_hz=RATE,
        detune_ratios=(0.99, 1.0, 1.011),
        phases=(0.1, 0.5, 0.8),
        pans=(-1.0, 0.0, 1.0),
    )
    assert np.corrcoef(stereo)[0, 1] < 0.6
    assert np.sqrt(np.sum(np.mean(stereo**2, axis=1))) == pytest.approx(0.5, abs=0.05)


def test_morphing_moves_from_one_wave_to_the_other() -> None:
    control = np.full(control_length(LENGTH), 220.0)
    args = {"length": LENGTH, "sample_rate_hz": RATE}
    sine, saw = wave_tables("sine"), wave_tables("saw")
    full = wavetable_oscillator(sine, control, morph_tables=saw, morph=np.ones(control.size), **args)
    none = wavetable_oscillator(sine, control, morph_tables=saw, morph=np.zeros(control.size), **args)
    np.testing.assert_allclose(full, wavetable_oscillator(saw, control, **args), atol=1e-6)
    np.testing.assert_allclose(none, wavetable_oscillator(sine, control, **args), atol=1e-6)


def test_fm_places_side_bands_at_multiples_of_the_modulator() -> None:
    control = np.full(control_length(LENGTH), 400.0)
    sound = fm_oscillator(
        control, length=LENGTH, sample_rate_hz=RATE, ratio=1.0, modulator_ratio=2.0, index=np.full(control.size, 1.0)
    )
    level = spectrum_db(sound)
    # Bessel functions J0..J2(1) = 0.765, 0.440, 0.115: 400 Hz holds J0 + J1 (mirrored), 1200 Hz J1 - J2 (mirrored).
    assert level[1200] - level[400] == pytest.approx(20 * np.log10((0.440 - 0.115) / (0.765 + 0.440)), abs=0.1)
    assert level[800] < -70.0


def test_fm_index_is_held_below_aliasing() -> None:
    control = np.full(control_length(LENGTH), 4100.0)
    sound = fm_oscillator(
        control, length=LENGTH, sample_rate_hz=RATE, ratio=1.0, modulator_ratio=3.0, index=np.full(control.size, 8.0)
    )
    level = spectrum_db(sound)
    bins = np.arange(level.size)
    foreign = np.abs(bins / 4100.0 - np.round(bins / 4100.0)) * 4100.0 > 20.0
    assert level[foreign & (bins > 100)].max() < -30.0


def test_feedback_brightens_fm() -> None:
    control = np.full(control_length(LENGTH), 200.0)
    args = {"length": LENGTH, "sample_rate_hz": RATE, "ratio": 1.0, "modulator_ratio": 1.0}
    plain = fm_oscillator(control, index=np.ones(control.size), **args)
    fed = fm_oscillator(control, index=np.ones(control.size), feedback=1.0, **args)
    assert spectrum_db(fed)[1600] > spectrum_db(plain)[1600] + 6.0


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ParameterError, match="expected one of sine"):
        wave_tables("sawtooth")
    with pytest.raises(ParameterError, match="1 to 1024 harmonics, got 0"):
        make_tables([])
    with pytest.raises(ParameterError, match="control values"):
        wavetable_oscillator(wave_tables("sine"), np.full(2, 100.0), length=480, sample_rate_hz=RATE)
