"""A filter whose cutoff moves."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.memory import fresh


@numba.njit(cache=True, nogil=True)
def _sweep(samples, cutoff_hz, hop, sample_rate_hz, high_pass, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """State-variable filter (trapezoidal), cutoff interpolated between control points."""
    length = samples.shape[1]
    state = np.zeros((2, 2))
    damping = 1.4142135623730951
    for start in range(0, length, hop):
        index = start // hop
        first = np.tan(np.pi * cutoff_hz[index] / sample_rate_hz)
        last = np.tan(np.pi * cutoff_hz[min(index + 1, cutoff_hz.shape[0] - 1)] / sample_rate_hz)
        size = min(hop, length - start)
        for i in range(size):
            g = first + (last - first) * i / hop
            a1 = 1.0 / (1.0 + g * (g + damping))
            for c in range(2):
                v3 = samples[c, start + i] - state[c, 1]
                v1 = a1 * state[c, 0] + g * a1 * v3
                v2 = state[c, 1] + g * v1
                state[c, 0] = 2.0 * v1 - state[c, 0]
                state[c, 1] = 2.0 * v2 - state[c, 1]
                out[c, start + i] = samples[c, start + i] - damping * v1 - v2 if high_pass else v2
        for c in range(2):
            for k in range(2):
                if abs(state[c, k]) < 1e-25:
                    state[c, k] = 0.0


def sweep_filter(
    samples: Signal,
    cutoff_hz: npt.NDArray[np.float64],
    hop_samples: int,
    sample_rate_hz: int,
    *,
    high_pass: bool = False,
) -> Signal:
    """Low-pass or high-pass (12 dB per octave, Butterworth) whose cutoff moves without clicks.

    Parameters
    ----------
    samples
        Stereo, (2, n).
    cutoff_hz
        One value for every `hop_samples`, at least ceil(n / hop_samples); clipped to 20 Hz .. 0.49 of the sample rate.
    hop_samples, sample_rate_hz
        Distance of the control points in samples, and the sample rate.
    high_pass
        High-pass instead of low-pass.

    Returns
    -------
    array of shape (2, n), float32

    Raises
    ------
    ParameterError
        If there are too few control points.

    Notes
    -----
    Trapezoidal state-variable filter after A. Simper, "Solving the continuous SVF equations using trapezoidal
    integration" (2013); it stays stable while the cutoff moves.

    Examples
    --------
    A low-pass has unit gain at 0 Hz, wherever its cutoff moves.

    >>> steady = sweep_filter(np.ones((2, 4_800), np.float32), np.linspace(500.0, 5_000.0, 10), 480, 48_000)
    >>> steady[:, -1].round(4).tolist()
    [1.0, 1.0]
    """
    needed = -(-samples.shape[1] // hop_samples)
    if len(cutoff_hz) < needed:
        raise ParameterError(f"sweep: expected at least {needed} cutoff values, got {len(cutoff_hz)}")
    out = fresh(samples.shape)
    limited = np.clip(np.asarray(cutoff_hz, dtype=np.float64), 20.0, 0.49 * sample_rate_hz)
    _sweep(np.ascontiguousarray(samples), limited, hop_samples, float(sample_rate_hz), high_pass, out)
    return out
