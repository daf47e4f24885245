"""Bodies that ring: banks of decaying modes and plucked strings."""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError

_LN_1000 = 6.907755278982137  # a fall by 60 dB


@numba.njit(nogil=True, cache=True)
def _modes(out, steps, amplitudes, factors, phases):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    for mode in range(steps.shape[0]):
        real = math.sin(phases[mode])
        imaginary = math.cos(phases[mode])
        turn_real = factors[mode] * math.cos(steps[mode])
        turn_imaginary = factors[mode] * math.sin(steps[mode])
        heard = out.shape[1]
        if factors[mode] < 1.0:  # a mode is left where it has fallen by 100 dB
            heard = min(heard, int(-11.5 / math.log(factors[mode])) + 1)
        for i in range(heard):
            for channel in range(out.shape[0]):
                out[channel, i] += amplitudes[channel, mode] * real
            following = real * turn_real + imaginary * turn_imaginary
            imaginary = imaginary * turn_real - real * turn_imaginary
            real = following


def modal_bank(
    frequencies_hz: npt.ArrayLike,
    amplitudes: npt.ArrayLike,
    decays_ms: npt.ArrayLike,
    *,
    length: int,
    sample_rate_hz: int,
    phases: npt.ArrayLike | None = None,
) -> Signal:
    """Sum of exponentially decaying sines: drums' tones, bells, cymbals.

    Parameters
    ----------
    frequencies_hz, decays_ms : array_like of shape (m,)
        Each mode's frequency and time to fall by 60 dB. Modes above 48 % of the rate are left out.
    amplitudes : array_like of shape (m,) or (c, m)
        Each mode's start amplitude, or one for each of c channels.
    length, sample_rate_hz : int
        Samples to make and their rate.
    phases : array_like of shape (m,), optional
        Start phases in radians; 0, a start from silence, where left out.

    Returns
    -------
    array of shape (length,), or (c, length) where the amplitudes have channels, float32

    Examples
    --------
    After its decay time a mode has a thousandth of its amplitude.

    >>> ring = modal_bank([12e3], [1.0], [100.0], length=4_802, sample_rate_hz=48_000)
    >>> round(float(ring[1]), 3), round(float(ring[4_801]), 4)
    (0.999, 0.001)
    """
    frequencies = np.atleast_1d(np.asarray(frequencies_hz, dtype=np.float64))
    given = np.asarray(amplitudes, dtype=np.float64)
    channels = given.shape[0] if given.ndim == 2 else 1
    heights = np.broadcast_to(given, (channels, frequencies.size))
    decays = np.broadcast_to(np.asarray(decays_ms, dtype=np.float64), frequencies.shape)
    starts = np.zeros(frequencies.shape) if phases is None else np.asarray(phases, dtype=np.float64)
    kept = frequencies < 0.48 * sample_rate_hz
    out = np.zeros((channels, length), dtype=np.float32)
    _modes(
        out,
        2.0 * np.pi * frequencies[kept] / sample_rate_hz,
        np.ascontiguousarray(heights[:, kept]),
        np.exp(-_LN_1000 * 1000.0 / (decays[kept] * sample_rate_hz)),
        starts[kept],
    )
    return out if given.ndim == 2 else np.asarray(out[0])


@numba.njit(nogil=True, cache=True)
def _string(out, line, delay, loss, damping):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    size = line.shape[0]
    write = 0
    smoothed = 0.0
    for i in range(out.shape[0]):
        place = write - delay
        if place < 0.0:
            place += size
        index = int(place)
        fraction = place - index
        # Third-order Lagrange: a linear read would damp short strings by itself.
        a = line[(index - 1) % size]
        b = line[index]
        c = line[(index + 1) % size]
        d = line[(index + 2) % size]
        value = (
            -a * fraction * (fraction - 1.0) * (fraction - 2.0) / 6.0
            + b * (fraction + 1.0) * (fraction - 1.0) * (fraction - 2.0) / 2.0
            - c * (fraction + 1.0) * fraction * (fraction - 2.0) / 2.0
            + d * (fraction + 1.0) * fraction * (fraction - 1.0) / 6.0
        )
        smoothed += (1.0 - damping) * (value - smoothed)
        out[i] = smoothed
        line[write] = loss * smoothed
        write += 1
        if write == size:
            write = 0


def plucked_string(
    frequency_hz: float,
    excitation: Signal,
    *,
    length: int,
    sample_rate_hz: int,
    decay_ms: float,
    damping: float,
    pick_position: float,
) -> Signal:
    """A string by digital waveguide (Karplus and Strong 1983; Jaffe and Smith 1983), in tune within 2 cents.

    Parameters
    ----------
    frequency_hz : float
        Fundamental, 20 Hz to a twelfth of the sample rate.
    excitation : array of shape (p,), float32
        What the pluck puts on the string, such as noise; repeated or cut to one period.
    length, sample_rate_hz : int
        Samples to make and their rate.
    decay_ms : float
        Time for the fundamental to fall by 60 dB, above 0.
    damping : float
        How much faster the high partials fade, 0 to 0.95.
    pick_position : float
        Where the string is plucked, 0.05 (bridge) to 0.5 (middle).

    Returns
    -------
    array of shape (length,), float32, peak about 1

    Raises
    ------
    ParameterError
        If a parameter lies outside its range.
    """
    if not 20.0 <= frequency_hz <= sample_rate_hz / 12.0 or not 0.0 <= damping <= 0.95 or decay_ms <= 0.0:
        raise ParameterError(
            f"string: expected 20 to {sample_rate_hz / 12:.0f} Hz, damping 0 to 0.95 and a decay above 0 ms, "
            f"got {frequency_hz:g} Hz, {damping:g} and {decay_ms:g} ms"
        )
    if not 0.05 <= pick_position <= 0.5:
        raise ParameterError(f"string: expected a pick position of 0.05 to 0.5, got {pick_position:g}")
    period = sample_rate_hz / frequency_hz
    step = 2.0 * np.pi / period
    response = (1.0 - damping) / (1.0 - damping * np.exp(-1j * step))
    delay = period + float(np.angle(response)) / step  # the damping filter's own phase delay belongs to the period
    loss = min(1.0, 10.0 ** (-3.0 * 1000.0 * period / (decay_ms * sample_rate_hz)) / abs(complex(response)))
    size = math.ceil(period) + 8
    burst = np.resize(excitation, math.ceil(period)).astype(np.float64)
    shift = max(1, round(pick_position * burst.size))
    burst = burst - np.roll(burst, shift)  # a comb: partials with a node at the pick stay silent
    burst -= burst.mean()
    line = np.zeros(size)
    line[size - burst.size :] = burst / max(1e-9, float(np.abs(burst).max()))
    out = np.empty(length, dtype=np.float32)
    _string(out, line, delay, loss, damping)
    return out
