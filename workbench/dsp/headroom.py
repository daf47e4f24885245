"""Sound within what an integer file can hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.domain.audio import Audio, Mix
from workbench.dsp.levels import peak_of


def loudest_within(stem: Audio) -> Audio:
    """A stem that would be cut off in an integer file is turned down; the others stay as they are.

    Parameters
    ----------
    stem : Audio
        Sound of any level.

    Returns
    -------
    Audio
        A peak of at most 0.999 of full scale; the stem itself where nothing is to be done.

    Examples
    --------
    >>> loud = Audio(np.full((2, 4), 2.0, np.float32), 48_000)
    >>> round(float(loudest_within(loud).samples.max()), 3)
    0.999
    """
    peak = float(np.abs(stem.samples).max(initial=0.0))
    return stem if peak <= 0.999 else Audio(stem.samples * np.float32(0.999 / peak), stem.sample_rate_hz)


def within_full_scale(mix: Mix) -> Mix:
    """Turn mix and stems down together if any would be cut off in an integer file; the stems still sum to the mix.

    Parameters
    ----------
    mix : Mix
        Sound of any level.

    Returns
    -------
    Mix
        Peaks of at most 0.999 of full scale, by one gain for all; the desk's gain follows.

    Examples
    --------
    Two stems of 0.8 make a mix of 1.6: all three are scaled by 0.999 / 1.6.

    >>> stem, both = (Audio(np.full((2, 4), level, np.float32), 48_000) for level in (0.8, 1.6))
    >>> safe = within_full_scale(Mix(both, {"bass": stem, "pads": stem}))
    >>> [round(float(audio.samples[0, 0]), 4) for audio in (safe.audio, safe.stems["bass"])]
    [0.999, 0.4995]
    """
    peak = max(peak_of(audio.samples) for audio in (mix.audio, *mix.stems.values()))
    if peak <= 0.999:
        return mix
    gain = np.float32(0.999 / peak)
    stems = {name: Audio(stem.samples * gain, stem.sample_rate_hz) for name, stem in mix.stems.items()}
    desk = mix.desk and replace(mix.desk, gain=mix.desk.gain * gain)
    return Mix(Audio(mix.audio.samples * gain, mix.audio.sample_rate_hz), stems, desk)
