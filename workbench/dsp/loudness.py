"""A fast loudness meter for gain staging: block energies that can be re-weighted without filtering again.

It follows ITU-R BS.1770-4 and reads what pyloudnorm reads; what is reported to users is measured by
`workbench.analysis.loudness`.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.audio import Samples
from workbench.dsp.equaliser import Band, design, filter_sections

Energies = npt.NDArray[np.float64]
HOP_SECONDS = 0.1
_HOPS_PER_BLOCK = 4
_ABSOLUTE_GATE_LUFS = -70.0

# The filters of pyloudnorm's default meter, in cookbook terms (BS.1770-4 annex 1).
_K_WEIGHTING = (Band("high_shelf", 1500.0, 4.0), Band("high_pass", 38.0, q=0.5))


@numba.njit(cache=True, nogil=True)
def _hop_energies(weighted, hop, energies):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    for h in range(energies.shape[0]):
        total = 0.0
        for c in range(2):
            for i in range(h * hop, (h + 1) * hop):
                total += weighted[c, i] * weighted[c, i]
        energies[h] = total / hop


def hop_energies(samples: Samples, sample_rate_hz: int) -> Energies:
    """K-weighted mean square of (2, n) samples, both channels added, for every whole 0.1 s."""
    hop = round(HOP_SECONDS * sample_rate_hz)
    energies = np.zeros(samples.shape[1] // hop)
    if len(energies):
        _hop_energies(filter_sections(samples, design(_K_WEIGHTING, sample_rate_hz)), hop, energies)
    return energies


def gated_loudness(energies: Energies) -> float:
    """Integrated loudness in LUFS from `hop_energies`; -70 when nothing passes the absolute gate.

    Examples
    --------
    >>> gated_loudness(np.zeros(50))
    -70.0
    """
    if len(energies) < _HOPS_PER_BLOCK:
        return _ABSOLUTE_GATE_LUFS
    blocks = np.convolve(energies, np.full(_HOPS_PER_BLOCK, 1.0 / _HOPS_PER_BLOCK), mode="valid")
    blocks = blocks[blocks > _energy(_ABSOLUTE_GATE_LUFS)]
    if not len(blocks):
        return _ABSOLUTE_GATE_LUFS
    blocks = blocks[blocks > 0.1 * blocks.mean()]
    return energy_to_lufs(float(blocks.mean()))


def energy_to_lufs(energy: float) -> float:
    """Loudness of a K-weighted mean square, without gating.

    Examples
    --------
    >>> round(energy_to_lufs(1.0), 3)
    -0.691
    """
    return max(_ABSOLUTE_GATE_LUFS, -0.691 + 10.0 * float(np.log10(max(energy, 1e-20))))


def _energy(loudness_lufs: float) -> float:
    return float(10.0 ** ((loudness_lufs + 0.691) / 10.0))


def loudness(samples: Samples, sample_rate_hz: int) -> float:
    """Integrated loudness of (2, n) samples in LUFS; silence gives -70."""
    return gated_loudness(hop_energies(samples, sample_rate_hz))
