"""Biquad equaliser: the RBJ cookbook filters as a cascade, and their exact responses.

Formulae: R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from typing import Literal

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Floats, Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.cascades import filter_side_by_side, settling_samples
from workbench.dsp.memory import fresh

BandKind = Literal["peak", "low_shelf", "high_shelf", "low_pass", "high_pass", "notch"]
BUTTERWORTH_Q = sqrt(0.5)
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Band:
    """One filter: `gain_db` matters to peaks and shelves only, `q` is the cookbook's quality factor.

    Shelves of the default `q` have the steepest slope that stays monotonic.
    """

    kind: BandKind
    frequency_hz: float
    gain_db: float = 0.0
    q: float = BUTTERWORTH_Q

    def __post_init__(self) -> None:
        if self.kind not in ("peak", "low_shelf", "high_shelf", "low_pass", "high_pass", "notch"):
            raise ParameterError(
                f"band kind {self.kind!r} is not known: "
                "expected peak, low_shelf, high_shelf, low_pass, high_pass or notch"
            )
        if self.frequency_hz <= 0 or self.q <= 0:
            raise ParameterError(
                f"band: expected frequency_hz and q above 0, got {self.frequency_hz:g} Hz and q {self.q:g}"
            )


def design(bands: Sequence[Band], sample_rate_hz: int) -> Floats:
    """Coefficients of the bands as rows (b0, b1, b2, a1, a2), normalized to a0 = 1.

    Parameters
    ----------
    bands
        Filters in series; their order does not change the response.
    sample_rate_hz
        Sample rate in Hz.

    Returns
    -------
    ndarray of shape (bands, 5), float64

    Raises
    ------
    ParameterError
        If a frequency reaches half the sample rate.

    Examples
    --------
    >>> b0, b1, b2, a1, a2 = design([Band("peak", 1000.0, 0.0, 1.0)], 48_000)[0].tolist()
    >>> b0, b1 == a1, b2 == a2
    (1.0, True, True)
    """
    return np.array([_design_one(band, sample_rate_hz) for band in bands], dtype=np.float64).reshape(-1, 5)


def single_section(kind: BandKind, frequency_hz: float, sample_rate_hz: int) -> Floats:
    """One section (b0, b1, b2, a1, a2) of a band without gain."""
    return np.asarray(design([Band(kind, frequency_hz)], sample_rate_hz)[0])


def _design_one(band: Band, sample_rate_hz: int) -> tuple[float, ...]:
    if band.frequency_hz >= 0.5 * sample_rate_hz:
        raise ParameterError(
            f"band: expected a frequency below {sample_rate_hz / 2:g} Hz (half the sample rate), "
            f"got {band.frequency_hz:g} Hz"
        )
    w0 = 2.0 * pi * band.frequency_hz / sample_rate_hz
    c, alpha = cos(w0), sin(w0) / (2.0 * band.q)
    amplitude = 10.0 ** (band.gain_db / 40.0)
    if band.kind == "peak":
        raw = (
            1 + alpha * amplitude,
            -2 * c,
            1 - alpha * amplitude,
            1 + alpha / amplitude,
            -2 * c,
            1 - alpha / amplitude,
        )
    elif band.kind in ("low_shelf", "high_shelf"):
        raw = _shelf(amplitude, c if band.kind == "low_shelf" else -c, 2.0 * sqrt(amplitude) * alpha)
        if band.kind == "high_shelf":
            raw = (raw[0], -raw[1], raw[2], raw[3], -raw[4], raw[5])
    else:
        raw = (*_numerator(band.kind, c), 1 + alpha, -2 * c, 1 - alpha)
    b0, b1, b2, a0, a1, a2 = raw
    return b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0


def _shelf(a: float, c: float, root: float) -> tuple[float, float, float, float, float, float]:
    # The high shelf is the low shelf mirrored at a quarter of the sample rate: cos(w0) and the odd terms change sign.
    return (
        a * ((a + 1) - (a - 1) * c + root),
        2 * a * ((a - 1) - (a + 1) * c),
        a * ((a + 1) - (a - 1) * c - root),
        (a + 1) + (a - 1) * c + root,
        -2 * ((a - 1) + (a + 1) * c),
        (a + 1) + (a - 1) * c - root,
    )


def _numerator(kind: str, c: float) -> tuple[float, float, float]:
    if kind == "low_pass":
        return (1 - c) / 2, 1 - c, (1 - c) / 2
    if kind == "high_pass":
        return (1 + c) / 2, -(1 + c), (1 + c) / 2
    return 1.0, -2 * c, 1.0


def response_db(
    bands: Sequence[Band], frequencies_hz: npt.NDArray[np.float64], sample_rate_hz: int
) -> npt.NDArray[np.float64]:
    """Magnitude response of the bands in series, in dB, at `frequencies_hz`.

    Parameters
    ----------
    bands : sequence of Band
        Filters in series.
    frequencies_hz : array of shape (k,)
        Frequencies in Hz.
    sample_rate_hz : int
        Sample rate, above twice every band's frequency.

    Returns
    -------
    array of shape (k,), float64, in dB, at least -200

    Examples
    --------
    A Butterworth low-pass is 3 dB down at its corner.

    >>> response_db([Band("low_pass", 1000.0)], np.array([1000.0]), 48_000).round(2).tolist()
    [-3.01]
    """
    z = np.exp(-2j * pi * np.asarray(frequencies_hz, dtype=np.float64) / sample_rate_hz)
    total = np.ones_like(z)
    for b0, b1, b2, a1, a2 in design(bands, sample_rate_hz):
        total *= (b0 + b1 * z + b2 * z * z) / (1.0 + a1 * z + a2 * z * z)
    return np.asarray(20.0 * np.log10(np.maximum(np.abs(total), 1e-10)))


def equalise(samples: Signal, bands: Sequence[Band], sample_rate_hz: int, *, out: Signal | None = None) -> Signal:
    """Filter stereo samples of shape (2, n) through the bands in series; `out` may be the samples themselves.

    Returns
    -------
    array of shape (2, n), float32
        The samples themselves where there are no bands.

    Raises
    ------
    ParameterError
        If a frequency reaches half the sample rate.

    Examples
    --------
    A high-pass removes a constant offset.

    >>> offset = np.full((2, 4_800), 0.25, np.float32)
    >>> bool(np.abs(equalise(offset, [Band("high_pass", 100.0)], 48_000)[:, -1]).max() < 1e-6)
    True
    """
    return filter_sections(samples, design(bands, sample_rate_hz), out) if bands else samples


def filter_sections(samples: Signal, sections: Floats, out: Signal | None = None) -> Signal:
    """Filter (2, n) samples through second-order sections (s, 5) as `design` makes them; states are float64.

    Returns
    -------
    array of shape (2, n), float32
        `out` where it is given; it may be the samples themselves.

    Examples
    --------
    The mean of two neighbours spreads a click over two samples.

    >>> click = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], np.float32)
    >>> filter_sections(click, np.array([[0.5, 0.5, 0.0, 0.0, 0.0]])).tolist()
    [[0.5, 0.5, 0.0], [0.0, 0.5, 0.5]]
    """
    out = fresh(samples.shape) if out is None else out
    if len(sections) % 2:
        sections = np.vstack([sections, [1.0, 0.0, 0.0, 0.0, 0.0]])
    source = np.ascontiguousarray(samples, dtype=np.float32)
    if not filter_side_by_side(source, sections, out):
        _cascade(source, sections, out)
    return out


def filter_channel(channel: npt.NDArray[np.float32], sections: Floats) -> npt.NDArray[np.float32]:
    """Filter one channel (n,) through second-order sections, in place; returns the same array.

    Its two halves run as two channels do, the second after a warm-up in which the filters forget how they began.

    Returns
    -------
    array of shape (n,), float32

    Examples
    --------
    >>> click = np.array([1.0, 0.0, 0.0, 0.0], np.float32)
    >>> filter_channel(click, np.array([[0.5, 0.5, 0.0, 0.0, 0.0]])).tolist()
    [0.5, 0.5, 0.0, 0.0]
    """
    warm_up, half = settling_samples(sections), channel.size // 2
    begin = max(0, half - warm_up)
    rows = fresh((2, channel.size - begin))
    rows[0], rows[1] = channel[: rows.shape[1]], channel[begin:]
    filter_sections(rows, sections, rows)
    channel[:half], channel[half:] = rows[0, :half], rows[1, half - begin :]
    return channel


@numba.njit(cache=True, nogil=True)
def _cascade(samples, sections, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Transposed direct form II, two sections and both channels in one loop: four recursions run side by side."""
    length = samples.shape[1]
    state = np.zeros((sections.shape[0], 4))
    left = np.zeros(_BLOCK)
    right = np.zeros(_BLOCK)
    for start in range(0, length, _BLOCK):
        size = min(_BLOCK, length - start)
        for i in range(size):
            left[i] = samples[0, start + i]
            right[i] = samples[1, start + i]
        for s in range(0, sections.shape[0], 2):
            b0, b1, b2, a1, a2 = sections[s]
            d0, d1, d2, c1, c2 = sections[s + 1]
            l1, l2, r1, r2 = state[s]
            m1, m2, t1, t2 = state[s + 1]
            for i in range(size):
                x = left[i]
                y = b0 * x + l1
                l1 = (b1 * x + l2) - a1 * y
                l2 = b2 * x - a2 * y
                z = d0 * y + m1
                m1 = (d1 * y + m2) - c1 * z
                m2 = d2 * y - c2 * z
                left[i] = z
                x = right[i]
                y = b0 * x + r1
                r1 = (b1 * x + r2) - a1 * y
                r2 = b2 * x - a2 * y
                z = d0 * y + t1
                t1 = (d1 * y + t2) - c1 * z
                t2 = d2 * y - c2 * z
                right[i] = z
            state[s] = (l1, l2, r1, r2)
            state[s + 1] = (m1, m2, t1, t2)
        # Denormal numbers cost a hundred times the time of ordinary ones: cut tails at -500 dB.
        for s in range(state.shape[0]):
            for k in range(4):
                if abs(state[s, k]) < 1e-25:
                    state[s, k] = 0.0
        for i in range(size):
            out[0, start + i] = left[i]
            out[1, start + i] = right[i]


