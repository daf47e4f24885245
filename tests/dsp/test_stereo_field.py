"""Stereo: width, mono lows, constant-power pan, mono-safe decorrelation."""

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.dsp.mid_side import scale_side, scale_sides, side_guard, side_ratio, widen_to
from workbench.dsp.stereo import decorrelate, pan, set_width

RATE = 48000


def sides(hz: float) -> np.ndarray:
    """A tone in opposite phase: nothing but side."""
    tone = 0.5 * np.sin(2 * np.pi * hz * np.arange(RATE) / RATE)
    return np.stack([tone, -tone]).astype(np.float32)


def test_width_scales_the_side_only():
    rng = np.random.default_rng(0)
    samples = rng.standard_normal((2, 1000)).astype(np.float32)
    out = set_width(samples, 0.5, RATE)
    assert np.allclose(out.sum(axis=0), samples.sum(axis=0), atol=1e-5)
    assert np.allclose(out[0] - out[1], 0.5 * (samples[0] - samples[1]), atol=1e-5)
    assert set_width(samples, 1.0, RATE) is samples


def test_lows_become_mono_and_highs_stay():
    level = lambda x: 20 * np.log10(x[0, RATE // 2 :].std() / 0.3536)  # noqa: E731
    assert level(set_width(sides(30), 1.0, RATE, mono_below_hz=120)) < -20
    assert level(set_width(sides(120), 1.0, RATE, mono_below_hz=120)) == pytest.approx(-3, abs=0.1)
    assert level(set_width(sides(2000), 1.0, RATE, mono_below_hz=120)) == pytest.approx(0, abs=0.1)


def test_pan_has_constant_power():
    samples = np.ones((2, 10), dtype=np.float32)
    for position in (-1.0, -0.4, 0.0, 0.7, 1.0):
        assert (pan(samples, position)[:, 0] ** 2).sum() == pytest.approx(2.0, abs=1e-5)
    assert pan(samples, -1.0)[1].max() == pytest.approx(0.0, abs=1e-6)
    assert pan(samples, 0.5)[1, 0] > pan(samples, 0.5)[0, 0]


def test_decorrelation_widens_a_mono_sound_and_keeps_its_sum():
    rng = np.random.default_rng(0)
    mono = np.tile(0.1 * rng.standard_normal(RATE), (2, 1)).astype(np.float32)
    out = decorrelate(mono, 0.6, RATE)
    assert np.allclose(out.sum(axis=0), mono.sum(axis=0), atol=1e-6)
    assert np.corrcoef(out)[0, 1] < 0.7
    assert np.corrcoef(decorrelate(mono, 0.2, RATE))[0, 1] > np.corrcoef(out)[0, 1]
    assert not np.array_equal(out, decorrelate(mono, 0.6, RATE, spread_ms=20))


def test_ranges():
    samples = sides(100)
    with pytest.raises(ParameterError, match="width"):
        set_width(samples, -1, RATE)
    with pytest.raises(ParameterError, match="pan"):
        pan(samples, 2)
    with pytest.raises(ParameterError, match="decorrelation"):
        decorrelate(samples, 2, RATE)


@pytest.mark.parametrize("side_db", [-3.0, -9.0, -15.0])
@pytest.mark.parametrize("own_side", [0.0, 0.1, 0.9])
def test_widen_to_arrives_at_the_ratio(side_db, own_side):
    rng = np.random.default_rng(0)
    mid, side = 0.1 * rng.standard_normal((2, 2 * RATE))
    samples = np.stack([mid + own_side * side, mid - own_side * side]).astype(np.float32)
    out = widen_to(samples, side_db, RATE, mono_below_hz=150)
    limited = own_side == 0.9 and side_db == -15.0  # its side is scaled by 0.4 at least
    expected = 20 * np.log10(0.4 * 0.9) if limited else side_db
    assert 10 * np.log10(side_ratio(out, RATE)) == pytest.approx(expected, abs=0.7)
    assert np.allclose(out.sum(axis=0), samples.sum(axis=0), atol=1e-6)


@pytest.mark.parametrize("limit", [0.0, 0.3])
def test_side_guard_keeps_every_window_above_the_limit(limit: float) -> None:
    rng = np.random.default_rng(0)
    mid, side = rng.normal(0, 0.1, 48000 * 12), rng.normal(0, 0.2, 48000 * 12)
    side[: 48000 * 4] *= 0.1
    samples = np.stack([mid + side, mid - side]).astype(np.float32)
    guarded = scale_side(samples, side_guard(samples, 48000, least_correlation=limit))
    for start in range(0, 48000 * 9, 48000):
        left, right = guarded[:, start : start + 48000 * 3]
        assert np.corrcoef(left, right)[0, 1] > limit - 0.03
    assert np.allclose(guarded.sum(axis=0), samples.sum(axis=0), atol=1e-6)


def test_side_guard_leaves_a_safe_image_alone() -> None:
    rng = np.random.default_rng(0)
    mid, side = rng.normal(0, 0.2, 48000 * 5), rng.normal(0, 0.05, 48000 * 5)
    samples = np.stack([mid + side, mid - side]).astype(np.float32)
    assert (side_guard(samples, 48000, least_correlation=0.3) == 1.0).all()
    assert (side_guard(np.zeros((2, 1000), np.float32), 48000, least_correlation=0.3) <= 1.0).all()


@pytest.mark.parametrize("side_db", [-12.0, -3.0])
def test_widening_may_write_over_what_it_reads(side_db: float) -> None:
    rng = np.random.default_rng(8)
    samples = (np.array([[1.0], [0.9]]) * rng.standard_normal((1, 20_000))).astype(np.float32)
    expected = widen_to(samples, side_db, RATE, mono_below_hz=150)
    assert widen_to(samples, side_db, RATE, mono_below_hz=150, out=samples) is samples
    np.testing.assert_array_equal(samples, expected)


def test_several_sounds_are_guarded_and_scaled_as_their_sum() -> None:
    rng = np.random.default_rng(5)
    sounds = [rng.standard_normal((2, 70_001)).astype(np.float32) for _ in range(3)]
    total = sounds[0] + sounds[1] + sounds[2]
    guard = side_guard(sounds, 8_000, least_correlation=0.5)
    assert (guard == side_guard(total, 8_000, least_correlation=0.5)).all()
    one_by_one = [scale_side(sound, guard) for sound in sounds]
    assert (scale_sides(sounds, guard) == one_by_one[0] + one_by_one[1] + one_by_one[2]).all()
    assert all((one == other).all() for one, other in zip(sounds, one_by_one, strict=True))
