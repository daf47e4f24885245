"""The ladder filter for several voices at once, side by side in the lanes of vector registers.

The recursion of one voice is a chain of dependent operations; voices do not wait for each other. All lanes go through
the same operations, none of them fused, so that a voice comes out bit for bit the same alone and among others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np

from workbench.domain.arrays import Control, Signal
from workbench.dsp.oscillators import CONTROL_SAMPLES
from workbench.dsp.oversampling import STEEP_BETA, STEEP_HALF_TAPS, convolve, decimate, phase_taps

_WIDTH = 8
"""Lanes are filled up to a multiple of this: doubles in a vector register of 512 bits."""


def run_ladder(
    voices: Sequence[Signal], warped: Sequence[Control], *, feedback: float, drive: float, factor: int
) -> list[Signal]:
    """Filter voices of one patch.

    Parameters
    ----------
    voices : sequence of arrays of shape (c, n), float32
        Their channels and lengths may differ.
    warped : sequence of arrays of shape (control_length(n),)
        Tangent of half the cutoff's angle at `factor` times the sample rate, for each voice.
    feedback, drive : float
        Gain from the last stage back to the input, and into the saturation, both linear.
    factor : int
        1, or oversampling by 2, 4 or 8.

    Returns
    -------
    list of arrays of shape (c, n), float32

    Notes
    -----
    Zero-delay feedback after V. Zavalishin, "The Art of VA Filter Design" (2018).

    Examples
    --------
    Without feedback a quiet sound at 0 Hz keeps its level.

    >>> [out] = run_ladder([np.full((1, 640), 0.01, np.float32)], [np.full(21, 0.1)], feedback=0.0, drive=1.0, factor=1)
    >>> round(float(out[0, -1]), 4)
    0.01
    """
    owners = [number for number, voice in enumerate(voices) for _ in voice]
    lengths = [voices[owner].shape[1] for owner in owners]
    phases = _raised([row for voice in voices for row in voice], max(lengths), factor)
    lanes = -(-len(owners) // _WIDTH) * _WIDTH
    cutoffs = np.ones((max(control.size for control in warped), lanes))
    for lane, owner in enumerate(owners):
        cutoffs[: warped[owner].size, lane] = warped[owner]
        cutoffs[warped[owner].size :, lane] = warped[owner][-1]
    _ladder(phases, STEEP_HALF_TAPS, max(lengths), cutoffs, feedback, drive)
    for lane, length in enumerate(lengths):
        phases[lane, :, STEEP_HALF_TAPS + length :] = 0.0
    rows = _lowered(phases, max(lengths), factor)
    ends = np.cumsum([voice.shape[0] for voice in voices])
    return [rows[end - voice.shape[0] : end, : voice.shape[1]].copy() for voice, end in zip(voices, ends, strict=True)]


def _raised(rows: Sequence[Signal], length: int, factor: int) -> Signal:
    """Rows at a multiple of their rate as phases, (rows, factor, n) with room for the way back on both sides."""
    up, _ = phase_taps(factor, STEEP_HALF_TAPS, STEEP_BETA)
    room = length + 2 * STEEP_HALF_TAPS + up.shape[1]
    phases = np.zeros((len(rows), factor, room), dtype=np.float32)
    around = np.zeros(room, dtype=np.float32)
    for lane, row in enumerate(rows):
        if factor == 1:
            phases[lane, 0, STEEP_HALF_TAPS : STEEP_HALF_TAPS + row.size] = row
            continue
        around[STEEP_HALF_TAPS : STEEP_HALF_TAPS + row.size] = row
        around[STEEP_HALF_TAPS + row.size :] = 0.0
        _raise(around, up, phases[lane], STEEP_HALF_TAPS, row.size)
    return phases


def _lowered(phases: Signal, length: int, factor: int) -> Signal:
    if factor == 1:
        return phases[:, 0, STEEP_HALF_TAPS:]
    out = np.zeros((phases.shape[0], length), dtype=np.float32)
    decimate(phases, phase_taps(factor, STEEP_HALF_TAPS, STEEP_BETA)[1], 0, length, out)
    return out


@numba.njit(nogil=True, cache=True)
def _raise(source, up, phases, begin, size):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    for phase in range(up.shape[0]):
        convolve(source, 0, up[phase], phases[phase, begin : begin + size])


@numba.njit(nogil=True, cache=True, error_model="numpy")
def _ladder(phases, begin, length, cutoffs, feedback, drive):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Filter `length` samples of each row of `phases` (rows, factor, n) in place, from sample `begin` on."""
    rows, factor = phases.shape[0], phases.shape[1]
    steps = factor * CONTROL_SAMPLES
    lanes = cutoffs.shape[1]
    # One array for the whole state: the compiler then sees that its rows do not overlap.
    state = np.zeros((6, lanes))
    tile = np.zeros((steps, lanes))
    for block in range(-(-length // CONTROL_SAMPLES)):
        start = begin + block * CONTROL_SAMPLES
        size = min(CONTROL_SAMPLES, length - block * CONTROL_SAMPLES)
        for row in range(rows):
            for phase in range(factor):
                piece = phases[row, phase, start : start + size]
                for i in range(piece.shape[0]):
                    tile[i * factor + phase, row] = piece[i]
        for lane in range(lanes):
            state[4, lane] = cutoffs[block, lane]
            state[5, lane] = (cutoffs[block + 1, lane] - cutoffs[block, lane]) / steps
        for i in range(size * factor):
            _step(state, tile[i], feedback, drive)
        for row in range(rows):
            for phase in range(factor):
                piece = phases[row, phase, start : start + size]
                for i in range(piece.shape[0]):
                    piece[i] = tile[i * factor + phase, row]


@numba.njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _step(state, samples, feedback, drive):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """One sample of every lane: rows of `state` are four stages, the warped cutoff and its slope."""
    makeup = (1.0 + 0.5 * feedback) / drive
    for lane in range(samples.shape[0]):
        s1, s2, s3, s4 = state[0, lane], state[1, lane], state[2, lane], state[3, lane]
        g = state[4, lane]
        state[4, lane] = g + state[5, lane]
        # pole = 1 / (1 + g), power = (g pole)^4 and 1 / (1 + feedback power) by one division.
        whole = (1.0 + g) * (1.0 + g) * (1.0 + g) * (1.0 + g)
        ring = g * g * g * g
        loop = whole + feedback * ring
        inverse = 1.0 / ((1.0 + g) * loop)
        pole = loop * inverse
        closed = (1.0 + g) * inverse
        gain = g * pole
        # What the four stages will give, solved before the sample is known (zero-delay feedback).
        rest = pole * (((s1 * gain + s2) * gain + s3) * gain + s4)
        x = drive * samples[lane]
        u = x - feedback * (ring * x + whole * rest) * closed
        # Lambert's continued fraction of tanh, within 1e-4; a third of the time of the exact function.
        u = u if u < 4.97 else 4.97
        u = u if u > -4.97 else -4.97
        t = u * u
        u = u * (135135.0 + t * (17325.0 + t * (378.0 + t))) / (135135.0 + t * (62370.0 + t * (3150.0 + 28.0 * t)))
        v = (u - s1) * gain
        u = v + s1
        state[0, lane] = u + v
        v = (u - s2) * gain
        u = v + s2
        state[1, lane] = u + v
        v = (u - s3) * gain
        u = v + s3
        state[2, lane] = u + v
        v = (u - s4) * gain
        u = v + s4
        state[3, lane] = u + v
        samples[lane] = u * makeup
