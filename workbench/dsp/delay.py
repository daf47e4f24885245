"""Tempo-synced delay with filtered feedback: ping-pong or tape."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.memory import silence
from workbench.dsp.scratch import have_at_hand

_ALL = np.empty(0, dtype=np.float32)
"""In place of a curve: the delay hears everything."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Echoes every `beats` quarter notes, each `feedback` times the one before, filtered once more each time.

    `ping_pong`: echoes alternate, left first, from the mono sum; otherwise each side repeats itself.
    `drive` 0 is clean; more saturates the feedback path like tape.
    """

    beats: float = 0.75
    feedback: float = 0.35
    low_cut_hz: float = 250.0
    high_cut_hz: float = 5000.0
    ping_pong: bool = True
    drive: float = 0.0

    def __post_init__(self) -> None:
        if self.beats <= 0 or not 0 <= self.feedback < 1 or self.drive < 0:
            raise ParameterError(
                "delay: expected beats above 0, feedback in 0..1 (1 excluded) and drive of at least 0, "
                f"got {self.beats:g}, {self.feedback:g}, {self.drive:g}"
            )
        if not 0 < self.low_cut_hz < self.high_cut_hz:
            raise ParameterError(
                f"delay: expected 0 < low_cut_hz < high_cut_hz, got {self.low_cut_hz:g} and {self.high_cut_hz:g}"
            )


def delay_samples(beats: float, tempo_bpm: float, sample_rate_hz: int) -> int:
    """Length of `beats` quarter notes in whole samples.

    Parameters
    ----------
    beats : float
        Quarter notes, above 0.
    tempo_bpm : float
        Quarter notes a minute, above 0.
    sample_rate_hz : int
        Sample rate.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    A dotted eighth note at 120 bpm lasts 375 ms.

    >>> delay_samples(0.75, 120.0, 48_000)
    18000
    """
    return max(1, round(beats * 60.0 / tempo_bpm * sample_rate_hz))


def echo(samples: Signal, delay: Delay, tempo_bpm: float, sample_rate_hz: int) -> Signal:
    """Echoes of (2, n) samples without the dry signal, the same length.

    The first echo comes exactly after `delay_samples`; the filters (one pole each) act on the first echo too.

    Parameters
    ----------
    samples : array of shape (2, n), float32
        Sound that is sent.
    delay : Delay
        Time, feedback and filters.
    tempo_bpm : float
        Quarter notes a minute, above 0.
    sample_rate_hz : int
        Sample rate.

    Returns
    -------
    array of shape (2, n), float32

    Raises
    ------
    ParameterError
        If the tempo is not above 0.

    Examples
    --------
    Ping-pong: an eighth note after a click it is heard on the left, another eighth later on the right.

    >>> click = np.zeros((2, 48_000), np.float32)
    >>> click[:, 0] = 1.0
    >>> np.abs(echo(click, Delay(beats=0.5), 120.0, 48_000)).argmax(axis=1).tolist()
    [12000, 24000]
    """
    out = silence(samples.shape)
    _add_to(out, np.ascontiguousarray(samples), delay, tempo_bpm, sample_rate_hz, 1.0, _ALL)
    return out


def add_echoes(
    samples: Signal,
    delay: Delay,
    tempo_bpm: float,
    sample_rate_hz: int,
    *,
    level: float = 1.0,
    send: npt.NDArray[np.float32] | None = None,
) -> Signal:
    """Add `level` times the `echo` of (2, n) samples to them, in place; returns the same array.

    Parameters
    ----------
    samples : array of shape (2, n), float32
        Sound, which the echoes are added to.
    delay, tempo_bpm, sample_rate_hz
        As for `echo`.
    level : float
        Gain of the echoes, linear.
    send : array of shape (n,), float32, optional
        How much of the sound the delay hears, linear; everything where left out.

    Returns
    -------
    array of shape (2, n), float32

    Raises
    ------
    ParameterError
        As `echo`.

    Examples
    --------
    What is not sent has no echo.

    >>> sound = np.ones((2, 9_000), np.float32)
    >>> muted = np.zeros(9_000, np.float32)
    >>> bool((add_echoes(sound, Delay(), 120.0, 8_000, send=muted) == 1.0).all())
    True
    """
    _add_to(samples, samples, delay, tempo_bpm, sample_rate_hz, level, _ALL if send is None else send)
    return samples


def _add_to(
    out: Signal,
    samples: Signal,
    delay: Delay,
    tempo_bpm: float,
    sample_rate_hz: int,
    level: float,
    send: npt.NDArray[np.float32],
) -> None:
    if tempo_bpm <= 0:
        raise ParameterError(f"delay: expected tempo_bpm above 0, got {tempo_bpm:g}")
    low, high = (
        float(1.0 - np.exp(-2.0 * np.pi * min(cut, 0.49 * sample_rate_hz) / sample_rate_hz))
        for cut in (delay.low_cut_hz, delay.high_cut_hz)
    )
    length = delay_samples(delay.beats, tempo_bpm, sample_rate_hz)
    have_at_hand(out)
    _echo(samples, send, length, delay.feedback, low, high, delay.ping_pong, delay.drive, np.float32(level), out)


@numba.njit(cache=True, nogil=True)
def _echo(samples, send, length, feedback, low, high, ping_pong, drive, level, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Add the echoes of what is sent to `out`, which may be the samples: each is read before it is added to."""
    lines = np.zeros((2, length), dtype=np.float32)
    lowest = np.zeros(2)
    smooth = np.zeros(2)
    echoes = np.zeros(2)
    head = 0
    for i in range(samples.shape[1]):
        sent = send[i] if send.shape[0] else np.float32(1.0)
        left, right = samples[0, i] * sent, samples[1, i] * sent
        for c in range(2):
            value = float(lines[c, head])
            smooth[c] += high * (value - smooth[c])
            lowest[c] += low * (smooth[c] - lowest[c])
            if abs(smooth[c]) < 1e-20:
                smooth[c] = 0.0
            if abs(lowest[c]) < 1e-20:
                lowest[c] = 0.0
            value = smooth[c] - lowest[c]
            if drive > 0.0:
                value = np.tanh(drive * value) / drive
            echoes[c] = value
            out[c, i] += level * np.float32(value)
        if ping_pong:
            lines[0, head] = 0.5 * (left + right) + feedback * echoes[1]
            lines[1, head] = feedback * echoes[0]
        else:
            lines[0, head] = left + feedback * echoes[0]
            lines[1, head] = right + feedback * echoes[1]
        head = head + 1 if head + 1 < length else 0
