"""Word-length reduction with triangular dither, deterministic; at 16 bits and below shaped to where ears are dull."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError
from workbench.dsp import scratch
from workbench.dsp.memory import fresh
from workbench.dsp.parallel import blocks, each_block

# Error feedback whose noise follows the ear's threshold at 44.1 and 48 kHz: R. A. Wannamaker, "Psychoacoustically
# optimal noise shaping", JAES 40 (1992), three-tap filter. Less noise below 8 kHz, more above 14 kHz.
SHAPING = (1.623, -0.982, 0.109)


_GOLDEN, _FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_ROW = np.uint64(40)
"""Bits of a place within a row: each row of samples has counters of its own."""


@numba.njit(cache=True, nogil=True, inline="always")
def _triangle(key, counter):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Difference of two uniform numbers, both from one counter: any sample's dither is known without those before.

    The mixing function of SplitMix64: G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number
    generators" (OOPSLA 2014).
    """
    mixed = key + counter * _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    mixed = mixed ^ (mixed >> np.uint64(31))
    return (
        np.float64(np.int64(mixed >> np.uint64(32))) - np.float64(np.int64(mixed & np.uint64(0xFFFFFFFF)))
    ) * 2.0**-32


@numba.njit(cache=True, nogil=True)
def _fill_noise(key, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    for row in range(out.shape[0]):
        first = np.uint64(row) << _ROW
        for i in range(out.shape[1]):
            out[row, i] = _triangle(key, first + np.uint64(i))


def tpdf_noise(shape: tuple[int, ...], seed: int) -> npt.NDArray[np.float64]:
    """Triangular noise of two quantisation steps peak to peak, in steps (variance 1/6), white.

    Parameters
    ----------
    shape : tuple of int
        Time on the last axis.
    seed : int
        Equal seeds give equal noise.

    Returns
    -------
    array of the given shape, float64, in -1..1

    Examples
    --------
    >>> noise = tpdf_noise((2, 10_000), seed=1)
    >>> bool(abs(noise).max() < 1.0), round(6.0 * float(noise.var()), 1)
    (True, 1.0)
    """
    out = np.empty(shape)
    _fill_noise(_key(seed), out.reshape(-1, shape[-1]))
    return out


def _key(seed: int) -> np.uint64:
    """Seeds that lie beside each other get keys that do not."""
    return np.uint64(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0])


def quantise(
    samples: npt.NDArray[np.floating], *, bit_depth: int, seed: int = 0, shaped: bool = False
) -> npt.NDArray[np.int32]:
    """Round samples in -1..1 to signed integers of `bit_depth` bits with TPDF dither.

    Parameters
    ----------
    samples
        Any shape, time on the last axis; full scale is 1.0 = 2 ** (bit_depth - 1) steps. What lies beyond is clipped
        to the largest value.
    bit_depth
        8 to 24 bits.
    seed
        Seed of the dither; equal seeds give equal bytes.
    shaped
        Feed the error back through `SHAPING`: about 10 dB less audible noise, and more of it in total.

    Returns
    -------
    ndarray of int32 in -2**(bit_depth - 1) .. 2**(bit_depth - 1) - 1

    Raises
    ------
    ParameterError
        If the bit depth is not in 8..24.

    Notes
    -----
    TPDF dither of 2 LSB makes the error's mean and power independent of the signal: S. P. Lipshitz,
    R. A. Wannamaker and J. Vanderkooy, "Quantization and dither: a theoretical survey", JAES 40 (1992).

    Examples
    --------
    A level between two steps is kept on average.

    >>> round(float(quantise(np.full(10_000, 0.3 / 128), bit_depth=8).mean()), 1)
    0.3
    """
    source = np.atleast_2d(np.asarray(samples)).reshape(-1, np.shape(samples)[-1] if np.ndim(samples) else 1)
    out = np.empty(source.shape, dtype=np.int32)
    _rounding(source, bit_depth, seed, shaped)(0, source.shape[1], 1.0, out)
    return out.reshape(np.shape(samples))


