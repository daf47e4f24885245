"""Technical faults in audio: silence, clicks, offset, clipping and values that are no numbers."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Signal
from workbench.domain.audio import Audio
from workbench.domain.units import db_to_gain
from workbench.dsp.levels import peak_of

_CLICK_FLOOR = 0.02
_CLICK_RATIO = 10.0
_CLICK_CHUNK = 1 << 20


def non_finite_samples(audio: Audio) -> int:
    """Count samples that are NaN or infinite, over both channels.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    int
        0 to 2n.

    Examples
    --------
    >>> non_finite_samples(Audio(np.array([[0.0, np.nan], [np.inf, 0.5]], np.float32), 48000))
    2
    """
    if np.isfinite(peak_of(audio.samples)):
        return 0
    return int(audio.samples.size - np.count_nonzero(np.isfinite(audio.samples)))


def without_non_finite(audio: Audio) -> Audio:
    """Replace samples that are NaN or infinite by 0.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    Audio
        The same shape; the very same object if there was nothing to replace.

    Examples
    --------
    >>> without_non_finite(Audio(np.array([[0.0, np.nan], [np.inf, 0.5]], np.float32), 48000)).samples.tolist()
    [[0.0, 0.0], [0.0, 0.5]]
    """
    if non_finite_samples(audio) == 0:
        return audio
    return Audio(np.nan_to_num(audio.samples, nan=0.0, posinf=0.0, neginf=0.0), audio.sample_rate_hz)


def dc_offset(audio: Audio) -> float:
    """The larger mean of the two channels, as a magnitude.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    float
        Full scale at 1; 0 for empty audio.

    Examples
    --------
    >>> dc_offset(Audio(np.full((2, 100), -0.25, np.float32), 48000))
    0.25
    """
    if audio.samples.size == 0:
        return 0.0
    return float(np.max(np.abs(np.mean(audio.samples, axis=1, dtype=np.float64))))


def clipped_samples(audio: Audio, *, level: float = 0.9999, run: int = 3) -> int:
    """Count samples at or over `level` that stand in runs of at least `run` within a channel.

    A single sample at full scale is a legal peak; a flat top is clipping.

    Parameters
    ----------
    audio : Audio of shape (2, n)
    level : float
        Magnitude, full scale at 1.
    run : int
        Samples.

    Returns
    -------
    int
        Over both channels.

    Examples
    --------
    >>> sine = np.tile(np.sin(np.arange(4800) / 20), (2, 1)).astype(np.float32)
    >>> driven = np.clip(2.0 * sine, -1.0, 1.0)
    >>> clipped_samples(Audio(sine, 48000), level=0.99999), clipped_samples(Audio(driven, 48000)) > 6000
    (0, True)
    """
    return int(_in_runs(np.ascontiguousarray(audio.samples), level, run))


@numba.njit(cache=True, nogil=True)
def _in_runs(samples, level, run):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Samples of magnitude `level` and more in runs of at least `run`."""
    total = 0
    for channel in range(samples.shape[0]):
        row, length = samples[channel], 0
        for i in range(row.shape[0]):
            if abs(row[i]) >= level:
                length += 1
                continue
            if length >= run:
                total += length
            length = 0
        if length >= run:
            total += length
    return total


