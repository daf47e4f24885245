"""Curves by third octave: measured from sound, and applied as one minimum-phase filter.

Bands after IEC 61260-1 (2014).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import fft

from workbench.domain.arrays import Floats, Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.convolution import convolve_long
from workbench.dsp.frames import FRAMES_TOGETHER, spectra
from workbench.dsp.parallel import each_block

THIRDS_HZ = 1000.0 * 10.0 ** (np.arange(-15, 13) / 10.0)
"""Third-octave centres from 31.6 Hz to 15.8 kHz (IEC 61260-1, base ten)."""

_FRAME = 16384
_HOP = _FRAME // 2
_TAPS = 8192
_DESIGN = 1 << 16


def bin_frequencies_hz(sample_rate_hz: int) -> Floats:
    """Frequencies of the bins of `bin_powers`, in Hz.

    Returns
    -------
    array of shape (8193,), float64
        From 0 to half the sample rate.

    Examples
    --------
    >>> bin_frequencies_hz(48_000)[[0, 1, -1]].tolist()
    [0.0, 2.9296875, 24000.0]
    """
    return np.arange(_FRAME // 2 + 1, dtype=np.float64) * np.float64(sample_rate_hz / _FRAME)


def bin_powers(samples: Signal) -> Floats:
    """Mean power of (2, n) samples by frequency bin, both channels added.

    Every frame counts: what only a few hits hold, as the top of a soft kit, is 2 to 4 dB off where some are left out.

    Parameters
    ----------
    samples : array of shape (2, n), float32
        Sound.

    Returns
    -------
    array of shape (8193,), float64
        Power in each bin of `bin_frequencies_hz`.

    Notes
    -----
    Hann windows of 16384 samples, half overlapping: P. D. Welch, "The use of fast Fourier transform for the estimation
    of power spectra", IEEE Transactions on Audio and Electroacoustics 15 (1967).

    Examples
    --------
    >>> tone = np.sin(2.0 * np.pi * 3_000.0 / 48_000 * np.arange(16_384)).astype(np.float32)
    >>> float(bin_frequencies_hz(48_000)[bin_powers(np.stack([tone, tone])).argmax()])
    3000.0
    """
    frames = max(0, samples.shape[1] - _FRAME) // _HOP + 1
    window = np.hanning(_FRAME).astype(np.float32)

    def add(first: int, last: int) -> Floats:
        found = spectra(samples, range(first * _HOP, last * _HOP, _HOP), window)
        powers = np.square(found.real)
        powers += np.square(found.imag)
        return np.asarray(powers.sum(axis=(0, 1), dtype=np.float64))

    power = sum(each_block(add, frames, FRAMES_TOGETHER), np.zeros(_FRAME // 2 + 1))
    return np.asarray(power / (frames * _FRAME * float(np.sum(window**2))), dtype=np.float64)


def third_octave_sums(power: Floats, sample_rate_hz: int) -> Floats:
    """Power in each band of `THIRDS_HZ` of a spectrum by `bin_powers`; a bin that an edge cuts counts in part.

    Parameters
    ----------
    power : array of shape (8193,), float64
        Power by bin.
    sample_rate_hz : int
        Sample rate.

    Returns
    -------
    array of shape (28,), float64

    Examples
    --------
    White noise has 1 dB more in each band than in the one below, for bands widen with frequency.

    >>> sums = third_octave_sums(np.ones(8193), 48_000)
    >>> (10.0 * np.log10(sums[1:] / sums[:-1])).round(2)[[0, 13, 26]].tolist()
    [1.0, 1.0, 1.0]
    """
    edges = np.concatenate([THIRDS_HZ / 10.0**0.05, [THIRDS_HZ[-1] * 10.0**0.05]])
    total = np.concatenate([[0.0], np.cumsum(power)])
    places = edges * _FRAME / sample_rate_hz + 0.5
    return np.diff(np.interp(places, np.arange(total.size), total))


def curve_at(gains_db: Floats, frequencies_hz: Floats) -> Floats:
    """A curve of gains at `THIRDS_HZ`, in dB, at other frequencies: straight over their logarithm, level beyond.

    Parameters
    ----------
    gains_db : array of shape (28,), float64
        Gain in dB of each band.
    frequencies_hz : array of shape (k,)
        Frequencies in Hz.

    Returns
    -------
    array of shape (k,), float64, in dB

    Examples
    --------
    Half a band above 1 kHz, which is band 15, lies between two values.

    >>> curve_at(np.arange(28.0), 1000.0 * 10.0 ** np.array([-9.0, 0.0, 0.05])).round(6).tolist()
    [0.0, 15.0, 15.5]
    """
    return np.asarray(np.interp(np.log(np.maximum(frequencies_hz, 1.0)), np.log(THIRDS_HZ), gains_db))


def curve_filter(gains_db: Floats, sample_rate_hz: int) -> npt.NDArray[np.float32]:
    """Impulse response of a minimum-phase filter with the given gains at `THIRDS_HZ`, 8192 taps.

    The curve runs straight between the bands over the logarithm of frequency, and level beyond them. Minimum phase
    by the real cepstrum (A. V. Oppenheim and R. W. Schafer, "Discrete-Time Signal Processing", 3rd edition, 2010,
    chapter 13): nothing rings before an attack.

    Parameters
    ----------
    gains_db : array of shape (28,), float64
        Gain in dB of each band.
    sample_rate_hz : int
        Sample rate.

    Returns
    -------
    array of shape (8192,), float32

    Raises
    ------
    ParameterError
        If there is not one gain a band.

    Examples
    --------
    The same gain in all bands is a plain factor.

    >>> (curve_filter(np.full(28, -6.0206), 48_000)[:3].round(4) + 0.0).tolist()
    [0.5, 0.0, 0.0]
    """
    if gains_db.shape != THIRDS_HZ.shape:
        raise ParameterError(f"curve: expected {THIRDS_HZ.size} gains, got {gains_db.size}")
    hz: Floats = np.arange(_DESIGN // 2 + 1, dtype=np.float64) * np.float64(sample_rate_hz / _DESIGN)
    log_gain = curve_at(gains_db, hz) * (np.log(10.0) / 20.0)
    cepstrum = fft.irfft(log_gain, _DESIGN)
    fold = np.zeros(_DESIGN)
    fold[0], fold[_DESIGN // 2] = 1.0, 1.0
    fold[1 : _DESIGN // 2] = 2.0
    response = fft.irfft(np.exp(fft.rfft(cepstrum * fold)), _DESIGN)[:_TAPS]
    tail = _TAPS // 4
    response[-tail:] *= 0.5 + 0.5 * np.cos(np.pi * (np.arange(tail) + 1) / tail)
    return np.asarray(response, dtype=np.float32)


def apply_curve(samples: Signal, gains_db: Floats, sample_rate_hz: int, *, out: Signal | None = None) -> Signal:
    """Filter (2, n) samples by a curve of gains at `THIRDS_HZ`; no gain leaves them untouched.

    Parameters
    ----------
    samples : array of shape (2, n), float32
        Sound.
    gains_db : array of shape (28,), float64
        Gain in dB of each band.
    sample_rate_hz : int
        Sample rate.
    out : array of shape (2, n), float32, optional
        Where the result goes; it may be the samples themselves.

    Returns
    -------
    array of shape (2, n), float32
        The samples themselves where all gains are 0.

    Raises
    ------
    ParameterError
        As `curve_filter`.

    Examples
    --------
    >>> sound = np.ones((2, 3), np.float32)
    >>> apply_curve(sound, np.zeros(28), 48_000) is sound
    True
    >>> apply_curve(sound, np.full(28, 6.0206), 48_000).round(3).tolist()
    [[2.0, 2.0, 2.0], [2.0, 2.0, 2.0]]
    """
    if not np.any(np.abs(gains_db) > 1e-6) or samples.shape[1] == 0:
        return samples
    return convolve_long(samples, curve_filter(gains_db, sample_rate_hz)[None], out=out)
