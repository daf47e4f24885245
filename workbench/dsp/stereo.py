"""Stereo placement and width, safe in mono."""

from __future__ import annotations

import numpy as np

from workbench.domain.audio import Samples
from workbench.domain.errors import ParameterError
from workbench.dsp.equaliser import BUTTERWORTH_Q, Band, equalise


def set_width(samples: Samples, width: float, sample_rate_hz: int, *, mono_below_hz: float = 0.0) -> Samples:
    """Scale the side signal by `width` (0 mono, 1 as it is, 2 twice as wide) and fold the lows to mono.

    Parameters
    ----------
    samples
        Stereo, (2, n).
    width
        Factor of the side signal, 0..4.
    mono_below_hz
        Corner of a second-order high-pass on the side signal; 0 leaves it out.

    Raises
    ------
    ParameterError
        If the width is outside 0..4.
    """
    if not 0 <= width <= 4:
        raise ParameterError(f"width: expected 0 to 4, got {width:g}")
    if width == 1 and mono_below_hz <= 0:
        return samples
    mid = 0.5 * (samples[0] + samples[1])
    side = np.float32(0.5 * width) * (samples[0] - samples[1])
    if mono_below_hz > 0:
        doubled = np.stack([side, np.zeros_like(side)])
        side = equalise(doubled, [Band("high_pass", mono_below_hz, q=BUTTERWORTH_Q)], sample_rate_hz)[0]
    return np.stack([mid + side, mid - side])


def pan(samples: Samples, position: float) -> Samples:
    """Balance towards the left (-1) or right (1); constant power, unity in the middle.

    Raises
    ------
    ParameterError
        If the position is outside -1..1.
    """
    if not -1 <= position <= 1:
        raise ParameterError(f"pan: expected -1 (left) to 1 (right), got {position:g}")
    if position == 0:
        return samples
    angle = (position + 1.0) * np.pi / 4.0
    gains = np.array([[np.cos(angle)], [np.sin(angle)]], dtype=np.float32) * np.float32(np.sqrt(2.0))
    return samples * gains


def decorrelate(samples: Samples, amount: float, sample_rate_hz: int, *, delay_ms: float = 11.0) -> Samples:
    """Widen a narrow sound: a delayed, high-passed copy of the mid is added to the side only.

    The mono sum is untouched, because what goes to the left comes off the right (H. Lauridsen's pseudo-stereo).

    Raises
    ------
    ParameterError
        If the amount is outside 0..1.
    """
    if not 0 <= amount <= 1:
        raise ParameterError(f"decorrelation: expected an amount of 0 to 1, got {amount:g}")
    shift = round(delay_ms * sample_rate_hz / 1000.0)
    if amount == 0 or shift >= samples.shape[1]:
        return samples
    mid = np.zeros_like(samples)
    mid[0, shift:] = np.float32(0.5 * amount) * (samples[0, :-shift] + samples[1, :-shift])
    added = equalise(mid, [Band("high_pass", 250.0)], sample_rate_hz)[0]
    return np.stack([samples[0] + added, samples[1] - added])
