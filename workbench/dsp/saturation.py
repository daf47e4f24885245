"""Saturation with little aliasing, and the grit of early samplers."""

from __future__ import annotations

import math

import numba
import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.memory import fresh
from workbench.dsp.oversampling import STEEP_BETA, STEEP_HALF_TAPS, convolve, phase_taps
from workbench.dsp.scratch import have_at_hand
from workbench.dsp.true_peak import copy_around

_BLOCK_SAMPLES = 1024
_STRAIGHT = 1e-4
"""Below this level into the curve it is straight to the last bit of float32."""

_NEAR = np.float32(0.12)
"""Up to this distance the curve between neighbours is averaged by the corrected trapezoid: a quotient of small
differences would be rounding noise."""

_ONE, _TWO, _FOUR, _HALF = np.float32(1.0), np.float32(2.0), np.float32(4.0), np.float32(0.5)
_TWELFTH = np.float32(1.0 / 12.0)
_ROOT = np.float32(-2.0 / 64.0)
_FLAT = np.float32(9.0)
"""From here on the hyperbolic tangent is 1 to the last bit of float32."""
_HALVES, _THIRDS, _FOURTHS, _FIFTHS, _SIXTHS = (np.float32(1.0 / n) for n in range(2, 7))
_SEVENTHS, _NINTHS, _ELEVENTHS, _THIRTEENTHS = (np.float32(1.0 / n) for n in range(7, 14, 2))


@numba.njit(nogil=True, cache=True, fastmath={"contract"}, error_model="numpy")
def _integrate(plain, gain, bias, integral, value):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Logarithm of the hyperbolic cosine (but for a constant) and hyperbolic tangent of gain x + bias.

    Both come from e = exp(-2|x|) - 1, whose series runs over a 64th of the argument and is doubled six times by
    e (e + 2): it stays exact near 0, and the loop runs on vectors. The tangent lies within 2e-7, and relatively so for
    quiet sound; the logarithm log(1 + e/2) is twice the inverse hyperbolic tangent of e / (4 + e).
    """
    for i in range(plain.shape[0]):
        x = gain * plain[i] + bias
        size = abs(x)
        r = (size if size < _FLAT else _FLAT) * _ROOT
        e = _ONE + r * _SIXTHS
        e = _ONE + e * r * _FIFTHS
        e = _ONE + e * r * _FOURTHS
        e = _ONE + e * r * _THIRDS
        e = r * (_ONE + e * r * _HALVES)
        e = e * e + _TWO * e
        e = e * e + _TWO * e
        e = e * e + _TWO * e
        e = e * e + _TWO * e
        e = e * e + _TWO * e
        e = e * e + _TWO * e
        z = e / (_FOUR + e)
        w = z * z
        g = _ELEVENTHS + w * _THIRTEENTHS
        g = _NINTHS + w * g
        g = _SEVENTHS + w * g
        g = _FIFTHS + w * g
        g = _THIRDS + w * g
        integral[i] = size + _TWO * z * (_ONE + w * g)
        bent = -e / (_TWO + e)
        value[i] = bent if x > 0.0 else -bent


@numba.njit(nogil=True, cache=True, fastmath={"contract"}, error_model="numpy")
def _between(plain, before, integral, integral_before, value, value_before, gain, rest, makeup, slope, change):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """What the curve adds to the straight line between neighbours, which the antiderivative averages over.

    Neighbours that lie near are averaged by the trapezoid with the Euler-Maclaurin correction, whose slopes are
    1 - tanh^2: (a + b) (1/2 + step (a - b) / 12), within 1e-6.
    """
    half_slope = _HALF * slope
    for i in range(change.shape[0]):
        here, there = plain[i], before[i]
        step = gain * (here - there)
        near = abs(step) <= _NEAR
        quotient = (integral[i] - integral_before[i]) / (_ONE if near else step)
        bent, bent_before = value[i], value_before[i]
        corrected = (bent + bent_before) * (_HALF + step * (bent - bent_before) * _TWELFTH)
        y = corrected if near else quotient
        change[i] = (y - rest) * makeup - half_slope * (here + there)


@numba.njit(nogil=True, cache=True)
def _bend(samples, up, down, gain, bias, makeup, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """The straight line, and what the curve bends added to it, block by block: up, through the curve, and down, within
    a core's cache. `out` may be the samples themselves.
    """
    factor, taps = up.shape
    rest = np.float32(math.tanh(bias))
    slope = np.float32(gain * (1.0 - rest * rest) * makeup)
    gain, bias, makeup = np.float32(gain), np.float32(bias), np.float32(makeup)
    width = _BLOCK_SAMPLES + taps
    around = np.zeros(width + taps + 3, dtype=np.float32)
    reach = 2 * STEEP_HALF_TAPS + 1
    # The first value of each row lies before the block, so that every sample has a neighbour before it.
    dense = np.zeros((factor, width + 1), dtype=np.float32)
    integral = np.zeros((factor, width + 1), dtype=np.float32)
    value = np.zeros((factor, width + 1), dtype=np.float32)
    change = np.zeros(width + 3, dtype=np.float32)
    for channel in range(samples.shape[0]):
        copy_around(samples[channel], -reach - _BLOCK_SAMPLES, around)
        for start in range(0, samples.shape[1], _BLOCK_SAMPLES):
            size = min(_BLOCK_SAMPLES, samples.shape[1] - start)
            _move_on(samples[channel], start - reach, around)
            piece = out[channel, start : start + size]
            for i in range(size):
                piece[i] = slope * around[reach + i]
            top = np.abs(around).max()
            if top == 0.0 or (bias == 0.0 and gain * top < _STRAIGHT):
                continue
            for phase in range(factor):
                dense[phase, :] = 0.0
                convolve(around, 0, up[phase], dense[phase])
                _integrate(dense[phase], gain, bias, integral[phase], value[phase])
            for phase in range(factor):
                other = phase - 1 if phase else factor - 1
                first = 1 if phase else 0
                last = first + width
                _between(
                    dense[phase, 1:],
                    dense[other, first:last],
                    integral[phase, 1:],
                    integral[other, first:last],
                    value[phase, 1:],
                    value[other, first:last],
                    gain,
                    rest,
                    makeup,
                    slope,
                    change[:width],
                )
                convolve(change, 0, down[phase], piece)


@numba.njit(nogil=True, cache=True)
def _move_on(channel, start, around):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Fill `around` with samples from `start` on, by a block more than it held: only what is new is read again."""
    kept = around.shape[0] - _BLOCK_SAMPLES
    for i in range(kept):
        around[i] = around[_BLOCK_SAMPLES + i]
    copy_around(channel, start + kept, around[kept:])


