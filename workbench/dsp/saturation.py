"""Saturation with little aliasing, and the grit of early samplers."""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.errors import ParameterError

Signal = npt.NDArray[np.float32]


@numba.njit(nogil=True, cache=True)
def _tanh_antiderivative(audio, out, gain, bias, rest, makeup):  # type: ignore[no-untyped-def]  # pragma: no cover
    for channel in range(audio.shape[0]):
        before = bias
        size = abs(before)
        integral_before = size + math.log1p(math.exp(-2.0 * size))
        for i in range(audio.shape[1]):
            x = gain * audio[channel, i] + bias
            size = abs(x)
            integral = size + math.log1p(math.exp(-2.0 * size))
            step = x - before
            y = (integral - integral_before) / step if abs(step) > 1e-3 else math.tanh(0.5 * (x + before))
            out[channel, i] = (y - rest) * makeup
            before = x
            integral_before = integral


def saturate(audio: Signal, *, drive_db: float, bias: float = 0.0) -> Signal:
    """Hyperbolic tangent through its antiderivative, which lowers aliasing (Parker, Zavalishin, Le Bivic 2016).

    Parameters
    ----------
    audio : array of shape (c, n), float32
        Channels first, full scale 1.
    drive_db : float
        Level into the curve, 0 to 48 dB; quiet signals keep a part of the gain: half of it in dB is taken back.
    bias : float
        Asymmetry, 0 to 1: adds even harmonics.

    Returns
    -------
    array of shape (c, n), float32; delayed by half a sample

    Raises
    ------
    ParameterError
        If drive or bias lies outside its range.

    Examples
    --------
    >>> quiet = np.full((1, 4), 0.001, dtype=np.float32)
    >>> bool(abs(saturate(quiet, drive_db=0.0)[0, -1] - 0.001) < 1e-5)
    True
    """
    if not 0.0 <= drive_db <= 48.0 or not 0.0 <= bias <= 1.0:
        raise ParameterError(f"saturation: expected 0 to 48 dB and a bias of 0 to 1, got {drive_db:g} and {bias:g}")
    gain = 10.0 ** (drive_db / 20.0)
    out = np.empty_like(audio)
    _tanh_antiderivative(audio, out, gain, bias, math.tanh(bias), 1.0 / math.sqrt(gain))
    return out


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
