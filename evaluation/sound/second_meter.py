"""The second opinion on loudness and true peak: libebur128, where its binding is installed.

It is a peer for conformance alone, and has no wheel for Python 3.13; without it the criteria that name it are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from workbench.domain.audio import Audio
from workbench.domain.units import gain_to_db

NAME = "pyebur128"
MISSING = f"{NAME} is not installed (`pip install beatsfoundry[peers]`, Python 3.11 or 3.12): criteria left out"


@dataclass(frozen=True, slots=True)
class MeterReading:
    """Integrated loudness and true peak of a stereo file."""

    integrated_lufs: float
    true_peak_dbtp: float


def is_installed() -> bool:
    """Whether there is a second meter."""
    return find_spec(NAME) is not None


def second_opinion(audio: Audio) -> MeterReading | None:
    """What libebur128 measures; None where it is not installed."""
    if not is_installed():
        return None
    import pyebur128

    mode = pyebur128.MeasurementMode.MODE_I | pyebur128.MeasurementMode.MODE_TRUE_PEAK
    state = pyebur128.R128State(2, audio.sample_rate_hz, mode)
    samples = np.ascontiguousarray(audio.samples.T, dtype=np.float32)
    state.add_frames(samples.reshape(-1), samples.shape[0])
    peak = max(float(pyebur128.get_true_peak(state, channel)) for channel in range(2))
    return MeterReading(float(pyebur128.get_loudness_global(state)), gain_to_db(peak))