def quantised(
    samples: npt.NDArray[np.floating],
    *,
    bit_depth: int,
    seed: int = 0,
    shaped: bool = False,
    size: int,
) -> Iterator[npt.NDArray[np.int32]]:
    """`quantise` of (c, n) samples in pieces of at most `size` samples, in order.

    Samples that lie on whole steps already are not dithered: nothing of them is rounded.

    Parameters
    ----------
    samples, bit_depth, seed, shaped
        As for `quantise`.
    size : int
        Samples of a piece.

    Yields
    ------
    array of shape (c, m), int32
        m is `size`, or less at the end.

    Raises
    ------
    ParameterError
        As `quantise`.

    Examples
    --------
    >>> sound = np.array([[0.5, -0.5, 0.25]], np.float32)
    >>> [piece.tolist() for piece in quantised(sound, bit_depth=8, size=2)]
    [[[64, -64]], [[32]]]
    """
    rounding = _rounding(samples, bit_depth, seed, shaped, dithered=not lies_on_steps(samples, bit_depth=bit_depth))
    for start, stop in blocks(samples.shape[1], size):
        piece = np.empty((samples.shape[0], stop - start), dtype=np.int32)
        rounding(start, stop, 1.0, piece)
        scratch.look()
        yield piece


def interleaved(steps: npt.NDArray[np.int32], bit_depth: int) -> npt.NDArray[np.uint8]:
    """Integers (c, n) of 16 or 24 bits as the bytes of a file: frame by frame, the lowest byte first.

    Parameters
    ----------
    steps : array of shape (c, n), int32
        Samples in two's complement.
    bit_depth : int
        16 or 24.

    Returns
    -------
    array of shape (c * n * bit_depth / 8,), uint8

    Examples
    --------
    >>> interleaved(np.array([[1, 2], [-1, 256]], np.int32), 16).tolist()
    [1, 0, 255, 255, 2, 0, 0, 1]
    """
    out = np.empty(steps.size * bit_depth // 8, dtype=np.uint8)
    if bit_depth == 24 and steps.shape[0] == 2 and sys.byteorder == "little":
        _interleave_stereo(steps[0], steps[1], out.view(np.uint16))
    else:
        _interleave(steps, bit_depth // 8, out)
    return out


@numba.njit(cache=True, nogil=True)
def _interleave_stereo(left, right, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Frames of 24 bits, three words of 16 each."""
    for i in range(left.shape[0]):
        one, other = left[i], right[i]
        out[3 * i] = np.uint16(one & 0xFFFF)
        out[3 * i + 1] = np.uint16(((one >> 16) & 0xFF) | ((other & 0xFF) << 8))
        out[3 * i + 2] = np.uint16((other >> 8) & 0xFFFF)


@numba.njit(cache=True, nogil=True)
def _interleave(steps, width, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    place = 0
    for i in range(steps.shape[1]):
        for row in range(steps.shape[0]):
            value = steps[row, i]
            for byte in range(width):
                out[place + byte] = np.uint8((value >> (8 * byte)) & 255)
            place += width


def on_steps(samples: Signal, *, bit_depth: int, seed: int = 0, shaped: bool = False) -> Signal:
    """What `quantised` makes of (c, n) samples, full scale 1.0 again: what a listener hears.

    Parameters
    ----------
    samples, bit_depth, seed, shaped
        As for `quantise`.

    Returns
    -------
    array of shape (c, n), float32
        Whole multiples of 2 ** (1 - bit_depth).

    Raises
    ------
    ParameterError
        As `quantise`.

    Examples
    --------
    Rounding and TPDF dither together leave an error of half a step RMS: 1/12 + 1/6 = 1/4.

    >>> sound = np.linspace(-0.9, 0.9, 20_000, dtype=np.float32)[None]
    >>> error = (on_steps(sound, bit_depth=12) - sound) * 2.0**11
    >>> round(float(np.sqrt(np.square(error).mean())), 2)
    0.5
    """
    rounding = _rounding(samples, bit_depth, seed, shaped, dithered=not lies_on_steps(samples, bit_depth=bit_depth))
    out = fresh(samples.shape)
    unit = 2.0 ** (1 - bit_depth)
    if shaped:
        rounding(0, samples.shape[1], unit, out)
    else:
        each_block(lambda start, stop: rounding(start, stop, unit, out[:, start:stop]), samples.shape[1])
    return out


def _rounding(
    samples: npt.NDArray[np.floating], bit_depth: int, seed: int, shaped: bool, *, dithered: bool = True
) -> Callable[[int, int, float, npt.NDArray[np.generic]], None]:
    """Rounds samples from one place to another into an array, in units of a step; shaped ones in their order."""
    if not 8 <= bit_depth <= 24:
        raise ParameterError(f"bit depth: expected 8 to 24 bits, got {bit_depth}")
    source = np.ascontiguousarray(samples)
    steps, key = 2.0 ** (bit_depth - 1), _key(seed)
    dither = 1.0 if dithered else 0.0
    if not shaped:
        return lambda start, stop, unit, out: _round(source, steps, unit, dither, key, start, stop, out)
    taps, errors = np.array(SHAPING), np.zeros((source.shape[0], len(SHAPING)))
    return lambda start, stop, unit, out: _shape_error(source, steps, unit, dither, key, taps, errors, start, stop, out)


def lies_on_steps(samples: npt.NDArray[np.floating], *, bit_depth: int) -> bool:
    """Whether (c, n) samples are whole steps of `bit_depth` bits already, and not silence.

    Parameters
    ----------
    samples : array of shape (c, n)
        Full scale 1.
    bit_depth : int
        Bits of a sample.

    Returns
    -------
    bool

    Examples
    --------
    >>> lies_on_steps(np.array([[0.5, 0.0]]), bit_depth=16), lies_on_steps(np.array([[0.3]]), bit_depth=16)
    (True, False)
    """
    return bool(_on_steps(samples, 2.0 ** (bit_depth - 1)))


@numba.njit(cache=True, nogil=True)
def _on_steps(samples, steps):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    sounds = False
    for row in range(samples.shape[0]):
        for i in range(samples.shape[1]):
            scaled = samples[row, i] * steps
            if scaled != np.floor(scaled):
                return False
            sounds = sounds or scaled != 0.0
    return sounds


@numba.njit(cache=True, nogil=True)
def _round(samples, steps, unit, dither, key, start, stop, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    for row in range(samples.shape[0]):
        first = (np.uint64(row) << _ROW) + np.uint64(start)
        piece, found = samples[row, start:stop], out[row]
        for i in range(piece.shape[0]):
            value = np.floor(piece[i] * steps + dither * _triangle(key, first + np.uint64(i)) + 0.5)
            found[i] = unit * min(max(value, -steps), steps - 1.0)


@numba.njit(cache=True, nogil=True)
def _shape_error(samples, steps, unit, dither, key, taps, errors, start, stop, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """The last errors of each row come in `errors`, and are left there."""
    a, b, c = taps
    for row in range(samples.shape[0]):
        e1, e2, e3 = errors[row]
        first = (np.uint64(row) << _ROW) + np.uint64(start)
        piece, found = samples[row, start:stop], out[row]
        for i in range(piece.shape[0]):
            wanted = piece[i] * steps - a * e1 - b * e2 - c * e3
            value = np.floor(wanted + dither * _triangle(key, first + np.uint64(i)) + 0.5)
            e3 = e2
            e2 = e1
            e1 = value - wanted
            found[i] = unit * min(max(value, -steps), steps - 1.0)
        errors[row, 0], errors[row, 1], errors[row, 2] = e1, e2, e3
