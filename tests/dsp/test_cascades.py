"""Stretches side by side: what they make is what one filter makes from the beginning to the end."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from workbench.dsp.cascades import filter_side_by_side, settling_samples
from workbench.dsp.equaliser import Band, design, filter_sections

RATE = 48000
BANDS = [Band("high_pass", 60.0), Band("peak", 300.0, 6.0, 1.0), Band("low_shelf", 120.0, -4.0)]


def reference(samples: np.ndarray, sections: np.ndarray) -> np.ndarray:
    rows = np.insert(sections, 3, 1.0, axis=1)
    return np.asarray(signal.sosfilt(rows, samples.astype(np.float64), axis=1))


@pytest.mark.parametrize("length", [40 * RATE, 40 * RATE + 1, 37 * RATE + 129])
def test_long_sound_is_filtered_as_scipy_filters_it(length: int) -> None:
    sections = np.vstack([design(BANDS, RATE), [1.0, 0.0, 0.0, 0.0, 0.0]])
    noise = np.random.default_rng(3).standard_normal((2, length)).astype(np.float32)
    out = np.full_like(noise, np.nan)
    assert filter_side_by_side(noise, sections, out)
    np.testing.assert_allclose(out, reference(noise, sections), atol=2e-6)


@pytest.mark.parametrize("length", [RATE, 40 * RATE + 1])
def test_a_filter_may_write_over_what_it_reads(length: int) -> None:
    noise = np.random.default_rng(3).standard_normal((2, length)).astype(np.float32)
    expected = filter_sections(noise, design(BANDS, RATE))
    assert filter_sections(noise, design(BANDS, RATE), noise) is noise
    np.testing.assert_array_equal(noise, expected)


def test_short_sound_is_left_to_one_filter() -> None:
    sections = design(BANDS[:2], RATE)
    noise = np.random.default_rng(3).standard_normal((2, RATE)).astype(np.float32)
    assert not filter_side_by_side(noise, sections, np.empty_like(noise))
    np.testing.assert_allclose(filter_sections(noise, sections), reference(noise, sections), atol=2e-6)


def test_nothing_is_left_of_an_impulse_after_the_settling_time() -> None:
    sections = design([Band("low_pass", 50.0, q=2.5), Band("high_pass", 50.0, q=2.5)], RATE)
    settled = settling_samples(sections)
    impulse = np.zeros((1, settled + 1000))
    impulse[0, 0] = 1.0
    response = np.abs(reference(impulse, sections)[0])
    assert response[settled:].max() < 1e-11 < response.max()
