"""Feedback delay network reverb: stereo, seeded, with pre-delay, size and damping."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.memory import silence

_DELAYS_MS = np.array([29.7, 34.3, 39.1, 43.9, 50.3, 56.9, 63.1, 71.9])
_DIFFUSERS_MS = np.array([4.77, 3.59, 12.73, 9.31])
_DIFFUSION = 0.62
_PIECE = 128
_SILENT = 1e-20


@dataclass(frozen=True, slots=True)
class Reverb:
    """A room. `decay_seconds` is the time to -60 dB at middle frequencies, `size` scales all delays.

    `damping_hz`: above it the decay shortens (to half at about that frequency in a room of one second).
    `width` 0 gives a mono return, 1 an independent one for each ear.
    """

    decay_seconds: float = 1.5
    predelay_ms: float = 15.0
    size: float = 1.0
    damping_hz: float = 6000.0
    width: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not (0.05 <= self.decay_seconds <= 60 and 0.2 <= self.size <= 4 and self.damping_hz > 0):
            raise ParameterError(
                "reverb: expected decay_seconds in 0.05..60, size in 0.2..4 and damping_hz above 0, "
                f"got {self.decay_seconds:g}, {self.size:g}, {self.damping_hz:g}"
            )
        if self.predelay_ms < 0 or not 0 <= self.width <= 1:
            raise ParameterError(
                f"reverb: expected predelay_ms of at least 0 and width in 0..1, "
                f"got {self.predelay_ms:g} and {self.width:g}"
            )


def reverberate(samples: Signal, reverb: Reverb, sample_rate_hz: int) -> Signal:
    """Reverberation of (2, n) samples without the dry signal, the same length.

    Its energy is that of the input times the room's gain, which is normalized: a long reverb is not louder than a
    short one for a steady sound.

    Parameters
    ----------
    samples : array of shape (2, n), float32
        Sound that is sent.
    reverb : Reverb
        The room; equal seeds give equal reflections.
    sample_rate_hz : int
        Sample rate.

    Returns
    -------
    array of shape (2, n), float32

    Notes
    -----
    Eight lines with a Hadamard feedback matrix and one-pole damping after J.-M. Jot and A. Chaigne, "Digital delay
    networks for designing artificial reverberators" (AES 90, 1991), behind four all-pass diffusers on each side.

    Examples
    --------
    Nothing is heard before the pre-delay of 15 ms (720 samples) has passed.

    >>> click = np.zeros((2, 9_600), np.float32)
    >>> click[:, 0] = 1.0
    >>> wet = reverberate(click, Reverb(predelay_ms=15.0), 48_000)
    >>> bool(wet[:, :720].any()), bool(wet[:, 720:].any())
    (False, True)
    """
    generator = np.random.Generator(np.random.PCG64(reverb.seed))
    delays = _lengths(_DELAYS_MS * reverb.size, generator, sample_rate_hz)
    diffusers = np.stack([_lengths(_DIFFUSERS_MS * min(reverb.size, 1.5), generator, sample_rate_hz) for _ in range(2)])
    gains = 10.0 ** (-3.0 * delays / (reverb.decay_seconds * sample_rate_hz))
    pole = _damping_pole(reverb.damping_hz, float(gains.mean()), sample_rate_hz)
    # Each line carries energy g^2 / (1 - g^2) of what enters it; the inverse root keeps a steady sound at one level.
    level = float(np.sqrt(np.mean(1.0 - gains**2) / np.mean(gains**2)))
    out = silence(samples.shape)
    lead = round(reverb.predelay_ms * sample_rate_hz / 1000.0)
    if lead < samples.shape[1]:
        _network(np.ascontiguousarray(samples), lead, delays, gains, pole, diffusers, level, out)
    if reverb.width < 1.0:
        _narrow(out, np.float32(0.5 * reverb.width))
    return out


def _lengths(delays_ms: npt.NDArray[np.float64], generator: np.random.Generator, rate: int) -> npt.NDArray[np.int64]:
    """Delays in samples, odd and spread by a few percent, so that two rooms do not ring alike."""
    spread = delays_ms * (1.0 + generator.uniform(-0.04, 0.04, delays_ms.shape))
    return np.asarray(np.round(spread * rate / 2000.0).astype(np.int64) * 2 + 1)


def _damping_pole(damping_hz: float, gain: float, sample_rate_hz: int) -> float:
    """Pole of the one-pole low-pass in each line whose loss per turn doubles the decay rate at `damping_hz`."""
    if damping_hz >= 0.45 * sample_rate_hz:
        return 0.0
    c = np.cos(2.0 * np.pi * damping_hz / sample_rate_hz)
    loss = max(gain, 0.05) ** 2  # wanted power of the low-pass at damping_hz: |H| = gain doubles the dB per turn
    # |H|^2 = (1 - p)^2 / (1 - 2 p c + p^2) = loss, solved for the pole between 0 and 1
    b = (1.0 - loss * c) / (1.0 - loss)
    return float(b - np.sqrt(b * b - 1.0))


@numba.njit(cache=True, nogil=True)
def _narrow(samples, share):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Scale the side of (2, n) samples by twice the share, in place."""
    half = np.float32(0.5)
    for i in range(samples.shape[1]):
        mid = half * (samples[0, i] + samples[1, i])
        side = share * (samples[0, i] - samples[1, i])
        samples[0, i] = mid + side
        samples[1, i] = mid - side


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _network(samples, lead, delays, gains, pole, diffusers, level, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Fill `out` from `lead` on, piece by piece.

    No piece is longer than the shortest delay, so all but the damping runs on vectors.
    """
    lines = np.zeros((8, delays.max()), dtype=np.float32)
    allpass = np.zeros((2, 4, diffusers.max()), dtype=np.float32)
    heads = np.zeros(8, dtype=np.int64)
    allpass_heads = np.zeros((2, 4), dtype=np.int64)
    damped = np.zeros(8)
    v = np.zeros((8, _PIECE))
    source = np.zeros((2, _PIECE))
    longest = min(_PIECE, delays.min(), diffusers.min())
    for start in range(0, samples.shape[1] - lead, longest):
        size = min(longest, samples.shape[1] - lead - start)
        heard = start + lead
        for c in range(2):
            _read(samples[c], start, source[c, :size])
            for k in range(4):
                ring = allpass[c, k, : diffusers[c, k]]
                allpass_heads[c, k] = diffuse(ring, allpass_heads[c, k], source[c, :size], _DIFFUSION)
        for k in range(8):
            _read(lines[k, : delays[k]], heads[k], v[k, :size])
        _damp(v, damped, pole, size)
        _tap(v, gains, 0.85 * level, out[0, heard : heard + size], out[1, heard : heard + size])
        _transform(v, size)
        for k in range(8):
            heads[k] = _write(lines[k, : delays[k]], heads[k], v[k, :size], source[k & 1, :size])


@numba.njit(cache=True, nogil=True, inline="always")
def diffuse(ring, head, x, share):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """An all-pass of a ring's length, `x` in place and no longer than the ring; returns where the ring goes on.

    M. R. Schroeder, "Natural sounding artificial reverberation", JAES 10 (1962).

    Returns
    -------
    int
        The new head, from 0 to one less than the ring's length.

    Examples
    --------
    A share of a click passes at once; the rest follows when the ring has gone round.

    >>> ring, click, after = np.zeros(2, np.float32), np.array([1.0, 0.0]), np.zeros(2)
    >>> diffuse(ring, 0, click, 0.5), click.tolist()
    (0, [0.5, 0.0])
    >>> diffuse(ring, 0, after, 0.5), after.tolist()
    (0, [0.75, 0.0])
    """
    first = min(x.shape[0], ring.shape[0] - head)
    for begin, end, place in ((0, first, head), (first, x.shape[0], 0)):
        old, piece = ring[place : place + end - begin], x[begin:end]
        for i in range(piece.shape[0]):
            stored = np.float64(old[i])
            entered = piece[i] - share * stored
            entered = entered if abs(entered) >= _SILENT else 0.0
            old[i] = entered
            piece[i] = stored + share * entered
    return (head + x.shape[0]) % ring.shape[0]


@numba.njit(cache=True, nogil=True, inline="always")
def _read(ring, head, x):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    first = min(x.shape[0], ring.shape[0] - head)
    for begin, end, place in ((0, first, head), (first, x.shape[0], 0)):
        line, piece = ring[place : place + end - begin], x[begin:end]
        for i in range(piece.shape[0]):
            piece[i] = line[i]


@numba.njit(cache=True, nogil=True, inline="always")
def _write(ring, head, x, source):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Put what comes back and what is new into a line; returns where the ring goes on."""
    first = min(x.shape[0], ring.shape[0] - head)
    mix = 1.0 / np.sqrt(8.0)
    for begin, end, place in ((0, first, head), (first, x.shape[0], 0)):
        line, back, new = ring[place : place + end - begin], x[begin:end], source[begin:end]
        for i in range(line.shape[0]):
            line[i] = mix * back[i] + new[i]
    return (head + x.shape[0]) % ring.shape[0]


@numba.njit(cache=True, nogil=True)
def _damp(v, damped, pole, size):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """One-pole low-pass of each line; the eight recursions run side by side in registers."""
    d0, d1, d2, d3, d4, d5, d6, d7 = damped
    for i in range(size):
        d0 = v[0, i] + pole * (d0 - v[0, i])
        d1 = v[1, i] + pole * (d1 - v[1, i])
        d2 = v[2, i] + pole * (d2 - v[2, i])
        d3 = v[3, i] + pole * (d3 - v[3, i])
        d4 = v[4, i] + pole * (d4 - v[4, i])
        d5 = v[5, i] + pole * (d5 - v[5, i])
        d6 = v[6, i] + pole * (d6 - v[6, i])
        d7 = v[7, i] + pole * (d7 - v[7, i])
        v[0, i], v[1, i], v[2, i], v[3, i] = d0, d1, d2, d3
        v[4, i], v[5, i], v[6, i], v[7, i] = d4, d5, d6, d7
    damped[0], damped[1], damped[2], damped[3] = d0, d1, d2, d3
    damped[4], damped[5], damped[6], damped[7] = d4, d5, d6, d7
    for k in range(8):
        # Denormal numbers cost a hundred times the time of ordinary ones.
        damped[k] = damped[k] if abs(damped[k]) >= _SILENT else 0.0


@numba.njit(cache=True, nogil=True)
def _tap(v, gains, scale, left, right):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """What each line loses on its way, and what is heard of them."""
    for k in range(8):
        row, gain = v[k, : left.shape[0]], gains[k]
        for i in range(row.shape[0]):
            value = row[i] * gain
            row[i] = value if abs(value) >= _SILENT else 0.0
    for i in range(left.shape[0]):
        left[i] = scale * (v[0, i] - v[2, i] + v[4, i] - v[6, i] + 0.5 * (v[1, i] - v[5, i]))
        right[i] = scale * (v[1, i] - v[3, i] + v[5, i] - v[7, i] + 0.5 * (v[2, i] - v[6, i]))


@numba.njit(cache=True, nogil=True)
def _transform(v, size):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Fast Walsh-Hadamard transform across the lines, in place: lossless, and every line feeds every other."""
    for span in (1, 2, 4):
        for k in range(0, 8, 2 * span):
            for j in range(k, k + span):
                first, second = v[j, :size], v[j + span, :size]
                for i in range(first.shape[0]):
                    a = first[i]
                    b = second[i]
                    first[i] = a + b
                    second[i] = a - b