def oversampled_tanh(
    audio: Signal, *, gain: float, bias: float, makeup: float, factor: int, out: Signal | None = None
) -> Signal:
    """Makeup times (tanh(gain x + bias) - tanh(bias)) by its antiderivative, at a multiple of the sample rate.

    Only what the curve bends goes through the filters: quiet sound passes without any loss of treble. The filters
    leave the range up to 20 kHz (at 48 kHz) free of images and of what folds back, below -90 dB.

    Parameters
    ----------
    audio : array of shape (c, n), float32
        Channels first.
    gain, bias, makeup : float
        The curve, all linear.
    factor : int
        1, 2, 4 or 8; 1 is the antiderivative alone.
    out : array of shape (c, n), float32, optional
        Where the result goes; it may be `audio` itself.

    Returns
    -------
    array of shape (c, n), float32

    Examples
    --------
    >>> full = np.ones((1, 64), np.float32)
    >>> bent = oversampled_tanh(full, gain=2.0, bias=0.0, makeup=0.5, factor=1)
    >>> round(float(bent[0, -1]), 4), round(0.5 * math.tanh(2.0), 4)
    (0.482, 0.482)
    """
    source = np.ascontiguousarray(audio, dtype=np.float32)
    out = fresh(source.shape) if out is None else out
    have_at_hand(out)
    if factor == 1:
        _bend_plainly(source, gain, bias, makeup, out)
    else:
        _bend(source, *phase_taps(factor, STEEP_HALF_TAPS, STEEP_BETA), gain, bias, makeup, out)
    return out