def tilt(gain_db: float, pivot_hz: float = 800.0) -> tuple[Band, ...]:
    """Bands that tilt the spectrum: `gain_db` more above the pivot than below it, half on either side.

    Returns
    -------
    tuple of two Bands
        A low shelf at 0.3 and a high shelf at 4 times the pivot.

    Examples
    --------
    >>> response_db(tilt(6.0), np.array([20.0, 20_000.0]), 48_000).round(1).tolist()
    [-3.0, 3.0]
    """
    low = Band("low_shelf", pivot_hz * 0.3, -gain_db / 2.0, 0.5)
    return low, Band("high_shelf", pivot_hz * 4.0, gain_db / 2.0, 0.5)


def split_bands(
    samples: Signal, crossover_hz: float, sample_rate_hz: int, *, out: Signal | None = None
) -> tuple[Signal, Signal]:
    """Split into a low and a high band that add up to an all-pass (Linkwitz-Riley, fourth order).

    The high band goes to `out`, which may be the samples themselves. Source: S. H. Linkwitz, "Active crossover networks
    for noncoincident drivers", JAES 24 (1976).

    Returns
    -------
    low, high : arrays of shape (2, n), float32

    Examples
    --------
    The sum of both bands keeps the energy of a click.

    >>> click = np.zeros((2, 4_800), np.float32)
    >>> click[:, 0] = 1.0
    >>> low, high = split_bands(click, 500.0, 48_000)
    >>> np.square(low + high).sum(axis=1).round(4).tolist()
    [1.0, 1.0]
    """
    low = Band("low_pass", crossover_hz)
    high = Band("high_pass", crossover_hz)
    return equalise(samples, (low, low), sample_rate_hz), equalise(samples, (high, high), sample_rate_hz, out=out)
