"""Sound within what an integer file can hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.domain.audio import Audio, Mix
from workbench.dsp.levels import peak_of


def loudest_within(stem: Audio) -> Audio:
    """A stem that would be cut off in an integer file is turned down; the others stay as they are."""
    peak = float(np.abs(stem.samples).max(initial=0.0))
    return stem if peak <= 0.999 else Audio(stem.samples * np.float32(0.999 / peak), stem.sample_rate_hz)


def within_full_scale(mix: Mix) -> Mix:
    """Turn mix and stems down together if any would be cut off in an integer file; the stems still sum to the mix."""
    peak = max(peak_of(audio.samples) for audio in (mix.audio, *mix.stems.values()))
    if peak <= 0.999:
        return mix
    gain = np.float32(0.999 / peak)
    stems = {name: Audio(stem.samples * gain, stem.sample_rate_hz) for name, stem in mix.stems.items()}
    desk = mix.desk and replace(mix.desk, gain=mix.desk.gain * gain)
    return Mix(Audio(mix.audio.samples * gain, mix.audio.sample_rate_hz), stems, desk)