def silence_spans(
    audio: Audio, *, threshold_db: float = -60.0, shortest_seconds: float = 0.5
) -> tuple[tuple[float, float], ...]:
    """Spans in which both channels' RMS over 10 ms stays below `threshold_db`.

    Parameters
    ----------
    audio : Audio of shape (2, n)
    threshold_db : float
        In dB full scale.
    shortest_seconds : float
        Shorter spans are left out.

    Returns
    -------
    tuple of (float, float)
        Start and end of each span in seconds, ascending, in steps of 10 ms.

    Examples
    --------
    >>> samples = np.zeros((2, 96000), np.float32)
    >>> samples[:, 72000:] = 0.1
    >>> [(float(start), float(end)) for start, end in silence_spans(Audio(samples, 48000))]
    [(0.0, 1.5)]
    """
    hop = max(1, audio.sample_rate_hz // 100)
    if audio.samples.shape[1] == 0:
        return ()
    power = np.zeros(-(-audio.samples.shape[1] // hop))
    _louder_powers(np.ascontiguousarray(audio.samples), hop, power)
    starts, ends = _spans(power < db_to_gain(threshold_db) ** 2)
    seconds = hop / audio.sample_rate_hz
    spans = [
        (start * seconds, min(end * seconds, audio.duration_seconds)) for start, end in zip(starts, ends, strict=True)
    ]
    return tuple((start, end) for start, end in spans if end - start >= shortest_seconds)


@numba.njit(cache=True, nogil=True, fastmath={"contract", "reassoc"})
def _louder_powers(samples, hop, power):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Mean square of the channel that is louder at each sample, by hop."""
    for slot in range(power.shape[0]):
        stop = min((slot + 1) * hop, samples.shape[1])
        left, right = samples[0, slot * hop : stop], samples[1, slot * hop : stop]
        total = 0.0
        for i in range(left.shape[0]):
            first, second = np.float64(left[i]), np.float64(right[i])
            total += max(first * first, second * second)
        power[slot] = total / left.shape[0]


def clicks(audio: Audio) -> tuple[float, ...]:
    """Times of clicks: jumps far above what lies around them on both sides.

    The third difference of each channel is compared with its own RMS in the 2 ms before and after: a click rises
    over the louder side tenfold and over 0.02. A drum's attack is no click, because what follows it is as rough.
    It also stands alone: nothing half as sharp lies within 40 ms, as it does along the edges of a saw or square wave.
    Found in tests: every jump of 0.05 or more in sines at -12 dB; none in drum hits, noise bursts and saw waves.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    tuple of float
        Seconds, ascending; clicks within 5 ms of each other count once.

    Examples
    --------
    >>> tone = np.tile(0.25 * np.sin(np.arange(24000) / 80), (2, 1)).astype(np.float32)
    >>> tone[:, 12000] += 0.2
    >>> [round(second, 2) for second in clicks(Audio(tone, 48000))]
    [0.25]
    """
    times: list[float] = []
    reach = max(8, audio.sample_rate_hz // 500)
    alone = reach * 20
    for start in range(0, audio.samples.shape[1], _CLICK_CHUNK):
        first = max(0, start - alone - 8)
        piece = audio.samples[:, first : start + _CLICK_CHUNK + alone + 8]
        for channel in piece:
            found = _click_positions(channel, reach, alone) + first
            times.extend(found[(found >= start) & (found < start + _CLICK_CHUNK)] / audio.sample_rate_hz)
    return _merged(sorted(times), 0.005)


def _click_positions(channel: Signal, reach: int, alone: int) -> npt.NDArray[np.int64]:
    rough, total = np.empty(max(0, channel.size - 3)), np.empty(max(1, channel.size - 2))
    _roughness(np.ascontiguousarray(channel), rough, total)
    if rough.size <= 2 * reach:
        return np.zeros(0, np.int64)
    candidates = np.flatnonzero(rough > _CLICK_FLOOR)
    candidates = candidates[(candidates >= reach + 4) & (candidates < rough.size - reach - 4)]
    if not candidates.size:
        return candidates
    before = (total[candidates - 3] - total[candidates - 3 - reach]) / reach
    after = (total[candidates + 4 + reach] - total[candidates + 4]) / reach
    around = np.sqrt(np.maximum(before, after))
    sharp = candidates[rough[candidates] > _CLICK_RATIO * around]
    return np.array([place + 2 for place in sharp if _stands_alone(rough, int(place), alone)], dtype=np.int64)


@numba.njit(cache=True, nogil=True)
def _roughness(channel, rough, total):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Magnitude of the third difference, and the running sum of its square, which begins with 0."""
    for i in range(rough.shape[0]):
        a, b = np.float64(channel[i]), np.float64(channel[i + 1])
        c, d = np.float64(channel[i + 2]), np.float64(channel[i + 3])
        rough[i] = abs(((d - c) - (c - b)) - ((c - b) - (b - a)))
    total[0] = 0.0
    for i in range(rough.shape[0]):
        total[i + 1] = total[i] + rough[i] * rough[i]


def _stands_alone(rough: npt.NDArray[np.float64], place: int, alone: int) -> bool:
    before, after = rough[max(0, place - alone) : place - 12], rough[place + 13 : place + alone]
    nearby = max(before.max(initial=0.0), after.max(initial=0.0))
    return bool(rough[place] > 2.0 * nearby)


def _merged(times: list[float], gap_seconds: float) -> tuple[float, ...]:
    kept: list[float] = []
    last = -1.0
    for time in times:
        if not kept or time - last > gap_seconds:
            kept.append(float(time))
        last = time
    return tuple(kept)


def _spans(mask: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Starts and ends (after the last) of the runs of True."""
    steps = np.diff(np.concatenate([[0], mask.astype(np.int8), [0]]))
    return np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
