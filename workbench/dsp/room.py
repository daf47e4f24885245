"""A small room as one impulse response: early reflections and a short tail, for what stands in it together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError
from workbench.domain.seeding import generator
from workbench.dsp.convolution import add_convolved
from workbench.dsp.equaliser import Band, equalise
from workbench.dsp.memory import fresh, silence

_SOUND_METRES_A_SECOND = 343.0
_REFLECTIONS = 14
_TAIL_SHARE = 0.5
"""Share of the response's energy in the tail; the rest are reflections."""


@dataclass(frozen=True, slots=True)
class RoomAcoustics:
    """`decay_seconds` is the time to -60 dB, `size_metres` the mean way of a first reflection beyond the direct one.

    `low_cut_hz` and `damping_hz` are the edges of what the walls send back.
    """

    decay_seconds: float = 0.4
    size_metres: float = 4.0
    low_cut_hz: float = 120.0
    damping_hz: float = 9000.0

    def __post_init__(self) -> None:
        if not (0.05 <= self.decay_seconds <= 2 and 1 <= self.size_metres <= 30):
            raise ParameterError(
                "room: expected decay_seconds in 0.05..2 and size_metres in 1..30, "
                f"got {self.decay_seconds:g} and {self.size_metres:g}"
            )
        if not 20 <= self.low_cut_hz < self.damping_hz:
            raise ParameterError(
                f"room: expected low_cut_hz from 20 to below damping_hz, got {self.low_cut_hz:g} and "
                f"{self.damping_hz:g}"
            )


def in_room(
    samples: Signal,
    room: RoomAcoustics,
    sample_rate_hz: int,
    *,
    seed: int = 0,
    level: float = 1.0,
    onto: Signal | None = None,
) -> Signal:
    """What the walls send back of (2, n) samples, the same length, without the direct sound.

    The middle of the signal excites the room; the ears hear independent reflections. White noise comes back with the
    power that it had.

    Parameters
    ----------
    samples : array of shape (2, n), float32
        Dry sound.
    room : RoomAcoustics
        Size, decay and edges of the walls.
    sample_rate_hz : int
        Sample rate.
    seed : int
        Equal seeds give equal reflections.
    level : float
        Gain of the reflections, linear.
    onto : array of shape (2, n), float32, optional
        What they are added to in place; it may be the samples themselves. By default silence.

    Returns
    -------
    array of shape (2, n), float32
        `onto` where it is given.

    Examples
    --------
    In a room of 4 m no reflection comes within the first 9 ms.

    >>> click = np.zeros((2, 2_400), np.float32)
    >>> click[:, 0] = 1.0
    >>> heard = np.abs(in_room(click, RoomAcoustics(decay_seconds=0.1, size_metres=4.0), 48_000)) > 1e-3
    >>> bool(heard[:, :432].any()), bool(heard.any())
    (False, True)
    """
    middle = np.add(samples[:1], samples[1:], out=fresh((1, samples.shape[1])))
    middle *= np.float32(0.5)
    onto = silence(samples.shape) if onto is None else onto
    return add_convolved(onto, middle, room_response(room, sample_rate_hz, seed), level)


@lru_cache(maxsize=8)
def room_response(room: RoomAcoustics, sample_rate_hz: int, seed: int) -> Signal:
    """Impulse response for both ears, (2, k), each of energy 1; nothing arrives with the direct sound.

    Reflections come at chance times that grow denser with time, and fall with the room's decay (W. G. Gardner,
    "Reverberation algorithms", in Applications of Digital Signal Processing to Audio and Acoustics, 1998).

    Returns
    -------
    array of shape (2, k), float32
        As long as 1.1 times the decay.

    Examples
    --------
    >>> response = room_response(RoomAcoustics(decay_seconds=0.1), 48_000, 1)
    >>> response.shape, np.square(response).sum(axis=1).round(3).tolist()
    ((2, 5280), [1.0, 1.0])
    """
    length = round(1.1 * room.decay_seconds * sample_rate_hz)
    rng = generator(seed, "room")
    out = np.stack([_ear(room, length, sample_rate_hz, rng) for _ in range(2)]).astype(np.float32)
    edges = [Band("high_pass", room.low_cut_hz), Band("low_pass", min(room.damping_hz, 0.45 * sample_rate_hz))]
    out = equalise(out, edges, sample_rate_hz)
    return np.asarray(out / np.sqrt(np.square(out).sum(axis=1, keepdims=True)), dtype=np.float32)


def _ear(room: RoomAcoustics, length: int, rate: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    first = room.size_metres / _SOUND_METRES_A_SECOND
    seconds = np.arange(length) / rate
    falling = 10.0 ** (-3.0 * seconds / room.decay_seconds)
    early = np.zeros(length)
    # The n-th reflection comes about n to the power 2/3 times as late: their number grows with the cube of time, but
    # the ear needs only a sketch of it.
    times = first * (1.0 + np.arange(_REFLECTIONS)) ** (2.0 / 3.0) * rng.uniform(0.8, 1.2, _REFLECTIONS)
    places = np.minimum(np.round(times * rate).astype(np.int64), length - 1)
    np.add.at(early, places, rng.choice((-1.0, 1.0), _REFLECTIONS) * falling[places] / (1.0 + times / first))
    tail = rng.standard_normal(length) * falling * np.clip((seconds - first) / (2.0 * first), 0.0, 1.0)
    shares = np.sqrt([1.0 - _TAIL_SHARE, _TAIL_SHARE])
    return np.asarray(shares[0] * early / np.linalg.norm(early) + shares[1] * tail / np.linalg.norm(tail))
