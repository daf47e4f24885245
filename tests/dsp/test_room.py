"""The small room: what comes back, when, how loud, how long and for which ear."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.dsp.room import RoomAcoustics, in_room, room_response

RATE = 48000


def impulse(seconds: float = 1.0) -> np.ndarray:
    samples = np.zeros((2, round(seconds * RATE)), dtype=np.float32)
    samples[:, 0] = 1.0
    return samples


def test_an_impulse_gives_the_response_and_the_first_reflection_takes_its_way() -> None:
    room = RoomAcoustics(size_metres=5.0)
    out = in_room(impulse(), room, RATE)
    response = room_response(room, RATE, 0)
    np.testing.assert_allclose(out[:, : response.shape[1]], response, atol=1e-6)
    assert np.square(response).sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    heard = np.flatnonzero(np.abs(out).max(axis=0) > 0.02)[0] / RATE
    assert 0.8 * 5.0 / 343.0 - 1e-3 <= heard <= 1.2 * 5.0 / 343.0 + 1e-3


@pytest.mark.parametrize("decay_seconds", [0.3, 0.9])
def test_the_tail_falls_by_sixty_db_in_its_time(decay_seconds: float) -> None:
    out = in_room(impulse(2.0), RoomAcoustics(decay_seconds=decay_seconds), RATE).astype(np.float64)
    left = np.cumsum(np.square(out).sum(axis=0)[::-1])[::-1]  # Schroeder's backward integral
    level = 10.0 * np.log10(left / left[0] + 1e-12)
    at = {db: int(np.argmax(level < db)) for db in (-10.0, -30.0)}
    assert 3.0 * (at[-30.0] - at[-10.0]) / RATE == pytest.approx(decay_seconds, rel=0.15)


def test_ears_are_independent_and_lows_stay_out() -> None:
    rng = np.random.default_rng(5)
    noise = np.tile(rng.standard_normal(4 * RATE), (2, 1)).astype(np.float32)
    out = in_room(noise, RoomAcoustics(low_cut_hz=200.0, damping_hz=6000.0), RATE)
    assert out.shape == noise.shape
    assert abs(np.corrcoef(out)[0, 1]) < 0.25
    power = np.square(np.abs(np.fft.rfft(out[0])))
    hz = np.fft.rfftfreq(out.shape[1], 1.0 / RATE)
    middle = power[(hz > 800) & (hz < 2000)].mean()
    assert power[hz < 50].mean() < 0.01 * middle
    assert power[hz > 16_000].mean() < 0.1 * middle
    assert np.square(out).mean() == pytest.approx(1.0, rel=0.15)


def test_the_seed_moves_the_walls_and_odd_rooms_are_refused() -> None:
    first, again, other = (in_room(impulse(), RoomAcoustics(), RATE, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    with pytest.raises(ParameterError, match="decay_seconds"):
        RoomAcoustics(decay_seconds=5.0)
    with pytest.raises(ParameterError, match="low_cut_hz"):
        RoomAcoustics(low_cut_hz=9000.0, damping_hz=500.0)
