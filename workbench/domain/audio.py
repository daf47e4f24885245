"""Audio in memory: float32, channels first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError
from workbench.domain.showing import Shown

LOUDEST = 1000.0
"""60 dB above full scale: what lies higher is no sound, and its power would leave the range of floats."""


@dataclass(frozen=True, slots=True, eq=False)
class Audio(Shown):
    """Stereo sound: `samples` has shape (2, n), float32, full scale at 1.0."""

    samples: Signal
    sample_rate_hz: int

    def __post_init__(self) -> None:
        if not isinstance(self.samples, np.ndarray):
            raise ParameterError(f"audio: expected an array of float32 samples, got {type(self.samples).__name__}")
        if isinstance(self.sample_rate_hz, bool) or not isinstance(self.sample_rate_hz, int | np.integer):
            raise ParameterError(f"audio: expected a whole sample rate in Hz, got {self.sample_rate_hz!r}")
        if self.sample_rate_hz < 1:
            raise ParameterError(f"audio: expected a sample rate above 0 Hz, got {self.sample_rate_hz}")
        if self.samples.ndim != 2 or self.samples.shape[0] != 2:
            raise ParameterError(f"audio: expected samples of shape (2, n), got {self.samples.shape}")
        if self.samples.dtype != np.float32:
            raise ParameterError(f"audio: expected float32 samples, got {self.samples.dtype}")

    @property
    def duration_seconds(self) -> float:
        """Length in seconds."""
        return int(self.samples.shape[1]) / self.sample_rate_hz


def check_audible(sounds: Mapping[str, Audio]) -> None:
    """Refuse sounds that nothing can be heard or drawn of.

    Raises
    ------
    ParameterError
        If there is none, or if they have no names, or one is no audio or empty, or holds values that are no numbers or
        far above full scale.
    """
    if not isinstance(sounds, Mapping | None):
        raise ParameterError(f"sounds: expected sounds by name, such as {{'mix': audio}}, got {type(sounds).__name__}")
    if not sounds:
        raise ParameterError("sounds: expected one at least, got none")
    for name, audio in sounds.items():
        if not isinstance(audio, Audio):
            raise ParameterError(f"sound {name!r}: expected an Audio, got {type(audio).__name__}")
        if audio.samples.shape[1] == 0:
            raise ParameterError(f"sound {name!r}: expected samples, got none")
        loudest = float(np.maximum(audio.samples.max(), -audio.samples.min()))
        if not loudest <= LOUDEST:
            raise ParameterError(f"sound {name!r}: expected finite samples up to {LOUDEST:g}, got {loudest:.3g}")


def summed(stems: Iterable[Audio]) -> Audio:
    """The sum of stems of one length and sample rate, taken in their order.

    Examples
    --------
    >>> one = Audio(np.full((2, 3), 0.25, np.float32), 48000)
    >>> summed([one, one]).samples[0].tolist()
    [0.5, 0.5, 0.5]
    """
    first, *others = stems
    total = first.samples.copy()
    for stem in others:
        total += stem.samples
    return Audio(total, first.sample_rate_hz)


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """What the desk settled on by listening to all stems together, so that one of them can be mixed again alone.

    `curves` are the equaliser of each element, in dB by third octave from 31.6 Hz to 15.8 kHz. `side_gain` and `gain`
    hold one value each `hop_samples`, with a straight line between them. The mix is `length_samples` long.
    """

    curves: Mapping[str, tuple[float, ...]]
    side_gain: Signal
    gain: Signal
    hop_samples: int
    length_samples: int


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """The song before the master. The stems are processed and sum to `audio` (within -90 dBFS)."""

    audio: Audio
    stems: Mapping[str, Audio]
    desk: Desk | None = None
