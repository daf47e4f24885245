"""A lower rate against scipy's polyphase resampler, whose filter it shares."""

import numpy as np
import pytest
from scipy.signal import resample_poly

from workbench.dsp.thinning import thinned


@pytest.mark.parametrize("step", [1, 2, 3, 6])
@pytest.mark.parametrize("length", [1, 97, 5000])
def test_every_nth_sample_behind_a_low_pass(step: int, length: int) -> None:
    signal = np.random.default_rng(4).standard_normal(length).astype(np.float32)
    out = thinned(signal, step)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out, resample_poly(signal.astype(np.float64), 1, step), atol=2e-6)
