"""Frequency modulation: pairs of sine operators."""

from __future__ import annotations

import math

import numba
import numpy as np
from scipy import special

from workbench.domain.arrays import Control, Signal
from workbench.dsp.oscillators import CONTROL_SAMPLES

_HEARD_HZ = 20_000.0
_FOLDED = 10.0 ** (-87.0 / 20.0)


@numba.njit(nogil=True, cache=True, inline="always")
def fast_sine(x):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Sine within 1e-11 for |x| below 1000: a Taylor series around the nearest zero, which the compiler vectorises.

    Returns
    -------
    float
    """
    turns = np.floor(x * (1.0 / math.pi) + 0.5)
    r = x - turns * math.pi
    sign = 1.0 - 2.0 * (turns - 2.0 * np.floor(0.5 * turns))
    t = r * r
    y = 1.0 - t * (1.0 / (14.0 * 15.0))
    y = 1.0 - t * y * (1.0 / (12.0 * 13.0))
    y = 1.0 - t * y * (1.0 / (10.0 * 11.0))
    y = 1.0 - t * y * (1.0 / (8.0 * 9.0))
    y = 1.0 - t * y * (1.0 / (6.0 * 7.0))
    y = 1.0 - t * y * (1.0 / (4.0 * 5.0))
    y = 1.0 - t * y * (1.0 / (2.0 * 3.0))
    return sign * r * y


@numba.njit(nogil=True, cache=True, error_model="numpy")
def _fm_pair(out, increments, ratio, modulator_ratio, index, feedback):  # type: ignore[no-untyped-def]  # pragma: no cover
    length = out.shape[0]
    carrier = 0.0
    modulator = 0.0
    last = 0.0
    turn = 2.0 * math.pi
    modulation = np.zeros(CONTROL_SAMPLES)
    for block in range(-(-length // CONTROL_SAMPLES)):
        step = increments[block] * turn
        depth = index[block]
        slope = (index[block + 1] - depth) / CONTROL_SAMPLES
        if feedback > 0.0:
            for i in range(CONTROL_SAMPLES):
                last = math.sin(modulator + step * modulator_ratio * i + feedback * last)
                modulation[i] = last
        else:
            for i in range(CONTROL_SAMPLES):
                modulation[i] = fast_sine(modulator + step * modulator_ratio * i)
        begin = block * CONTROL_SAMPLES
        piece = out[begin : min(length, begin + CONTROL_SAMPLES)]
        for i in range(piece.shape[0]):
            piece[i] = fast_sine(carrier + step * ratio * i + (depth + slope * i) * modulation[i])
        carrier += step * ratio * CONTROL_SAMPLES
        modulator += step * modulator_ratio * CONTROL_SAMPLES
        carrier -= math.floor(carrier / turn) * turn
        modulator -= math.floor(modulator / turn) * turn


def fm_oscillator(
    frequency_hz: Control,
    *,
    length: int,
    sample_rate_hz: int,
    ratio: float,
    modulator_ratio: float,
    index: Control,
    feedback: float = 0.0,
) -> Signal:
    """Two sine operators, one modulating the other's phase (Chowning 1973; phase modulation as in the DX7).

    Parameters
    ----------
    frequency_hz, index : arrays of shape (control_length(length),)
        Fundamental and modulation index in radians by control block. The index is lowered where a side band that
        folds back below 20 kHz would lie above -87 dB.
    length, sample_rate_hz : int
        Samples to make and their rate.
    ratio, modulator_ratio : float
        Operators' frequencies as multiples of the fundamental.
    feedback : float
        Phase feedback of the modulator in radians, 0 to 1.5; lowered for high notes as the index is.

    Returns
    -------
    array of shape (length,), float32, in -1..1

    Examples
    --------
    >>> pitch = np.full(3, 12e3)
    >>> sine = fm_oscillator(pitch, length=64, sample_rate_hz=48_000, ratio=1, modulator_ratio=2, index=np.zeros(3))
    >>> (sine[:4].round(3) + 0.0).tolist()
    [0.0, 1.0, 0.0, -1.0]
    """
    out = np.empty(length, dtype=np.float32)
    highest = float(np.max(frequency_hz, initial=1.0))
    carrier_hz, modulator_hz = frequency_hz * ratio, np.maximum(frequency_hz * modulator_ratio, 1.0)
    folding_hz = max(0.5 * sample_rate_hz, sample_rate_hz - _HEARD_HZ)
    fed = min(float(feedback), _clean_feedback(folding_hz / max(highest * modulator_ratio, 1.0)))
    # With feedback the modulator has harmonics of its own, and each makes side bands: count them as one more octave.
    bound = _clean_index((folding_hz - carrier_hz) / (modulator_hz * (1.0 + fed)))
    _fm_pair(
        out,
        np.asarray(frequency_hz, dtype=np.float64) / sample_rate_hz,
        float(ratio),
        float(modulator_ratio),
        np.minimum(np.asarray(index, dtype=np.float64), bound),
        fed,
    )
    return out


def _clean_index(orders: Control) -> Control:
    """Largest modulation index whose side band of order `orders` (rounded up) is below -87 dB.

    Bessel functions of high order grow as (index / 2) ** order / order! (Abramowitz and Stegun, 9.1.10).
    """
    order = np.maximum(np.ceil(np.maximum(orders, 0.0)), 1.0)
    return np.asarray(2.0 * np.exp((math.log(_FOLDED) + special.gammaln(order + 1.0)) / order))


def _clean_feedback(harmonic: float) -> float:
    """Largest feedback whose harmonic of that order is below -87 dB, by the decay of J_n(n b) for b below 1."""
    feedbacks = np.linspace(0.0, 0.999, 200)[1:]
    root = np.sqrt(1.0 - feedbacks**2)
    levels = np.exp(-harmonic * (np.arccosh(1.0 / feedbacks) - root))
    clean = feedbacks[levels < _FOLDED]
    return float(clean[-1]) if clean.size and clean.size < feedbacks.size else (0.0 if not clean.size else 1.5)
