"""Saturation with little aliasing, and the grit of early samplers."""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.errors import ParameterError
from workbench.dsp.oversampling import STEEP_BETA, STEEP_HALF_TAPS, decimate, interpolate, phase_taps

Signal = npt.NDArray[np.float32]

_BLOCK_SAMPLES = 4096


@numba.njit(nogil=True, cache=True)
def _tanh_antiderivative(phases, gain, bias, rest, makeup):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Shape phases (c, factor, n) in place, in their order in time, and take the straight part away.

    The antiderivative method averages over two neighbours; so does what is taken away, so that nothing is left where
    the curve is straight.
    """
    slope = gain * (1.0 - rest * rest) * makeup
    for channel in range(phases.shape[0]):
        plain_before = phases[channel, 0, 0]
        before = gain * plain_before + bias
        size = abs(before)
        integral_before = size + math.log1p(math.exp(-2.0 * size))
        for i in range(phases.shape[2]):
            for phase in range(phases.shape[1]):
                plain = phases[channel, phase, i]
                x = gain * plain + bias
                size = abs(x)
                integral = size + math.log1p(math.exp(-2.0 * size))
                step = x - before
                y = (integral - integral_before) / step if abs(step) > 1e-4 else math.tanh(0.5 * (x + before))
                phases[channel, phase, i] = (y - rest) * makeup - 0.5 * slope * (plain + plain_before)
                plain_before = plain
                before = x
                integral_before = integral


def oversampled_tanh(audio: Signal, *, gain: float, bias: float, makeup: float, factor: int) -> Signal:
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

    Returns
    -------
    array of shape (c, n), float32
    """
    rest = math.tanh(bias)
    slope = gain * (1.0 - rest * rest) * makeup
    out = np.asarray(audio * np.float32(slope), dtype=np.float32)
    if factor == 1:
        phases = audio[:, None, :].astype(np.float32)
        _tanh_antiderivative(phases, gain, bias, rest, makeup)
        return out + phases[:, 0]
    up, down = phase_taps(factor, STEEP_HALF_TAPS, STEEP_BETA)
    reach, taps = 2 * STEEP_HALF_TAPS, up.shape[1]
    padded = np.pad(audio, ((0, 0), (reach, reach + taps)))
    for start in range(0, audio.shape[1], _BLOCK_SAMPLES):
        stop = min(start + _BLOCK_SAMPLES, audio.shape[1])
        phases = np.empty((audio.shape[0], factor, stop - start + taps), dtype=np.float32)
        interpolate(padded, start, up, phases)
        _tanh_antiderivative(phases, gain, bias, rest, makeup)
        decimate(phases, down, start, stop, out)
    return out


def factor_for(drive_db: float) -> int:
    """Oversampling that keeps a full-scale tone up to A7 free of aliasing above -80 dB, by drive.

    Examples
    --------
    >>> factor_for(0.0), factor_for(12.0), factor_for(30.0)
    (2, 4, 8)
    """
    return 2 if drive_db <= 8.0 else 4 if drive_db <= 20.0 else 8


def saturate(audio: Signal, *, drive_db: float, bias: float = 0.0, factor: int | None = None) -> Signal:
    """Hyperbolic tangent through its antiderivative (Parker, Zavalishin, Le Bivic 2016), oversampled.

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

    Examples
    --------
    >>> quiet = np.full((1, 4), 0.001, dtype=np.float32)
    >>> bool(abs(saturate(quiet, drive_db=0.0)[0, -1] - 0.001) < 1e-5)
    True
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
