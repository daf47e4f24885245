"""Word-length reduction with triangular dither, deterministic."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workbench.domain.errors import ParameterError


def tpdf_noise(shape: tuple[int, ...], seed: int) -> npt.NDArray[np.float64]:
    """Triangular noise of two quantisation steps peak to peak, in steps (variance 1/6), white.

    Examples
    --------
    >>> bool(abs(tpdf_noise((2, 1000), seed=1)).max() < 1.0)
    True
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    return np.asarray(generator.random(shape) - generator.random(shape))


def quantise(samples: npt.NDArray[np.floating], *, bit_depth: int, seed: int = 0) -> npt.NDArray[np.int32]:
    """Round samples in -1..1 to signed integers of `bit_depth` bits with TPDF dither.

    Parameters
    ----------
    samples
        Any shape; full scale is 1.0 = 2 ** (bit_depth - 1) steps. What lies beyond is clipped to the largest value.
    bit_depth
        8 to 24 bits.
    seed
        Seed of the dither; equal seeds give equal bytes.

    Returns
    -------
    ndarray of int32 in -2**(bit_depth - 1) .. 2**(bit_depth - 1) - 1

    Raises
    ------
    ParameterError
        If the bit depth is not in 8..24.

    Notes
    -----
    TPDF dither of 2 LSB makes the error's mean and power independent of the signal: S. P. Lipshitz,
    R. A. Wannamaker and J. Vanderkooy, "Quantization and dither: a theoretical survey", JAES 40 (1992).
    """
    if not 8 <= bit_depth <= 24:
        raise ParameterError(f"bit depth: expected 8 to 24 bits, got {bit_depth}")
    steps = 2.0 ** (bit_depth - 1)
    dithered = np.asarray(samples, dtype=np.float64) * steps + tpdf_noise(np.shape(samples), seed)
    return np.clip(np.floor(dithered + 0.5), -steps, steps - 1).astype(np.int32)