@numba.njit(nogil=True, cache=True)
def _bend_plainly(samples, gain, bias, makeup, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """The same at the sample rate itself; the first sample is its own neighbour."""
    rest = np.float32(math.tanh(bias))
    slope = np.float32(gain * (1.0 - rest * rest) * makeup)
    gain, bias, makeup = np.float32(gain), np.float32(bias), np.float32(makeup)
    plain = np.zeros(_BLOCK_SAMPLES + 1, dtype=np.float32)
    integral = np.zeros(_BLOCK_SAMPLES + 1, dtype=np.float32)
    value = np.zeros(_BLOCK_SAMPLES + 1, dtype=np.float32)
    change = np.zeros(_BLOCK_SAMPLES, dtype=np.float32)
    for channel in range(samples.shape[0]):
        before = samples[channel, 0] if samples.shape[1] else np.float32(0.0)
        for start in range(0, samples.shape[1], _BLOCK_SAMPLES):
            size = min(_BLOCK_SAMPLES, samples.shape[1] - start)
            plain[0] = before
            plain[1 : size + 1] = samples[channel, start : start + size]
            before = plain[size]
            _integrate(plain, gain, bias, integral, value)
            _between(
                plain[1:],
                plain[:-1],
                integral[1:],
                integral[:-1],
                value[1:],
                value[:-1],
                gain,
                rest,
                makeup,
                slope,
                change,
            )
            for i in range(size):
                out[channel, start + i] = slope * plain[i + 1] + change[i]


def factor_for(drive_db: float) -> int:
    """Oversampling that keeps a full-scale tone up to A7 free of aliasing above -80 dB, by drive.

    Parameters
    ----------
    drive_db : float
        Level into the curve, as for `saturate`.

    Returns
    -------
    int
        2, 4 or 8.

    Examples
    --------
    >>> factor_for(0.0), factor_for(12.0), factor_for(30.0)
    (2, 4, 8)
    """
    return 2 if drive_db <= 8.0 else 4 if drive_db <= 20.0 else 8


def saturate(audio: Signal, *, drive_db: float, bias: float = 0.0, factor: int | None = None) -> Signal:
    """Hyperbolic tangent through its antiderivative, oversampled.

    Parameters
    ----------
    audio : array of shape (c, n), float32
        Channels first, full scale 1.
    drive_db : float
        Level into the curve, 0 to 48 dB; quiet signals keep a part of the gain: half of it in dB is taken back.
    bias : float
        Asymmetry, 0 to 1: adds even harmonics.
    factor : int, optional
        Oversampling, 1 for previews; by default as `factor_for` says.

    Returns
    -------
    array of shape (c, n), float32

    Raises
    ------
    ParameterError
        If drive or bias lies outside its range.

    Notes
    -----
    J. D. Parker, V. Zavalishin and E. Le Bivic, "Reducing the aliasing of nonlinear waveshaping using continuous-time
    convolution", DAFx-16 (2016).

    Examples
    --------
    Quiet sound keeps half the drive in dB as gain.

    >>> quiet = np.full((1, 4), 1e-6, dtype=np.float32)
    >>> round(20.0 * math.log10(saturate(quiet, drive_db=12.0)[0, -1] / 1e-6), 2)
    6.0
    """
    if not 0.0 <= drive_db <= 48.0 or not 0.0 <= bias <= 1.0:
        raise ParameterError(f"saturation: expected 0 to 48 dB and a bias of 0 to 1, got {drive_db:g} and {bias:g}")
    gain = 10.0 ** (drive_db / 20.0)
    return oversampled_tanh(
        audio, gain=gain, bias=bias, makeup=1.0 / math.sqrt(gain), factor=factor or factor_for(drive_db)
    )


def bit_crush(audio: Signal, *, sample_rate_hz: int, bits: float, rate_hz: float) -> Signal:
    """Coarse quantisation and sample-and-hold, as in samplers of the 1980s; their aliasing is the effect.

    Parameters
    ----------
    audio : array of shape (c, n), float32
        Channels first, full scale 1.
    sample_rate_hz : int
        Sample rate of the sound.
    bits : float
        Resolution, 4 to 24; fractions allowed.
    rate_hz : float
        Rate of the sampler, 1000 Hz and more; rates above the sound's own change nothing.

    Returns
    -------
    array of shape (c, n), float32

    Raises
    ------
    ParameterError
        If bits or rate lie outside their range.

    Examples
    --------
    >>> bit_crush(np.array([[0.3, 0.31]], dtype=np.float32), sample_rate_hz=48000, bits=4, rate_hz=48000).tolist()
    [[0.25, 0.25]]
    """
    if not 4.0 <= bits <= 24.0 or rate_hz < 1000.0:
        raise ParameterError(f"bit crush: expected 4 to 24 bits and at least 1000 Hz, got {bits:g} and {rate_hz:g}")
    if rate_hz < sample_rate_hz:
        step = rate_hz / sample_rate_hz
        held = np.floor(np.floor(np.arange(audio.shape[-1]) * step + 1e-9) / step + 1e-9).astype(np.int64)
        audio = audio[..., np.maximum(held, 0)]
    steps = 2.0 ** (bits - 1.0)
    return np.asarray(np.round(audio * steps) / steps, dtype=np.float32)
