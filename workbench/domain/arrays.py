"""The types of arrays: one name for one kind of number, in every module."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Signal = npt.NDArray[np.float32]
"""Sound: (n,), or channels first."""
Gain = npt.NDArray[np.float32]
"""Factors by which a signal is multiplied, one a sample."""
Singles = npt.NDArray[np.float32]
"""Numbers in single precision that are no sound: weights, features."""

Control = npt.NDArray[np.float64]
"""A parameter of a sound that moves, one value a sample."""
Floats = npt.NDArray[np.float64]
"""Numbers in double precision."""

Integers = npt.NDArray[np.int64]
"""Counts, indices, places."""
Bytes = npt.NDArray[np.uint8]
"""Bytes, or bits that are laid out one a byte."""
Flags = npt.NDArray[np.bool_]
"""Yes or no."""

Spectra = npt.NDArray[np.complex64]
"""Spectra of frames, in single precision."""
HalfFloats = npt.NDArray[np.uint16]
"""Bit patterns of bfloat16 numbers."""
Hashes = npt.NDArray[np.uint64]
"""Hash values."""
Signatures = npt.NDArray[np.uint32]
"""MinHash signatures."""
Numbers = npt.NDArray[Any]
"""Integers or floats."""
